"""What a child tells: disclosures, their messages and keys."""

import hashlib
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q

from alltid.people.hours import half_hour_up, hour_of
from alltid.people.models import RetentionPolicy, Team, TeamKey
from alltid.people.retention import What, goes_on
from alltid.vault.envelope import Label, Opened, open_identity, open_text, seal_identity, seal_text
from alltid.vault.identity import Identity

# Registers models of this package.
from .handing import Handing as Handing
from .passing import SpentForm as SpentForm
from .passing import VisitKey as VisitKey
from .tombstone import Tombstone as Tombstone

CHILD = "child"


def form_mark(form: bytes) -> bytes:
    """What a message keeps of the form it came with, to know a double tap by.

    The form's id itself would lead to its SpentForm, and that to the second it was sent in.
    """
    return hashlib.sha256(b"alltid/1/message" + form).digest()


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    """Receives what a child tells; finds disclosures by what they wait for."""

    def waiting(self) -> "DisclosureQuerySet":
        """Something of the child's has not been read or answered."""
        # Named one by one, so that the index `inbox` is entered at each rank's own due times.
        return self.filter(rank__in=[Disclosure.Rank.ACUTE, Disclosure.Rank.WAITING])

    def overdue(self, now: datetime) -> "DisclosureQuerySet":
        """The promised time has passed."""
        return self.waiting().filter(due__lt=now)

    def by_urgency(self) -> "DisclosureQuerySet":
        """Most urgent first; the order of the inbox and its keyset pages."""
        return self.order_by("rank", "due", "id")

    def over(self, now: datetime) -> "DisclosureQuerySet":
        """Their term is over, and nothing holds them."""
        return self.filter(goes__lte=now)

    def to_erase(self) -> "DisclosureQuerySet":
        """Those that are erased here when their term is over."""
        return self.exclude(policy__what=What.ARCHIVE)

    def to_hand_over(self) -> "DisclosureQuerySet":
        """Those that an archive gets first, which takes somebody with a key."""
        return self.filter(policy__what=What.ARCHIVE)

    def receive(
        self,
        team: Team,
        body: dict[str, Any],
        *,
        locator: bytes,
        child_recipient: str,
        pepper_version: int,
        acute: bool,
        now: datetime,
        form: bytes | None = None,
    ) -> "tuple[Disclosure, bool]":
        """Seal and store a first message in one transaction; (disclosure, whether it is new).

        The same locator again (a double tap, a lost answer) gives the disclosure that is there.
        Raises NoKey where the team cannot read.
        """
        key = team.intake_key()
        if key is None:
            raise NoKey
        case = Identity.generate()
        disclosure = Disclosure(
            team=team,
            policy=team.policy(),
            recipient=case.recipient,
            locator=locator,
            pepper_version=pepper_version,
            told=hour_of(now),
            danger=acute,
        )
        disclosure.wait_for_reading(now, acute=acute)
        message = disclosure.seal_message(CHILD, body, now)
        message.form = form and form_mark(form)
        copies = [
            KeyCopy.of(disclosure, case, team_key=key),
            KeyCopy.of(disclosure, case, child_recipient=child_recipient),
        ]
        try:
            with transaction.atomic():
                disclosure.save(force_insert=True)
                message.save(force_insert=True)
                KeyCopy.objects.bulk_create(copies)
        except IntegrityError:
            there = self.filter(locator=locator).select_related("team").first()
            if there is None:  # not a double tap: the team's key went meanwhile
                raise
            return there, False
        return disclosure, True

    def note_concern(
        self, team: Team, source: str, author: str, body: dict[str, Any], *, now: datetime
    ) -> "Disclosure":
        """Seal what an adult noted, without any way back for a child.

        source: one of Disclosure.Source, not a child's own. author: the member's id. Raises NoKey.
        """
        key = team.intake_key()
        if key is None:
            raise NoKey
        case = Identity.generate()
        disclosure = Disclosure(
            team=team,
            policy=team.policy(),
            recipient=case.recipient,
            pepper_version=0,
            told=hour_of(now),
            source=source,
            rank=Disclosure.Rank.QUIET,
        )
        disclosure.due = disclosure.promise(now)
        message = disclosure.seal_message(author, body, now)
        message.from_child = False
        disclosure.read_by_staff = disclosure.sequence
        copy = KeyCopy.of(disclosure, case, team_key=key)
        with transaction.atomic():
            disclosure.save(force_insert=True)
            message.save(force_insert=True)
            copy.save(force_insert=True)
        return disclosure


