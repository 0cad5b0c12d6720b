"""Receipts: the same words for the same telling, other words for another."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.vault.errors import KdfBusy, PepperWrong
from alltid.vault.kdf import Gate, SideDoor
from alltid.vault.parameters import LOCATOR_BYTES, RECEIPT_BITS
from alltid.vault.receipt import Root, canonical, check_pepper, number_for, pepper_mark

KEY, FORM = b"k" * 32, b"f" * 32
bodies = st.dictionaries(st.sampled_from(["text", "now", "about"]), st.text(), min_size=1)


@given(bodies)
def test_same_form_and_body_in_any_order_give_the_same_number(body: dict[str, str]) -> None:
    turned = dict(reversed(list(body.items())))
    number = number_for(KEY, FORM, body)
    assert number == number_for(KEY, FORM, turned)
    assert 0 <= number < 2**RECEIPT_BITS


@given(bodies, bodies)
def test_other_body_gives_another_number(first: dict[str, str], second: dict[str, str]) -> None:
    same = number_for(KEY, FORM, first) == number_for(KEY, FORM, second)
    assert same == (canonical(first) == canonical(second))


def test_other_form_or_key_gives_another_number() -> None:
    body = {"text": "hej"}
    assert (
        len(
            {
                number_for(KEY, FORM, body),
                number_for(KEY, b"g" * 32, body),
                number_for(b"l" * 32, FORM, body),
            }
        )
        == 3
    )


def test_root_gives_locator_and_identity_that_hang_on_the_pepper() -> None:
    gate = Gate(1)
    root = Root.of(12345, b"s" * 16, gate)
    again = Root.of(12345, b"s" * 16, gate)
    assert root.locator(b"p" * 32) == again.locator(b"p" * 32)
    assert len(root.locator(b"p" * 32)) == LOCATOR_BYTES
    assert root.locator(b"p" * 32) != root.locator(b"q" * 32)
    assert root.identity(b"p" * 32).recipient == again.identity(b"p" * 32).recipient
    assert root.identity(b"p" * 32).recipient != root.identity(b"q" * 32).recipient
    assert Root.of(12346, b"s" * 16, gate).locator(b"p" * 32) != root.locator(b"p" * 32)
    assert root.secret.hex() not in repr(root)
    assert repr(root.secret) not in repr(root)


def test_wrong_pepper_is_told_in_a_sentence() -> None:
    check_pepper(b"p" * 32, pepper_mark(b"p" * 32))
    with pytest.raises(PepperWrong, match="not the one this database was made with"):
        check_pepper(b"q" * 32, pepper_mark(b"p" * 32))


def _in_line(gate: Gate, who: str, served: list[str]) -> threading.Thread:
    """Somebody who waits for a turn already."""

    def wait() -> None:
        with gate.turn():
            served.append(who)

    before = gate.waiting
    waiter = threading.Thread(target=wait)
    waiter.start()
    while gate.waiting == before:
        pass
    return waiter


def test_gate_serves_whoever_came_first_and_lets_nobody_jump_the_line() -> None:
    gate, served = Gate(permits=1, queue=8, wait=30), list[str]()
    with gate.turn():
        waiters = [_in_line(gate, name, served) for name in "abcdefgh"]
        with pytest.raises(KdfBusy, match="Too many"), gate.turn():
            pass
        assert served == []
    for waiter in waiters:
        waiter.join()
    assert served == list("abcdefgh")
    with gate.turn():
        assert gate.waiting == 0


def test_gate_takes_whoever_gave_up_out_of_the_line() -> None:
    gate, served = Gate(permits=1, queue=2, wait=30), list[str]()
    with gate.turn():
        waiter = _in_line(gate, "patient", served)
        gate._wait = 0.01
        with pytest.raises(KdfBusy, match="Waited too long"), gate.turn():
            pass
        assert gate.waiting == 1
    waiter.join()
    assert served == ["patient"]


def test_gate_refuses_whoever_waited_too_long_and_serves_the_next() -> None:
    gate = Gate(permits=1, queue=1, wait=0.01)
    with gate.turn(), pytest.raises(KdfBusy), gate.turn():
        pass
    with gate.turn():
        pass


def test_side_door_keeps_to_its_places_and_leaves_the_gates() -> None:
    gate = Gate(permits=1, queue=1, wait=0.01)
    door = SideDoor(gate, places=1)
    with door.turn():
        with pytest.raises(KdfBusy, match="Too many"), door.turn():
            pass
        with pytest.raises(KdfBusy, match="Waited too long"), gate.turn():
            pass
    with gate.turn(), pytest.raises(KdfBusy), door.turn():
        pass
    with door.turn():
        pass
