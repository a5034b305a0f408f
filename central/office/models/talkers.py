# ruff: noqa: RUF012 -- Django reads Meta as plain class attributes
"""Who may talk to the server, with which key."""

from __future__ import annotations

from django.db import models


class Kiosk(models.Model):
    id = models.TextField(primary_key=True)
    site = models.TextField()
    epoch = models.BigIntegerField()
    machine = models.TextField()
    enrolled_ms = models.BigIntegerField()
    last_seen_ms = models.BigIntegerField()
    beat_ms = models.BigIntegerField()  # the kiosk's own clock at its last heartbeat; 0: none yet
    version = models.TextField()
    beat_head_seq = models.BigIntegerField()
    beat_acked_seq = models.BigIntegerField()
    devices = models.TextField()  # JSON list of DeviceHealth
    staff_called = models.BooleanField()
    calls_since_ms = models.BigIntegerField()

    class Meta:
        db_table = "kiosk"
        permissions = [
            ("see_office", "May see the office pages"),
            ("enrol_kiosk", "May issue enrolment codes"),
        ]


class KioskKey(models.Model):
    """One key per epoch; older ones stay so that what they signed can still be checked."""

    kiosk = models.ForeignKey(Kiosk, models.PROTECT, db_column="kiosk")
    epoch = models.BigIntegerField()
    public_key = models.TextField(unique=True)
    made_ms = models.BigIntegerField()

    class Meta:
        db_table = "kiosk_key"
        constraints = [models.UniqueConstraint(fields=["kiosk", "epoch"], name="kiosk_key_epoch")]


class EnrolmentCode(models.Model):
    code_hash = models.TextField(primary_key=True)
    site = models.TextField()
    kiosk = models.TextField()  # not empty: a new epoch for this kiosk instead of a new kiosk
    made_ms = models.BigIntegerField()
    expires_ms = models.BigIntegerField()
    used_by = models.TextField()  # public key; empty: not used

    class Meta:
        db_table = "enrolment_code"
