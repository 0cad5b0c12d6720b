"""Notices: mail that says that something waits, or that it is time to sign in, and nothing else.

Who is told, what, and when:

    a child wrote          who answers it, else every member      in the team's hours
    a child is in danger   every member                           at once
    nobody opens that in   the leads once more, and after an      at once
      time (first_read)    hour the leads of the cover team
    a promise is broken    the leads                              at once, or in the team's hours
    for an hour already    the leads of the cover team            in the cover team's hours
    a step of a case, or   who carries it (the leads, where it    at once where the risk is
      the first reading,   is theirs), then the leads, then the   immediate, or a child in danger
      is overdue           cover team's (timers.ESCALATION)       waits; else in each team's hours
    another team is asked  every member of it, then its leads     in its hours; at once where the
                                                                  risk is immediate or a child waits
                                                                  in danger
    it has answered, or    who asked; where the child said no,    in each team's hours
      the child said no    the members of the other team too
    too few soon read      every member                           in the team's hours; before a day
                                                                  or more without any, at once

Whatever is about danger is told at once; of the rest a person gets one mail in a quarter of an
hour at the most. Who is away, or from whom it is hidden, is told nothing. Run it as often as you
like, also twice at once: a reason is claimed before the mail goes out, and told once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from alltid.people import mail
from alltid.people.models import Membership, Team, User
from alltid.tell.models import Disclosure, DisclosureQuerySet, Handing

from .casework import timers
from .casework.deadlines import not_yet_judged
from .casework.events import Risk
from .casework.timers import ESCALATION, FOR_LEADS, Wanted
from .chronology import catch_up
from .inbox import COVER_AFTER, first_read
from .models import CaseDeadline, Notice, Recusal, Writing

PAUSE = timedelta(minutes=15)
_DAY = timedelta(days=1)
# A claim this old whose mail never went out belongs to a run that died.
_ABANDONED = timedelta(minutes=10)
Kind = Notice.Kind
_OF_STEPS = (Kind.STEP, Kind.STEP_LEAD, Kind.STEP_COVER)
_OF_HANDINGS = (Kind.TEAM_ASKED, Kind.TEAM_LATE, Kind.TEAM_ANSWERED)
# So long a member who was not there is told still that a team has answered.
_ANSWERS_TOLD = timedelta(days=3)


@dataclass(frozen=True)
class Reason:
    """Why one person is told: a disclosure or a team, never both.

    about: which message or promise; another one is another reason.
    """

    user: User
    disclosure: UUID | None
    kind: str
    about: str
    urgent: bool
    team: UUID | None = None


@dataclass
class Round:
    """What a run did: how many mails went out, and how many could not."""

    sent: int = 0
    failed: int = 0


def run(now: datetime) -> Round:
    """Send what is due; what cannot be sent is tried again in the next run.

    What the cases want follows what happened in the talks first: a child may have read or written.
    """
    _catch_up(now)
    Writing.objects.forget_old(now)
    _forget_old(now)
    by_user: dict[User, list[Reason]] = defaultdict(list)
    for reason in untold(now):
        by_user[reason.user].append(reason)
    resting = set(
        Notice.objects.filter(user__in=by_user, sent__gt=now - PAUSE).values_list("user", flat=True)
    )
    done = Round()
    for user, found in by_user.items():
        urgent = any(reason.urgent for reason in found)
        if user.pk not in resting or urgent:
            _tell(user, found, urgent=urgent, now=now, done=done)
    return done


def _catch_up(now: datetime) -> None:
    """Let go of what is due and not wanted any more; open again where a child has written."""
    due = CaseDeadline.objects.filter(due__lt=now)
    for team in Team.objects.filter(Exists(due.filter(team=OuterRef("pk")))):
        late = Disclosure.objects.filter(pk__in=due.filter(team=team).values("case__disclosure"))
        _follow(late, now)
    _follow(Disclosure.objects.waiting().filter(case__closed=True), now)
    refused = Handing.objects.filter(state=Handing.State.REFUSED, referral__isnull=False)
    _follow(Disclosure.objects.filter(pk__in=refused.values("disclosure")), now)


def _follow(disclosures: DisclosureQuerySet, now: datetime) -> None:
    for disclosure in disclosures.select_related("team", "case"):
        catch_up(disclosure, disclosure.case, now)


def _forget_old(now: datetime) -> None:
    """Who was told of what is answered or mended by now is nobody's business any more."""
    old = Notice.objects.filter(sent__lt=now - PAUSE)
    of_talks = old.exclude(kind__in=(*_OF_STEPS, *_OF_HANDINGS))
    of_talks.filter(disclosure__rank__gt=Disclosure.Rank.WAITING).delete()
    late = CaseDeadline.objects.filter(due__lt=now, case__disclosure=OuterRef("disclosure"))
    unread = Disclosure.objects.waiting().filter(read_by_staff=0)
    of_steps = old.filter(~Exists(late), kind__in=_OF_STEPS)
    of_steps.exclude(disclosure__in=unread).delete()
    told = _told_of(now).values("disclosure")
    old.filter(kind__in=_OF_HANDINGS).exclude(disclosure__in=told).delete()
    for team in Team.objects.filter(notices__isnull=False).distinct():
        if not team.dropping_out(now):
            old.filter(team=team).delete()


