"""Eva changes the pepper, and no child and no member of staff is shut out by it."""

import io

import pytest
from django.core.management import CommandError, call_command

from alltid.people.models import Installation, User
from alltid.people.secrets import check_installation
from alltid.people.signin import Refused, sign_in
from alltid.tell.models import Card, Disclosure
from alltid.vault.errors import SaltWrong

OLD, NEW = b"an older pepper of 32 bytes.....", b"a newer pepper of 32 bytes......"


@pytest.fixture
def two(cast, settings):
    """An installation that knows two peppers, the older one out of its settings already."""
    settings.ALLTID = settings.ALLTID | {"PEPPER": {1: OLD, 2: NEW}}
    check_installation(trial=False)
    settings.ALLTID = settings.ALLTID | {"PEPPER": {2: NEW}}
    User.objects.update(pepper_version=2)
    return settings


def known() -> list[str]:
    return sorted(Installation.objects.get().pepper_marks)


def test_eva_sees_what_was_made_with_each(two, cast, capsys):
    cast.tell()
    call_command("pepper")
    assert capsys.readouterr().out == (
        "Pepper 1: 1 ways back of children, 0 cards, 0 passphrases.\n"
        "Pepper 2: 0 ways back of children, 0 cards, 6 passphrases.\n"
    )


def test_eva_retires_a_pepper_that_nothing_needs(two, cast, capsys):
    told = cast.tell()
    Disclosure.objects.filter(pk=told.pk).update(locator=None)  # the child ended it
    call_command("pepper", "--retire", "1")
    assert known() == ["2"]
    check_installation(trial=False)


@pytest.mark.parametrize("needed", ["disclosure", "card", "user"])
def test_pepper_that_somebody_needs_is_kept(two, cast, needed):
    if needed == "disclosure":
        cast.tell()
    elif needed == "card":
        Card.objects.create(team=cast.north, locator=b"1", recipient="", pepper_version=1)
    else:
        User.objects.filter(name="Bo").update(pepper_version=1)
    with pytest.raises(CommandError, match=r"Pepper 1 is still needed: .* Keep it\."):
        call_command("pepper", "--retire", "1")
    assert known() == ["1", "2"]


def test_pepper_in_the_settings_is_not_forgotten(two):
    User.objects.update(pepper_version=1)
    with pytest.raises(CommandError, match="Take pepper 2 out of ALLTID_PEPPER first"):
        call_command("pepper", "--retire", "2")
    assert known() == ["1", "2"]


def test_pepper_that_is_not_known_is_named(two):
    with pytest.raises(CommandError, match=r"knows no pepper 7\. It knows: 1, 2\."):
        call_command("pepper", "--retire", "7")


@pytest.fixture
def types(monkeypatch):
    """What somebody types at the keyboard."""
    return lambda *lines: monkeypatch.setattr("sys.stdin", io.StringIO("\n".join([*lines, ""])))


def test_eva_gives_up_a_lost_pepper_and_the_team_goes_on(two, cast, types, capsys):
    told = cast.tell()
    User.objects.filter(name="Bo").update(pepper_version=1)
    Card.objects.create(team=cast.north, locator=b"1", recipient="", pepper_version=1)
    types("yes", "lost")
    call_command("pepper", "--lost", "1")
    said = capsys.readouterr().out
    assert "goes for ever: 1 ways back of children, 1 cards, 1 passphrases." in said
    assert "Type lost, or stop with Ctrl-C." in said
    assert known() == ["2"]
    disclosure = Disclosure.objects.get(pk=told.pk)
    assert disclosure.locator is None
    assert not disclosure.copies.filter(team_key__isnull=True).exists()
    assert disclosure.copies.filter(team_key__isnull=False).exists()
    assert not Card.objects.exists()
    assert cast.north.audit.filter(verb="words_expired", subject=str(told.pk)).exists()
    check_installation(trial=False)
    with pytest.raises(Refused):
        sign_in("Bo", "five words of no more use", "123456")


def test_nothing_is_given_up_without_a_word_typed(two, cast, types):
    cast.tell()
    types("")
    with pytest.raises(CommandError):
        call_command("pepper", "--lost", "1")
    assert known() == ["1", "2"]
    assert Disclosure.objects.filter(locator__isnull=False).count() == 1


def test_pepper_that_works_is_not_given_up(two):
    with pytest.raises(CommandError, match="Take pepper 2 out of ALLTID_PEPPER first"):
        call_command("pepper", "--lost", "2")


def test_eva_gives_up_a_lost_salt(two, cast, types):
    told = cast.tell()
    with pytest.raises(CommandError, match="is the one this database was made with"):
        call_command("pepper", "--lost", "salt")
    two.ALLTID = two.ALLTID | {"SALT": b"another salt...."}
    with pytest.raises(SaltWrong):
        check_installation(trial=False)
    types("lost")
    call_command("pepper", "--lost", "salt")
    two.ALLTID = two.ALLTID | {"PEPPER": {1: OLD, 2: NEW}}
    check_installation(trial=False)
    assert Disclosure.objects.get(pk=told.pk).locator is None
