"""What is remembered is remembered for so long, and no longer."""

from alltid.tell.remembered import Remembered


def test_value_is_remembered_until_it_is_old() -> None:
    now = [100.0]
    remembered: Remembered[str, int] = Remembered(5, clock=lambda: now[0])
    assert remembered.get("a") is None
    assert remembered.keep("a", 7) == 7
    now[0] = 104.9
    assert remembered.get("a") == 7
    assert remembered.get("b") is None
    now[0] = 105.0
    assert remembered.get("a") is None


def test_forgotten_value_is_gone_at_once() -> None:
    remembered: Remembered[str, int] = Remembered(5, clock=lambda: 100.0)
    remembered.keep("a", 7)
    remembered.forget()
    assert remembered.get("a") is None
