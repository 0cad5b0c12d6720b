"""The log: only added to, read by person, case and kind, taken out as a file."""

import csv
import io
import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models.query import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from alltid.people.log_export import defused
from alltid.people.models import AuditEvent, User
from alltid.people.reference import reference
from tests.cast import Cast

LOG = "/staff/team/north/log/"
pytestmark = pytest.mark.django_db


def did(cast: Cast, name: str, verb: str, subject: object = "", why: str = "") -> AuditEvent:
    """Somebody of North did something; the system where no name is given."""
    actor = cast.user(name) if name else None
    return AuditEvent.write(verb, actor=actor, team=cast.north, subject=subject, why=why)


def shown(client: Client, query: str = "") -> list[str]:
    """The lines of the page, as text."""
    page = client.get(LOG + query)
    assert page.status_code == 200
    found = re.findall(r"<span>(<strong>.*?)</span></li>", page.content.decode())
    return [re.sub(r"<[^>]+>", "", line) for line in found]


def taken_out(client: Client, **asked: str) -> bytes:
    """The file that Lo gets."""
    answer = client.post(f"{LOG}export/", {"form": "csv"} | asked)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


# --- only added to -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda rows: QuerySet.update(rows, why="changed"), id="update"),
        pytest.param(lambda rows: QuerySet.delete(rows), id="delete"),
        pytest.param(lambda rows: rows._raw_delete(rows.db), id="delete at once"),
        pytest.param(lambda rows: rows.bulk_update(_with_why(rows), ["why"]), id="update many"),
        pytest.param(
            lambda rows: connection.cursor().execute("DELETE FROM people_auditevent"), id="SQL"
        ),
        pytest.param(
            lambda rows: connection.cursor().execute("UPDATE people_auditevent SET at = at"),
            id="SQL update",
        ),
    ],
)
def test_eva_changes_the_log_past_its_own_methods_and_the_database_refuses(
    cast: Cast, change: Any
) -> None:
    did(cast, "Bo", "opened", why="before")
    rows = AuditEvent.objects.filter(verb="opened")
    before = list(AuditEvent.objects.order_by("id").values())
    with pytest.raises((DatabaseError, TypeError)), transaction.atomic():
        change(rows)
    assert list(AuditEvent.objects.order_by("id").values()) == before


def _with_why(rows: Any) -> list[AuditEvent]:
    for row in (found := list(rows)):
        row.why = "changed"
    return found


@pytest.mark.django_db(transaction=True)
def test_what_stood_in_the_log_has_its_kind_after_the_upgrade(cast: Cast) -> None:
    try:
        before = [("people", "0001_initial")]
        old = MigrationExecutor(connection).migrate(before).apps.get_model("people", "AuditEvent")
        for verb in ("opened", "erased", "let_in", "exported"):
            old.objects.create(verb=verb, team_id=cast.north.pk, subject=f"old {verb}")
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
    kinds = AuditEvent.objects.filter(subject__startswith="old").values_list("verb", "kind")
    assert dict(kinds) == {
        "opened": "opened", "erased": "destroyed", "let_in": "changed", "exported": "exported",
    }  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.all()._raw_delete("default")


# --- read by person, case and kind ---------------------------------------------------------------


def test_lo_asks_who_opened_what_and_what_was_destroyed(cast: Cast) -> None:
    one, other = str(uuid4()), str(uuid4())
    did(cast, "Bo", "opened", one)
    did(cast, "Bo", "opened", other)
    did(cast, "Lo", "opened", one)
    did(cast, "Bo", "exported", one)
    did(cast, "", "erased", other, "swept")
    lo, bo = cast.browser("Lo"), cast.user("Bo").pk
    a, b = reference(UUID(one)), reference(UUID(other))
    assert shown(lo, f"?case={one}") == [
        f"Bo took a copy out · {a}", f"Lo opened · {a}", f"Bo opened · {a}",
    ]  # fmt: skip
    assert shown(lo, f"?person={bo}&kind=opened") == [f"Bo opened · {b}", f"Bo opened · {a}"]
    assert shown(lo, "?kind=destroyed") == [f"the system erased · {b} · swept"]
    assert shown(lo, "?person=nobody") == [f"the system erased · {b} · swept"]
    assert shown(lo, f"?case={other}&kind=exported") == []
    assert (
        "Nothing like that stands in the log." in lo.get(LOG + f"?case={uuid4()}").content.decode()
    )


@pytest.mark.parametrize(
    "query", ["?person=Bo", "?case=tavi-noka", "?kind=all", "?before=x", "?case=" + "0" * 32]
)
def test_an_address_that_asks_for_nothing_there_is_is_not_found(cast: Cast, query: str) -> None:
    assert cast.browser("Lo").get(LOG + query).status_code == 404


