"""Another team is asked: who may read what before and after, and how it ends."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.http import Http404
from django.utils import timezone

from alltid.people.models import AuditEvent, Team, TeamKey, Unlocking
from alltid.tell import erasing
from alltid.tell.handing import SettledMeanwhile, refuse
from alltid.tell.models import Disclosure, Handing, KeyCopy
from alltid.vault.errors import KeySubstituted, NotForThisKey

from ... import access, hands, rotation
from ...casework import handover, notes, risk, second_person
from ...casework.events import Kind, Risk
from ...casework.tests.desk import place, state, words
from ...casework.turn import HappenedMeanwhile, Refusal, Refused
from ...models import Case, CaseDeadline, CaseEvent, CaseKeyCopy, Recusal, Referral
from .. import asking, escrow
from .scene import accept, ask, opens


@pytest.fixture
def told(cast):
    """What Ada told North, with a note of Bo's; she can say no to South, an association."""
    Team.objects.filter(name="South").update(kind=Team.Kind.NOT_MANDATED)
    told = cast.tell(text="canary of Ada")
    opens(cast, told)
    notes.note(place(cast, told), "canary of Bo's note")
    return told


def refused(why, deed, *args, **kwargs):
    with pytest.raises(Refused) as shut:
        deed(*args, **kwargs)
    assert shut.value.why is why


# --- before the yes ----------------------------------------------------------------------------


def test_cato_reads_what_bo_wrote_to_his_team_and_nothing_of_the_talk(cast, told):
    handing = ask(cast, told, words="canary to South")
    cato = cast["Cato"].unlocked()
    assert escrow.read_words(handing.referral, cato) == "canary to South"
    with pytest.raises(Http404):
        access.open_disclosure(cato, told.pk)
    assert not KeyCopy.objects.filter(team_key__team=cast.south).exists()
    assert not CaseKeyCopy.objects.filter(team_key__team=cast.south).exists()


def test_neither_souths_key_alone_nor_the_servers_alone_opens_the_shut_key(cast, told):
    handing = ask(cast, told)
    referral = handing.referral
    for identity in (
        cast["Cato"].unlocked().team_identity(referral.team_key),
        cast["Bo"].unlocked().team_identity(cast.north.current_key()),
    ):
        with pytest.raises(NotForThisKey):
            escrow.open_text(bytes(referral.shut), identity, escrow._label("shut", referral))
    server = escrow._server(referral)
    outer = escrow.open_text(bytes(referral.shut), server, escrow._label("shut", referral))
    inner = escrow.base64.b64decode(outer.body["sealed"])
    with pytest.raises(NotForThisKey):
        escrow.open_text(inner, server, escrow._label("referred keys", referral))


def test_the_words_to_south_and_the_reason_of_a_no_lie_in_no_column(cast, told):
    handing = ask(cast, told, words="canary-words")
    asking.decline(cast["Cato"].unlocked(), handing, "canary-reason", timezone.now())
    held = [
        *Handing.objects.values_list(),
        *CaseEvent.objects.values_list("codes", "sealed"),
        *AuditEvent.objects.values_list("why", "verb"),
    ]
    assert "canary" not in str(held)
    assert words(cast, told)[-1] == {"because": "canary-reason"}


def test_only_bos_team_goes_on_answering_before_the_yes(cast, told):
    ask(cast, told)
    opens(cast, told).reply("Thank you for telling.", 1, timezone.now())
    assert told.again().team == cast.north
    assert state(told).team_asked.whom == str(cast.south.pk)


def test_one_team_is_asked_at_a_time_with_words_and_one_that_reads(cast, told):
    refused(Refusal.WORDS, ask, cast, told, words=" ")
    refused(Refusal.NO_TEAM, ask, cast, told, team="North")
    ask(cast, told)
    refused(Refusal.ASKED_ALREADY, ask, cast, told)
    assert Handing.objects.count() == 1


def test_a_team_with_an_alarm_or_without_anybody_who_reads_is_not_offered(cast, told):
    now = timezone.now()
    assert [team.name for team in asking.teams_to_ask(told.again(), now)] == ["South"]
    Team.objects.filter(name="South").update(intake_stopped=now)
    assert asking.teams_to_ask(told.again(), now) == []
    Team.objects.filter(name="South").update(intake_stopped=None)
    later = now + timedelta(days=20)
    assert asking.teams_to_ask(told.again(), later) == []


# --- yes ---------------------------------------------------------------------------------------


def test_cato_says_yes_and_south_opens_talk_and_case_and_carries_it(cast, told):
    accept(cast, ask(cast, told))
    lines = opens(cast, told, "Cato").lines()
    assert [line.body["text"] for line in lines] == ["canary of Ada"]
    assert {"text": "canary of Bo's note"} in words(cast, told, "Mio")
    assert state(told).owner == str(cast.user("Cato").pk)
    assert Case.objects.get().owner == cast.user("Cato")
    assert not Referral.objects.exists()


