"""What stands on the pages: asking, being asked, the inbox, and after the yes."""

import re

import pytest
from django.utils import timezone

from alltid.people.models import AuditEvent, Team
from alltid.tell.handing import refuse
from alltid.tell.models import Handing

from ...casework import notes, risk
from ...casework.events import Risk
from ...casework.tests.desk import place, state
from .. import asking
from .scene import accept, ask, opens


@pytest.fixture
def told(cast):
    """What Ada told North; she can say no to South."""
    Team.objects.filter(name="South").update(kind=Team.Kind.NOT_MANDATED)
    told = cast.tell(text="canary of Ada")
    opens(cast, told).case  # noqa: B018 - Bo has opened it
    return told


def read(page):
    """What a person reads of a page: tags gone, spaces one."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def fields(cast, told, **changed):
    seen = state(told).sequence
    held = {"team": cast.south.pk, "words": "Can you?", "afterwards": "nothing", "seen": seen}
    return held | changed


def test_bo_asks_south_from_the_desk_and_takes_it_back_there(cast, told):
    bo = cast.browser("Bo")
    desk = f"/staff/thread/{told.pk}/"
    assert f"{desk}another-team/" in bo.get(desk).content.decode()
    assert "The child can say no." in read(bo.get(f"{desk}another-team/"))
    sent = bo.post(f"{desk}another-team/", fields(cast, told))
    assert (sent.status_code, sent["Location"]) == (303, f"{desk}#others")
    page = read(bo.get(desk))
    assert "Team South is asked to take over." in page
    assert "asked another team to take over (South)" in page
    assert bo.post(f"{desk}case/team-withdraw/", {"seen": state(told).sequence}).status_code == 303
    assert "Team South is asked to take over." not in read(bo.get(desk))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"team": ""}, "No team was chosen."),
        ({"team": "x"}, "No team was chosen."),
        ({"words": " "}, "Nothing is written yet."),
        ({"afterwards": ""}, "Say what your team keeps"),
        ({"hide": ["x"]}, "reads there no more"),
    ],
)
def test_what_lacks_is_said_and_what_was_typed_stays(cast, told, wrong, sentence):
    kept = {"words": "typed words"} if "words" not in wrong else {}
    page = cast.browser("Bo").post(
        f"/staff/thread/{told.pk}/another-team/", fields(cast, told, **kept) | wrong
    )
    assert page.status_code in (409, 422)
    assert sentence in read(page)
    assert "words" in wrong or b"typed words" in page.content
    assert not Handing.objects.exists()


def test_bo_sends_over_what_happened_meanwhile_and_sends_again(cast, told):
    bo, address = cast.browser("Bo"), f"/staff/thread/{told.pk}/another-team/"
    old = fields(cast, told, words="typed words")
    notes.note(place(cast, told, "Lo"), "x")
    page = bo.post(address, old)
    assert page.status_code == 409
    assert b"typed words" in page.content
    seen = re.search(rb'name="seen" value="(\d+)"', page.content).group(1).decode()
    assert bo.post(address, old | {"seen": seen}).status_code == 303


def test_cato_finds_it_in_his_inbox_and_sees_what_bo_wrote_and_nothing_else(cast, told):
    risk.set_level(place(cast, told), Risk.HIGH, "canary of a reason")
    handing = ask(cast, told, words="canary to South")
    cato = cast.browser("Cato")
    inbox = cato.get("/staff/inbox/south/")
    assert "Team North asks you to take over" in read(inbox)
    assert f"/staff/asked/{handing.pk}/" in inbox.content.decode()
    page = cato.get(f"/staff/asked/{handing.pk}/")
    shown = read(page)
    for sentence in ("canary to South", "high", "has not yet seen that you are asked"):
        assert sentence in shown
    for hidden in ("canary of Ada", "canary of a reason", str(told.pk)):
        assert hidden not in page.content.decode()
        assert hidden not in inbox.content.decode()
    lines = AuditEvent.objects.filter(verb="asking_read", team=cast.south)
    assert [line.actor for line in lines] == [cast.user("Cato")]


def test_cato_says_yes_and_stands_before_the_desk_and_bo_reads_on(cast, told):
    handing = ask(cast, told, keeps=True)
    cato, bo = cast.browser("Cato"), cast.browser("Bo")
    sent = cato.post(f"/staff/asked/{handing.pk}/accept/")
    assert (sent.status_code, sent["Location"]) == (303, f"/staff/thread/{told.pk}/")
    assert "canary of Ada" in read(cato.get(sent["Location"]))
    inbox = bo.get("/staff/inbox/north/")
    assert "Team South took over" in read(inbox)
    led = bo.get(f"/staff/thread/{told.pk}/")
    assert (led.status_code, led["Location"]) == (302, f"/staff/thread/{told.pk}/kept/")
    kept = bo.get(led["Location"])
    assert "canary of Ada" in read(kept)
    assert "Team South took this over today at" in read(kept)
    assert "Cato carries it." in read(kept)
    assert "What a machine sees" not in read(kept)
    for team in (cast.north, cast.south):
        opened = AuditEvent.objects.filter(team=team, verb="opened", actor=cast.user("Bo"))
        assert opened.filter(subject=told.pk).exists()


def test_bo_sends_an_answer_after_the_yes_and_gets_back_what_he_wrote(cast, told):
    accept(cast, ask(cast, told))
    bo, desk = cast.browser("Bo"), f"/staff/thread/{told.pk}/"
    for address, sent in (
        (desk, {"text": "typed words", "read_up_to": 1}),
        (f"{desk}draft/", {"text": "typed words"}),
        (f"{desk}case/lower/", {"because": "typed words", "seen": 0}),
        (f"{desk}another-team/", {"words": "typed words", "seen": 0}),
    ):
        page = bo.post(address, sent)
        assert page.status_code == 409
        assert "Another team has taken this over" in read(page)
        assert b"typed words" in page.content
    looked = bo.get(desk)
    assert looked.status_code == 410
    assert "canary" not in looked.content.decode()


@pytest.mark.parametrize("keeps", [True, False])
def test_bos_draft_is_not_lost_when_the_other_team_says_yes(cast, told, keeps):
    cast["Bo"].unlocked().save_draft(told.pk, "half an answer")
    accept(cast, ask(cast, told, keeps=keeps))
    page = cast.browser("Bo").get(f"/staff/thread/{told.pk}/", follow=True)
    assert b"half an answer" in page.content


def test_mio_says_no_without_a_reason_and_is_asked_for_one(cast, told):
    handing = ask(cast, told)
    mio, address = cast.browser("Mio"), f"/staff/asked/{handing.pk}/decline/"
    assert "The reason is missing." in read(mio.post(address, {"because": " "}))
    assert mio.post(address, {"because": "East knows more"})["Location"] == "/staff/inbox/south/"
    assert "East knows more" in read(cast.browser("Lo").get(f"/staff/thread/{told.pk}/"))
    assert "Your team has said no." in read(mio.get(f"/staff/asked/{handing.pk}/"))


def test_cato_is_too_late_and_reads_how_it_stands_with_what_he_typed(cast, told):
    handing = ask(cast, told)
    cato = cast.browser("Cato")
    asking.withdraw(place(cast, told))
    page = cato.post(f"/staff/asked/{handing.pk}/decline/", {"because": "typed words"})
    assert page.status_code == 409
    assert "Somebody was faster" in read(page)
    assert b"typed words" in page.content
    late = cato.post(f"/staff/asked/{handing.pk}/accept/")
    assert (late.status_code, "They have taken it back." in read(late)) == (409, True)
    assert "taken back" in read(cato.get("/staff/inbox/south/"))


def test_both_teams_read_that_the_child_said_no(cast, told):
    handing = ask(cast, told)
    refuse(told.again(), str(handing.pk), timezone.now())
    assert "the child said no" in read(cast.browser("Cato").get("/staff/inbox/south/"))
    assert "The child has said no." in read(cast.browser("Cato").get(f"/staff/asked/{handing.pk}/"))
    page = read(cast.browser("Bo").get(f"/staff/thread/{told.pk}/"))
    assert "The system notes that the child said no to the other team (South)" in page


def test_south_reads_above_the_talk_that_the_child_does_not_want_it(cast, told):
    handing = accept(cast, ask(cast, told))
    refuse(told.again(), str(handing.pk), timezone.now())
    sentence = "The child does not want your team to have taken over."
    assert sentence in read(cast.browser("Cato").get(f"/staff/thread/{told.pk}/"))
    opens(cast, told, "Cato").reply("Thank you.", 1, timezone.now())
    assert sentence not in read(cast.browser("Cato").get(f"/staff/thread/{told.pk}/"))
    assert "the child has said no since" in read(cast.browser("Bo").get("/staff/inbox/north/"))


def test_a_member_from_whom_it_is_hidden_has_neither_inbox_line(cast, told):
    ask(cast, told, hide="Mio")
    assert "asks you to take over" not in read(cast.browser("Mio").get("/staff/inbox/south/"))


def test_bo_is_asked_to_think_of_the_debrief_that_does_not_go_along(cast, told):
    risk.set_level(place(cast, told), Risk.IMMEDIATE, "x")
    page = read(cast.browser("Bo").get(f"/staff/thread/{told.pk}/another-team/"))
    assert "Bo is owed a debrief." in page


def test_where_no_other_team_reads_bo_is_told_so(cast, told):
    Team.objects.filter(name="South").update(intake_stopped=timezone.now())
    page = cast.browser("Bo").get(f"/staff/thread/{told.pk}/another-team/")
    assert "There is no team to ask now." in read(page)
