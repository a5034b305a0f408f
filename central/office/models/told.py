# ruff: noqa: RUF012 -- Django reads Meta as plain class attributes
"""What kiosks and people said, as it came, and what staff have to look at."""

from __future__ import annotations

from django.db import models


class RecordColumns(models.Model):
    kiosk = models.TextField()
    epoch = models.BigIntegerField()
    seq = models.BigIntegerField()
    wall_ms = models.BigIntegerField()
    boot = models.TextField()
    boot_ms = models.BigIntegerField()
    quality = models.TextField()
    kind = models.TextField()
    version = models.BigIntegerField()
    body = models.TextField()
    prev = models.TextField()
    hash = models.TextField()
    received_ms = models.BigIntegerField()

    class Meta:
        abstract = True


class Record(RecordColumns):
    """The journal as the kiosk hashed it: append only (triggers refuse anything else)."""

    class Meta:
        db_table = "record"
        constraints = [models.UniqueConstraint(fields=["kiosk", "epoch", "seq"], name="record_place")]
        indexes = [
            models.Index(
                fields=["kiosk", "epoch", "seq"],
                name="record_numbered",  # the numbers of receipts are added up over a whole epoch
                condition=models.Q(kind__in=["numbers_received", "receipt_issued", "receipt_voided"]),
            )
        ]


class ForkRecord(RecordColumns):
    """A signed record that contradicts one that was there before. Kept for ever, by its hash."""

    class Meta:
        db_table = "fork_record"
        constraints = [models.UniqueConstraint(fields=["kiosk", "epoch", "hash"], name="fork_record_hash")]


class Head(models.Model):
    """End of a kiosk's journal, per epoch, with the last signature over it."""

    kiosk = models.TextField()
    epoch = models.BigIntegerField()
    seq = models.BigIntegerField()
    hash = models.TextField()
    signature = models.TextField()
    forked = models.BooleanField()
    moved_ms = models.BigIntegerField()

    class Meta:
        db_table = "head"
        constraints = [models.UniqueConstraint(fields=["kiosk", "epoch"], name="head_place")]


class Quarantined(models.Model):
    """A batch that was signed by its kiosk but broken inside, byte for byte."""

    kiosk = models.TextField()
    digest = models.TextField()
    reason = models.TextField()
    raw = models.BinaryField()
    first_ms = models.BigIntegerField()
    last_ms = models.BigIntegerField()
    times = models.BigIntegerField()

    class Meta:
        db_table = "quarantine"
        constraints = [models.UniqueConstraint(fields=["kiosk", "digest"], name="quarantine_once")]


class CallAnswer(models.Model):
    """Somebody in the office said: I am coming. The kiosk hears it with the answer to its next heartbeat."""

    kiosk = models.TextField()
    call = models.TextField()
    answered_by = models.TextField()
    at_ms = models.BigIntegerField()

    class Meta:
        db_table = "call_answer"
        constraints = [models.UniqueConstraint(fields=["kiosk", "call"], name="call_answer_once")]


class ExceptionClosing(models.Model):
    """Somebody in the office closed an exception of a kiosk. The kiosk hears it with the answer to a heartbeat and
    writes it; if somebody there was first, what they said counts, and this stays beside it."""

    kiosk = models.TextField()
    number = models.TextField()
    cause = models.TextField()
    closed_by = models.TextField()
    at_ms = models.BigIntegerField()

    class Meta:
        db_table = "exception_closing"
        constraints = [models.UniqueConstraint(fields=["kiosk", "number"], name="exception_closing_once")]


class Problem(models.Model):
    """Something for staff. `subject` names what it is about, so that the same trouble is listed once."""

    kiosk = models.TextField()
    kind = models.TextField()
    subject = models.TextField()
    detail = models.TextField()
    at_ms = models.BigIntegerField()
    settled_ms = models.BigIntegerField()  # 0: open
    settled_by = models.TextField()
    cause = models.TextField(default="", db_default="")  # why it was settled, of those that are exceptions

    class Meta:
        db_table = "problem"
        constraints = [models.UniqueConstraint(fields=["kiosk", "kind", "subject"], name="problem_once")]
        permissions = [("settle_problem", "May mark a problem as settled")]


class Contact(models.Model):
    """A telephone number that was left with an opinion, sealed for this server. No record holds it: when its row is
    thrown away (`python -m central purge`) it is gone, and the records still say that there was one."""

    kiosk = models.TextField()
    digest = models.TextField()
    sealed = models.TextField()  # hex
    came_ms = models.BigIntegerField()

    class Meta:
        db_table = "contact"
        constraints = [models.UniqueConstraint(fields=["kiosk", "digest"], name="contact_once")]


class Purge(models.Model):
    """One run of `python -m central purge`: who let go of how much, by which rules."""

    started_ms = models.BigIntegerField()
    by = models.TextField()
    rules = models.TextField()  # JSON: kiosk.rules.retention.AtServer
    counts = models.TextField()  # JSON: kind → how many; goes up with each commit
    ended_ms = models.BigIntegerField()  # 0: it was interrupted, the next run finishes it

    class Meta:
        db_table = "purge"
