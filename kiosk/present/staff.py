"""State → view for the staff area: signing in, the menu of what is open, open items and papers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from kiosk import contract as c
from kiosk.contract import Message, StaffLine
from kiosk.facts import ClaimIssued, ReceiptIssued
from kiosk.facts.office import BagHandedOver, BoxCounted, Sort
from kiosk.facts.visitor import OpinionGiven
from kiosk.flow import badges, second, till
from kiosk.flow.exceptions import lost_devices
from kiosk.flow.permits import May
from kiosk.flow.state import Act, Call, Desk, Item, Paper, PaperState, Room, State
from kiosk.present import box, checkup, day, exceptions, faults, void
from kiosk.present.desk import asks_pin, go, line, press, print_button, problem, unless
from kiosk.receipts import time_text


def page(state: State, now_ms: int) -> c.AnyPage:
    assert state.desk is not None
    if state.desk.room in TIMED_ROOMS:
        return TIMED_ROOMS[state.desk.room](state, state.desk, now_ms)
    return ROOMS[state.desk.room](state, state.desk)


# ---------------------------------------------------------------------------------------------------
# Signing in


def _number(state: State, desk: Desk) -> c.StaffEntry:
    typed = badges.number_may_be_typed(state)
    return c.StaffEntry(
        Message("desk.sign_in"),
        Message("desk.badge_or_number" if typed else "desk.badge_only"),
        desk.typed,
        press(c.EnterTyped(), "next", "" if typed else "desk.badge_needed"),
        (),
        Message(desk.problem) if desk.problem else None,
    )


def _pin(state: State, desk: Desk) -> c.StaffEntry:
    return asks_pin(state, desk, Message("desk.sign_in"))


# ---------------------------------------------------------------------------------------------------
# A second person signs


def _second(state: State, desk: Desk) -> c.StaffEntry:
    assert desk.act is not None
    return c.StaffEntry(
        _act(desk),
        Message("desk.second"),
        desk.typed,
        press(c.EnterTyped(), "next", "" if badges.number_may_be_typed(state) else "desk.badge_needed"),
        tuple(line("slip_number", number) for number in _signed_for(desk)),
        problem(desk.problem, second.SIGNINGS[desk.act].second),
    )


def _second_pin(state: State, desk: Desk) -> c.StaffEntry:
    return asks_pin(state, desk, _act(desk))


def _act(desk: Desk) -> Message:
    assert desk.act is not None
    return Message(f"desk.{desk.act.value}")


def _signed_for(desk: Desk) -> tuple[str, ...]:
    if desk.act is Act.VOID:
        return (desk.receipt.receipt,) if desk.receipt else ()
    return desk.bags if desk.act is Act.HAND_OVER else (_short(desk.item),)


# ---------------------------------------------------------------------------------------------------
# The menu: everything that is open


def _menu(state: State, desk: Desk, now_ms: int) -> c.StaffBoard:
    person = state.person
    return c.StaffBoard(
        Message("desk.menu", {"name": person.name if person else ""}),
        tuple(_what_is_open(state, now_ms)),
        main=press(c.SignOut(), "sign_out"),
    )


def _what_is_open(state: State, now_ms: int) -> Iterator[StaffLine]:
    house, day = state.house, state.day
    if state.call is not None:
        yield _who_waits(state, state.call)
    key = "day_open" if day.open else "day_shut"
    yield StaffLine(Message(f"desk.{key}", {"day": day.number}), "", go(Room.DAY, "day"), look=not day.open)
    out = "box_is_out" if state.box_out else "box_is_in"
    boxes = StaffLine(
        Message(f"desk.{out}", {"boxes": len(state.boxes)}),
        "",
        go(Room.COLLECT, "collect"),
        look=bool(state.boxes) or state.box_out,
    )
    yield boxes
    yield line("bags", len(state.bags), go(Room.BAGS, "bags"), look=bool(state.bags))
    yield line("items", len(state.items), go(Room.ITEMS, "items"), look=bool(state.items))
    late = exceptions.overdue(state, now_ms)
    yield StaffLine(
        Message("desk.exceptions_late", {"late": late}) if late else Message("desk.exceptions_open"),
        str(len(state.exceptions)),
        go(Room.EXCEPTIONS, "exceptions"),
        look=bool(state.exceptions or state.house.broken),
    )
    unprinted = len(state.unprinted)
    yield line("unprinted", unprinted, go(Room.PAPERS, "papers"), look=bool(unprinted))
    yield line("void", len(state.void), press(c.StaffGo(Room.VOID.value), "void", unless(state, May.VOID)))
    yield line("link_up" if house.online else "link_down", look=not house.online)
    lost = lost_devices(state)
    devices = Message("desk.devices_lost" if lost else "desk.devices", {"devices_keys": faults.names(lost)})
    yield StaffLine(devices, "" if lost else "—", go(Room.DEVICES, "devices"), look=bool(lost))


def _who_waits(state: State, call: Call) -> StaffLine:
    """Since when and at which page; nobody's name, no account."""
    since = time_text(state.site, call.since_ms)[-len("hh:mm") :]
    button = press(c.EndCall(), "end_call") if call.answered_by else press(c.AnswerCall(), "answer_call")
    return StaffLine(Message(f"desk.waits_{call.where}"), since, button, look=not call.answered_by)


