"""What every page of the staff area is made of: lines, buttons, a PIN that is asked for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from kiosk import contract as c
from kiosk.contract import Message, StaffLine
from kiosk.flow import papers
from kiosk.flow.delays import sign_in_pause_s
from kiosk.flow.permits import NOT_ALLOWED, WHO, May, may
from kiosk.flow.state import Desk, Paper, PaperState, Room, State
from kiosk.parcels import Role

DOT: Final = "●"


def press(intent: c.AnyIntent, key: str, off: str | Message | None = "") -> c.Button:
    """`off`: why it can not be pressed now."""
    why = Message(off) if off and isinstance(off, str) else off or None
    return c.Button(intent, Message(f"desk.do_{key}"), why)


def only_for(roles: Collection[Role]) -> Message:
    """That this is not for who is signed in, and for whom it is."""
    named = " ".join(f"desk.role_{role.value}" for role in Role if role in roles)
    return Message(NOT_ALLOWED, {"roles_keys": named})


def unless(state: State, what: May) -> Message | None:
    """Why the person who is signed in may not do this; None: may."""
    return None if may(state, what) else only_for(WHO[what])


def problem(key: str, what: May) -> Message | None:
    """What is wrong on a page that asks for this right."""
    if key == NOT_ALLOWED:
        return only_for(WHO[what])
    return Message(key) if key else None


def line(key: str, value: object = "", button: c.Button | None = None, look: bool = False) -> StaffLine:
    return StaffLine(Message(f"desk.{key}"), str(value), button, look)


def none_or(numbers: tuple[str, ...]) -> str:
    return ", ".join(numbers) if numbers else "—"


def go(room: Room, key: str) -> c.Button:
    return press(c.StaffGo(room.value), key)


def print_button(state: State, paper: Paper) -> c.Button | None:
    if paper.stage is PaperState.PRINTED:
        return None
    off = unless(state, May.REPRINT)
    if paper.stage is PaperState.PRINTING:
        off = Message("desk.printing")
    elif not papers.can_print(state):
        off = Message("desk.printer_not_ready")
    return press(c.PrintNumber(paper.number), "print", off)


def asks_pin(state: State, desk: Desk, title: Message) -> c.StaffEntry:
    wrong = Message(desk.problem) if desk.problem else None
    off = ""
    if state.sign_in_waits:
        wrong = Message("desk.wait", {"seconds": int(sign_in_pause_s(state.sign_in_failures))})
        off = "desk.wait_short"
    elif desk.attempt:
        wrong = Message("desk.checking")
    return c.StaffEntry(
        title,
        Message("desk.pin"),
        DOT * len(desk.typed),
        press(c.EnterTyped(), "sign_in", off),
        (line("number", desk.number),),
        wrong,
    )
