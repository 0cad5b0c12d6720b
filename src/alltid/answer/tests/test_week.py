"""A week in the life, held against `easter_week.txt`: every promise, notice, due time, log line.

The table was written from PRACTICE.md and the Swedish pack, for a lead to read. For each child:

    page    what the child's page says above the field, when they tell and when they come back
    mail    who was told by mail, and why, which the mail itself does not say
    wants   what the case has come to want, and by when
    late    what was not done by then, as the first round after it saw it
    log     who did what, as the log has it; what no member did to the hour

A line without its day is of the day before it. The house's own lists stand behind the children.
"""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from alltid.people import mail

from . import week

TABLE = Path(__file__).with_name("easter_week.txt")
COLUMNS = ("page", "mail", "wants", "late", "log")
_DAY = r"[A-Z][a-z]{2} \d\d"
_TIME = r"\d\d:\d\d"


def read(text):
    """The table's lines by list: `07 mail`, `Lo's post`; a remark begins with #."""
    lists = defaultdict(list)
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    for block in re.split(r"\n\s*\n", text.strip()):
        title, *rows = block.splitlines()
        number = re.match(r"\d\d ", title)
        for row in _joined(rows, r"  \w" if number else r"  \S"):
            if number:
                column, _space, row = row.partition(" ")
                assert column in COLUMNS, f"{title}: «{column}» is no column."
                lists[f"{number.group()}{column}"] += _with_days(row.strip().split(" · "))
            else:
                lists[title] += _each_time(row)
    return dict(lists)


def _joined(rows, begins):
    """Rows that were broken for their length, whole again."""
    whole = []
    for row in rows:
        if re.match(begins, row):
            whole.append(row.strip())
        else:
            whole[-1] += f" {row.strip()}"
    return whole


def _with_days(lines):
    day = ""
    for line in lines:
        found = re.match(_DAY, line)
        day = found.group() if found else day
        yield line if found or not re.match(_TIME, line) else f"{day} {line}"


def _each_time(row):
    """A row of somebody's post names several minutes of a day."""
    found = re.match(rf"({_DAY})((?: {_TIME}){{2,}}) (.*)", row)
    if not found:
        return [row]
    return [f"{found[1]} {time} {found[3]}" for time in found[2].split()]


def happened(seen):
    """What was written down, by the same names."""
    by_child = {
        f"{number:02} {column}": lines for (number, column), lines in seen.lines.items() if lines
    }
    return by_child | seen.house


def differences(expected, found):
    """A sentence for each line that one has and the other has not."""
    for name in sorted(expected.keys() | found.keys()):
        wanted, came = expected.get(name, []), found.get(name, [])
        for line in _without(wanted, came):
            yield f"{name}: «{line}» stands in the table and did not happen."
        for line in _without(came, wanted):
            yield f"{name}: «{line}» happened and does not stand in the table."
        if sorted(wanted) == sorted(came) and wanted != came:
            yield f"{name}: the lines came in another order: {' · '.join(came)}."


def _without(lines, others):
    others = list(others)
    for line in lines:
        if line in others:
            others.remove(line)
        else:
            yield line


def test_forty_children_write_in_easter_week_and_all_goes_as_the_table_says(cast):
    seen = week.run(cast, week.easter_week())
    assert len(seen.pks) == 40
    wrong = list(differences(read(TABLE.read_text()), happened(seen)))
    assert not wrong, "\n".join(["The week and its table differ.", *wrong])


def test_no_mail_of_the_week_says_more_than_one_of_three_sentences():
    sentences = {str(one) for one in (mail.WAITS, mail.WAITS_NOW, mail.SIGN_IN)}
    posts = {name: lines for name, lines in read(TABLE.read_text()).items() if "post" in name}
    assert sorted(posts) == [f"{name}'s post" for name in ("Bo", "Cato", "Dag", "Lo", "Mio")]
    for line in (line for lines in posts.values() for line in lines):
        assert re.sub(rf"^{_DAY} {_TIME} ", "", line) in sentences


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ([], "03 mail: «Wed 24 09:01 Bo: a child wrote» stands in the table and did not happen."),
        (
            ["Wed 24 09:01 Bo: a child wrote", "Wed 24 09:31 Lo: promise broken"],
            "03 mail: «Wed 24 09:31 Lo: promise broken» happened and does not stand in the table.",
        ),
        (["Wed 24 09:01 Bo: a child wrote"], None),
    ],
)
def test_a_difference_is_said_with_its_row(found, sentence):
    table = read('03 "hej"\n  mail   Wed 24 09:01 Bo: a child\n         wrote')
    assert next(differences(table, {"03 mail": found}), None) == sentence


def test_the_table_is_read_with_its_days():
    talk = "01 Ada\n  log    Wed 24 08:20 Bo opened · 08:25 Bo\n         replied"
    table = read(f"{talk}\n\nBo's post\n  Thu 25 08:01 09:01 Something waits for you.")
    assert table == {
        "01 log": ["Wed 24 08:20 Bo opened", "Wed 24 08:25 Bo replied"],
        "Bo's post": [f"Thu 25 {time}:01 Something waits for you." for time in ("08", "09")],
    }


def test_the_week_holds_a_holiday_a_clock_change_and_rounds_in_the_acute_night():
    rounds = [week.said(at) for at in week.rounds()]
    night = rounds.index("Sun 28 01:31")
    assert rounds[night : night + 2] == ["Sun 28 01:31", "Sun 28 03:01"]
    assert "Fri 26 12:01" in rounds
    assert rounds == sorted(rounds, key=lambda text: text.split()[1:])
