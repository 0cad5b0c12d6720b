"""Eva changes the pepper, and no child and no member of staff is shut out by it."""

import pytest
from django.core.management import CommandError, call_command

from alltid.people.models import Installation, User
from alltid.people.secrets import check_installation
from alltid.tell.models import Card, Disclosure

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
