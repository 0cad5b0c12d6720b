"""A recovery sheet as it is printed, typed, checked and used."""

from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alltid.people import keys, sheets
from alltid.people.models import AuditEvent, Membership, Team, TeamKey, TeamKeyCopy
from alltid.people.signin import sign_in
from alltid.people.unlocking import Unlocked
from alltid.vault.errors import KeySubstituted, NotForThisKey
from alltid.vault.identity import Identity

from .keyboard import Keyboard
from .scene import person


@pytest.fixture
def north(db):
    """Team North with Lo alone, and the two identities that were printed."""
    team = Team.objects.create(name="North", slug="north", place="Norra skolan")
    team.lo = person("Lo")
    team.printed = keys.found_team(team, team.lo.user, ("Keeper One", "Keeper Two"))
    return team


def spelt(identity: Identity) -> str:
    return " ".join(sheets.groups(identity))


def test_keeper_finds_fifteen_groups_on_the_sheet():
    groups = sheets.groups(Identity.generate())
    assert [len(group) for group in groups] == [4] * 14 + [2]


@given(raw=st.binary(min_size=32, max_size=32), small=st.booleans(), prefix=st.booleans())
def test_keeper_types_a_sheet_in_any_way_and_it_is_read(raw, small, prefix):
    identity = Identity.from_bytes(raw)
    text = (sheets.PREFIX if prefix else "") + spelt(identity)
    read = sheets.read(text.lower() if small else text)
    assert read.recipient == identity.recipient


@given(raw=st.binary(min_size=32, max_size=32), place=st.integers(0, 57), other=st.integers(1, 31))
def test_keeper_mistypes_one_letter_and_hears_in_which_group(raw, place, other):
    alphabet = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
    letters = "".join(sheets.groups(Identity.from_bytes(raw)))
    wrong = alphabet[(alphabet.index(letters[place]) + other) % 32]
    with pytest.raises(sheets.SheetUnread, match=rf"group {place // 4 + 1}\b"):
        sheets.read(letters[:place] + wrong + letters[place + 1 :])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text.replace(" ", "")[:-1], "That is 57 letters, and a sheet has 58"),
        (lambda text: "O" + text[1:], "Group 1 holds O"),
        (lambda text: text[::-1], "Something is mistyped"),
    ],
)
def test_keeper_mistypes_and_hears_what_is_wrong(change, sentence):
    identity = Identity.from_bytes(bytes(range(32)))
    assert sentence in (sheets.misread(change(spelt(identity))) or "")
    assert sheets.misread(spelt(identity)) is None


def test_keeper_is_printed_an_accessible_sheet(north):
    page = sheets.printed(
        north, (1, 2), "Keeper One", north.printed[0], language="sv", now=timezone.now()
    )
    assert page.startswith(b"%PDF-")
    assert b"pdfuaid:part" in page
    assert b"/Lang(sv)" in page


def test_keeper_checks_a_sheet_and_it_is_noted(north, monkeypatch):
    keyboard = Keyboard({"The key:": spelt(north.printed[1])})
    said = keyboard.type(monkeypatch, "recovery", "check", "--team", "north")
    assert "Sheet 2 of team North opens every key it should (1). It is kept by Keeper Two" in said
    assert north.sheets.get(number=2).checked > timezone.now() - timedelta(minutes=1)
    assert north.sheets.get(number=1).checked is None
    assert AuditEvent.objects.get(verb="recovery_checked").why == "sheet 2"


def test_keeper_checks_a_sheet_after_a_rotation_and_it_opens_every_generation(north):
    keys.new_generation(north)
    _sheet, opened = sheets.check(north, north.printed[0], timezone.now())
    assert opened == 2


def test_keeper_mistypes_and_is_asked_again(north, monkeypatch):
    whole = spelt(north.printed[0])
    keyboard = Keyboard({"The key:": [whole[:-1], whole]})
    said = keyboard.type(monkeypatch, "recovery", "check", "--team", "North")
    assert "That is 57 letters" in said
    assert "Sheet 1 of team North opens" in said


def test_keeper_of_another_team_is_told_so_and_nothing_is_noted(north, monkeypatch):
    keyboard = Keyboard({"The key:": spelt(Identity.generate())})
    with pytest.raises(CommandError, match="This is not one of team North's sheets"):
        keyboard.type(monkeypatch, "recovery", "check", "--team", "North")
    assert not AuditEvent.objects.filter(verb="recovery_checked").exists()


