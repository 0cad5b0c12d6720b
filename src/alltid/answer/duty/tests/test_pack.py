"""The packs that come with Alltid are right, and a lawyer's mistake is named with file and line."""

import re
import tomllib
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.answer.duty import pack
from alltid.answer.duty.numbers import Number, SpanWrong, read_span
from alltid.answer.duty.pack import NoPack, PackWrong
from alltid.answer.duty.sheet import Sheet
from alltid.answer.duty.terms import FIELDS, KINDS, RISKS, STEPS

SWEDEN = (Path(str(pack.folder())) / "sweden.toml").read_text(encoding="utf-8")
DRAFTS = ("DK", "FI", "GB", "NO")


@pytest.fixture
def changed(tmp_path):
    """Write the Swedish pack with some of its text changed; the file, and its problems."""

    def write(old: str, new: str, text: str = SWEDEN) -> list[str]:
        assert old in text
        path = tmp_path / "sweden.toml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return pack.problems(path)

    return write


def line_of(part: str, text: str = SWEDEN) -> int:
    """The line on which a part of the pack stands first."""
    return text[: text.index(part)].count("\n") + 1


# --- the packs that come with Alltid -----------------------------------------------------------


def test_every_pack_is_sound():
    assert pack.problems() == []
    assert sorted(each.country for each in pack.packs()) == ["DK", "FI", "GB", "NO", "SE"]


@pytest.mark.parametrize("country", DRAFTS)
def test_draft_says_that_it_is_one_and_who_should_read_it(country):
    draft = pack.load(country)

    assert draft.draft
    assert re.search("lawyer|solicitor", draft.review)
    assert draft.questions


def test_sweden_is_no_draft_and_still_says_that_no_lawyer_has_read_it():
    sweden = pack.load("SE")

    assert not sweden.draft
    assert "no lawyer has read it yet" in sweden.review
    assert {"sv", "en"} == set(sweden.languages)


def test_no_pack_is_made_up_for_a_country_without_one():
    with pytest.raises(NoPack, match=r"no pack for XX\. There are packs for DK, FI, GB, NO, SE;"):
        pack.load("XX")


# --- what Sweden says --------------------------------------------------------------------------


def test_whoever_is_under_the_duty_is_told_so_with_the_law():
    kinds = pack.load("SE").kinds

    assert [kinds[kind].duty for kind in KINDS] == ["must", "must", "should"]
    for kind in ("mandated", "health_record"):
        first = kinds[kind].citations[0]
        assert (first.law, first.section) == ("Socialtjänstlagen (2025:400)", "19 kap. 1 §")
    assert all(kind.consult_without_name for kind in kinds.values())


def test_what_ada_wrote_is_erased_on_her_word_where_no_law_keeps_it():
    kinds = pack.load("SE").kinds

    assert [kinds[kind].on_end for kind in KINDS] == ["words_stop", "words_stop", "erase"]


@pytest.mark.parametrize(
    ("kind", "age", "only"),
    [
        ("health_record", 10, True),
        ("health_record", 12, True),
        ("health_record", 13, False),
        ("health_record", None, True),
        ("health_record", 0, True),
        ("mandated", 10, False),
        ("not_mandated", None, False),
    ],
)
def test_export_of_a_health_record_about_ada_says_only_that_she_was_asked(kind, age, only):
    assert pack.load("SE").kinds[kind].exports_only_that_asked(age) is only


def test_ada_can_refuse_to_be_handed_on_but_not_from_one_under_the_duty_to_another():
    kinds = pack.load("SE").kinds

    assert kinds["mandated"].child_may_refuse("health_record")
    assert not kinds["mandated"].child_may_refuse("mandated")
    assert not kinds["health_record"].child_may_refuse("mandated")
    assert kinds["not_mandated"].child_may_refuse("mandated")


def test_referral_asks_for_every_field_of_an_orosanmalan():
    fields = pack.load("SE").report.fields

    assert [field.key for field in fields] == list(FIELDS)
    required = {field.key for field in fields if field.required}
    assert {"date", "municipality", "child", "basis", "danger", "reporter", "informed"} <= required
    # What a child did not write cannot be asked for.
    assert not {"childs_words", "guardians", "siblings"} & required


