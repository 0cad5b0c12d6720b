"""What Bo hands on opens with the ordinary `age` command, and only for its receiver."""

import pytest
from django.http import Http404
from django.utils import timezone

from alltid.answer.export import export_thread
from alltid.people.models import AuditEvent
from alltid.people.reference import reference
from alltid.tell.models import Message
from alltid.vault.errors import VaultError
from alltid.vault.identity import Identity
from alltid.vault.tests.plain_age import opened_by_age

TEXT = "hej\n## not a heading\u2028# nor this"


def test_receiver_opens_an_export_with_plain_age(cast, tmp_path):
    told = cast.tell(text=TEXT, about="friend", age="10_12")
    told.disclosure.add_reply("", "Bo", "Thank you.", read_up_to=1, now=timezone.now())
    receiver = Identity.generate()
    given = export_thread(cast["Bo"].unlocked(), told.pk, receiver.recipient, timezone.now())

    done = opened_by_age(given.content, receiver, tmp_path)

    assert done.returncode == 0, done.stderr
    assert "# What a child told team North, North School" in done.stdout
    assert "It is about: a friend, age 10–12" in done.stdout
    assert "· The child ·" in done.stdout
    assert "> hej\n> ## not a heading\n> # nor this" in done.stdout
    assert "· Bo ·" in done.stdout
    assert "> Thank you." in done.stdout
    assert len(done.stdout.encode()) % 256 == 0


def test_stranger_does_not_open_an_export_with_plain_age(cast, tmp_path):
    told = cast.tell(text=TEXT)
    given = export_thread(
        cast["Bo"].unlocked(), told.pk, Identity.generate().recipient, timezone.now()
    )
    done = opened_by_age(given.content, Identity.generate(), tmp_path)
    assert done.returncode != 0
    assert "hej" not in done.stdout


def test_bo_exports_and_it_stands_in_the_log(cast):
    told = cast.tell()
    recipient = Identity.generate().recipient
    export_thread(cast["Bo"].unlocked(), told.pk, recipient, timezone.now())
    event = AuditEvent.objects.get(verb="exported")
    assert (event.actor, event.subject) == (cast.user("Bo"), str(told.pk))


def test_cato_exports_nothing_of_norths(cast):
    told = cast.tell("North")
    with pytest.raises(Http404):
        export_thread(
            cast["Cato"].unlocked(),
            told.pk,
            Identity.generate().recipient,
            timezone.now(),
        )


def test_bo_mistypes_the_recipient_and_nothing_is_opened(cast):
    told = cast.tell()
    with pytest.raises(VaultError):
        export_thread(cast["Bo"].unlocked(), told.pk, "age1wrong", timezone.now())
    assert not AuditEvent.objects.filter(verb="exported").exists()


def test_bo_exports_a_thread_with_a_damaged_message_and_the_rest_is_in_it(cast, tmp_path):
    told = cast.tell(text="before")
    told.say("after")
    Message.objects.filter(disclosure=told.pk, sequence=1).update(sealed=b"\0" * 64)
    receiver = Identity.generate()
    given = export_thread(cast["Bo"].unlocked(), told.pk, receiver.recipient, timezone.now())
    done = opened_by_age(given.content, receiver, tmp_path)
    assert "## 1\n\nThis message cannot be opened." in done.stdout
    assert "> after" in done.stdout


def test_receiver_opens_what_lo_downloads_with_plain_age(cast, tmp_path):
    told = cast.tell(text=TEXT)
    receiver = Identity.generate()
    address = f"/staff/thread/{told.pk}/export/"
    response = cast.browser("Lo").post(address, {"recipient": f" {receiver.recipient} "})
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="{reference(told.pk)}.age"'
    assert response["Cache-Control"] == "no-store"
    assert "> hej" in opened_by_age(response.content, receiver, tmp_path).stdout
    assert AuditEvent.objects.get(verb="exported").actor == cast.user("Lo")


@pytest.mark.parametrize("typed", ["", "age1wrong", Identity.from_bytes(b"\x05" * 32).reveal()])
def test_lo_types_what_is_no_recipient_and_nothing_is_taken_out(cast, typed):
    told = cast.tell()
    address = f"/staff/thread/{told.pk}/export/"
    response = cast.browser("Lo").post(address, {"recipient": typed})
    assert response.status_code == 422
    page = response.content.decode()
    assert "recipient is missing" in page if not typed else "That is no age recipient." in page
    assert not AuditEvent.objects.filter(verb="exported").exists()


def test_only_the_lead_is_offered_a_copy(cast):
    told = cast.tell()
    for name, offered in (("Lo", True), ("Bo", False)):
        page = cast.browser(name).get(f"/staff/thread/{told.pk}/").content.decode()
        assert ("/export/" in page) is offered
