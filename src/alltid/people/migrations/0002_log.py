from django.db import migrations, models

KINDS = {
    "opened": ("opened", "recovery_used", "signed_in"),
    "exported": ("exported",),
    "destroyed": ("ended_by_child", "erased", "words_expired"),
}
REFUSES = "What stands in the log is never changed."
TABLE = "people_auditevent"
MAKE = {
    "sqlite": [
        f"CREATE TRIGGER audit_never_{name} BEFORE {deed} ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSES}'); END"
        for name, deed in (("changed", "UPDATE"), ("deleted", "DELETE"))
    ],
    "postgresql": [
        "CREATE FUNCTION audit_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{REFUSES}' USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE TRIGGER audit_never_changed BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION audit_never_changed()",
    ],
}
DROP = {
    "sqlite": ["DROP TRIGGER audit_never_changed", "DROP TRIGGER audit_never_deleted"],
    "postgresql": [
        f"DROP TRIGGER audit_never_changed ON {TABLE}",
        "DROP FUNCTION audit_never_changed()",
    ],
}


def say_what_each_was(apps, schema_editor):
    """What is in the log already gets its kind; the last time that any of it is touched."""
    events = apps.get_model("people", "AuditEvent").objects
    for kind, verbs in KINDS.items():
        events.filter(verb__in=verbs).update(kind=kind)


def refuse_changes(apps, schema_editor):
    for statement in MAKE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow_changes(apps, schema_editor):
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="auditevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "Opened"),
                    ("changed", "Changed"),
                    ("exported", "Taken out"),
                    ("destroyed", "Destroyed"),
                ],
                default="changed",
                max_length=9,
            ),
        ),
        migrations.RunPython(say_what_each_was, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["team", "kind", "-id"], name="audit_by_kind"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["team", "actor", "-id"], name="audit_by_person"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["team", "subject", "-id"], name="audit_by_subject"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["team", "why"], name="audit_about"),
        ),
        migrations.RunPython(refuse_changes, allow_changes),
    ]
