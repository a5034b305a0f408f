"""What only the server can check of the six items: whole names and numbers, and receipt numbers of all kiosks."""

from __future__ import annotations

import time

import pytest

from central import owed
from kiosk.identity import new_id
from kiosk.parcels import AskBills, BillsFound
from tests.central.support import PaperKiosk

SPOIL = [
    ("identity = '110199194901010014'", ("identity",)),  # wrong check digit
    ("identity = '110199190002290017'", ("identity",)),  # 29 February 1900
    ("identity = '91110199AA00000181', name = '示例商贸有限公司'", ()),  # a unit, with its credit code
    ("identity = ''", ()),
    ("contact = '12345'", ("contact",)),
    ("contact = ''", ()),
    ("identity = (SELECT identity FROM customer WHERE account = '1002003002')", ("name",)),
]


@pytest.mark.parametrize("change, doubts", SPOIL, ids=[change for change, _ in SPOIL])
def test_what_the_server_doubts_of_a_customer(empty_copy, change: str, doubts: tuple[str, ...]) -> None:
    db = empty_copy()
    db.execute(f"UPDATE customer SET {change} WHERE account = '1002003001'")
    found = owed.of_account(db, "water", "1002003001", int(time.time() * 1000))
    assert found is not None and found.doubts == doubts


def test_the_bundle_tells_the_same_doubts(empty_copy) -> None:
    db = empty_copy()
    db.execute("UPDATE customer SET identity = '110199194901010014' WHERE account = '1002003001'")
    assert [k.customer.doubts for k in owed.known(db) if k.customer.account == "1002003001"] == [
        ("identity",)
    ]


def test_nobody_in_the_town_to_try_things_out_is_doubted(empty_copy) -> None:
    assert not [k for k in owed.known(empty_copy()) if k.customer.doubts]


def test_a_receipt_number_that_is_on_record_is_told(kiosk: PaperKiosk) -> None:
    number = f"{kiosk.id}-00000001"

    def used() -> bool:
        found: BillsFound = kiosk.ask("bills", AskBills("water", "1002003009", new_id(), number), BillsFound)
        return found.receipt_used

    assert not used()
    kiosk.journal.write("receipt_issued", receipt=number, payment=new_id(), paid=100)
    kiosk.upload()
    assert used()


def test_blocked_submissions_are_counted_per_kiosk(kiosk: PaperKiosk) -> None:
    for because in ("over_limit", "over_limit", "wrong_name"):
        kiosk.journal.write("submission_blocked", visit=new_id(), fee="water", because=because)
    kiosk.upload()
    rows = kiosk.server.rows(
        "SELECT because, count(*) AS n FROM blocked WHERE kiosk = ? GROUP BY because ORDER BY because",
        kiosk.id,
    )
    assert [tuple(row) for row in rows] == [("over_limit", 2), ("wrong_name", 1)]
