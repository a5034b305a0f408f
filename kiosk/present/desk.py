"""What every page of the staff area is made of: lines, buttons, a PIN that is asked for."""

from __future__ import annotations

from typing import Final

from kiosk import contract as c
from kiosk.contract import Message, StaffLine
from kiosk.flow import papers
from kiosk.flow.delays import sign_in_pause_s
from kiosk.flow.permits import May, may
from kiosk.flow.state import Desk, Paper, PaperState, Room, State

DOT: Final = "●"


def press(intent: c.AnyIntent, key: str, off: str = "") -> c.Button:
    return c.Button(intent, Message(f"desk.do_{key}"), Message(off) if off else None)


def line(key: str, value: object = "", button: c.Button | None = None, look: bool = False) -> StaffLine:
    return StaffLine(Message(f"desk.{key}"), str(value), button, look)


def none_or(numbers: tuple[str, ...]) -> str:
    return ", ".join(numbers) if numbers else "—"


def go(room: Room, key: str) -> c.Button:
    return press(c.StaffGo(room.value), key)


def print_button(state: State, paper: Paper) -> c.Button | None:
    if paper.stage is PaperState.PRINTED:
        return None
    off = "" if may(state, May.REPRINT) else "desk.not_allowed"
    if paper.stage is PaperState.PRINTING:
        off = "desk.printing"
    elif not papers.can_print(state):
        off = "desk.printer_not_ready"
    return press(c.PrintNumber(paper.number), "print", off)


def asks_pin(state: State, desk: Desk, title: Message) -> c.StaffEntry:
    problem = Message(desk.problem) if desk.problem else None
    off = ""
    if state.sign_in_waits:
        problem = Message("desk.wait", {"seconds": int(sign_in_pause_s(state.sign_in_failures))})
        off = "desk.wait_short"
    elif desk.attempt:
        problem = Message("desk.checking")
    return c.StaffEntry(
        title,
        Message("desk.pin"),
        DOT * len(desk.typed),
        press(c.EnterTyped(), "sign_in", off),
        (line("number", desk.number),),
        problem,
    )
