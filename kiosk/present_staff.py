"""State → view for the staff area: what is open, what may be pressed. What a box should hold is not shown
before it was counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from kiosk import contract as c
from kiosk import present_checkup
from kiosk.contract import Message, StaffLine
from kiosk.facts import ClaimIssued, ReceiptIssued
from kiosk.flow import opening, papers, till
from kiosk.flow.delays import sign_in_pause_s
from kiosk.flow.permits import May, may
from kiosk.flow.state import Call, Desk, Item, Paper, PaperState, Room, State
from kiosk.money import Money
from kiosk.office_facts import BoxCounted, DayClosed, Sort, worth
from kiosk.receipts import time_text
from kiosk.visitor_facts import OpinionGiven

DOT: Final = "●"


def page(state: State, now_ms: int) -> c.AnyPage:
    assert state.desk is not None
    return ROOMS[state.desk.room](state, state.desk)


def _press(intent: c.AnyIntent, key: str, off: str = "") -> c.Button:
    return c.Button(intent, Message(f"desk.do_{key}"), Message(off) if off else None)


def _line(key: str, value: object = "", button: c.Button | None = None, look: bool = False) -> StaffLine:
    return StaffLine(Message(f"desk.{key}"), str(value), button, look)


def _none_or(numbers: tuple[str, ...]) -> str:
    return ", ".join(numbers) if numbers else "—"


# ---------------------------------------------------------------------------------------------------
# Signing in


def _number(state: State, desk: Desk) -> c.StaffEntry:
    return c.StaffEntry(
        Message("desk.sign_in"), Message("desk.number"), desk.typed, _press(c.EnterTyped(), "next")
    )


def _pin(state: State, desk: Desk) -> c.StaffEntry:
    problem = Message(desk.problem) if desk.problem else None
    off = ""
    if state.sign_in_waits:
        problem = Message("desk.wait", {"seconds": int(sign_in_pause_s(state.sign_in_failures))})
        off = "desk.wait_short"
    elif desk.attempt:
        problem = Message("desk.checking")
    return c.StaffEntry(
        Message("desk.sign_in"),
        Message("desk.pin"),
        DOT * len(desk.typed),
        _press(c.EnterTyped(), "sign_in", off),
        (_line("number", desk.number),),
        problem,
    )


# ---------------------------------------------------------------------------------------------------
# The menu: everything that is open


def _menu(state: State, desk: Desk) -> c.StaffBoard:
    person = state.person
    return c.StaffBoard(
        Message("desk.menu", {"name": person.name if person else ""}),
        tuple(_what_is_open(state)),
        main=_press(c.SignOut(), "sign_out"),
    )


def _go(room: Room, key: str) -> c.Button:
    return _press(c.StaffGo(room.value), key)


def _what_is_open(state: State) -> Iterator[StaffLine]:
    house, day = state.house, state.day
    if state.call is not None:
        yield _who_waits(state, state.call)
    key = "day_open" if day.open else "day_shut"
    yield StaffLine(Message(f"desk.{key}", {"day": day.number}), "", _go(Room.DAY, "day"), look=not day.open)
    out = "box_is_out" if state.box_out else "box_is_in"
    boxes = StaffLine(
        Message(f"desk.{out}", {"boxes": len(state.boxes)}),
        "",
        _go(Room.COLLECT, "collect"),
        look=bool(state.boxes) or state.box_out,
    )
    yield boxes
    yield _line("items", len(state.items), _go(Room.ITEMS, "items"), look=bool(state.items))
    unprinted = len(state.unprinted)
    yield _line("unprinted", unprinted, _go(Room.PAPERS, "papers"), look=bool(unprinted))
    yield _line("link_up" if house.online else "link_down", look=not house.online)
    troubles = [f"{device}: {text.partition(':')[0]}" for device, text in sorted(house.troubles.items())]
    if house.acceptor.obstacle:
        troubles.append(f"acceptor: {house.acceptor.obstacle}")
    if house.printer is not None and not house.printer.ready:
        troubles.append(f"printer: paper {house.printer.paper.value}")
    yield _line("devices", _none_or(tuple(troubles)), _go(Room.DEVICES, "devices"), look=bool(troubles))


def _who_waits(state: State, call: Call) -> StaffLine:
    """Since when and at which page; nobody's name, no account."""
    since = time_text(state.site, call.since_ms)[-len("hh:mm") :]
    button = _press(c.EndCall(), "end_call") if call.answered_by else _press(c.AnswerCall(), "answer_call")
    return StaffLine(Message(f"desk.waits_{call.where}"), since, button, look=not call.answered_by)


# ---------------------------------------------------------------------------------------------------
# The cash box


def _collect(state: State, desk: Desk) -> c.StaffBoard:
    off = "" if may(state, May.COLLECT) else "desk.not_allowed"
    lines = tuple(
        StaffLine(
            Message("desk.box" if box.by else "desk.box_unattended", {"box": box.box}),
            box.by,
            _press(c.CountBoxes((box.box,)), "count", off),
            look=not box.by,
        )
        for box in state.boxes
    )
    together = None
    if len(state.boxes) > 1:
        together = _press(c.CountBoxes(tuple(box.box for box in state.boxes)), "count_all", off)
    note = "desk.collect_how" if state.boxes else "desk.collect_first"
    return c.StaffBoard(Message("desk.collect"), lines, main=together, note=Message(note))


