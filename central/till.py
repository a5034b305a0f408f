"""Cash boxes, collections, open items and days, from the records; what the kiosk states is only compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from central import facts_read as f
from central import totals
from central.pen import Pen
from kiosk import codec
from kiosk.money import Money


def total(*several: f.Notes) -> f.Notes:
    """All of them together, smallest denomination first, none that is zero."""
    found: Counter[str] = Counter()
    for notes in several:
        found.update(notes)
    return {fen: found[fen] for fen in sorted(found, key=int) if found[fen]}


def worth(notes: f.Notes) -> Money:
    return Money(sum(int(fen) * count for fen, count in notes.items()))


def current_box(pen: Pen) -> int:
    """The box that is in the machine where this record stands."""
    row = pen.one(
        "SELECT coalesce(max(box), 0) + 1 AS box FROM box WHERE kiosk = ? AND epoch = ?",
        pen.kiosk, pen.record.epoch,
    )  # fmt: skip
    return int(row["box"])


def put_in(pen: Pen, note: str) -> None:
    """This note lies in the box that is in the machine now."""
    pen.run(
        "UPDATE note SET box = ?, epoch = ? WHERE kiosk = ? AND note = ?",
        current_box(pen), pen.record.epoch, pen.kiosk, note,
    )  # fmt: skip


def _removed(pen: Pen, fact: f.BoxRemoved) -> None:
    ours = totals.box_notes(pen.db, pen.kiosk, pen.record.epoch, fact.box)
    unknown = ours.pop(totals.UNKNOWN, 0)
    theirs = total(fact.notes)
    if ours != theirs or unknown != fact.unknown:
        pen.problem(
            "box_differs",
            f"{pen.record.epoch}/{fact.box}",
            f"box {fact.box}: records say {ours} and {unknown} unknown,"
            f" the kiosk says {theirs} and {fact.unknown} unknown",
        )
    pen.run(
        "INSERT INTO box (kiosk, epoch, box, removed_ms, how, removed_by, notes, unknown, collection)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, '') ON CONFLICT DO NOTHING",
        pen.kiosk, pen.record.epoch, fact.box, pen.record.wall_ms, fact.how, fact.by,
        codec.encode(ours).decode(), unknown,
    )  # fmt: skip


def _counted(pen: Pen, fact: f.BoxCounted) -> None:
    """Booked is what the records expect, not what the slip says was expected."""
    rows = pen.db.execute(
        "SELECT box, notes, unknown FROM box WHERE kiosk = ? AND epoch = ? AND collection = ''",
        (pen.kiosk, pen.record.epoch),
    ).fetchall()
    mine = [row for row in rows if row["box"] in fact.boxes]
    if {row["box"] for row in mine} != set(fact.boxes):
        pen.problem("box_differs", fact.collection, f"{fact.collection} counts boxes that are not waiting")
        return
    expected = total(*(codec.decode(row["notes"], dict[str, int]) for row in mine))
    unknown = sum(row["unknown"] for row in mine)
    counted, difference = worth(fact.counted), worth(fact.counted) - worth(expected)
    if expected != total(fact.expected) or unknown != fact.unknown:
        pen.problem(
            "box_differs",
            fact.collection,
            f"{fact.collection}: the slip expects other notes than the records",
        )
    pen.run(
        "INSERT INTO collection (kiosk, epoch, number, at_ms, counted_by, boxes, expected, counted, unknown,"
        " expected_fen, counted_fen, difference_fen, handover) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')"
        " ON CONFLICT DO NOTHING",
        pen.kiosk, pen.record.epoch, fact.collection, pen.record.wall_ms, fact.by,
        codec.encode(fact.boxes).decode(), codec.encode(expected).decode(),
        codec.encode(total(fact.counted)).decode(), unknown,
        worth(expected).fen, counted.fen, difference.fen,
    )  # fmt: skip
    for box in fact.boxes:
        pen.run(
            "UPDATE box SET collection = ? WHERE kiosk = ? AND epoch = ? AND box = ?",
            fact.collection, pen.kiosk, pen.record.epoch, box,
        )  # fmt: skip
    out = [("cash_box", fen, Money(-int(fen) * count)) for fen, count in expected.items()]
    pen.post("", *out, ("office", "", counted), ("difference", fact.collection, -difference))
    pen.paper(fact.collection, "collection", "", counted, "")
    if total(fact.counted) != expected or unknown:
        pen.problem(
            "collection_differs", fact.collection, f"{fact.collection}: {difference} against the records"
        )


def _handed_over(pen: Pen, fact: f.BagHandedOver) -> None:
    """Two persons, only what was counted, all of it, and once."""
    rows = pen.db.execute(
        "SELECT number, counted_by, counted, handover FROM collection WHERE kiosk = ? AND epoch = ?",
        (pen.kiosk, pen.record.epoch),
    ).fetchall()
    mine = [row for row in rows if row["number"] in fact.collections]
    notes = total(*(codec.decode(row["counted"], dict[str, int]) for row in mine))
    faults = {
        "given and taken by one person": fact.by == fact.to,
        "it names collections that were never counted": {r["number"] for r in mine} != set(fact.collections),
        "some of it was counted by somebody else": any(row["counted_by"] != fact.by for row in mine),
        "some of it was handed over before": any(row["handover"] for row in mine),
        "it names other notes than were counted": notes != total(fact.notes),
    }
    wrong = [says for says, fault in faults.items() if fault]
    if wrong:
        pen.problem("bag_differs", fact.handover, f"{fact.handover}: {'; '.join(wrong)}")
    pen.run(
        "INSERT INTO handover (kiosk, epoch, number, at_ms, given_by, taken_by, collections, amount_fen)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        pen.kiosk, pen.record.epoch, fact.handover, pen.record.wall_ms, fact.by, fact.to,
        codec.encode(fact.collections).decode(), worth(notes).fen,
    )  # fmt: skip
    for row in mine:
        pen.run(
            "UPDATE collection SET handover = ? WHERE kiosk = ? AND number = ? AND handover = ''",
            fact.handover, pen.kiosk, row["number"],
        )  # fmt: skip
    pen.paper(fact.handover, "hand_over", "", worth(notes), "")


def _settled(pen: Pen, fact: f.ItemSettled) -> None:
    """The same table as `kiosk.facts.office.ItemSettled`: owed to the customer, paid by the office, or nobody's."""
    pen.settle_problems(fact.item, fact.by)
    if fact.second == fact.by:
        pen.problem("signed_by_one", fact.item, f"{fact.item}: {fact.by} signed in both places")
    if fact.amount is None or fact.sort == "difference":
        return
    row = pen.one("SELECT payment FROM note WHERE kiosk = ? AND note = ?", pen.kiosk, fact.item)
    payment = row["payment"] if row else ""
    legs = [_owed(pen, fact)]
    if fact.how == "paid":
        legs.append(("office", "", -fact.amount))
    if fact.sort == "note" and not fact.in_box:
        legs.append(("in_question", str(fact.amount.fen), -fact.amount))
    rest = Money.total(amount for _, _, amount in legs)
    pen.post(payment, *legs, ("difference", fact.item, -rest))


