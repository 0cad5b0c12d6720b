"""The staff's pages for what children told."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse


def first_inbox(request: HttpRequest) -> HttpResponse:
    raise Http404


def inbox(request: HttpRequest, slug: str) -> HttpResponse:
    raise Http404


def thread(request: HttpRequest, pk: UUID) -> HttpResponse:
    raise Http404


draft = pass_on = hide = show = thread


def remove_member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    raise Http404