class NoKey(Exception):
    """The team has no key that a disclosure could be sealed to."""


class AnsweredMeanwhile(Exception):
    """Another adult answered after what stood on the screen when this answer was written."""


class EndedByChild(Exception):
    """The child ended the talk, or has no words that open it: an answer would reach nobody."""


class Waits(Exception):
    """Something of the child's is not read or not answered."""


class Disclosure(models.Model):
    """What one child told, and the talk that followed. Everything said is sealed."""

    class Rank(models.IntegerChoices):
        """The order of the inbox."""

        ACUTE = 0
        WAITING = 1
        # Answered; it stands before what never was acute, so that it is found again.
        WAS_ACUTE = 2
        QUIET = 3
        CLOSED = 4

    class Source(models.TextChoices):
        """How it came: a child wrote, or an adult notes a worry or what a child said to them."""

        CHILD = "child", "child"
        CONCERN = "concern", "concern"
        IN_PERSON = "in_person", "in_person"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The index `inbox` begins with it.
    team = models.ForeignKey(Team, models.PROTECT, related_name="disclosures", db_index=False)
    recipient = models.CharField(max_length=80)
    locator = models.BinaryField(null=True, unique=True)
    pepper_version = models.PositiveSmallIntegerField()
    told = models.DateTimeField()
    source = models.CharField(max_length=9, choices=Source, default=Source.CHILD)
    # The child has tapped that they are in danger, now or earlier; `rank` says whether that waits.
    danger = models.BooleanField(default=False)
    rank = models.PositiveSmallIntegerField(choices=Rank, default=Rank.WAITING)
    due = models.DateTimeField()
    sequence = models.PositiveIntegerField(default=0)
    # The child's messages up to here have been read by an adult, and the adults' by the child.
    read_by_staff = models.PositiveIntegerField(default=0)
    read_by_child = models.PositiveIntegerField(default=0)
    ended = models.DateTimeField(null=True, blank=True)
    # How long it is kept, as its child was told; the hour of closing; until when it is held though
    # its term be over; and what follows: when it goes. Open again, it goes at no time.
    policy = models.ForeignKey(RetentionPolicy, models.PROTECT, related_name="+")
    closed = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    goes = models.DateTimeField(null=True, blank=True)
    example = models.BooleanField(default=False)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["team", "rank", "due", "id"], name="inbox"),
            # What a sweep looks for, each minute, among a million.
            models.Index(fields=["ended"], condition=Q(ended__isnull=False), name="ended_talks"),
            models.Index(
                fields=["team", "goes", "id"], condition=Q(goes__isnull=False), name="goes_when"
            ),
        ]

    @property
    def reaches_child(self) -> bool:
        """Whether a child can read here: one wrote it, and their six words still open it."""
        return self.locator is not None and self.ended is None

    @property
    def acute(self) -> bool:
        """Whether a child in danger waits for an answer."""
        return self.rank == self.Rank.ACUTE

    @property
    def waits(self) -> bool:
        """Whether something of the child's has not been read or answered."""
        return self.rank <= self.Rank.WAITING

    @property
    def unread(self) -> bool:
        """Whether the child wrote something that no adult has opened."""
        return self.waits and self.read_by_staff < self.sequence

    def is_late(self, now: datetime) -> bool:
        """Whether the promised time has passed without an answer."""
        return self.waits and self.due < now

    def promise(self, now: datetime) -> datetime:
        """By when somebody reads what is written now."""
        minutes = self.team.acute_within if self.acute else self.team.reads_within
        return self.team.hours.after(now, minutes) or half_hour_up(now + timedelta(days=7))

    def wait_for_reading(self, now: datetime, *, acute: bool) -> None:
        """Wait, with a promise; an earlier one is kept.

        acute: what the child said now. What was acute and is answered waits like any other.
        """
        kept = self.waits and not self._state.adding
        self.danger = self.danger or acute
        self.rank = self.Rank.ACUTE if acute or self.acute else self.Rank.WAITING
        self.closed = self.goes = None
        promised = self.promise(now)
        self.due = min(self.due, promised) if kept else promised

    def wait_no_more(self) -> None:
        """Be answered, or read where no answer is wanted; not saved."""
        self.rank = self.Rank.WAS_ACUTE if self.danger else self.Rank.QUIET

    def held(self) -> "Disclosure":
        """This disclosure as it is now, kept from others until the transaction ends."""
        # Without its team: where that changes while another waits, PostgreSQL joins the new row to
        # the old team and finds nothing.
        return Disclosure.objects.select_for_update().get(pk=self.pk)

    def holders(self) -> "models.QuerySet[Team]":
        """The teams that can open it: the one it lies with, and whoever reads on after handing."""
        return Team.objects.filter(keys__case_copies__disclosure=self).distinct()

    def close(self, now: datetime) -> None:
        """Stand behind everything that is open, and let the term begin; raises Waits.

        When the child writes, it is open, and the term begins anew at the next closing.
        """
        with transaction.atomic():
            fresh = self.held()
            if fresh.waits:
                raise Waits
            fresh.rank, fresh.closed = self.Rank.CLOSED, hour_of(now)
            fresh.goes = fresh.goes_on()
            fresh.save(update_fields=["rank", "closed", "goes"])
        self.rank, self.closed, self.goes = fresh.rank, fresh.closed, fresh.goes

    def goes_on(self) -> datetime | None:
        """When it goes: at the end of its term, and not while it is held; None while it is open."""
        if self.closed is None:
            return None
        over = goes_on(self.closed, self.policy.months, self.team.timezone)
        return max(over, self.held_until) if self.held_until else over

    def hold(self, until: datetime | None) -> None:
        """Keep it until then, whatever its term; None lets it go when its term is over."""
        with transaction.atomic():
            fresh = self.held()
            fresh.held_until = until
            fresh.goes = fresh.goes_on()
            fresh.save(update_fields=["held_until", "goes"])
        self.held_until, self.goes = fresh.held_until, fresh.goes

    def is_over(self, now: datetime) -> bool:
        """Whether it is closed, its term is over, and nothing holds it."""
        return self.goes is not None and self.goes <= now

    def is_held(self, now: datetime) -> bool:
        """Whether it is kept for now, whatever its term and whatever the child was told."""
        return self.held_until is not None and self.held_until > now

    def stop(self) -> None:
        """Let the child's six words open it no more; everything said stays."""
        with transaction.atomic():
            KeyCopy.objects.filter(disclosure=self, team_key__isnull=True).delete()
            type(self).objects.filter(pk=self.pk).update(locator=None)
        self.locator = None

    def open_again(self) -> None:
        """Stand among what is open again; what waits already stays where it is."""
        with transaction.atomic():
            fresh = self.held()
            if fresh.rank == self.Rank.CLOSED:
                fresh.wait_no_more()
                fresh.closed = fresh.goes = None
                fresh.save(update_fields=["rank", "closed", "goes"])
        self.rank, self.closed, self.goes = fresh.rank, fresh.closed, fresh.goes

    def seal_message(self, author: str, body: dict[str, Any], now: datetime) -> "Message":
        """The next message with its minute, sealed to this disclosure's key; not saved."""
        self.sequence += 1
        label = Label("message", str(self.pk), self.sequence)
        body = {"at": now.isoformat(timespec="minutes")} | body
        return Message(
            disclosure=self,
            sequence=self.sequence,
            sealed=seal_text(label, author, body, [self.recipient]),
        )

    def add_message(self, body: dict[str, Any], *, form: bytes, acute: bool, now: datetime) -> bool:
        """Store a further message of the child's, once a form; False where it was there already."""
        with transaction.atomic():
            fresh = self.held()
            mark = form_mark(form)
            if Message.objects.filter(disclosure=fresh, form=mark).exists():
                return False
            fresh.wait_for_reading(now, acute=acute)
            message = fresh.seal_message(CHILD, body, now)
            message.form = mark
            message.save(force_insert=True)
            fresh.save(update_fields=["danger", "rank", "due", "sequence", "closed", "goes"])
        self.refresh_from_db()
        return True

    def add_reply(
        self,
        author: str,
        name: str,
        text: str,
        *,
        read_up_to: int,
        now: datetime,
        closes: date | None = None,
    ) -> None:
        """Store an adult's answer; what the child wrote meanwhile keeps the disclosure waiting.

        author: the user's id; name: the first name the child sees; read_up_to: the last sequence
        that stood on the screen when the answer was written; closes: the day on which it tells the
        child that the talk closes.
        Raises AnsweredMeanwhile, EndedByChild.
        """
        with transaction.atomic():
            fresh = self.held()
            if not fresh.reaches_child:
                raise EndedByChild
            if fresh.messages.filter(from_child=False, sequence__gt=read_up_to).exists():
                raise AnsweredMeanwhile
            newer = fresh.sequence > read_up_to and fresh.last_child_sequence() > read_up_to
            body = {"name": name, "text": text}
            if closes is not None:
                body["closes"] = closes.isoformat()
            message = fresh.seal_message(author, body, now)
            message.from_child = False
            message.save(force_insert=True)
            if not newer:
                fresh.read_by_staff = fresh.sequence
                fresh.wait_no_more()
            fresh.save(update_fields=["sequence", "read_by_staff", "rank"])
        self.refresh_from_db()

    def mark_read_by_staff(self, up_to: int) -> None:
        """Note that an adult has the messages up to this one before them.

        What the child ended waits for no answer once it is read.
        """
        if up_to > self.read_by_staff:
            type(self).objects.filter(pk=self.pk, read_by_staff__lt=up_to).update(
                read_by_staff=up_to
            )
            self.read_by_staff = up_to
        if self.ended is not None and self.waits:
            self.wait_no_more()
            self.save(update_fields=["rank"])

    def last_child_sequence(self) -> int:
        """The sequence of the child's newest message, 0 where none is left."""
        newest = self.messages.filter(from_child=True).order_by("-sequence").first()
        return newest.sequence if newest else 0


