"""A trial installation: two teams of example people, three example threads, nothing real.

The passphrases of its people lie in a file of mode 0600 beside the other secrets, because they are
printed at every start; a real installation keeps no passphrase anywhere.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alltid.people.console import refuse, write_private
from alltid.people.keys import found_team, let_in
from alltid.people.models import AuditEvent, Membership, Team, User
from alltid.people.passphrase import generate
from alltid.people.secrets import check_installation
from alltid.people.sheets import printed
from alltid.people.signin import protect
from alltid.people.unlocking import Unlocked
from alltid.tell.models import Disclosure
from alltid.tell.telling import tell
from alltid.vault.identity import Identity

from .casework.events import Kind
from .chronology import held


def _daily(begin: str, end: str) -> dict[str, list[list[str]]]:
    """Sundays too, so that a trial on one shows a near time."""
    return {str(day): [[begin, end]] for day in range(7)}


TEAMS: tuple[dict[str, Any], ...] = (
    {
        "name": "North",
        "slug": "north",
        "place": "Norra skolan",
        "kind": Team.Kind.MANDATED,
        "opening": _daily("08:00", "16:00"),
        "position": 0,
    },
    {
        "name": "South",
        "slug": "south",
        "place": "Södra jouren",
        "kind": Team.Kind.NOT_MANDATED,
        "opening": _daily("09:00", "21:00"),
        "position": 1,
    },
)
KEEPERS = ("the head's safe", "the town archive")


@dataclass(frozen=True)
class Role:
    """One of the cast: what they are, and in which team, if in any."""

    name: str
    what: str
    team: str = ""
    lead: bool = False


CAST = (
    Role("Bo", "responder, North", "North"),
    Role("Lo", "safeguarding lead, North", "North", lead=True),
    Role("Cato", "responder, South", "South"),
    Role("Mio", "safeguarding lead, South", "South", lead=True),
    Role("Dag", "analyst: figures, no key"),
    Role("Eva", "operator: the machine, no key"),
)

# Neutral and bare; an answer as the guides of practice would have it.
THREADS: dict[str, dict[str, str]] = {
    "en": {
        "acute": "Someone says they will show a picture of me if I don't meet them tomorrow.",
        "waiting": "hi. a friend was offered game money for pics. what do I say to her?",
        "told": "I got money for a picture of me. I don't know what to do now.",
        "answer": "Thank you for telling. It's right to tell, and it's not your fault. You don't "
        "have to send anything more, and you don't have to answer them. Are you safe now?",
        "thanks": "yes. thank you. can I come and talk to someone?",
        "welcome": "Yes. I'm in the room beside the library, today until four and tomorrow from "
        "eight. You can also go on writing here. I'm glad you wrote.",
    },
    "sv": {
        "acute": "Någon säger att de visar en bild på mig om jag inte träffar dem i morgon.",
        "waiting": "hej. en kompis fick frågan om spelpengar för bilder. vad säger jag till henne?",
        "told": "Jag fick pengar för en bild på mig. Jag vet inte vad jag ska göra nu.",
        "answer": "Tack för att du berättade. Det är rätt att berätta, och det är inte ditt fel. "
        "Du måste inte skicka något mer, och du måste inte svara dem. Är du trygg nu?",
        "thanks": "ja. tack. får jag komma och prata med någon?",
        "welcome": "Ja. Jag sitter i rummet bredvid biblioteket, i dag till fyra och i morgon från "
        "åtta. Du kan också skriva mer här. Jag är glad att du skrev.",
    },
}


@dataclass(frozen=True)
class Sheet:
    """A recovery sheet of a trial team, to be printed to a file."""

    team: Team
    number: int
    keeper: str
    identity: Identity

    @property
    def file(self) -> Path:
        """Where it is printed to."""
        return sheets_folder() / f"{self.team.slug}-{self.number}.pdf"

    def printed(self, language: str, now: datetime) -> bytes:
        """The sheet as a PDF; raises NotPrinted."""
        place = (self.number, len(KEEPERS))
        return printed(self.team, place, self.keeper, self.identity, language=language, now=now)


def sheets_folder() -> Path:
    """Where the recovery sheets of a trial lie; a real installation keeps none."""
    folder: Path = settings.DATA / "recovery"
    return folder


def people_file() -> Path:
    """Where a trial keeps what it prints at each start."""
    folder: Path = settings.DATA / "secrets"
    return folder / "trial-people.json"


def kept() -> dict[str, Any]:
    """What the first start kept: {"people": {name: {"passphrase", "totp"}}, "words": […]}."""
    try:
        held: dict[str, Any] = json.loads(people_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        refuse("There is no trial here yet. `make run` makes one.")
    return held


def code_now(totp_secret: str) -> tuple[str, int]:
    """A one-time code (RFC 6238) as it is read aloud, and the seconds it is still new."""
    totp = pyotp.TOTP(totp_secret)
    code = totp.now()
    left = 30 - int(timezone.now().timestamp()) % 30
    return f"{code[:3]} {code[3:]}", left


def make(language: str, now: datetime) -> list[Sheet]:
    """Make the installation; its recovery sheets, for printing.

    Where it is there already, only what has aged is made fresh and no sheet comes back.
    """
    installation = check_installation(trial=True)
    if not installation.trial:
        refuse(
            "This database is a real installation's, and a trial would add example people. "
            "Set DATA= to another folder for the trial."
        )
    if User.objects.exists():
        kept()
        freshen(now)
        return []
    people: dict[str, dict[str, str]] = {}
    opened: dict[str, Unlocked] = {}
    with transaction.atomic():
        for role in CAST:
            people[role.name] = {
                "passphrase": generate(language), "totp": pyotp.random_base32()
            }  # fmt: skip
            opened[role.name] = _make_user(role, language, people[role.name], now)
        sheets = [sheet for fields in TEAMS for sheet in _make_team(fields, opened, now)]
        north, south = Team.objects.get(name="North"), Team.objects.get(name="South")
        Team.objects.filter(pk=north.pk).update(cover=south)
        Team.objects.filter(pk=south.pk).update(cover=north)
        words = _make_threads(north, opened["Bo"].user, language, now)
        held = {"people": people, "words": list(words), "language": language}
        write_private(people_file(), json.dumps(held, indent=1, ensure_ascii=False).encode())
    return sheets


def _make_user(role: Role, language: str, secret: dict[str, str], now: datetime) -> Unlocked:
    user = User(
        name=role.name,
        first_name=role.name,
        email=f"{role.name.lower()}@example.org",
        language=language,
        seen=now,
        is_analyst=role.name == "Dag",
        is_operator=role.name == "Eva",
    )
    identity = Identity.generate()
    protect(user, identity, secret["passphrase"], secret["totp"])
    user.save()
    return Unlocked(user, identity)


def _make_team(fields: dict[str, Any], opened: dict[str, Unlocked], now: datetime) -> list[Sheet]:
    team = Team.objects.create(**fields, opened=now)
    lead, responder = (
        next(role for role in CAST if role.team == team.name and role.lead is leads)
        for leads in (True, False)
    )
    identities = found_team(team, opened[lead.name].user, KEEPERS)
    membership = Membership.objects.create(team=team, user=opened[responder.name].user)
    let_in(membership, opened[lead.name])
    AuditEvent.write("opened_team", actor=opened[lead.name].user, team=team, subject=team.pk)
    return [
        Sheet(team, number, keeper, identity)
        for number, (keeper, identity) in enumerate(zip(KEEPERS, identities, strict=True), start=1)
    ]


def _make_threads(team: Team, bo: User, language: str, now: datetime) -> tuple[str, ...]:
    """The three examples; the six words of the answered one."""
    text = THREADS[language]

    def told(key: str, ago: timedelta, **taps: str) -> tuple[Disclosure, tuple[str, ...]]:
        body = {"text": text[key], "about": "", "now": "", "age": "", "linked": False} | taps
        acute = taps.get("now") == "threatened"
        received = tell(
            team, body, form=secrets.token_bytes(32), language=language, acute=acute, now=now - ago
        )
        return received.disclosure, received.words or ()

    told("acute", timedelta(minutes=5), about="me", now="threatened", age="10_12")
    told("waiting", timedelta(hours=1), about="friend")
    talk, words = told("told", timedelta(days=1), about="me", now="okay", age="13_15")
    hours_ago = [now - timedelta(hours=hours) for hours in (22, 3, 1)]
    _answer(talk, bo, text["answer"], hours_ago[0])
    talk.add_message(
        {"text": text["thanks"], "now": "okay"},
        form=secrets.token_bytes(32),
        acute=False,
        now=hours_ago[1],
    )
    Disclosure.objects.filter(pk=talk.pk).update(read_by_child=talk.sequence - 1)
    _answer(talk, bo, text["welcome"], hours_ago[2])
    Disclosure.objects.filter(team=team).update(example=True)
    return words


def _answer(talk: Disclosure, bo: User, text: str, at: datetime) -> None:
    with held(talk, at) as here:
        talk.add_reply(str(bo.pk), bo.first_name, text, read_up_to=talk.sequence, now=at)
        here.disclosure.refresh_from_db()
        here.add(Kind.REPLIED, bo, at, message=talk.sequence)


def freshen(now: datetime) -> None:
    """Let the example people count as readers again, and their promises begin anew."""
    User.objects.filter(name__in=[role.name for role in CAST]).update(seen=now)
    late = Disclosure.objects.filter(example=True).overdue(now).select_related("team")
    for disclosure in late:
        Disclosure.objects.filter(pk=disclosure.pk).update(due=disclosure.promise(now))
