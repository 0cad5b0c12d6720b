"""The child's addresses: neutral words, the language first."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from alltid.web.context import own_names

from . import check_views, handing_views, views


class LanguageConverter(StringConverter):
    """Matches a language that the house speaks."""

    regex = "|".join(own_names())


register_converter(LanguageConverter, "language")

app_name = "tell"
urlpatterns = [
    path("", views.first, name="front"),
    path("<language:language>/", views.first, name="first"),
    path("<language:language>/at/<slug:slug>/", views.first, name="at"),
    path("<language:language>/words/", views.back, name="words"),
    path("<language:language>/more/", views.more, name="more"),
    path("<language:language>/feeling/", views.feeling, name="feeling"),
    path("<language:language>/end/", views.end, name="end"),
    path("<language:language>/no/", handing_views.no, name="no"),
    path("<language:language>/check/", check_views.check, name="check"),
    path("<language:language>/adult/", views.adult, name="adult"),
    path("<language:language>/next/", views.what_next, name="next"),
    # Typed by hand from a card or a poster, without the last stroke.
    path("<language:language>", views.first),
    path("<language:language>/at/<slug:slug>", views.first),
    path("<language:language>/words", views.back),
    path("<language:language>/check", check_views.check),
    path("<language:language>/adult", views.adult),
    path("<language:language>/next", views.what_next),
]
