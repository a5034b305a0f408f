"""The server gathers what one person owes over fees and places, reckons it, and books one payment bill by bill."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from central import owed
from kiosk.identity import new_id
from kiosk.money import Money
from kiosk.parcels import AskBills, BillsFound, Customer
from tests.central.support import PaperKiosk
from tests.central.test_bills_follow_the_records import totals

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def ask(kiosk: PaperKiosk, fee: str, account: str) -> Customer:
    found: BillsFound = kiosk.ask("bills", AskBills(fee, account), BillsFound)
    assert found.customer is not None
    return found.customer


def test_own_bills_first_then_those_of_other_accounts_masked_and_reckoned(empty_copy) -> None:
    found = owed.of_account(empty_copy(), "water", "1002003005", int(time.time() * 1000))
    assert found is not None
    assert [(b.fee, b.account, b.amount) for b in found.bills] == [
        ("water", "", Money(6000)),
        ("water", "", Money(4000)),
        ("electricity", "2002**3052", Money(8800)),
        ("gas", "3002**3005", Money(5250)),
    ]
    assert found.marks == {"low_income": ""} and len({b.region for b in found.bills}) > 1
    old, new, power, gas = (b.total for b in found.bills)
    assert old == Money(6000 + 60 - 600)  # twenty days late at 0.05%, a tenth let off
    assert (new, power, gas) == (Money(3600), Money(8000), Money(5250))


def test_a_namesake_with_another_number_is_another_person(empty_copy) -> None:
    db = empty_copy()
    db.execute("UPDATE customer SET name = '张建国' WHERE account = '1002003002'")
    found = owed.of_account(db, "water", "1002003001", int(NOW.timestamp() * 1000))
    assert found is not None and [b.amount for b in found.bills] == [Money(3750)]


def test_the_same_number_under_another_name_is_not_gathered(empty_copy) -> None:
    db = empty_copy()
    db.execute("UPDATE customer SET name = '孙桂花' WHERE account = '3002003005'")
    found = owed.of_account(db, "water", "1002003005", int(NOW.timestamp() * 1000))
    assert found is not None and {b.fee for b in found.bills} == {"water", "electricity"}


def test_the_sum_rises_day_by_day(empty_copy) -> None:
    db = empty_copy()
    db.execute("UPDATE bill SET due_ms = ?", (int(NOW.timestamp() * 1000),))
    sums = []
    for days in range(4, 8):
        at_ms = int((NOW + timedelta(days=days)).timestamp() * 1000)
        found = owed.of_account(db, "water", "1002003008", at_ms)
        assert found is not None
        sums += [b.total for b in found.bills]
    assert sums == [Money(fen) for fen in (620_000, 620_000, 621_860, 622_170)]  # five days of grace


def test_a_bundle_joins_accounts_by_a_word_that_is_another_one_each_time(empty_copy) -> None:
    db = empty_copy()
    first, second = ({(k.fee, k.customer.account): k.person for k in owed.known(db)} for _ in range(2))
    mine = {("water", "1002003005"), ("electricity", "2002003052"), ("gas", "3002003005")}
    assert len({first[key] for key in mine}) == 1
    assert [key for key in first if first[key] == first["water", "1002003005"]] == sorted(
        mine, key=list(first).index
    )
    assert not set(first.values()) & set(second.values())


def test_one_payment_settles_each_bill_with_what_was_let_off(kiosk: PaperKiosk) -> None:
    found = ask(kiosk, "water", "1002003005")
    payment, parts = new_id(), []
    for bill in found.bills:
        assert bill.total is not None
        parts.append(
            {"bill": bill.number, "fee": bill.fee, "to_fee": bill.total.fen, "settles": bill.amount.fen}
        )
    due = sum(part["to_fee"] for part in parts)
    before = totals(kiosk.server, kiosk.id).get("fees", {})
    kiosk.open(payment, "water", "1002003005", found.bills[0].number, Money(due), "cash")
    kiosk.journal.write("note_held", note=f"n-{payment}", payment=payment, value=due, box=1)
    kiosk.journal.write("note_credited", note=f"n-{payment}", payment=payment, value=due)
    kiosk.journal.write(
        "payment_completed", payment=payment, bill=found.bills[0].number, paid=due, to_fee=due,
        to_prepaid=0, to_change=0, parts=parts,
    )  # fmt: skip
    kiosk.upload()
    assert kiosk.server.problems(kiosk.id) == set()
    after = totals(kiosk.server, kiosk.id)["fees"]
    grown = {fee: after[fee] - before.get(fee, 0) for fee in after}
    assert grown == {"water": 5460 + 3600, "electricity": 8000, "gas": 5250}
    assert ask(kiosk, "gas", "3002003005").bills == ()


def test_parts_that_do_not_make_the_whole_are_not_booked(kiosk: PaperKiosk) -> None:
    payment = new_id()
    kiosk.open(payment, "water", "1002003002", "W-x", Money(500), "cash")
    kiosk.journal.write(
        "payment_completed", payment=payment, bill="W-x", paid=0, to_fee=0, to_prepaid=0, to_change=0,
        parts=[{"bill": "W-x", "fee": "water", "to_fee": 500, "settles": 500},
               {"bill": "G-x", "fee": "gas", "to_fee": -500, "settles": 500}],
    )  # fmt: skip
    kiosk.upload()
    assert kiosk.server.problems(kiosk.id) == {"sum_differs"}
