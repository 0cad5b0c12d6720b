"""Ada tells, comes back, writes more, says how it felt, and ends."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alltid.people.models import AuditEvent, Team, User
from alltid.people.retention import What
from alltid.people.tests.scene import Person, set_policy
from alltid.tell import cards, views
from alltid.tell.feelings import feeling_label
from alltid.tell.models import Card, Disclosure, Feeling, KeyCopy, Message
from alltid.vault.identity import Identity
from alltid.vault.words import words_for
from alltid.web import files
from alltid.web.files import press_script

from .conftest import Ada

SCRIPT = Path(files.__file__).parent / "static" / "web" / "child.js"


def staff_reads(disclosure: Disclosure, reader: Person) -> list[str]:
    """What a member reads with their own key, oldest first."""
    copy = disclosure.copies.select_related("team_key").get(team_key__isnull=False)
    case = copy.open(reader.unlocked().team_identity(copy.team_key))
    return [m.open(case).body["text"] for m in disclosure.messages.order_by("sequence")]


def answer(disclosure: Disclosure, author: Person, text: str) -> None:
    """A reply as the desk makes it."""
    disclosure.refresh_from_db()
    disclosure.add_reply(
        str(author.user.pk), author.user.first_name, text,
        read_up_to=disclosure.sequence, now=timezone.now(),
    )  # fmt: skip


def test_ada_tells_and_bo_reads_the_same_words(ada: Ada, bo: Person) -> None:
    words = ada.tell("hej", about="me", age="10_12")
    assert ada.seen.status_code == 200
    assert len(words) == 6
    disclosure = Disclosure.objects.get()
    assert staff_reads(disclosure, bo) == ["hej"]


def test_ada_comes_back_and_reads_the_answer(ada: Ada, bo: Person) -> None:
    words = ada.tell("hej")
    answer(Disclosure.objects.get(), bo, "Thank you for telling.")
    ada.come_back([word.upper()[:4] for word in words])
    assert ada.seen.status_code == 200
    assert ada.sees("New answer from Bo")
    assert ada.sees("Thank you for telling.")
    assert Disclosure.objects.get().read_by_child == 2
    ada.come_back(words)
    assert ada.sees("Answer from Bo")
    assert not ada.sees("New answer from Bo")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_words_of_one_language_open_on_the_page_of_the_other(ada: Ada, language: str) -> None:
    ada.language = language
    words = ada.tell("hej")
    ada.language = "en" if language == "sv" else "sv"
    ada.come_back(words)
    assert ada.seen.status_code == 200


def test_double_tap_shows_the_same_words_and_makes_one_disclosure(ada: Ada) -> None:
    ada.look()
    form = ada.hidden("id")
    ada.send(text="hej", id=form)
    first = ada.words
    ada.send(text="hej", id=form)
    assert ada.words == first
    assert Disclosure.objects.count() == 1


def test_another_text_with_the_same_form_makes_another_disclosure(ada: Ada) -> None:
    ada.look()
    form = ada.hidden("id")
    ada.send(text="hej", id=form)
    first = ada.words
    ada.send(text="hej again", id=form)
    assert ada.words != first
    assert Disclosure.objects.count() == 2


def test_words_are_shown_again_for_ten_minutes_only(
    ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.look()
    form = ada.hidden("id")
    ada.send(text="hej", id=form)
    words = ada.words
    later = timezone.now() + timedelta(minutes=12)
    monkeypatch.setattr("alltid.tell.views.timezone.now", lambda: later)
    ada.send(text="hej", id=form)
    assert ada.seen.status_code == 200
    assert ada.words == []
    assert not any(ada.sees(f">{word}<") for word in words)


def test_one_tap_is_enough_and_starts_as_acute(ada: Ada) -> None:
    ada.tell("", now="threatened")
    disclosure = Disclosure.objects.get()
    assert disclosure.acute
    assert disclosure.rank == Disclosure.Rank.ACUTE
    assert ada.sees("You don't have to pay or send anything because someone threatens you.")


@pytest.mark.parametrize("kind", Team.Kind.values)
@pytest.mark.parametrize("language", ["en", "sv"])
def test_first_page_is_light_on_a_late_day_too(
    ada: Ada, north: Team, language: str, kind: str
) -> None:
    ada.tell("hej")
    Disclosure.objects.update(due=timezone.now() - timedelta(hours=3))
    Team.objects.filter(pk=north.pk).update(kind=kind)
    views.forget_remembered()
    ada.language = language
    page = ada.look()
    assert ada.sees("at/south/")  # somebody else is offered
    head = "".join(f"{name}: {value}\r\n" for name, value in page.items())
    script = gzip.compress(press_script(SCRIPT.read_text()).encode(), 9)
    # Each answer has its status, its date and its server's name besides; the script its own head.
    assert len(page.content) + len(head) + len(script) + 2 * 100 + 300 <= 14_000


def test_ada_is_offered_another_team_once_also_where_the_first_is_late(ada: Ada) -> None:
    ada.tell("hej")
    Disclosure.objects.update(due=timezone.now() - timedelta(hours=3))
    views.forget_remembered()
    ada.look()
    ada.send(do="other")
    assert ada.sees("Who do you want to read this?")
    assert ada.html.count("South School") == 1


@pytest.mark.parametrize("now", ["", "okay", "not_safe"])
def test_emergency_number_stands_wherever_ada_gets_to(ada: Ada, now: str) -> None:
    def there() -> bool:
        return ada.sees('href="tel:112"') and ada.sees('href="tel:116111"')

    ada.look()
    assert there()
    ada.send(text="hej", now=now)
    words = ada.words
    assert there()
    assert ada.html.count('href="tel:112"') == 1
    ada.come_back(words)
    assert there()
    ada.send("end/", do="ask")
    assert ada.sees("Do you want to end this?")
    assert there()
    ada.send("end/", do="end")
    assert there()


def test_ada_writes_more_with_the_capsule_alone(ada: Ada, bo: Person) -> None:
    ada.tell("hej")
    ada.send("more/", text="one more thing")
    assert ada.seen.status_code == 200
    assert staff_reads(Disclosure.objects.get(), bo) == ["hej", "one more thing"]


def test_a_further_message_sent_twice_stands_once(ada: Ada) -> None:
    ada.tell("hej")
    form, capsule = ada.hidden("id"), ada.hidden("capsule")
    for _tap in range(2):
        ada.send("more/", text="one more thing", id=form, capsule=capsule)
        assert ada.seen.status_code == 200
    assert Message.objects.count() == 2


def test_an_earlier_promise_is_kept_when_ada_writes_more(ada: Ada) -> None:
    ada.tell("hej")
    promised = Disclosure.objects.get().due
    ada.send("more/", text="and this")
    assert Disclosure.objects.get().due <= promised


def test_the_day_on_which_it_closes_is_said_as_it_truly_is(ada: Ada, bo: Person) -> None:
    words = ada.tell("hej")
    told = Disclosure.objects.get()
    days = [timezone.localdate() + timedelta(days=ahead) for ahead in (20, -1)]
    before = "We think of ending this talk on"
    after = "We said that this talk would end on"
    for day, says in zip(days, (before, after), strict=True):
        told.refresh_from_db()
        told.add_reply(
            str(bo.user.pk), "Bo", "Of the end.",
            read_up_to=told.sequence, now=timezone.now(), closes=day,
        )  # fmt: skip
        answer(told, bo, "Something else.")
        ada.come_back(words)
        assert ada.sees(f"{says} {day.day} {day:%B}")
    assert ada.sees("It is still open, and you can write here.")
    told.close(timezone.now())
    ada.come_back(words)
    assert ada.sees("This talk is closed for now. You can still write here.")
    assert not ada.sees(after)


def test_late_is_said_and_is_not_her_fault(ada: Ada) -> None:
    words = ada.tell("hej")
    Disclosure.objects.update(due=timezone.now() - timedelta(hours=3))
    ada.come_back(words)
    assert ada.sees("It has taken longer than we said. That's our fault, not yours.")
    assert not ada.sees("Lo has been told.")
    User.objects.filter(name="Lo").update(email="lo@example.org")
    ada.come_back(words)
    assert ada.sees("Lo has been told.")


def test_how_it_felt_opens_for_the_lead_and_not_for_bo(ada: Ada, bo: Person, lo: Person) -> None:
    words = ada.tell("hej")
    answer(Disclosure.objects.get(), bo, "Thank you for telling.")
    ada.come_back(words)
    ada.send("feeling/", feeling="so_so")
    feeling = Feeling.objects.get()
    label = feeling_label(feeling.disclosure, feeling.sequence)
    assert lo.unlocked().open_own(bytes(feeling.sealed), label).body == {"feeling": "so_so"}
    with pytest.raises(Exception, match="does not open"):
        bo.unlocked().open_own(bytes(feeling.sealed), label)


def test_ending_is_said_first_and_then_the_words_open_nothing(ada: Ada) -> None:
    words = ada.tell("hej")
    ada.come_back(words)
    ada.send("end/", do="ask")
    assert Disclosure.objects.get().locator is not None
    ada.send("end/", do="end")
    assert Disclosure.objects.get().locator is None
    assert not KeyCopy.objects.filter(team_key__isnull=True).exists()
    ada.come_back(words)
    assert ada.seen.status_code == 404
    assert ada.sees("We found nothing with those words.")


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("mandated", "The law can say that a school"),
        ("health_record", "The law says that health care must keep"),
        ("not_mandated", "That is how we have decided here."),
    ],
)
def test_ending_says_why_what_was_read_is_kept(ada: Ada, north: Team, kind: str, why: str) -> None:
    Team.objects.filter(pk=north.pk).update(kind=kind)
    set_policy(north, What.KEEP)
    ada.tell("hej")
    Disclosure.objects.update(read_by_staff=1)
    ada.send("end/", do="ask")
    assert ada.sees(f"We may have to keep what was written. {why}")


def test_ada_chooses_another_team_and_keeps_her_text(ada: Ada, south: Team) -> None:
    ada.look()
    ada.send(text="it is about my teacher", do="other")
    assert ada.sees("it is about my teacher")
    assert ada.sees('formaction="/en/at/south/"')
    ada.send("at/south/", text="it is about my teacher", do="here")
    assert ada.sees("They are grown-ups at South School.")
    assert ada.sees("it is about my teacher</textarea>")
    ada.send("at/south/", text="it is about my teacher")
    assert Disclosure.objects.get().team == south


def test_a_printed_card_opens_a_form_and_then_the_talk(ada: Ada, north: Team, bo: Person) -> None:
    (new,) = cards.make(north, 1)
    new.card.save()
    words = words_for(new.number, "en")
    assert Card.objects.count() == 1
    ada.come_back(list(words))
    assert ada.sees("Your words work.")
    ada.send("more/", text="hej")
    assert staff_reads(Disclosure.objects.get(), bo) == ["hej"]
    assert Card.objects.count() == 0
    ada.come_back(list(words))
    assert ada.seen.status_code == 200


def test_only_the_hour_is_stored_in_clear(ada: Ada) -> None:
    ada.tell("hej")
    disclosure = Disclosure.objects.get()
    assert (disclosure.told.minute, disclosure.told.second) == (0, 0)
    assert disclosure.due.minute in (0, 30)
    assert disclosure.due.second == 0
    ada.send("end/", do="ask")
    ada.send("end/", do="end")
    ended = Disclosure.objects.get().ended
    assert ended is not None
    for moment in (ended, AuditEvent.objects.get(verb="ended_by_child").at):
        assert (moment.minute, moment.second, moment.microsecond) == (0, 0, 0)


def test_telling_costs_the_same_few_queries_however_much_is_held(ada: Ada) -> None:
    ada.tell("hej")
    ada.look()
    with CaptureQueriesContext(connection) as few:
        ada.send(text="second")
    for i in range(5):
        ada.tell(f"more {i}")
    ada.look()
    with CaptureQueriesContext(connection) as many:
        ada.send(text="last")
    assert len(few) == len(many) <= 12


def test_swapped_envelopes_are_detected_and_shown_to_nobody(ada: Ada, bo: Person) -> None:
    first_words = ada.tell("first")
    ada.tell("second")
    one, two = Message.objects.order_by("pk")
    Message.objects.filter(pk=one.pk).update(sealed=bytes(two.sealed))
    ada.come_back(first_words)
    assert ada.seen.status_code == 503
    assert ada.sees("We can't open it right now.")
    assert not ada.sees("second")


def test_swapped_team_recipient_stops_the_intake(ada: Ada, north: Team, bo: Person) -> None:
    north.keys.update(recipient=Identity.generate().recipient)
    bo.unlocked().check_teams()
    north.refresh_from_db()
    assert north.intake_stopped is not None
    ada.look()
    assert ada.seen.status_code == 503
