"""What an archive gets of a case: a plain tar in an age file, with a manifest of its parts.

docs/archive.md says what stands in it; docs/archive-manifest.schema.json is the manifest's schema.
"""

import hashlib
import io
import json
import os
import secrets
import tarfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from alltid.people.models import RetentionPolicy, Team
from alltid.people.reference import reference
from alltid.vault.envelope import seal_file

from ..access import OpenDisclosure

FORMAT, VERSION = "alltid-archive", 1
_FOLDER, _SEALED, _PART = "archive", ".age", ".part"


class NotWritten(OSError):
    """What was read back from the disk is not what was written."""


@dataclass(frozen=True)
class Packed:
    """A case as it was when it was packed, sealed; sequences say how far talk and case had come."""

    sealed: bytes
    messages: int
    events: int

    @property
    def sha256(self) -> str:
        """What the file is known by, in hexadecimal."""
        return hashlib.sha256(self.sealed).hexdigest()


def pack(opened: OpenDisclosure, archive: RetentionPolicy, now: datetime) -> Packed:
    """Everything of a case in one file that only the archive opens.

    Raises a VaultError where a message or an entry does not open: then nothing is packed.
    """
    messages, events = _messages(opened), _events(opened)
    parts = {"messages.json": messages, "chronology.json": events}
    written = {name: _json({"entries": entries}) for name, entries in parts.items()}
    manifest = _manifest(opened, archive, now) | {
        "parts": [
            {
                "name": name,
                "sha256": hashlib.sha256(data).hexdigest(),
                "bytes": len(data),
                "entries": len(parts[name]),
            }
            for name, data in written.items()
        ]
    }
    tar = _tar({"manifest.json": _json(manifest)} | written, now)
    sealed = seal_file(tar, archive.archive_recipient)
    return Packed(sealed, opened.disclosure.sequence, opened.case.sequence)


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode(
        "utf-8", "backslashreplace"
    )


def _messages(opened: OpenDisclosure) -> list[dict[str, Any]]:
    lines = opened.lines()
    for line in lines:
        if line.fault is not None:
            raise line.fault
    return [
        {"sequence": line.sequence, "from": "child" if line.from_child else "staff"} | line.body
        for line in lines
    ]


def _events(opened: OpenDisclosure) -> list[dict[str, Any]]:
    found = []
    for event in opened.case.events.select_related("by").order_by("sequence"):
        words = event.open(opened.case_identity).body if event.sealed else {}
        found.append(
            {
                "sequence": event.sequence,
                "kind": event.kind,
                "at": event.at.isoformat(timespec="minutes"),
                "by": event.by.first_name if event.by else None,
                "child": str(event.child) if event.child else None,
                "codes": event.codes,
                "words": words,
            }
        )
    return found


def _manifest(opened: OpenDisclosure, archive: RetentionPolicy, now: datetime) -> dict[str, Any]:
    talk, team = opened.disclosure, opened.disclosure.team
    return {
        "format": FORMAT,
        "version": VERSION,
        "thread": str(talk.pk),
        "reference": reference(talk.pk),
        "source": talk.source,
        "team": {
            "name": team.name, "place": team.place, "kind": team.kind, "country": team.country,
        },
        "told": talk.told.isoformat(),
        "closed": talk.closed.isoformat() if talk.closed else None,
        "policy": {
            "version": talk.policy.version,
            "what": talk.policy.what,
            "months": talk.policy.months,
            "made": talk.policy.made.isoformat(timespec="minutes"),
        },
        "archive": {"name": archive.archive_name, "recipient": archive.archive_recipient},
        "sealed": {
            "at": now.isoformat(timespec="minutes"), "by": opened.unlocked.user.first_name,
        },
    }  # fmt: skip


def _tar(parts: dict[str, bytes], now: datetime) -> bytes:
    """A plain tar (POSIX ustar) that names nobody of this machine."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(data), int(now.timestamp()), 0o600
            tar.addfile(entry, io.BytesIO(data))
    return made.getvalue()


# --- on the disk -------------------------------------------------------------------------------


def folder(team: Team) -> Path:
    """Where a team's sealed files lie until whoever runs the machine takes them to the archive."""
    path: Path = settings.DATA / _FOLDER / team.slug
    return path


def file_of(team: Team, pk: UUID) -> Path:
    """The file of one case."""
    return folder(team) / f"{pk}{_SEALED}"


def write(team: Team, pk: UUID, sealed: bytes) -> Path:
    """Write a file of mode 0600 under a name that passes for no archive's file; it is on disk."""
    folder(team).mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder(team) / f".{pk}.{secrets.token_hex(8)}{_PART}"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    return part


def give_name(part: Path, file: Path, sha256: str) -> None:
    """Give a written file its name, and read it back; raises NotWritten where it is another."""
    part.replace(file)
    there = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(there)
    finally:
        os.close(there)
    if hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
        raise NotWritten("The archive's file is not what was written.")


def named(team: Team) -> set[UUID]:
    """The cases whose files lie there."""
    found = set()
    for path in folder(team).glob(f"*{_SEALED}"):
        try:
            found.add(UUID(path.stem))
        except ValueError:
            continue
    return found


def drop(team: Team, pk: UUID) -> None:
    """Delete a case's file that a run left which died; its caller holds the case, which is here."""
    file_of(team, pk).unlink(missing_ok=True)


def drop_parts(team: Team, before: datetime) -> None:
    """Delete what runs that died had begun to write."""
    for path in folder(team).glob(f".*{_PART}"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before.timestamp():
                path.unlink()
