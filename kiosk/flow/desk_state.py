"""The staff's part of the one state (`state.py`): boxes, bags, open items, exceptions, and who stands at the screen."""

from __future__ import annotations

import enum

import msgspec

from kiosk.doctor.report import DeviceReport
from kiosk.facts import ReceiptIssued
from kiosk.facts.office import Figures, How, Notes, Sort
from kiosk.facts.stock import ReceiptAsked
from kiosk.money import Money
from kiosk.rules.exceptions import ExceptionKind, Severity


class ClosedBox(msgspec.Struct, frozen=True):
    """Taken out and not counted yet."""

    box: int
    notes: Notes
    unknown: int
    by: str  # who took it out; empty: nobody was signed in
    noticed: bool = False  # that nobody was


class Bag(msgspec.Struct, frozen=True):
    """A collection that was counted and is still with the one who counted."""

    by: str
    notes: Notes


class Item(msgspec.Struct, frozen=True):
    """Something that a person has to decide; open until then."""

    id: str  # of the note, charge, payment or collection
    sort: Sort
    amount: Money | None
    because: str
    claim: str = ""
    in_box: bool = False
    box: int = 0  # where it lies, if it does


class Matter(msgspec.Struct, frozen=True):
    """An exception that is open."""

    kind: ExceptionKind
    subject: str
    detail: str
    severity: Severity
    roles: tuple[str, ...]
    opened_ms: int
    due_ms: int


class Room(enum.Enum):
    """The pages of the staff area."""

    NUMBER = "number"
    PIN = "pin"
    MENU = "menu"
    COLLECT = "collect"
    COUNT = "count"
    COUNTED = "counted"
    ITEMS = "items"
    ITEM = "item"
    PAPERS = "papers"
    DAY = "day"
    BAGS = "bags"  # counted, and not handed over
    SECOND = "second"  # who signs besides the one who is signed in: number
    SECOND_PIN = "second_pin"
    HANDED_OVER = "handed_over"
    EXCEPTIONS = "exceptions"
    EXCEPTION = "exception"
    FIGURES = "figures"  # what the day came to up to now
    OPENING = "opening"  # the list that must be right before a day is opened
    OVERRIDE = "override"  # why it is opened all the same
    VOID = "void"  # a receipt: which one
    VOID_WHY = "void_why"
    VOIDED = "voided"
    DEVICES = "devices"
    CHECKUP = "checkup"
    EXAMINED = "examined"


class Act(enum.Enum):
    """What two persons do together: one is signed in, the other signs too."""

    HAND_OVER = "hand_over"
    SETTLE = "settle"
    VOID = "void"


class LastTest(msgspec.Struct, frozen=True):
    """Of one device."""

    report: DeviceReport
    by: str
    at_ms: int


class Desk(msgspec.Struct, frozen=True):
    """Somebody of the staff is at the screen. In memory only; a restart signs out."""

    room: Room = Room.NUMBER
    person: str = ""  # signed in
    number: str = ""  # given, and not proved yet
    badge: str = ""  # with which it was given
    attempt: str = ""  # the PIN that is being checked
    typed: str = ""
    problem: str = ""
    boxes: tuple[int, ...] = ()
    counted: Notes = {}
    bags: tuple[str, ...] = ()  # collections that are being handed over
    item: str = ""  # the open item that is looked at
    figures: Figures | None = None
    act: Act | None = None  # that the second person signs
    how: How | None = None  # what shall become of `item`
    lookup: ReceiptAsked | None = None  # a receipt that is being looked up
    receipt: ReceiptIssued | None = None  # that is to be void
    because: str = ""  # why it is
    override: str = ""  # reason to open the day that is being added up
    result: str = ""  # number of the collection or close that was just made
    touches: int = 0