TIMES = {  # the table of PRACTICE, from right to left: unknown, low and medium; high; immediate
    "first_read": ("same day", "2 open hours", "30 minutes"),
    "first_reply": ("1 working day, never later than promised", "same day", "at once"),
    "risk_confirmed": ("2 working days", "same day", "1 hour"),
    "duty_decision": ("same day", "same day", "at once"),
    "duty_lead": ("none", "4 open hours", "1 hour"),
    "feedback": ("14 days, 4 months", "14 days", "2 days"),
    "second_contact": ("7 days", "3 days", "1 day"),
    "unread_by_child": ("14 days, 30 days", "7 days", "2 days"),
    "unread_kept_open": ("90 days", "90 days", "90 days"),
    "lead_review": ("1 month", "7 days", "7 days"),
}


@pytest.mark.parametrize("step", TIMES)
def test_steps_have_the_times_of_good_practice(step):
    def said(risk: str) -> str:
        return ", ".join(str(each.timer) for each in sweden.timers(step, risk)) or "none"

    sweden = pack.load("SE")
    medium, high, immediate = TIMES[step]
    assert {risk: said(risk) for risk in RISKS} == {
        "unknown": medium, "low": medium, "medium": medium, "high": high, "immediate": immediate,
    }  # fmt: skip


def test_first_reply_to_what_is_immediate_counts_from_what_was_done():
    sweden = pack.load("SE")

    (immediate,) = sweden.timers("first_reply", "immediate")
    (high,) = sweden.timers("first_reply", "high")
    assert (immediate.counts_from, high.counts_from) == ("acted", "told")
    assert sweden.alarms == {"immediate"}


@pytest.mark.parametrize("country", [*DRAFTS, "SE"])
def test_every_step_has_times_at_every_risk(country):
    one = pack.load(country)

    assert set(one.steps) == {(step, risk) for step in STEPS for risk in RISKS}


def test_ada_is_told_before_and_after_and_when_it_could_not_wait():
    kinds = pack.load("SE").kinds

    assert "måste jag berätta" in kinds["mandated"].texts["before"]["sv"]
    assert "I have to tell" in kinds["health_record"].texts["before"]["en"]
    # Whoever has no duty does not say that they must.
    assert "måste" not in kinds["not_mandated"].texts["before"]["sv"]
    assert "have to" not in kinds["not_mandated"].texts["before"]["en"]
    assert kinds["not_mandated"].texts["after"] == kinds["mandated"].texts["after"]


def test_child_who_did_it_is_not_told_that_it_was_not_their_fault():
    said = "\n".join(
        text
        for one in pack.packs()
        for kind in one.kinds.values()
        for words in kind.texts.values()
        for text in words.values()
    )

    assert not re.search(r"fault|ditt fel|police|polis", said)


def test_text_comes_in_the_packs_own_language_where_there_is_no_other():
    denmark, sweden = pack.load("DK"), pack.load("SE")

    assert denmark.say(denmark.name, "sv") == "Denmark"
    assert sweden.say(sweden.name, "sv") == "Sverige"


# --- whom to telephone -------------------------------------------------------------------------

TUESDAY_NOON, TUESDAY_NIGHT = datetime(2026, 3, 3, 12), datetime(2026, 3, 3, 22)  # noqa: DTZ001


def called(moment: datetime, municipality: str = "", **more: bool) -> list[tuple[str, str]]:
    found = pack.load("SE").numbers_at(moment, municipality, **more)
    return [(each.purpose, each.number) for each in found]


def test_bo_calls_112_at_night_and_asks_for_the_social_emergency_service():
    night = pack.load("SE").numbers_at(TUESDAY_NIGHT)

    assert [(each.purpose, each.number) for each in night[:2]] == [
        ("emergency", "112"),
        ("social_emergency", "112"),
    ]
    assert "socialjouren" in night[1].ask_for["sv"]
    assert ("social_emergency", "112") not in called(TUESDAY_NOON)
    assert ("emergency", "112") in called(TUESDAY_NOON)


def test_bo_calls_out_of_hours_on_a_public_holiday_though_it_is_a_tuesday():
    assert ("social_emergency", "112") in called(TUESDAY_NOON, is_holiday=True)


def test_no_municipality_that_does_not_exist_is_shown_but_in_a_trial():
    assert called(TUESDAY_NOON, "Exempelby") == called(TUESDAY_NOON)
    assert ("social_services", "08-465 004 01") in called(TUESDAY_NOON, "exempelby", examples=True)
    assert ("social_services", "08-465 004 01") not in called(TUESDAY_NOON, examples=True)
    # PTS has set these series aside: nobody ever answers there.
    examples = [each.number for each in pack.load("SE").numbers if each.example]
    assert all(re.match(r"08-465 004 \d\d|031-390 06 \d\d", number) for number in examples)


