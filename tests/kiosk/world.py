"""A kiosk core with a real journal and nothing else: tests play the customer, the devices and the server."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from hardware import contracts as hw
from kiosk import contract as c
from kiosk import site as site_module
from kiosk.books import last_written_ms
from kiosk.clock import Instant
from kiosk.engine import Engine
from kiosk.facts import Account, Durable
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from kiosk.flow.wanted import Wanted
from kiosk.identity import Identity, load_signer
from kiosk.journal.store import Journal, fact_of
from kiosk.money import Money
from kiosk.parcels import Bill, Bundle, ChargeIs, ChargeState, Customer, FeeSwitch, KnownCustomer
from kiosk.rules.fee import Fee
from kiosk.rules.numbers import completed
from kiosk.simulation import simulated

NOW_MS = 1_795_000_000_000
DAY_MS = 86_400_000
READY = hw.PrinterState(paper=hw.Paper.OK)
NO_PAPER = hw.PrinterState(paper=hw.Paper.OUT)
WECHAT = "134567890123456789"


def yuan(amount: str | int) -> Money:
    return Money.yuan(amount)


def bill(amount: str = "37.50", fee: str = "water", number: str = "W1", period: str = "2026-10") -> Bill:
    return Bill(number, fee, period, yuan(amount), NOW_MS + DAY_MS)


def customer(*bills: Bill, account: str = "1002003001", reference: str = "") -> Customer:
    """`reference`: without it nothing can be paid ahead."""
    return Customer(account, "张*国", "110***********0013", "138****1234", bills, reference=reference)


class Clock:
    def __init__(self) -> None:
        self.ms = NOW_MS
        self.quality = "clock"
        self.was_set_ms = 0

    def set_back(self, ms: int) -> None:
        """Somebody sets the time; what runs since the machine was switched on is not touched by it."""
        self.ms -= ms
        self.was_set_ms -= ms

    def now(self) -> Instant:
        self.ms += 1
        return Instant(self.ms, "boot-1", self.ms - NOW_MS - self.was_set_ms, self.quality)


def own_numbers(site: site_module.Site) -> site_module.Site:
    """A place without a server that hands out receipt numbers."""
    return replace(site, house=replace(site.house, receipts=site_module.Receipts("own", 40)))


class Kiosk:
    """`Kiosk(tmp_path)` is open for business; `restart()` is a core that died and came back."""

    def __init__(
        self, folder: Path, *, ready: bool = True, name: str = "K0001", config: Path | None = None
    ) -> None:
        self.folder = folder
        self.clock = Clock()
        self.signer = load_signer(folder, create=True)
        self.identity = Identity(name, 1, "lobby", self.signer.public_key, "00" * 32)
        self.site = replace(own_numbers(simulated(site_module.load(config), folder)), kiosk=name)
        self.commands: list[cmd.Command] = []
        self.views: list[c.View] = []
        self.wanted: Wanted | None = None
        Journal.create(folder / "journal.db", self.identity)
        self._open()
        if ready:
            self.open_for_business()

    def _open(self) -> None:
        self.journal = Journal.open(self.folder / "journal.db", self.identity, self.signer, self.clock)
        site = replace(self.site, epoch=self.identity.epoch)
        self.engine = Engine(site, self.journal, self, self.clock)
        self.engine.start(written_ms=last_written_ms(self.journal))

    def open_for_business(self, counter: int | None = 0) -> None:
        self.hear(
            hw.Found(device="acceptor", identity="sim"),
            hw.AtRest(device="acceptor", counter=counter),
            hw.Found(device="printer", identity="sim"),
            hw.PrinterSays(device="printer", state=READY),
            hw.Found(device="camera", identity="sim"),
            st.LinkChanged(True),
        )

    def restart(self) -> None:
        self.journal.close()
        self.commands.clear()
        self._open()

    # ---- Outside

    def do(self, command: cmd.Command) -> None:
        self.commands.append(command)

    def apply(self, wanted: Wanted) -> None:
        self.wanted = wanted

    def show(self, view: c.View) -> None:
        self.views.append(view)

    # ---- who does what

    def hear(self, *stimuli: st.Stimulus) -> None:
        for stimulus in stimuli:
            self.engine.feed(stimulus)

    def want(self, *intents: c.AnyIntent) -> None:
        for intent in intents:
            assert self.engine.view is not None
            self.engine.touched(c.Touched(self.engine.view.number, intent))

    def type(self, digits: str) -> None:
        self.want(*(c.PressKey(d) for d in digits))

    def time_is_up(self, delay: Delay) -> None:
        """The delay passes, if it is running; a delay that nobody waits for is a mistake of the test."""
        assert self.wanted is not None
        timer = next(t for t in self.wanted.timers if t.delay is delay)
        self.hear(st.TimeIsUp(timer.delay, timer.key))

    def to_check(self, *bills: Bill, fee: str = "water") -> None:
        """A customer who typed an account and sees the six items (or the list, with several bills)."""
        account = account_of(self.site.fee(fee))
        self.want(c.ChooseFee(fee))
        self.type(account)
        self.want(c.SubmitAccount())
        lookup = self.last(cmd.FetchBills)
        self.hear(st.BillsCame(lookup.lookup, customer(*(bills or (bill(fee=fee),)), account=account)))

    def to_cash(self, *bills: Bill, fee: str = "water") -> None:
        self.to_check(*bills, fee=fee)
        self.want(c.AllRight(), c.ChooseTender(c.Tender.CASH))

    def to_code(self, *bills: Bill, fee: str = "water") -> None:
        self.to_check(*bills, fee=fee)
        self.want(c.AllRight(), c.ChooseTender(c.Tender.CODE))

    def hold(self, amount: str | int, counter: int | None = None) -> None:
        self.hear(held(amount, counter))

    def insert(self, *amounts: str | int) -> None:
        """Notes that the machine takes and the device reports as taken."""
        for amount in amounts:
            self.hold(amount)
            assert isinstance(self.commands[-1], cmd.TakeNote), f"{amount} was not taken: {self.page}"
            self.hear(taken(amount))

    def show_code(self, code: str = WECHAT) -> str:
        """Hold a payment code in front of the camera; gives the charge's id."""
        self.hear(hw.CodeRead(device="camera", text=code))
        return self.last(cmd.SendCharge).charge

    def charge_is(self, charge: str, state: ChargeIs, amount: str = "37.50", reason: str = "") -> None:
        self.hear(st.ChargeCame(ChargeState(charge, state, yuan(amount), "sandbox", "ref-1", reason)))

    def print_out(self) -> None:
        """The printer confirms everything that it was given."""
        while self.engine.state.printing:
            job = self.last(cmd.PrintPaper)
            self.hear(hw.Printed(device="printer", job=job.job))

    # ---- what can be seen

    @property
    def page(self) -> Any:
        assert self.engine.view is not None
        return self.engine.view.page

    def last(self, kind: type[Any]) -> Any:
        return next(command for command in reversed(self.commands) if isinstance(command, kind))

    def count(self, kind: type[cmd.Command]) -> int:
        return sum(isinstance(command, kind) for command in self.commands)

    def facts(self, *kinds: type[Durable]) -> list[Any]:
        found = [fact_of(record) for record in self.journal.records()]
        return [fact for fact in found if not kinds or isinstance(fact, kinds)]

    def balance(self, account: Account) -> Money:
        return Money(self.journal.balances()[account])


def account_of(fee: Fee) -> str:
    """Ones, with the check digits that the fee asks for."""
    digits = fee.account_digits[0]
    return next(
        made
        for length in range(digits, 0, -1)
        if len(made := completed(fee.account_check, "1" * length)) == digits
    )


def held(amount: str | int, counter: int | None = None) -> hw.Held:
    return hw.Held(device="acceptor", code=code_of(amount), value=yuan(amount), counter=counter)


def taken(amount: str | int, recovered: bool = False) -> hw.Taken:
    return hw.Taken(device="acceptor", code=code_of(amount), value=yuan(amount), recovered=recovered)


def code_of(amount: str | int) -> int:
    return [1, 5, 10, 20, 50, 100].index(int(amount))


def bundle(
    *bills: Bill, made_ms: int = NOW_MS, fees: Iterable[FeeSwitch] = (), account: str = "1" * 10
) -> Bundle:
    known = KnownCustomer("water", customer(*bills, account=account))
    return Bundle(1, made_ms, "lobby", tuple(fees), (known,))
