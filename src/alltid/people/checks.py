"""What must be true of the database, the pepper and the vault before a server starts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connection

from alltid.vault.envelope import Label, open_text, seal_text
from alltid.vault.errors import PepperWrong, SaltWrong, VaultError
from alltid.vault.identity import Identity

from .models import Installation
from .secrets import check_installation

CLOSED = Error(
    "The database cannot be opened.",
    hint="Check ALLTID_DATA or ALLTID_DATABASE_URL, that the disk is not full, and that the user "
    "who runs Alltid may write there.",
    id="alltid.E101",
)
_TRIALS = Error(
    "This database is a trial's: its people and passphrases are examples.",
    hint="Set ALLTID_DATA or ALLTID_DATABASE_URL to another place, then run `alltid upgrade` and "
    "`alltid setup`.",
    id="alltid.E103",
)
_TRIAL_HERE = Error(
    "This database is a real installation's, and a trial would add example people.",
    hint="Choose another folder for the trial: make run DATA=elsewhere",
    id="alltid.E104",
)


@register(Tags.database)
def installation(app_configs: Any = None, databases: Any = None, **kwargs: Any) -> list[Error]:
    """The database is of this mode, and was made with this pepper. A new one has no table yet."""
    if not databases or settings.TESTING:
        return []
    try:
        if Installation._meta.db_table not in connection.introspection.table_names():
            return []
        held = Installation.objects.filter(id=1).first()
        # First of all: another mode's secrets are never noted in this database.
        if held is not None and held.trial != settings.TRIAL:
            return [_TRIAL_HERE if settings.TRIAL else _TRIALS]
        check_installation(trial=settings.TRIAL)
    except (PepperWrong, SaltWrong) as wrong:
        return [Error(str(wrong), hint="Nothing was changed.", id="alltid.E102")]
    except DatabaseError:
        return [CLOSED]
    return []


@register
def vault(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """What is sealed here opens again, and only with its own identity."""
    body = {"text": "Du kan alltid berätta."}
    label = Label("check", "start")
    try:
        identity = Identity.generate()
        sealed = seal_text(label, "house", body, [identity.recipient])
        whole = open_text(sealed, identity, label).body == body
        try:
            open_text(sealed, Identity.generate(), label)
        except VaultError:
            pass
        else:
            whole = False
    except Exception:
        whole = False
    if whole:
        return []
    return [
        Error(
            "The vault does not open what it has sealed.",
            hint="Install the pinned dependencies again (pyrage).",
            id="alltid.E105",
        )
    ]
