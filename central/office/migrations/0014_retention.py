# ruff: noqa: RUF012 -- Django reads these as plain class attributes
"""What may be thrown away stands in no record: telephone numbers have a table of their own."""

from django.db import migrations, models

_ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("office", "0013_numbered")]
    operations = [
        migrations.RemoveField("opinion", "contact"),
        migrations.RemoveField("opinion", "sealed"),
        migrations.AddField(
            "opinion", "contact_digest", models.TextField(default=""), preserve_default=False
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                _ID,
                ("kiosk", models.TextField()),
                ("digest", models.TextField()),
                ("sealed", models.TextField()),
                ("came_ms", models.BigIntegerField()),
            ],
            options={
                "db_table": "contact",
                "constraints": [models.UniqueConstraint(fields=("kiosk", "digest"), name="contact_once")],
            },
        ),
        migrations.CreateModel(
            name="Purge",
            fields=[
                _ID,
                ("started_ms", models.BigIntegerField()),
                ("by", models.TextField()),
                ("rules", models.TextField()),
                ("counts", models.TextField()),
                ("ended_ms", models.BigIntegerField()),
            ],
            options={"db_table": "purge"},
        ),
    ]
