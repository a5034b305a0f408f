# ruff: noqa: RUF012 -- Django reads these as plain class attributes

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0010_blocked")]
    operations = [
        migrations.CreateModel(
            name="Exceptional",
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
                ("kind", models.TextField()),
                ("subject", models.TextField()),
                ("detail", models.TextField()),
                ("severity", models.TextField()),
                ("roles", models.TextField()),
                ("opened_ms", models.BigIntegerField()),
                ("due_ms", models.BigIntegerField()),
                ("closed_ms", models.BigIntegerField()),
                ("cause", models.TextField()),
                ("closed_by", models.TextField()),
            ],
            options={
                "db_table": "exception",
                "constraints": [models.UniqueConstraint(fields=("kiosk", "number"), name="exception_once")],
            },
        ),
    ]
