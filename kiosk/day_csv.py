"""The days of this kiosk as a table: one line for each figure, added up from the journal's records once more."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any, Final, TextIO

import msgspec

from kiosk import day_report
from kiosk.facts import Durable
from kiosk.facts.office import DayClosed, Figures, Sum, Times
from kiosk.facts.stock import Stock
from kiosk.money import Money

HEAD: Final = ("kiosk", "day", "report", "closed_ms", "by", "late", "figure", "name", "count", "yuan")
Line = tuple[str, str, str, str]  # figure, name, count, yuan


def closes(facts: Iterable[Durable], day: int | None = None) -> Iterator[tuple[str, ...]]:
    """Rows under `HEAD`, oldest close first; of one day only, if `day` is given."""
    for closed, report in day_report.each(facts):
        if closed is not None and day in (None, closed.day):
            start = (closed.kiosk, str(closed.day), closed.report, str(closed.issued_ms), closed.by)
            for line in (*lines(report.figures), ("not_uploaded", "", str(closed.not_uploaded), "")):
                yield (*start, "late" if closed.late else "", *line)


def differing(facts: Iterable[Durable]) -> Iterator[DayClosed]:
    """Closes whose slip says something else than the records before it."""
    for closed, report in day_report.each(facts):
        if closed is not None and closed.figures != report.figures:
            yield closed


def lines(figures: Figures) -> Iterator[Line]:
    """In the order of the figures' names, so that two tables of one day can be compared."""
    for name, value in sorted(msgspec.structs.asdict(figures).items()):
        if name == "notes":
            for fen in sorted(value, key=int):
                yield (name, _yuan(int(fen)), str(value[fen]), _yuan(int(fen) * value[fen]))
        elif name == "deeds":
            for deed in sorted(value):
                for person in sorted(value[deed]):
                    yield (name, f"{deed} {person}", str(value[deed][person]), "")
        elif isinstance(value, Times | Stock):
            for part, number in sorted(msgspec.structs.asdict(value).items()):
                yield (name, part, str(number), "")
        elif isinstance(value, dict):
            for key in sorted(value):
                yield (name, key, *_of(value[key]))
        else:
            yield (name, "", *_of(value))


def _of(value: Any) -> tuple[str, str]:
    if isinstance(value, Sum):
        return (str(value.count), _yuan(value.amount.fen))
    return ("", _yuan(value.fen)) if isinstance(value, Money) else (str(value), "")


def _yuan(fen: int) -> str:
    return Money(fen).figures.replace("¥", "")


def write(rows: Iterable[tuple[str, ...]], out: TextIO) -> None:
    sheet = csv.writer(out, lineterminator="\n")
    sheet.writerow(HEAD)
    sheet.writerows(rows)
