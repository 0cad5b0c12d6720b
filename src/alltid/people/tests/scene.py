"""The fixed cast with their secrets, made once a run, for tests of what staff do."""

from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid5

import pyotp
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from alltid.people import keys, unlocking
from alltid.people.models import Membership, RetentionPolicy, Team, User
from alltid.people.retention import What
from alltid.people.signin import protect
from alltid.vault.identity import Identity

_SPACE = UUID("5b0f6e0c-0000-4000-8000-000000000000")
EVERY_DAY = {str(day): [["08:00", "16:00"]] for day in range(7)}


@dataclass(frozen=True)
class Person:
    """One of the cast, and what only they know."""

    user: User
    identity: Identity
    passphrase: str
    totp_secret: str

    def code(self) -> str:
        """What their phone shows now."""
        return pyotp.TOTP(self.totp_secret).now()

    def at_sign_in(self, **changed: str) -> dict[str, str]:
        """What they type to sign in."""
        typed = {"name": self.user.name, "passphrase": self.passphrase, "code": self.code()}
        return typed | changed

    def unlocked(self) -> unlocking.Unlocked:
        """Their open identity, as a request has it."""
        return unlocking.Unlocked(User.objects.get(pk=self.user.pk), self.identity)

    def browser(self) -> Client:
        """A browser in which they are signed in and unlocked."""
        client = Client()
        client.force_login(User.objects.get(pk=self.user.pk))
        response = HttpResponse()
        request = SimpleNamespace(session=client.session)
        unlocking.start(request, response, self.user, self.identity)  # type: ignore[arg-type]
        client.cookies[settings.KEY_COOKIE] = response.cookies[settings.KEY_COOKIE].value
        return client


@cache
def _secrets(name: str) -> Person:
    identity, secret = Identity.generate(), pyotp.random_base32()
    user = User(pk=uuid5(_SPACE, name), name=name, first_name=name)
    passphrase = f"{name}-has-five-long-words"
    protect(user, identity, passphrase, secret)
    return Person(user, identity, passphrase, secret)


def person(name: str) -> Person:
    """One of the cast, in the database."""
    known = _secrets(name)
    fields = {field.attname: getattr(known.user, field.attname) for field in User._meta.fields}
    fields |= {"seen": timezone.now(), "failures": 0, "retry_at": None, "totp_step": 0}
    user = User.objects.create(**fields)
    return Person(user, known.identity, known.passphrase, known.totp_secret)


def team(name: str, lead: Person, *others: Person) -> Team:
    """A team with its keys, its lead and its responders, open all week."""
    made = Team.objects.create(
        name=name, slug=name.lower(), place=f"{name} School", opening=EVERY_DAY,
        opened=timezone.now(),
    )  # fmt: skip
    keys.found_team(made, lead.user, ("Keeper One", "Keeper Two"))
    for other in others:
        membership = Membership.objects.create(team=made, user=other.user)
        keys.let_in(membership, lead.unlocked())
    return made


def set_policy(team: Team, what: What, months: int = 12, **more: Any) -> RetentionPolicy:
    """The next version of how long a team keeps what is told, as a lead would set it."""
    version = team.policy().version + 1
    return RetentionPolicy.objects.create(
        team=team, version=version, what=what, months=months, **more
    )
