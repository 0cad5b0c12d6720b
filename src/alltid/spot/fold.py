"""Folds a message to plain small letters, so that a word is found however it is dressed up.

What is folded: capitals, accents, full width and mathematical letters, look-alikes of other
alphabets (Unicode UTS 39), what is invisible, letters with signs between them, and signs that
stand for letters. Every sign that is left knows where it stood.
"""

import re
import unicodedata
from collections.abc import Container
from typing import NamedTuple

# Letters of other alphabets that look like a Latin one and that NFKC leaves alone.
_LOOKALIKES = {
    lookalike: letter
    for letter, lookalikes in {
        "a": "аαɑ",
        "b": "вьъβ",
        "c": "сϲ",
        "d": "ԁđð",
        "e": "еєεɛ",
        "f": "ƒ",
        "g": "ɡɢ",
        "h": "нһħʜ",
        "i": "іιɩɪıї",
        "j": "јϳȷ",
        "k": "кκ",
        "l": "ӏłʟ",
        "m": "м",
        "n": "пηɴŋ",
        "o": "оοσө",
        "p": "рρþ",
        "r": "гʀ",
        "s": "ѕ",
        "t": "тτŧ",
        "u": "υцμ",
        "v": "νѵ",
        "w": "шωԝ",
        "x": "хχ",
        "y": "уγуʏ",
        "ä": "æ",
        "ö": "ø",
        "oe": "œ",
    }.items()
    for lookalike in lookalikes
}
_PUNCTUATION = {
    sign: plain
    for plain, signs in {
        "'": "‘’‚‛′`´",
        '"': "“”„«»",
        "-": "–—‐‑−",
        ".": "·•",
        "...": "…",
        "?": "¿",
        "!": "¡",
    }.items()
    for sign in signs
}
_BOXED = ((0x1F150, 26), (0x1F170, 26), (0x1F1E6, 26), (0x24B6, 26), (0x24D0, 26))
# The letters that are no dressed-up a or o: "får" is another word than "far".
_SCANDINAVIAN = frozenset("åäö")
_WITH_MARK = {"a\u030a": "å", "a\u0308": "ä", "o\u0308": "ö"}
_ARROWS = frozenset("→⇒➡➜➔➝⟶↔⇄⇨")

_PLAIN = re.compile(r"[\x00-\x7fåäöÅÄÖéÉüÜ’‘“”…–—€£\u00a0]*\Z")
_SPACED = re.compile(
    r"(?<![a-zåäö0-9])[a-zåäö0-9]([ .,\-_*~/|]{1,3})(?:[a-zåäö0-9]\1)+[a-zåäö0-9](?![a-zåäö0-9])"
)
_MIXED = re.compile(r"[@$]?[a-zåäö0-9][a-zåäö0-9@$!|]*")
_LEET_INSIDE = re.compile(r"[a-zåäö][0-9@$!|]|[0-9@$!|][a-zåäö]")
_LEET = str.maketrans("01345789@$!|", "oieastbgasil")
_LEET_WITH_L = str.maketrans("1!", "ll")
_AMOUNT = re.compile(
    r"\d+(?:k|kr|kronor|sek|tkr|lax|usd|eur|gbp|p|am|pm|th|st|nd|rd|x|min|h|ar|yo)?\Z"
)


class Folded(NamedTuple):
    """A folded text, and where each of its signs stood; None where nothing has moved."""

    text: str
    at: list[int] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The place in the text as it was written of what stands here in the folded one."""
        if self.at is None or start >= end:
            return start, end
        return self.at[start], self.at[end - 1] + 1


class _Signs(dict[int, str]):
    """What each sign folds to, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_sign(chr(code))
        return folded


def _fold_sign(sign: str) -> str:
    """Zero, one or a few plain signs for one."""
    code = ord(sign)
    for first, count in _BOXED:
        if first <= code < first + count:
            return chr(97 + code - first)
    if sign in _PUNCTUATION:
        return _PUNCTUATION[sign]
    if sign in _ARROWS:
        return "="
    kept = []
    whole = unicodedata.normalize("NFKC", sign).lower()
    for part in whole if whole in _SCANDINAVIAN else unicodedata.normalize("NFKD", whole):
        if part in _LOOKALIKES:
            kept.append(_LOOKALIKES[part])
            continue
        # Marks, what is invisible, and what only chooses how the sign before it is drawn.
        if unicodedata.category(part) in ("Mn", "Me", "Cf", "Cs", "Co", "Cn"):
            continue
        kept.append(" " if part.isspace() and part != "\n" else part)
    return "".join(kept)


_signs = _Signs()


def fold(text: str, known: Container[str] = frozenset()) -> Folded:
    """Fold a message; a word with signs for letters is read as a word only where it is `known`.

    Linear in the length of the text; raises nothing.
    """
    if text.isascii():
        folded = Folded(text.lower(), None)
    elif _PLAIN.match(text):
        folded = Folded(text.translate(_signs), None)
    else:
        folded = _fold_each(text)
    if _SPACED.search(folded.text):
        folded = _without(folded, _SPACED)
    if _LEET_INSIDE.search(folded.text):
        folded = Folded(_MIXED.sub(lambda found: _letters(found[0], known), folded.text), folded.at)
    return folded


def _fold_each(text: str) -> Folded:
    parts: list[str] = []
    at: list[int] = []
    for place, sign in enumerate(text):
        part = _signs[ord(sign)]
        if not part and parts and (marked := _WITH_MARK.get(parts[-1] + sign)):
            parts[-1] = marked
        parts.append(part)
        at += [place] * len(part)
    return Folded("".join(parts), at)


def _without(folded: Folded, spaced: re.Pattern[str]) -> Folded:
    """Letters with signs between them, put together: "p i c" is "pic"."""
    text, at = folded
    parts: list[str] = []
    kept: list[int] = []
    done = 0
    for found in spaced.finditer(text):
        step = 1 + len(found[1])
        letters = found[0][::step]
        if sum(map(str.isalpha, letters)) * 2 <= len(letters):
            continue
        parts += [text[done : found.start()], letters]
        kept += range(done, found.start())
        kept += range(found.start(), found.end(), step)
        done = found.end()
    parts.append(text[done:])
    kept += range(done, len(text))
    return Folded("".join(parts), kept if at is None else [at[place] for place in kept])


def _letters(word: str, known: Container[str]) -> str:
    """The word that signs stand for, where that is a known one; else as it was."""
    if word.isalpha() or word in known or _AMOUNT.match(word):
        return word
    bare = word.rstrip("@$!|")
    for read in (word, bare):
        for letters in (read.translate(_LEET), read.translate(_LEET_WITH_L).translate(_LEET)):
            if letters in known:
                return letters + word[len(read) :]
    return word