def test_municipalitys_own_number_stands_before_the_countrys():
    night = called(datetime(2026, 3, 3, 18), "Exempelstad", examples=True)  # noqa: DTZ001

    assert night[1:3] == [("social_emergency", "031-390 06 02"), ("social_emergency", "112")]


def test_number_that_the_team_has_given_is_shown_first():
    sweden = pack.load("SE")
    own = Number("social_emergency", "08-465 004 09", {"en": "Ours"}, {})

    shown = sweden.numbers_at(TUESDAY_NIGHT, own=(own,))

    assert [each.number for each in shown][1:3] == ["08-465 004 09", "112"]


@pytest.mark.parametrize(
    "text", ["Mon-Fri 08:00-16:30", "Sat 12:00-24:00", "Mon-Sun 00:00-24:00", "Fri 00:00-00:01"]
)
def test_hours_of_a_number_are_read_back_as_they_are_shown(text):
    assert str(read_span(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "Mon-Fri", "Mon-Fri 8:00-16:00", "Fri-Mon 08:00-16:00", "Mon 16:00-08:00",
     "Mon 08:00-08:00", "Mon 08:00-24:30", "Mån 08:00-16:00"],
)  # fmt: skip
def test_hours_that_are_none_are_refused(text):
    with pytest.raises(SpanWrong):
        read_span(text)


def test_number_answers_up_to_its_last_minute():
    span = read_span("Mon-Fri 08:00-16:30")

    assert [span.holds(0, minute) for minute in (479, 480, 989, 990)] == [False, True, True, False]
    assert not span.holds(5, 600)


# --- a mistake is named with file and line -----------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        # keys and kinds of value
        ('country = "SE"', 'county = "SE"', 'country = "SE"', "`county` is not known. Here may"),
        ('country = "SE"', 'country = "Sverige"', 'country = "SE"', '"Sverige" is not right here.'),
        ("draft = false", 'draft = "no"', "draft = false", "`draft` is not written as it should"),
        ("draft = false", "draft = 0", "draft = false", "`draft` is not written as it should"),
        ("version = 2026-11-24", 'version = "1"', "version = ", "as a day, 2026-01-31"),
        ("asked_only_below = 13", "asked_only_below = -1", "asked_only_below = 13", "less than 0"),
        ("asked_only_below = 13", "asked_only_below = 99", "asked_only_below = 13", "child at 99"),
        ('duty = "must"', 'duty = "shall"', 'duty = "must"', '`duty` is "shall". Write "must", '),
        ('on_end = "erase"', 'on_end = "forget"', 'on_end = "erase"', '"erase" or "words_stop"'),
        ('alarms = ["immediate"]', 'alarms = ["acute"]', "alarms = ", '`alarms` names "acute"'),
        ('may_refuse_to = ["h', 'may_refuse_to = ["x", "h', 'may_refuse_to = ["h', 'names "x"'),
        # citations
        ('section = "19 kap. 1 §"\n', "", "[[kinds.mandated.citations]]", "`section` is missing"),
        ('section = "19 kap. 1 §"', 'section = ""', 'section = "19', "`section` is empty"),
        ('law = "Patient', 'lag = "Patient', 'law = "Patient', "`lag` is not known"),
        # languages
        ('{ sv = "Sverige", en', "{ en", "name = {", "`sv` is missing. Write it as a text"),
        ('{ sv = "Sverige"', '{ fi = "Ruotsi", sv = "Sverige"', "name = {", "`fi` is not known"),
        ('languages = ["sv", "en"]', 'languages = ["svenska", "en"]', "languages", "two letters"),
        ('says.en = "A record', 'says.de = "A record', 'says.sv = "Vid vård', "`en` is missing"),
        ('says.en = "A record', 'says.de = "A record', 'says.en = "A rec', "`de` is not known"),
        # fields of the referral
        ('key = "danger"', 'key = "risk"', 'key = "danger"', '`key` is "risk". Write "date", '),
        ('key = "danger"', 'key = "date"', 'key = "danger"', "There is a field `date` already."),
        # times
        ('high = "2 open hours"', 'high = "2 open ours"', "first_read", '"2 open ours" is no time'),
        ('high = "2 open hours"', 'hihg = "2 open hours"', "first_read", "`hihg` is not known"),
        ('high = "2 open hours", ', "", "first_read", "`high` is missing"),
        ('from = "referred"', 'from = "sent"', "feedback = ", '`from` is "sent". Write "told", '),
        ('medium = ["14 days", "4 months"]', 'medium = ["14 days", "4 moons"]', "feedback = ",
         '"4 moons" is no time'),
        ('medium = ["14 days", "4 months"]', "medium = []", "feedback = ", "has no row"),
        ('within = "at once"', 'in = "at once"', "first_reply", "`within` is missing"),
        ("lead_review = ", "lead_revue = ", "lead_review = ", "`lead_revue` is not known"),
        ("lead_review = ", "# lead_review = ", "[timers]", "The step `lead_review` is missing"),
        ('soon = "4 open hours"', "soon = 4", "soon = ", "`soon` is not written as it should be"),
        # numbers
        ('number = "112"', 'number = "one one two"', 'number = "112"', "Write what is dialled"),
        ('"Sat-Sun 00:00-24:00"', '"Sat-Sun"', "hours = ", '"Sat-Sun" is no hour of the week'),
        ('purpose = "police"', 'purpose = "cops"', 'purpose = "police"', '`purpose` is "cops"'),
        # questions
        ('about = "texts.before"', 'about = "texts.b4"', 'about = "texts.before"', "no `texts.b4`"),
    ],
)  # fmt: skip
def test_lawyer_is_told_what_is_wrong_on_which_line(changed, old, new, at, said):
    found = changed(old, new)

    line = line_of(at)
    assert any(each.startswith(f"sweden.toml:{line}: ") and said in each for each in found), found
    assert all(each.endswith(".") for each in found)


