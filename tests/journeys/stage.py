"""Makes an installation of the fixed cast, in the environment of the server that will serve it.

`python -m tests.journeys.stage FILE` writes there what only the people themselves know.
"""

import json
import sys
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - it wants the settings

from alltid.people.models import Team, User  # noqa: E402
from alltid.people.tests import scene  # noqa: E402

NAMES = ("Bo", "Lo", "Cato", "Mio", "Dag", "Eva")


def make() -> dict[str, scene.Person]:
    """North with Bo and Lo, South with Cato and Mio, each the other's cover; Dag and Eva alone."""
    call_command("upgrade")
    people = {name: scene.person(name) for name in NAMES}
    north = scene.team("North", people["Lo"], people["Bo"])
    south = scene.team("South", people["Mio"], people["Cato"])
    Team.objects.filter(pk=north.pk).update(cover=south)
    Team.objects.filter(pk=south.pk).update(cover=north, position=1, kind=Team.Kind.NOT_MANDATED)
    User.objects.filter(name="Dag").update(is_analyst=True)
    User.objects.filter(name="Eva").update(is_operator=True)
    return people


def known(person: scene.Person) -> dict[str, str]:
    """What a person keeps to themselves."""
    return {
        "id": str(person.user.pk),
        "passphrase": person.passphrase,
        "totp_secret": person.totp_secret,
        "identity": person.identity.reveal(),
    }


if __name__ == "__main__":
    people = make()
    Path(sys.argv[1]).write_text(json.dumps({name: known(one) for name, one in people.items()}))
