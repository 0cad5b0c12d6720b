"""Two rooms in one house: what staff pages need never touches a page that a child reaches."""

from typing import Any

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware


def is_staff_path(path: str) -> bool:
    """Whether a path belongs to the staff's room."""
    return path.startswith(settings.STAFF_PATH)


class StaffRoom:
    """Mixed into a middleware: it does nothing outside the staff's room."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass a child's request by untouched."""
        if not is_staff_path(request.path_info):
            return self.get_response(request)  # type: ignore[attr-defined,no-any-return]
        return super().__call__(request)  # type: ignore[misc,no-any-return]


class StaffSession(StaffRoom, SessionMiddleware):
    """Sessions for staff."""


class StaffCsrf(StaffRoom, CsrfViewMiddleware):
    """Django's CSRF check for staff; a child's forms carry no ambient authority."""

    def process_view(self, request: HttpRequest, *args: Any) -> Any:
        """Check staff pages only."""
        if is_staff_path(request.path_info):
            return super().process_view(request, *args)
        return None
