"""Passing on, hiding from a member, removing a member: who sees what afterwards."""

from datetime import timedelta

import pytest
from django.utils import timezone

from alltid.people import audit
from alltid.people.models import AuditEvent, Membership, TeamKey, User
from alltid.tell.feelings import send_feeling
from alltid.tell.models import Disclosure, KeyCopy
from alltid.tell.threads import thread_context
from alltid.vault.errors import NotForThisKey, VaultError

from .. import access, hands, rotation
from ..models import Case, CaseKeyCopy, Recusal


def url(told, deed=""):
    return f"/staff/thread/{told.pk}/{deed}"


def member(cast, name):
    return {"member": str(cast.user(name).pk)}


@pytest.fixture
def third(cast):
    """Mio reads in North, too: hidden from one of its members, a thread still has two."""
    return cast.reads_along("Mio")


# --- passing on --------------------------------------------------------------------------------


def test_bo_passes_a_thread_to_lo_and_it_stands_in_the_log(cast):
    told = cast.tell()
    sent = cast.browser("Bo").post(url(told, "pass/"), member(cast, "Lo"))
    assert (sent.status_code, sent["Location"]) == (303, url(told))
    assert Case.objects.get(disclosure=told.pk).owner == cast.user("Lo")
    event = AuditEvent.objects.get(verb="passed")
    assert (event.subject, event.why) == (str(told.pk), str(cast.user("Lo").pk))
    inbox = cast.browser("Bo").get("/staff/inbox/north/").content.decode()
    assert '<span class="who quiet">Lo</span>' in inbox


def test_lo_takes_a_thread_herself(cast):
    told = cast.tell()
    lo = cast.browser("Lo")
    lo.post(url(told, "pass/"), member(cast, "Lo"))
    assert "<dt>Who answers</dt><dd>Lo</dd>" in lo.get(url(told)).content.decode()


@pytest.mark.parametrize("name", ["Cato", "Dag"])
def test_bo_passes_a_thread_to_somebody_outside_and_nothing_changes(cast, name):
    told = cast.tell()
    page = cast.browser("Bo").post(url(told, "pass/"), member(cast, name))
    assert page.status_code == 409
    assert "Nobody was chosen" in page.content.decode()
    assert not Case.objects.filter(owner__isnull=False).exists()


def test_bo_cannot_pass_to_whom_it_is_hidden_from(cast, third):
    told = cast.tell()
    bo = cast.browser("Bo")
    bo.post(url(told, "hide/"), member(cast, "Lo"))
    assert bo.post(url(told, "pass/"), member(cast, "Lo")).status_code == 409


# --- hiding ------------------------------------------------------------------------------------


def test_bo_hides_a_thread_from_lo_and_for_her_it_does_not_exist(cast, third):
    told = cast.tell()
    lo, bo = cast.browser("Lo"), cast.browser("Bo")
    lo.post(url(told, "draft/"), {"text": "Lo writes"}, HTTP_X_DRAFT="1")
    lo.post(url(told, "pass/"), member(cast, "Lo"))
    assert bo.post(url(told, "hide/"), member(cast, "Lo")).status_code == 303
    assert lo.get(url(told)).status_code == 404
    assert str(told.pk) not in lo.get("/staff/inbox/north/").content.decode()
    html = bo.get(url(told)).content.decode()
    assert "Hidden from Lo." in html
    assert "Writing now" not in html
    assert "<dt>Who answers</dt><dd>nobody yet</dd>" in html


def test_lo_the_lead_does_not_find_in_the_log_what_is_hidden_from_her(cast, third):
    told, other = cast.tell(), cast.tell()
    bo = cast.browser("Bo")
    for one in (told, other):
        bo.get(url(one))
    bo.post(url(told, "hide/"), member(cast, "Lo"))
    lines = audit.page(cast.north, cast.user("Lo")).lines
    assert [line.what for line in lines].count("opened") == 1
    assert "hid from a member" not in [line.what for line in lines]
    bo.post(url(told, "show/"), member(cast, "Lo"))
    lines = audit.page(cast.north, cast.user("Lo")).lines
    assert [line.what for line in lines].count("opened") == 2


def test_bo_shows_a_thread_again_to_lo(cast, third):
    told = cast.tell()
    lo, bo = cast.browser("Lo"), cast.browser("Bo")
    bo.post(url(told, "hide/"), member(cast, "Lo"))
    assert bo.post(url(told, "show/"), member(cast, "Lo")).status_code == 303
    assert lo.get(url(told)).status_code == 200
    assert list(AuditEvent.objects.filter(subject=told.pk).values_list("verb", flat=True)) == [
        "recused",
        "shown",
        "opened",
    ]


