# ruff: noqa: RUF012 -- Django reads these as plain class attributes
"""The journal is append only, whoever holds the connection."""

from django.db import migrations

TABLES = ("record", "fork_record")
REFUSE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'journal records never change'); END
"""


class Migration(migrations.Migration):
    dependencies = [("office", "0001_schema")]
    operations = [
        migrations.RunSQL([REFUSE.format(table=table, verb=verb)], f"DROP TRIGGER {table}_no_{verb}")
        for table in TABLES
        for verb in ("update", "delete")
    ]
