"""What every answer carries, and on which way a request may come in."""

import ipaddress
from collections.abc import Callable
from functools import cache
from pathlib import PurePath
from urllib.parse import urlsplit
from wsgiref.headers import Headers as WsgiHeaders

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation

from . import errors
from .context import language_of
from .inline import child_css_source
from .rooms import is_staff_path

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
GetResponse = Callable[[HttpRequest], HttpResponse]

_EVERYWHERE = {
    "Cache-Control": "no-store",
    # no-referrer would turn the Origin of our own forms into null.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(),geolocation=(),microphone=()",
    "X-Robots-Tag": "noindex",
}
_STAFF_POLICY = (
    "default-src 'none';style-src 'self';script-src 'self';img-src 'self' data:;"
    "connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'"
)
_NEAR = {"localhost", "127.0.0.1", "::1"}


@cache
def child_policy() -> str:
    """The Content-Security-Policy of the child's pages: their one style, their one script."""
    return (
        f"default-src 'none';style-src {child_css_source()};script-src 'self';"
        "connect-src 'self';img-src data:;form-action 'self';base-uri 'none';"
        "frame-ancestors 'none'"
    )


def static_headers(headers: WsgiHeaders, path: str, url: str) -> None:
    """For whitenoise: only the staff's own files may stay in a browser's cache."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    del headers["Access-Control-Allow-Origin"]
    if not PurePath(path).name.startswith("staff"):
        headers["Cache-Control"] = "no-store"


def _is_static(request: HttpRequest) -> bool:
    return request.path_info.startswith(settings.STATIC_URL)


class Headers:
    """Outermost: each room's headers on every answer, and never a cookie on a child's page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language of the address, and say what a browser may do with the answer."""
        with translation.override(language_of(request)):
            response = self.get_response(request)
            if isinstance(response, HttpResponseNotAllowed) and not response.content:
                response = errors.not_allowed(request, response)
        if _is_static(request) and response.status_code < 400:
            return response
        for name, value in _EVERYWHERE.items():
            response.headers[name] = value
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response.headers["Strict-Transport-Security"] = (
                f"max-age={settings.SECURE_HSTS_SECONDS}"
            )
        if is_staff_path(request.path_info):
            response.headers["Content-Security-Policy"] = _STAFF_POLICY
        else:
            response.headers["Content-Security-Policy"] = child_policy()
            self._leave_no_cookie(response)
        return response

    def _leave_no_cookie(self, response: HttpResponse) -> None:
        if response.cookies and settings.TESTING:
            raise AssertionError("A child's page set a cookie.")
        response.cookies.clear()
        # Nothing is stored, so there is nothing to tell apart.
        del response.headers["Vary"]


def networks(texts: list[str]) -> list[Network]:
    """The addresses or networks of proxies; ValueError for what is neither."""
    return [ipaddress.ip_network(text) for text in texts]


def _address(text: str) -> Address | None:
    """An address as a proxy or a socket writes it: with brackets, a port or a zone, or mapped."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


class Visitor:
    """Who asks, and over which way: forwarded headers are believed from TRUSTED_PROXIES only.

    Sets `request.visitor`, the address or the IPv6 /64 network, which is never stored: only the
    throttle and the bounds on bodies look at it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.trusted = networks(settings.ALLTID["TRUSTED_PROXIES"])

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note the visitor, and the scheme that a trusted proxy was spoken to in."""
        visitor = self._visitor(request, _peer(request))
        request.visitor = _shared_name(visitor)  # type: ignore[attr-defined]
        return self.get_response(request)

    def _trusts(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self.trusted)

    def _visitor(self, request: HttpRequest, peer: Address | None) -> Address | None:
        """The last hop that is no proxy of ours; its way in counts as private if all say https."""
        if not self._trusts(peer):
            return peer
        said = request.META.get("HTTP_X_FORWARDED_PROTO", "")
        request.META["wsgi.url_scheme"] = (
            "https" if all(way.strip() == "https" for way in said.split(",")) else "http"
        )
        visitor = peer
        for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            address = _address(hop)
            if address is None:
                break
            visitor = address
            if not self._trusts(address):
                break
        return visitor


class Transport:
    """For which host, and privately; without a private way there is no form to fill."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let through what is private and meant for us; a style sheet may come any way."""
        if _is_static(request):
            return self.get_response(request)
        try:
            host = urlsplit(f"//{request.get_host()}").hostname
        except DisallowedHost:
            return errors.wrong_address(request)
        if not request.is_secure() and not _stays_here(request, host):
            return errors.not_private(request)
        return self.get_response(request)


def _peer(request: HttpRequest) -> Address | None:
    return _address(request.META.get("REMOTE_ADDR", ""))


def _shared_name(visitor: Address | None) -> str:
    if isinstance(visitor, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((visitor, 64), strict=False))
    return str(visitor)


def _stays_here(request: HttpRequest, host: str | None) -> bool:
    """Whether a request never left this machine, as in a trial: no proxy passed it on either."""
    peer = _peer(request)
    passed_on = any(
        name in request.META for name in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA")
    )
    # "testserver" is what Django's test client calls us.
    near = host in _NEAR or (settings.TESTING and host == "testserver")
    return near and not passed_on and peer is not None and peer.is_loopback
