"""Bills and whom they are for, from a table (CSV) that a biller's system or a spreadsheet writes.

A line is one bill; without a bill's number it only makes an account known, such as a prepaid meter. A file may be
taken again: what is known already changes nothing. With any mistake in it nothing is taken at all."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from central import editions, fees
from kiosk import codec
from kiosk.money import Money
from kiosk.rules import identity
from kiosk.rules.fee import Fee
from kiosk.rules.numbers import checks

HEAD: Final = (
    "fee", "account", "name", "identity", "contact", "marks", "number", "period", "yuan", "due", "region",
)  # fmt: skip
MOST_TOLD: Final = 20  # mistakes at once
_YUAN: Final = re.compile(r"[0-9]{1,9}\.[0-9]{2}")
_NUMBER: Final = re.compile(
    r"[!-:<-~]{1,40}"
)  # it stands in the signed QR code of a receipt, between semicolons
_PERIOD: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadTable(ValueError):
    """Each mistake with file, line, column and what to write instead."""


class Taken(NamedTuple):
    bills: int
    accounts: int  # new ones
    known: int  # bills that were here already, the same


def take(db: sqlite3.Connection, path: Path) -> Taken:
    """Raises BadTable, and nothing is changed."""
    rules = {fee.id: fee for fee in fees.rules(db)}
    lines = list(_lines(path))
    wrong = [f"{path}, line {number}, {what}" for number, row in lines for what in _wrong(row, rules)]
    if not wrong:
        taken, wrong = _put(db, path, lines)
        if not wrong:
            editions.change(db)
            return taken
    more = len(wrong) - MOST_TOLD
    told = [*wrong[:MOST_TOLD], *([f"and {more} more"] if more > 0 else [])]
    raise BadTable("nothing was taken:\n  " + "\n  ".join(told))


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(
            encoding="utf-8-sig", newline=""
        ) as file:  # spreadsheets put a mark before the first letter
            table = csv.DictReader(file)
            if set(table.fieldnames or ()) != set(HEAD):
                raise BadTable(f"{path}, line 1: write these columns: {','.join(HEAD)}")
            for row in table:
                if None in row or None in row.values():
                    raise BadTable(f"{path}, line {table.line_num}: write {len(HEAD)} columns, as in line 1")
                yield table.line_num, {name: (text or "").strip() for name, text in row.items()}
    except UnicodeDecodeError as error:
        raise BadTable(f"{path}: save it as CSV in UTF-8 ({error.reason})") from None


def _wrong(row: dict[str, str], rules: dict[str, Fee]) -> Iterator[str]:
    fee = rules.get(row["fee"])
    if fee is None:
        yield f"fee: {row['fee']!r}: write one of {', '.join(rules)}"
        return
    least, most = fee.account_digits
    account = row["account"]
    if not (account.isascii() and account.isdigit() and least <= len(account) <= most):
        digits = f"{least}" if least == most else f"{least} to {most}"
        yield f"account: {account!r}: write {digits} digits"
    elif not checks(fee.account_check, account):
        yield f"account: {account!r}: its check digit ({fee.account_check.value}) is another one: a typing mistake"
    if not row["name"]:
        yield "name: write the name of the person or unit"
    if row["identity"] and identity.either(row["identity"], date.today()).wrong is not None:
        yield "identity: no resident ID number and no unified social credit code: correct it, or leave it empty"
    if row["contact"] and identity.phone(row["contact"]).wrong is not None:
        yield "contact: no telephone number: correct it, or leave it empty"
    asked = {one.mark for known in rules.values() for one in known.concession if one.mark}
    for mark in row["marks"].split():
        if mark not in asked:
            there_are = ", ".join(sorted(asked)) or "none"
            yield f"marks: {mark!r}: no concession asks for it; correct it; there are {there_are}"
    if row["number"]:
        if not _NUMBER.fullmatch(row["number"]):
            write = "write at most 40 letters, digits and signs such as -, without blanks and ;"
            yield f"number: {row['number']!r}: {write}"
        yield from _wrong_bill(row, fee)
    elif any(row[name] for name in ("period", "yuan", "due", "region")):
        yield "number: write the number of the bill, or leave period, yuan, due and region empty too"


def _wrong_bill(row: dict[str, str], fee: Fee) -> Iterator[str]:
    if not _YUAN.fullmatch(row["yuan"]) or not Money.yuan(row["yuan"]):
        yield f"yuan: {row['yuan']!r}: write an amount above 0.00, with exactly two decimals, such as 37.50"
    if not _PERIOD.fullmatch(row["period"]):
        yield f"period: {row['period']!r}: write a month such as 2026-10"
    if row["due"] and _day(row["due"]) is None:
        yield f"due: {row['due']!r}: no calendar has this day; write it as 2026-12-31, or leave it empty"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _put(
    db: sqlite3.Connection, path: Path, lines: list[tuple[int, dict[str, str]]]
) -> tuple[Taken, list[str]]:
    wrong: list[str] = []
    new = accounts = known = 0
    db.execute("SAVEPOINT bills")
    for number, row in lines:
        customer, is_new = _customer(db, row)
        accounts += is_new
        if not row["number"]:
            continue
        bill = (customer, row["period"], Money.yuan(row["yuan"]).fen, _due_ms(row["due"]), row["region"])
        before = db.execute(
            "SELECT customer, period, amount_fen, due_ms, region FROM bill WHERE number = ?", (row["number"],)
        ).fetchone()
        if before is None:
            new += 1
            db.execute(
                "INSERT INTO bill (number, customer, period, amount_fen, due_ms, region) VALUES (?, ?, ?, ?, ?, ?)",
                (row["number"], *bill),
            )
        elif tuple(before) == bill:
            known += 1
        else:
            wrong.append(
                f"{path}, line {number}, number: {row['number']} is known as another bill: "
                "give the corrected one a number of its own"
            )
    if wrong:
        db.execute("ROLLBACK TO bills")
    db.execute("RELEASE bills")
    return Taken(new, accounts, known), wrong


def _customer(db: sqlite3.Connection, row: dict[str, str]) -> tuple[int, bool]:
    """What is newer is right: a name or a number that changed."""
    marks = codec.encode(dict.fromkeys(row["marks"].split(), "")).decode()
    values = (row["name"], identity.spelled(row["identity"]), row["contact"], marks)
    found = db.execute(
        "SELECT id FROM customer WHERE fee = ? AND account = ?", (row["fee"], row["account"])
    ).fetchone()
    if found is not None:
        db.execute(
            "UPDATE customer SET name = ?, identity = ?, contact = ?, marks = ? WHERE id = ?",
            (*values, found[0]),
        )
        return int(found[0]), False
    made = db.execute(
        "INSERT INTO customer (fee, account, name, identity, contact, marks) VALUES (?, ?, ?, ?, ?, ?)",
        (row["fee"], row["account"], *values),
    )
    return int(made.lastrowid or 0), True


def _due_ms(text: str) -> int:
    """The last moment of that day; 0: none is named, so the fee's `due_days` count."""
    day = _day(text)
    if day is None:
        return 0
    return int(datetime.combine(day, time(23, 59, 59), ZoneInfo(fees.TIME_ZONE)).timestamp() * 1000)
