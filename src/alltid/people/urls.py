"""The staff's addresses: the way in, one's own account, the team."""

from django.urls import path

from . import log_views, team_views, views

app_name = "people"
urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("stay/", views.stay, name="stay"),
    path("join/", views.join, name="join"),
    path("account/", views.account, name="account"),
    path("account/passphrase/", views.passphrase, name="passphrase"),
    path("account/code/", views.code, name="code"),
    path("account/away/<slug:slug>/", views.away, name="away"),
    path("account/sign-out-everywhere/", views.sign_out_everywhere, name="sign_out_everywhere"),
    path("team/<slug:slug>/", team_views.team, name="team"),
    path("team/<slug:slug>/hours/", team_views.hours, name="hours"),
    path("team/<slug:slug>/children/", team_views.children, name="children"),
    path("team/<slug:slug>/invite/", team_views.invite, name="invite"),
    path("team/<slug:slug>/mend/<int:pk>/", team_views.mend, name="mend"),
    path("team/<slug:slug>/let-in/<int:pk>/", team_views.let_in, name="let_in"),
    path("team/<slug:slug>/log/", log_views.log, name="log"),
    path("team/<slug:slug>/log/export/", log_views.export, name="export_log"),
]