def test_lo_cannot_show_to_herself_what_was_hidden_from_her(cast, third):
    told = cast.tell()
    cast.browser("Bo").post(url(told, "hide/"), member(cast, "Lo"))
    assert cast.browser("Lo").post(url(told, "show/"), member(cast, "Lo")).status_code == 404
    assert Recusal.objects.exists()


def test_bo_cannot_hide_a_thread_from_himself(cast):
    told = cast.tell()
    assert cast.browser("Bo").post(url(told, "hide/"), member(cast, "Bo")).status_code == 409
    assert not Recusal.objects.exists()


def test_bo_hides_twice_and_it_is_hidden_once(cast, third):
    told = cast.tell()
    bo = cast.browser("Bo")
    statuses = [bo.post(url(told, "hide/"), member(cast, "Lo")).status_code for _tap in range(2)]
    assert statuses == [303, 409]
    assert Recusal.objects.count() == 1


def test_bo_cannot_hide_a_thread_from_everybody_but_himself_and_hears_what_to_do(cast):
    told = cast.tell()
    page = cast.browser("Bo").post(url(told, "hide/"), member(cast, "Lo"))
    assert page.status_code == 409
    html = page.content.decode()
    assert "Nobody but you would read it then" in html
    assert "Ask your lead to hide it." in html
    assert cast.browser("Lo").get(url(told)).status_code == 200
    assert not Recusal.objects.exists()
    assert not AuditEvent.objects.filter(verb="recused").exists()


def test_bo_hides_a_thread_from_one_after_the_other_and_the_last_one_keeps_it(cast, third):
    told = cast.tell()
    bo = cast.browser("Bo")
    statuses = [
        bo.post(url(told, "hide/"), member(cast, name)).status_code for name in ("Lo", "Mio")
    ]
    assert statuses == [303, 409]
    assert Recusal.objects.get().user == cast.user("Lo")


@pytest.mark.parametrize("why", ["not seen", "away", "waits"])
def test_who_does_not_read_these_days_is_not_counted_when_bo_hides_a_thread(cast, third, why):
    now = timezone.now()
    day = timedelta(days=1)
    if why == "not seen":
        User.objects.filter(name="Mio").update(seen=now - 15 * day)
    elif why == "away":
        Membership.objects.filter(pk=third.pk).update(away_from=now - day, away_until=now + day)
    else:
        Membership.objects.filter(pk=third.pk).update(let_in=None)
    told = cast.tell()
    assert cast.browser("Bo").post(url(told, "hide/"), member(cast, "Lo")).status_code == 409


def test_lo_the_lead_hides_a_thread_from_bo_and_keeps_it_alone(cast):
    told = cast.tell()
    assert cast.browser("Lo").post(url(told, "hide/"), member(cast, "Bo")).status_code == 303
    assert cast.browser("Bo").get(url(told)).status_code == 404


# --- removing ----------------------------------------------------------------------------------


def remove(cast, name="Bo", by="Lo", team="north"):
    place = Membership.objects.get(user=cast[name].user)
    return cast.browser(by).post(f"/staff/team/{team}/remove/{place.pk}/")


def test_lo_removes_bo_and_he_opens_nothing_that_was_and_nothing_that_comes(cast):
    before = cast.tell(text="before")
    bo = cast.browser("Bo")
    bo.post(url(before, "pass/"), member(cast, "Bo"))
    held = cast["Bo"].unlocked()
    old = held.team_identity(cast.north.current_key())
    assert remove(cast).status_code == 302
    after = cast.tell(text="after")
    # His browser is signed out; signed in anew he is a stranger.
    assert bo.get(url(before)).status_code == 302
    for told in (before, after):
        assert cast.browser("Bo").get(url(told)).status_code == 404
        copy = KeyCopy.objects.get(disclosure=told.pk, team_key__isnull=False)
        with pytest.raises(NotForThisKey):
            copy.open(old)
        with pytest.raises(VaultError):
            held.team_identity(copy.team_key)
    assert Case.objects.get(disclosure=before.pk).owner is None


def test_lo_removes_bo_and_his_drafts_there_are_gone(cast):
    told, elsewhere = cast.tell(), cast.tell("South")
    cast["Bo"].unlocked().save_draft(told.pk, "about North")
    cast["Bo"].unlocked().save_draft(elsewhere.pk, "about South")
    cast["Lo"].unlocked().save_draft(told.pk, "hers")
    remove(cast)
    assert not cast["Bo"].unlocked().draft(told.pk)
    assert cast["Bo"].unlocked().draft(elsewhere.pk)
    assert cast["Lo"].unlocked().draft(told.pk)


def test_lo_removes_bo_and_reads_on_what_was_with_its_notes(cast):
    told = cast.tell(text="before")
    lo = cast.browser("Lo")
    lo.get(url(told))
    assert remove(cast).status_code == 302
    assert "before" in lo.get(url(told)).content.decode()
    copy = CaseKeyCopy.objects.get()
    assert copy.team_key == cast.north.current_key()
    assert copy.open(cast["Lo"].unlocked().team_identity(copy.team_key))
    assert list(TeamKey.objects.filter(team=cast.north).values_list("number", flat=True)) == [2]


