"""A small house for tests of the shell: pages that work and pages that fail on purpose."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

CANARY = "kanariefågel"

FAILURES: dict[str, Callable[[], Exception]] = {
    "bug": lambda: ZeroDivisionError(CANARY),
    "locked": lambda: OperationalError("database is locked"),
    "full": lambda: OperationalError("database or disk is full"),
    "disk": lambda: OSError(28, "No space left on device"),
    "denied": lambda: PermissionDenied(CANARY),
    "odd": lambda: SuspiciousOperation(CANARY),
    "gone": lambda: Http404(CANARY),
}


def fine(request: HttpRequest) -> HttpResponse:
    """Say who asks, over which way, in which language, and what came."""
    return JsonResponse(
        {
            "visitor": request.visitor,
            "secure": request.is_secure(),
            "text": request.POST.get("text"),
            "skipped": getattr(request, "pictures_skipped", False),
            "files": len(request.FILES),
            "language": get_language(),
        }
    )


def fail(request: HttpRequest, how: str) -> HttpResponse:
    """Raise what the address names, with the form in a local variable."""
    typed = request.POST.get("text")  # noqa: F841 - it must not be told
    raise FAILURES[how]()


def cookie(request: HttpRequest) -> HttpResponse:
    """Do what no child's page may do."""
    response = HttpResponse("")
    response.set_cookie("seen", "1")
    patch_vary_headers(response, ["Cookie"])
    return response


@require_POST
def only_post(request: HttpRequest) -> HttpResponse:
    """A page that comes after a send."""
    return fine(request)


_both = [
    path("", fine),
    path("fail/<str:how>/", fail),
    path("cookie/", cookie),
    path("more/", only_post),
]
_people = ([path(name + "/", fine, name=name) for name in ("home", "stay", "sign_in")], "people")

urlpatterns = [
    path("staff/", include(_people)),
    path("staff/", include(_both)),
    path("sv/", include(_both)),
    path("en/", include(_both)),
    path("", fine),
]

handler400 = "alltid.web.errors.bad_request"
handler403 = "alltid.web.errors.forbidden"
handler404 = "alltid.web.errors.not_found"
handler500 = "alltid.web.errors.server_error"
