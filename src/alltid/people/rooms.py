"""Who is signed in, for the staff's pages only."""

from collections.abc import Callable

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from alltid.web.rooms import StaffRoom

from .unlocking import current


class StaffSignedIn(StaffRoom, AuthenticationMiddleware):
    """Adds `request.user` and `request.unlocked`, and speaks the user's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)

    def process_request(self, request: HttpRequest) -> None:
        """Look the user up when asked, and open their identity when asked."""
        super().process_request(request)
        request.unlocked = SimpleLazyObject(lambda: current(request))  # type: ignore[attr-defined]
        language = request.user.language if request.user.is_authenticated else None
        translation.activate(language or translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language()
