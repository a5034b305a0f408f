"""What is tested with a person in front of the device: one row per step, the same at a terminal and on the screen.

A row says what the devices do meanwhile (`Want`), what the device must say, in which order, and what ends it badly.
A row without anything to be said is a question that the person answers. Pure: no clock, no device.

Two things are never asked for: that the cash box is taken out (the books would miss it while the core is down), and
a note for an acceptor without escrow (it could not come back)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from hardware.contracts import CodeRead, CodeRefused, Event, Found, NotPrinted, Printed, Refused, Returned
from hardware.panel.contract import (
    DIGITS,
    ENTER,
    ERASE,
    HELP,
    LOUDER,
    SOFTER,
    CallPressed,
    Guarded,
    GuardIs,
    Headphones,
    KeyPressed,
    Lamp,
    MainsAre,
    SomebodyNear,
)
from hardware.shelf import AcceptorPlan, PanelPlan, Shelf
from hardware.terminals.contract import TerminalAtRest

TOKEN: Final = "KIOSK-TEST-"  # no bill, no payment code and no account begins so
THERE_S: Final = 15.0  # a validator that was just switched on may need ten to say who it is
PERSON_S: Final = 120.0  # to read, walk round the cabinet, find a note or a key
PAGE_S: Final = 180.0  # longer than the printer itself waits for its proof
# Each key, and what is printed on it.
KEYS: Final = {
    **{d: d for d in DIGITS},
    ENTER: "Enter",
    ERASE: "Backspace",
    HELP: "*",
    LOUDER: "+",
    SOFTER: "-",
}


class Sight(msgspec.Struct, frozen=True):
    """An event of this kind with these fields. `name`: what a person calls it, where several are looked for."""

    kind: type[Event]
    fields: dict[str, Any] = {}
    name: str = ""

    def is_of(self, event: Event) -> bool:
        return isinstance(event, self.kind) and all(
            getattr(event, field) == value for field, value in self.fields.items()
        )


class Want(msgspec.Struct, frozen=True):
    """What the devices do while a step runs. A note is given back as soon as it is held, whatever runs."""

    accept: bool = False  # the acceptor takes any note into escrow
    look: bool = False  # the scanner of this step reads
    keys: bool = False  # the pad's keys are tested, not obeyed
    page: bool = False  # the test page is printed when the step begins
    lamps: frozenset[Lamp] = frozenset()


class Check(msgspec.Struct, frozen=True):
    """`name` is that of its phrase, `doctor.<name>`. `fails` end it badly, `again` are told and it goes on.
    `cannot`: a phrase that says why it is not tested here."""

    device: str
    name: str
    sees: tuple[Sight, ...] = ()
    any_order: bool = False
    fails: tuple[Sight, ...] = ()
    again: tuple[Sight, ...] = ()
    want: Want = Want()
    limit_s: float = PERSON_S
    cannot: str = ""

    @property
    def id(self) -> str:
        return f"{self.device}.{self.name}"

    @property
    def asks(self) -> bool:
        """The person decides: nothing can be heard of it."""
        return not self.sees and not self.cannot


def checks(shelf: Shelf, token: str) -> tuple[Check, ...]:
    """All steps for the devices of this kiosk. The test page carries `token` as its code and as its job's name."""
    return tuple(_all(shelf, token))


def _all(shelf: Shelf, token: str) -> Iterator[Check]:
    if shelf.printer:
        yield _there("printer")
        yield Check(
            "printer",
            "page",
            (Sight(Printed, {"job": token}),),
            fails=(Sight(NotPrinted, {"job": token}),),
            want=Want(page=True),
            limit_s=PAGE_S,
        )
        yield Check("printer", "legible")
    for scanner, plan in (("camera", shelf.camera), ("scanner", shelf.scanner)):
        if plan:
            yield _there(scanner)
            yield Check(
                scanner,
                "code",
                (Sight(CodeRead, {"text": token}),),
                again=(Sight(CodeRead), Sight(CodeRefused)),
                want=Want(look=True),
            )
    if shelf.acceptor:
        yield _there("acceptor")
        yield _note(shelf.acceptor)
    if shelf.terminal:
        yield _there("terminal")
        yield Check("terminal", "record", (Sight(TerminalAtRest),), limit_s=THERE_S)
    if shelf.panel:
        yield _there("panel")
        yield from _panel(shelf.panel)
    if shelf.keypad:
        yield _there("keypad")
        keys = tuple(Sight(KeyPressed, {"key": key}, cap) for key, cap in KEYS.items())
        yield Check("keypad", "keys", keys, any_order=True, want=Want(keys=True))
    if shelf.jack:
        yield _there("jack")
        yield Check("jack", "headset", tuple(Sight(Headphones, {"plugged": to}) for to in (True, False)))


def _there(device: str) -> Check:
    return Check(device, "there", (Sight(Found),), limit_s=THERE_S)


def _note(plan: AcceptorPlan) -> Check:
    if plan.driver == "pulse":
        return Check("acceptor", "note", cannot="doctor.no_escrow")
    return Check("acceptor", "note", (Sight(Returned),), again=(Sight(Refused),), want=Want(accept=True))


def _panel(plan: PanelPlan) -> Iterator[Check]:
    lamps = {
        Lamp.SLOT: plan.slot_lamp,
        Lamp.PRINTER: plan.printer_lamp,
        Lamp.SCANNER: plan.scanner_lamp,
        Lamp.CARD: plan.card_lamp,
        Lamp.BEACON: plan.beacon,
    }
    for lamp, pin in lamps.items():
        if pin is not None:
            yield Check("panel", f"lamp_{lamp.value}", want=Want(lamps=frozenset({lamp})))
    if plan.call_button is not None:
        yield Check("panel", "call", (Sight(CallPressed),))
    for guarded, pin in ((Guarded.DOOR, plan.door_switch), (Guarded.CASH_BOX, plan.box_switch)):
        if pin is not None:
            there_and_back = tuple(
                Sight(GuardIs, {"what": guarded, "open": is_open}) for is_open in (True, False)
            )
            yield Check("panel", guarded.value, there_and_back)
    if plan.presence is not None:
        yield Check("panel", "presence", (Sight(SomebodyNear),))
    if plan.mains is not None:
        yield Check("panel", "mains", tuple(Sight(MainsAre, {"on": on}) for on in (False, True)))