def test_north_that_keeps_nothing_opens_nothing_by_any_way(cast, told):
    accept(cast, ask(cast, told, keeps=False))
    for name in ("Bo", "Lo"):
        with pytest.raises(access.HandedOn):
            opens(cast, told, name)
    with pytest.raises(Http404):
        access.open_to_read(cast["Bo"].unlocked(), Handing.objects.get())
    assert not KeyCopy.objects.filter(team_key__team=cast.north).exists()
    assert not CaseKeyCopy.objects.filter(team_key__team=cast.north).exists()


def test_north_that_reads_on_reads_the_talk_alone_and_does_nothing_in_it(cast, told):
    accept(cast, ask(cast, told, keeps=True))
    told.say("canary of later")
    opened = access.open_to_read(cast["Bo"].unlocked(), access.find_given(cast.user("Bo"), told.pk))
    texts = [line.body["text"] for line in opened.lines()]
    assert texts == ["canary of Ada", "canary of later"]
    with pytest.raises(NotForThisKey):
        opened.case_identity  # noqa: B018 - what it raises is looked at
    for deed in (
        lambda: opens(cast, told),
        lambda: opened.reply("Hello again.", 2, timezone.now()),
        lambda: notes.note(place(cast, told), "from the first team"),
        lambda: hands.pass_on(told.again(), cast.user("Bo"), str(cast.user("Cato").pk)),
    ):
        with pytest.raises(access.HandedOn):
            deed()
    assert told.again().messages.count() == 2


def test_what_was_asked_and_owed_in_north_ends_and_the_new_one_owes_a_debrief(cast, told):
    risk.set_level(place(cast, told), Risk.HIGH, "canary")
    lines = {"stands": "a", "next_step": "b", "beware": "c"}
    handover.hand_over(place(cast, told), cast.user("Lo"), **lines)
    second_person.ask_debrief(place(cast, told, "Lo"))
    accept(cast, ask(cast, told))
    now = state(told)
    assert (now.hand_over, now.cover) == (None, "")
    assert now.owed == {str(cast.user("Cato").pk)}
    assert set(CaseDeadline.objects.values_list("team__name", flat=True)) == {"South"}


def test_a_removed_cato_opens_neither_what_south_is_asked_nor_what_it_has(cast, told):
    handing = ask(cast, told)
    old = handing.referral.team_key
    rotation.remove_member(cast.membership("Cato"), cast["Mio"].unlocked())
    referral = Referral.objects.get()
    assert referral.team_key != old
    assert not TeamKey.objects.filter(pk=old.pk).exists()
    with pytest.raises(NotForThisKey):
        cast["Cato"].unlocked().team_identity(referral.team_key)
    accept(cast, Handing.objects.get(), "Mio")
    assert opens(cast, told, "Mio").lines()[0].body["text"] == "canary of Ada"
    with pytest.raises(Http404):
        opens(cast, told, "Cato")


def test_a_member_leaves_south_after_the_yes_and_opens_nothing_that_comes_later(cast, told):
    accept(cast, ask(cast, told, keeps=True))
    rotation.remove_member(cast.membership("Cato"), cast["Mio"].unlocked())
    told.say("later")
    newest = cast.team("South").current_key()
    held = KeyCopy.objects.filter(disclosure=told.pk, team_key__team=cast.south)
    assert [copy.team_key for copy in held] == [newest]
    with pytest.raises(NotForThisKey):
        cast["Cato"].unlocked().team_identity(newest)
    assert len(opens(cast, told, "Mio").lines()) == 2
    assert state(told).owner == ""


def test_a_member_leaves_north_and_the_other_one_reads_on(cast, told):
    accept(cast, ask(cast, told, keeps=True))
    rotation.remove_member(cast.membership("Bo"), cast["Lo"].unlocked())
    with pytest.raises(Http404):
        access.open_to_read(cast["Bo"].unlocked(), Handing.objects.get())
    opened = access.open_to_read(cast["Lo"].unlocked(), Handing.objects.get())
    assert opened.lines()[0].body["text"] == "canary of Ada"
    assert {copy.team_key for copy in KeyCopy.objects.filter(team_key__team=cast.north)} == {
        cast.team("North").current_key()
    }


def test_it_comes_back_to_north_and_south_reads_nothing_any_more(cast, told):
    accept(cast, ask(cast, told, keeps=True))
    back = ask(cast, told, name="Cato", team="North", keeps=False)
    accept(cast, back, "Lo")
    assert opens(cast, told, "Bo").lines()[0].body["text"] == "canary of Ada"
    with pytest.raises(access.HandedOn):
        opens(cast, told, "Cato")
    assert KeyCopy.objects.filter(team_key__isnull=False).count() == 1