def test_a_case_that_is_hidden_from_lo_is_not_in_any_filter_nor_in_any_file(cast: Cast) -> None:
    secret = str(uuid4())
    did(cast, "Bo", "opened", secret)
    did(cast, "Bo", "recused", secret, str(cast.user("Lo").pk))
    lo, name = cast.browser("Lo"), reference(UUID(secret))
    for query in ("", f"?case={secret}", f"?person={cast.user('Bo').pk}", "?kind=opened"):
        assert not [line for line in shown(lo, query) if name in line or "hid" in line]
    for form in ("csv", "jsonl"):
        assert name not in taken_out(lo, form=form).decode()
        assert b"opened" not in taken_out(lo, form=form, case=secret).split(b"log_exported")[-1]


def test_lo_turns_the_pages_of_a_filter_and_the_filter_stays(cast: Cast) -> None:
    for number in range(120):
        did(cast, "Bo" if number % 2 else "Lo", "opened", why=f"line {number}.")
    lo, seen, query = cast.browser("Lo"), [], f"?person={cast.user('Bo').pk}&kind=opened"
    while query:
        page = lo.get(LOG + query).content.decode()
        seen += [int(n) for n in re.findall(r"line (\d+)\.", page)]
        older = re.search(r'href="(\?[^"]*)" rel="next"', page)
        query = older[1].replace("&amp;", "&") if older else ""
    assert seen == list(range(119, 0, -2))


def test_a_long_log_takes_as_many_queries_as_a_short_one(cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            lo.get(LOG)
        return len(asked)

    lo = cast.browser("Lo")
    did(cast, "Bo", "opened", uuid4())
    lo.get(LOG)
    short = queries()
    for _number in range(60):
        did(cast, "Bo", "opened", uuid4())
    assert queries() == short


# --- taken out -----------------------------------------------------------------------------------


def test_lo_takes_the_log_out_and_the_first_line_says_so(cast: Cast) -> None:
    case = str(uuid4())
    did(cast, "Bo", "opened", case)
    text = taken_out(cast.browser("Lo")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["who"], row["kind"], row["verb"], row["why"]) for row in rows[:2]] == [
        ("Lo", "exported", "log_exported", "csv"), ("Bo", "opened", "opened", ""),
    ]  # fmt: skip
    assert rows[1]["subject"] == reference(UUID(case))
    newest = AuditEvent.objects.latest("id")
    assert (newest.verb, newest.actor, newest.team) == (
        "log_exported", cast.user("Lo"), cast.north,
    )  # fmt: skip


def test_both_files_say_the_same_all_of_it_and_what_happens_meanwhile_is_not_in_them(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alltid.people.audit._AT_ONCE", 7)
    for _number in range(40):
        did(cast, "Bo", "opened", uuid4())
    answer = cast.browser("Lo").post(f"{LOG}export/", {"form": "jsonl", "kind": "opened"})
    did(cast, "Bo", "opened", uuid4(), "later")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    told = [json.loads(line) for line in lines]
    text = taken_out(cast.browser("Lo"), kind="opened").decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["why"] != "later"]
    assert len(told) == 40
    assert [defused(one["subject"]) for one in told] == [row["subject"] for row in rows]
    assert [one["at"] for one in told] == [row["at"] for row in rows]


def test_the_file_speaks_los_language_and_her_teams_clock(cast: Cast) -> None:
    event = did(cast, "Bo", "opened")
    User.objects.filter(name="Lo").update(language="sv")
    line = json.loads(taken_out(cast.browser("Lo"), form="jsonl", kind="opened").splitlines()[0])
    assert line["what"] == "öppnade"
    assert line["at"].endswith(("+01:00", "+02:00"))
    assert line["at"] == cast.north.local(event.at).isoformat(timespec="seconds")


def test_somebody_named_like_a_formula_is_text_in_a_spreadsheet(cast: Cast) -> None:
    User.objects.filter(name="Bo").update(first_name='=HYPERLINK("x")')
    did(cast, "Bo", "opened")
    rows = list(csv.DictReader(io.StringIO(taken_out(cast.browser("Lo")).decode("utf-8-sig"))))
    assert rows[1]["who"] == '\'=HYPERLINK("x")'


@given(st.text())
def test_no_text_becomes_a_formula_and_none_is_lost(text: str) -> None:
    cell = defused(text)
    assert not cell.strip() or cell.strip()[0] not in "=+-@＝＋－＠"
    assert cell in (text, f"'{text}")


@given(st.text(st.characters(categories=["L", "N"]), min_size=1))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert defused(text) == text


def test_bo_cato_and_mio_take_no_log_out_and_nothing_is_noted(cast: Cast) -> None:
    for name in ("Bo", "Cato", "Mio", "Dag", "Eva"):
        answer = cast.browser(name).post(f"{LOG}export/", {"form": "csv"})
        assert answer.status_code == 404
    assert not AuditEvent.objects.filter(verb="log_exported").exists()
    assert cast.browser("Lo").post(f"{LOG}export/", {"form": "xml"}).status_code == 404
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = cast.browser("Lo").cookies
    assert careful.post(f"{LOG}export/", {"form": "csv"}).status_code == 403
    assert not AuditEvent.objects.filter(verb="log_exported").exists()
