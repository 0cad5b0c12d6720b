"""Token buckets in this process, so that a flood from one place leaves room for a child.

Whom a bucket belongs to cannot be read back: its key is an HMAC under a random key that lives for
an hour at the most, and neither is ever written. An address is often a whole school's.
"""

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

KEPT = 10_000
_HOUR = 3600.0


class Throttle:
    """Lets `burst` requests of one visitor through at once, and then `refill` a minute."""

    def __init__(
        self,
        name: str,
        burst: int,
        refill_per_minute: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.burst = burst
        self.refill_per_minute = refill_per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._renew(clock())

    def _renew(self, now: float) -> None:
        self._key = secrets.token_bytes(32)
        self._renewed = now
        # Visitor's digest -> (what was left, and when); the longest unseen first.
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def forget(self) -> None:
        """Forget every visitor, as an hour does."""
        with self._lock:
            self._renew(self._clock())

    def allows(self, visitor: str) -> bool:
        """Take one from the visitor's bucket; False where it is empty."""
        with self._lock:
            now = self._clock()
            if now - self._renewed >= _HOUR:
                self._renew(now)
            digest = hmac.digest(self._key, visitor.encode(), "sha256")
            left, seen = self._buckets.pop(digest, (float(self.burst), now))
            left = min(self.burst, left + (now - seen) / 60 * self.refill_per_minute)
            allowed = left >= 1
            self._buckets[digest] = (left - allowed, now)
            if len(self._buckets) > KEPT:
                self._buckets.popitem(last=False)
            return allowed

    def __len__(self) -> int:
        """How many visitors are remembered, KEPT at the most."""
        return len(self._buckets)


# A class of thirty behind one address tells at once, and half of them press twice.
TELLING = Throttle("telling", burst=60, refill_per_minute=12)
# A class comes back at once, and a word is mistyped more often than not.
COMING_BACK = Throttle("coming_back", burst=90, refill_per_minute=30)
# A class is shown the page and tries it, three messages each.
CHECKING = Throttle("checking", burst=90, refill_per_minute=30)
# A staff room signs in at eight behind one address, and half of them mistype. It bounds how much
# costly work a stranger can ask of this process; nobody is locked out by another's tries elsewhere.
SIGNING_IN = Throttle("signing_in", burst=60, refill_per_minute=20)
