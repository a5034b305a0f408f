"""The kiosk knows an account only masked; what was paid ahead or too much stands on that very account at the server."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk import codec
from kiosk import contract as c
from kiosk.facts import PaymentOpened, ReceiptIssued
from kiosk.facts.office import DayClosed
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.identity import load_signer
from kiosk.parcels import AskBills, BillsFound, JournalHead, UploadJournal
from tests.central.support import PaperKiosk, Server, enrol
from tests.kiosk.office import Office
from tests.kiosk.world import yuan

METER, BILL = ("gas", "3002003006"), ("electricity", "2000083541")  # of the demo town


@pytest.fixture
def both(server: Server, tmp_path: Path) -> tuple[Office, PaperKiosk]:
    signer = load_signer(tmp_path, create=True)
    enrolled = enrol(server, signer, server.code())
    return Office(tmp_path, name=enrolled.kiosk), PaperKiosk(server, signer, enrolled)


def looks_up(core: Office, line: PaperKiosk, fee: str, account: str) -> None:
    core.want(c.ChooseFee(fee))
    core.type(account)
    core.want(c.SubmitAccount())
    found: BillsFound = line.ask("bills", AskBills(fee, account), BillsFound)
    core.hear(st.BillsCame(core.last(cmd.FetchBills).lookup, found.customer))


def upload(core: Office, line: PaperKiosk) -> None:
    journal = core.journal
    signature = journal.head_signature(journal.head.seq, journal.head.hash)
    line.ask("journal", UploadJournal(1, tuple(journal.records()), signature), JournalHead)


def balances(line: PaperKiosk) -> dict[str, int]:
    rows = line.server.rows(
        "SELECT part, -sum(amount_fen) AS fen FROM posting WHERE kiosk = ? AND account = 'prepaid' GROUP BY part",
        line.id,
    )
    return {row["part"]: row["fen"] for row in rows}


def test_paid_ahead_and_paid_too_much_are_on_the_right_account(both: tuple[Office, PaperKiosk]) -> None:
    core, line = both
    looks_up(core, line, *METER)
    core.want(c.ChooseAmount(yuan(100)), c.AllRight(), c.ChooseTender(c.Tender.CASH))
    core.insert(100)
    core.leave()
    looks_up(core, line, *BILL)
    core.want(*(c.ChooseBill(row.number) for row in core.page.rows[1:] if row.ticked))
    core.want(c.PayTicked(), c.AllRight(), c.ChooseTender(c.Tender.CASH))
    due = core.page.due
    notes = range(0, due.fen, 2000)
    core.insert(*(20 for _ in notes))
    core.leave()
    core.sign_in()
    core.close_day()
    core.print_out()
    upload(core, line)

    above = len(notes) * 2000 - due.fen
    assert balances(line) == {"/".join(METER): 10_000, "/".join(BILL): above}
    topped_up = codec.encode([core.facts(PaymentOpened)[0], core.facts(ReceiptIssued)[0]]).decode()
    assert METER[1] not in topped_up, "no whole account number is in these records"
    [closed] = core.facts(DayClosed)
    assert {fee: s.amount for fee, s in closed.figures.ahead.items()} == {"gas": yuan(100)}
    assert closed.figures.to_prepaid.fen == 10_000 + above
    [row] = line.server.rows("SELECT figures FROM day WHERE kiosk = ?", line.id)
    assert codec.decode(row["figures"], dict) == codec.decode(codec.encode(closed.figures), dict)
    assert not line.server.problems(line.id)
    page = line.server.page(f"/kiosks/{line.id}/till").data.decode()
    assert "预存" in page and "燃气费" in page


def test_who_topped_up_gets_it_back_when_the_receipt_is_made_void(both: tuple[Office, PaperKiosk]) -> None:
    core, line = both
    looks_up(core, line, *METER)
    core.want(c.ChooseAmount(yuan(50)), c.AllRight(), c.ChooseTender(c.Tender.CASH))
    core.insert(50)
    core.leave()
    core.make_void(core.facts(ReceiptIssued)[0].receipt)
    upload(core, line)
    assert balances(line) == {"/".join(METER): 0}
    assert "void_odd" not in line.server.problems(line.id)


def test_an_account_that_is_not_known_here_is_on_the_list(kiosk: PaperKiosk) -> None:
    write = kiosk.journal.write
    write("payment_opened", payment="p", visit="v", tender="cash", fee="gas", account="300****009",
          customer="张*", bill="", due=5000, ahead=True, reference="999999")  # fmt: skip
    write("note_held", note="n", payment="p", code=1, value=5000, box=1)
    write("note_credited", note="n", payment="p", value=5000, by="device")
    amounts = {"paid": 5000, "to_fee": 0, "to_prepaid": 5000, "to_change": 0}
    write("payment_completed", payment="p", bill="", ahead=True, fee="gas", **amounts)
    kiosk.upload()
    assert kiosk.server.problems(kiosk.id) == {"unknown_account"}
    [row] = kiosk.server.rows("SELECT state FROM payment WHERE kiosk = ?", kiosk.id)
    assert row["state"] == "paid"
