"""What is out of the ordinary, as staff see it: whose it is, since when, until when, and how it is closed."""

from __future__ import annotations

from typing import Final

from kiosk import contract as c
from kiosk.contract import Message, StaffLine
from kiosk.flow import exceptions
from kiosk.flow.permits import NOT_ALLOWED, WHO, May
from kiosk.flow.state import Desk, Matter, Room, State
from kiosk.present import faults
from kiosk.present.desk import line, only_for, press, problem
from kiosk.receipts import time_text
from kiosk.rules.exceptions import BY_ITSELF, ExceptionKind

ITEM_KINDS: Final = frozenset({ExceptionKind.PAYMENT, ExceptionKind.DIFFERENCE})


def overdue(state: State, now_ms: int) -> int:
    return sum(matter.due_ms < now_ms for matter in state.exceptions.values())


def listing(state: State, desk: Desk, now_ms: int) -> c.StaffBoard:
    """The one that is due first stands first."""
    language = state.settings.language
    lines = []
    for number, matter in sorted(state.exceptions.items(), key=lambda one: one[1].due_ms):
        rule = state.site.office.rule(matter.kind)
        late = matter.due_ms < now_ms
        values: dict[str, str | int] = {"name": rule.name.in_(language), "who": rule.who.in_(language)}
        button = press(c.StaffGo(Room.EXCEPTION.value, number), "look")
        label = Message("desk.exception_late" if late else "desk.exception_line", values)
        lines.append(StaffLine(label, _short(state, matter.opened_ms), button, look=late))
    if state.house.broken:
        lines.insert(0, line("exception_journal", look=True))
    note = None if lines else Message("desk.exceptions_none")
    return c.StaffBoard(Message("desk.exceptions"), tuple(lines), note=note)


def one(state: State, desk: Desk, now_ms: int) -> c.StaffBoard:
    matter = state.exceptions.get(desk.item)
    if matter is None:  # it ended by itself while somebody looked at it
        return listing(state, desk, now_ms)
    language = state.settings.language
    rule = state.site.office.rule(matter.kind)
    lines = [
        line("slip_number", desk.item),
        faults.line(matter.subject, matter.detail) or _about(matter),
        line(f"severity_{matter.severity.value}"),
        line("exception_who", rule.who.in_(language)),
        line("exception_since", time_text(state.site, matter.opened_ms)),
        line("exception_until", time_text(state.site, matter.due_ms), look=matter.due_ms < now_ms),
    ]
    off = None if exceptions.may_close(state, matter) else _who_may(matter)
    wrong = _who_may(matter) if desk.problem == NOT_ALLOWED else problem(desk.problem, May.CLOSE_EXCEPTION)
    for cause in state.site.office.cause:
        if cause.id in rule.causes:
            close = press(c.CloseException(desk.item, cause.id), "close", off)
            lines.append(StaffLine(Message("desk.reason", {"name": cause.name.in_(language)}), button=close))
    return c.StaffBoard(
        Message("desk.reason", {"name": rule.name.in_(language)}),
        tuple(lines),
        main=_elsewhere(state, matter),
        note=Message("desk.exception_by_itself" if matter.kind in BY_ITSELF else "desk.exception_how"),
        problem=wrong,
    )


def _who_may(matter: Matter) -> Message:
    return only_for([role for role in WHO[May.CLOSE_EXCEPTION] if role.value in matter.roles])


def _about(matter: Matter) -> StaffLine:
    return line("exception_about", " ".join(part for part in (matter.subject[-12:], matter.detail) if part))


def _elsewhere(state: State, matter: Matter) -> c.Button | None:
    """Where it is put right, if that is another page."""
    if matter.kind in ITEM_KINDS and matter.subject in state.items:
        return press(c.StaffGo(Room.ITEM.value, matter.subject), "look")
    return press(c.StaffGo(Room.DAY.value), "day") if matter.kind is ExceptionKind.DAY else None


def _short(state: State, ms: int) -> str:
    """Month, day, hour and minute."""
    return time_text(state.site, ms)[-len("mm-dd hh:mm") :]
