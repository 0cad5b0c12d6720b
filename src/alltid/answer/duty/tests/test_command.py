"""What a lawyer types: is a pack right, and how is it understood."""

from pathlib import Path

import pytest

from alltid.answer.duty import command, pack
from alltid.env import Misconfigured

SWEDEN = (Path(str(pack.folder())) / "sweden.toml").read_text(encoding="utf-8")


def duty(capsys, *typed: str) -> tuple[int, str]:
    """Type `alltid duty …`; its status, and what it says."""
    status = command.main(typed)
    return status, capsys.readouterr().out


def test_lawyer_reads_that_every_pack_is_sound_and_what_is_still_to_be_answered(capsys):
    status, said = duty(capsys, "check")

    assert status == 0
    many = len(pack.load("SE").questions)
    assert f"sweden.toml: sound. {many} questions for a lawyer: `alltid duty show SE`." in said
    assert said.count("a draft that nobody may rely on") == 4


def test_lawyer_reads_each_problem_with_file_and_line_and_the_status_is_1(capsys, tmp_path):
    path = tmp_path / "sweden.toml"
    wrong = SWEDEN.replace('duty = "should"', 'duty = "perhaps"').replace("4 open hours", "a while")
    path.write_text(wrong, encoding="utf-8")

    for typed in (str(path), str(tmp_path)):
        status, said = duty(capsys, "check", "--path", typed)
        *found, last = said.splitlines()
        assert status == 1
        assert len(found) == 3  # `soon`, a kind's duty, and a time of a step
        assert all(line.startswith("sweden.toml:") for line in found)
        assert last == f"3 problems in {typed}."
    assert duty(capsys, "show", "SE", "--path", str(path))[0] == 1


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            [],
            ["Sweden, version", "must report it. Everyone who works in a school", "2 open hours",
             "Under 13, an export says only that the child was asked.", "14 days (from: referred)",
             "  social_services: 08-465 004 01, Social services, Exempelby, in Exempelby, "
             "Mon-Fri 08:00-16:30, an example that a trial alone shows."],
        ),
        (["--language", "sv"], ["Sverige, version", "Var barnet är nu (must be filled in)"]),
    ],
)  # fmt: skip
def test_lawyer_reads_a_pack_as_it_is_understood(capsys, language, parts):
    status, said = duty(capsys, "show", "se", *language)

    assert status == 0
    for part in parts:
        assert part in said


def test_every_question_is_shown_with_the_line_that_it_is_about(capsys):
    said = duty(capsys, "show", "SE")[1]

    for question in pack.load("SE").questions:
        assert f"sweden.toml:{question.line} ({question.about}): {question.asks}" in said
        last = question.about.rpartition(".")[2]
        assert last in SWEDEN.splitlines()[question.line - 1]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ([], "The following arguments are required"),
        (["mend"], "Argument check | show: invalid choice: 'mend'"),
        (["show", "XX"], "There is no pack for XX. There are packs for DK, GB, FI, NO, SE."),
        (["show", "DK", "--language", "sv"], "denmark.toml is not written in sv. It is written in"),
        (["check", "--path", "nowhere"], "There is no nowhere. Name a pack, or a folder"),
        (["check", "--path", "EMPTY"], "holds no pack, such as"),
    ],
)
def test_lawyer_who_mistypes_reads_a_sentence(tmp_path, typed, said):
    with pytest.raises(Misconfigured) as wrong:
        command.main([str(tmp_path) if word == "EMPTY" else word for word in typed])

    assert said in str(wrong.value)
    assert str(wrong.value).endswith(".")
