"""The desk gives what the pack of its country has: numbers that answer, words to begin from."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from alltid.people.models import Team

from .. import country

ZONE = ZoneInfo("Europe/Stockholm")
SWEDISH = Team(country="SE")


def numbers(*moment, team=SWEDISH):
    calls = country.whom_to_call(team, datetime(*moment, tzinfo=ZONE))
    return [f"{call.name} {call.number}" for call in calls]


def test_bo_is_told_whom_to_call_now_by_hour_and_holiday():
    police = "The police, when it is not urgent 114 14"
    out_of_hours = "The municipality's social emergency service 112"
    assert numbers(2026, 3, 2, 10) == ["Emergency 112", police]
    assert numbers(2026, 3, 2, 20) == ["Emergency 112", out_of_hours, police]
    # Epiphany, a Tuesday.
    assert numbers(2026, 1, 6, 10) == numbers(2026, 3, 2, 20)
    with translation.override("sv"):
        assert numbers(2026, 3, 2, 10)[0] == "SOS Alarm 112"


@pytest.mark.parametrize("letters", ["NO", "XX"])
def test_where_no_pack_is_in_force_there_is_the_number_that_children_are_shown(letters, settings):
    settings.ALLTID = settings.ALLTID | {"EMERGENCY": "113"}
    team = Team(country=letters)
    assert numbers(2026, 3, 2, 20, team=team) == ["Emergency 113"]
    assert country.beginnings(team, "en") == []


def test_bo_begins_from_the_words_of_his_kind_of_team_in_the_childs_language(cast):
    must, may = (
        country.beginnings(Team(country="SE", kind=kind), "en")[0].text
        for kind in (Team.Kind.MANDATED, Team.Kind.NOT_MANDATED)
    )
    assert "Then I have to tell social services." in must
    assert "Then we may tell social services" in may
    told = cast.tell(language="sv")
    html = cast.browser("Bo").get(f"/staff/thread/{told.pk}/").content.decode()
    assert "Då måste jag berätta det för socialtjänsten." in html


def test_bo_forgets_a_place_to_fill_in_and_it_is_not_sent(cast):
    told, bo = cast.tell(), cast.browser("Bo")
    typed = {"text": "I have told {who} now. I write again {when}.", "read_up_to": 1}
    page = bo.post(f"/staff/thread/{told.pk}/", typed)
    assert page.status_code == 422
    assert "{when}, {who} still stands in the text, so nothing was sent." in page.content.decode()
    assert told.again().messages.count() == 1


EMERGENCY_DAY = "Social services, Exempelby 08-465 004 01"
EMERGENCY_NIGHT = "Social services in an emergency, Exempelby 08-465 004 02"


@pytest.mark.parametrize("land", ["SE", "NO"])
@pytest.mark.parametrize(
    ("moment", "own", "silent"),
    [
        ((2026, 3, 2, 10), EMERGENCY_DAY, EMERGENCY_NIGHT),
        ((2026, 3, 2, 17), EMERGENCY_NIGHT, EMERGENCY_DAY),
        ((2026, 3, 7, 10), EMERGENCY_NIGHT, EMERGENCY_DAY),
        # New Year's Day, a Thursday.
        ((2026, 1, 1, 10), EMERGENCY_NIGHT, EMERGENCY_DAY),
    ],
)
def test_a_teams_own_numbers_answer_by_the_hour_and_stand_before_the_countrys(
    land, moment, own, silent
):
    team = Team(
        country=land,
        municipality="Exempelby",
        social_number="08-465 004 01",
        night_number="08-465 004 02",
    )
    found = numbers(*moment, team=team)
    assert found[0].endswith(" 112")
    assert found[1] == own
    assert silent not in found


def test_a_team_that_said_no_number_has_the_countrys_alone():
    assert numbers(2026, 3, 2, 10, team=Team(country="SE", municipality="Exempelby")) == numbers(
        2026, 3, 2, 10
    )
