"""Recovery sheets: two printed identities a team, which open its keys when nobody else can."""

from collections.abc import Sequence
from datetime import datetime

import segno
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alltid.vault.errors import KeySubstituted, NotForThisKey, VaultError
from alltid.vault.identity import Identity

from .keys import new_generation
from .models import AuditEvent, Membership, RecoverySheet, Team, TeamKey, TeamKeyCopy, User
from .printing import pdf
from .unlocking import Unlocked, alarm
from .when import spoken_day

PREFIX = "AGE-SECRET-KEY-1"
_GROUP = 4
_LETTERS = 58
_ALPHABET = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"  # Bech32 (BIP 173)


class SheetUnread(Exception):
    """What was typed is no recovery sheet's key; the text says what seems wrong."""


class OtherSheet(Exception):
    """The key is whole, but it is not one of this team's sheets."""


def groups(identity: Identity) -> list[str]:
    """The secret as it is printed: fourteen groups of four letters and one of two."""
    letters = identity.reveal().removeprefix(PREFIX)
    return [letters[i : i + _GROUP] for i in range(0, len(letters), _GROUP)]


def _typed(text: str) -> str:
    plain = "".join(text.upper().split()).replace("-", "")
    return plain.removeprefix(PREFIX.replace("-", ""))


def _doubtful(letters: str) -> int | None:
    """The one group where changing a single letter makes the key whole, if there is one."""
    found = set()
    for place in range(len(letters)):
        for letter in _ALPHABET:
            try:
                Identity(PREFIX + letters[:place] + letter + letters[place + 1 :])
            except VaultError:
                continue
            found.add(place // _GROUP + 1)
    return found.pop() if len(found) == 1 else None


def read(text: str) -> Identity:
    """The identity of a whole sheet, typed in any case and spacing; raises SheetUnread.

    The key carries a checksum (Bech32), so that a mistyped letter is found before it is tried.
    """
    letters = _typed(text)
    if strange := next((letter for letter in letters if letter not in _ALPHABET), None):
        at = letters.index(strange) // _GROUP + 1
        raise SheetUnread(f"Group {at} holds {strange}, which no sheet has. Look at it again.")
    if len(letters) != _LETTERS:
        raise SheetUnread(
            f"That is {len(letters)} letters, and a sheet has {_LETTERS}: fourteen groups of four "
            "and one of two. Type them all, in their order."
        )
    try:
        return Identity(PREFIX + letters)
    except VaultError:
        group = _doubtful(letters)
    if group is not None:
        raise SheetUnread(f"Something is mistyped, most likely in group {group}. Look at it again.")
    raise SheetUnread("Something is mistyped. Compare every group with the sheet.")


def misread(text: str) -> str | None:
    """What is wrong with a typed key, as a sentence; None where it can be read."""
    try:
        read(text)
    except SheetUnread as wrong:
        return str(wrong)
    return None


def same_group(identity: Identity, number: int, typed: str) -> bool:
    """Whether one group, counted from 1, was typed as it is printed."""
    return _typed(typed) == groups(identity)[number - 1]


def generations(
    team: Team, identity: Identity
) -> tuple[RecoverySheet, list[tuple[TeamKey, Identity]]]:
    """The sheet that an identity is, and every live generation of the team's key opened with it.

    Raises OtherSheet, and a VaultError where a copy is missing or does not open; a substituted key
    has stopped the team's intake by then.
    """
    sheet = team.sheets.filter(recipient=identity.recipient).first()
    if sheet is None:
        raise OtherSheet(f"This is not one of team {team}'s sheets, or an older one of theirs.")
    opened = []
    for key in team.keys.all():
        copy = TeamKeyCopy.objects.filter(key=key, sheet=sheet).select_related("key").first()
        if copy is None:
            raise NotForThisKey(f"Generation {key.number} was never sealed to this sheet.")
        try:
            opened.append((key, copy.open(identity)))
        except KeySubstituted:
            alarm(team, None)
            raise
    return sheet, opened


def check(team: Team, identity: Identity, now: datetime) -> tuple[RecoverySheet, int]:
    """Try a sheet and note that it works; it, and how many generations it opens.

    Raises OtherSheet, VaultError.
    """
    sheet, opened = generations(team, identity)
    with transaction.atomic():
        AuditEvent.write(
            "recovery_checked", actor=None, team=team, subject=team.pk, why=f"sheet {sheet.number}"
        )
        sheet.checked = now
        sheet.save(update_fields=["checked"])
    return sheet, len(opened)


def restore(team: Team, identity: Identity, user: User, now: datetime) -> int:
    """Seal every live generation to a user, who leads the team from now on; how many.

    Raises OtherSheet, VaultError.
    """
    sheet, opened = generations(team, identity)
    with transaction.atomic():
        AuditEvent.write(
            "recovery_used", actor=None, team=team, subject=user.pk, why=f"sheet {sheet.number}"
        )
        for key, held in opened:
            key.seal_to(held, user=user)
        Membership.objects.update_or_create(
            team=team, user=user, defaults={"role": Membership.Role.LEAD, "let_in": now}
        )
        sheet.checked = now
        sheet.save(update_fields=["checked"])
    return len(opened)


def renew(
    team: Team,
    unlocked: Unlocked,
    keepers: Sequence[str],
    identities: Sequence[Identity],
    typed: int,
    now: datetime,
) -> None:
    """Put new sheets in the place of the old ones, and give the team a new key for what comes.

    typed: the number of the sheet that was typed back. Raises a VaultError where the one who does
    it cannot open every live generation; then the old sheets stay.
    """
    opened = [(key, unlocked.team_identity(key)) for key in team.keys.all()]
    with transaction.atomic():
        AuditEvent.write("recovery_renewed", actor=unlocked.user, team=team, subject=team.pk)
        team.sheets.all().delete()
        for number, (keeper, identity) in enumerate(zip(keepers, identities, strict=True), start=1):
            sheet = RecoverySheet.objects.create(
                team=team,
                number=number,
                keeper=keeper,
                recipient=identity.recipient,
                checked=now if number == typed else None,
            )
            for key, held in opened:
                key.seal_to(held, sheet=sheet)
        new_generation(team)


def printed(
    team: Team,
    place: tuple[int, int],
    keeper: str,
    identity: Identity,
    *,
    language: str,
    now: datetime,
) -> bytes:
    """One sheet as a PDF in a language; raises NotPrinted.

    place: which sheet of how many. The team needs not be saved.
    """
    with translation.override(language):
        data = _texts(team, identity) | {
            "language": language,
            "title": _("Recovery sheet %(number)s of %(of)s")
            % {"number": place[0], "of": place[1]},
            "about": _("Team %(team)s, %(place)s. Kept by %(keeper)s. Made on %(day)s.")
            % {
                "team": team.name,
                "keeper": keeper,
                "place": team.place,
                "day": f"{spoken_day(now)} {now.year}",
            },
        }
        return pdf("people/sheet.typ", data)


def _texts(team: Team, identity: Identity) -> dict[str, str | Sequence[str]]:
    return {
        "purpose": _(
            "With this sheet, what children have told team %(team)s can be opened when no member "
            "can do it any more: all have left, or have lost their passphrases."
        )
        % {"team": team.name},
        "key_title": _("The key"),
        "prefix": PREFIX,
        "zero": _("There is no letter O in it: what is round is a zero."),
        "groups": groups(identity),
        "qr": segno.make(identity.reveal(), error="m").svg_inline(border=0, scale=4),
        "qr_alt": _("The same key as a QR code"),
        "keep_title": _("How it is kept"),
        "keep": [
            _("On this paper only, under lock. No photograph, no scan, no copy."),
            _("Not where the other sheet lies, and never with the person who runs the machine."),
            _("If it is lost, or somebody has seen it, tell the lead of the team the same day."),
        ],
        "lost_title": _("What is lost without it"),
        "lost": _(
            "If both sheets and every member's passphrase are gone, what children have told this "
            "team can never be opened again, by anybody. There is no other way in."
        ),
        "check_title": _("Once a year"),
        "check": _(
            "The keeper types the key in at the machine, and so makes sure that it still opens."
        ),
        "check_command": f'alltid recovery check --team "{team.name}"',
        "use_title": _("When it is needed"),
        "use": _("The keeper types the key in, and one person can open everything again."),
        "use_command": f'alltid recovery restore --team "{team.name}" --user …',
    }
