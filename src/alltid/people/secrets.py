"""The installation's own secrets as the vault wants them, and the gates of this process."""

import os

from django.conf import settings

from alltid.vault.errors import PepperWrong
from alltid.vault.kdf import Gate, SideDoor
from alltid.vault.parameters import KDF_RETURNS
from alltid.vault.receipt import check_pepper, check_salt, pepper_mark, salt_mark

from .models import Installation

# One permit for staff: a passphrase costs 64 MiB while it is stretched.
STAFF_GATE = Gate(permits=1)
CHILD_GATE = Gate(permits=max(1, (os.cpu_count() or 1) // max(1, settings.ALLTID["WORKERS"])))
RETURN_GATE = SideDoor(CHILD_GATE, KDF_RETURNS)


def peppers() -> dict[int, bytes]:
    """Every live pepper by version, the newest first."""
    held: dict[int, bytes] = settings.ALLTID["PEPPER"]
    return dict(sorted(held.items(), reverse=True))


def newest_pepper() -> tuple[int, bytes]:
    """The version and bytes that new things are made with."""
    return next(iter(peppers().items()))


def pepper(version: int) -> bytes:
    """The pepper of one version; raises PepperWrong where it is no longer configured."""
    try:
        return peppers()[version]
    except KeyError:
        raise PepperWrong(
            f"Pepper {version} is not configured, but something in the database was made with it. "
            "Put it back into ALLTID_PEPPER."
        ) from None


def check_installation(*, trial: bool) -> Installation:
    """The installation's row, made on the first start; raises PepperWrong, SaltWrong.

    Salt and peppers that are configured and known must be those known; a new pepper is noted.
    """
    installation, _made = Installation.objects.get_or_create(id=1, defaults={"trial": trial})
    salt, marks = settings.ALLTID["SALT"], installation.pepper_marks
    if installation.salt_mark:
        check_salt(salt, bytes.fromhex(installation.salt_mark))
    noted = len(marks)
    for version, secret in peppers().items():
        known = marks.get(str(version))
        if known is None:
            marks[str(version)] = pepper_mark(secret).hex()
        else:
            check_pepper(secret, bytes.fromhex(known))
    missing = sorted(set(marks) - {str(version) for version in peppers()})
    if missing:
        raise PepperWrong(
            f"Pepper {missing[0]} is not configured, but this database was made with it. "
            "Put it back into ALLTID_PEPPER."
        )
    if len(marks) != noted or not installation.salt_mark:
        installation.salt_mark = salt_mark(salt).hex()
        installation.save(update_fields=["pepper_marks", "salt_mark"])
    return installation
