"""What a responder does with a thread: opens it, reads it, answers it."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import DatabaseError
from django.utils import timezone

from alltid.people.models import AuditEvent, Draft
from alltid.tell.feelings import send_feeling
from alltid.tell.models import Disclosure, KeyCopy, Message
from alltid.tell.telling import read_thread
from alltid.vault.errors import NotForThisKey

from ..casework.events import Kind
from ..chronology import held
from ..models import Case, CaseKeyCopy, Writing


def url(told, deed=""):
    return f"/staff/thread/{told.pk}/{deed}"


def reply(client, told, text="Thank you for telling.", read_up_to=1, **more):
    return client.post(url(told), {"text": text, "read_up_to": read_up_to} | more)


def damaged(sealed):
    """The same bytes but for the last one."""
    sealed = bytes(sealed)
    return sealed[:-1] + bytes([sealed[-1] ^ 1])


def child_reads(told):
    return [line.text for line in read_thread(told.again(), told.child)]


def test_bo_opens_a_thread_and_reads_the_childs_own_words(cast):
    told = cast.tell(text="Somebody gives me <things>.", about="friend", age="10_12")
    page = cast.browser("Bo").get(url(told))
    assert page.status_code == 200
    html = page.content.decode()
    assert "Somebody gives me &lt;things&gt;." in html
    assert "<dd>It is about: a friend · age 10–12</dd>" in html
    assert "<dd>English</dd>" in html
    assert told.again().read_by_staff == 1


def test_bo_opens_a_thread_and_it_stands_in_the_log_before_he_sees_it(cast):
    told = cast.tell()
    with patch.object(KeyCopy, "open", side_effect=NotForThisKey):
        cast.browser("Bo").get(url(told))
    event = AuditEvent.objects.get(verb="opened")
    assert (event.actor, event.team, event.subject) == (
        cast.user("Bo"),
        cast.north,
        str(told.pk),
    )


def test_bo_opens_nothing_while_the_log_cannot_be_written(cast):
    told = cast.tell(text="a canary in the text")
    cast.reads_along("Mio")
    bo = cast.browser("Bo")
    with patch.object(AuditEvent, "write", side_effect=DatabaseError("disk full")):
        pages = [bo.get(url(told)), reply(bo, told, "A kind answer.")]
        deeds = [
            bo.post(url(told, deed), {"member": cast.user("Lo").pk}) for deed in ("pass/", "hide/")
        ]
    for page in pages:
        assert page.status_code == 503
        assert "The log cannot be written" in page.content.decode()
        assert "a canary in the text" not in page.content.decode()
    assert "A kind answer." in pages[1].content.decode()
    assert [page.status_code for page in deeds] == [503, 503]
    assert told.again().read_by_staff == 0
    assert told.again().messages.count() == 1
    assert not Case.objects.filter(owner__isnull=False).exists()
    assert not told.again().recusals.exists()


def test_bo_answers_and_the_child_reads_it(cast):
    told = cast.tell()
    bo = cast.browser("Bo")
    sent = reply(bo, told, "Thank you for telling.\r\nIt is right to tell.")
    assert sent.status_code == 303
    assert sent["Location"] == url(told)
    assert child_reads(told) == ["hej", "Thank you for telling.\nIt is right to tell."]
    disclosure = told.again()
    assert disclosure.rank == Disclosure.Rank.QUIET
    assert AuditEvent.objects.filter(verb="replied", subject=str(told.pk)).count() == 1


def test_bo_who_answers_first_is_who_answers_until_it_is_passed_on(cast):
    told = cast.tell()
    cast.browser("Lo").get(url(told))
    bo = cast.browser("Bo")
    reply(bo, told)
    assert Case.objects.get(disclosure=told.pk).owner == cast.user("Bo")
    bo.post(url(told, "pass/"), {"member": cast.user("Lo").pk})
    reply(bo, told, "One more thing.", read_up_to=2)
    assert Case.objects.get(disclosure=told.pk).owner == cast.user("Lo")


def test_bo_answers_with_his_first_name_only(cast):
    told = cast.tell()
    reply(cast.browser("Bo"), told)
    line = read_thread(told.again(), told.child)[-1]
    assert (line.name, line.author) == ("Bo", str(cast.user("Bo").pk))


@pytest.mark.parametrize("text", ["", "   ", "\r\n\r\n"])
def test_bo_sends_nothing_written_and_is_told_so(cast, text):
    told = cast.tell()
    page = reply(cast.browser("Bo"), told, text)
    assert page.status_code == 422
    assert "Nothing is written yet, so nothing was sent." in page.content.decode()
    assert told.again().messages.count() == 1


def test_bo_sends_too_much_and_keeps_all_of_it(cast):
    told = cast.tell()
    page = reply(cast.browser("Bo"), told, "long " * 2001)
    assert page.status_code == 422
    assert "5 characters too long" in page.content.decode()
    assert page.content.decode().count("long ") >= 2001
    assert cast["Bo"].unlocked().draft(told.pk) == "long " * 2001
    assert told.again().messages.count() == 1


def test_bo_pastes_a_picture_and_it_is_cut_out_of_his_answer(cast):
    told = cast.tell()
    picture = "data:image/png;base64,iVBORw0KGgo" + "A" * 400
    page = reply(cast.browser("Bo"), told, f"Look {picture} here")
    assert page.status_code == 422
    assert "There was a picture in the text" in page.content.decode()
    assert "iVBORw0KGgo" not in page.content.decode()
    assert told.again().messages.count() == 1


def test_bo_sends_a_form_without_its_place_and_is_asked_to_read_again(cast):
    told = cast.tell()
    page = cast.browser("Bo").post(url(told), {"text": "Kept."})
    assert page.status_code == 422
    assert "This page is not whole any more." in page.content.decode()
    assert ">\nKept.</textarea>" in page.content.decode()
    assert 'name="read_up_to" value="1"' in page.content.decode()


def test_two_adults_answer_at_once_and_the_second_is_told(cast):
    told = cast.tell()
    assert reply(cast.browser("Lo"), told, "From Lo.").status_code == 303
    bo = cast.browser("Bo")
    page = reply(bo, told, "From Bo.")
    html = page.content.decode()
    assert page.status_code == 409
    assert "a colleague has answered since you opened this page" in html
    assert "From Lo." in html
    assert ">\nFrom Bo.</textarea>" in html
    assert "Send anyway" in html
    assert child_reads(told) == ["hej", "From Lo."]
    # What stands in the form now is enough to send it anyway.
    assert 'name="read_up_to" value="2"' in html
    assert reply(bo, told, "From Bo.", read_up_to=2).status_code == 303
    assert child_reads(told) == ["hej", "From Lo.", "From Bo."]


def test_bo_taps_send_twice_and_the_child_reads_it_once(cast):
    told = cast.tell()
    bo = cast.browser("Bo")
    assert [reply(bo, told).status_code for _tap in range(2)] == [303, 303]
    assert child_reads(told) == ["hej", "Thank you for telling."]


def test_child_writes_while_bo_answers_and_still_waits(cast):
    told = cast.tell()
    bo = cast.browser("Bo")
    bo.get(url(told))
    told.say("and one thing more")
    assert reply(bo, told).status_code == 303
    disclosure = told.again()
    assert disclosure.rank == Disclosure.Rank.WAITING
    assert disclosure.unread
    html = bo.get(url(told)).content.decode()
    new = html[html.index('id="unread"') : html.index('class="reply-side"')]
    assert "and one thing more" in new
    assert "hej" not in new


def test_bo_answers_what_the_child_has_ended_and_keeps_his_text(cast):
    told = cast.tell()
    Disclosure.objects.filter(pk=told.pk).update(ended=timezone.now(), locator=None)
    page = reply(cast.browser("Bo"), told, "Too late.")
    assert page.status_code == 410
    assert "The child has ended this." in page.content.decode()
    assert "Too late.</textarea>" in page.content.decode()
    assert told.again().messages.count() == 1


def test_bo_reads_what_the_child_has_ended_and_it_waits_no_more(cast):
    told = cast.tell(now="not_safe")
    Disclosure.objects.filter(pk=told.pk).update(ended=timezone.now(), locator=None)
    cast.browser("Bo").get(url(told))
    assert told.again().rank == Disclosure.Rank.WAS_ACUTE


def test_bo_sees_what_waits_first_also_after_a_reload(cast):
    told = cast.tell(text="first words")
    bo = cast.browser("Bo")
    reply(bo, told)
    told.say("new words")
    for _look in range(2):
        html = bo.get(url(told)).content.decode()
        assert (
            html.index("New from the child") < html.index("new words") < html.index("first words")
        )


def test_bo_sees_an_acute_thread_with_what_to_do(cast):
    told = cast.tell(now="threatened")
    html = cast.browser("Bo").get(url(told)).content.decode()
    assert "someone is threatening them" in html
    assert "call 112" in html


def test_lo_sees_how_an_answer_felt_and_bo_does_not(cast):
    told = cast.tell()
    reply(cast.browser("Bo"), told)
    send_feeling(told.again(), "not_good")
    said = "The child says of this answer: not good"
    assert said in cast.browser("Lo").get(url(told)).content.decode()
    assert said not in cast.browser("Bo").get(url(told)).content.decode()


def test_bo_meets_a_damaged_message_and_reads_the_others(cast):
    told = cast.tell(text="first words")
    told.say("second words")
    message = Message.objects.get(disclosure=told.pk, sequence=1)
    Message.objects.filter(pk=message.pk).update(sealed=damaged(message.sealed))
    html = cast.browser("Bo").get(url(told)).content.decode()
    assert "its stored bytes are damaged" in html
    assert "second words" in html


def test_bo_meets_two_swapped_messages_and_is_told_that_somebody_moved_them(cast):
    told = cast.tell(text="first words")
    told.say("second words")
    first, second = Message.objects.filter(disclosure=told.pk).order_by("sequence")
    Message.objects.filter(pk=first.pk).update(sealed=second.sealed)
    Message.objects.filter(pk=second.pk).update(sealed=first.sealed)
    html = cast.browser("Bo").get(url(told)).content.decode()
    assert html.count("somebody has moved or replaced it") == 2
    assert "first words" not in html


def test_bo_meets_a_swapped_key_copy_and_nothing_opens(cast):
    told, other = cast.tell(text="one"), cast.tell(text="other")
    mine, theirs = (
        KeyCopy.objects.get(disclosure=one.pk, team_key__isnull=False) for one in (told, other)
    )
    KeyCopy.objects.filter(pk=mine.pk).update(sealed=theirs.sealed)
    page = cast.browser("Bo").get(url(told))
    assert page.status_code == 500
    assert "This key belongs to another thread" in page.content.decode()


def test_bo_meets_a_damaged_key_copy_and_is_told_whom_to_ask(cast):
    told = cast.tell()
    copy = KeyCopy.objects.get(disclosure=told.pk, team_key__isnull=False)
    KeyCopy.objects.filter(pk=copy.pk).update(sealed=damaged(copy.sealed))
    page = reply(cast.browser("Bo"), told, "Kept.")
    assert page.status_code == 500
    assert "This thread cannot be opened" in page.content.decode()
    assert "Kept.</textarea>" in page.content.decode()


def test_bo_meets_a_substituted_recipient_and_the_intake_stops(cast):
    told = cast.tell()
    evil = cast["Eva"].identity.recipient
    Disclosure.objects.filter(pk=told.pk).update(recipient=evil)
    page = reply(cast.browser("Bo"), told, "Sealed to nobody else.")
    assert page.status_code == 503
    assert "This key is not the one it should be" in page.content.decode()
    assert "Sealed to nobody else.</textarea>" in page.content.decode()
    assert cast.team("North").intake_stopped is not None
    assert cast.team("South").intake_stopped is None
    assert told.again().messages.count() == 1


def test_bo_without_a_copy_of_the_key_is_told_to_ask_a_member(cast):
    told = cast.tell()
    cast["Bo"].user.team_key_copies.all().delete()
    page = cast.browser("Bo").get(url(told))
    assert page.status_code == 403
    assert "You do not hold the key to this thread" in page.content.decode()


# --- drafts and the lock -----------------------------------------------------------------------


def lock(client):
    client.cookies.pop("alltid-key")


def test_bo_writes_and_lo_sees_that_he_does(cast):
    told = cast.tell()
    kept = cast.browser("Bo").post(url(told, "draft/"), {"text": "Thank"}, HTTP_X_DRAFT="1")
    assert kept.status_code == 204
    assert "Writing now</dt><dd>Bo</dd>" in cast.browser("Lo").get(url(told)).content.decode()
    assert "Writing now" not in cast.browser("Bo").get(url(told)).content.decode()


def test_bo_wrote_a_while_ago_and_lo_does_not_see_it(cast):
    told = cast.tell()
    cast.browser("Bo").post(url(told, "draft/"), {"text": "Thank"}, HTTP_X_DRAFT="1")
    Writing.objects.update(at=timezone.now() - timedelta(minutes=4))
    assert "Writing now" not in cast.browser("Lo").get(url(told)).content.decode()


def test_bo_keeps_a_draft_without_script_and_finds_it_on_the_page(cast):
    told = cast.tell()
    bo = cast.browser("Bo")
    kept = bo.post(url(told, "draft/"), {"text": "Half a sent"})
    assert (kept.status_code, kept["Location"]) == (303, url(told))
    html = bo.get(url(told)).content.decode()
    assert "Half a sent</textarea>" in html
    assert "Your draft from today" in html
    assert "Half a sent" not in cast.browser("Lo").get(url(told)).content.decode()


def test_bos_draft_is_sealed_and_gone_when_the_answer_is_sent(cast):
    told = cast.tell()
    bo = cast.browser("Bo")
    bo.post(url(told, "draft/"), {"text": "a canary in the draft"}, HTTP_X_DRAFT="1")
    assert b"canary" not in bytes(Draft.objects.get().sealed)
    reply(bo, told)
    assert not Draft.objects.exists()
    assert not Writing.objects.exists()


def test_bos_answer_that_meets_the_lock_is_kept_and_waits_behind_signing_in(cast):
    told = cast.tell()
    bo = cast.browser("Bo")
    lock(bo)
    sent = reply(bo, told, "Written over the lock.")
    assert sent.status_code == 303
    assert sent["Location"] == f"/staff/sign-in/?next=%2Fstaff%2Fthread%2F{told.pk}%2F"
    assert "Your draft is kept." in bo.get(sent["Location"]).content.decode()
    assert told.again().messages.count() == 1
    assert b"lock" not in bytes(Draft.objects.get().sealed)
    html = cast.browser("Bo").get(url(told)).content.decode()
    assert "Written over the lock.</textarea>" in html


def test_bos_draft_that_meets_the_lock_is_kept_and_he_is_told(cast):
    told = cast.tell()
    bo = cast.browser("Bo")
    lock(bo)
    kept = bo.post(url(told, "draft/"), {"text": "Written over the lock."}, HTTP_X_DRAFT="1")
    assert kept.status_code == 401
    assert kept.json()["kept"] is True
    assert cast["Bo"].unlocked().draft(told.pk) == "Written over the lock."


def test_bos_empty_draft_behind_the_lock_forgets_nothing(cast):
    told = cast.tell()
    bo = cast.browser("Bo")
    bo.post(url(told, "draft/"), {"text": "Kept before."}, HTTP_X_DRAFT="1")
    lock(bo)
    bo.post(url(told, "draft/"), {"text": ""}, HTTP_X_DRAFT="1")
    assert cast["Bo"].unlocked().draft(told.pk) == "Kept before."


def test_somebody_signed_out_answers_and_gets_the_text_back(cast, client):
    told = cast.tell()
    page = reply(client, told, "Nobody is here to seal for.")
    assert page.status_code == 401
    assert "Nobody is here to seal for.</textarea>" in page.content.decode()
    kept = client.post(url(told, "draft/"), {"text": "x"}, HTTP_X_DRAFT="1")
    assert kept.status_code == 401
    assert kept.json()["kept"] is False


def test_cato_behind_the_lock_seals_nothing_on_norths_thread(cast):
    told = cast.tell()
    cato = cast.browser("Cato")
    lock(cato)
    assert reply(cato, told).status_code == 404
    assert cato.post(url(told, "draft/"), {"text": "x"}).status_code == 404
    assert not Draft.objects.exists()


# --- the case beside it ------------------------------------------------------------------------


def test_lo_notes_something_and_the_childs_copy_does_not_open_it(cast):
    told = cast.tell()
    cast.browser("Lo").get(url(told))
    case = Case.objects.get(disclosure=told.pk)
    with held(told.disclosure, timezone.now()) as here:
        words = {"text": "Call the school nurse."}
        note = here.add(Kind.NOTED, cast.user("Lo"), timezone.now(), words=words)
    copy = CaseKeyCopy.objects.get(case=case)
    notes = copy.open(cast["Lo"].unlocked().team_identity(copy.team_key))
    assert note.open(notes).body["text"] == "Call the school nurse."
    childs = KeyCopy.objects.get(disclosure=told.pk, team_key__isnull=True).open(told.child)
    for identity in (told.child, childs):
        with pytest.raises(NotForThisKey):
            note.open(identity)
        with pytest.raises(NotForThisKey):
            copy.open(identity)


def test_two_adults_open_a_new_thread_and_there_is_one_case(cast):
    told = cast.tell()
    for name in ("Bo", "Lo"):
        cast.browser(name).get(url(told))
    assert Case.objects.count() == CaseKeyCopy.objects.count() == 1


def test_bo_sees_whether_the_child_has_read_his_answer(cast):
    told = cast.tell()
    bo, address = cast.browser("Bo"), f"/staff/thread/{told.pk}/"
    assert "Our newest answer" not in bo.get(address).content.decode()
    bo.post(address, {"text": "Thank you.", "read_up_to": 1})
    assert "not read yet" in bo.get(address).content.decode()
    Disclosure.objects.filter(pk=told.pk).update(read_by_child=2)
    assert "read by the child" in bo.get(address).content.decode()
    told.say("and this")
    assert "read by the child" in bo.get(address).content.decode()