def test_lo_removes_bo_and_a_closed_case_keeps_its_old_key(cast):
    told = cast.tell()
    lo = cast.browser("Lo")
    lo.get(url(told))
    Disclosure.objects.filter(pk=told.pk).update(rank=Disclosure.Rank.CLOSED)
    assert remove(cast).status_code == 302
    assert TeamKey.objects.filter(team=cast.north).count() == 2
    assert lo.get(url(told)).status_code == 200
    Disclosure.objects.filter(pk=told.pk).delete()
    rotation.rotation.retire_empty_generations(cast.north)
    assert TeamKey.objects.filter(team=cast.north).count() == 1


def test_notes_made_under_a_newer_key_keep_it_when_the_case_is_closed(cast):
    told = cast.tell()
    Disclosure.objects.filter(pk=told.pk).update(rank=Disclosure.Rank.CLOSED)
    remove(cast)
    cast.browser("Lo").get(url(told))
    third = cast["Lo"].unlocked()
    rotation.rotation.retire_empty_generations(cast.north)
    assert TeamKey.objects.filter(team=cast.north).count() == 2
    assert CaseKeyCopy.objects.get().open(third.team_identity(cast.north.current_key()))


def test_a_copy_that_does_not_open_stops_the_removal_and_nothing_has_changed(cast):
    told = cast.tell()
    cast.browser("Lo").get(url(told))
    CaseKeyCopy.objects.update(sealed=b"\0" * 300)
    page = remove(cast)
    assert page.status_code == 409
    assert Membership.objects.filter(user=cast["Bo"].user).exists()
    assert TeamKey.objects.filter(team=cast.north).count() == 1


def test_a_substituted_recipient_stops_the_removal_and_the_intake(cast):
    told = cast.tell()
    Disclosure.objects.filter(pk=told.pk).update(recipient=cast["Eva"].identity.recipient)
    assert remove(cast).status_code == 409
    assert cast.team("North").intake_stopped is not None
    assert Membership.objects.filter(user=cast["Bo"].user).exists()


@pytest.mark.parametrize("by", ["Bo", "Cato", "Mio", "Dag", "Eva"])
def test_who_does_not_lead_north_removes_nobody_there(cast, by):
    assert remove(cast, "Lo", by).status_code == 404
    assert Membership.objects.filter(user=cast["Lo"].user).exists()


def test_who_can_answer_is_everyone_let_in_from_whom_it_is_not_hidden(cast):
    told = cast.tell()
    assert [user.name for user in hands.who_can_answer(told.disclosure)] == ["Bo", "Lo"]
    Membership.objects.filter(user=cast["Bo"].user).update(let_in=None)
    assert [user.name for user in hands.who_can_answer(told.disclosure)] == ["Lo"]


# --- what the child is told of it --------------------------------------------------------------


def on_the_childs_page(told):
    return thread_context(told.again(), told.child, timezone.now())


def is_away(cast, name):
    now = timezone.now()
    Membership.objects.filter(user=cast.user(name)).update(
        away_from=now - timedelta(hours=1), away_until=now + timedelta(days=3)
    )


def test_bo_is_away_and_the_child_is_told_of_the_one_who_carries_it_now(cast):
    told = cast.tell()
    cast.reads_along("Cato")
    access.open_disclosure(cast["Bo"].unlocked(), told.pk).reply("Thank you.", 1, timezone.now())
    is_away(cast, "Bo")
    # Nobody has taken it over: the lead stands in.
    assert on_the_childs_page(told)["reader_name"] == "Lo"
    hands.pass_on(told.again(), cast.user("Lo"), str(cast.user("Cato").pk))
    page = on_the_childs_page(told)
    assert (page["state"], page["away_name"], page["reader_name"]) == ("away", "Bo", "Cato")


def test_it_is_about_lo_and_the_child_is_not_told_that_lo_reads_or_was_told(cast):
    told = cast.tell()
    User.objects.filter(name="Lo").update(email="lo@example.org")
    cast.reads_along("Cato")
    access.open_disclosure(cast["Bo"].unlocked(), told.pk).reply("Thank you.", 1, timezone.now())
    page = on_the_childs_page(told)
    assert (page["lead"], page["lead_told"]) == ("Lo", True)
    hands.hide(told.again(), cast.user("Bo"), str(cast.user("Lo").pk))
    is_away(cast, "Bo")
    page = on_the_childs_page(told)
    assert (page["lead"], page["lead_told"], page["reader_name"]) == ("", False, "Cato")
    send_feeling(told.again(), "good")
    assert not told.again().feelings.exists()
