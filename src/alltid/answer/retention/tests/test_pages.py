"""What members read of how long it is kept: the policy, its change, what goes, what is gone."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alltid.people.models import AuditEvent, RetentionPolicy
from alltid.people.reference import reference
from alltid.people.retention import What
from alltid.people.tests.scene import set_policy
from alltid.tell import erasing
from alltid.tell.models import Disclosure
from alltid.tell.tombstone import Tombstone
from alltid.vault.identity import Identity, fingerprint

from ... import access, hands
from .. import preview
from .scene import ARCHIVE, NAME, hands_over, over

KEEPING, CHANGE = "/staff/team/north/keeping/", "/staff/team/north/keeping/change/"
HAND_OVER = "/staff/team/north/keeping/hand-over/"
LONG_AGO = timedelta(days=2000)


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    """The archive's files and the list of erased ids are this test's own."""
    settings.DATA = tmp_path / "data"


def text(response):
    return " ".join(unescape(response.content.decode()).split())


def typed(do="show", **changed):
    return {
        "what": "erase", "months": "24", "archive_name": "", "archive_recipient": "",
        "why": "as the board decided", "seen": "1", "do": do,
    } | changed  # fmt: skip


# --- the policy ----------------------------------------------------------------------------------


def test_bo_reads_what_children_are_told_and_changes_nothing(cast):
    page = text(cast.browser("Bo").get(KEEPING))
    assert "Keep for the term, then erase" in page
    assert "5 years" in page
    assert "Nobody has set it" in page
    assert "socialtjänstlagen 2001:453" in page
    assert "/keeping/change/" not in page
    assert "What goes when" not in page


def test_lo_sees_what_a_change_would_do_before_it_is_saved(cast):
    cast.tell(), cast.tell()
    lo = cast.browser("Lo")
    page = text(lo.post(CHANGE, typed()))
    assert "Nothing is changed yet." in page
    assert "Erase, and also when the child ends the talk" in page
    assert "2 talks stay as they are: Keep for the term, then erase · 5 years" in page.replace(
        '<strong class="figure">2</strong>', "2"
    )
    assert "In 2 of them the child can now have it erased" in page
    assert cast.north.policy().version == 1
    assert not AuditEvent.objects.filter(verb="policy_changed").exists()
    assert lo.post(CHANGE, typed("save")).status_code == 302
    policy = cast.north.policy()
    assert (policy.version, policy.what, policy.months) == (2, What.ERASE, 24)
    assert (policy.by, policy.why) == (cast.user("Lo"), "as the board decided")
    event = AuditEvent.objects.get(verb="policy_changed")
    assert (event.actor, event.why) == (cast.user("Lo"), "as the board decided")
    assert "by Lo," in text(lo.get(KEEPING))
    assert "changed how long the team keeps what was told" in text(lo.get("/staff/team/north/log/"))


def test_what_is_hidden_from_lo_is_in_no_count_of_hers(cast):
    hidden, _seen = cast.tell(), cast.tell()
    cast.reads_along("Cato")
    hands.hide(hidden.again(), cast.user("Bo"), str(cast.user("Lo").pk))
    context = cast.browser("Lo").post(CHANGE, typed()).context
    assert [one["count"] for one in context["told"]] == [1]


def test_what_was_told_before_keeps_its_policy_and_what_is_told_after_has_the_new_one(cast):
    before = cast.tell()
    cast.browser("Lo").post(CHANGE, typed("save"))
    after = cast.tell()
    assert (before.again().policy.version, after.again().policy.version) == (1, 2)


def test_lo_goes_back_and_what_she_typed_is_there(cast):
    page = text(cast.browser("Lo").post(CHANGE, typed("back", months="30")))
    assert 'value="30"' in page
    assert "as the board decided" in page
    assert cast.north.policy().version == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"why": " "}, "The reason is missing."),
        ({"months": "1"}, "Write a number of months, from 2 to 1200."),
        ({"months": "1201"}, "Write a number of months, from 2 to 1200."),
        ({"what": "keep for ever"}, "Nothing was chosen."),
        ({"what": "archive"}, "An archive has a name."),
        ({"what": "archive"}, "Without the archive's public key nothing can be sealed to it."),
        ({"what": "archive", "archive_recipient": "age1x"}, "That is no age recipient."),
        (
            {"what": "archive", "archive_recipient": Identity.generate().reveal()},
            "That is no age recipient.",
        ),
    ],
)
@pytest.mark.parametrize("do", ["show", "save"])
def test_what_cannot_hold_is_said_and_nothing_is_changed(cast, do, changed, sentence):
    response = cast.browser("Lo").post(CHANGE, typed(do, **changed))
    assert response.status_code == 422
    assert sentence in text(response)
    assert not RetentionPolicy.objects.filter(version=2).exists()


def test_the_archives_key_is_shown_by_letters_to_compare(cast):
    archive = {"what": "archive", "archive_name": NAME, "archive_recipient": ARCHIVE.recipient}
    page = text(cast.browser("Lo").post(CHANGE, typed(**archive)))
    assert f"Call {NAME} and compare" in page
    assert fingerprint(ARCHIVE.recipient) in page
    cast.browser("Lo").post(CHANGE, typed("save", **archive))
    assert fingerprint(ARCHIVE.recipient) in text(cast.browser("Bo").get(KEEPING))


def test_two_leads_change_it_and_the_second_is_told_of_the_first(cast):
    lo = cast.browser("Lo")
    lo.post(CHANGE, typed("save"))
    late = lo.post(CHANGE, typed("save", months="36"))
    assert late.status_code == 409
    assert "another lead has set it meanwhile" in text(late)
    assert cast.north.policy().months == 24


# --- what goes when ------------------------------------------------------------------------------


def test_lo_reads_what_goes_in_thirty_and_in_ninety_days_and_no_word_of_it(cast):
    set_policy(cast.north, What.KEEP, 12)
    soon = over(cast, ago=timedelta(days=350))
    later = over(cast, ago=timedelta(days=300))
    never = over(cast, ago=timedelta(days=10))
    lo = cast.browser("Lo")
    thirty, ninety = text(lo.get(KEEPING)), text(lo.get(KEEPING + "?days=90"))
    assert reference(soon.pk) in thirty
    assert reference(later.pk) not in thirty
    assert reference(later.pk) in ninety
    assert reference(never.pk) not in ninety
    assert "canary" not in thirty + ninety


def test_what_is_hidden_from_lo_is_in_no_list_of_hers(cast):
    set_policy(cast.north, What.KEEP, 12)
    told = over(cast, ago=timedelta(days=350))
    cast.reads_along("Cato")
    hands.hide(told.again(), cast.user("Bo"), str(cast.user("Lo").pk))
    assert reference(told.pk) not in text(cast.browser("Lo").get(KEEPING))
    erasing.sweep(timezone.now() + timedelta(days=60))
    assert reference(told.pk) not in text(cast.browser("Lo").get(KEEPING))
    assert cast.browser("Lo").get(f"/staff/thread/{told.pk}/").status_code == 404
    assert cast.browser("Bo").get(f"/staff/thread/{told.pk}/").status_code == 410


def going(cast, count):
    """Closed talks that nobody opens, for lists only; many go on the same day."""
    policy, now = cast.north.policy(), timezone.now()
    return Disclosure.objects.bulk_create(
        Disclosure(
            team=cast.north, policy=policy, recipient="age1nobody", pepper_version=1, told=now,
            due=now, rank=Disclosure.Rank.CLOSED, sequence=1, closed=now,
            goes=now + timedelta(days=1 + number // 40),
        )
        for number in range(count)
    )  # fmt: skip


def test_every_page_is_walked_and_each_case_stands_once(cast):
    made = going(cast, 2 * preview.PAGE + 7)
    lo, seen, after = cast.browser("Lo"), [], ""
    while True:
        context = lo.get(KEEPING, {"after": after}).context
        seen += [row["reference"] for row in context["rows"]]
        after = context["more"]
        if not after:
            break
    assert sorted(seen) == sorted(reference(one.pk) for one in made)


@pytest.mark.parametrize("after", ["x", "2026-01-01~x", "2026-01-01T10:00~" + "0" * 32, "~"])
def test_a_place_that_is_none_shows_the_first_page(cast, after):
    assert cast.browser("Lo").get(KEEPING, {"after": after}).status_code == 200


def test_the_page_asks_as_much_for_many_as_for_few(cast):
    lo = cast.browser("Lo")
    counts = []
    for count in (3, 300):
        going(cast, count)
        lo.get(KEEPING)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            lo.get(KEEPING)
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- handing over, from the page -----------------------------------------------------------------


def test_bo_is_asked_in_the_inbox_and_presses_once(cast):
    hands_over(cast.north)
    told = over(cast)
    bo = cast.browser("Bo")
    assert "ready to be handed over" in text(bo.get("/staff/inbox/north/"))
    done = text(bo.post(HAND_OVER))
    assert "1 case is handed over" in done
    assert "ready to be handed over" not in done
    assert "0 cases are handed over" in text(bo.post(HAND_OVER))
    assert "ready to be handed over" not in text(bo.get("/staff/inbox/north/"))
    assert Tombstone.objects.get().pk == told.pk


def test_bo_is_told_that_there_is_no_archive(cast):
    hands_over(cast.north)
    over(cast)
    cast.north.policies.update(archive_recipient="")
    response = cast.browser("Bo").post(HAND_OVER)
    assert response.status_code == 409
    assert "There is no archive to seal to" in text(response)
    assert Disclosure.objects.exists()


def test_bo_is_told_that_the_disk_takes_no_file(cast, settings, tmp_path):
    hands_over(cast.north)
    over(cast)
    settings.DATA.mkdir()
    (settings.DATA / "archive").write_text("a file stands where the folder should")
    response = cast.browser("Bo").post(HAND_OVER)
    assert response.status_code == 503
    assert "The file could not be written" in text(response)
    assert Disclosure.objects.exists()


# --- what is gone --------------------------------------------------------------------------------


@pytest.mark.parametrize("archived", [False, True])
def test_a_link_says_that_it_is_gone_to_who_had_the_right_and_to_nobody_else(cast, archived):
    if archived:
        hands_over(cast.north)
    told = over(cast, ago=LONG_AGO)
    address = f"/staff/thread/{told.pk}/"
    bo = cast.browser("Bo")
    assert "canary of Ada" in text(bo.get(address))
    if archived:
        bo.post(HAND_OVER)
    else:
        erasing.sweep()
    page = bo.get(address)
    assert page.status_code == 410
    assert "This case is erased" in text(page)
    assert (NAME in text(page)) is archived
    for name in ("Cato", "Mio", "Dag", "Eva"):
        assert cast.browser(name).get(address).status_code == 404


def test_what_bo_was_typing_when_it_went_is_given_back(cast):
    told = over(cast, ago=LONG_AGO)
    bo = cast.browser("Bo")
    erasing.sweep()
    response = bo.post(f"/staff/thread/{told.pk}/", {"text": "half an answer", "read_up_to": 2})
    assert response.status_code == 410
    assert "half an answer" in text(response)


@pytest.mark.parametrize("path", ["", "draft/", "pass/", "hide/", "show/", "export/", "case/note/"])
def test_no_address_of_what_is_gone_reads_or_writes_anything(cast, path):
    told = over(cast, ago=LONG_AGO)
    lo = cast.browser("Lo")
    erasing.sweep()
    before = Tombstone.objects.values().get()
    response = lo.post(f"/staff/thread/{told.pk}/{path}", {"text": "x", "seen": 0})
    assert response.status_code == 410
    assert b"canary" not in response.content
    assert Tombstone.objects.values().get() == before
    assert not Disclosure.objects.exists()
    with pytest.raises(access.Erased):
        access.open_disclosure(cast["Lo"].unlocked(), told.pk)


def test_the_case_page_says_how_long_it_is_kept_and_two_keep_it_longer(cast):
    told = over(cast, ago=timedelta(days=100))
    address = f"/staff/thread/{told.pk}/"
    bo, lo = cast.browser("Bo"), cast.browser("Lo")
    assert "5 years from closing, as the child was told." in text(bo.get(address))
    day = (timezone.now() + timedelta(days=30)).date().isoformat()

    def does(browser, name, **fields):
        seen = browser.get(address).context["case"]["deeds"]["hold"]["seen"].value()
        return browser.post(f"{address}case/{name}/", fields | {"seen": seen})

    assert does(bo, "hold", day=day, because="canary of a trial").status_code == 303
    assert "It is not kept before a second person agrees." in text(lo.get(address))
    assert "canary of a trial" in text(lo.get(address))
    assert does(bo, "hold-agree").status_code == 409
    assert does(lo, "hold-agree").status_code == 303
    assert "Kept over its term" in text(bo.get(address))
    assert does(lo, "hold-lift", because="it is over").status_code == 303
    assert "Kept over its term" not in text(bo.get(address))
