"""What is open is computed from the records: pay at one kiosk, and the next one knows."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from shutil import copytree

import pytest

from central import owed, projections
from central.projections import PROJECTED
from kiosk import codec
from kiosk.identity import new_id, signed_by
from kiosk.money import Money
from kiosk.parcels import (
    BUNDLE_DOMAIN,
    AskBills,
    AskBundle,
    AskCharge,
    BillsFound,
    Bundle,
    BundleIs,
    ChargeState,
    DeviceHealth,
    Heartbeat,
    HeartbeatSeen,
)
from kiosk.rules import masks
from tests.central.support import TIMEOUT_S, PaperKiosk, Server

Make = Callable[[], PaperKiosk]


def totals(server: Server, kiosk: str) -> dict:
    command = [sys.executable, "-m", "central", "totals", "--state", str(server.state)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT_S).stdout)[
        kiosk
    ]


def test_a_bill_that_was_paid_at_one_kiosk_is_gone_at_the_other(new_kiosk: Make) -> None:
    here, there = new_kiosk(), new_kiosk()
    [(bill, fen)] = here.open_bills("water", "1002003001").items()
    assert fen == 3750

    here.pay_cash("water", "1002003001", bill, Money(fen), ("20", "10", "5", "1", "1", "1"))
    assert there.open_bills("water", "1002003001") == {bill: 3750}  # nothing arrived yet
    here.upload()

    assert there.open_bills("water", "1002003001") == {}
    assert here.server.rows("SELECT state FROM payment WHERE kiosk = ?", here.id)[0]["state"] == "paid"


def test_what_was_paid_in_part_stays_open_and_what_was_paid_too_much_pays_the_next_bill(
    kiosk: PaperKiosk,
) -> None:
    account = "2002003001"
    old, new = kiosk.open_bills("electricity", account)
    assert list(kiosk.open_bills("electricity", account).values()) == [12640, 9875]

    kiosk.pay_cash("electricity", account, old, Money(12640), ("100",))
    kiosk.upload()
    assert kiosk.open_bills("electricity", account) == {old: 2640, new: 9875}

    kiosk.pay_cash("electricity", account, old, Money(2640), ("50",))
    kiosk.upload()
    assert kiosk.open_bills("electricity", account) == {new: 9875 - 2360}
    assert totals(kiosk.server, kiosk.id)["prepaid_fen"] == 2360


@pytest.mark.parametrize(
    ("prepaid", "open_fen", "left"),
    [
        (100, [12540, 9875], 0),
        (12640, [9875], 0),
        (13000, [9515], 0),
        (22515, [], 0),
        (22600, [], 85),
    ],
)
def test_prepaid_balance_pays_the_oldest_bill_first_and_each_fen_once(
    empty_copy: Callable[[], sqlite3.Connection], prepaid: int, open_fen: list[int], left: int
) -> None:
    db = empty_copy()
    db.execute(
        "INSERT INTO posting (kiosk, epoch, seq, leg, payment, account, part, amount_fen)"
        " VALUES ('K', 1, 1, 0, '', 'prepaid', 'electricity/2002003001', ?)",
        (-prepaid,),
    )
    [owing] = [owing for owing in owed.of_all(db) if owing.customer.account == "2002003001"]
    assert [bill.amount.fen for bill in owing.customer.bills] == open_fen
    assert owing.prepaid == Money(left)


def test_a_balance_of_a_kiosk_that_knows_accounts_only_masked_pays_the_next_bill(kiosk: PaperKiosk) -> None:
    [two] = kiosk.server.rows(
        "SELECT c.fee, c.account FROM customer c JOIN bill b ON b.customer = c.id WHERE c.fee = 'electricity'"
        " AND c.account NOT LIKE '20020%' GROUP BY c.id HAVING count(*) = 2 ORDER BY c.id LIMIT 1 OFFSET 1"
    )
    before = kiosk.open_bills(two["fee"], two["account"])
    (first, fen), (second, open_fen) = before.items()
    kiosk.pay_cash(
        two["fee"], masks.account(two["account"]), first, Money(fen), ("100",) * 9, to_fee=Money(fen)
    )
    kiosk.upload()
    balance = 90_000 - fen
    assert balance > open_fen, "the seed changed: choose another customer"
    assert kiosk.open_bills(two["fee"], two["account"]) == {}, f"{second} is paid by what was too much"
    posted = kiosk.server.rows("SELECT part FROM posting WHERE account = 'prepaid' AND kiosk = ?", kiosk.id)
    assert [row["part"] for row in posted] == [f"{two['fee']}/{two['account']}"]


def test_a_bill_paid_twice_is_booked_twice_and_listed(new_kiosk: Make) -> None:
    """Two kiosks were offline: both took real money."""
    one, two = new_kiosk(), new_kiosk()
    [(bill, fen)] = one.open_bills("water", "1002003002").items()
    for kiosk in (one, two):
        kiosk.pay_cash("water", "1002003002", bill, Money(fen), ("100",), to_fee=Money(fen))
        kiosk.upload()
    assert "paid_twice" not in one.server.problems(one.id)
    assert "paid_twice" in two.server.problems(two.id)
    assert totals(two.server, two.id)["fees"] == {"water": fen}


def test_the_server_masks_whom_it_names(kiosk: PaperKiosk) -> None:
    found: BillsFound = kiosk.ask("bills", AskBills("water", "1002003009"), BillsFound)
    assert found.customer is not None
    assert (found.customer.name, found.customer.bills) == ("陈*兰", ())
    assert found.customer.identity[3:14] == "*" * 11
    assert found.customer.contact[3:7] == "****"
    assert kiosk.ask("bills", AskBills("water", "9999999999"), BillsFound).customer is None
    assert kiosk.ask("bills", AskBills("gas", "1002003009"), BillsFound).customer is None


def test_the_bundle_is_signed_and_changes_with_what_is_open(kiosk: PaperKiosk) -> None:
    first: BundleIs = kiosk.ask("bundle", AskBundle(0), BundleIs)
    assert signed_by(kiosk.server_key, BUNDLE_DOMAIN + first.bundle.encode(), first.signature)
    bundle: Bundle = codec.decode(first.bundle, Bundle)
    open_ones = {fee.fee for fee in bundle.fees if fee.open}
    assert open_ones == {"water", "electricity", "gas", "property", "tuition", "admin"}
    limits = {fee.fee: fee.limit for fee in bundle.fees}
    owing = {(known.fee, known.customer.account): known.customer for known in bundle.customers}
    assert owing["water", "1002003008"].bills[0].amount > limits["water"]
    assert kiosk.ask("bundle", AskBundle(bundle.version), BundleIs) == BundleIs()

    [(bill, fen)] = kiosk.open_bills("gas", "3002003001").items()
    kiosk.pay_cash("gas", "3002003001", bill, Money(fen), ("50", "1", "1"))
    kiosk.upload()
    second: Bundle = codec.decode(kiosk.ask("bundle", AskBundle(bundle.version), BundleIs).bundle, Bundle)

    assert second.version > bundle.version
    after = {(known.fee, known.customer.account): known.customer for known in second.customers}
    assert after["gas", "3002003001"].bills == ()


def test_a_heartbeat_is_kept_and_tells_the_kiosk_where_things_stand(kiosk: PaperKiosk) -> None:
    kiosk.journal.write_raw("box_returned", '{"box":1}')
    kiosk.upload()
    beat = Heartbeat(5, "0.1.0", 3, 1, (DeviceHealth("printer", "paper_out", "纸用完"),), staff_called=True)

    seen: HeartbeatSeen = kiosk.ask("heartbeat", beat, HeartbeatSeen)

    assert (seen.head_seq, seen.bundle > 0) == (1, True)
    row = kiosk.server.rows("SELECT * FROM kiosk WHERE id = ?", kiosk.id)[0]
    assert (row["version"], row["beat_head_seq"], row["staff_called"]) == ("0.1.0", 3, 1)
    assert "paper_out" in row["devices"]


def test_totals_are_the_sums_of_the_records(kiosk: PaperKiosk) -> None:
    kiosk.pay_cash("property", "40020001", "P-none", Money(10000), ("50", "50", "20"))
    doubtful, unknown, payment, charge = (new_id() for _ in range(4))
    write = kiosk.journal.write
    write("note_doubtful", note=doubtful, payment=payment, value=2000, in_box=True, because="jam")
    write("note_doubtful", note=unknown, payment=payment, value=None, in_box=True, because="not in the table")
    kiosk.open(payment, "admin", "600200300121", "A-none", Money(500), "code")
    kiosk.ask("charge", AskCharge(charge, payment, "A-none", Money(500), new_id()), ChargeState)
    write("charge_requested", charge=charge, payment=payment, amount=500)
    write("charge_confirmed", charge=charge, payment=payment, amount=500, provider="sandbox", reference="x")
    parts = {"paid": 500, "to_fee": 500, "to_prepaid": 0, "to_change": 0}
    write("payment_completed", payment=payment, bill="A-none", **parts)
    write("box_removed", box=1, notes={"5000": 2, "2000": 7})
    seq, hash_ = kiosk.journal.head()
    kiosk.upload()

    assert totals(kiosk.server, kiosk.id) == {
        "cash_box_fen": {"2000": 4000, "5000": 10000},
        "boxes": {"1": {"2000": 2, "5000": 2, "?": 1}},
        "office_fen": 0,
        "difference_fen": 0,
        "code_clearing_fen": 500,
        "card_clearing_fen": 0,
        "in_question_fen": 0,
        "customer_fen": 0,
        "fees": {"admin": 500, "property": 10000},
        "prepaid_fen": 2000,
        "change_owed_fen": 0,
        "doubtful_fen": 2000,
        "receipts": 1,
        "fork_records": 0,
        "heads": {"1": [seq, hash_]},
    }
    assert kiosk.server.problems(kiosk.id) == {"doubtful", "box_differs", "unknown_bill"}


def test_a_charge_that_only_the_kiosk_believes_in_is_booked_and_listed(kiosk: PaperKiosk) -> None:
    charge, payment = new_id(), new_id()
    kiosk.journal.write("charge_confirmed", charge=charge, payment=payment, amount=500)
    kiosk.upload()
    assert kiosk.server.problems(kiosk.id) == {"charge_differs"}
    assert totals(kiosk.server, kiosk.id)["code_clearing_fen"] == 500


def test_projections_can_be_made_anew_from_the_records(kiosk: PaperKiosk, tmp_path) -> None:
    kiosk.pay_cash("property", "40020001", "P-none", Money(10000), ("50", "50", "20"))
    notes = {"5000": 2, "2000": 1}
    kiosk.journal.write("box_removed", box=1, notes=notes, unknown=0, how="reported", by="1001")
    kiosk.journal.write(
        "box_counted", collection="B1", boxes=[1], by="1001", expected=notes, unknown=0, counted={"5000": 2}
    )
    kiosk.journal.write(
        "bag_handed_over", handover="H1", collections=["B1"], notes={"5000": 2}, by="1001", to="2001"
    )
    kiosk.journal.write("day_closed", report="D1", day=1, by="1001", late=False, figures={})
    kiosk.journal.write("staff_called", call="C1", called_ms=1, where="home", because="caller")
    kiosk.journal.write("visit_rated", visit="V1", rating="good")
    kiosk.journal.write("opinion_given", case="O1", topic="other")
    kiosk.journal.write(
        "amount_decided", visit="V1", bill="B", amount=600000, granted=True, by="2001", reason="seen"
    )
    kiosk.journal.write("exception_opened", exception="E1", exception_kind="device", opened_ms=1, due_ms=2)
    kiosk.journal.write("submission_blocked", visit="V1", fee="water", because="over_limit")
    kiosk.upload()
    copytree(kiosk.server.state, tmp_path / "state")
    db = sqlite3.connect(tmp_path / "state" / "central.sqlite3", isolation_level=None)
    db.row_factory = sqlite3.Row

    def rows() -> dict[str, list[tuple]]:
        result = {}
        for table in PROJECTED:
            names = [row["name"] for row in db.execute(f"PRAGMA table_info({table})") if row["name"] != "id"]
            found = db.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
            result[table] = sorted((tuple(row) for row in found), key=repr)
        return result

    before = rows()
    db.execute("DELETE FROM posting")
    projections.rebuild(db, 0)

    assert rows() == before
    assert all(before[table] for table in PROJECTED)


def test_records_refuse_to_be_changed(kiosk: PaperKiosk) -> None:
    kiosk.journal.write_raw("box_returned", '{"box":1}')
    kiosk.upload()
    db = sqlite3.connect(kiosk.server.state / "central.sqlite3")
    for sql in ("UPDATE record SET body = '{}'", "DELETE FROM record"):
        try:
            db.execute(sql)
        except sqlite3.IntegrityError as error:
            assert "never change" in str(error)
        else:
            raise AssertionError(sql)
    db.close()