@pytest.mark.parametrize("kind", KINDS)
def test_lawyer_is_told_that_a_kind_is_missing(changed, kind):
    found = changed("country", "country", re.sub(rf"kinds\.{kind}\b", "kinds.other", SWEDEN))

    assert any("`other` is not known. Here may stand" in each for each in found)
    assert any(f"The kind [kinds.{kind}] is missing. Write it." in each for each in found), found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("I will tell them {when}", "I will report it {when}", '"report" never stands before'),
        ("I will tell them {when}", "The service knows {when}", '"service" never stands before'),
        ("I will tell them {when}", "All is confidential {when}", '"confidential" never stands'),
        ("I will tell them {when}", "Your disclosure {when}", '"disclosure" never stands'),
        ("I will tell them {when}", "I will tell them {when}!", '"!" never stands before a child'),
        ("Jag berättar det {when}", "Jag anmäler det {when}", '"anmäler" never stands before'),
        ("Jag berättar det {when}", "En orosanmälan {when}", '"orosanmälan" never stands before'),
        ("Jag berättar det {when}", "Jag berättar det", "leaves no place for {when}"),
        ("Jag berättar det {when}", "Jag berättar {when} {vem}", "Nobody fills in {vem}"),
    ],
)
def test_text_to_a_child_says_no_word_that_frightens_and_leaves_nothing_out(
    changed, old, new, said
):
    found = changed(old, new)

    # A text of several lines is named by the line on which it begins.
    assert len(found) == 1
    assert said in found[0]
    language = "sv" if "Jag" in old else "en"
    begins = SWEDEN.index(f'{language} = """', SWEDEN.index("[texts.before]"))
    assert found[0].startswith(f"sweden.toml:{SWEDEN[:begins].count(chr(10)) + 1}: ")


def test_social_services_may_be_named_to_a_child(changed):
    assert changed("I will tell them {when}", "I tell social services {when}") == []


def test_text_that_stands_nowhere_is_missed_by_every_kind(changed):
    text = SWEDEN.replace("[texts.after]", "[texts.afterwards]")

    found = changed("country", "country", text)

    assert sum("The text `after` stands neither here nor in [texts]" in each for each in found) == 3
    assert any("`afterwards` is not known" in each for each in found)


def test_every_mistake_is_found_at_one_reading_in_the_order_of_the_lines(changed):
    text = SWEDEN.replace('duty = "should"', 'duty = "perhaps"').replace("draft = false\n", "")
    found = changed('high = "2 open hours"', 'high = "soon"', text)

    lines = [int(each.split(":")[1]) for each in found]
    assert len(found) == 3
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('duty = "must"', 'duty = "must', "it is not TOML"),
        ("[kinds.mandated]", "[kinds.mandated", "it is not TOML"),
        ("draft = false", "draft = false\ndraft = true", "it is not TOML"),
    ],
)
def test_file_that_is_no_toml_is_named_with_its_line(changed, old, new, said):
    (found,) = changed(old, new)

    assert re.match(rf"sweden\.toml:{line_of(old) + new.count('draft') // 2}: {said}", found)


