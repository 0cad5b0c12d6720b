"""The fixed cast in their two teams, for tests of any package: the fixture `cast`.

    def test_bo_reads_his_inbox_and_is_let_in(cast):
        bo = cast.browser("Bo")                # signed in and unlocked, in his own browser
        told = cast.tell("North", "hej")       # what Ada wrote to a team: told.disclosure
        assert bo.get(f"/staff/thread/{told.pk}/").status_code == 200

`cast["Bo"]` is a Person (people/tests/scene.py): `.user`, `.identity`, `.unlocked()`,
`.passphrase`, `.code()`; `cast.north` and `cast.south` are the teams, open all week from 8 to 16,
each the other's cover. Bo answers and Lo leads in North, Cato and Mio in South; Dag is an analyst,
Eva an operator.
A person's sealed identity is made once a run, so that the costly Argon2 is paid six times at most.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from alltid.people.models import Membership, Team, User
from alltid.people.tests import scene
from alltid.people.tests.scene import Person
from alltid.tell.models import Disclosure
from alltid.tell.telling import mark_read_by_child
from alltid.vault.identity import Identity
from alltid.vault.parameters import LOCATOR_BYTES

NAMES = ("Bo", "Lo", "Cato", "Mio", "Dag", "Eva")


@dataclass(frozen=True)
class Told:
    """What a child told, and the identity that their words would give."""

    disclosure: Disclosure
    child: Identity

    @property
    def pk(self) -> Any:
        """The disclosure's id."""
        return self.disclosure.pk

    def again(self) -> Disclosure:
        """The disclosure as the database has it now."""
        return Disclosure.objects.select_related("team").get(pk=self.pk)

    def reads(self) -> None:
        """The child reads all that was answered."""
        mark_read_by_child(self.again())

    def say(self, text: str, at: datetime | None = None, **taps: Any) -> Disclosure:
        """The child writes more."""
        disclosure, acute = self.again(), taps.get("now") in ("not_safe", "threatened")
        disclosure.add_message(
            {"text": text} | taps,
            form=secrets.token_bytes(32),
            acute=acute,
            now=at or timezone.now(),
        )
        return disclosure


@dataclass(frozen=True)
class Cast:
    """Everybody but the child, and their teams."""

    people: dict[str, Person]
    north: Team
    south: Team

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def user(self, name: str) -> User:
        """A person's row as the database has it now."""
        return User.objects.get(pk=self.people[name].user.pk)

    def browser(self, name: str) -> Client:
        """A browser of their own, signed in and unlocked."""
        return self.people[name].browser()

    def membership(self, name: str) -> Membership:
        """A person's place in their team."""
        return Membership.objects.select_related("team", "user").get(user=self.people[name].user)

    def reads_along(self, name: str, team: str = "North") -> Membership:
        """Somebody is a responder of another team, too."""
        return Membership.objects.create(
            team=self.team(team), user=self.user(name), let_in=timezone.now()
        )

    def team(self, name: str) -> Team:
        """A team as the database has it now."""
        return Team.objects.get(name=name)

    def tell(
        self, team: str = "North", text: str = "hej", at: datetime | None = None, **taps: Any
    ) -> Told:
        """A child tells a team. taps: about, now, age, linked, language."""
        child = Identity.generate()
        disclosure, _new = Disclosure.objects.receive(
            self.team(team),
            {"text": text, "language": "en"} | taps,
            locator=secrets.token_bytes(LOCATOR_BYTES),
            child_recipient=child.recipient,
            pepper_version=1,
            acute=taps.get("now") in ("not_safe", "threatened"),
            now=at or timezone.now(),
        )
        return Told(disclosure, child)


@pytest.fixture
def cast(db: None) -> Cast:
    """Bo, Lo, Cato, Mio, Dag and Eva, in the database."""
    people = {name: scene.person(name) for name in NAMES}
    north = scene.team("North", people["Lo"], people["Bo"])
    south = scene.team("South", people["Mio"], people["Cato"])
    Team.objects.filter(pk=north.pk).update(cover=south)
    Team.objects.filter(pk=south.pk).update(cover=north, position=1)
    User.objects.filter(name="Dag").update(is_analyst=True)
    User.objects.filter(name="Eva").update(is_operator=True)
    return Cast(people, Team.objects.get(name="North"), Team.objects.get(name="South"))
