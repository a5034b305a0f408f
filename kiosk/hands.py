"""What the engine orders is done: by the devices, by the server through the post, by the books. Answers come back as
stimuli, later."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

from hardware.shelf import Devices
from kiosk import parcels, pins
from kiosk.books import added_up, receipt_of
from kiosk.clock import Clock
from kiosk.contacts import Contacts
from kiosk.contract import TextSize
from kiosk.doctor.page import test_page
from kiosk.flow.commands import (
    AddUpDay,
    CancelCard,
    CheckPin,
    Command,
    ConfirmTaken,
    FetchBills,
    FindReceipt,
    GiveBackNote,
    PayCard,
    PrintPaper,
    PrintTestPage,
    QueryCard,
    QueryCharge,
    SealContact,
    SendCharge,
    TakeNote,
)
from kiosk.flow.stimuli import (
    BillsCame,
    ChargeCame,
    ChargeSilent,
    ContactSealed,
    LookupFailed,
    PinChecked,
    ReceiptFound,
    Stimulus,
)
from kiosk.identity import new_id, sealed_for
from kiosk.journal.store import Journal
from kiosk.post import Post, Silence
from kiosk.printing import marked, paper
from kiosk.receipts import time_text
from kiosk.site import Site

log = logging.getLogger(__name__)

LOOKUP_S: Final = 5.0  # below the flow's own LOOKUP delay, so that the reason is known


class Hands:
    """`journal`: None while there is none. `held`: the driver's number of the note that was held last; each is decided
    upon at once."""

    def __init__(
        self,
        site: Site,
        devices: Devices,
        post: Post,
        contacts: Contacts,
        clock: Clock,
        journal: Journal | None,
        feed: Callable[[Stimulus], None],
        text_size: Callable[[], TextSize],
    ) -> None:
        self._site, self._devices, self._post = site, devices, post
        self._contacts, self._clock = contacts, clock
        self._feed, self._text_size = feed, text_size
        self._loop = asyncio.get_running_loop()
        self.journal = journal
        self.held = 0

    def do(self, command: Command) -> None:
        """Does not block."""
        DOERS[type(command)](self, command)

    def _take(self, command: TakeNote) -> None:
        if self._devices.acceptor:
            self._devices.acceptor.take(self.held)

    def _give_back(self, command: GiveBackNote) -> None:
        if self._devices.acceptor:
            self._devices.acceptor.give_back(self.held)

    def _confirm(self, command: ConfirmTaken) -> None:
        if self._devices.acceptor:
            self._devices.acceptor.confirm()

    def _print(self, command: PrintPaper) -> None:
        if self._devices.printer:
            size, now_ms = self._text_size(), self._clock.now().wall_ms
            made = paper(self._site, command.issued, command.attempt, size, now_ms)
            self._devices.printer.print(command.job, made)

    def _seal_contact(self, command: SealContact) -> None:
        """Kept before the record that names it is written."""
        try:
            digest = self._contacts.put(sealed_for(self._site.server_key, command.contact))
        except OSError as error:  # the opinion counts all the same, and the page says that no number was left
            log.error("a telephone number could not be kept: %s", error)
            digest = ""
        self._loop.call_soon(lambda: self._feed(ContactSealed(command.attempt, digest)))

    def _print_test_page(self, command: PrintTestPage) -> None:
        if self._devices.printer:
            when = time_text(self._site, self._clock.now().wall_ms)
            page = test_page(self._site, command.job, when)
            self._devices.printer.print(command.job, marked(self._site, page))

    def _fetch_bills(self, command: FetchBills) -> None:
        def came(answer: parcels.BillsFound | Silence) -> None:
            if isinstance(answer, Silence):
                self._feed(LookupFailed(command.lookup))
            else:
                used = command.receipt if answer.receipt_used else ""
                self._feed(BillsCame(command.lookup, answer.customer, used))

        body = parcels.AskBills(command.fee, command.account, command.lookup, command.receipt)
        self._post.call("bills", body, parcels.BillsFound, came, LOOKUP_S)

    def _send_charge(self, command: SendCharge) -> None:
        body = parcels.AskCharge(command.charge, command.payment, command.bill, command.amount, command.code)
        self._post.call("charge", body, parcels.ChargeState, self._charge_came(command.charge))

    def _query_charge(self, command: QueryCharge) -> None:
        body = parcels.AskChargeState(command.charge, new_id())
        self._post.call("charge_state", body, parcels.ChargeState, self._charge_came(command.charge))

    def _pay_card(self, command: PayCard) -> None:
        if self._devices.terminal:
            self._devices.terminal.pay(command.charge, command.amount, command.before)

    def _cancel_card(self, command: CancelCard) -> None:
        if self._devices.terminal:
            self._devices.terminal.cancel(command.charge)

    def _query_card(self, command: QueryCard) -> None:
        if self._devices.terminal:
            self._devices.terminal.query(command.charge, command.amount, command.before)

    def _check_pin(self, command: CheckPin) -> None:
        """Beside the loop: it takes long on purpose."""
        checking = self._loop.run_in_executor(None, pins.matches, command.pin, command.verifier)

        def checked(result: asyncio.Future[bool]) -> None:
            self._feed(PinChecked(command.attempt, result.result()))

        checking.add_done_callback(checked)

    def _add_up_day(self, command: AddUpDay) -> None:
        if self.journal is not None:
            self._feed(added_up(self.journal, command.purpose))

    def _find_receipt(self, command: FindReceipt) -> None:
        found = None if self.journal is None else receipt_of(self.journal, command.number)
        self._feed(ReceiptFound(command.lookup, found))

    def _charge_came(self, charge: str) -> Callable[[parcels.ChargeState | Silence], None]:
        def came(answer: parcels.ChargeState | Silence) -> None:
            if isinstance(answer, Silence):
                self._feed(ChargeSilent(charge, answer.sent, answer.detail))
            elif answer.charge == charge:
                self._feed(ChargeCame(answer))

        return came


DOERS: dict[type[Command], Callable[[Hands, Any], None]] = {
    TakeNote: Hands._take,
    GiveBackNote: Hands._give_back,
    ConfirmTaken: Hands._confirm,
    PrintPaper: Hands._print,
    PrintTestPage: Hands._print_test_page,
    FetchBills: Hands._fetch_bills,
    SendCharge: Hands._send_charge,
    QueryCharge: Hands._query_charge,
    PayCard: Hands._pay_card,
    CancelCard: Hands._cancel_card,
    QueryCard: Hands._query_card,
    CheckPin: Hands._check_pin,
    SealContact: Hands._seal_contact,
    AddUpDay: Hands._add_up_day,
    FindReceipt: Hands._find_receipt,
}
