"""The close of a day in words: one line for each figure, as a page for people and as a table for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from central.deeds import NOBODY
from central.office.words import word
from kiosk.money import Money

HEAD: Final = (
    "kiosk", "day_number", "day", "opened", "closed", "person", "late", "group", "figure", "how_many", "yuan",
)  # fmt: skip
MARK: Final = "\ufeff"  # by which a spreadsheet knows UTF-8


class Line(NamedTuple):
    """`group` and `name` in words; `count` pieces, times or persons; `fen` None: no amount."""

    group: str
    name: str
    count: str
    fen: int | None = None

    @property
    def amount(self) -> str:
        return "" if self.fen is None else Money(self.fen).figures.replace("¥", "")


def lines(figures: Mapping[str, Any], fee_names: Mapping[str, str], language: str) -> Iterator[Line]:
    """`figures`: of one day, as `central.totals.day` adds them up; a day of before may have fewer."""

    def say(key: str) -> str:
        return word(key, language)

    def sums(group: str, name: str, names: Mapping[str, str]) -> Iterator[Line]:
        for code, found in sorted(figures.get(name, {}).items()):
            yield Line(say(group), names.get(code) or say(code), str(found["count"]), found["amount"])

    def one(group: str, name: str) -> Line:
        return Line(say(group), say(f"figure_{name}"), "", figures.get(name, 0))

    def some(group: str, name: str, amount: str = "") -> Line:
        fen = figures.get(amount, 0) if amount else None
        return Line(say(group), say(f"figure_{name}"), str(figures.get(name, 0)), fen)

    def both(group: str, name: str) -> Line:
        found = figures.get(name) or {"count": 0, "amount": 0}
        return Line(say(group), say(f"figure_{name}"), str(found["count"]), found["amount"])

    for group, name, names in (("by_tender", "tenders", {}), ("by_fee", "fees", fee_names)):
        found = list(sums(group, name, names))
        yield from found
        yield Line(say(group), say("figure_sum"), "", sum(line.fen or 0 for line in found))
    yield from sums("paid_ahead_of", "ahead", fee_names)
    yield one("kept", "to_prepaid")
    yield one("kept", "to_change")
    yield both("undecided", "doubtful")
    for fen, pieces in by_worth(figures.get("notes", {})):
        yield Line(say("into_box"), f"{Money(fen).figures}", str(pieces), fen * pieces)
    yield some("into_box", "unknown_notes")
    yield some("counting", "collections", "collected")
    yield one("counting", "difference")
    yield some("counting", "handovers", "handed_over")
    yield some("receipts_and_slips", "receipts")
    yield both("receipts_and_slips", "voids")
    yield some("receipts_and_slips", "claims")
    yield some("receipts_and_slips", "unprinted")
    yield some("sending", "not_uploaded")
    for name in ("received", "used", "void", "left", "gaps"):
        yield Line(say("receipt_numbers"), say(f"stock_{name}"), str(figures.get("stock", {}).get(name, 0)))
    for name in ("visits", "unpaid", "calls"):
        found = figures.get(name) or {"count": 0, "in_time": 0, "mean_ms": 0, "p90_ms": 0}
        times = (found["count"], found["in_time"], found["mean_ms"] // 1000, found["p90_ms"] // 1000)
        for part, value in zip(("count", "in_time", "mean", "p90"), times, strict=True):
            yield Line(say(f"times_{name}"), say(f"times_{part}"), str(value))
    for deed, people in sorted(figures.get("deeds", {}).items()):
        for person, times_done in sorted(people.items()):
            who = "" if person == NOBODY else f" {person}"
            yield Line(say("deeds"), say(f"deed_{deed}") + who, str(times_done))


def by_worth(notes: Mapping[str, int]) -> list[tuple[int, int]]:
    """Denomination in fen and pieces, the smallest first: in a record they stand in the order of letters."""
    return sorted((int(fen), pieces) for fen, pieces in notes.items())


def write(rows: list[tuple[tuple[str, ...], list[Line]]], language: str, out: Any) -> None:
    """`rows`: for each day what stands before each of its lines. `out`: whatever has a `write`."""
    out.write(MARK)
    sheet = csv.writer(out)
    sheet.writerow([word(f"sheet_{name}", language) for name in HEAD])
    for before, found in rows:
        sheet.writerows((*before, line.group, _text(line.name), line.count, line.amount) for line in found)


def _text(name: str) -> str:
    """A fee is called what somebody typed; a spreadsheet would reckon what begins like a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
