import django.db.models.deletion
from django.db import migrations, models


def where_the_duty_is_decided(apps, schema_editor):
    """Follow what happened: for whom it is decided, or that two read it as a prank."""
    Case, Event = (apps.get_model("answer", name) for name in ("Case", "CaseEvent"))
    telling = Event.objects.filter(
        kind__in=("child_added", "child_withdrawn", "duty_decided", "prank_marked", "prank_agreed",
                  "prank_unmarked")
    ).order_by("case", "sequence")  # fmt: skip
    children, pranks = {}, {}
    for case, kind, child in telling.values_list("case", "kind", "child").iterator():
        here = children.setdefault(case, {})
        if kind == "child_added":
            here.setdefault(child, False)
        elif kind == "child_withdrawn":
            here.pop(child, None)
        elif kind == "duty_decided" and child in here:
            here[child] = True
        elif kind.startswith("prank"):
            pranks[case] = kind == "prank_agreed"
    decided = [
        case for case, here in children.items() if all(here.values()) and (here or pranks.get(case))
    ]
    for start in range(0, len(decided), 500):
        Case.objects.filter(pk__in=decided[start : start + 500]).update(undecided=False)


class Migration(migrations.Migration):
    dependencies = [("answer", "0005_report"), ("people", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="undecided",
            field=models.BooleanField(default=True),
        ),
        migrations.CreateModel(
            name="CoachedQuarter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quarter", models.DateField()),
                ("answers", models.PositiveIntegerField(default=0)),
                ("marked", models.PositiveIntegerField(default=0)),
                ("settled", models.BooleanField(default=False)),
                ("percent", models.PositiveSmallIntegerField(null=True)),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="coached",
                        to="people.team",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="coachedquarter",
            constraint=models.UniqueConstraint(fields=("team", "quarter"), name="one_a_quarter"),
        ),
        migrations.RunPython(where_the_duty_is_decided, migrations.RunPython.noop),
    ]
