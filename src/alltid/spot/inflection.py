"""The forms of a word, made when a lexicon is built: Swedish and English classes."""

from collections.abc import Callable

Forms = Callable[[str], list[str]]
_VOWELS = frozenset("aeiouyåäö")
_VOICELESS = ("p", "t", "k", "s", "x")


def _endings(*endings: str) -> Forms:
    return lambda lemma: [lemma + ending for ending in endings]


def _genitives(forms: list[str]) -> list[str]:
    return forms + [form + "s" for form in forms if not form.endswith(("s", "x", "z"))]


def _swedish_noun(*endings: str) -> Forms:
    return lambda lemma: _genitives([lemma + ending for ending in ("", *endings)])


def _swedish_noun_or(lemma: str) -> list[str]:
    stem = lemma.removesuffix("a")
    return _genitives([lemma, lemma + "n", stem + "or", stem + "orna"])


def _swedish_noun_e(lemma: str) -> list[str]:
    """kille, killen, killar, killarna; and those in -el, -er, -en that lose their e."""
    if lemma.endswith("e"):
        stem = lemma.removesuffix("e")
        return _genitives([lemma, lemma + "n", stem + "ar", stem + "arna"])
    stem = lemma[:-2] + lemma[-1]
    return _genitives([lemma, lemma + "n", stem + "ar", stem + "arna"])


def _swedish_verb_a(lemma: str) -> list[str]:
    """skicka: skickar, skickade, skickat, skickas; spoken and misspelt -ar, -a as they come."""
    return [lemma + ending for ending in ("", "r", "de", "t", "s", "des", "ts", "nde")]


def _swedish_verb_er(lemma: str) -> list[str]:
    """köpa: köper, köpte, köpt, köp; hända: händer, hände, hänt."""
    stem = lemma.removesuffix("a")
    past = "te" if stem.endswith(_VOICELESS) else "de"
    done = stem.removesuffix("d") + "t"
    return [lemma, stem, stem + "er", stem + past, done, stem + "s", stem + "es", lemma + "nde"]


def _swedish_verb_r(lemma: str) -> list[str]:
    """tro: tror, trodde, trott."""
    return [lemma, lemma + "r", lemma + "dde", lemma + "tt", lemma + "s"]


def _swedish_adjective(lemma: str) -> list[str]:
    return [lemma, lemma + "t", lemma + "a", lemma + "are", lemma + "ast", lemma + "aste"]


def _english_plural(lemma: str) -> str:
    if lemma.endswith(("s", "x", "z", "ch", "sh")):
        return lemma + "es"
    if lemma.endswith("y") and lemma[-2:-1] not in _VOWELS:
        return lemma[:-1] + "ies"
    return lemma + "s"


def _english_noun(lemma: str) -> list[str]:
    return [lemma, _english_plural(lemma), lemma + "'s"]


def _english_verb(lemma: str) -> list[str]:
    """send: sends, sending; with the regular past, its e dropped and its last letter doubled."""
    third = _english_plural(lemma)
    if lemma.endswith("e"):
        return [lemma, third, lemma + "d", lemma[:-1] + "ing", lemma[:-1] + "in"]
    if lemma.endswith("y") and lemma[-2:-1] not in _VOWELS:
        return [lemma, third, lemma[:-1] + "ied", lemma + "ing", lemma + "in"]
    short = len(lemma) < 6 and lemma[-3:-2] not in _VOWELS and lemma[-2:-1] in _VOWELS
    stem = lemma + lemma[-1] if short and lemma[-1] not in "wxyaeiou" else lemma
    return [lemma, third, stem + "ed", stem + "ing", stem + "in"]


def _english_adjective(lemma: str) -> list[str]:
    stem = lemma.removesuffix("e")
    return [lemma, stem + "er", stem + "est", lemma + "ly"]


CLASSES: dict[str, dict[str, Forms]] = {
    "sv": {
        "fixed": _endings(""),
        "or": _swedish_noun_or,
        "ar": _swedish_noun("en", "ar", "arna"),
        "e-ar": _swedish_noun_e,
        "er": _swedish_noun("en", "er", "erna"),
        "n-er": _swedish_noun("n", "er", "erna"),
        "r": _swedish_noun("n", "r", "rna"),
        "t-n": _swedish_noun("t", "n", "na"),
        "ett": _swedish_noun("et", "en"),
        "t": _swedish_noun("t", "n"),
        "mass": _swedish_noun("en", "n"),
        "loan": _swedish_noun("en", "s", "sen", "ar", "arna", "et"),
        "verb-a": _swedish_verb_a,
        "verb-er": _swedish_verb_er,
        "verb-r": _swedish_verb_r,
        "adjective": _swedish_adjective,
    },
    "en": {
        "fixed": _endings(""),
        "noun": _english_noun,
        "mass": _endings("", "'s"),
        "verb": _english_verb,
        "adjective": _english_adjective,
    },
}


def classes(language: str) -> dict[str, Forms]:
    """The inflection classes of a language; of one that has none of its own, `fixed` alone."""
    return CLASSES.get(language, {"fixed": _endings("")})


def forms_of(lemma: str, language: str, name: str) -> list[str]:
    """The forms of a lemma in an inflection class; raises KeyError for a class that is not."""
    return classes(language)[name](lemma)