def test_eva_names_a_team_that_is_not_there_and_hears_which_are(north, monkeypatch):
    with pytest.raises(CommandError, match=r"There is no team Nroth\. There is: North\."):
        Keyboard({}).type(monkeypatch, "recovery", "check", "--team", "Nroth")


def test_substituted_key_stops_the_intake_at_a_check(north):
    TeamKey.objects.update(recipient=Identity.generate().recipient)
    with pytest.raises(KeySubstituted):
        sheets.check(north, north.printed[0], timezone.now())
    north.refresh_from_db()
    assert north.intake_stopped is not None


def test_sheet_without_a_copy_of_a_generation_does_not_pass_a_check(north):
    TeamKeyCopy.objects.filter(sheet__number=1).delete()
    with pytest.raises(NotForThisKey):
        sheets.check(north, north.printed[0], timezone.now())


@pytest.mark.parametrize("member", [False, True])
def test_bo_is_given_the_keys_by_a_sheet_and_opens_them_and_leads(north, monkeypatch, member):
    bo = person("Bo")
    if member:
        Membership.objects.create(team=north, user=bo.user)
    keyboard = Keyboard({"If that is right": "bo", "The key:": spelt(north.printed[0])})
    said = keyboard.type(monkeypatch, "recovery", "restore", "--team", "North", "--user", "bo")
    assert "Bo (Bo) becomes a lead of team North" in said
    assert bo.unlocked().team_identity(north.current_key())
    assert north.is_led_by(bo.user)
    event = AuditEvent.objects.get(verb="recovery_used")
    assert (event.subject, event.why) == (str(bo.user.pk), "sheet 1")


@pytest.mark.parametrize("answers", [[], ["yes"], ["Lo"]])
def test_keeper_does_not_type_bos_name_and_no_sheet_is_asked(north, monkeypatch, answers):
    bo = person("Bo")
    keyboard = Keyboard({"If that is right": list(answers), "The key:": spelt(north.printed[0])})
    with pytest.raises(CommandError, match="Nothing was kept"):
        keyboard.type(monkeypatch, "recovery", "restore", "--team", "North", "--user", "Bo")
    assert len(keyboard.asked) == len(answers) + 1
    assert not any(question.startswith("The key") for question in keyboard.asked)
    assert not bo.user.memberships.exists()
    assert not AuditEvent.objects.filter(verb="recovery_used").exists()


def test_keeper_mistypes_a_new_name_and_is_asked_again_and_then_kim_leads(north, monkeypatch):
    keyboard = Keyboard(
        {"If that is right": ["Kin", "Kim"], "The key:": spelt(north.printed[0])},
    )
    keyboard.answers["The six digits"] = keyboard.app
    said = keyboard.type(
        monkeypatch, "recovery", "restore", "--team", "North", "--user", "Kim", "--fresh",
        "--first-name", "Kim",
    )  # fmt: skip
    assert "Kim (Kim, somebody new) becomes a lead of team North" in said
    assert "That is not the user name Kim." in said
    assert "The old one opens nothing" not in said
    assert [lead.user.name for lead in north.leads()] == ["Kim", "Lo"]


def test_lo_who_leads_already_is_told_what_is_done_and_not_asked(north, monkeypatch):
    keyboard = Keyboard({"The key:": spelt(north.printed[0])})
    said = keyboard.type(monkeypatch, "recovery", "restore", "--team", "North", "--user", "Lo")
    assert "Lo (Lo) leads team North and is given every key of it again." in said
    assert len(keyboard.asked) == 1


def test_lo_who_lost_everything_gets_a_new_way_in_and_opens_the_old_keys(north, monkeypatch):
    old = north.memberships.get().user.recipient
    keyboard = Keyboard({"The key:": spelt(north.printed[0])})
    keyboard.answers["The six digits"] = keyboard.app
    said = keyboard.type(
        monkeypatch, "recovery", "restore", "--team", "North", "--user", "Lo", "--fresh"
    )
    assert "Lo (Lo) gets a new way in. The old one opens nothing" in said
    signed = sign_in("Lo", keyboard.passphrase(), keyboard.app())
    assert signed.user.recipient != old
    assert Unlocked(signed.user, signed.identity).team_identity(north.current_key())


