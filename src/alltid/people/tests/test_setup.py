"""Eva and Lo make the first team; whatever goes wrong, nothing half-made is left."""

import re
import stat

import pytest
from django.core.management import CommandError
from django.utils import timezone

from alltid.people import sheets
from alltid.people.models import AuditEvent, RecoverySheet, Team, TeamKey, User
from alltid.people.printing import NotPrinted
from alltid.people.signin import sign_in
from alltid.people.unlocking import Unlocked

from .keyboard import Keyboard

GIVEN = [
    "setup", "--team", "North", "--place", "Norra skolan", "--kind", "mandated", "--lead", "Lo",
    "--first-name", "Lo", "--email", "", "--keeper", "the head", "--keeper", "the archive",
]  # fmt: skip


class Printer:
    """Takes the place of typst, and knows what stands on the paper."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.sheets = {}
        self.modes = set()

    def __call__(self, team, place, keeper, identity, *, language, now) -> bytes:
        self.sheets[place[0]] = identity
        return b"%PDF-"

    def group(self, question: str) -> str:
        """What Lo reads from the paper when asked for a group of a sheet."""
        self.modes = {stat.S_IMODE(file.stat().st_mode) for file in self.folder.glob("*")}
        asked = re.search(r"sheet (\d), group (\d+)", question)
        assert asked
        return sheets.groups(self.sheets[int(asked[1])])[int(asked[2]) - 1].lower()


@pytest.fixture
def printer(monkeypatch, tmp_path):
    printer = Printer(tmp_path / "out")
    monkeypatch.setattr(sheets, "printed", printer)
    return printer


@pytest.fixture
def lo(printer):
    """Lo at the keyboard, who answers everything rightly."""
    keyboard = Keyboard({"Type printed": "printed", "From the paper": printer.group})
    keyboard.answers["The six digits"] = keyboard.app
    return keyboard


def nothing_is_there() -> bool:
    return not any(
        model.objects.exists() for model in (Team, User, TeamKey, RecoverySheet, AuditEvent)
    )


@pytest.mark.django_db
def test_lo_sets_up_a_team_and_can_open_its_keys(lo, printer, monkeypatch):
    lo.type(monkeypatch, *GIVEN, "--out", str(printer.folder))

    team = Team.objects.get()
    signed = sign_in("Lo", lo.passphrase(), lo.app())
    assert Unlocked(signed.user, signed.identity).team_identity(team.current_key())
    assert (team.slug, team.kind, team.opened) == ("north", "mandated", None)
    assert team.policy().keeps_after_end
    assert [sheet.keeper for sheet in team.sheets.all()] == ["the head", "the archive"]
    assert team.sheets.filter(checked__isnull=False).count() == 1
    for identity in printer.sheets.values():
        _sheet, opened = sheets.check(team, identity, timezone.now())
        assert opened == 1


@pytest.mark.django_db
def test_sheets_are_for_lo_alone_and_gone_from_the_machine_at_the_end(lo, printer, monkeypatch):
    lo.type(monkeypatch, *GIVEN, "--out", str(printer.folder))
    assert printer.modes == {0o600}
    assert list(printer.folder.glob("*")) == []


@pytest.mark.django_db
def test_lo_is_asked_for_everything_that_no_option_says(lo, printer, monkeypatch):
    lo.answers |= {
        "The team's name": "North",
        "Where it is": "Norra skolan",
        "What it is": ["4", "3"],
        "The name the lead": "Lo",
        "The lead's first name": "Lo",
        "The lead's e-mail": ["lo at school", "lo@school.example"],
        "Who keeps recovery sheet 1": "the head",
        "Who keeps recovery sheet 2": "the archive",
    }
    screen = lo.type(monkeypatch, "setup", "--out", str(printer.folder))
    assert "Type one of 1, 2, 3." in screen
    assert "That is not an e-mail address." in screen
    assert Team.objects.get().kind == Team.Kind.NOT_MANDATED
    assert not Team.objects.get().policy().keeps_after_end
    assert User.objects.get().email == "lo@school.example"


@pytest.mark.django_db
@pytest.mark.parametrize("question", ["The six digits", "Type printed", "From the paper"])
def test_lo_leaves_before_the_end_and_nothing_is_kept(question, lo, printer, monkeypatch):
    del lo.answers[question]
    with pytest.raises(CommandError, match="Nothing was kept"):
        lo.type(monkeypatch, *GIVEN, "--out", str(printer.folder))
    assert nothing_is_there()
    assert list(printer.folder.glob("*")) == []


@pytest.mark.django_db
def test_lo_presses_ctrl_c_and_nothing_is_kept(lo, printer, monkeypatch):
    def interrupt(_question):
        raise KeyboardInterrupt

    lo.answers["From the paper"] = interrupt
    with pytest.raises(KeyboardInterrupt):
        lo.type(monkeypatch, *GIVEN, "--out", str(printer.folder))
    assert nothing_is_there()
    assert list(printer.folder.glob("*")) == []


@pytest.mark.django_db
def test_lo_types_a_wrong_group_and_is_asked_again(lo, printer, monkeypatch):
    wrong = ["qqqq"]
    right = printer.group
    lo.answers["From the paper"] = lambda question: wrong.pop() if wrong else right(question)
    screen = lo.type(monkeypatch, *GIVEN, "--out", str(printer.folder))
    assert "Look at the paper." in screen
    assert Team.objects.exists()


@pytest.mark.django_db
def test_printer_fails_and_nothing_is_kept(lo, printer, monkeypatch):
    def broken(*args, **kwargs):
        raise NotPrinted("The page could not be set by typst: no fonts")

    monkeypatch.setattr(sheets, "printed", broken)
    with pytest.raises(CommandError, match=r"Nothing was kept\. The page could not be set"):
        lo.type(monkeypatch, *GIVEN, "--out", str(printer.folder))
    assert nothing_is_there()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--team", "North", "There is a team North already. Choose another name."),
        ("--team", "!!!", "A name needs a letter from a to z"),
        ("--lead", "LO", "Somebody signs in as LO already. Choose another name."),
        ("--email", "lo at school", "That is not an e-mail address."),
    ],
)
def test_lo_gives_what_cannot_be_and_hears_it_before_anything_is_printed(
    option, value, sentence, lo, printer, monkeypatch
):
    lo.type(monkeypatch, *GIVEN, "--out", str(printer.folder))
    printer.sheets.clear()
    second = dict(zip(GIVEN[1::2], GIVEN[2::2], strict=True)) | {
        "--team": "East", "--lead": "Mio", option: value,
    }  # fmt: skip
    typed = [word for pair in second.items() for word in pair]
    with pytest.raises(CommandError, match=re.escape(sentence)):
        lo.type(monkeypatch, "setup", *typed, "--keeper", "somebody")
    assert printer.sheets == {}


@pytest.mark.django_db
def test_one_keeper_for_both_sheets_is_refused(lo, printer, monkeypatch):
    with pytest.raises(CommandError, match="Two sheets with one keeper are one sheet"):
        lo.type(monkeypatch, *GIVEN[:-1], "The Head", "--out", str(printer.folder))
    assert nothing_is_there()


@pytest.mark.django_db
def test_two_teams_of_one_spelling_have_addresses_of_their_own(lo, printer, monkeypatch):
    Team.objects.create(name="Nörth", slug="north", place="elsewhere")
    lo.type(monkeypatch, *GIVEN, "--out", str(printer.folder))
    assert Team.objects.get(name="North").slug == "north-2"
    assert Team.objects.get(name="North").position == 1
