# ruff: noqa: RUF012 -- Django reads these as plain class attributes

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0009_one_person")]
    operations = [
        migrations.CreateModel(
            name="Blocked",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kiosk", models.TextField()),
                ("epoch", models.BigIntegerField()),
                ("seq", models.BigIntegerField()),
                ("visit", models.TextField()),
                ("fee", models.TextField()),
                ("because", models.TextField()),
                ("at_ms", models.BigIntegerField()),
            ],
            options={
                "db_table": "blocked",
                "constraints": [
                    models.UniqueConstraint(fields=("kiosk", "epoch", "seq"), name="blocked_place")
                ],
            },
        ),
    ]