def _count(state: State, desk: Desk) -> c.AnyPage:
    fen = till.asked(state, desk)
    done = tuple(_pieces(fen, str(count)) for fen, count in desk.counted.items())
    title = Message("desk.count", {"box": ", ".join(str(box) for box in desk.boxes)})
    if fen is None:
        total = worth({name: count for name, count in desk.counted.items() if count})
        lines = (*done, _line("counted_sum", total.figures))
        return c.StaffBoard(
            title, lines, main=_press(c.EnterTyped(), "count_right"), note=Message("desk.count_check")
        )
    asks = Message("desk.how_many", {"note_fen": int(fen)})
    problem = Message(desk.problem) if desk.problem else None
    return c.StaffEntry(title, asks, desk.typed, _press(c.EnterTyped(), "next"), done, problem)


def _pieces(fen: str, value: str) -> StaffLine:
    return StaffLine(Message("desk.pieces", {"note_fen": int(fen)}), value)


def _counted(state: State, desk: Desk) -> c.StaffBoard:
    paper = state.papers.get(desk.result)
    assert paper is not None and isinstance(paper.issued, BoxCounted)
    issued = paper.issued
    lines = [_line("slip_number", issued.number)]
    lines += [
        StaffLine(
            Message("desk.pieces_of", {"note_fen": int(fen)}),
            f"{issued.counted.get(fen, 0)} / {issued.expected.get(fen, 0)}",
            look=_differs(issued, fen),
        )
        for fen in sorted({*issued.counted, *issued.expected}, key=int)
    ]
    if issued.unknown:
        lines.append(_line("unknown_notes", issued.unknown, look=True))
    lines += [
        _line("counted_sum", worth(issued.counted).figures),
        _line("difference", issued.difference.figures, look=not issued.agrees),
        _line("doubtful_slips", _none_or(issued.doubtful), look=bool(issued.doubtful)),
        _line("change_owed", issued.change_owed.figures),
        _line("unprinted_papers", _none_or(issued.unprinted), look=bool(issued.unprinted)),
    ]
    note = "desk.result_agrees" if issued.agrees else "desk.result_differs"
    return c.StaffBoard(
        Message("desk.result"),
        tuple(lines),
        main=_go(Room.COLLECT, "done"),
        second=_print(state, paper),
        note=Message(note),
    )


def _differs(issued: BoxCounted, fen: str) -> bool:
    return issued.counted.get(fen, 0) != issued.expected.get(fen, 0)


# ---------------------------------------------------------------------------------------------------
# Open items and papers


def _items(state: State, desk: Desk) -> c.StaffBoard:
    lines = tuple(
        _item_line(item, _press(c.StaffGo(Room.ITEM.value, item.id), "look")) for item in state.items.values()
    )
    return c.StaffBoard(Message("desk.items"), lines, note=None if lines else Message("desk.items_none"))


def _item_line(item: Item, button: c.Button | None = None) -> StaffLine:
    return StaffLine(
        Message(f"desk.item_{item.sort.value}", {"number": item.claim or item.id[-8:]}), _amount(item), button
    )


def _amount(item: Item) -> str:
    return item.amount.figures if item.amount is not None else "?"


def _item(state: State, desk: Desk) -> c.StaffBoard:
    item = state.items[desk.item]
    off = "" if may(state, May.SETTLE) else "desk.not_allowed"
    lines = [_item_line(item), StaffLine(Message(f"desk.why_{item.because}"))]
    if item.sort is Sort.NOTE:
        where = (
            Message("desk.note_in_box", {"box": item.box or "—"})
            if item.in_box
            else Message("desk.note_where")
        )
        lines.append(StaffLine(where))
    ways = [
        _press(c.SettleItem(item.id, how), f"{item.sort.value}_{how.value}", off)
        for how in till.ways(item.sort)
    ]
    return c.StaffBoard(
        Message("desk.item"),
        tuple(lines),
        main=ways[0],
        second=ways[1] if len(ways) > 1 else None,
        note=Message("desk.item_how"),
    )


