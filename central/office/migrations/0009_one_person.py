# ruff: noqa: RUF012 -- Django reads these as plain class attributes

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0008_handover")]
    operations = [
        migrations.AddIndex("customer", models.Index(fields=["identity"], name="customer_identity")),
    ]
