"""Reads a pack's file into a Pack, and notes everything that is wrong with it on the way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from types import MappingProxyType

from .numbers import PURPOSES, Number, Span, SpanWrong, read_span
from .sheet import Place, Sheet
from .terms import (
    FIELDS,
    KINDS,
    MOMENTS,
    RISKS,
    STEPS,
    TEXTS,
    Citation,
    Clocked,
    Duty,
    Field,
    Kind,
    OnEnd,
    Pack,
    Question,
    Report,
    Words,
)
from .timer import Timer, TimerWrong
from .timer import read as read_timer

# docs/words.md: what never stands on a child's page, and no page of theirs raises its voice.
NEVER: Mapping[str, re.Pattern[str]] = {
    "": re.compile("!"),
    "en": re.compile(
        r"\b(?:disclosures?|service|confidential\w*|report\w*|token|victims?)\b", re.IGNORECASE
    ),
    "sv": re.compile(
        r"\b(?:konfidentiell\w*|sekretess\w*|rapport\w*|\w*anmäl\w*|offer|offret)\b", re.IGNORECASE
    ),
}
_BLANK = re.compile(r"\{([^{}]*)\}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_NUMBER = re.compile(r"[0-9+][0-9 +-]*")
_NONE = "none"
_OLDEST = 18


@dataclass(frozen=True, slots=True)
class Reading:
    """A pack, or None where it has problems; the problems; and the line of its country."""

    pack: Pack | None
    problems: list[str]
    country_line: int


def read(path: Traversable) -> Reading:
    """Read one file of TOML."""
    sheet = Sheet(path)
    pack = None if sheet.problems() else _Reader(sheet).pack()
    found = sheet.problems()
    return Reading(None if found else pack, found, sheet.line(("country",)))


class _Reader:
    """Takes a sheet apart, table by table."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.languages: tuple[str, ...] = ()

    def pack(self) -> Pack:
        """The whole pack."""
        sheet = self.sheet
        known = ("country", "name", "languages", "version", "draft", "review", "soon", "alarms",
                 "questions", "kinds", "texts", "report", "timers", "numbers")  # fmt: skip
        sheet.table((), known)
        self.languages = self._languages()
        shared = self._texts(("texts",))
        return Pack(
            file=sheet.name,
            country=self._matching(("country",), _COUNTRY, 'two capitals, "SE"'),
            name=self._words(("name",)),
            languages=self.languages,
            version=sheet.day(("version",)),
            draft=sheet.flag(("draft",)),
            review=sheet.text(("review",)),
            questions=self._questions(),
            kinds=self._kinds(shared),
            report=self._report(),
            soon=self._timer(("soon",)),
            alarms=frozenset(sheet.choices(("alarms",), RISKS)),
            steps=self._steps(),
            numbers=tuple(map(self._number, sheet.rows(("numbers",)))),
        )

    def _matching(self, place: Place, pattern: re.Pattern[str], written: str) -> str:
        found = self.sheet.text(place)
        if self.sheet.has(place) and not pattern.fullmatch(found):
            self.sheet.wrong(place, f'"{found}" is not right here. Write {written}.')
        return found

    def _languages(self) -> tuple[str, ...]:
        place: Place = ("languages",)
        rows = self.sheet.rows(place)
        return tuple(self._matching(row, _LANGUAGE, 'two letters, "sv"') for row in rows)

    def _words(self, place: Place) -> Words:
        """A text in every language of the pack, and in no other."""
        if not self.languages:
            return {}
        if not self.sheet.has(place):
            written = ", ".join(f'{each} = "…"' for each in self.languages)
            self.sheet.wrong(place[:-1], f"`{place[-1]}` is missing. Write it as {{ {written} }}.")
            return dict.fromkeys(self.languages, "–")
        self.sheet.table(place, self.languages)
        return MappingProxyType({each: self.sheet.text((*place, each)) for each in self.languages})

    def _questions(self) -> tuple[Question, ...]:
        if not self.sheet.has(("questions",)):
            return ()
        questions = []
        for row in self.sheet.rows(("questions",)):
            self.sheet.table(row, ("about", "asks"))
            about = self.sheet.text((*row, "about"))
            place = tuple(about.split("."))
            named = (*row, "about")
            if self.sheet.has(named) and not self.sheet.has(place):
                self.sheet.wrong(named, f"There is no `{about}` in this pack. Name a key.")
            asks = self.sheet.text((*row, "asks"))
            questions.append(Question(about, self.sheet.line(place), asks))
        return tuple(questions)

    def _kinds(self, shared: Mapping[str, Words]) -> Mapping[str, Kind]:
        self.sheet.table(("kinds",), KINDS)
        for kind in KINDS:
            if self.sheet.has(("kinds",)) and not self.sheet.has(("kinds", kind)):
                self.sheet.wrong(("kinds",), f"The kind [kinds.{kind}] is missing. Write it.")
        there = [kind for kind in KINDS if self.sheet.has(("kinds", kind))]
        return MappingProxyType({kind: self._kind(("kinds", kind), shared) for kind in there})

    def _kind(self, place: Place, shared: Mapping[str, Words]) -> Kind:
        sheet = self.sheet
        known = ("duty", "who", "citations", "consult_without_name", "on_end", "may_refuse_to",
                 "asked_only_below", "texts")  # fmt: skip
        sheet.table(place, known)
        below = (*place, "asked_only_below")
        age = sheet.whole(below)
        if age > _OLDEST:
            sheet.wrong(below, f"Nobody is a child at {age}. Write {_OLDEST} or less.")
        texts = {**shared, **self._texts((*place, "texts"))}
        for name in sorted(TEXTS.keys() - texts.keys()):
            sheet.wrong(place, f"The text `{name}` stands neither here nor in [texts]. Write it.")
        return Kind(
            duty=Duty(sheet.choice((*place, "duty"), tuple(Duty))),
            who=self._words((*place, "who")),
            citations=tuple(map(self._citation, sheet.rows((*place, "citations")))),
            consult_without_name=sheet.flag((*place, "consult_without_name")),
            on_end=OnEnd(sheet.choice((*place, "on_end"), tuple(OnEnd))),
            may_refuse_to=frozenset(sheet.choices((*place, "may_refuse_to"), KINDS)),
            asked_only_below=age,
            texts=MappingProxyType(texts),
        )

    def _citation(self, place: Place) -> Citation:
        self.sheet.table(place, ("law", "section", "says"))
        law, section = (self.sheet.text((*place, key)) for key in ("law", "section"))
        return Citation(law, section, self._words((*place, "says")))

    def _texts(self, place: Place) -> dict[str, Words]:
        """The texts to a child that stand in a table; there may be none."""
        if not self.sheet.has(place):
            return {}
        return {
            name: self._text_to_child((*place, name)) for name in self.sheet.table(place, [*TEXTS])
        }

    def _text_to_child(self, place: Place) -> Words:
        words = self._words(place)
        wanted = TEXTS[str(place[-1])]
        for language, text in words.items():
            at = (*place, language)
            if not self.sheet.has(at):
                continue
            for pattern in (NEVER[""], NEVER.get(language)):
                for found in pattern.finditer(text) if pattern else ():
                    self.sheet.wrong(at, f'"{found[0]}" never stands before a child. Say it anew.')
            blanks = set(_BLANK.findall(text))
            for blank in sorted(wanted - blanks):
                self.sheet.wrong(at, f"The text leaves no place for {{{blank}}}. Give it one.")
            for blank in sorted(blanks - wanted):
                places = ", ".join(f"{{{each}}}" for each in sorted(wanted))
                self.sheet.wrong(at, f"Nobody fills in {{{blank}}}. Here may stand {places}.")
        return words

    def _report(self) -> Report:
        sheet, place = self.sheet, ("report",)
        sheet.table(place, ("name", "to", "urgent", "then", "fields"))
        fields = tuple(map(self._field, sheet.rows((*place, "fields"))))
        keys = [field.key for field in fields]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                sheet.wrong((*place, "fields", number, "key"), f"There is a field `{key}` already.")
        name, to, urgent, then = (
            self._words((*place, key)) for key in ("name", "to", "urgent", "then")
        )
        return Report(name, to, urgent, then, fields)

    def _field(self, place: Place) -> Field:
        sheet = self.sheet
        sheet.table(place, ("key", "required", "label", "help"))
        return Field(
            key=sheet.choice((*place, "key"), FIELDS),
            required=sheet.flag((*place, "required")),
            label=self._words((*place, "label")),
            help=self._words((*place, "help")),
        )

    def _steps(self) -> Mapping[tuple[str, str], tuple[Clocked, ...]]:
        self.sheet.table(("timers",), STEPS)
        for step in STEPS:
            if self.sheet.has(("timers",)) and not self.sheet.has(("timers", step)):
                self.sheet.wrong(("timers",), f"The step `{step}` is missing. Write its times.")
        steps = {}
        for step in STEPS:
            place = ("timers", step)
            if not self.sheet.has(place):
                continue
            self.sheet.table(place, ("from", *RISKS))
            begins = self.sheet.choice((*place, "from"), MOMENTS)
            for risk in RISKS:
                steps[step, risk] = self._clocked((*place, risk), begins)
        return MappingProxyType(steps)

    def _clocked(self, place: Place, begins: str) -> tuple[Clocked, ...]:
        """One time, several in brackets, "none", or one that counts from a moment of its own."""
        sheet = self.sheet
        if sheet.is_a(place, dict):
            sheet.table(place, ("from", "within"))
            own = sheet.choice((*place, "from"), MOMENTS)
            return (Clocked(own, self._timer((*place, "within"))),)
        if sheet.is_a(place, list):
            return tuple(Clocked(begins, self._timer(row)) for row in sheet.rows(place))
        if sheet.text(place) == _NONE:
            return ()
        return (Clocked(begins, self._timer(place)),)

    def _timer(self, place: Place) -> Timer:
        text = self.sheet.text(place)
        try:
            return read_timer(text)
        except TimerWrong as wrong:
            if self.sheet.is_a(place, str):
                self.sheet.wrong(place, str(wrong))
            return read_timer("at once")

    def _number(self, place: Place) -> Number:
        sheet = self.sheet
        known = ("purpose", "number", "name", "ask_for", "municipality", "hours", "example")
        sheet.table(place, known)
        own = (*place, "municipality")
        return Number(
            purpose=sheet.choice((*place, "purpose"), PURPOSES),
            number=self._matching((*place, "number"), _NUMBER, 'what is dialled, "116 111"'),
            name=self._words((*place, "name")),
            ask_for=self._words((*place, "ask_for")) if sheet.has((*place, "ask_for")) else {},
            municipality=sheet.text(own) if sheet.has(own) else "",
            hours=self._hours((*place, "hours")),
            example=sheet.has((*place, "example")) and sheet.flag((*place, "example")),
        )

    def _hours(self, place: Place) -> tuple[Span, ...]:
        spans = []
        for row in self.sheet.rows(place) if self.sheet.has(place) else ():
            try:
                spans.append(read_span(self.sheet.text(row)))
            except SpanWrong as wrong:
                if self.sheet.is_a(row, str):
                    self.sheet.wrong(row, str(wrong))
        return tuple(spans)