def _papers(state: State, desk: Desk) -> c.StaffBoard:
    lines = tuple(
        StaffLine(
            Message(f"desk.paper_{_kind(paper)}", {"number": number}),
            "",
            _print(state, paper),
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
    return "collection" if isinstance(paper.issued, BoxCounted) else "day"


def _print(state: State, paper: Paper) -> c.Button | None:
    if paper.stage is PaperState.PRINTED:
        return None
    off = "" if may(state, May.REPRINT) else "desk.not_allowed"
    if paper.stage is PaperState.PRINTING:
        off = "desk.printing"
    elif not papers.can_print(state):
        off = "desk.printer_not_ready"
    return _press(c.PrintNumber(paper.number), "print", off)


# ---------------------------------------------------------------------------------------------------
# The day


def _day(state: State, desk: Desk) -> c.StaffBoard:
    closed = state.papers.get(desk.result)
    if closed is not None and isinstance(closed.issued, DayClosed):
        return _day_closed(state, closed, closed.issued)
    if not state.day.open:
        return _opening(state, desk)
    lines = (
        _line("boxes_to_count", len(state.boxes), look=bool(state.boxes)),
        _line("items", len(state.items), look=bool(state.items)),
        _line("unprinted", len(state.unprinted), look=bool(state.unprinted)),
        _line("link_up" if state.house.online else "link_down", look=not state.house.online),
    )
    off = "" if may(state, May.CLOSE_DAY) else "desk.not_allowed"
    return c.StaffBoard(
        Message("desk.day_open", {"day": state.day.number}),
        lines,
        main=_press(c.CloseDay(), "close_day", off),
        second=_go(Room.OPENING, "open_day"),
        note=Message("desk.day_how"),
    )


def _opening(state: State, desk: Desk) -> c.StaffBoard:
    """The opening list. While a point is not right, the way on leads over a reason."""
    found = opening.findings(state)
    off = "" if may(state, May.OPEN_DAY) else "desk.not_allowed"
    all_the_same = None
    if not opening.passes(state):
        off = off or "desk.opening_not_right"
        no = "" if may(state, May.OVERRIDE) else "desk.not_allowed"
        all_the_same = _press(c.StaffGo(Room.OVERRIDE.value), "open_all_the_same", no)
    left = state.day.open or state.day.used
    return c.StaffBoard(
        Message("desk.opening"),
        tuple(StaffLine(finding.says, look=bool(finding.problem)) for finding in found),
        main=_press(c.OpenDay(), "open_day", off),
        second=all_the_same,
        note=Message("desk.day_left") if left else None,
        problem=Message(desk.problem) if desk.problem else None,
    )


def _override(state: State, desk: Desk) -> c.StaffBoard:
    language = state.settings.language
    return c.StaffBoard(
        Message("desk.override"),
        tuple(
            StaffLine(
                Message("desk.reason", {"name": reason.name.in_(language)}),
                button=_press(c.OpenDay(reason.id), "choose"),
            )
            for reason in state.site.office.override
        ),
        note=Message("desk.override_how"),
        problem=Message(desk.problem) if desk.problem else None,
    )


def _day_closed(state: State, paper: Paper, issued: DayClosed) -> c.StaffBoard:
    figures = issued.figures
    language = state.settings.language
    lines = [_line("slip_number", issued.number)]
    lines += [
        StaffLine(Message(f"tender.{tender}.name"), _sum(sum_.count, sum_.amount))
        for tender, sum_ in sorted(figures.tenders.items())
    ]
    lines += [
        StaffLine(
            Message("desk.fee", {"name": _fee_name(state, fee, language)}), _sum(sum_.count, sum_.amount)
        )
        for fee, sum_ in sorted(figures.fees.items())
    ]
    lines += [
        _line("to_prepaid", figures.to_prepaid.figures),
        _line("change_owed", figures.to_change.figures),
        _line("receipts", figures.receipts),
        _line(
            "doubtful",
            _sum(figures.doubtful.count, figures.doubtful.amount),
            look=bool(figures.doubtful.count),
        ),
        _line("collected", _sum(figures.collections, figures.collected)),
        _line("difference", figures.difference.figures, look=bool(figures.difference)),
        _line("boxes_to_count", len(issued.standing.to_count), look=bool(issued.standing.to_count)),
        _line("items", len(issued.standing.items), look=bool(issued.standing.items)),
        _line("unprinted", len(issued.standing.unprinted), look=bool(issued.standing.unprinted)),
        _line("not_uploaded", issued.not_uploaded),
    ]
    return c.StaffBoard(
        Message("desk.day_closed"),
        tuple(lines),
        main=_go(Room.DAY, "done"),
        second=_print(state, paper),
        note=Message("desk.day_was_late") if issued.late else None,
    )


def _sum(count: int, amount: Money) -> str:
    return f"{count} · {amount.figures}"


def _fee_name(state: State, fee: str, language: c.Language) -> str:
    return next((f.name.in_(language) for f in state.fees if f.id == fee), fee)


ROOMS: Final[dict[Room, Callable[[State, Desk], c.AnyPage]]] = {
    Room.NUMBER: _number,
    Room.PIN: _pin,
    Room.MENU: _menu,
    Room.COLLECT: _collect,
    Room.COUNT: _count,
    Room.COUNTED: _counted,
    Room.ITEMS: _items,
    Room.ITEM: _item,
    Room.PAPERS: _papers,
    Room.DAY: _day,
    Room.OPENING: _opening,
    Room.OVERRIDE: _override,
    Room.DEVICES: present_checkup.devices,
    Room.CHECKUP: present_checkup.step,
    Room.EXAMINED: present_checkup.examined,
}
