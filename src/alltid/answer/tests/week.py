"""Easter week in a school, for `test_week.py`: who does what and when, and what is written down.

North reads on working days from 8 to 16: Bo and Cato, and Lo who leads. South stands behind it,
reads on Saturdays too, and Mio leads there. Cato is on leave from Thursday to Monday. From Friday
to Monday nobody reads in North (Good Friday, the week-end, Easter Monday), and in the night to
Easter Sunday, the acute one, the clock goes from 2 to 3. A round (`alltid tick`) runs a minute
past each half hour.

Every child tells and comes back through the child's pages with six words, and every adult works at
the desk. `run` does it all on a clock of its own, and gives the lines of the table.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from itertools import groupby
from typing import NamedTuple
from unittest.mock import patch
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core import mail
from django.core.management import call_command

from alltid.people import keys
from alltid.people.models import AuditEvent, Membership, Team, User
from alltid.people.reference import reference
from alltid.people.tests.scene import EVERY_DAY
from alltid.tell import views as tell_views
from alltid.tell.models import Disclosure, Handing
from alltid.tell.tests.conftest import Ada
from tests.cast import Cast

from ..models import Case, CaseDeadline, CaseEvent, Notice

ZONE = ZoneInfo("Europe/Stockholm")
WORKING_DAYS = {str(day): EVERY_DAY[str(day)] for day in range(5)}
_HALF_HOUR = timedelta(minutes=30)
# The table's lines about nobody's talk: the first page, the inboxes, each person's post, the team.
HOUSE = "house"


def moment(text: str) -> datetime:
    """`Sun 28 03:31` in this week."""
    day, time = text.split()[1:]
    return datetime.fromisoformat(f"2027-03-{day}T{time}").replace(tzinfo=ZONE)


def said(at: datetime) -> str:
    """A moment as the table has it; another month is named."""
    local = at.astimezone(ZONE)
    return local.strftime("%a %d %H:%M" if local.month == 3 else "%d %b %H:%M")


BEGINS, ENDS = moment("Wed 24 07:00"), moment("Wed 31 08:30")


# The nights in which something falls due; in the others a round would find nothing.
NIGHTS = (("Sat 27 23:00", "Sun 28 06:00"), ("Tue 30 23:00", "Wed 31 01:00"))
SHUT = (26, 27, 28, 29)


def rounds() -> Iterator[datetime]:
    """A minute past each half hour of a working day and of those nights; else at 8, 12 and 16."""
    at = BEGINS + timedelta(minutes=1)
    while at < ENDS:
        by_night = any(moment(begins) < at < moment(ends) for begins, ends in NIGHTS)
        by_day = 8 <= at.hour < 17 and (at.day not in SHUT or (at.hour % 4, at.minute) == (0, 1))
        if by_night or by_day:
            yield at
        at = (at.astimezone(UTC) + _HALF_HOUR).astimezone(ZONE)


# --- the script ----------------------------------------------------------------------------------

Deed = Callable[["Week"], None]


@dataclass
class Script:
    """What people do, each with its moment; in the order of the clock when it is played."""

    rows: list[tuple[datetime, Deed]] = field(default_factory=list)

    def at(self, when: str, deed: Callable[..., None], *args: object, **more: object) -> None:
        """One thing that somebody does."""
        self.rows.append((moment(when), partial(deed, *args, **more)))  # type: ignore[arg-type]

    def helped(self, number: int, told: str, who: str, opened: str, risk: str = "low") -> None:
        """A child writes; one adult opens it, answers five minutes later, and says how urgent."""
        begins = moment(opened)
        self.at(told, tells, number)
        self.at(opened, opens, who, number)
        later = [said(begins + timedelta(minutes=minutes)) for minutes in (5, 6)]
        self.at(later[0], answers, who, number)
        if risk:
            self.at(later[1], does, who, number, "risk", risk=risk)


def tells(number: int, week: "Week", **taps: str) -> None:
    """A child writes on the first page and gets six words."""
    ada = Ada()
    words = ada.tell("hej", **taps)
    assert len(words) == 6, f"{number:02} was not given six words: {shown(ada.html)[:400]}"
    week.told(number, words)
    found = re.search(r"Someone reads before .*?\.", shown(ada.html))
    week.note(number, "page", f"told: {found.group() if found else shown(ada.html)}")


def comes_back(number: int, week: "Week") -> Ada:
    """A child writes the six words; what stands above the field is noted."""
    ada = Ada()
    ada.come_back(week.words[number])
    week.note(number, "page", standing(ada.html))
    return ada


def writes_more(number: int, week: "Week", **taps: str) -> None:
    """A child comes back and writes."""
    ada = comes_back(number, week)
    ada.send("more/", text="one more thing", do="send", **taps)
    assert ada.sees("We have it."), shown(ada.html)
    week.note(number, "page", standing(ada.html))


def ends(number: int, week: "Week") -> None:
    """A child comes back and ends the talk."""
    ada = comes_back(number, week)
    ada.send("end/", do="ask")
    ada.send("end/", do="end")
    week.note(number, "page", "It is ended." if ada.sees("It is ended.") else shown(ada.html))


def looks(week: "Week") -> None:
    """A child looks at the first page, and writes nothing."""
    ada = Ada()
    ada.look()
    lines = [shown(part) for part in re.findall(r"<p>.*?</p>", ada.html, re.DOTALL)]
    of_readers = [
        one for one in lines if re.search(r" read this|Nobody reads|longer than|inste", one)
    ]
    week.note(HOUSE, "first page", " ".join(one for one in of_readers if "You can talk" not in one))


def opens(who: str, number: int, week: "Week") -> None:
    """An adult opens a thread."""
    page = week.cast.browser(who).get(f"/staff/thread/{week.pk(number)}/")
    assert page.status_code == 200, f"{who} cannot open {number:02}: {page.status_code}."


def answers(who: str, number: int, week: "Week") -> None:
    """An adult answers what stands on the page."""
    newest = Disclosure.objects.get(pk=week.pk(number)).sequence
    week.post(who, number, "", text="Thank you for telling.", read_up_to=newest)


def hides(who: str, number: int, whom: str, week: "Week") -> None:
    """An adult hides a thread from a colleague."""
    week.post(who, number, "hide/", member=week.cast.user(whom).pk)


def passes(who: str, number: int, whom: str, week: "Week") -> None:
    """An adult gives a thread to a colleague."""
    week.post(who, number, "pass/", member=week.cast.user(whom).pk)


def does(who: str, number: int, name: str, week: "Week", /, **typed: object) -> None:
    """An adult does one thing in the case, before its newest page.

    member: a colleague's name; child: which of the children concerned, from 1; step: the newest.
    """
    case = Case.objects.get(disclosure=week.pk(number))
    if "member" in typed:
        typed["member"] = week.cast.user(str(typed["member"])).pk
    if "whom" in typed and name == "debrief-held":
        typed["whom"] = week.cast.user(str(typed["whom"])).pk
    if "child" in typed:
        added = case.events.filter(kind="child_added").order_by("sequence")
        typed["child"] = added[int(str(typed["child"])) - 1].child
    if name == "step-done":
        newest = case.events.filter(kind="step_taken_up").latest("sequence")
        typed["step"] = newest.codes["step"]
    if "other" in typed:
        typed["other"] = week.pk(int(str(typed["other"])))
    week.post(who, number, f"case/{name}/", seen=case.sequence, **typed)


def asks_team(who: str, number: int, name: str, week: "Week") -> None:
    """An adult asks another team to take over; their own goes on reading."""
    case = Case.objects.get(disclosure=week.pk(number))
    asked = {"team": Team.objects.get(name=name).pk, "words": "Can you?", "afterwards": "reads"}
    week.post(who, number, "another-team/", seen=case.sequence, **asked)


def answers_team(who: str, number: int, answer: str, week: "Week") -> None:
    """An adult of the team that is asked reads the question, and says `accept` or `decline`."""
    page = f"/staff/asked/{Handing.objects.get(disclosure=week.pk(number)).pk}/"
    assert week.cast.browser(who).get(page).status_code == 200
    said_so = week.cast.browser(who).post(f"{page}{answer}/", {"because": "We are full."})
    assert said_so.status_code == 303, shown(said_so.content.decode())


def is_away(who: str, first: str, last: str, week: "Week") -> None:
    """An adult says when they are away."""
    typed = {"north-first": first, "north-last": last}
    page = week.cast.browser(who).post("/staff/account/away/north/", typed)
    assert page.status_code == 302, shown(page.content.decode())


def looks_at_inbox(who: str, team: str, week: "Week") -> None:
    """An adult looks at an inbox: what is due, what other teams ask, and the talks, in their order.

    Neighbours that say the same stand together, and what is answered stands last.
    """
    html = week.cast.browser(who).get(f"/staff/inbox/{team.lower()}/").content.decode()
    for number, pk in week.pks.items():
        html = html.replace(reference(pk), f"№{number:02}")
    column = f"{who}'s inbox in {team} {said(week.now)}"
    for begins, before in (
        ('id="falls-due"', "due "),
        ('id="asked-here"', "asked "),
        ('<ol class="inbox"', ""),
    ):
        listed = html.partition(begins)[2].partition("</ol>")[0]
        rows = sorted(map(_row, listed.split("<li")[1:]), key=lambda row: row[1] == "answered")
        for line, alike in groupby(rows, key=lambda row: row[1]):
            which = " ".join(sorted(number for number, _line in alike))
            week.house[column].append(f"{before}{line}: {which}".rstrip(": "))


def _row(html: str) -> tuple[str, str]:
    """The number, where there is one, and the words of a row of the inbox."""
    text = shown(html).partition(" Written ")[0]
    number = "".join(re.findall(r"№(\d\d)", text))
    words = re.sub(r"№\d\d( ·)?", "", text).replace(" ·", ",")
    words = " ".join(words.split())
    return number, "answered" if words.startswith("answered") else words


def shown(html: str) -> str:
    """A page's text in one line."""
    html = re.sub(r"<(style|script)\b.*?</\1>", " ", html, flags=re.DOTALL)
    text = unescape(re.sub(r"^[^<>]*>|<[^>]+>", " ", html))
    return re.sub(r" ([.,])", r"\1", " ".join(text.split()))


