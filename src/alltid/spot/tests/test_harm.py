"""Sentences that no phrase knows: weighed, never a hard stop, kind ones left alone."""

import pytest

from alltid.spot.blame import STOPS, TAGS, weighed
from alltid.spot.harm import HARM, _held, features, tag_of, weigh
from evaluation.messages import LANGUAGES, read


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_harm_that_it_learned_from_weighs_more_than_kindness(language: str) -> None:
    harmful = [weigh(weighed(each.text)) for each in read(language, "blame", "development")]
    kind = [weigh(weighed(each.text)) for each in read(language, "warm", "development")]
    assert sum(weight > 0 for weight in harmful) > len(harmful) * 0.6
    assert sum(weight > 0 for weight in kind) < len(kind) * 0.03


def test_every_weighed_tag_is_one_of_the_coachs_and_none_stops_a_reply() -> None:
    assert set(_held()) - {HARM} <= set(TAGS)
    for each in read("sv", "blame", "development"):
        assert tag_of(weighed(each.text)) not in STOPS


def test_features_know_which_word_comes_first() -> None:
    assert "why did you" in features(["why", "did", "you"])
    assert features(["you", "did"]) != features(["did", "you"])


def test_nothing_written_weighs_as_nothing_harmful() -> None:
    assert tag_of([]) == ""
