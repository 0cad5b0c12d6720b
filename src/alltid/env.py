"""The environment, read once and typed: every setting, its default and what it is for.

A secret may come from a file: `ALLTID_PEPPER_FILE=/run/secrets/pepper` is read where
`ALLTID_PEPPER` would be. An unknown ALLTID_ name or a value that cannot be read stops the start
with a sentence (Misconfigured).
"""

import base64
import binascii
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "ALLTID_"
MODES = ("serve", "trial", "test")


class Misconfigured(Exception):
    """A setting is missing, unknown or unreadable; the text says which and what to do."""


@dataclass(frozen=True)
class Setting:
    """One setting: how it is read, its default (None: must be given), and what it is for.

    A secret that is an installation's own says how a fresh one is made.
    """

    read: Callable[[str], Any]
    default: str | None
    description: str
    secret: bool = False
    make: Callable[[], str] | None = None


def _mode(text: str) -> str:
    if text not in MODES:
        raise ValueError(f"choose one of {', '.join(MODES)}")
    return text


def _whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """A reader of whole numbers within bounds."""
    wanted = f"a whole number from {least}" + (f" to {most}" if most else "")

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= (most or int(text)):
            raise ValueError(wanted)
        return int(text)

    return read


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _key(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        raise ValueError("32 random bytes in base64") from None
    if len(raw) < 16:
        raise ValueError("at least 16 random bytes in base64")
    return raw


def _peppers(text: str) -> dict[int, bytes]:
    """`1:<base64>` or several, the newest last: `1:<base64>,2:<base64>`."""
    peppers = {}
    for part in _names(text):
        version, _, key = part.partition(":")
        if not (version.isascii() and version.isdigit()):
            # Not int()'s own words: they would quote a pepper whose number was left out.
            raise ValueError("each is a number, a colon and the base64 of 32 random bytes")
        peppers[int(version)] = _key(key)
    if not peppers:
        raise ValueError("at least one, written 1:<base64>")
    return peppers


def _mail_server(text: str) -> str:
    """The address as it is, once its parts can be read."""
    try:
        address = urlsplit(text)
        readable = not text or (address.scheme == "smtp" and address.hostname and address.port != 0)
    except ValueError:
        readable = False
    if not readable:
        # Not urllib's own words: they would quote a part of the password.
        raise ValueError("signs such as / # ? in a password are written %2F %23 %3F")
    return text


def _postgresql(text: str) -> str:
    """The address as it is, once its parts can be read."""
    try:
        address = urlsplit(text)
        readable = not text or (address.scheme in ("postgres", "postgresql") and address.port != 0)
    except ValueError:
        readable = False
    if not readable:
        # Not the library's own words: they would quote a part of the password.
        raise ValueError(
            "it begins with postgres://, and signs such as / # ? in a password are written "
            "%2F %23 %3F"
        )
    return text


def _random(length: int) -> str:
    return base64.b64encode(secrets.token_bytes(length)).decode()


SETTINGS: dict[str, Setting] = {
    "MODE": Setting(
        _mode, "serve", "serve (production), trial (loopback, example people) or test."
    ),
    "DATA": Setting(Path, "var", "Folder for the database, the outgoing mail of a trial, prints."),
    "DATABASE_URL": Setting(
        _postgresql,
        "",
        "A PostgreSQL address (postgres://…); empty: SQLite in the data folder.",
        True,
    ),
    "HOSTS": Setting(_names, "", "Host names this installation answers to, with commas between."),
    "HOST": Setting(str, "127.0.0.1", "The address to listen on."),
    "PORT": Setting(_whole(1, 65535), "8000", "The port to listen on."),
    "WORKERS": Setting(_whole(1), "2", "Server processes; one a core is right."),
    "SECRET_KEY": Setting(
        str,
        None,
        "Signs forms and sessions: 50 random characters.",
        True,
        lambda: secrets.token_urlsafe(50),
    ),
    "PEPPER": Setting(
        _peppers,
        None,
        "Kept apart from the database: without it no receipt and no passphrase can be tried "
        "against a stolen one. Written 1:<base64 of 32 random bytes>; a newer one is added "
        "behind a comma with the next number.",
        True,
        lambda: f"1:{_random(32)}",
    ),
    "RECEIPT_KEY": Setting(
        _key,
        None,
        "Makes the six words: base64 of 32 random bytes. It may be changed.",
        True,
        lambda: _random(32),
    ),
    "SALT": Setting(
        _key,
        None,
        "The installation's salt for receipts: base64 of 16 random bytes. Never change it.",
        True,
        lambda: _random(16),
    ),
    "TLS_CERT": Setting(
        str,
        "",
        "Where no proxy stands before Alltid: the file of its own certificate chain (PEM).",
    ),
    "TLS_KEY": Setting(
        str, "", "The file of that certificate's private key (PEM), without a passphrase."
    ),
    "TRUSTED_PROXIES": Setting(
        _names, "", "Addresses of proxies whose X-Forwarded-For and -Proto are believed."
    ),
    "LEAVE_URL": Setting(
        str, "https://sv.wikipedia.org/", "Where Leave fast leads: an everyday page."
    ),
    "EMERGENCY": Setting(str, "112", "The emergency number shown to children."),
    "HELPLINE_NAME": Setting(str, "Bris", "A helpline for children, day and night."),
    "HELPLINE": Setting(str, "116 111", "Its telephone number."),
    "SMTP_URL": Setting(
        _mail_server,
        "",
        "Where notices go out: smtp://user:password@host:587. Empty: none are sent.",
        True,
    ),
    "MAIL_FROM": Setting(str, "alltid@localhost", "The sender of notices."),
    "ROUNDS": Setting(
        _whole(0),
        "1",
        "Every how many minutes the server sends notices and erases what is due; 0: a timer of "
        "yours runs `alltid tick`.",
    ),
    "BACKUP_DAYS": Setting(
        _whole(1, 30), "30", "After how many days every backup is gone (1 to 30)."
    ),
    "LOCK_MINUTES": Setting(_whole(1), "15", "Idle minutes after which a staff page locks."),
}


def _text_of(name: str, setting: Setting, environ: Mapping[str, str]) -> str | None:
    plain = environ.get(PREFIX + name)
    file = environ.get(f"{PREFIX}{name}_FILE")
    if plain is not None and file is not None:
        raise Misconfigured(
            f"Both {PREFIX}{name} and {PREFIX}{name}_FILE are set. Keep one of them."
        )
    if file is None:
        return plain
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise Misconfigured(
            f"{PREFIX}{name}_FILE names a file that is not text. Check the file's name."
        ) from None
    except OSError as error:
        raise Misconfigured(
            f"{PREFIX}{name}_FILE cannot be read ({error.strerror}). Check the file's name and "
            "that the user who runs Alltid may read it."
        ) from None


def read(environ: Mapping[str, str]) -> dict[str, Any]:
    """Every setting by its name without the prefix, typed; raises Misconfigured."""
    known = {PREFIX + name for name in SETTINGS} | {f"{PREFIX}{name}_FILE" for name in SETTINGS}
    unknown = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise Misconfigured(
            f"There is no setting {unknown[0]}. Take it out or correct its name; "
            "docs/configuration.md lists them all."
        )
    values: dict[str, Any] = {}
    for name, setting in SETTINGS.items():
        text = _text_of(name, setting, environ)
        if text is None:
            text = setting.default
        if text is None or (setting.default is None and not text):
            state = "not set" if text is None else "empty"
            raise Misconfigured(
                f"{PREFIX}{name} is {state}. {setting.description} A new installation gets a "
                "fresh set from `alltid secrets`; one that runs already needs its own back."
            )
        try:
            values[name] = setting.read(text)
        except ValueError as error:
            raise Misconfigured(
                f"{PREFIX}{name} cannot be read: {error}. {setting.description}"
            ) from None
    return values


def write_secrets(folder: Path) -> dict[str, Path]:
    """A file for every secret that an installation makes for itself, by its setting's full name.

    Files are of mode 0600 in a folder of mode 0700; one that is there already is kept.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    files = {}
    for name, setting in SETTINGS.items():
        if setting.make is None:
            continue
        path = folder / name.lower()
        files[f"{PREFIX}{name}_FILE"] = path
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(setting.make() + "\n")
    return files
