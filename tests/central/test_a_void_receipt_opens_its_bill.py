"""A receipt that two persons made void at a kiosk: the server opens its bill, books the refund, and shows it to all."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from central.ledger import write_beside
from central.projections import rebuild
from kiosk import codec
from kiosk.books import receipt_of
from kiosk.contract import How, SettleItem, VoidReceipt
from kiosk.facts import ReceiptIssued
from kiosk.facts.office import DayClosed
from kiosk.facts.stock import ReceiptVoided
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.identity import load_signer
from kiosk.parcels import AskBills, BillsFound, JournalHead, UploadJournal
from kiosk.receipts import paper_qr
from tests.central.support import PaperKiosk, Server, enrol
from tests.kiosk.office import ATTENDANT, SUPERVISOR, Office
from tests.kiosk.world import bill, yuan

ACCOUNT = "1000082425"  # no other story of this server pays its bill


@pytest.fixture
def both(server: Server, tmp_path: Path) -> tuple[Office, PaperKiosk]:
    """A core, and the line between it and the server."""
    signer = load_signer(tmp_path, create=True)
    enrolled = enrol(server, signer, server.code())
    return Office(tmp_path, name=enrolled.kiosk), PaperKiosk(server, signer, enrolled)


def upload(core: Office, line: PaperKiosk) -> None:
    head = core.journal.head
    signature = core.journal.head_signature(head.seq, head.hash)
    line.ask("journal", UploadJournal(1, tuple(core.journal.records()), signature), JournalHead)


def due(line: PaperKiosk) -> list[tuple[str, int]]:
    found: BillsFound = line.ask("bills", AskBills("water", ACCOUNT), BillsFound)
    assert found.customer is not None
    return [(bill.number, bill.amount.fen) for bill in found.customer.bills]


def pays(core: Office, number: str, amount: str, *notes: int) -> ReceiptIssued:
    core.to_cash(bill(amount, number=number))
    core.insert(*notes)
    core.leave()
    receipt: ReceiptIssued = core.facts(ReceiptIssued)[-1]
    return receipt


def voids(core: Office, receipt: ReceiptIssued) -> None:
    core.sign_in(SUPERVISOR)
    core.go("void")
    core.enter(receipt.receipt[-8:])
    asked = core.last(cmd.FindReceipt)
    core.hear(st.ReceiptFound(asked.lookup, receipt_of(core.journal, asked.number)))
    core.want(VoidReceipt("wrong_account"))
    core.enter(ATTENDANT.number)
    core.try_pin(good=True)


def owed(line: PaperKiosk) -> int:
    """Fen, to customers."""
    sql = "SELECT -sum(amount_fen) AS fen FROM posting WHERE account = 'change_owed' AND kiosk = ?"
    return int(line.server.rows(sql, line.id)[0]["fen"])


def test_bill_books_papers_and_days_agree_on_both_sides(both: tuple[Office, PaperKiosk]) -> None:
    core, line = both
    before = due(line)
    [(number, fen), *_] = before
    receipt = pays(core, number, f"{fen // 100}.{fen % 100:02d}", *([100] * (fen // 10_000 + 1)))
    pays(core, "W9", "20.00", 20)
    upload(core, line)
    assert number not in dict(due(line))

    voids(core, receipt)
    core.print_out()
    core.close_day()
    upload(core, line)
    assert due(line) == before, "it can be paid again"
    server, kiosk = line.server, line.id
    [closed] = core.facts(DayClosed)
    [row] = server.rows("SELECT figures FROM day WHERE kiosk = ?", kiosk)
    assert codec.decode(row["figures"], dict) == codec.decode(codec.encode(closed.figures), dict)
    assert (closed.figures.voids.count, closed.figures.voids.amount) == (1, receipt.paid)

    ours = server.rows("SELECT account, sum(amount_fen) fen FROM posting WHERE kiosk = ? GROUP BY 1", kiosk)
    balances = {account.value: fen for account, fen in core.journal.balances().items() if fen}
    assert {row["account"]: row["fen"] for row in ours if row["fen"]} == balances
    states = server.rows("SELECT number, state FROM paper WHERE kiosk = ? AND sort = 'receipt'", kiosk)
    assert [row["state"] for row in states] == ["void", "printed"]
    page = server.page(f"/r?c={quote(paper_qr(receipt))}").data.decode()
    assert "已作废" in page and "真实有效" not in page
    assert "作废 1" in server.page(f"/kiosks/{kiosk}/till").data.decode()
    assert server.problems(kiosk) == {"claim", "unknown_bill"}

    core.want(SettleItem(receipt.receipt, How.PAID))
    upload(core, line)
    open_ones = "SELECT kind FROM problem WHERE kiosk = ? AND settled_ms = 0"
    assert [row["kind"] for row in server.rows(open_ones, kiosk)] == ["unknown_bill"]
    assert owed(line) == 0


def test_everything_is_read_again_and_nothing_changes(both: tuple[Office, PaperKiosk]) -> None:
    core, line = both
    voids(core, pays(core, "W9", "20.00", 20))
    upload(core, line)
    tables = {"posting": "seq, leg", "settlement": "bill", "paper": "number"}

    def mine() -> list[list[tuple[object, ...]]]:
        wanted = (f"SELECT * FROM {table} WHERE kiosk = ? ORDER BY {by}" for table, by in tables.items())
        rows = [line.server.rows(sql, line.id) for sql in wanted]
        return [[tuple(row)[1:] for row in found] for found in rows]  # without the row's own id

    before = mine()
    write_beside(line.server.state, lambda db: rebuild(db, 0))
    assert mine() == before and before[0]


@pytest.mark.parametrize(
    ("changes", "says", "booked"),
    [
        ({"receipt": "R9"}, "never issued", False),
        ({"payment": "other"}, "another payment", False),
        ({"settles": 1999}, "another amount", False),
        ({"second": "2001"}, "both places", True),
    ],
)
def test_a_void_that_is_not_what_the_records_say_is_listed(
    kiosk: PaperKiosk, changes: dict[str, object], says: str, booked: bool
) -> None:
    payment = kiosk.pay_cash("water", ACCOUNT, "W-none", yuan(20), ("20",))
    body = {
        "receipt": f"R{payment[-12:]}", "payment": payment, "bill": "W-none", "fee": "water", "to_fee": 2000,
        "to_prepaid": 0, "settles": 2000, "because": "paid_twice", "by": "2001", "second": "1001",
    }  # fmt: skip
    kiosk.journal.write("receipt_voided", **{**body, **changes})
    kiosk.upload()
    [problem] = kiosk.server.rows(
        "SELECT detail FROM problem WHERE kind IN ('void_odd', 'signed_by_one') AND kiosk = ?", kiosk.id
    )
    assert says in problem["detail"]
    [paper] = kiosk.server.rows("SELECT state FROM paper WHERE sort = 'receipt' AND kiosk = ?", kiosk.id)
    assert (paper["state"] == "void") is booked


def test_void_twice_is_booked_once(both: tuple[Office, PaperKiosk]) -> None:
    core, line = both
    receipt = pays(core, "W9", "20.00", 20)
    voids(core, receipt)
    core.journal.append(core.facts(ReceiptVoided))
    upload(core, line)
    [problem] = line.server.rows("SELECT detail FROM problem WHERE kind = 'void_odd' AND kiosk = ?", line.id)
    assert "void before" in problem["detail"]
    assert owed(line) == 2000
