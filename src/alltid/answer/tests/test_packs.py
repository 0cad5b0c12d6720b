"""The packs of law and deadlines fit the teams that there are."""

import pytest

from alltid.answer.duty import pack
from alltid.people.models import Team

PACKS = list(pack.packs())


@pytest.mark.parametrize("one", PACKS, ids=lambda one: one.country)
def test_pack_has_every_kind_of_team_and_a_country_that_a_team_can_have(one):
    field = Team._meta.get_field("country")

    assert set(one.kinds) == set(Team.Kind.values)
    field.run_validators(one.country)


def test_team_that_says_no_country_has_a_pack():
    assert pack.load(Team().country).country == "SE"
