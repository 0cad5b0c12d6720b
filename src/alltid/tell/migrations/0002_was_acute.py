from django.db import migrations, models
from django.db.models import F

_QUIET = 2


def make_room(apps, schema_editor):
    """What is quiet or closed moves one rank down."""
    disclosures = apps.get_model("tell", "Disclosure").objects
    disclosures.filter(rank__gte=_QUIET).update(rank=F("rank") + 1)


def close_up(apps, schema_editor):
    """What was acute is quiet again."""
    disclosures = apps.get_model("tell", "Disclosure").objects
    disclosures.filter(rank__gt=_QUIET).update(rank=F("rank") - 1)


class Migration(migrations.Migration):
    dependencies = [("tell", "0001_initial")]

    operations = [
        migrations.RenameField("disclosure", "acute", "danger"),
        migrations.RunPython(make_room, close_up),
        migrations.AlterField(
            "disclosure",
            "rank",
            models.PositiveSmallIntegerField(
                choices=[
                    (0, "Acute"),
                    (1, "Waiting"),
                    (2, "Was Acute"),
                    (3, "Quiet"),
                    (4, "Closed"),
                ],
                default=1,
            ),
        ),
    ]
