"""The packs of law and deadlines fit the teams that there are."""

import re

import pytest
from django.core.management.base import CommandError

from alltid.answer.duty import pack
from alltid.people.console import refuse_unsound
from alltid.people.models import Team

PACKS = list(pack.packs())


@pytest.mark.parametrize("one", PACKS, ids=lambda one: one.country)
def test_pack_has_every_kind_of_team_and_a_country_that_a_team_can_have(one):
    field = Team._meta.get_field("country")

    assert set(one.kinds) == set(Team.Kind.values)
    field.run_validators(one.country)


def test_team_that_says_no_country_has_a_pack():
    assert pack.load(Team().country).country == "SE"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("written", "slip", "sentence"),
    [
        ('"4 open hours"', '"4 open ours"', 'sweden.toml:{line}: "4 open ours" is no time.'),
        (
            'closing_notice = { from = "closing_told"',
            'closing_notice = { from = "told"',
            "sweden.toml: the desk counts the step `closing_notice` from `closing_told`",
        ),
    ],
)
def test_a_lawyer_mistypes_and_no_server_starts(tmp_path, monkeypatch, written, slip, sentence):
    text = (pack.folder() / "sweden.toml").read_text(encoding="utf-8")
    line = text[: text.index(written)].count("\n") + 1
    (tmp_path / "sweden.toml").write_text(text.replace(written, slip, 1), encoding="utf-8")
    monkeypatch.setattr(pack, "folder", lambda: tmp_path)
    with pytest.raises(CommandError, match=re.escape(sentence.format(line=line))):
        refuse_unsound()
