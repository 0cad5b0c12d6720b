"""Who gets a mail when something waits, what it says, and that it says nothing."""

from datetime import datetime, timedelta
from smtplib import SMTPServerDisconnected
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from alltid.people.models import Membership, Team, User

from .. import access, hands, inbox, notices
from ..casework import handover
from ..casework.tests.desk import place
from ..models import Notice, Recusal

ZONE = ZoneInfo("Europe/Stockholm")
# A Monday without a holiday.
TEN = datetime(2026, 3, 2, 10, 0, tzinfo=ZONE)
minutes = lambda n: timedelta(minutes=n)  # noqa: E731
hours = lambda n: timedelta(hours=n)  # noqa: E731


@pytest.fixture
def town(cast):
    """The cast, each with an address; Lo reads Swedish."""
    for name in cast.people:
        User.objects.filter(name=name).update(email=f"{name.lower()}@example.org")
    User.objects.filter(name="Lo").update(language="sv")
    User.objects.update(seen=TEN)
    return cast


def told(now):
    """The names of those who get a mail in a round at that moment."""
    mail.outbox.clear()
    notices.run(now)
    return sorted(one.to[0].partition("@")[0] for one in mail.outbox)


def test_bo_and_lo_are_told_once_that_a_child_wrote(town):
    town.tell(at=TEN)
    assert told(TEN) == ["bo", "lo"]
    assert told(TEN) == []
    assert told(TEN + minutes(60)) == []


def test_the_mail_holds_one_neutral_sentence_in_the_readers_language(town):
    disclosure = town.tell(at=TEN, text="canary").disclosure
    notices.run(TEN)
    said = {one.to[0]: one for one in mail.outbox}
    assert said["bo@example.org"].body == "Something waits for you."
    assert said["lo@example.org"].body == "Något väntar på dig."
    for one in mail.outbox:
        assert one.subject == one.body
        whole = one.message().as_string()
        for word in ("canary", "North", str(disclosure.pk), disclosure.pk.hex, "http", "/staff"):
            assert word not in whole


def test_nobody_of_another_team_and_nobody_without_a_team_is_told(town):
    town.tell("South", at=TEN)
    assert told(TEN) == ["cato", "mio"]


def test_bo_is_told_in_reading_hours_only(town):
    town.tell(at=TEN + hours(8))
    assert told(TEN + hours(8)) == []
    assert told(TEN + hours(21.9)) == []
    assert told(TEN + hours(22)) == ["bo", "lo"]


def test_danger_is_told_at_once_to_everybody_also_at_night(town):
    night = TEN + hours(13)
    child = town.tell(at=night, now="threatened")
    hands.pass_on(child.again(), town.user("Lo"), str(town.user("Lo").pk))
    assert told(night) == ["bo", "lo"]
    assert {one.body for one in mail.outbox} == {
        "Something waits for you now.",
        "Något väntar på dig nu.",
    }
    assert told(night + minutes(1)) == []


def test_danger_is_told_at_once_after_another_mail_a_minute_ago(town):
    town.tell(at=TEN)
    assert told(TEN) == ["bo", "lo"]
    town.tell(at=TEN, now="not_safe")
    assert told(TEN + minutes(1)) == ["bo", "lo"]


def test_bo_gets_one_mail_in_a_quarter_of_an_hour_whatever_children_write(town):
    town.tell(at=TEN)
    town.tell(at=TEN)
    assert told(TEN) == ["bo", "lo"]
    town.tell(at=TEN)
    assert told(TEN + minutes(14)) == []
    assert told(TEN + minutes(15)) == ["bo", "lo"]
    assert told(TEN + minutes(31)) == []


def test_what_lo_carries_is_told_to_lo_alone(town):
    child = town.tell(at=TEN)
    hands.pass_on(child.again(), town.user("Bo"), str(town.user("Lo").pk))
    assert told(TEN) == ["lo"]


