"""What was told so far has a policy. By itself: PostgreSQL alters no table that was just filled."""

from typing import Any

from django.db import migrations
from django.utils import timezone

from alltid.people.retention import DEFAULTS, goes_on

CLOSED = 4


def told_so_far(apps: Any, _editor: Any) -> None:
    """What was told holds on to its team's policy; of what is closed the term begins now."""
    disclosures = apps.get_model("tell", "Disclosure").objects
    policies = apps.get_model("people", "RetentionPolicy").objects
    closed = timezone.now().replace(minute=0, second=0, microsecond=0)
    for team in apps.get_model("people", "Team").objects.all():
        usual = DEFAULTS[team.kind]
        newest = policies.filter(team=team).order_by("-version").first() or policies.create(
            team=team, version=1, what=usual.what, months=usual.months
        )
        here = disclosures.filter(team=team)
        here.update(policy=newest)
        goes = goes_on(closed, newest.months, team.timezone)
        here.filter(rank=CLOSED).update(closed=closed, goes=goes)


class Migration(migrations.Migration):
    dependencies = [
        ("tell", "0005_retention"),
    ]

    operations = [
        migrations.RunPython(told_so_far, migrations.RunPython.noop),
    ]
