# ruff: noqa: RUF012 -- Django reads these as plain class attributes
"""The office closes exceptions too, with a cause."""

from django.db import migrations, models

_ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("office", "0015_paid_ahead")]
    operations = [
        migrations.AddField("exceptional", "causes", models.TextField(default="[]"), preserve_default=False),
        migrations.AddField("problem", "cause", models.TextField(default="", db_default="")),
        migrations.CreateModel(
            name="ExceptionClosing",
            fields=[
                _ID,
                ("kiosk", models.TextField()),
                ("number", models.TextField()),
                ("cause", models.TextField()),
                ("closed_by", models.TextField()),
                ("at_ms", models.BigIntegerField()),
            ],
            options={
                "db_table": "exception_closing",
                "constraints": [
                    models.UniqueConstraint(fields=("kiosk", "number"), name="exception_closing_once")
                ],
            },
        ),
    ]
