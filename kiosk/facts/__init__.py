"""Everything that can have happened, in the past tense; each file has the facts of one matter.

`Durable` facts concern money: they are in the journal and flushed before any command leaves that they cause.
What is only true now stands in `kiosk/facts/passing.py`.

Every durable fact has a kind (its tag) and a version; a reader keeps all versions for ever, because an update
may meet a journal that is not uploaded yet. Facts that move money name it in `postings`: the sum is zero.

Here is what is written of money, by its name, and the list of all that can stand in a journal.
"""

from __future__ import annotations

from typing import get_args

from kiosk.facts import checkup, office, visitor
from kiosk.facts.approval import AmountDecided, PaymentCancelled
from kiosk.facts.cabinet import DoorOpened, KioskStarted
from kiosk.facts.charges import (
    CLEARING,
    ChargeClosed,
    ChargeConfirmed,
    ChargeDeclined,
    ChargeDoubtful,
    ChargeRequested,
    ChargeUnknown,
)
from kiosk.facts.check import ItemsChecked, SubmissionBlocked
from kiosk.facts.kinds import Account, Durable, Fact, Passing, Posting, Signed
from kiosk.facts.notes import (
    DoubtSettled,
    NoteCredited,
    NoteDoubtful,
    NoteHeld,
    NoteReturned,
    NoteReturning,
    NoteStacking,
    PulseCounted,
)
from kiosk.facts.office import BoxRemoved, BoxReturned
from kiosk.facts.papers import (
    ClaimIssued,
    PrintDone,
    PrintFailed,
    PrintStarted,
    ReceiptIssued,
    ReceiptLookedUp,
)
from kiosk.facts.payments import BillPart, PartPaid, PaymentAbandoned, PaymentCompleted, PaymentOpened
from kiosk.facts.stock import NumbersReceived, NumbersRefused, ReceiptChecked, ReceiptVoided
from kiosk.facts.visitor import VisitClosed

__all__ = [
    "CLEARING", "DURABLE", "KIND", "Account", "AmountDecided", "AnyDurable", "BillPart", "BoxRemoved",
    "BoxReturned", "ChargeClosed", "ChargeConfirmed", "ChargeDeclined", "ChargeDoubtful", "ChargeRequested",
    "ChargeUnknown", "ClaimIssued", "DoorOpened", "DoubtSettled", "Durable", "Fact", "Issued", "ItemsChecked",
    "KioskStarted", "NoteCredited", "NoteDoubtful", "NoteHeld", "NoteReturned", "NoteReturning", "NoteStacking",
    "NumbersReceived", "NumbersRefused", "OfficePaper", "PartPaid", "Passing", "PaymentAbandoned",
    "PaymentCancelled", "PaymentCompleted", "PaymentOpened", "Posting", "PrintDone", "PrintFailed", "PrintStarted",
    "PulseCounted", "ReceiptChecked", "ReceiptIssued", "ReceiptLookedUp", "ReceiptVoided", "Signed", "Slip",
    "SubmissionBlocked", "VisitClosed",
]  # fmt: skip

AnyDurable = (
    KioskStarted
    | BoxRemoved
    | BoxReturned
    | PaymentOpened
    | PaymentAbandoned
    | PaymentCompleted
    | NoteHeld
    | PulseCounted
    | NoteStacking
    | NoteReturning
    | NoteReturned
    | NoteCredited
    | NoteDoubtful
    | DoubtSettled
    | ChargeRequested
    | ChargeUnknown
    | ChargeConfirmed
    | ChargeDeclined
    | ChargeClosed
    | ChargeDoubtful
    | ReceiptIssued
    | ClaimIssued
    | PrintStarted
    | PrintDone
    | PrintFailed
    | VisitClosed
    | office.BoxCounted
    | office.BagHandedOver
    | office.ItemSettled
    | office.ExceptionOpened
    | office.ExceptionClosed
    | office.ClaimClosed
    | office.DayOpened
    | office.DayClosed
    | ReceiptChecked
    | NumbersReceived
    | NumbersRefused
    | ReceiptVoided
    | office.ContactMade
    | office.PaymentsKnown
    | office.SignedIn
    | office.SignInFailed
    | office.SignedOut
    | AmountDecided
    | PaymentCancelled
    | ItemsChecked
    | SubmissionBlocked
    | checkup.DevicesExamined
    | visitor.StaffCalled
    | visitor.CallAnswered
    | visitor.CallEnded
    | visitor.VisitRated
    | visitor.OpinionGiven
    | DoorOpened
)
Slip = ReceiptIssued | ClaimIssued  # papers for a customer
OfficePaper = office.BoxCounted | office.BagHandedOver | office.DayClosed
Issued = Slip | OfficePaper | visitor.OpinionGiven
DURABLE: dict[str, type[Durable]] = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyDurable)}
KIND: dict[type[Durable], str] = {kind: name for name, kind in DURABLE.items()}
