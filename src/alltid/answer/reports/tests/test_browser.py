"""Bo makes the report in a real browser, with script and without."""

import io
import json
from datetime import timedelta

import pytest
from django.utils import timezone
from pypdf import PdfReader

from alltid.people.models import Unlocking

from ... import access
from ...casework.tests.desk import state
from ...models import Case
from .filled import concerned, url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def desk(request, cast, live_server, chromium):
    """Bo before a thread of North's in which Ada is noted."""
    told = cast.tell(text="first canary", age="10_12", about="me")
    told.say("second canary")
    concerned(cast, told)
    context = chromium.new_context(java_script_enabled=request.param, accept_downloads=True)
    here = f"{live_server.url}/staff/"
    cookies = cast.browser("Bo").cookies.items()
    context.add_cookies(
        [{"name": name, "value": morsel.value, "url": here} for name, morsel in cookies]
    )
    page = context.new_page()
    page.told, page.cast, page.scripted = told, cast, request.param
    page.goto(live_server.url + url(told))
    yield page
    context.close()


def downloads(page, name):
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).click()
    return waiting.value.path().read_bytes()


def test_bo_writes_looks_takes_it_out_and_notes_it_as_sent(desk):
    # Given Bo at the desk of Ada's case
    desk.get_by_role("link", name="Make the report").click()
    # When he chooses one of her messages and fills in what only he knows
    desk.get_by_label("first canary").check()
    desk.get_by_label("What the worry is, in your own words").fill("Offers in a game.")
    desk.get_by_role("button", name="Look at the report").click()
    # Then he is asked for the rest, in the order of the form, and each leads to its place
    desk.get_by_role("heading", name="Missing still, in the order of the form").wait_for()
    desk.get_by_role("link", name="Say which municipality").click()
    desk.get_by_label("Municipality that the report goes to").fill("Norrby")
    desk.get_by_label("First name and surname").fill("Bo Berg")
    desk.get_by_label("Role", exact=True).fill("Counsellor")
    desk.get_by_label("Telephone").last.fill("0123-456 78")
    for question in (
        "The child is in danger now", "The child knows about the report", "The guardians know",
        "Telling them could put the child in danger",
    ):  # fmt: skip
        desk.get_by_label(question, exact=True).select_option("no")
    desk.get_by_role("button", name="Look at the report").click()
    desk.get_by_text("Offers in a game.").wait_for()
    # And takes it out as a paper and as a file
    desk.get_by_label("Language", exact=True).select_option("en")
    paper = downloads(desk, "Download the paper (PDF)")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    assert "first canary" in text
    assert "second canary" not in text
    told = json.loads(downloads(desk, "Download the file for another system (JSON)"))
    assert [one["text"] for one in told["content"]["words"]] == ["first canary"]
    # And after he has sent it by his own means, says so
    desk.get_by_label("How", exact=True).fill("their e-service")
    desk.get_by_role("button", name="Note that it was sent").click()
    desk.get_by_text("their e-service").wait_for()
    child = next(iter(state(desk.told).children.values()))
    assert len(child.referrals) == 1
    desk.get_by_role("link", name="Sent by Bo").click()
    desk.get_by_text("It stands here as it left.").wait_for()


def test_bo_copies_the_note_by_its_button_or_by_marking_it(desk):
    desk.get_by_role("link", name="A note for the record system").click()
    note = desk.get_by_label("English")
    assert "The child has told us something." in note.input_value()
    button = desk.get_by_role("button", name="Copy").last
    if not desk.scripted:
        assert button.count() == 0
        return
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button.click()
    desk.get_by_text("Copied.").wait_for()
    assert desk.evaluate("navigator.clipboard.readText()") == note.input_value()


def test_bo_takes_the_whole_case_out_in_two_steps(desk):
    desk.get_by_role("link", name="Take the whole case out, for a secrecy review").click()
    desk.get_by_label("What for").fill("The guardians ask for it")
    desk.get_by_label("It tells of").first.select_option("child")
    desk.get_by_role("button", name="Go on").click()
    desk.get_by_role("heading", name="Take the whole case out?").wait_for()
    desk.get_by_label("I have looked at the marks").check()
    told = json.loads(downloads(desk, "Download the file (JSON)"))
    abouts = [one["about"] for one in told["content"]["entries"] if "canary" in one["text"]]
    assert abouts == ["child", "third_party"]


@pytest.mark.parametrize("desk", [True], indirect=True)
def test_bo_writes_until_the_lock_and_finds_it_behind_it(desk):
    desk.clock.install()
    desk.get_by_role("link", name="Make the report").click()
    desk.get_by_label("What the worry is, in your own words").fill("Half a thought")
    with desk.expect_response("**/report/") as answer:
        desk.clock.fast_forward(3000)
    assert answer.value.status == 204
    desk.get_by_text("Kept, sealed in the case.").wait_for()
    desk.get_by_label("Name", exact=True).first.fill("typed just before the lock")
    Unlocking.objects.update(last_used=timezone.now() - timedelta(minutes=16))
    with desk.expect_navigation(url="**/sign-in/**"):
        desk.clock.run_for(16 * 60 * 1000)
    case = Case.objects.get(disclosure=desk.told.pk)
    opened = access.open_disclosure(desk.cast["Bo"].unlocked(), desk.told.pk)
    typed = case.reports.get().open(opened.case_identity).body["typed"]
    assert typed["worry.what"] == ["Half a thought"]
    assert typed["child.name"] == ["typed just before the lock"]
