"""The only door of staff to what children told.

Whoever wants a disclosure comes through here: a member of its team, let in, from whom it is not
hidden. For everybody else it does not exist (404). What is opened stands in the log first; if the
log cannot be written, the door stays shut.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.utils import timezone

from alltid.people.models import AuditEvent, Team, TeamKey, User
from alltid.people.unlocking import Unlocked, alarm
from alltid.tell.feelings import feeling_label
from alltid.tell.models import CHILD, Disclosure, DisclosureQuerySet, Handing, KeyCopy, Message
from alltid.vault.errors import KeySubstituted, NotForThisKey, VaultError
from alltid.vault.identity import Identity

from .casework.events import Kind
from .chronology import Held, catch_up, held
from .models import Case, Recusal


class NotAudited(Exception):
    """The log cannot be written, so nothing is opened."""


class HandedOn(Http404):
    """A talk that this member's team has handed on, so that nothing is done in it here any more.

    To everybody else it is a 404 like any other.
    """

    def __init__(self, handing: Handing) -> None:
        super().__init__("It was handed on to another team.")
        self.handing = handing


@dataclass(frozen=True)
class Line:
    """One message as it was opened: the body, or what is wrong with its envelope."""

    sequence: int
    author: str
    body: dict[str, Any] = field(default_factory=dict)
    feeling: str = ""
    fault: VaultError | None = None

    @property
    def from_child(self) -> bool:
        """Whether the child wrote it."""
        return self.author == CHILD


@dataclass(frozen=True)
class OpenDisclosure:
    """A disclosure with its key, for the length of one request."""

    unlocked: Unlocked
    disclosure: Disclosure
    identity: Identity

    @cached_property
    def case(self) -> Case:
        """What adults do about it; made when it is first opened."""
        case = Case.objects.open_for(self.disclosure, self.key)
        catch_up(self.disclosure, case, timezone.now())
        return case

    @property
    def key(self) -> TeamKey | None:
        """What a new case is sealed to: a generation that was not only put there."""
        return self.unlocked.newest_key(self.disclosure.team)

    @cached_property
    def case_identity(self) -> Identity:
        """What opens the words of the case; raises a VaultError."""
        copy = self.case.copies.select_related("team_key", "case").order_by("-team_key__number")
        newest = copy.first()
        if newest is None:
            raise NotForThisKey("No copy of this case's key is sealed to its team.")
        return newest.open(self.unlocked.team_identity(newest.team_key))

    @cached_property
    def is_lead(self) -> bool:
        """Whether the one who opened it leads the team."""
        return self.disclosure.team.is_led_by(self.unlocked.user)

    def lines(self, newest: int | None = None) -> list[Line]:
        """Every message, oldest first; one that does not open leaves the others readable.

        newest: only so many of them, besides the first, which says what it is about, and whatever
        is unread.
        """
        feelings = self._feelings() if self.is_lead else {}
        messages = self.disclosure.messages.order_by("sequence")
        if newest is not None:
            after = min(self.disclosure.sequence - newest, self.disclosure.read_by_staff)
            messages = messages.filter(Q(sequence__gt=after) | Q(sequence=1))
        return [self._line(message, feelings.get(message.sequence, "")) for message in messages]

    def mark_read(self, lines: list[Line]) -> None:
        """Note that these lines stand on a screen."""
        if lines:
            self.disclosure.mark_read_by_staff(lines[-1].sequence)

    def reply(self, text: str, read_up_to: int, now: datetime) -> None:
        """Seal an answer to the child, and write it into the log.

        What nobody carried is from now on the responder's own.
        Raises AnsweredMeanwhile, EndedByChild, NotAudited, and Http404 where it was hidden or
        handed on meanwhile; then nothing was sent.
        """
        with held(self.disclosure, now, self.key) as here:
            find(self.unlocked.user, self.disclosure.pk)
            self.reply_in(here, text, read_up_to, now)

    def reply_in(self, here: Held, text: str, read_up_to: int, now: datetime) -> None:
        """Answer as part of something that is done in the case; raises as `reply` does."""
        user = self.unlocked.user
        self.disclosure.add_reply(
            str(user.pk), user.first_name, text, read_up_to=read_up_to, now=now
        )
        write_log(user, self.disclosure, "replied")
        here.disclosure.refresh_from_db()
        here.add(Kind.REPLIED, user, now, message=self.disclosure.sequence)

    def has_sent(self, text: str, read_up_to: int) -> bool:
        """Whether this very answer is there already: a double tap, a lost response."""
        me = str(self.unlocked.user.pk)
        return any(
            line.sequence > read_up_to and line.author == me and line.body.get("text") == text
            for line in self.lines()
        )

    def _line(self, message: Message, feeling: str) -> Line:
        try:
            opened = message.open(self.identity)
        except VaultError as fault:
            author = CHILD if message.from_child else ""
            return Line(message.sequence, author, fault=fault)
        return Line(message.sequence, opened.author, opened.body, feeling)

    def _feelings(self) -> dict[int, str]:
        """How the answers felt, by sequence: sealed to those who led the team when it was said."""
        felt = {}
        for feeling in self.disclosure.feelings.all():
            label = feeling_label(self.disclosure, feeling.sequence)
            try:
                opened = self.unlocked.open_own(bytes(feeling.sealed), label)
            except VaultError:
                continue
            felt[feeling.sequence] = opened.body["feeling"]
        return felt


def visible(user: User) -> DisclosureQuerySet:
    """All disclosures but those hidden from this user; the caller narrows it to their teams."""
    hidden = Recusal.objects.filter(disclosure=OuterRef("pk"), user=user)
    return Disclosure.objects.filter(~Exists(hidden))


def find(user: User, pk: UUID) -> Disclosure:
    """A disclosure that this user may open, unopened; Http404 for everybody else.

    Raises HandedOn, a 404 too, where it lay with their team once.
    """
    mine = visible(user).filter(team__in=Team.objects.of(user))
    found = mine.filter(pk=pk).select_related("team").first()
    if found is not None:
        return found
    handing = find_given(user, pk)
    raise Http404 if handing is None else HandedOn(handing)


def find_given(user: User, pk: UUID) -> Handing | None:
    """How a team of this user's handed on a disclosure that is not hidden from them."""
    given = Handing.objects.filter(
        state=Handing.State.ACCEPTED, giving__in=Team.objects.of(user), disclosure=pk
    )
    seen = given.filter(disclosure__in=visible(user))
    return seen.select_related("disclosure__team", "giving", "receiving", "accepted_by").first()