def test_who_carries_it_is_away_and_the_others_are_told(town):
    child = town.tell(at=TEN)
    hands.pass_on(child.again(), town.user("Bo"), str(town.user("Lo").pk))
    Membership.objects.filter(user=town.user("Lo")).update(
        away_from=TEN - hours(1), away_until=TEN + hours(30)
    )
    assert told(TEN) == ["bo"]


def test_lo_stands_in_for_bo_and_what_the_child_writes_is_told_to_lo_alone(town):
    child = town.tell(at=TEN)
    access.open_disclosure(town["Bo"].unlocked(), child.pk).reply("Thank you.", 1, TEN)
    lines = {"stands": "a", "next_step": "b", "beware": "c"}
    handover.hand_over(place(town, child, now=TEN), town.user("Lo"), **lines)
    child.say("more", at=TEN + minutes(20))
    assert told(TEN + minutes(20)) == ["bo"]
    handover.accept(place(town, child, "Lo", now=TEN + minutes(40)))
    child.say("and more", at=TEN + minutes(50))
    assert told(TEN + minutes(50)) == ["lo"]
    late = inbox.late_by(town.user("Lo"), town.north, TEN + hours(4))
    assert late == [{"who": "Lo", "count": 1}]


def test_bo_has_read_it_and_nobody_is_told(town):
    child = town.tell(at=TEN)
    child.again().mark_read_by_staff(1)
    assert told(TEN) == []


def test_a_child_writes_more_and_that_is_told_anew(town):
    child = town.tell(at=TEN)
    told(TEN)
    child.say("more", at=TEN + minutes(20))
    assert told(TEN + minutes(20)) == ["bo", "lo"]


def test_a_broken_promise_is_told_to_the_lead_and_after_an_hour_to_the_cover_teams_lead(town):
    child = town.tell(at=TEN)
    child.again().mark_read_by_staff(1)
    due = child.again().due
    assert due == TEN + hours(2)
    assert told(due) == []
    assert told(due + minutes(1)) == ["lo"]
    assert told(due + minutes(59)) == []
    assert told(due + hours(1)) == ["mio"]
    assert told(due + hours(3)) == []


def test_a_promise_broken_at_closing_time_is_told_at_once_and_to_the_cover_in_its_hours(town):
    child = town.tell(at=TEN + hours(4))
    child.again().mark_read_by_staff(1)
    closing = child.again().due
    assert closing == TEN + hours(6)
    assert told(closing + minutes(1)) == ["lo"]
    assert told(closing + hours(2)) == []
    assert told(closing + hours(16)) == ["mio"]


def test_danger_without_an_answer_is_told_to_the_cover_teams_lead_at_night(town):
    child = town.tell(at=TEN + hours(5.5), now="not_safe")
    child.again().mark_read_by_staff(1)
    due = child.again().due
    assert told(due + minutes(1)) == ["lo"]
    assert told(due + hours(8)) == ["mio"]


def test_an_alarm_that_wakes_nobody_is_told_to_lo_again_and_after_an_hour_to_the_cover(town):
    night = TEN + hours(13) + minutes(7)
    child = town.tell(at=night, now="threatened")
    assert told(night) == ["bo", "lo"]
    # What the child adds does not begin the time anew.
    child.say("please", at=night + minutes(20), now="threatened")
    assert told(night + minutes(20)) == ["bo", "lo"]
    assert told(night + minutes(30)) == []
    assert told(night + minutes(31)) == ["lo"]
    assert told(night + minutes(89)) == []
    assert told(night + minutes(90)) == ["mio"]
    assert told(night + hours(5)) == []


def test_an_alarm_that_bo_has_opened_in_time_climbs_no_further(town):
    night = TEN + hours(13)
    child = town.tell(at=night, now="threatened")
    told(night)
    child.again().mark_read_by_staff(1)
    assert told(night + minutes(31)) == told(night + hours(3)) == []