# ---------------------------------------------------------------------------------------------------
# Open items and papers


def _items(state: State, desk: Desk) -> c.StaffBoard:
    lines = tuple(
        _item_line(item, press(c.StaffGo(Room.ITEM.value, item.id), "look")) for item in state.items.values()
    )
    return c.StaffBoard(Message("desk.items"), lines, note=None if lines else Message("desk.items_none"))


def _item_line(item: Item, button: c.Button | None = None) -> StaffLine:
    return StaffLine(
        Message(f"desk.item_{item.sort.value}", {"number": item.claim or _short(item.id)}),
        _amount(item),
        button,
    )


def _short(item: str) -> str:
    return item[-8:]


def _amount(item: Item) -> str:
    return item.amount.figures if item.amount is not None else "?"


def _item(state: State, desk: Desk) -> c.StaffBoard:
    item = state.items.get(desk.item)
    if item is None:  # it has found its answer by itself while somebody looked at it
        return _items(state, desk)
    off = unless(state, till.settles(item.sort))
    lines = [_item_line(item), StaffLine(Message(f"desk.why_{item.because}"))]
    if item.sort is Sort.NOTE:
        where = (
            Message("desk.note_in_box", {"box": item.box or "—"})
            if item.in_box
            else Message("desk.note_where")
        )
        lines.append(StaffLine(where))
    ways = [
        press(c.SettleItem(item.id, how), f"{item.sort.value}_{how.value}", off)
        for how in till.ways(item.sort)
    ]
    return c.StaffBoard(
        Message("desk.item"),
        tuple(lines),
        main=ways[0],
        second=ways[1] if len(ways) > 1 else None,
        note=Message("desk.item_how" if item.sort is Sort.CHANGE else "desk.item_how_two"),
    )


def _papers(state: State, desk: Desk) -> c.StaffBoard:
    lines = tuple(
        StaffLine(
            Message(f"desk.paper_{_kind(paper)}", {"number": number}),
            "",
            print_button(state, paper),
            look=paper.stage is PaperState.PERHAPS,
        )
        for number, paper in state.papers.items()
        if paper.stage is not PaperState.PRINTED
    )
    return c.StaffBoard(Message("desk.papers"), lines, note=None if lines else Message("desk.papers_none"))


def _kind(paper: Paper) -> str:
    if isinstance(paper.issued, ReceiptIssued):
        return "receipt"
    if isinstance(paper.issued, ClaimIssued):
        return "claim"
    if isinstance(paper.issued, OpinionGiven):
        return "opinion"
    if isinstance(paper.issued, BagHandedOver):
        return "hand_over"
    return "collection" if isinstance(paper.issued, BoxCounted) else "day"


ROOMS: Final[dict[Room, Callable[[State, Desk], c.AnyPage]]] = {
    Room.NUMBER: _number,
    Room.PIN: _pin,
    Room.COLLECT: box.collect,
    Room.COUNT: box.count,
    Room.COUNTED: box.counted,
    Room.BAGS: box.bags,
    Room.SECOND: _second,
    Room.SECOND_PIN: _second_pin,
    Room.VOID: void.which,
    Room.VOID_WHY: void.why,
    Room.VOIDED: void.voided,
    Room.HANDED_OVER: box.handed_over,
    Room.ITEMS: _items,
    Room.ITEM: _item,
    Room.PAPERS: _papers,
    Room.DAY: day.day,
    Room.FIGURES: day.figures,
    Room.OPENING: day.opening_list,
    Room.OVERRIDE: day.override,
    Room.DEVICES: checkup.devices,
    Room.CHECKUP: checkup.step,
    Room.EXAMINED: checkup.examined,
}
TIMED_ROOMS: Final[
    dict[Room, Callable[[State, Desk, int], c.AnyPage]]
] = {  # what they show depends on the hour
    Room.MENU: _menu,
    Room.EXCEPTIONS: exceptions.listing,
    Room.EXCEPTION: exceptions.one,
}
