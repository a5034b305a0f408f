"""The day as staff see it: the list before it opens, what is open, what it came to."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk import contract as c
from kiosk.contract import Message, StaffLine
from kiosk.facts.office import DayClosed, Figures
from kiosk.flow import opening
from kiosk.flow.permits import May
from kiosk.flow.state import Desk, Paper, Room, State
from kiosk.money import Money
from kiosk.present.desk import go, line, press, print_button, problem, unless

# ---------------------------------------------------------------------------------------------------
# The day


def day(state: State, desk: Desk) -> c.StaffBoard:
    closed = state.papers.get(desk.result)
    if closed is not None and isinstance(closed.issued, DayClosed):
        return _day_closed(state, closed, closed.issued)
    if not state.day.open:
        return opening_list(state, desk)
    lines = (
        line("boxes_to_count", len(state.boxes), look=bool(state.boxes)),
        line("bags", len(state.bags), look=bool(state.bags)),
        line("items", len(state.items), look=bool(state.items)),
        line("unprinted", len(state.unprinted), look=bool(state.unprinted)),
        line("link_up" if state.house.online else "link_down", look=not state.house.online),
        line(
            "counts",
            button=press(c.LookAtDay(), "look", unless(state, May.CLOSE_DAY)),
        ),
    )
    off = unless(state, May.CLOSE_DAY)
    return c.StaffBoard(
        Message("desk.day_open", {"day": state.day.number}),
        lines,
        main=press(c.CloseDay(), "close_day", off),
        second=go(Room.OPENING, "open_day"),
        note=Message("desk.day_how"),
    )


def opening_list(state: State, desk: Desk) -> c.StaffBoard:
    """The opening list. While a point is not right, the way on leads over a reason."""
    found = opening.findings(state)
    off = unless(state, May.OPEN_DAY)
    all_the_same = None
    if not opening.passes(state):
        off = off or Message("desk.opening_not_right")
        no = unless(state, May.OVERRIDE)
        all_the_same = press(c.StaffGo(Room.OVERRIDE.value), "open_all_the_same", no)
    left = state.day.open or state.day.used
    return c.StaffBoard(
        Message("desk.opening"),
        tuple(StaffLine(finding.says, look=bool(finding.problem)) for finding in found),
        main=press(c.OpenDay(), "open_day", off),
        second=all_the_same,
        note=Message("desk.day_left") if left else None,
        problem=problem(desk.problem, May.OVERRIDE),
    )


def override(state: State, desk: Desk) -> c.StaffBoard:
    language = state.settings.language
    return c.StaffBoard(
        Message("desk.override"),
        tuple(
            StaffLine(
                Message("desk.reason", {"name": reason.name.in_(language)}),
                button=press(c.OpenDay(reason.id), "choose"),
            )
            for reason in state.site.office.override
        ),
        note=Message("desk.override_how"),
        problem=problem(desk.problem, May.OVERRIDE),
    )


def _day_closed(state: State, paper: Paper, issued: DayClosed) -> c.StaffBoard:
    figures = issued.figures
    language = state.settings.language
    lines = [line("slip_number", issued.number)]
    lines += [
        StaffLine(Message(f"tender.{tender}.name"), _sum(sum_.count, sum_.amount))
        for tender, sum_ in sorted(figures.tenders.items())
    ]
    lines += [
        StaffLine(
            Message("desk.fee", {"name": issued.fee_names.get(fee) or _fee_name(state, fee, language)}),
            _sum(sum_.count, sum_.amount),
        )
        for fee, sum_ in sorted(figures.fees.items())
    ]
    lines += [
        StaffLine(
            Message(
                "desk.ahead",
                {"name": issued.fee_names.get(fee) or _fee_name(state, fee, language)},
            ),
            _sum(sum_.count, sum_.amount),
        )
        for fee, sum_ in sorted(figures.ahead.items())
    ]
    lines += [
        line("to_prepaid", figures.to_prepaid.figures),
        line("change_owed", figures.to_change.figures),
        line("receipts", figures.receipts),
        line("numbers", _stock(figures), look=bool(figures.stock.gaps)),
        line("voids", _sum(figures.voids.count, figures.voids.amount), look=bool(figures.voids.count)),
        line(
            "doubtful",
            _sum(figures.doubtful.count, figures.doubtful.amount),
            look=bool(figures.doubtful.count),
        ),
        line("collected", _sum(figures.collections, figures.collected)),
        line("difference", figures.difference.figures, look=bool(figures.difference)),
        line("handed_over_sum", _sum(figures.handovers, figures.handed_over)),
        line("boxes_to_count", len(issued.standing.to_count), look=bool(issued.standing.to_count)),
        line("bags", len(issued.standing.bags), look=bool(issued.standing.bags)),
        line("items", len(issued.standing.items), look=bool(issued.standing.items)),
        line("unprinted", len(issued.standing.unprinted), look=bool(issued.standing.unprinted)),
        line("not_uploaded", issued.not_uploaded),
        *_counts(figures),
    ]
    return c.StaffBoard(
        Message("desk.day_closed"),
        tuple(lines),
        main=go(Room.DAY, "done"),
        second=print_button(state, paper),
        note=Message("desk.day_was_late") if issued.late else None,
    )


def figures(state: State, desk: Desk) -> c.StaffBoard:
    """What was done up to now. No money: what a box should hold is not known before it is counted."""
    lines = tuple(_counts(desk.figures)) if desk.figures else ()
    note = Message("desk.counts_how") if lines else Message("desk.counts_none")
    return c.StaffBoard(Message("desk.counts"), lines, main=go(Room.DAY, "done"), note=note)


def _stock(figures: Figures) -> str:
    """Receipt numbers: received / used / void / left, and what was passed over."""
    stock = figures.stock
    return f"{stock.received} / {stock.used} / {stock.void} / {stock.left} · {stock.gaps}"


def _counts(figures: Figures) -> Iterator[StaffLine]:
    for deed, by_person in sorted(figures.deeds.items()):
        parts = (
            person if times == 1 else f"{person} × {times}" for person, times in sorted(by_person.items())
        )
        yield line(f"deed_{deed}", ", ".join(parts))
    for name, measured in (("visits", figures.visits), ("unpaid", figures.unpaid), ("calls", figures.calls)):
        if measured.count:
            late = measured.count - measured.in_time
            yield line(f"{name}_measured", f"{measured.in_time} / {measured.count}", look=bool(late))
            yield line(f"{name}_mean", _minutes(measured.mean_ms))
            yield line(f"{name}_p90", _minutes(measured.p90_ms))


def _minutes(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1000 % 60:02d}"


def _sum(count: int, amount: Money) -> str:
    return f"{count} · {amount.figures}"


def _fee_name(state: State, fee: str, language: c.Language) -> str:
    return next((f.name.in_(language) for f in state.fees if f.id == fee), fee)
