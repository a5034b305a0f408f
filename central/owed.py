"""What is open on an account, computed anew each time: bills, less what records paid, less prepaid balance."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Final

import msgspec

from kiosk.money import Money
from kiosk.parcels import Bill, Customer
from kiosk.rules import masks

_OPEN_BILLS: Final = """
SELECT customer.id, customer.fee, customer.account, customer.name, customer.identity, customer.contact,
       bill.number, bill.period, bill.due_ms, bill.region,
       bill.amount_fen - coalesce((SELECT sum(amount_fen) FROM settlement WHERE settlement.bill = bill.number), 0)
           AS open_fen,
       -coalesce((SELECT sum(amount_fen) FROM posting
                  WHERE account = 'prepaid' AND part = customer.fee || '/' || customer.account), 0) AS prepaid_fen
FROM customer LEFT JOIN bill ON bill.customer = customer.id
WHERE {which}
ORDER BY customer.fee, customer.account, bill.due_ms, bill.number
"""


class Owing(msgspec.Struct, frozen=True):
    """A customer, masked, with what is open, and what the account holds in advance after that."""

    id: int
    fee: str
    customer: Customer
    prepaid: Money


def of_account(db: sqlite3.Connection, fee: str, account: str) -> Customer | None:
    sql = _OPEN_BILLS.format(which="customer.fee = ? AND customer.account = ?")
    return next((owing.customer for owing in _gather(db.execute(sql, (fee, account)))), None)


def of_all(db: sqlite3.Connection) -> Iterator[Owing]:
    return _gather(db.execute(_OPEN_BILLS.format(which="1")))


def _gather(rows: sqlite3.Cursor) -> Iterator[Owing]:
    group: list[sqlite3.Row] = []
    for row in rows:
        if group and row["id"] != group[0]["id"]:
            yield _owing(group)
            group = []
        group.append(row)
    if group:
        yield _owing(group)


def _owing(rows: list[sqlite3.Row]) -> Owing:
    """A prepaid balance pays the oldest bills first."""
    first = rows[0]
    prepaid = first["prepaid_fen"]
    bills = []
    for row in rows:
        if row["number"] is None or row["open_fen"] <= 0:
            continue
        used = min(prepaid, row["open_fen"])
        prepaid -= used
        if row["open_fen"] > used:
            bills.append(
                Bill(
                    row["number"],
                    first["fee"],
                    row["period"],
                    Money(row["open_fen"] - used),
                    row["due_ms"],
                    row["region"],
                )
            )
    customer = Customer(
        account=first["account"],
        name=masks.name(first["name"]),
        identity=masks.identity(first["identity"]),
        contact=masks.phone(first["contact"]),
        bills=tuple(bills),
    )
    return Owing(first["id"], first["fee"], customer, Money(prepaid))
