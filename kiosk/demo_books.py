"""What the books say about the demo's visits: the kiosk's own journal, the server's sums, the server's pages."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from kiosk import facts as f
from kiosk.journal.beside import opened
from kiosk.journal.store import Damaged, fact_of
from kiosk.supervise import House, Trouble

PAGE_LIMIT_S: Final = 20.0

Sums = dict[str, Any]


class Booked(msgspec.Struct, frozen=True):
    """One payment as the kiosk recorded it; `on_server`: the server's sums and its page name this receipt."""

    kiosk: str
    payment: str
    fee: str
    tender: str
    due_fen: int
    credited_fen: int
    to_fee_fen: int
    prepaid_fen: int
    change_owed_fen: int
    receipt: str
    on_server: bool


class Books:
    def __init__(self, house: House) -> None:
        self._house = house

    def totals(self) -> Sums:
        """Of the one kiosk in this house. Empty before it is known there."""
        return next(iter(self._house.totals().values()), {})

    def visit(self, number: int, tender: str) -> Booked | None:
        """The `number`-th payment (from 1), once its receipt is issued and the server has it too."""
        payments = [made for made in self._payments() if made.receipt]
        if len(payments) < number or payments[number - 1].tender != tender:
            return None
        found = payments[number - 1]
        if self.totals().get("receipts", 0) < number or found.receipt not in self._page(found):
            return None
        return msgspec.structs.replace(found, on_server=True)

    def agree(self, booked: Booked, before: Sums, inserted_fen: int) -> None:
        """Acceptor, journal and server must tell the same story. Raises Trouble naming who differs."""
        after = self.totals()

        def more(name: str, part: str | None = None) -> int:
            return _fen(after, name, part) - _fen(before, name, part)

        cash, code, card = (
            booked.credited_fen if booked.tender == tender else 0 for tender in ("cash", "code", "card")
        )
        for what, here, there in (
            ("the acceptor and the journal about notes", inserted_fen, cash),
            ("journal and server about the cash box", cash, more("cash_box_fen")),
            ("journal and server about codes", code, more("code_clearing_fen")),
            ("journal and server about cards", card, more("card_clearing_fen")),
            ("journal and server about the fee", booked.to_fee_fen, more("fees", booked.fee)),
            ("journal and server about prepaid money", booked.prepaid_fen, more("prepaid_fen")),
            ("journal and server about change owed", booked.change_owed_fen, more("change_owed_fen")),
        ):
            if here != there:
                raise Trouble(f"{what} differ: {here} and {there} fen, payment {booked.payment}")

    def save(self, booked: Booked, folder: Path, name: str) -> None:
        """The server's page about this payment, and its sums."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.html").write_text(self._page(booked), "utf-8")
        (folder / f"{name}.json").write_text(
            json.dumps(
                {"payment": msgspec.to_builtins(booked), "totals": self.totals()},
                ensure_ascii=False,
                indent=1,
            )
            + "\n",
            "utf-8",
        )

    def _page(self, booked: Booked) -> str:
        """Empty while the server does not know the payment."""
        kiosk, payment = (urllib.parse.quote(part, safe="") for part in (booked.kiosk, booked.payment))
        try:
            with urllib.request.urlopen(
                f"{self._house.server}/transactions/{kiosk}/{payment}", timeout=PAGE_LIMIT_S
            ) as answer:
                page: bytes = answer.read()
                return page.decode("utf-8")
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return ""
            raise

    def _payments(self) -> list[Booked]:
        """From a copy of the journal, in order."""
        found: dict[str, Booked] = {}
        for fact in self._facts():
            if isinstance(fact, f.PaymentOpened):
                found[fact.payment] = Booked(
                    "", fact.payment, fact.fee, fact.tender.value, fact.due.fen, 0, 0, 0, 0, "", False
                )
            elif isinstance(fact, f.NoteCredited | f.ChargeConfirmed):
                taken = fact.value if isinstance(fact, f.NoteCredited) else fact.amount
                made = found[fact.payment]
                found[fact.payment] = msgspec.structs.replace(
                    made, credited_fen=made.credited_fen + taken.fen
                )
            elif isinstance(fact, f.ReceiptIssued):
                found[fact.payment] = msgspec.structs.replace(
                    found[fact.payment],
                    kiosk=fact.kiosk,
                    to_fee_fen=fact.to_fee.fen,
                    prepaid_fen=fact.to_prepaid.fen,
                    change_owed_fen=fact.to_change.fen,
                    receipt=fact.receipt,
                )
        return list(found.values())

    def _facts(self) -> list[f.Durable]:
        """Empty when the copy was torn: the core wrote while it was made. Whoever asks, asks again."""
        try:
            with opened(self._house.place.state) as journal:
                return [fact_of(record) for record in journal.records()]
        except (Damaged, apsw.Error):
            return []


def _fen(sums: Sums, name: str, part: str | None) -> int:
    value = sums.get(name, 0)
    if isinstance(value, dict):
        return int(value.get(part, 0)) if part is not None else sum(value.values())
    return int(value)
