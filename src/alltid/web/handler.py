"""From the server into Django: every form is read as UTF-8, and no failure is told in full."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

log = logging.getLogger(__name__)


class PlainRequest(WSGIRequest):
    """A request whose sender has no say in how it is decoded.

    Of the charsets that Python knows, one takes hours (punycode), some fail (zlib), and some give
    signs that no page can be written with (unicode_escape).
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(
            meta.get("CONTENT_TYPE", "")
        )


class Handler(WSGIHandler):
    """The application; what fails around Django's own handling is logged as everything else is."""

    request_class = PlainRequest

    def __call__(  # type: ignore[override]  # the stubs leave WSGI's own promise out
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer; without a page where not even a request could be made."""
        try:
            return super().__call__(environ, start_response)
        except Exception:
            log.exception("A request could not be read.")
            start_response("400 Bad Request", [("Content-Length", "0")])
            return []