def standing(html: str) -> str:
    """What stands in a child's talk above the field, without the greeting."""
    above = html.partition("<main")[2].partition("<form")[0].partition("<details")[0]
    return shown("<main" + above).removeprefix("Hi again. ")


def easter_week() -> Script:
    """Forty children, in the order in which they write."""
    week = Script()
    at, helped = week.at, week.helped

    # Wednesday: Bo, Cato and Lo are here.
    helped(1, "Wed 24 07:10", "Bo", "Wed 24 08:20")
    at("Wed 24 17:00", comes_back, 1)
    at("Thu 25 09:20", does, "Lo", 1, "confirm")
    helped(2, "Wed 24 08:05", "Lo", "Wed 24 08:45")
    helped(3, "Wed 24 08:40", "Cato", "Wed 24 09:10", "medium")
    helped(4, "Wed 24 08:50", "Cato", "Wed 24 09:35")
    helped(5, "Wed 24 09:05", "Bo", "Wed 24 09:40")
    # Nobody says how urgent it is.
    helped(6, "Wed 24 09:40", "Bo", "Wed 24 10:05", risk="")

    # It is about Bo.
    at("Wed 24 10:00", tells, 7)
    at("Wed 24 10:10", opens, "Lo", 7)
    at("Wed 24 10:12", hides, "Lo", 7, "Bo")
    at("Wed 24 10:14", does, "Lo", 7, "raise", flag="staff")
    at("Wed 24 10:20", answers, "Lo", 7)
    at("Wed 24 10:22", does, "Lo", 7, "risk", risk="medium")
    at("Wed 24 15:10", comes_back, 7)
    at("Thu 25 10:15", writes_more, 7)
    at("Thu 25 10:40", opens, "Lo", 7)
    at("Thu 25 10:45", answers, "Lo", 7)

    # The child who did it, and the one who was harmed.
    at("Wed 24 10:20", tells, 8, about="something_i_did", age="13_15")
    at("Wed 24 10:40", opens, "Bo", 8)
    at("Wed 24 10:45", answers, "Bo", 8)
    at("Wed 24 10:50", does, "Bo", 8, "risk", risk="medium")
    at("Wed 24 11:00", does, "Bo", 8, "child", role="did_it", identifiable="on")
    at("Wed 24 11:02", does, "Bo", 8, "child", role="other", identifiable="on")
    at("Wed 24 11:10", does, "Bo", 8, "duty", child=1, duty="consult")
    at("Wed 24 11:15", does, "Bo", 8, "support", child=1, support="with_us")
    at("Wed 24 11:20", does, "Bo", 8, "step", what="another_worker", day="2027-03-25")
    at("Wed 24 16:40", comes_back, 8)
    at("Thu 25 08:40", does, "Bo", 8, "duty", child=2, duty="report")
    at("Thu 25 09:10", does, "Bo", 8, "refer", child=2, to="social_services")
    at("Thu 25 13:00", does, "Lo", 8, "step-done")
    at("Thu 25 13:05", does, "Lo", 8, "confirm")

    # Is it a prank? It has its kind answer, and a second person reads it.
    helped(9, "Wed 24 10:50", "Bo", "Wed 24 11:25")
    at("Wed 24 11:35", does, "Bo", 9, "prank", because="It sounds copied.")
    at("Thu 25 10:05", does, "Lo", 9, "prank-agree")

    # Read in time, and answered too late.
    at("Wed 24 11:15", tells, 10)
    at("Wed 24 11:40", opens, "Bo", 10)
    at("Wed 24 14:10", comes_back, 10)
    at("Wed 24 15:10", answers, "Bo", 10)
    at("Wed 24 15:12", does, "Bo", 10, "risk", risk="low")
    at("Wed 24 15:40", comes_back, 10)

    helped(11, "Wed 24 12:10", "Cato", "Wed 24 12:35")
    # Another team is asked, and says yes.
    helped(12, "Wed 24 12:40", "Lo", "Wed 24 13:05")
    at("Wed 24 13:40", asks_team, "Lo", 12, "South")
    at("Wed 24 14:40", comes_back, 12)
    at("Thu 25 10:20", answers_team, "Mio", 12, "accept")
    at("Thu 25 10:25", opens, "Mio", 12)
    at("Thu 25 12:40", comes_back, 12)
    # Another team is asked, and says no.
    helped(13, "Wed 24 13:05", "Bo", "Wed 24 13:20")
    at("Wed 24 14:10", asks_team, "Bo", 13, "South")
    at("Thu 25 09:40", answers_team, "Dag", 13, "decline")
    at("Thu 25 12:45", comes_back, 13)
    helped(14, "Wed 24 13:40", "Cato", "Wed 24 14:05", "medium")

    # High: the duty to report is decided a day late, and nobody writes again before the holiday.
    helped(15, "Wed 24 14:30", "Bo", "Wed 24 14:50", "high")
    at("Wed 24 15:05", does, "Bo", 15, "child", role="self", identifiable="on")
    at("Wed 24 15:30", does, "Lo", 15, "confirm")
    at("Thu 25 09:15", does, "Bo", 15, "duty", child=1, duty="report")
    at("Tue 30 09:40", answers, "Bo", 15)
    at("Tue 30 14:10", does, "Lo", 15, "debrief-held", whom="Bo")

    helped(16, "Wed 24 15:10", "Bo", "Wed 24 15:25")
    helped(17, "Wed 24 15:50", "Bo", "Thu 25 08:50")

    # Cato goes on leave: one case has its cover, one is declined and passed on, two are left.
    three = {"stands": "calm", "next": "write on Tuesday", "beware": "nothing"}
    at("Wed 24 15:00", does, "Cato", 3, "hand-over", member="Bo", **three)
    at("Wed 24 15:20", does, "Bo", 3, "accept")
    at("Wed 24 15:06", does, "Cato", 4, "hand-over", member="Lo", **three)
    at("Wed 24 15:40", does, "Lo", 4, "decline")
    at("Wed 24 15:50", passes, "Cato", 4, "Bo")
    at("Wed 24 15:55", is_away, "Cato", "2027-03-25", "2027-03-29")
    at("Thu 25 08:40", writes_more, 3)
    at("Thu 25 09:05", opens, "Bo", 3)
    at("Thu 25 09:10", answers, "Bo", 3)
    at("Thu 25 12:10", comes_back, 3)
    at("Thu 25 12:15", comes_back, 4)
    at("Thu 25 12:20", comes_back, 11)
    at("Thu 25 13:10", writes_more, 14)
    at("Thu 25 13:40", opens, "Lo", 14)
    at("Thu 25 13:45", answers, "Lo", 14)
    at("Tue 30 08:50", does, "Cato", 3, "take-back")

    # Maundy Thursday: Bo and Lo.
    helped(18, "Thu 25 08:20", "Lo", "Thu 25 08:55")
    helped(19, "Thu 25 09:10", "Bo", "Thu 25 09:40")
    helped(20, "Thu 25 09:40", "Bo", "Thu 25 10:10")
    # Ended before anybody read it: one is opened the same day, one never.
    at("Thu 25 10:30", tells, 21)
    at("Thu 25 10:50", ends, 21)
    at("Thu 25 11:20", opens, "Bo", 21)
    at("Thu 25 11:10", tells, 22)
    at("Thu 25 11:25", ends, 22)
    # Written before, with no words any more.
    at("Thu 25 11:40", tells, 23, linked="1")
    at("Thu 25 11:50", opens, "Bo", 23)
    at("Thu 25 11:55", answers, "Bo", 23)
    at("Thu 25 11:56", does, "Bo", 23, "risk", risk="low")
    at("Thu 25 11:58", does, "Bo", 23, "link", other=5)
    helped(24, "Thu 25 12:05", "Lo", "Thu 25 12:25")
    # Read, and left lying over Easter.
    at("Thu 25 12:50", tells, 25)
    at("Thu 25 13:15", opens, "Bo", 25)
    at("Sat 27 12:10", comes_back, 25)
    at("Tue 30 08:20", answers, "Bo", 25)
    at("Tue 30 08:21", does, "Bo", 25, "risk", risk="medium")
    at("Tue 30 09:10", comes_back, 25)
    # About Bo too, and nobody carries it when the child writes again.
    at("Thu 25 13:35", tells, 26)
    at("Thu 25 13:50", opens, "Lo", 26)
    at("Thu 25 13:52", hides, "Lo", 26, "Bo")
    at("Thu 25 14:10", writes_more, 26)
    at("Thu 25 14:40", opens, "Lo", 26)
    at("Thu 25 14:45", answers, "Lo", 26)
    at("Thu 25 14:46", does, "Lo", 26, "risk", risk="low")
    helped(27, "Thu 25 14:10", "Bo", "Thu 25 14:20", "medium")
    helped(28, "Thu 25 15:50", "Cato", "Tue 30 08:30")
    helped(29, "Thu 25 17:30", "Cato", "Tue 30 08:40")

    # Easter.
    helped(30, "Fri 26 10:10", "Bo", "Tue 30 10:20")
    at("Tue 30 10:10", comes_back, 30)

    # The acute night, in which the clock goes from 2 to 3. Bo wakes, Lo sleeps.
    at("Sat 27 23:20", tells, 31, now="threatened")
    at("Sun 28 00:10", opens, "Bo", 31)
    at("Sun 28 00:12", does, "Bo", 31, "risk", risk="immediate")
    at("Sun 28 00:15", answers, "Bo", 31)
    at("Sun 28 00:20", does, "Bo", 31, "rang", whom="emergency")
    at("Sun 28 00:25", does, "Bo", 31, "child", role="self", identifiable="on")
    at("Sun 28 00:40", does, "Bo", 31, "duty", child=1, duty="report")
    at("Sun 28 01:10", does, "Bo", 31, "refer", child=1, to="social_services")
    at("Sun 28 03:45", does, "Lo", 31, "confirm")
    at("Sun 28 12:10", comes_back, 31)
    at("Mon 29 10:10", answers, "Bo", 31)
    at("Tue 30 14:15", does, "Lo", 31, "debrief-held", whom="Bo")
    # Nobody wakes.
    at("Sun 28 01:20", tells, 32, now="not_safe")
    at("Sun 28 04:40", opens, "Lo", 32)
    at("Sun 28 04:45", answers, "Lo", 32)
    at("Sun 28 05:10", does, "Lo", 32, "risk", risk="high")
    helped(33, "Sun 28 03:10", "Bo", "Tue 30 08:55")
    helped(34, "Mon 29 20:10", "Cato", "Tue 30 09:20")

    # Tuesday: everybody is here again.
    helped(35, "Tue 30 08:10", "Cato", "Tue 30 09:00")
    helped(36, "Tue 30 09:05", "Lo", "Tue 30 09:30")
    helped(37, "Tue 30 10:15", "Bo", "Tue 30 10:50")
    helped(38, "Tue 30 11:30", "Cato", "Tue 30 12:05")
    helped(39, "Tue 30 13:05", "Bo", "Tue 30 13:25")
    at("Tue 30 15:40", tells, 40)

    for when in ("Wed 24 07:05", "Thu 25 17:20", "Sat 27 12:00", "Tue 30 10:05"):
        at(when, looks)
    for when in ("Wed 24 12:05", "Thu 25 15:35", "Sun 28 04:05", "Tue 30 08:05", "Tue 30 16:05"):
        at(when, looks_at_inbox, "Lo", "North")
    at("Tue 30 08:06", looks_at_inbox, "Bo", "North")
    at("Wed 24 14:35", looks_at_inbox, "Mio", "South")
    return week