def test_quotation_that_never_ends_is_named(changed):
    (found,) = changed("{what}\n", '{what}"""\n"""\n')

    assert "it is not TOML" in found


def test_file_in_another_alphabet_is_named_with_its_line(tmp_path):
    path = tmp_path / "sweden.toml"
    path.write_bytes(SWEDEN.encode("latin-1", "replace"))

    (found,) = pack.problems(path)

    line = next(n for n, text in enumerate(SWEDEN.splitlines(), 1) if not text.isascii())
    assert found == f"sweden.toml:{line}: it is not written in UTF-8. Save it so."


def test_pack_written_on_windows_is_read_the_same(tmp_path):
    path = tmp_path / "sweden.toml"
    path.write_bytes(SWEDEN.replace("\n", "\r\n").encode())

    assert pack.problems(path) == []
    path.write_bytes(SWEDEN.replace("draft = false", "draft = 1").replace("\n", "\r\n").encode())
    assert pack.problems(path)[0].startswith(f"sweden.toml:{line_of('draft = false')}: ")


def test_empty_file_is_all_that_is_missing(tmp_path):
    path = tmp_path / "empty.toml"
    path.write_text("")

    found = pack.problems(path)

    assert all(each.startswith("empty.toml:1: ") for each in found)
    assert {"country", "kinds", "report", "timers", "numbers"} <= {
        key for each in found for key in re.findall(r"`(\w+)` is missing", each)
    }


def test_two_packs_of_one_country_are_one_too_many(tmp_path):
    for name in ("sverige", "sweden"):
        (tmp_path / f"{name}.toml").write_text(SWEDEN, encoding="utf-8")

    line = line_of("country")
    assert pack.problems(tmp_path) == [
        f"sweden.toml:{line}: sverige.toml is the pack of SE already. Keep one of the two."
    ]


def test_pack_with_a_mistake_is_not_used(tmp_path):
    path = tmp_path / "sweden.toml"
    path.write_text(SWEDEN.replace("draft = false", "draft = 1"), encoding="utf-8")

    with pytest.raises(PackWrong, match=r"^sweden\.toml:\d+: `draft`"):
        pack.read(path)


@pytest.mark.parametrize("value", ["1", '"x"', "[]", "[1]", "{}", "true", "2026-01-01", "[[]]"])
def test_whatever_stands_in_a_place_is_a_problem_and_no_crash(tmp_path, value):
    path = tmp_path / "odd.toml"
    for key in tomllib.loads(SWEDEN):
        languages = "" if key == "languages" else 'languages = ["sv"]\n'
        path.write_text(f"{languages}{key} = {value}\n")
        assert pack.problems(path)


# --- lines -------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.sampled_from(["table", "row"]), st.integers(0, 3)), max_size=8))
def test_line_of_every_key_is_the_line_on_which_it_is_written(tmp_path_factory, heads):
    lines: list[str] = ["# a pack"]
    wanted: list[tuple[tuple[str | int, ...], int]] = []
    for number, (sort, gap) in enumerate(heads):
        lines += [""] * gap
        if sort == "row":
            row = sum(kind == "row" for kind, _gap in heads[:number])
            head: tuple[str | int, ...] = ("rows", row)
            lines.append("[[rows]]")
        else:
            head = ("tables", f"t{number}")
            lines.append(f"[tables.t{number}]  # [not.this]")
        wanted.append((head, len(lines)))
        lines += ['text = """', "[x]", 'key = "no"', '"""']
        wanted.append(((*head, "text"), len(lines) - 3))
        lines.append('words = { sv = "[a]", en = "b = c" }')
        wanted.append(((*head, "words", "en"), len(lines)))
        lines += ["list = [", '  "x", # ]', "]", "dotted.key = 1"]
        wanted.append(((*head, "list", 0), len(lines) - 3))
        wanted.append(((*head, "dotted", "key"), len(lines)))
    path = tmp_path_factory.getbasetemp() / "lines.toml"
    path.write_text("\n".join(lines), encoding="utf-8")

    sheet = Sheet(path)

    assert sheet.problems() == []
    assert [(place, sheet.line(place)) for place, _line in wanted] == wanted


def test_version_is_a_day():
    assert pack.load("SE").version >= date(2026, 11, 24)