def test_danger_that_nobody_has_judged_is_told_at_night(town):
    night = TEN + hours(13)
    child = town.tell(at=night, now="not_safe")
    told(night)
    access.open_disclosure(town["Bo"].unlocked(), child.pk).reply("Thank you.", 1, night)
    due = child.again().case.deadlines.get(wanted="set_risk").due
    assert told(due) == []
    assert told(due + minutes(1)) == ["bo"]
    assert told(due + minutes(30)) == ["lo"]
    assert told(due + minutes(60)) == ["mio"]


def test_it_is_hidden_from_lo_and_the_cover_teams_lead_is_told_at_once(town):
    child = town.tell(at=TEN)
    Recusal.objects.create(disclosure=child.disclosure, user=town.user("Lo"), by=town.user("Bo"))
    assert told(TEN) == ["bo"]
    assert told(child.again().due + minutes(1)) == ["mio"]


def test_two_rounds_at_once_send_one_mail(town):
    town.tell(at=TEN)
    first = notices.untold(TEN)
    second = notices.untold(TEN)
    assert len(first) == len(second) == 2
    done = notices.Round()
    for found in (first, second):
        for reason in found:
            notices._tell(reason.user, [reason], urgent=False, now=TEN, done=done)
    assert (done.sent, len(mail.outbox)) == (2, 2)


