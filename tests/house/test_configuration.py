"""docs/configuration.md names every setting there is, with its default, and none that is not."""

import re
from pathlib import Path

import pytest

from alltid.env import PREFIX, SETTINGS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "configuration.md"


def rows() -> dict[str, str]:
    """Return the line of the page that documents each setting, by its name."""
    page = PAGE.read_text(encoding="utf-8")
    return dict(re.findall(rf"^\| `{PREFIX}(\w+)` \|(.*)$", page, re.MULTILINE))


def test_operator_finds_every_setting_and_no_other_in_the_documentation():
    assert sorted(rows()) == sorted(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_operator_reads_the_true_default(name):
    default = SETTINGS[name].default
    shown = rows()[name].split("|")[0].strip()

    if default is None:
        assert shown == "must be set"
    elif default == "":
        assert shown == "–"
    else:
        assert shown == f"`{default}`"


def test_page_names_no_setting_that_does_not_exist():
    named = re.findall(rf"\b{PREFIX}([A-Z][A-Z_]*[A-Z])\b", PAGE.read_text(encoding="utf-8"))

    known = {*SETTINGS, *(f"{name}_FILE" for name in SETTINGS)}
    assert sorted(set(named) - known) == []
