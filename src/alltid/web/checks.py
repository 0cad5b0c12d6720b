"""What must be true before a server starts; each refusal says what to do (alltid.E0…)."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from .inline import child_css

_NEAR = {"localhost", "127.0.0.1", "::1", "[::1]"}
_SHORTEST_SECRET = 40


def _is_near(host: str) -> bool:
    return host in _NEAR or host.startswith("127.")


@register
def serving(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Production: named hosts, a private way in, secrets worth the name."""
    if settings.ALLTID["MODE"] != "serve":
        return []
    given = settings.ALLTID
    found: list[CheckMessage] = []
    if not given["HOSTS"]:
        found.append(
            Error(
                "No host name is given.",
                hint="Set ALLTID_HOSTS to the names this installation answers to.",
                id="alltid.E001",
            )
        )
    if any(host.startswith(("*", ".")) or "/" in host for host in given["HOSTS"]):
        found.append(
            Error(
                "ALLTID_HOSTS holds something that is not one host's name.",
                hint="Write each name in full, without https:// and without a star.",
                id="alltid.E002",
            )
        )
    away = any(not _is_near(host) for host in given["HOSTS"]) or not _is_near(given["HOST"])
    if away and not (given["TRUSTED_PROXIES"] or given["TLS_CERT"]):
        found.append(
            Error(
                "Children would come over plain HTTP, and would be shown no form.",
                hint="Put a proxy that speaks HTTPS before Alltid and set ALLTID_TRUSTED_PROXIES "
                "to its address, or set ALLTID_TLS_CERT and ALLTID_TLS_KEY (docs/start.md).",
                id="alltid.E003",
            )
        )
    if len(settings.SECRET_KEY) < _SHORTEST_SECRET:
        found.append(
            Error(
                "ALLTID_SECRET_KEY is too short to keep a form's signature from being guessed.",
                hint="`alltid secrets` makes one of 50 random characters.",
                id="alltid.E004",
            )
        )
    return found


@register
def debugging(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """DEBUG would show a child's words on an error page."""
    if not settings.DEBUG:
        return []
    return [
        Error(
            "DEBUG is on: an error would show what a child wrote.",
            hint="Take DEBUG out of the settings.",
            id="alltid.E005",
        )
    ]


@register
def trying(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A trial prints its passphrases, so nobody else may reach it."""
    if not settings.TRIAL or _is_near(settings.ALLTID["HOST"]):
        return []
    return [
        Error(
            "A trial listens on this machine only.",
            hint="Take ALLTID_HOST out, or set up a real installation with `alltid setup`.",
            id="alltid.E006",
        )
    ]


@register
def proxies(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Each trusted proxy is an address or a network that is not everybody."""
    for text in settings.ALLTID["TRUSTED_PROXIES"]:
        try:
            wide = ipaddress.ip_network(text).prefixlen == 0
        except ValueError:
            wide = True
        if wide:
            return [
                Error(
                    "ALLTID_TRUSTED_PROXIES holds something that is not an address of a proxy.",
                    hint="Write addresses or networks, as 10.0.0.5 or 10.0.0.0/24.",
                    id="alltid.E007",
                )
            ]
    return []


@register
def leaving(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Leave fast leads to a web page."""
    address = urlsplit(settings.ALLTID["LEAVE_URL"])
    if address.scheme == "https" and address.hostname:
        return []
    return [
        Error(
            "ALLTID_LEAVE_URL is not the address of a web page.",
            hint="Write an everyday page's address with https:// before it.",
            id="alltid.E008",
        )
    ]


@register
def style(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """The child's style sheet can be read: no page of theirs works without it."""
    try:
        child_css()
    except OSError:
        return [
            Error(
                "The child's style sheet cannot be read.",
                hint="Install Alltid again: its package is not whole.",
                id="alltid.E009",
            )
        ]
    return []
