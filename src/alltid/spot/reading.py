"""A message as the recogniser reads it: words and signs, with what each does and where it stood."""

from .fold import Folded
from .lexicon import WORD, Entry, Lexicon, Word

_SIGNS = {
    ".": ".", "!": ".", "\n": ".", ";": ".", "?": "?", ",": ",", ":": ",", "(": ",", ")": ",",
    "-": ",", '"': '"', "=": "=", ">": "=", "+": "h", "&": "h", "/": "/", "%": "%",
    "$": "D", "€": "D", "£": "D",
}  # fmt: skip
_SUM, _FEW, _LONGEST_SUM = 25, 10, 6
# fmt: off
_CURRENCY = frozenset({
    "kr", "kronor", "krona", "spänn", "sek", "euro", "euros", "dollar", "dollars",
    "buck", "bucks", "pound", "pounds", "quid", "lax", "kronors", "p", "usd", "gbp",
    "eur", "tkr", "kulor", "riksdaler", "$", "€", "£", "k", "grand", "swish", "cash",
})
# fmt: on
_COUNTED = frozenset("PVGDFN")
# A phrase that begins so ("for another") is not what the number before it counts.
_TYING = frozenset({"for", "if", "per", "when", "för", "om", "när", "till", "mot", "and", "och"})
# A number right behind the letters of one of these can be a sum ("kr200", "for50"), and behind
# others it is a part of a name ("s21", "8a41").
_BEFORE_SUM = frozenset(word for word in _CURRENCY if len(word) > 1) | _TYING
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzåäö")
# fmt: off
_CLOCK = frozenset({
    "am", "pm", "year", "years", "yr", "yo", "min", "mins", "minutes", "hour", "hours",
    "h", "km", "cm", "m", "kg", "g", "mp", "gb", "tb", "x", "st", "år", "tim",
    "timmar", "timme", "dagar", "veckor", "days", "weeks", "th", "nd", "rd",
})
# fmt: on


class Item:
    """A word, a phrase or a sign: its letter, its place in the folded text, what it is.

    entry: what the letter stands for, None where that is no word of a lexicon.
    """

    __slots__ = ("end", "entry", "letter", "start", "word")

    def __init__(
        self, letter: str, start: int, end: int, word: str, entry: Entry | None = None
    ) -> None:
        self.letter, self.start, self.end = letter, start, end
        self.word, self.entry = word, entry

    def is_now(self, letter: str, entry: Entry | None = None) -> None:
        """Let it be something else."""
        self.letter, self.entry = letter, entry


def read(folded: Folded, lexicon: Lexicon) -> list[Item]:
    """The items of a folded message, in their order; words of no role have the letter x."""
    found = list(WORD.finditer(folded.text))
    words = [match[0] for match in found]
    items: list[Item] = []
    open_words: list[tuple[Item, Word]] = []
    phrases, find = lexicon.phrases, lexicon.find
    place, counts = 0, False
    while place < len(found):
        word, match = words[place], found[place]
        start, end = match.span()
        if sign := _SIGNS.get(word):
            items.append(Item(sign, start, end, word))
            counts = counts or sign == "D"
        elif word in phrases and (phrase := lexicon.phrase(words, place)):
            length, entry = phrase
            place += length - 1
            items.append(Item(entry.letter, start, found[place].end(), word, entry))
            counts = counts or word[0].isdigit()
        elif known := find(word):
            items.append(item := Item("x", start, end, word))
            open_words.append((item, known))
        elif word[0].isdigit():
            stuck = start and folded.text[start - 1] in _LETTERS
            named = stuck and words[place - 1] not in _BEFORE_SUM
            items.append(Item("x" if named else _number(word), start, end, word))
            counts = True
        elif word[0].isalpha():
            items.append(Item("x", start, end, word))
        place += 1
    _choose(open_words)
    return _counted(items) if counts else items


def _number(word: str) -> str:
    """N for a number that can be a sum, v for one that may as well be an hour, x for a few."""
    digits = word.replace(" ", "").replace(",", "")
    if not digits.isdigit() or len(digits) > _LONGEST_SUM:
        return "x"
    return "N" if int(digits) >= _SUM else "v" if int(digits) >= _FEW else "x"


def _choose(open_words: list[tuple[Item, Word]]) -> None:
    """Let each word be what it most likely is, by the language of the words around."""
    only = [known.only for _item, known in open_words]
    mostly = max(sorted(set(only) - {""}), key=only.count, default="")
    for item, known in open_words:
        item.entry = entry = known.among.get(mostly, known.otherwise)
        item.letter = entry.letter


def _counted(items: list[Item]) -> list[Item]:
    """Numbers joined with what they count: "500 kr", "$50", "5 pics"; clock times and ages gone."""
    kept: list[Item] = []
    place = 0
    while place < len(items):
        item = items[place]
        after = items[place + 1] if place + 1 < len(items) else None
        place += 1
        if item.letter == "D" and item.word in "$€£" and after and after.word[0].isdigit():
            kept.append(Item("D", item.start, after.end, after.word, MONEY))
            place += 1
            continue
        if item.word[0].isdigit() and item.letter != "f" and after is not None:
            if item.word in ("4", "2") and after.letter in "aPVCYUGM" and kept:
                item.is_now("f" if item.word == "4" else "x")
            elif after.word in _CURRENCY:
                kept.append(Item("D", item.start, after.end, item.word, MONEY))
                place += 1
                continue
            elif after.letter == "%" or after.word in _CLOCK:
                item.is_now("x")
            elif after.letter in _COUNTED and after.word not in _TYING:
                after.start = item.start
                continue
            elif (
                after.word == ":" and place + 1 < len(items) and items[place + 1].word[0].isdigit()
            ):
                items[place + 1].is_now("x")
                item.is_now("x")
        if item.letter == "D" and item.word in "$€£":
            item.entry = MONEY
        kept.append(item)
    return kept


MONEY = Entry("money", "", "", "money", "D")
