# ruff: noqa: RUF012 -- Django reads these as plain class attributes

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0011_exceptions")]
    operations = [
        migrations.AddField("person", "badges_from_ms", models.BigIntegerField(default=0)),
    ]