def test_a_round_died_before_its_mail_and_a_later_one_sends_it(town):
    town.tell(at=TEN)
    with (
        patch.object(notices.mail, "send", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        notices.run(TEN)
    assert Notice.objects.filter(sent__isnull=True).count() == 1
    assert told(TEN + minutes(9)) == ["bo"]
    assert told(TEN + minutes(11)) == ["lo"]


def test_the_mail_server_is_gone_and_the_next_round_tries_again(town):
    town.tell(at=TEN)
    with patch(
        "django.core.mail.EmailMessage.send", side_effect=SMTPServerDisconnected("bo@example.org")
    ):
        done = notices.run(TEN)
    assert (done.sent, done.failed) == (0, 2)
    assert told(TEN + minutes(1)) == ["bo", "lo"]


def test_the_command_says_how_many_and_refuses_with_a_sentence(town, capsys):
    town.tell(at=TEN)
    with patch("django.utils.timezone.now", return_value=TEN):
        call_command("tick")
        assert "Sent: 2 notices" in capsys.readouterr().out
        town.tell(at=TEN, now="not_safe")
        with (
            patch("django.core.mail.EmailMessage.send", side_effect=OSError),
            pytest.raises(CommandError, match="Check ALLTID_SMTP_URL"),
        ):
            call_command("tick")


def test_who_was_told_is_forgotten_when_the_child_has_an_answer(town):
    child = town.tell(at=TEN)
    told(TEN)
    assert Notice.objects.count() == 2
    child.again().add_reply("id", "Bo", "Thank you.", read_up_to=1, now=TEN)
    told(TEN + minutes(16))
    assert not Notice.objects.exists()


def test_bo_without_an_address_is_told_nothing(town):
    User.objects.filter(name="Bo").update(email="")
    town.tell(at=TEN)
    assert told(TEN) == ["lo"]


def test_a_team_without_a_cover_tells_its_own_lead_only(town):
    Team.objects.update(cover=None)
    child = town.tell(at=TEN)
    child.again().mark_read_by_staff(1)
    assert told(child.again().due + hours(2)) == ["lo"]


# --- too few will read -------------------------------------------------------------------------

# Fourteen days after their last sign-in Bo is not counted any more; three days before, it is told.
LAPSING = TEN - timedelta(days=11)


def seen(name, at):
    User.objects.filter(name=name).update(seen=at)


def test_bo_and_lo_are_told_once_three_days_before_too_few_have_signed_in(town):
    seen("Bo", LAPSING + hours(1))
    assert told(TEN) == []
    assert told(TEN + hours(1)) == ["bo", "lo"]
    assert told(TEN + hours(2)) == []
    assert told(TEN + hours(50)) == []
    assert told(TEN + hours(74)) == []


def test_the_mail_to_sign_in_holds_one_neutral_sentence_in_the_readers_language(town):
    seen("Bo", LAPSING)
    notices.run(TEN)
    said = {one.to[0]: one for one in mail.outbox}
    assert said["bo@example.org"].body == "It is time to sign in."
    assert said["lo@example.org"].body == "Det är dags att logga in."
    for one in mail.outbox:
        assert one.subject == one.body
        whole = one.message().as_string()
        for word in ("North", "Norra", str(town.north.pk), town.north.pk.hex, "http", "/staff"):
            assert word not in whole


def test_bo_signs_in_and_the_next_time_it_is_told_anew(town):
    seen("Bo", LAPSING)
    assert told(TEN) == ["bo", "lo"]
    seen("Bo", TEN + hours(1))
    seen("Lo", TEN + hours(1))
    assert told(TEN + hours(2)) == []
    assert not Notice.objects.exists()
    User.objects.filter(name__in=["Cato", "Mio"]).update(seen=TEN + timedelta(days=9))
    assert told(TEN + timedelta(days=11)) == []
    assert told(TEN + timedelta(days=11) + hours(2)) == ["bo", "lo"]


def test_who_signs_in_too_seldom_is_not_told_at_night(town):
    seen("Bo", LAPSING - hours(12))
    assert told(TEN - hours(9)) == []
    assert told(TEN - hours(2)) == ["bo", "lo"]


def test_before_days_without_hours_it_is_told_at_once(town):
    Team.objects.filter(name="North").update(opening={"0": [["08:00", "16:00"]]})
    seen("Bo", LAPSING + hours(12))
    assert told(TEN + hours(13)) == ["bo", "lo"]


def test_bo_will_be_away_and_everybody_is_told(town):
    Membership.objects.filter(user=town.user("Bo")).update(
        away_from=TEN + hours(60), away_until=TEN + timedelta(days=30)
    )
    assert told(TEN) == ["bo", "lo"]


@pytest.mark.parametrize("change", [{"opened": None}, {"cover": None}])
def test_of_a_team_that_no_child_can_tell_nobody_is_told(town, change):
    seen("Bo", LAPSING)
    Team.objects.filter(name="North").update(**change)
    assert told(TEN) == []


def test_three_read_and_one_of_them_lapses_and_nobody_is_told(town):
    town.reads_along("Mio")
    seen("Bo", LAPSING)
    assert told(TEN) == []


def test_a_child_waits_too_and_bo_gets_one_mail_that_says_that(town):
    seen("Bo", LAPSING)
    town.tell(at=TEN)
    assert told(TEN) == ["bo", "lo"]
    assert {one.body for one in mail.outbox} == {
        "Something waits for you.",
        "Något väntar på dig.",
    }
    assert told(TEN + minutes(16)) == []


def test_the_mail_server_is_gone_and_the_warning_is_sent_in_the_next_round(town):
    seen("Bo", LAPSING)
    with patch("django.core.mail.EmailMessage.send", side_effect=OSError):
        assert notices.run(TEN).failed == 2
    assert told(TEN + minutes(1)) == ["bo", "lo"]


@pytest.mark.parametrize("address", ["inbox", "team"])
def test_lo_sees_who_drops_out_soon_and_south_does_not(cast, address):
    sentence = "Away by then, or not signed in for 14 days: Bo."
    page = lambda name, team: cast.browser(name).get(f"/staff/{address}/{team}/")  # noqa: E731
    assert sentence not in page("Lo", "north").content.decode()
    seen("Bo", timezone.now() - timedelta(days=12))
    assert sentence in page("Lo", "north").content.decode()
    assert "can soon no longer tell" not in page("Mio", "south").content.decode()
    seen("Bo", timezone.now() - timedelta(days=15))
    assert "can soon no longer tell" not in page("Lo", "north").content.decode()