# --- who is told, and why ----------------------------------------------------------------------


@dataclass(frozen=True)
class Crew:
    """Who of a team can be told now, and from whom what is hidden."""

    members: list[Membership]
    cover_leads: list[User]
    is_open: bool
    cover_is_open: bool
    hidden: set[tuple[UUID, UUID]]

    @classmethod
    def of(cls, team: Team, now: datetime) -> "Crew":
        """Look now."""
        cover = team.cover
        recusals = Recusal.objects.filter(disclosure__team=team)
        of_interest = Q(disclosure__in=Disclosure.objects.waiting()) | Q(
            disclosure__in=CaseDeadline.objects.filter(team=team, due__lt=now).values(
                "case__disclosure"
            )
        )
        return cls(
            members=_here(team, now),
            cover_leads=_leads(_here(cover, now)) if cover else [],
            is_open=team.hours.is_open(now),
            cover_is_open=bool(cover and cover.hours.is_open(now)),
            hidden=set(recusals.filter(of_interest).values_list("disclosure", "user")),
        )

    def who(self, disclosure: Disclosure) -> list[Membership]:
        """The members from whom this is not hidden."""
        return [one for one in self.members if (disclosure.pk, one.user_id) not in self.hidden]


def _here(team: Team, now: datetime) -> list[Membership]:
    members = team.memberships.filter(let_in__isnull=False, user__is_active=True)
    reachable = members.exclude(user__email="").select_related("user").order_by("pk")
    return [member for member in reachable if not member.is_away(now)]


def _leads(members: Iterable[Membership]) -> list[User]:
    return [member.user for member in members if member.role == Membership.Role.LEAD]


def reasons(now: datetime) -> Iterator[Reason]:
    """Every reason there is at this moment, told already or not."""
    yield from _shutting(now)
    yield from _steps(now)
    yield from _handings(now)
    waiting = Disclosure.objects.waiting()
    teams = Team.objects.filter(pk__in=waiting.values("team")).select_related("cover")
    for team in teams:
        crew = Crew.of(team, now)
        for disclosure in waiting.filter(team=team).select_related("case"):
            if disclosure.unread:
                yield from _written(disclosure, crew)
                # The alarm is counted to the minute; of what is quiet only the hour is known.
                yield from _unopened(disclosure, crew, now)
            if not disclosure.read_by_staff and not disclosure.acute:
                yield from _unread(disclosure, crew, now)
            if disclosure.is_late(now):
                yield from _late(disclosure, crew, now)


def _shutting(now: datetime) -> Iterator[Reason]:
    """Soon too few members of a team read; whoever of them signs in mends it."""
    for team in Team.objects.filter(opened__isnull=False):
        opening = team.hours.next_reading(now)
        rests = not team.hours.is_open(now) and opening and opening - now < _DAY
        if not rests and team.dropping_out(now):
            for member in _here(team, now):
                yield Reason(member.user, None, Kind.SHUTS, "", urgent=False, team=team.pk)


