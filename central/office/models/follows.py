# ruff: noqa: RUF012 -- Django reads Meta as plain class attributes
"""What follows from what was said: projections, made anew by `python -m central rebuild`."""

from __future__ import annotations

from django.db import models


class Payment(models.Model):
    kiosk = models.TextField()
    payment = models.TextField()
    epoch = models.BigIntegerField()
    fee = models.TextField()
    account = models.TextField()
    bill = models.TextField()
    due_fen = models.BigIntegerField()
    tender = models.TextField()
    customer = models.TextField()  # masked by the kiosk's source
    reference = models.TextField(db_default="")  # id of a customer; empty: the kiosk did not know it
    state = models.TextField()  # open, paid, part_paid, abandoned
    paid_fen = models.BigIntegerField()
    started_ms = models.BigIntegerField()
    ended_ms = models.BigIntegerField()

    class Meta:
        db_table = "payment"
        constraints = [models.UniqueConstraint(fields=["kiosk", "payment"], name="payment_once")]
        indexes = [models.Index(fields=["-started_ms"], name="payment_by_time")]


class Note(models.Model):
    kiosk = models.TextField()
    epoch = models.BigIntegerField(default=1)
    note = models.TextField()
    payment = models.TextField()
    value_fen = models.BigIntegerField(null=True)  # null: a code that no table names
    box = models.BigIntegerField(null=True)  # null: in none
    state = models.TextField()  # held, stacking, credited, returned, doubtful
    at_ms = models.BigIntegerField()

    class Meta:
        db_table = "note"
        constraints = [models.UniqueConstraint(fields=["kiosk", "note"], name="note_once")]
        indexes = [models.Index(fields=["kiosk", "payment"], name="note_by_payment")]


class Paper(models.Model):
    """A receipt, or a claim: the slip for money that is owed or in doubt."""

    kiosk = models.TextField()
    number = models.TextField()
    sort = models.TextField()  # receipt, claim, collection, day
    payment = models.TextField()
    amount_fen = models.BigIntegerField(null=True)
    because = models.TextField()  # of a claim
    subject = models.TextField(default="", db_default="")  # of a claim: note, charge or payment
    state = models.TextField()  # issued, printed, failed, perhaps
    at_ms = models.BigIntegerField()

    class Meta:
        db_table = "paper"
        constraints = [models.UniqueConstraint(fields=["kiosk", "number"], name="paper_once")]
        indexes = [models.Index(fields=["kiosk", "payment"], name="paper_by_payment")]


class NumberBlock(models.Model):
    """Receipt numbers that were handed out to one epoch of one kiosk."""

    kiosk = models.TextField()
    epoch = models.BigIntegerField()
    block = models.BigIntegerField()  # counts from 1 in each epoch
    series = models.TextField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    given_ms = models.BigIntegerField()

    class Meta:
        db_table = "number_block"
        constraints = [
            models.UniqueConstraint(fields=["kiosk", "epoch", "block"], name="number_block_once"),
            models.UniqueConstraint(fields=["series", "first"], name="number_block_first_once"),
        ]


class Box(models.Model):
    """A cash box that was taken out: one epoch of it, with what the records say should be inside."""

    kiosk = models.TextField()
    epoch = models.BigIntegerField()
    box = models.BigIntegerField()
    removed_ms = models.BigIntegerField()
    how = models.TextField()  # kiosk.facts.office.BoxGone
    removed_by = models.TextField()  # number of the person; empty: nobody was signed in
    notes = models.TextField()  # JSON: denomination in fen → how many
    unknown = models.BigIntegerField()
    collection = models.TextField()  # number of the slip; empty: not counted yet

    class Meta:
        db_table = "box"
        constraints = [models.UniqueConstraint(fields=["kiosk", "epoch", "box"], name="box_once")]


class Collection(models.Model):
    """Boxes that a person counted."""

    kiosk = models.TextField()
    epoch = models.BigIntegerField()
    number = models.TextField()
    at_ms = models.BigIntegerField()
    counted_by = models.TextField()
    boxes = models.TextField()  # JSON list
    expected = models.TextField()  # JSON, by the records
    counted = models.TextField()  # JSON
    unknown = models.BigIntegerField()
    expected_fen = models.BigIntegerField()
    counted_fen = models.BigIntegerField()
    difference_fen = models.BigIntegerField()  # positive: more than the records say
    handover = models.TextField(default="")  # number of the slip; empty: still with who counted it

    class Meta:
        db_table = "collection"
        constraints = [models.UniqueConstraint(fields=["kiosk", "number"], name="collection_once")]


class Handover(models.Model):
    """Counted notes that went from one person to another; the amount as the records have it."""

    kiosk = models.TextField()
    epoch = models.BigIntegerField()
    number = models.TextField()
    at_ms = models.BigIntegerField()
    given_by = models.TextField()
    taken_by = models.TextField()
    collections = models.TextField()  # JSON list
    amount_fen = models.BigIntegerField()

    class Meta:
        db_table = "handover"
        constraints = [models.UniqueConstraint(fields=["kiosk", "number"], name="handover_once")]


