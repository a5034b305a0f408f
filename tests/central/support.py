"""A kiosk of paper for the server's tests: it keeps a journal, signs, and speaks real HTTP."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import urllib3

from central.dock.enrolment import issue
from central.ledger import DATABASE_FILE, write_beside
from kiosk import codec
from kiosk.identity import Signer, new_id, signed_by
from kiosk.journal.chain import GENESIS, head_bytes, record_hash
from kiosk.money import Money
from kiosk.parcels import (
    AskBills,
    BillsFound,
    Enrol,
    Enrolled,
    JournalHead,
    UploadJournal,
    WireRecord,
    answer_bytes,
    request_bytes,
)

BOOT = "5e8c0ee4-0000-4000-8000-000000000000"
TIMEOUT_S = 60.0  # a busy machine is no reason to fail


class Server:
    """A running server and its state folder."""

    def __init__(self, url: str, state: Path) -> None:
        self.url = url
        self.state = state
        self.http = urllib3.PoolManager(retries=False, timeout=TIMEOUT_S)

    def code(self, site: str = "lobby", kiosk: str = "") -> str:
        return write_beside(self.state, lambda db: issue(db, site, kiosk, time.time_ns() // 1_000_000))

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self.rows_of(sql, values)

    def rows_of(self, sql: str, values: tuple[object, ...] | dict[str, object]) -> list[sqlite3.Row]:
        db = sqlite3.connect(self.state / DATABASE_FILE)
        db.row_factory = sqlite3.Row
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()

    def problems(self, kiosk: str) -> set[str]:
        return {row["kind"] for row in self.rows("SELECT kind FROM problem WHERE kiosk = ?", kiosk)}

    def page(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        return self.http.request("GET", self.url + path, headers=headers, redirect=False)

    def post(self, call: str, body: bytes, kiosk: str, signature: str) -> urllib3.BaseHTTPResponse:
        headers = {"Kiosk-Id": kiosk, "Kiosk-Signature": signature, "Content-Type": "application/json"}
        return self.http.request("POST", f"{self.url}/v1/{call}", body=body, headers=headers)


class Journal:
    """Facts → records, chained as `kiosk.journal.chain` defines. Pure but for ids."""

    def __init__(self, kiosk: str, epoch: int = 1, records: tuple[WireRecord, ...] = ()) -> None:
        self.kiosk = kiosk
        self.epoch = epoch
        self.records = list(records)

    def copy(self) -> Journal:
        return Journal(self.kiosk, self.epoch, tuple(self.records))

    def write(self, kind: str, **fields: Any) -> WireRecord:
        """Plain JSON and not `kiosk.facts`: the server must read what older and newer kiosks wrote."""
        return self.write_raw(kind, codec.encode({"kind": kind, **fields}).decode())

    def write_raw(self, kind: str, body: str) -> WireRecord:
        seq = len(self.records) + 1
        prev = self.records[-1].hash if self.records else GENESIS
        wall_ms = time.time_ns() // 1_000_000
        bare = WireRecord(
            self.kiosk, self.epoch, seq, wall_ms, BOOT, 1000 + seq, "ntp", kind, 1, body, prev, ""
        )
        self.records.append(sealed(bare))
        return self.records[-1]

    def head(self) -> tuple[int, str]:
        return (self.records[-1].seq, self.records[-1].hash) if self.records else (0, GENESIS)


def sealed(record: WireRecord) -> WireRecord:
    fields = {name: getattr(record, name) for name in record.__struct_fields__}
    return WireRecord(**{**fields, "hash": record_hash(record)})


def altered(record: WireRecord, **changes: Any) -> WireRecord:
    """Changed, with the old hash: somebody touched it afterwards."""
    fields = {name: getattr(record, name) for name in record.__struct_fields__}
    return WireRecord(**{**fields, **changes})


def batch(signer: Signer, records: list[WireRecord], epoch: int = 1) -> UploadJournal:
    last = records[-1]
    signature = signer.sign(head_bytes(last.kiosk, last.epoch, last.seq, last.hash))
    return UploadJournal(epoch, tuple(records), signature)


class PaperKiosk:
    """Enrolled at a server; `ask` checks that the answer is the server's and belongs to the question."""

    def __init__(self, server: Server, signer: Signer, enrolled: Enrolled) -> None:
        self.server = server
        self.signer = signer
        self.id = enrolled.kiosk
        self.epoch = enrolled.epoch
        self.server_key = enrolled.server_key
        self.journal = Journal(self.id, self.epoch)

    def send(self, call: str, body: bytes) -> urllib3.BaseHTTPResponse:
        signature = self.signer.sign(request_bytes(call, body))
        answer = self.server.post(call, body, self.id, signature)
        assert signed_by(
            self.server_key, answer_bytes(signature, answer.data), answer.headers["Server-Signature"]
        )
        return answer

    def ask(self, call: str, question: Any, shape: type) -> Any:
        answer = self.send(call, codec.encode(question))
        assert answer.status == 200, answer.data
        return codec.decode(answer.data, shape)

    def upload(self, *records: WireRecord) -> JournalHead:
        """`records`, or all of the journal."""
        chosen = list(records) or self.journal.records
        head: JournalHead = self.ask("journal", batch(self.signer, chosen, self.epoch), JournalHead)
        return head

    def open_bills(self, fee: str, account: str) -> dict[str, int]:
        found: BillsFound = self.ask("bills", AskBills(fee, account), BillsFound)
        assert found.customer is not None
        return {bill.number: bill.amount.fen for bill in found.customer.bills}

    def pay_cash(
        self,
        fee: str,
        account: str,
        bill: str,
        due: Money,
        notes: tuple[str, ...],
        to_fee: Money | None = None,
    ) -> str:
        """Write a cash payment as the core does, with a receipt; what exceeds becomes prepaid balance."""
        payment, paid = new_id(), Money.total(Money.yuan(note) for note in notes)
        to_fee = min(due, paid) if to_fee is None else to_fee
        self.open(payment, fee, account, bill, due)
        for value in notes:
            note = new_id()
            self.journal.write(
                "note_held", note=note, payment=payment, code=1, value=Money.yuan(value), box=1
            )
            self.journal.write(
                "note_credited", note=note, payment=payment, value=Money.yuan(value), by="device"
            )
        parts = {"paid": paid, "to_fee": to_fee, "to_prepaid": paid - to_fee, "to_change": 0}
        self.journal.write("payment_completed", payment=payment, bill=bill, **parts)
        self.journal.write("receipt_issued", receipt=f"R{payment[-12:]}", payment=payment, bill=bill, **parts)
        return payment

    def open(self, payment: str, fee: str, account: str, bill: str, due: Money, tender: str = "cash") -> None:
        self.journal.write(
            "payment_opened", payment=payment, visit=new_id(), tender=tender, fee=fee, account=account,
            customer="张*国", bill=bill, due=due,
        )  # fmt: skip


def enrol(server: Server, signer: Signer, code: str) -> Enrolled:
    body = codec.encode(Enrol(code, signer.public_key, "paper-1"))
    signature = signer.sign(request_bytes("enrol", body))
    answer = server.post("enrol", body, "-", signature)
    assert answer.status == 200, answer.data
    enrolled: Enrolled = codec.decode(answer.data, Enrolled)
    assert signed_by(
        enrolled.server_key, answer_bytes(signature, answer.data), answer.headers["Server-Signature"]
    )
    return enrolled
