"""From records to what the office sees: payments, notes, papers, postings, settled bills.

Written in the same commit as the records, rebuilt from them at any time, and never fed by a total that a
kiosk states: a stated total is compared, and a difference goes to the staff's list.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, Final

from central import editions, exceptions, notes, papers, payments, till, visitors
from central import facts_read as f
from central.pen import Pen
from kiosk import codec
from kiosk.parcels import WireRecord

VERSION: Final = 1  # of the facts that are read here
PROJECTED: Final = (
    *("payment", "note", "paper", "posting", "trace", "settlement"),
    *("box", "collection", "handover", "day", "exception"),
    *("staff_call", "rating", "opinion", "approval", "blocked"),
)
_RECORDS_OWN_FAULT: Final = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
)


def _nothing(pen: Pen, fact: f.Anything) -> None:
    pass


def _door_opened(pen: Pen, fact: f.DoorOpened) -> None:
    if not fact.by:
        pen.problem("door_opened", "", f"{fact.what} opened, and nobody was signed in")


READERS: Final[dict[str, tuple[type, Callable[[Pen, Any], None]]]] = {
    "kiosk_started": (f.Anything, _nothing),
    "box_returned": (f.Anything, _nothing),
    "pulse_counted": (f.Anything, _nothing),
    "visit_closed": (f.Anything, _nothing),
    "items_checked": (f.Anything, _nothing),  # kept as evidence; the payment that follows is what is booked
    "door_opened": (f.DoorOpened, _door_opened),
    "devices_examined": (f.Anything, _nothing),  # money in it has facts of its own
    "contact_made": (f.Anything, _nothing),
    "payments_known": (f.Anything, _nothing),
    "signed_in": (f.Anything, _nothing),
    "signed_out": (f.Anything, _nothing),
    **payments.READERS,
    **notes.READERS,
    **papers.READERS,
    **exceptions.READERS,
    **till.READERS,
    **visitors.READERS,
}


def project(db: sqlite3.Connection, records: Iterable[WireRecord], now_ms: int) -> None:
    """In the order of the journal. What is not understood is listed for staff; its record is kept anyway."""
    for record in records:
        pen = Pen(db, record, now_ms)
        if record.kind not in READERS:
            pen.problem("unknown_kind", record.kind, f"kind {record.kind!r} is not known to this server")
        elif record.version > VERSION:
            newer = f"{record.kind} version {record.version}"
            pen.problem("unknown_kind", newer, f"{newer}: this server reads up to version {VERSION}")
        else:
            _read(pen)


def _read(pen: Pen) -> None:
    """One record, whole or not at all: no record may keep those behind it from being booked."""
    shape, reader = READERS[pen.record.kind]
    pen.run("SAVEPOINT reading")
    try:
        reader(pen, f.read(shape, pen.record.body))
    except Exception as error:
        if isinstance(error, sqlite3.Error) and not isinstance(error, _RECORDS_OWN_FAULT):
            raise  # the disk's fault: nothing of this batch counts, the kiosk comes again
        pen.run("ROLLBACK TO reading")
        why = str(error) if isinstance(error, codec.Malformed) else f"{type(error).__name__}: {error}"
        pen.problem("not_understood", "", f"{pen.record.kind}: {why}")
    pen.run("RELEASE reading")


def rebuild(db: sqlite3.Connection, now_ms: int) -> None:
    """Throws the projections away and reads all records again, kiosk by kiosk in order.

    What could not be read before and can be now leaves the staff's list."""
    for table in PROJECTED:
        db.execute(f"DELETE FROM {table}")
    db.execute("DELETE FROM problem WHERE kind IN ('unknown_kind', 'not_understood') AND settled_ms = 0")
    columns = ", ".join(WireRecord.__struct_fields__)
    rows = db.execute(f"SELECT {columns} FROM record ORDER BY kiosk, epoch, seq").fetchall()
    project(db, (WireRecord(*row) for row in rows), now_ms)
    editions.change(db)
