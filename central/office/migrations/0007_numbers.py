# ruff: noqa: RUF012 -- Django reads these as plain class attributes

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0006_approvals")]
    operations = [
        migrations.CreateModel(
            name="NumberBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kiosk", models.TextField()),
                ("epoch", models.BigIntegerField()),
                ("block", models.BigIntegerField()),
                ("series", models.TextField()),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("given_ms", models.BigIntegerField()),
            ],
            options={
                "db_table": "number_block",
                "constraints": [
                    models.UniqueConstraint(fields=("kiosk", "epoch", "block"), name="number_block_once"),
                    models.UniqueConstraint(fields=("series", "first"), name="number_block_first_once"),
                ],
            },
        ),
    ]