def _written(disclosure: Disclosure, crew: Crew) -> Iterator[Reason]:
    """A child wrote, and no adult has opened it."""
    if not (disclosure.acute or crew.is_open):
        return
    users = [member.user for member in crew.who(disclosure)]
    case = getattr(disclosure, "case", None)
    carrying = [user for user in users if case and user.pk == case.carried_by]
    kind = Kind.ACUTE if disclosure.acute else Kind.NEW
    for user in users if disclosure.acute else carrying or users:
        yield Reason(user, disclosure.pk, kind, str(disclosure.sequence), disclosure.acute)


def _unread(disclosure: Disclosure, crew: Crew, now: datetime) -> Iterator[Reason]:
    """Nobody has read it in time, and sooner than it was promised: later `_late` tells."""
    row = first_read(disclosure)
    if row.due < min(now, disclosure.due):
        yield from _overdue(row, crew, now)


def _unopened(disclosure: Disclosure, crew: Crew, now: datetime) -> Iterator[Reason]:
    """A child is in danger, and the alarm woke nobody; over a holiday the promise is days off."""
    alarms = disclosure.notices.filter(kind=Kind.ACUTE, sent__isnull=False).order_by("sent")
    first = next((one for one in alarms if int(one.about) > disclosure.read_by_staff), None)
    if not disclosure.acute or first is None or first.sent is None:
        return
    team = disclosure.team
    times = timers.of(team.country)
    due = times.due(Wanted.READ, Risk.IMMEDIATE, first.sent, team.hours, exact=True)
    if due is None or now <= due:
        return
    about = f"unopened {first.about}"
    for user in _leads(crew.who(disclosure)):
        yield Reason(user, disclosure.pk, Kind.LATE, about, urgent=True)
    for user in crew.cover_leads if now - due >= COVER_AFTER else ():
        yield Reason(user, disclosure.pk, Kind.COVER, about, urgent=True)


def _late(disclosure: Disclosure, crew: Crew, now: datetime) -> Iterator[Reason]:
    """The promise to the child is broken; without a lead of its own the cover is told at once."""
    urgent, promise = disclosure.acute, disclosure.due.isoformat()
    fresh = now - disclosure.due < COVER_AFTER
    leads = _leads(crew.who(disclosure))
    if urgent or crew.is_open or fresh:
        for user in leads:
            yield Reason(user, disclosure.pk, Kind.LATE, promise, urgent)
    if (urgent or crew.cover_is_open) and not (leads and fresh):
        for user in crew.cover_leads:
            yield Reason(user, disclosure.pk, Kind.COVER, promise, urgent)


def _steps(now: datetime) -> Iterator[Reason]:
    """What a case wants is overdue: who carries it is told, then the leads, then the cover's."""
    # A first answer that is due with the promise is told as the promise is (`_late`).
    promised = Q(wanted=Wanted.ANSWER, due__gte=F("case__disclosure__due"))
    overdue = CaseDeadline.objects.filter(~promised, due__lt=now)
    teams = Team.objects.filter(Exists(overdue.filter(team=OuterRef("pk"))))
    for team in teams.select_related("cover"):
        crew = Crew.of(team, now)
        for row in overdue.filter(team=team).select_related("case__disclosure"):
            yield from _overdue(row, crew, now)


def _overdue(row: CaseDeadline, crew: Crew, now: datetime) -> Iterator[Reason]:
    case, risk, late = row.case, Risk(row.case.risk), now - row.due
    if row.wanted == Wanted.SET_RISK:
        risk = not_yet_judged(danger=case.disclosure.danger)
    if case.disclosure.acute:
        risk = Risk.IMMEDIATE
    urgent = risk is Risk.IMMEDIATE
    here = crew.who(case.disclosure)
    leads, users = _leads(here), [member.user for member in here]
    carrying = [user for user in users if user.pk == case.carried_by]
    first = leads if row.wanted in FOR_LEADS else carrying or users
    if row.wanted == Wanted.DEBRIEF:
        # Nobody holds their own.
        others = [user for user in users if str(user.pk) != row.subject]
        first = [user for user in leads if user in others] or others
    told = [(Kind.STEP, first, crew.is_open)]
    if late >= ESCALATION[risk].lead:
        told.append((Kind.STEP_LEAD, [user for user in leads if user not in first], crew.is_open))
    if late >= ESCALATION[risk].cover:
        told.append((Kind.STEP_COVER, crew.cover_leads, crew.cover_is_open))
    for kind, whom, is_open in told:
        for user in whom if urgent or is_open else ():
            yield Reason(user, case.disclosure_id, kind, row.mark, urgent)