class Exceptional(models.Model):
    """Something out of the ordinary at a kiosk, with who is responsible and until when."""

    kiosk = models.TextField()
    epoch = models.BigIntegerField()
    number = models.TextField()
    kind = models.TextField()  # kiosk.rules.exceptions.ExceptionKind
    subject = models.TextField()
    detail = models.TextField()
    severity = models.TextField()  # low, medium, high
    roles = models.TextField()  # JSON list
    causes = models.TextField()  # JSON list: with which it may be closed; empty: with what it is about
    opened_ms = models.BigIntegerField()  # by the kiosk's clock
    due_ms = models.BigIntegerField()
    closed_ms = models.BigIntegerField()  # 0: open
    cause = models.TextField()
    closed_by = models.TextField()  # empty: with what it was about; office:…: at the office

    class Meta:
        db_table = "exception"
        constraints = [models.UniqueConstraint(fields=["kiosk", "number"], name="exception_once")]


class Day(models.Model):
    """A day of a kiosk, from open to close; `figures` as this server added them up."""

    kiosk = models.TextField()
    epoch = models.BigIntegerField()
    day = models.BigIntegerField()
    opened_ms = models.BigIntegerField()  # 0: never opened
    opened_by = models.TextField()
    closed_ms = models.BigIntegerField()  # 0: open
    closed_by = models.TextField()
    late = models.BooleanField()
    report = models.TextField()  # number of the slip
    figures = models.TextField()  # JSON

    class Meta:
        db_table = "day"
        constraints = [models.UniqueConstraint(fields=["kiosk", "epoch", "day"], name="day_once")]


class StaffCall(models.Model):
    """Somebody waited for staff at a kiosk."""

    kiosk = models.TextField()
    epoch = models.BigIntegerField()
    call = models.TextField()
    called_ms = models.BigIntegerField()  # by the kiosk's clock
    place = models.TextField()  # the page at which the customer stood, kiosk.flow.state.Stage
    because = models.TextField()  # caller, kiosk
    waited_ms = models.BigIntegerField(null=True)  # until somebody answered; null: nobody did
    answered_by = models.TextField()
    ended_ms = models.BigIntegerField()  # 0: still wanted
    ended_by = models.TextField()  # empty: the caller took it back

    class Meta:
        db_table = "staff_call"
        constraints = [models.UniqueConstraint(fields=["kiosk", "call"], name="staff_call_once")]


class Approval(models.Model):
    """A supervisor decided at the kiosk whether an amount above the limit may be paid there."""

    kiosk = models.TextField()
    epoch = models.BigIntegerField()
    visit = models.TextField()
    bill = models.TextField()
    amount_fen = models.BigIntegerField()
    granted = models.BooleanField()
    decided_by = models.TextField()  # number of the person
    reason = models.TextField()  # id from the site's list; empty: refused
    at_ms = models.BigIntegerField()

    class Meta:
        db_table = "approval"


class Rating(models.Model):
    """What a customer thought of a visit. It names no person."""

    kiosk = models.TextField()
    epoch = models.BigIntegerField()
    visit = models.TextField()
    rating = models.TextField()  # very_good, good, fair, bad
    at_ms = models.BigIntegerField()

    class Meta:
        db_table = "rating"
        constraints = [models.UniqueConstraint(fields=["kiosk", "visit"], name="rating_once")]


class Opinion(models.Model):
    """A complaint or suggestion with its case number."""

    kiosk = models.TextField()
    epoch = models.BigIntegerField()
    number = models.TextField()
    visit = models.TextField()
    topic = models.TextField()
    topic_name = models.TextField()
    contact_digest = models.TextField()  # of the sealed telephone number; empty: none was left
    at_ms = models.BigIntegerField()

    class Meta:
        db_table = "opinion"
        constraints = [models.UniqueConstraint(fields=["kiosk", "number"], name="opinion_once")]


class Blocked(models.Model):
    """One submission that the six-step check of a kiosk did not let through."""

    kiosk = models.TextField()
    epoch = models.BigIntegerField()
    seq = models.BigIntegerField()
    visit = models.TextField()
    fee = models.TextField()
    because = models.TextField()
    at_ms = models.BigIntegerField()

    class Meta:
        db_table = "blocked"
        constraints = [models.UniqueConstraint(fields=["kiosk", "epoch", "seq"], name="blocked_place")]


class Posting(models.Model):
    """One leg of a double entry: the legs of one record sum to zero. `part` splits an account: by fee,
    denomination, charge, or the customer's account."""

    kiosk = models.TextField()
    epoch = models.BigIntegerField()
    seq = models.BigIntegerField()
    leg = models.BigIntegerField()
    payment = models.TextField()
    account = models.TextField()
    part = models.TextField()
    amount_fen = models.BigIntegerField()

    class Meta:
        db_table = "posting"
        constraints = [models.UniqueConstraint(fields=["kiosk", "epoch", "seq", "leg"], name="posting_place")]
        indexes = [
            models.Index(fields=["kiosk", "payment"], name="posting_by_payment"),
            models.Index(fields=["account", "part"], name="posting_by_account"),
        ]


class Trace(models.Model):
    """Which record speaks of which payment."""

    kiosk = models.TextField()
    payment = models.TextField()
    epoch = models.BigIntegerField()
    seq = models.BigIntegerField()

    class Meta:
        db_table = "trace"
        constraints = [
            models.UniqueConstraint(fields=["kiosk", "payment", "epoch", "seq"], name="trace_once")
        ]


class Settlement(models.Model):
    """How much of a bill a payment paid. What is open of a bill is its amount less these."""

    kiosk = models.TextField()
    payment = models.TextField()
    bill = models.TextField()
    amount_fen = models.BigIntegerField()

    class Meta:
        db_table = "settlement"
        constraints = [models.UniqueConstraint(fields=["kiosk", "payment", "bill"], name="settlement_once")]
        indexes = [models.Index(fields=["bill"], name="settlement_by_bill")]