# --- the week ------------------------------------------------------------------------------------


class Due(NamedTuple):
    """What a case wants by when."""

    disclosure: UUID
    wanted: str
    subject: str
    due: datetime


@dataclass
class Week:
    """The clock, the children's words, and what has been written down."""

    cast: Cast
    now: datetime = BEGINS
    words: dict[int, list[str]] = field(default_factory=dict)
    pks: dict[int, UUID] = field(default_factory=dict)
    lines: dict[tuple[object, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    house: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _wanted: set["Due"] = field(default_factory=set)
    _late: set["Due"] = field(default_factory=set)

    def told(self, number: int, words: list[str]) -> None:
        """Remember a child's words and their disclosure."""
        self.words[number] = words
        self.pks[number] = Disclosure.objects.exclude(pk__in=self.pks.values()).get().pk

    def pk(self, number: int) -> UUID:
        """A disclosure's id."""
        return self.pks[number]

    def note(self, about: object, column: str, text: str) -> None:
        """Write a line down with its moment."""
        line = f"{said(self.now)} {text}"
        if about == HOUSE:
            self.house[column].append(line)
        else:
            self.lines[about, column].append(line)

    def post(self, who: str, number: int, path: str, **typed: object) -> None:
        """Send a form of the desk; whoever sends it is led on."""
        page = self.cast.browser(who).post(f"/staff/thread/{self.pk(number)}/{path}", typed)
        sentence = f"{said(self.now)} {who} cannot send {path or 'the answer'} in {number:02}"
        assert page.status_code == 303, f"{sentence}: {shown(page.content.decode())[:600]}"

    def round(self) -> None:
        """Run `alltid tick` and write down who was told of what, and what is late by now."""
        mail.outbox.clear()
        call_command("tick", stdout=_Nowhere())
        numbers = {pk: number for number, pk in self.pks.items()}
        sent = Notice.objects.filter(sent=self.now).select_related("user")
        by_reason = defaultdict(set)
        for notice in sent:
            number = numbers.get(notice.disclosure_id, HOUSE)
            by_reason[number, _reason(notice)].add(notice.user.first_name)
        for (number, why), names in sorted(by_reason.items(), key=str):
            self.note(number, "mail", f"{' '.join(sorted(names))}: {why}")
        for one in mail.outbox:
            assert one.subject == one.body, one.subject
            name = User.objects.get(email=one.to[0]).first_name
            self.note(HOUSE, f"{name}'s post", one.body)
        for row in self._deadlines():
            if row.due < self.now and row not in self._late:
                self._late.add(row)
                self.note(numbers[row.disclosure], "late", self._wants(row))

    def look(self) -> None:
        """Write down what the cases have come to want."""
        numbers = {pk: number for number, pk in self.pks.items()}
        for row in self._deadlines():
            if row not in self._wanted:
                self._wanted.add(row)
                line = f"{self._wants(row)} by {said(row.due)}"
                self.lines[numbers[row.disclosure], "wants"].append(line)

    def _deadlines(self) -> list["Due"]:
        rows = CaseDeadline.objects.order_by("due", "wanted", "id")
        return [Due(*row) for row in rows.values_list("case__disclosure", *Due._fields[1:])]

    def _wants(self, row: "Due") -> str:
        """What is wanted; of several children with the number of the one it is about."""
        added = CaseEvent.objects.filter(case__disclosure=row.disclosure, kind="child_added")
        children = [str(event.child) for event in added.order_by("sequence")]
        which = f" {children.index(row.subject) + 1}" if row.subject in children else ""
        return f"{_plain(row.wanted)}{which if len(children) > 1 else ''}"

    def write_log(self, after: int) -> None:
        """Write down every line of the log, a minute's deeds of one person together."""
        numbers = {str(pk): number for number, pk in self.pks.items()}
        names = {str(user.pk): user.first_name for user in User.objects.all()}
        found = AuditEvent.objects.filter(pk__gt=after).select_related("actor").order_by("pk")
        by_talk = defaultdict(list)
        for event in found:
            why = f" ({names.get(event.why, event.why)})" if event.why else ""
            who = event.actor.first_name if event.actor else "the system"
            team = "" if event.team == self.cast.north else f" in {event.team}"
            verb = f"{_plain(event.verb.removeprefix('case_'))}{why}{team}"
            by_talk[numbers.get(event.subject, HOUSE)].append((said(event.at), who, verb))
        for number, events in by_talk.items():
            for (at, who), deeds in groupby(events, key=lambda event: event[:2]):
                line = f"{at} {who} {', '.join(deed[2] for deed in deeds)}"
                if number == HOUSE:
                    self.house["team's log"].append(line)
                else:
                    self.lines[number, "log"].append(line)


def _plain(code: str) -> str:
    return code.replace("_", " ")


# What a mail was about, which it does not say.
_REASONS = {
    Notice.Kind.NEW: "a child wrote",
    Notice.Kind.ACUTE: "danger",
    Notice.Kind.LATE: "promise broken",
    Notice.Kind.COVER: "promise broken, to the cover",
    Notice.Kind.TEAM_ASKED: "asked to take over",
    Notice.Kind.TEAM_LATE: "asked to take over, late",
    Notice.Kind.TEAM_ANSWERED: "the other team has answered",
    Notice.Kind.STEP: "overdue",
    Notice.Kind.STEP_LEAD: "overdue, to the lead",
    Notice.Kind.STEP_COVER: "overdue, to the cover",
}


def _reason(notice: Notice) -> str:
    words = _REASONS[Notice.Kind(notice.kind)]
    first = notice.about.split()[0]
    if first == "unopened":
        return words.replace("promise broken", "danger not opened")
    return f"{words}: {_plain(first)}" if notice.kind.startswith("step") else words


class _Nowhere:
    def write(self, _text: str) -> None:
        """What the command says to whoever runs it is not part of the week."""


@contextmanager
def _clock(week: Week) -> Iterator[None]:
    with patch("django.utils.timezone.now", lambda: week.now):
        yield


def _joins(cast: Cast, name: str, team: Team, lead: str) -> None:
    """Somebody reads in this team, and in no other."""
    Membership.objects.filter(user=cast.user(name)).delete()
    membership = Membership.objects.create(team=team, user=cast.user(name))
    keys.let_in(membership, cast[lead].unlocked())


def run(cast: Cast, script: Script) -> Week:
    """Play the week; what happened."""
    week = Week(cast)
    with _clock(week):
        _joins(cast, "Cato", cast.north, "Lo")
        _joins(cast, "Dag", cast.south, "Mio")
        Team.objects.filter(pk=cast.north.pk).update(opening=WORKING_DAYS)
        for name in ("Bo", "Cato", "Lo", "Mio", "Dag"):
            User.objects.filter(name=name).update(email=f"{name.lower()}@example.org", seen=BEGINS)
        newest = AuditEvent.objects.latest("pk").pk
        every = [(at, 0, Week.round) for at in rounds()]
        every += [(at, 1, deed) for at, deed in script.rows]
        for at, _order, deed in sorted(every, key=lambda row: (row[0].timestamp(), row[1])):
            week.now = at
            tell_views.forget_remembered()
            deed(week)
            week.look()
        week.write_log(newest)
    return week