def _told_of(now: datetime) -> "QuerySet[Handing]":
    """What another team is asked, or of late was: somebody is told of it."""
    lately = Q(settled__gt=now - _ANSWERS_TOLD) | Q(refused__gt=now - _ANSWERS_TOLD)
    return Handing.objects.filter(Q(state=Handing.State.OPEN) | lately)


def _handings(now: datetime) -> Iterator[Reason]:
    """Another team is asked, has answered, or the child said no to it."""
    handings = _told_of(now).select_related("disclosure__case", "giving", "receiving")
    for handing in handings:
        case, disclosure = handing.disclosure.case, handing.disclosure
        urgent = Risk(case.risk) is Risk.IMMEDIATE or disclosure.acute
        if not handing.is_open:
            yield from _answered(handing, now)
        elif urgent or handing.receiving.hours.is_open(now):
            there = _there(handing, handing.receiving, now)
            about = str(handing.pk)
            for one in there:
                yield Reason(one.user, disclosure.pk, Kind.TEAM_ASKED, about, urgent)
            late = case.deadlines.filter(wanted=Wanted.ANOTHER_TEAM, due__lt=now)
            for user in _leads(there) if late.exists() else ():
                yield Reason(user, disclosure.pk, Kind.TEAM_LATE, about, urgent)


def _answered(handing: Handing, now: datetime) -> Iterator[Reason]:
    """Who asked is told of every end but their own team's; a no of the child both teams."""
    told = []
    if handing.state != Handing.State.WITHDRAWN:
        asker = _there(handing, handing.giving, now)
        told += [(handing.giving, [one for one in asker if one.user_id == handing.asked_by_id])]
    if handing.refused:
        told += [(handing.receiving, _there(handing, handing.receiving, now))]
    about = f"{handing.pk} {'no' if handing.refused else handing.state}"
    for team, members in told:
        for one in members if team.hours.is_open(now) else ():
            pk = handing.disclosure_id
            yield Reason(one.user, pk, Kind.TEAM_ANSWERED, about, urgent=False)


def _there(handing: Handing, team: Team, now: datetime) -> list[Membership]:
    """Who of one of the two teams can be told now, and may know."""
    hidden = set(handing.disclosure.recusals.values_list("user", flat=True))
    return [one for one in _here(team, now) if one.user_id not in hidden]


def untold(now: datetime) -> list[Reason]:
    """The reasons whose mail has not gone out."""
    found = list(reasons(now))
    waiting = Q(disclosure__in=Disclosure.objects.waiting())
    about = waiting | Q(team__isnull=False) | Q(kind__in=(*_OF_STEPS, *_OF_HANDINGS))
    told = set(
        Notice.objects.filter(about, sent__isnull=False).values_list(
            "user", "disclosure", "team", "kind", "about"
        )
    )
    return [r for r in found if (r.user.pk, r.disclosure, r.team, r.kind, r.about) not in told]


# --- telling -----------------------------------------------------------------------------------


def _tell(user: User, found: list[Reason], *, urgent: bool, now: datetime, done: Round) -> None:
    claimed = [notice for reason in found if (notice := _claim(reason, now))]
    if not claimed:
        return
    mine = Notice.objects.filter(pk__in=[notice.pk for notice in claimed])
    shuts = all(reason.kind == Kind.SHUTS for reason in found)
    if mail.send(user, mail.WAITS_NOW if urgent else mail.SIGN_IN if shuts else mail.WAITS):
        mine.update(sent=now)
        done.sent += 1
    else:
        mine.delete()
        done.failed += 1


def _claim(reason: Reason, now: datetime) -> Notice | None:
    """Take a reason for this run; None where another run has it."""
    subject = (
        {"disclosure_id": reason.disclosure} if reason.disclosure else {"team_id": reason.team}
    )
    notice, new = Notice.objects.get_or_create(
        **subject,
        user=reason.user,
        kind=reason.kind,
        about=reason.about,
        defaults={"claimed": now},
    )
    if new:
        return notice
    abandoned = Notice.objects.filter(pk=notice.pk, sent__isnull=True, claimed__lt=now - _ABANDONED)
    return notice if abandoned.update(claimed=now) else None