class Message(models.Model):
    """One message of a talk, sealed to the disclosure's key."""

    # The constraint `one_place` begins with it.
    disclosure = models.ForeignKey(
        Disclosure, models.CASCADE, related_name="messages", db_index=False
    )
    sequence = models.PositiveIntegerField()
    from_child = models.BooleanField(default=True)
    sealed = models.BinaryField()
    form = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["disclosure", "sequence"], name="one_place"),
            models.UniqueConstraint(
                fields=["disclosure", "form"], condition=Q(form__isnull=False), name="one_form"
            ),
        ]

    def open(self, case: Identity) -> Opened:
        """Author and body; raises a VaultError."""
        label = Label("message", str(self.disclosure_id), self.sequence)
        return open_text(bytes(self.sealed), case, label)


class KeyCopy(models.Model):
    """The disclosure's identity, sealed to one holder: a team's generation, or the child."""

    disclosure = models.ForeignKey(Disclosure, models.CASCADE, related_name="copies")
    team_key = models.ForeignKey(TeamKey, models.PROTECT, null=True, related_name="case_copies")
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["disclosure", "team_key"],
                condition=Q(team_key__isnull=False),
                name="one_copy_a_generation",
            ),
            models.UniqueConstraint(
                fields=["disclosure"], condition=Q(team_key__isnull=True), name="one_childs_copy"
            ),
        ]

    @classmethod
    def of(
        cls,
        disclosure: Disclosure,
        case: Identity,
        *,
        team_key: TeamKey | None = None,
        child_recipient: str = "",
    ) -> "KeyCopy":
        """A copy for a team's generation, or for the child; not saved."""
        recipient = team_key.recipient if team_key else child_recipient
        sealed = seal_identity(Label("case", str(disclosure.pk)), case, [recipient])
        return cls(disclosure=disclosure, team_key=team_key, sealed=sealed)

    def open(self, holder: Identity) -> Identity:
        """The disclosure's identity; raises a VaultError, KeySubstituted among them."""
        return open_identity(
            bytes(self.sealed),
            holder,
            Label("case", str(self.disclosure_id)),
            self.disclosure.recipient,
        )


class Feeling(models.Model):
    """How an answer felt to the child, sealed to the leads alone."""

    disclosure = models.ForeignKey(Disclosure, models.CASCADE, related_name="feelings")
    sequence = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["disclosure", "sequence"], name="one_feeling_an_answer")
        ]


class Card(models.Model):
    """A printed card: six words made ahead, of which only locator and recipient are kept."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="cards")
    locator = models.BinaryField(unique=True)
    recipient = models.CharField(max_length=80)
    pepper_version = models.PositiveSmallIntegerField()
