"""Matches a form's own patterns and bounds what they may cost.

A pattern of a form is written by somebody else, and a short one can take longer than a life to say
no (`(a+)+$`). `regex` has a time limit for each match; one allowance of time and steps bounds what
all patterns and expressions of one call may cost together.
"""

import time
from functools import lru_cache
from typing import Any

import regex

LONGEST = 1_000  # signs of a pattern
LONGEST_TEXT = 10_000  # signs that a pattern is tried on
MATCH_SECONDS = 0.1


class Exhausted(Exception):
    """An expression or a pattern costs more than is allowed; it has no answer."""


class Unreadable(ValueError):
    """A pattern or an expression that does not follow its grammar."""


class Allowance:
    """What one call may spend on the expressions and patterns of a form.

    `steps` is counted in elements touched and signs made, so that the same form ends in the same
    way on every machine; `seconds` is for what cannot be counted: matching patterns.
    """

    __slots__ = ("seconds", "steps")

    def __init__(self, steps: int = 5_000_000, seconds: float = 2.0) -> None:
        self.steps = steps
        self.seconds = seconds

    def spend(self, steps: int) -> None:
        """Take steps from what is left; raise Exhausted when nothing is."""
        self.steps -= steps
        if self.steps < 0:
            raise Exhausted("The expressions of this form ask for more than they may cost.")

    def clock(self) -> "_Clock":
        """Return a context in which the time taken is counted; raise Exhausted when it is over."""
        return _Clock(self)


class _Clock:
    __slots__ = ("allowance", "began")

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance

    def __enter__(self) -> None:
        if self.allowance.seconds <= 0:
            raise Exhausted("The patterns of this form ask for more time than they may take.")
        self.began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.allowance.seconds -= time.perf_counter() - self.began


@lru_cache(512)
def _compiled(pattern: str) -> Any:
    if len(pattern) > LONGEST:
        raise Unreadable(f"The pattern is longer than {LONGEST} signs.")
    try:
        return regex.compile(pattern)
    except (regex.error, RecursionError, OverflowError, MemoryError, ValueError) as wrong:
        raise Unreadable("The pattern does not follow the grammar of patterns.") from wrong


def readable(pattern: str) -> bool:
    """Return whether a pattern follows the grammar of patterns."""
    try:
        _compiled(pattern)
    except Unreadable:
        return False
    return True


def _match(method: str, pattern: str, text: str, allowance: Allowance, *more: str) -> Any:
    with allowance.clock():
        compiled = _compiled(pattern)
        if len(text) > LONGEST_TEXT:
            raise Exhausted(f"A pattern is not tried on more than {LONGEST_TEXT} signs.")
        try:
            return getattr(compiled, method)(*more, text, timeout=MATCH_SECONDS)
        except TimeoutError as late:
            raise Exhausted("The pattern takes too long to say yes or no.") from late


def matches_whole(pattern: str, text: str, allowance: Allowance) -> bool:
    """Return whether a pattern describes the whole of a text, as the `regex` extension means it.

    Raises Unreadable for a pattern without grammar, Exhausted for one that takes too long.
    """
    return _match("fullmatch", pattern, text, allowance) is not None


def found_in(pattern: str, text: str, allowance: Allowance) -> bool:
    """Return whether a pattern is found anywhere in a text, as FHIRPath's matches() means it."""
    return _match("search", pattern, text, allowance) is not None


def replaced(pattern: str, replacement: str, text: str, allowance: Allowance) -> str:
    """Return a text with every match of a pattern replaced, `$1` being what a group matched."""
    with_groups = regex.sub(r"\$(\d+)", r"\\g<\1>", replacement.replace("\\", "\\\\"))
    try:
        return str(_match("sub", pattern, text, allowance, with_groups))
    except (regex.error, IndexError) as wrong:
        raise Unreadable("The replacement names a group that the pattern has not.") from wrong
