"""The cash box and the bag as staff see them. What a box should hold is not shown before it was counted."""

from __future__ import annotations

from kiosk import contract as c
from kiosk.contract import Message, StaffLine
from kiosk.facts.office import BagHandedOver, BoxCounted, worth
from kiosk.flow import handover, till
from kiosk.flow.permits import May
from kiosk.flow.state import Desk, Room, State
from kiosk.present.desk import go, line, none_or, press, print_button, problem, unless

# ---------------------------------------------------------------------------------------------------
# The cash box


def collect(state: State, desk: Desk) -> c.StaffBoard:
    off = unless(state, May.COLLECT)
    lines = tuple(
        StaffLine(
            Message("desk.box" if box.by else "desk.box_unattended", {"box": box.box}),
            box.by,
            press(c.CountBoxes((box.box,)), "count", off),
            look=not box.by,
        )
        for box in state.boxes
    )
    together = None
    if len(state.boxes) > 1:
        together = press(c.CountBoxes(tuple(box.box for box in state.boxes)), "count_all", off)
    note = "desk.collect_how" if state.boxes else "desk.collect_first"
    return c.StaffBoard(Message("desk.collect"), lines, main=together, note=Message(note))


def count(state: State, desk: Desk) -> c.AnyPage:
    fen = till.asked(state, desk)
    done = tuple(_pieces(fen, str(count)) for fen, count in desk.counted.items())
    title = Message("desk.count", {"box": ", ".join(str(box) for box in desk.boxes)})
    if fen is None:
        total = worth({name: count for name, count in desk.counted.items() if count})
        lines = (*done, line("counted_sum", total.figures))
        return c.StaffBoard(
            title, lines, main=press(c.EnterTyped(), "count_right"), note=Message("desk.count_check")
        )
    asks = Message("desk.how_many", {"note_fen": int(fen)})
    problem = Message(desk.problem) if desk.problem else None
    return c.StaffEntry(title, asks, desk.typed, press(c.EnterTyped(), "next"), done, problem)


def _pieces(fen: str, value: str) -> StaffLine:
    return StaffLine(Message("desk.pieces", {"note_fen": int(fen)}), value)


def counted(state: State, desk: Desk) -> c.StaffBoard:
    paper = state.papers.get(desk.result)
    assert paper is not None and isinstance(paper.issued, BoxCounted)
    issued = paper.issued
    lines = [line("slip_number", issued.number)]
    lines += [
        StaffLine(
            Message("desk.pieces_of", {"note_fen": int(fen)}),
            f"{issued.counted.get(fen, 0)} / {issued.expected.get(fen, 0)}",
            look=_differs(issued, fen),
        )
        for fen in sorted({*issued.counted, *issued.expected}, key=int)
    ]
    if issued.unknown:
        lines.append(line("unknown_notes", issued.unknown, look=True))
    lines += [
        line("counted_sum", worth(issued.counted).figures),
        line("difference", issued.difference.figures, look=not issued.agrees),
        line("doubtful_slips", none_or(issued.doubtful), look=bool(issued.doubtful)),
        line("change_owed", issued.change_owed.figures),
        line("unprinted_papers", none_or(issued.unprinted), look=bool(issued.unprinted)),
    ]
    note = "desk.result_agrees" if issued.agrees else "desk.result_differs"
    return c.StaffBoard(
        Message("desk.result"),
        tuple(lines),
        main=go(Room.COLLECT, "done"),
        second=print_button(state, paper),
        note=Message(note),
    )


def _differs(issued: BoxCounted, fen: str) -> bool:
    return issued.counted.get(fen, 0) != issued.expected.get(fen, 0)


# ---------------------------------------------------------------------------------------------------
# The bag goes into another hand


def bags(state: State, desk: Desk) -> c.StaffBoard:
    lines = [
        StaffLine(
            Message("desk.bag", {"number": number, "person": bag.by}),
            worth(bag.notes).figures,
            look=bag.by != desk.person,
        )
        for number, bag in state.bags.items()
    ]
    lines += [
        StaffLine(
            Message("desk.bag_not_counted_yet", {"box": box.box}), "", go(Room.COLLECT, "collect"), True
        )
        for box in state.boxes
    ]
    own = handover.own_bags(state)
    off = unless(state, May.GIVE_BAG) or (None if own else Message("desk.bag_not_yours"))
    return c.StaffBoard(
        Message("desk.hand_over"),
        tuple(lines),
        main=press(c.HandOver(own), "hand_over", off) if state.bags else None,
        note=Message("desk.hand_over_how" if state.bags else "desk.bags_none"),
        problem=problem(desk.problem, May.GIVE_BAG),
    )


def handed_over(state: State, desk: Desk) -> c.StaffBoard:
    paper = state.papers.get(desk.result)
    assert paper is not None and isinstance(paper.issued, BagHandedOver)
    issued = paper.issued
    return c.StaffBoard(
        Message("desk.handed_over"),
        (
            line("slip_number", issued.number),
            *(line("result", number) for number in issued.collections),
            line("handed_over_sum", worth(issued.notes).figures),
            line("given_by", issued.by),
            line("taken_by", issued.to),
        ),
        main=go(Room.BAGS, "done"),
        second=print_button(state, paper),
    )
