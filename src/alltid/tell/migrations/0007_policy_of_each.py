"""Every talk has its policy."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tell", "0006_told_so_far"),
    ]

    operations = [
        migrations.AlterField(
            model_name="disclosure",
            name="policy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.retentionpolicy",
            ),
        ),
    ]
