# ruff: noqa: RUF012 -- Django reads these as plain class attributes

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0004_visitors")]
    operations = [
        migrations.AddField("fee", "rules", models.TextField(db_default="")),
        migrations.AddField("customer", "marks", models.TextField(db_default="{}")),
    ]