def test_a_key_that_was_put_in_its_place_is_not_taken_for_the_talks(cast, told):
    handing = ask(cast, told)
    other = cast.tell(text="another")
    Disclosure.objects.filter(pk=told.pk).update(recipient=other.disclosure.recipient)
    with pytest.raises(KeySubstituted):
        accept(cast, Handing.objects.get(pk=handing.pk))
    assert Handing.objects.get().is_open


# --- no, never mind, and the child's no --------------------------------------------------------


def test_mio_says_no_and_bo_reads_why(cast, told):
    asking.decline(cast["Mio"].unlocked(), ask(cast, told), "ask East instead", timezone.now())
    assert Handing.objects.get().state == Handing.State.DECLINED
    assert (state(told).team_asked, told.again().team) == (None, cast.north)
    assert words(cast, told)[-1] == {"because": "ask East instead"}
    assert not Referral.objects.exists()
    ask(cast, told)


def test_lo_takes_it_back_and_cato_can_say_nothing_any_more(cast, told):
    handing = ask(cast, told)
    asking.withdraw(place(cast, told, "Lo"))
    for deed in (
        lambda: asking.accept(cast["Cato"].unlocked(), handing, timezone.now()),
        lambda: asking.decline(cast["Cato"].unlocked(), handing, "no", timezone.now()),
    ):
        with pytest.raises(SettledMeanwhile):
            deed()
    assert Handing.objects.get().state == Handing.State.WITHDRAWN
    refused(Refusal.NOT_THERE, asking.withdraw, place(cast, told))


def test_ada_says_no_before_the_yes_and_it_ends_with_a_line_in_both_logs(cast, told):
    handing = ask(cast, told)
    refuse(told.again(), str(handing.pk), timezone.now())
    with pytest.raises(SettledMeanwhile):
        accept(cast, Handing.objects.get())
    opens(cast, told).case  # noqa: B018 - the case follows what the child did
    assert (state(told).team_asked, state(told).child_refused) == (None, True)
    assert not Referral.objects.exists()
    logs = AuditEvent.objects.filter(verb="refused_by_child")
    assert {event.team.name for event in logs} == {"North", "South"}
    assert told.again().team == cast.north


def test_ada_says_no_after_the_yes_and_south_has_to_answer_her(cast, told):
    handing = accept(cast, ask(cast, told))
    opens(cast, told, "Cato").reply("I read this now.", 1, timezone.now())
    assert not told.again().waits
    refuse(told.again(), str(handing.pk), timezone.now())
    opens(cast, told, "Cato").case  # noqa: B018 - the case follows what the child did
    assert told.again().waits
    assert state(told).child_refused
    assert told.again().team == cast.south
    kinds = [event.kind for event in CaseEvent.objects.order_by("sequence")]
    assert kinds.count(Kind.CHILD_REFUSED) == 1
    opens(cast, told, "Cato").reply("Thank you for saying it.", 2, timezone.now())
    assert not told.again().waits


def test_a_no_to_a_team_that_the_law_names_changes_nothing(cast, told):
    Team.objects.filter(name="South").update(kind=Team.Kind.MANDATED)
    handing = ask(cast, told)
    assert not handing.refusable
    refuse(told.again(), str(handing.pk), timezone.now())
    assert Handing.objects.get().is_open


def test_a_no_to_an_older_asking_does_not_end_a_newer_one(cast, told):
    first = ask(cast, told)
    asking.withdraw(place(cast, told))
    ask(cast, told)
    refuse(told.again(), str(first.pk), timezone.now())
    assert Handing.objects.first().is_open


def test_where_there_is_no_pack_a_child_can_say_no(cast):
    Team.objects.filter(name="North").update(country="XX")
    assert asking.child_may_refuse(cast.team("North"), cast.team("South"))


# --- hidden, erased, ended, written down -------------------------------------------------------


def test_whom_it_is_hidden_from_in_south_finds_nothing_before_and_after(cast, told):
    handing = ask(cast, told, hide="Mio")
    with pytest.raises(Http404):
        access.find_asked(cast.user("Mio"), handing.pk)
    accept(cast, handing)
    with pytest.raises(Http404):
        opens(cast, told, "Mio")
    assert cast.browser("Mio").get("/staff/team/south/log/").content.count(b"another team") == 0


def test_whom_it_is_hidden_from_in_north_does_not_read_on(cast, told):
    Recusal.objects.create(disclosure=told.disclosure, user=cast.user("Lo"), by=cast.user("Bo"))
    handing = accept(cast, ask(cast, told, keeps=True))
    assert access.find_given(cast.user("Lo"), told.pk) is None
    assert access.find_given(cast.user("Bo"), told.pk) == handing
    assert cast.browser("Lo").get(f"/staff/thread/{told.pk}/kept/").status_code == 404


