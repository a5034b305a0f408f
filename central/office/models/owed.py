# ruff: noqa: RUF012 -- Django reads Meta as plain class attributes
"""What is owed, by whom, and what became of it; fees, persons, and what kiosks are given."""

from __future__ import annotations

from django.db import models


class Fee(models.Model):
    code = models.TextField(primary_key=True)
    name = models.TextField()
    name_en = models.TextField()
    account_digits = models.BigIntegerField()
    open = models.BooleanField()
    limit_fen = models.BigIntegerField(null=True)
    place = models.BigIntegerField()  # order on pages
    rules = models.TextField(db_default="")  # as `kiosk.rules.load.packed` writes this one fee

    class Meta:
        db_table = "fee"


class Customer(models.Model):
    fee = models.ForeignKey(Fee, models.PROTECT, db_column="fee")
    account = models.TextField()
    name = models.TextField()
    identity = models.TextField()
    contact = models.TextField()
    marks = models.TextField(db_default="{}")  # JSON: what concessions ask for → last day, empty for no end

    class Meta:
        db_table = "customer"
        constraints = [models.UniqueConstraint(fields=["fee", "account"], name="customer_account")]
        indexes = [models.Index(fields=["identity"], name="customer_identity")]


class Bill(models.Model):
    number = models.TextField(primary_key=True)
    customer = models.ForeignKey(Customer, models.PROTECT, db_column="customer")
    period = models.TextField()
    amount_fen = models.BigIntegerField()
    due_ms = models.BigIntegerField()
    region = models.TextField()

    class Meta:
        db_table = "bill"


class Person(models.Model):
    """One of the staff, for the kiosks of a site. `pin` is a verifier (kiosk.pins)."""

    number = models.TextField(primary_key=True)
    site = models.TextField()  # empty: of every site
    name = models.TextField()
    roles = models.TextField()  # JSON list of kiosk.parcels.Role
    pin = models.TextField()
    badges_from_ms = models.BigIntegerField(default=0)  # badges that were issued earlier are revoked

    class Meta:
        db_table = "person"


class Edition(models.Model):
    """Number of the newest site bundle: goes up by one with each change of fees, bills or payments. One row."""

    number = models.BigIntegerField()

    class Meta:
        db_table = "edition"


class Bundle(models.Model):
    """A bundle as it was signed."""

    site = models.TextField()
    version = models.BigIntegerField()
    text = models.TextField()
    signature = models.TextField()

    class Meta:
        db_table = "bundle"
        constraints = [models.UniqueConstraint(fields=["site", "version"], name="bundle_once")]


class Charge(models.Model):
    """A kiosk's order to charge a payment code. Kept for ever: a repeated id never charges twice."""

    id = models.TextField(primary_key=True)
    kiosk = models.TextField()
    payment = models.TextField()
    bill = models.TextField()
    amount_fen = models.BigIntegerField()
    code_hash = models.TextField()  # keyed; the code itself is nowhere
    state = models.TextField()  # kiosk.parcels.ChargeIs
    provider = models.TextField()
    reference = models.TextField()
    reason = models.TextField()
    asked_ms = models.BigIntegerField()
    changed_ms = models.BigIntegerField()

    class Meta:
        db_table = "charge"
        indexes = [models.Index(fields=["kiosk", "payment"], name="charge_by_payment")]


class SandboxCharge(models.Model):
    """The sandbox provider's own book; a real provider keeps it in its own house."""

    id = models.TextField(primary_key=True)
    code_hash = models.TextField()
    amount_fen = models.BigIntegerField()
    ends = models.TextField()  # what it will be from settles_ms on
    reason = models.TextField()
    settles_ms = models.BigIntegerField()
    reference = models.TextField()

    class Meta:
        db_table = "sandbox_charge"
        indexes = [models.Index(fields=["code_hash"], name="sandbox_charge_code")]