def _owed(pen: Pen, fact: f.ItemSettled) -> tuple[str, str, Money]:
    assert fact.amount is not None
    if fact.sort != "change":
        return ("doubtful", fact.item, fact.amount)
    row = pen.one("SELECT fee, account FROM payment WHERE kiosk = ? AND payment = ?", pen.kiosk, fact.item)
    part = f"{row['fee']}/{row['account']}" if row else fact.item  # no payment: a receipt that was made void
    return ("change_owed", part, fact.amount)


def _claim_closed(pen: Pen, fact: f.ClaimClosed) -> None:
    pen.settle_problems(fact.claim, "")


def _opened(pen: Pen, fact: f.DayOpened) -> None:
    pen.run(
        "INSERT INTO day (kiosk, epoch, day, opened_ms, opened_by, closed_ms, closed_by, late, report, figures)"
        " VALUES (?, ?, ?, ?, ?, 0, '', 0, '', '{}') ON CONFLICT DO NOTHING",
        pen.kiosk, pen.record.epoch, fact.day, pen.record.wall_ms, fact.by,
    )  # fmt: skip


def _closed(pen: Pen, fact: f.DayClosed) -> None:
    """The server adds the day up by itself; what the slip says is compared."""
    ours = totals.day(pen.db, pen.kiosk, pen.record.epoch, pen.record.seq)
    theirs = fact.figures
    # A name that the slip has not is one that its software did not count yet.
    wrong = sorted(name for name, value in ours.items() if name in theirs and theirs[name] != value)
    if wrong:
        told = ", ".join(f"{name}: records {ours[name]}, slip {theirs.get(name)}" for name in wrong)
        pen.problem("day_differs", fact.report, f"{fact.report}: {told}")
    if gaps := ours["stock"]["gaps"]:
        pen.problem("numbers_gap", fact.report, f"{fact.report}: {gaps} receipt numbers were passed over")
    pen.run(
        "INSERT INTO day (kiosk, epoch, day, opened_ms, opened_by, closed_ms, closed_by, late, report, figures)"
        " VALUES (?, ?, ?, 0, '', ?, ?, ?, ?, ?) ON CONFLICT (kiosk, epoch, day) DO UPDATE SET"
        " closed_ms = excluded.closed_ms, closed_by = excluded.closed_by, late = excluded.late,"
        " report = excluded.report, figures = excluded.figures",
        pen.kiosk, pen.record.epoch, fact.day, pen.record.wall_ms, fact.by, fact.late, fact.report,
        codec.encode(ours).decode(),
    )  # fmt: skip
    pen.paper(fact.report, "day", "", None, "")


def _failed(pen: Pen, fact: f.SignInFailed) -> None:
    """Slow guessing at night is seen in the morning: one line for each kiosk, number and day."""
    closes = "SELECT count(*) AS n FROM day WHERE kiosk = ? AND epoch = ? AND report != ''"
    days = pen.one(closes, pen.kiosk, pen.record.epoch)["n"]
    subject = f"{fact.person or '?'}/{pen.record.epoch}/{days}"
    pen.problem("sign_in_failed", subject, f"wrong PIN for {fact.person or 'an unknown number'}")


READERS: Final[dict[str, tuple[type, Callable[[Pen, Any], None]]]] = {
    "box_removed": (f.BoxRemoved, _removed),
    "box_counted": (f.BoxCounted, _counted),
    "bag_handed_over": (f.BagHandedOver, _handed_over),
    "item_settled": (f.ItemSettled, _settled),
    "claim_closed": (f.ClaimClosed, _claim_closed),
    "day_opened": (f.DayOpened, _opened),
    "day_closed": (f.DayClosed, _closed),
    "sign_in_failed": (f.SignInFailed, _failed),
}
