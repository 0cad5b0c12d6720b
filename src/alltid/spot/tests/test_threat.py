"""A threat tied to a demand is told from everyday words, with or without an offer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.spot import recognise, threatens


@pytest.mark.parametrize(
    "text",
    [
        "send it or I'll show everyone",
        "if you don't send more i'll send it to your mum",
        "unless u send one more everyone will see it",
        "pay me 50 or i'll send it to your friends",
        "skicka den annars visar jag alla",
        "om du inte skickar så sprider jag bilden",
        "sätt på kameran annars skickar jag det till din skola",
        "betala 500 eller så skickar jag till dina föräldrar",
    ],
)
def test_a_demand_that_is_tied_to_a_threat_is_one_and_no_offer(text: str) -> None:
    assert threatens(text)
    assert not recognise(text).is_offer


@pytest.mark.parametrize(
    "text",
    [
        "tell your mum if you're going to be late",
        "send me the address or i'll be late",
        "pay by friday or the ticket goes to someone else",
        "skicka listan annars glömmer jag mjölken",
        "berätta för din mamma om du inte mår bra",
        "ska jag köpa fika eller tar du med?",
        "5 bilder = 200kr, deal?",
    ],
)
def test_an_everyday_alternative_and_an_offer_are_no_threat(text: str) -> None:
    assert not threatens(text)


@given(st.text(max_size=200))
def test_mallory_writes_anything_and_nothing_is_raised(text: str) -> None:
    assert threatens(text) in (True, False)
