"""The staff's addresses for what children told: the inbox, a thread, and who may see it."""

from django.urls import path

from alltid.people import team_views

from . import hands, rotation, views
from .referral import views as referring

app_name = "answer"
urlpatterns = [
    path("inbox/", views.first_inbox, name="inbox"),
    path("inbox/<slug:slug>/", views.inbox, name="team_inbox"),
    path("thread/<uuid:pk>/", views.thread, name="thread"),
    path("thread/<uuid:pk>/draft/", views.draft, name="draft"),
    path("thread/<uuid:pk>/coach/", views.coach, name="coach"),
    path("thread/<uuid:pk>/pass/", views.other_hands, {"deed": hands.pass_on}, name="pass"),
    path("thread/<uuid:pk>/hide/", views.other_hands, {"deed": hands.hide}, name="hide"),
    path("thread/<uuid:pk>/show/", views.other_hands, {"deed": hands.show_again}, name="show"),
    path("thread/<uuid:pk>/another-team/", referring.ask, name="ask"),
    path("thread/<uuid:pk>/kept/", referring.kept, name="kept"),
    path("asked/<int:number>/", referring.asked, name="asked"),
    path("asked/<int:number>/accept/", referring.accept, name="accept"),
    path("asked/<int:number>/decline/", referring.decline, name="decline"),
    path("thread/<uuid:pk>/case/<slug:name>/", views.deed, name="deed"),
    path("inbox/<slug:slug>/concern/", views.concern, name="concern"),
    path("thread/<uuid:pk>/export/", views.export, name="export"),
    path(
        "team/<slug:slug>/remove/<int:pk>/",
        team_views.remove_member,
        {"remove": rotation.remove_member},
        name="remove_member",
    ),
]