def find_asked(user: User, pk: int) -> Handing:
    """What a team of this user's is or was asked to take over, unopened; else Http404."""
    asked = Handing.objects.filter(pk=pk, receiving__in=Team.objects.of(user))
    # With what lies ready, in one look: where it is open, that is there.
    found = (
        asked.filter(disclosure__in=visible(user))
        .select_related("disclosure__team", "disclosure__case", "giving", "receiving", "asked_by")
        .select_related("referral__team_key")
        .first()
    )
    if found is None:
        raise Http404
    return found


def keeps_reading(user: User, disclosure: Disclosure) -> Team | None:
    """The team of this user's that handed it on and can open it still."""
    given = Team.objects.of(user).filter(handed_on__disclosure=disclosure)
    return given.filter(keys__case_copies__disclosure=disclosure).first()


def find_led(user: User, pk: UUID) -> Disclosure:
    """A disclosure that this user may open and whose team they lead, unopened; else Http404."""
    disclosure = find(user, pk)
    if not disclosure.team.is_led_by(user):
        raise Http404
    return disclosure


def open_disclosure(unlocked: Unlocked, pk: UUID, verb: str = "opened") -> OpenDisclosure:
    """Open a disclosure for one deed, which is written into the log first.

    Raises Http404, NotAudited, and a VaultError where the key is not what it should be; a
    substituted one has stopped the team's intake by then.
    """
    disclosure = find(unlocked.user, pk)
    write_log(unlocked.user, disclosure, verb)
    return _opened(unlocked, disclosure, disclosure.team)


def open_to_read(unlocked: Unlocked, handing: Handing) -> OpenDisclosure:
    """Open what one's team has handed on and reads still; both teams' logs say so first.

    handing: as HandedOn had it. Raises as `open_disclosure` does.
    """
    disclosure = handing.disclosure
    team = keeps_reading(unlocked.user, disclosure)
    if team is None:
        raise Http404
    for one in (team, disclosure.team):
        write_log(unlocked.user, disclosure, "opened", team=one)
    return _opened(unlocked, disclosure, team)


def _opened(unlocked: Unlocked, disclosure: Disclosure, team: Team) -> OpenDisclosure:
    copy = (
        KeyCopy.objects.filter(disclosure=disclosure, team_key__team=team)
        .select_related("team_key__team", "disclosure")
        .order_by("-team_key__number")
        .first()
    )
    if copy is None or copy.team_key is None:
        raise NotForThisKey("No copy of this disclosure's key is sealed to its team.")
    try:
        identity = copy.open(unlocked.team_identity(copy.team_key))
    except KeySubstituted:
        alarm(team, unlocked.user)
        raise
    return OpenDisclosure(unlocked, disclosure, identity)


def note_concern(
    user: User, team: Team, source: str, body: dict[str, Any], now: datetime
) -> Disclosure:
    """Seal what a member of a team noted, and write it into the log; raises NoKey, NotAudited."""
    with transaction.atomic():
        noted = Disclosure.objects.note_concern(team, source, str(user.pk), body, now=now)
        write_log(user, noted, "noted")
    return noted


def write_log(
    user: User, disclosure: Disclosure, verb: str, why: object = "", *, team: Team | None = None
) -> None:
    """Write what is about to be done, into the log of its team or of another; raises NotAudited."""
    team = team or disclosure.team
    try:
        AuditEvent.write(verb, actor=user, team=team, subject=disclosure.pk, why=str(why))
    except DatabaseError as error:
        raise NotAudited("The log cannot be written.") from error
