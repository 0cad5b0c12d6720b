"""Room for a class, not for a flood."""

import sys
import threading

import pytest

from alltid.web.throttle import COMING_BACK, KEPT, TELLING, Throttle


class Clock:
    """A clock that tests set forward."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def throttle(clock: Clock, burst: int = 60, refill: float = 12) -> Throttle:
    return Throttle("test", burst=burst, refill_per_minute=refill, clock=clock)


@pytest.mark.parametrize(("real", "twice"), [(TELLING, 2), (COMING_BACK, 3)])
def test_a_class_of_thirty_behind_one_address_is_let_in_at_once(
    clock: Clock, real: Throttle, twice: int
) -> None:
    same = throttle(clock, real.burst, real.refill_per_minute)
    assert all(same.allows("192.0.2.7") for _ in range(30 * twice))


def test_a_flood_is_held_back_and_let_in_again_slowly(clock: Clock) -> None:
    one = throttle(clock)
    assert sum(one.allows("flood") for _ in range(1000)) == 60
    clock.now += 60
    assert sum(one.allows("flood") for _ in range(1000)) == 12
    clock.now += 4.9
    assert not one.allows("flood")
    clock.now += 0.2
    assert one.allows("flood")


def test_a_visitor_never_has_more_than_the_burst(clock: Clock) -> None:
    one = throttle(clock)
    one.allows("child")
    clock.now += 3000
    assert sum(one.allows("child") for _ in range(100)) == 60


def test_one_visitors_flood_leaves_another_alone(clock: Clock) -> None:
    one = throttle(clock, burst=1)
    assert one.allows("flood")
    assert not one.allows("flood")
    assert one.allows("child")


def test_a_flood_of_addresses_takes_bounded_memory_and_forgets_the_longest_unseen(
    clock: Clock,
) -> None:
    one = throttle(clock, burst=1)
    one.allows("first")
    for number in range(KEPT):
        one.allows(str(number))
    assert len(one) == KEPT
    assert not one.allows(str(KEPT - 1))
    assert one.allows("first")


def test_nothing_remembered_can_be_read_back_or_outlives_an_hour(clock: Clock) -> None:
    one, other = throttle(clock), throttle(clock)
    one.allows("192.0.2.7")
    other.allows("192.0.2.7")
    before = set(one._buckets)
    assert not any(b"192" in digest for digest in before)
    assert before != set(other._buckets)
    clock.now += 3600
    one.allows("192.0.2.8")
    assert len(one) == 1
    one.allows("192.0.2.7")
    assert before.isdisjoint(one._buckets)


def test_many_at_once_get_exactly_the_burst(clock: Clock) -> None:
    one = throttle(clock, burst=5000)
    allowed: list[bool] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        allowed.extend(one.allows("class") for _ in range(2000))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(usual)
    assert sum(allowed) == 5000
