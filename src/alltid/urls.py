"""Two rooms: the child's at the root, the staff's under /staff/."""

from django.urls import include, path

urlpatterns = [
    path("staff/", include("alltid.people.urls")),
    path("staff/", include("alltid.answer.urls")),
    path("", include("alltid.tell.urls")),
]

handler400 = "alltid.web.errors.bad_request"
handler403 = "alltid.web.errors.forbidden"
handler404 = "alltid.web.errors.not_found"
handler500 = "alltid.web.errors.server_error"
