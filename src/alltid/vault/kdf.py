"""Key derivation behind a gate that bounds memory: one Argon2 at a time a permit."""

import hmac
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from argon2.low_level import Type, hash_secret_raw

from .errors import KdfBusy
from .parameters import KDF_QUEUE, KDF_WAIT, Argon2Cost


class Gate:
    """Lets `permits` derivations run at once and `queue` wait for `wait` seconds at the most.

    First come, first served. Raises KdfBusy for whoever comes when the queue is full or has waited
    in vain.
    """

    def __init__(self, permits: int, queue: int = KDF_QUEUE, wait: float = KDF_WAIT) -> None:
        self.permits = permits
        self._lock = threading.Lock()
        self._free = permits
        # A turn is handed to whoever has waited longest. A semaphore gives it to whoever asks in
        # the moment it is free, and one child in a hundred waited twice as long as the others.
        self._line: deque[threading.Event] = deque()
        self._queue = queue
        self._wait = wait

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._line)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, hold it for the block, give it back."""
        self._take()
        try:
            yield
        finally:
            self._hand_on()

    def _take(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            if len(self._line) >= self._queue:
                raise KdfBusy("Too many are waiting already.")
            mine = threading.Event()
            self._line.append(mine)
        if mine.wait(self._wait):
            return
        with self._lock:
            if mine.is_set():  # it came in the moment of giving up
                return
            self._line.remove(mine)
        raise KdfBusy("Waited too long for a turn.")

    def _hand_on(self) -> None:
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self._free += 1


class SideDoor(Gate):
    """Leads through another gate for at most so many at once, the others' places stay theirs.

    Raises KdfBusy for whoever comes when these places are taken, or the gate's own.
    """

    def __init__(self, gate: Gate, places: int) -> None:
        self._gate = gate
        self._places = threading.BoundedSemaphore(places)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn at the gate, hold it for the block, give it back."""
        if not self._places.acquire(blocking=False):
            raise KdfBusy("Too many are waiting already.")
        try:
            with self._gate.turn():
                yield
        finally:
            self._places.release()


def stretch(secret: bytes, salt: bytes, cost: Argon2Cost, gate: Gate) -> bytes:
    """Argon2id of a secret, 32 bytes; waits at the gate. RFC 9106."""
    with gate.turn():
        return hash_secret_raw(
            secret,
            salt,
            time_cost=cost.passes,
            memory_cost=cost.memory,
            parallelism=cost.lanes,
            hash_len=32,
            type=Type.ID,
        )


def keyed(key: bytes, purpose: str, *parts: bytes) -> bytes:
    """HMAC-SHA256 of parts under a key for one purpose, 32 bytes.

    Each part is preceded by its length, so that no two lists of parts read alike.
    """
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.digest(key, f"alltid/1/{purpose}".encode() + b"\0" + message, "sha256")