def test_stranger_without_a_first_name_gets_nothing_and_no_sheet_is_asked(north, monkeypatch):
    keyboard = Keyboard({})
    with pytest.raises(CommandError, match="Nobody signs in as Bo"):
        keyboard.type(monkeypatch, "recovery", "restore", "--team", "North", "--user", "Bo")
    assert keyboard.asked == []


def test_wrong_sheet_changes_nothing_of_lo(north, monkeypatch):
    before = bytes(north.memberships.get().user.sealed_identity)
    keyboard = Keyboard({"The key:": spelt(Identity.generate())})
    keyboard.answers["The six digits"] = keyboard.app
    with pytest.raises(CommandError, match="not one of team North's sheets"):
        keyboard.type(
            monkeypatch, "recovery", "restore", "--team", "North", "--user", "Lo", "--fresh"
        )
    user = north.memberships.get().user
    assert bytes(user.sealed_identity) == before
    assert north.memberships.get().let_in is not None


class Printer:
    """Takes the place of typst, and reads the groups that are asked for from the paper."""

    def __init__(self) -> None:
        self.sheets = {}

    def __call__(self, team, place, keeper, identity, *, language, now) -> bytes:
        self.sheets[place[0]] = identity
        return b"%PDF-"

    def group(self, question: str) -> str:
        sheet, group = (int(word.strip(":,")) for word in question.split() if word[0].isdigit())
        return sheets.groups(self.sheets[sheet])[group - 1]


RENEW = ("recovery", "renew", "--team", "North", "--keeper", "the head", "--keeper", "the archive")


@pytest.fixture
def lo(north, monkeypatch, tmp_path):
    """Lo at the keyboard, to make new sheets."""
    printer = Printer()
    monkeypatch.setattr(sheets, "printed", printer)
    keyboard = Keyboard(
        {
            "The passphrase of Lo:": north.lo.passphrase,
            "The six digits": lambda _question: north.lo.code(),
            "Type printed": "printed",
            "From the paper": printer.group,
        }
    )
    keyboard.paper = printer.sheets
    keyboard.folder = tmp_path / "out"
    return keyboard


def test_lo_renews_the_sheets_and_only_the_new_ones_open(north, lo, monkeypatch):
    lo.type(monkeypatch, *RENEW, "--by", "Lo", "--out", str(lo.folder))

    for identity in lo.paper.values():
        _sheet, opened = sheets.check(north, identity, timezone.now())
        assert opened == 2
    for identity in north.printed:
        with pytest.raises(sheets.OtherSheet):
            sheets.check(north, identity, timezone.now())
    assert [sheet.keeper for sheet in north.sheets.all()] == ["the head", "the archive"]
    assert AuditEvent.objects.get(verb="recovery_renewed").actor.name == "Lo"
    assert list(lo.folder.iterdir()) == []


def test_lo_types_a_wrong_passphrase_and_the_old_sheets_stay(north, lo, monkeypatch):
    lo.answers["The passphrase of Lo:"] = "not these five words either"
    with pytest.raises(CommandError, match="Nothing changed"):
        lo.type(monkeypatch, *RENEW, "--by", "Lo", "--out", str(lo.folder))
    assert sheets.check(north, north.printed[0], timezone.now())[1] == 1
    assert lo.paper == {}


def test_lo_leaves_before_the_end_and_the_old_sheets_stay(north, lo, monkeypatch):
    del lo.answers["From the paper"]
    with pytest.raises(CommandError, match="Nothing was kept"):
        lo.type(monkeypatch, *RENEW, "--by", "Lo", "--out", str(lo.folder))
    assert sheets.check(north, north.printed[0], timezone.now())[1] == 1
    assert list(lo.folder.iterdir()) == []


@pytest.mark.parametrize("by", ["Bo", "Nobody"])
def test_who_does_not_lead_renews_nothing(north, lo, monkeypatch, by):
    person("Bo")
    with pytest.raises(CommandError, match=f"{by} does not lead team North"):
        lo.type(monkeypatch, *RENEW, "--by", by)
    assert lo.asked == []


def test_new_sheets_want_two_keepers(north, lo, monkeypatch):
    with pytest.raises(CommandError, match="Two sheets have two keepers"):
        lo.type(monkeypatch, *RENEW[:6], "--by", "Lo")
