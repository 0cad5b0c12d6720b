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
# fmt: off
_CLOCK = frozenset({
    "am", "pm", "year", "years", "yr", "yo", "min", "mins", "minutes", "hour", "hours",
    "h", "km", "cm", "m", "kg", "g", "mp", "gb", "tb", "x", "st", "år", "tim",
    "timmar", "timme", "dagar", "veckor", "days", "weeks", "th", "nd", "rd",
})
# fmt: on


class Item:
    """A word, a phrase or a sign: its letter, its place in the folded text, what it can be."""

    __slots__ = ("end", "entries", "letter", "start", "word")

    def __init__(
        self, letter: str, start: int, end: int, word: str, entries: tuple[Entry, ...] = ()
    ) -> None:
        self.letter, self.start, self.end = letter, start, end
        self.word, self.entries = word, entries

    @property
    def entry(self) -> Entry | None:
        """What its letter stands for, None where that is no word of a lexicon."""
        return next((entry for entry in self.entries if entry.letter == self.letter), None)

    @property
    def role(self) -> str:
        """The role that its letter stands for, or nothing."""
        entry = self.entry
        return entry.role if entry else ""


def read(folded: Folded, lexicon: Lexicon) -> list[Item]:
    """The items of a folded message, in their order; words of no role have the letter x."""
    found = list(WORD.finditer(folded.text))
    words = [match[0] for match in found]
    items: list[Item] = []
    open_words: list[tuple[Item, Word]] = []
    phrases, find = lexicon.phrases, lexicon.find
    place = 0
    while place < len(found):
        word, match = words[place], found[place]
        start, end = match.span()
        if word in _SIGNS:
            items.append(Item(_SIGNS[word], start, end, word))
        elif word in phrases and (phrase := lexicon.phrase(words, place)):
            length, entry = phrase
            place += length - 1
            items.append(Item(entry.letter, start, found[place].end(), word, (entry,)))
        elif known := find(word):
            items.append(item := Item("x", start, end, word, known.entries))
            open_words.append((item, known))
        elif word[0].isdigit():
            items.append(Item(_number(word), start, end, word))
        elif word[0].isalpha():
            items.append(Item("x", start, end, word))
        place += 1
    _choose(open_words)
    return _counted(items)


def _number(word: str) -> str:
    """N for a number that can be a sum, v for one that may as well be an hour, x for a few."""
    digits = word.replace(" ", "").replace(",", "")
    if not digits.isdigit() or len(digits) > _LONGEST_SUM:
        return "x"
    return "N" if int(digits) >= _SUM else "v" if int(digits) >= _FEW else "x"


def _choose(open_words: list[tuple[Item, Word]]) -> None:
    """Give each word the letter of what it most likely is, by the language of the words around."""
    only = [known.only for _item, known in open_words]
    mostly = max(sorted(set(only) - {""}), key=only.count, default="")
    for item, known in open_words:
        item.letter = known.letters.get(mostly) or next(iter(known.letters.values()))


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
                item.letter = "f" if item.word == "4" else "x"
            elif after.word in _CURRENCY:
                kept.append(Item("D", item.start, after.end, item.word, MONEY))
                place += 1
                continue
            elif after.letter == "%" or after.word in _CLOCK:
                item.letter = "x"
            elif after.letter in _COUNTED and after.word not in _TYING:
                after.start = item.start
                continue
            elif (
                after.word == ":" and place + 1 < len(items) and items[place + 1].word[0].isdigit()
            ):
                items[place + 1].letter = "x"
                item.letter = "x"
        if item.letter == "D" and item.word in "$€£":
            item.entries = MONEY
        kept.append(item)
    return kept


MONEY = (Entry("money", "", "", "money", "D"),)
