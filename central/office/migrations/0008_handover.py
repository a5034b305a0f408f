# ruff: noqa: RUF012 -- Django reads these as plain class attributes

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0007_numbers")]
    operations = [
        migrations.AddField("collection", "handover", models.TextField(default="")),
        migrations.CreateModel(
            name="Handover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kiosk", models.TextField()),
                ("epoch", models.BigIntegerField()),
                ("number", models.TextField()),
                ("at_ms", models.BigIntegerField()),
                ("given_by", models.TextField()),
                ("taken_by", models.TextField()),
                ("collections", models.TextField()),
                ("amount_fen", models.BigIntegerField()),
            ],
            options={
                "db_table": "handover",
                "constraints": [models.UniqueConstraint(fields=("kiosk", "number"), name="handover_once")],
            },
        ),
    ]
