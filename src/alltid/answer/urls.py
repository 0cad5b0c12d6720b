"""The staff's addresses for what children told: the inbox, a thread, and who may see it."""

from django.urls import path

from . import views

app_name = "answer"
urlpatterns = [
    path("inbox/", views.first_inbox, name="inbox"),
    path("inbox/<slug:slug>/", views.inbox, name="team_inbox"),
    path("thread/<uuid:pk>/", views.thread, name="thread"),
    path("thread/<uuid:pk>/draft/", views.draft, name="draft"),
    path("thread/<uuid:pk>/pass/", views.pass_on, name="pass"),
    path("thread/<uuid:pk>/hide/", views.hide, name="hide"),
    path("thread/<uuid:pk>/show/", views.show, name="show"),
    path("thread/<uuid:pk>/export/", views.export, name="export"),
    path("team/<slug:slug>/remove/<int:pk>/", views.remove_member, name="remove_member"),
]
