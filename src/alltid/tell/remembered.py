"""What a process may remember for a few seconds, so that thirty children at once cost one look."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_MANY = 100

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """Keeps the value of each key for `seconds`."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._held: dict[Key, tuple[float, Value]] = {}

    def get(self, key: Key) -> Value | None:
        """The value of a key, or None when there is none or it is older than `seconds`."""
        kept, value = self._held.get(key, (0.0, None))
        return value if self._clock() - kept < self._seconds else None

    def keep(self, key: Key, value: Value) -> Value:
        """Remember a value from now on; the value itself."""
        now = self._clock()
        if len(self._held) >= _MANY:
            held = list(self._held.items())
            self._held = {k: v for k, v in held if now - v[0] < self._seconds}
        self._held[key] = (now, value)
        return value

    def forget(self) -> None:
        """Make everything anew: after a change that must show at once, and between tests."""
        self._held.clear()
