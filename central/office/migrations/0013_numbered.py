# ruff: noqa: RUF012 -- Django reads these as plain class attributes

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0012_badges")]
    operations = [
        migrations.AddIndex(
            "record",
            models.Index(
                fields=["kiosk", "epoch", "seq"],
                name="record_numbered",
                condition=models.Q(kind__in=["numbers_received", "receipt_issued", "receipt_voided"]),
            ),
        ),
    ]
