# ruff: noqa: RUF012 -- Django reads these as plain class attributes

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0014_retention")]
    operations = [migrations.AddField("payment", "reference", models.TextField(db_default=""))]
