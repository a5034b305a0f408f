"""What is open on an account, computed anew each time: bills, less what records paid, less prepaid balance; and what
that comes to today, with late fee and concessions, by the same functions as at the kiosk."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from central import fees
from kiosk import codec
from kiosk.money import Money
from kiosk.parcels import Bill, Customer, KnownCustomer
from kiosk.rules import identity, masks, sums
from kiosk.rules.sums import Person

ZONE: Final = ZoneInfo(fees.TIME_ZONE)
_OPEN_BILLS: Final = """
SELECT customer.id, customer.fee, customer.account, customer.name, customer.identity, customer.contact,
       customer.marks, EXISTS (SELECT 1 FROM customer AS other WHERE other.identity = customer.identity
                               AND customer.identity <> '' AND other.name <> customer.name) AS other_name,
       bill.number, bill.period, bill.due_ms, bill.region,
       bill.amount_fen - coalesce((SELECT sum(amount_fen) FROM settlement WHERE settlement.bill = bill.number), 0)
           AS open_fen,
       -coalesce((SELECT sum(amount_fen) FROM posting
                  WHERE account = 'prepaid' AND part = customer.fee || '/' || customer.account), 0) AS prepaid_fen
FROM customer LEFT JOIN bill ON bill.customer = customer.id
WHERE {which}
ORDER BY customer.fee, customer.account, bill.due_ms, bill.number
"""
# The account itself, and every other of the same person: same name, same ID number or credit code.
_OF_ONE_PERSON: Final = """
customer.id IN (SELECT id FROM customer WHERE fee = :fee AND account = :account)
OR customer.id IN (SELECT other.id FROM customer AS own JOIN customer AS other
                   ON other.identity = own.identity AND other.name = own.name
                   WHERE own.fee = :fee AND own.account = :account AND own.identity <> '')
"""


class Owing(msgspec.Struct, frozen=True):
    """A customer, masked, with what is open, and what the account holds in advance after that. `person`: the same for
    all accounts of one, and of no meaning outside."""

    id: int
    fee: str
    customer: Customer
    prepaid: Money
    person: tuple[str, str]


def of_account(db: sqlite3.Connection, fee: str, account: str, now_ms: int) -> Customer | None:
    """With the bills of the same person's other accounts, of whatever fee and region, after its own."""
    found = list(
        _gather(db.execute(_OPEN_BILLS.format(which=_OF_ONE_PERSON), {"fee": fee, "account": account}))
    )
    own = next((o.customer for o in found if (o.fee, o.customer.account) == (fee, account)), None)
    if own is None:
        return None
    bills, marks = list(own.bills), dict(own.marks)
    for owing in found:
        if owing.customer is not own:
            masked = masks.account(owing.customer.account)
            bills += [replace(bill, account=masked) for bill in owing.customer.bills]
            marks = {**owing.customer.marks, **marks}
    today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZONE).date()
    return replace(own, bills=tuple(_reckoned(db, bills, marks, today)), marks=marks)


def _reckoned(
    db: sqlite3.Connection, bills: Iterable[Bill], marks: dict[str, str], today: date
) -> Iterator[Bill]:
    rules = {fee.id: fee for fee in fees.rules(db)}
    for bill in bills:
        fee = rules.get(bill.fee)
        if fee is None:
            yield bill
            continue
        debt = sums.debt(fee, bill.amount, bill.period, bill.due_ms, ZONE)
        total = sums.reckon(fee, Person(marks), debt, today).total
        yield replace(bill, total=total, reckoned=today.isoformat())


def of_all(db: sqlite3.Connection) -> Iterator[Owing]:
    return _gather(db.execute(_OPEN_BILLS.format(which="1")))


def known(db: sqlite3.Connection) -> tuple[KnownCustomer, ...]:
    """For a bundle. Who belongs together is told by a word that is made with a key which nobody keeps: an ID number
    could be guessed from its bare hash."""
    key = secrets.token_bytes(32)

    def word(person: tuple[str, str]) -> str:
        text = "\n".join(person).encode()
        return blake2b(text, key=key, digest_size=12).hexdigest() if person[0] else ""

    return tuple(KnownCustomer(o.fee, o.customer, word(o.person)) for o in of_all(db))


def _gather(rows: sqlite3.Cursor) -> Iterator[Owing]:
    group: list[sqlite3.Row] = []
    for row in rows:
        if group and row["id"] != group[0]["id"]:
            yield _owing(group)
            group = []
        group.append(row)
    if group:
        yield _owing(group)


def _doubts(row: sqlite3.Row) -> Iterator[str]:
    """What the six-step check can not let pass: the kiosk sees masks and could not find it itself."""
    if row["other_name"]:
        yield "name"
    if row["identity"] and identity.either(row["identity"], datetime.now(ZONE).date()).wrong is not None:
        yield "identity"
    if row["contact"] and identity.phone(row["contact"]).wrong is not None:
        yield "contact"


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
        doubts=tuple(_doubts(first)),
        marks=codec.decode(first["marks"], dict[str, str]),
        reference=str(first["id"]),
    )
    person = (first["identity"], first["name"])
    return Owing(first["id"], first["fee"], customer, Money(prepaid), person)