def test_nobody_is_asked_where_it_would_be_hidden_from_all(cast, told):
    Unlocking.objects.all().delete()
    refused(Refusal.NO_TEAM, ask, cast, told, hide=("Mio", "Cato"))
    assert not Recusal.objects.exists()


def test_erasing_takes_both_copies_and_all_that_was_asked(cast, told, tmp_path, settings):
    settings.DATA = tmp_path
    accept(cast, ask(cast, told, keeps=True))
    ask(cast, told, name="Cato", team="North")
    erasing.erase(told.again(), "swept")
    held = (KeyCopy, CaseKeyCopy, Handing, Referral, CaseEvent)
    assert not any(model.objects.exists() for model in held)
    erased = AuditEvent.objects.filter(verb="erased")
    assert {event.team.name for event in erased} == {"North", "South"}


@pytest.mark.parametrize("keeps", [True, False])
def test_what_ada_ends_is_kept_where_a_team_that_reads_it_must(
    cast, told, keeps, tmp_path, settings
):
    settings.DATA = tmp_path
    Team.objects.filter(name="South").update(keeps_after_end=False)
    accept(cast, ask(cast, told, keeps=keeps))
    told.again().mark_read_by_staff(1)
    disclosure = told.again()
    assert disclosure.kept_after_end == keeps
    erasing.end(disclosure, timezone.now())
    erasing.sweep(timezone.now() + timedelta(days=3))
    assert Disclosure.objects.filter(pk=told.pk).exists() == keeps


def test_ada_ends_the_talk_and_with_it_what_was_asked(cast, told, tmp_path, settings):
    settings.DATA = tmp_path
    told.again().mark_read_by_staff(1)
    ask(cast, told)
    erasing.end(told.again(), timezone.now())
    assert Handing.objects.get().state == Handing.State.REFUSED
    opens(cast, told).case  # noqa: B018 - the case follows what the child did
    refused(Refusal.CHILD_ENDED, ask, cast, told)


def test_every_step_stands_in_the_chronology_and_in_both_logs(cast, told):
    asking.decline(cast["Mio"].unlocked(), ask(cast, told), "no", timezone.now())
    ask(cast, told)
    asking.withdraw(place(cast, told))
    accept(cast, ask(cast, told))
    kinds = [
        event.kind
        for event in CaseEvent.objects.order_by("sequence")
        if event.kind.startswith("team_")
    ]
    steps = ["asked", "declined", "asked", "withdrawn", "asked", "accepted"]
    assert kinds == [f"team_{step}" for step in steps]
    for team in ("North", "South"):
        logged = AuditEvent.objects.filter(team__name=team, verb__startswith="case_team_")
        verbs = list(logged.order_by("pk").values_list("verb", flat=True))
        assert verbs == [f"case_{kind}" for kind in kinds]


@pytest.mark.parametrize("deed", ["ask", "accept", "decline", "withdraw"])
def test_what_cannot_be_logged_is_not_done(cast, told, deed, monkeypatch):
    handing = None if deed == "ask" else ask(cast, told)
    here, cato = place(cast, told), cast["Cato"].unlocked()
    opened = opens(cast, told)
    before = (Handing.objects.count(), CaseEvent.objects.count(), KeyCopy.objects.count())

    def fails(*_args, **_kwargs):
        raise DatabaseError

    monkeypatch.setattr(AuditEvent, "write", fails)
    with pytest.raises(access.NotAudited):
        {
            "ask": lambda: asking.ask(
                here, opened, cast.south, words="x", keeps=False, hide_from=[]
            ),
            "accept": lambda: asking.accept(cato, handing, timezone.now()),
            "decline": lambda: asking.decline(cato, handing, "no", timezone.now()),
            "withdraw": lambda: asking.withdraw(here),
        }[deed]()
    after = (Handing.objects.count(), CaseEvent.objects.count(), KeyCopy.objects.count())
    assert after == before
    assert handing is None or Handing.objects.get().is_open


def test_bo_asks_over_what_lo_did_meanwhile_and_is_told(cast, told):
    old = place(cast, told)
    notes.note(place(cast, told, "Lo"), "meanwhile")
    with pytest.raises(HappenedMeanwhile):
        asking.ask(old, opens(cast, told), cast.south, words="x", keeps=False, hide_from=[])
    assert not Handing.objects.exists()


def test_a_case_that_another_team_is_asked_about_is_not_closed(cast, told):
    ask(cast, told)
    page = cast.browser("Bo").get(f"/staff/thread/{told.pk}/").content.decode()
    assert "Another team is asked and has not answered." in page
