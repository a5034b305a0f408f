"""One day of a lobby kiosk, from the opening list to the second signature, with something of everything that goes
wrong in an office; in the evening the server counts the same, fen by fen and deed by deed."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from hardware import contracts as hw
from hardware.panel.contract import Guarded, GuardIs
from kiosk import codec
from kiosk import contract as c
from kiosk.books import receipt_of
from kiosk.deeds import DEEDS
from kiosk.facts import ReceiptIssued
from kiosk.facts.office import BagHandedOver, DayClosed, DayOpened, ExceptionOpened, Figures
from kiosk.facts.stock import Stock
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from kiosk.identity import load_signer
from kiosk.parcels import (
    AskCharge,
    AskNumbers,
    Bill,
    ChargeIs,
    ChargeState,
    JournalHead,
    KnownCustomer,
    NumbersAre,
    UploadJournal,
    spelled,
)
from kiosk.rules.exceptions import ExceptionKind
from kiosk.site import Receipts
from tests.central.recounted import FIGURES, STANDING, recounted
from tests.central.support import PaperKiosk, Server, enrol
from tests.kiosk.office import ATTENDANT, STAFF, SUPERVISOR, Office
from tests.kiosk.world import DAY_MS, NO_PAPER, NOW_MS, READY, account_of, bill, customer, yuan

A, S = ATTENDANT.number, SUPERVISOR.number
BLOCKED = [  # what is said, of which fee, whether the next receipt number is used, what the server knows
    ("check.wrong_name", "water", False, {"doubts": ("name",)}),
    ("check.wrong_identity", "tuition", False, {"doubts": ("identity",)}),
    ("check.unknown_identity", "tuition", False, {"identity": ""}),
    ("check.receipt_used", "water", True, {}),
]


@pytest.fixture
def day(server: Server, tmp_path: Path) -> "LobbyDay":
    signer = load_signer(tmp_path, create=True)
    enrolled = enrol(server, signer, server.code())
    core = Office(tmp_path, name=enrolled.kiosk)
    core.site = replace(core.site, house=replace(core.site.house, receipts=Receipts("server", 40)))
    core.at_a_site(must_be_opened=True)
    return LobbyDay(core, PaperKiosk(server, signer, enrolled))


class LobbyDay:
    """The steps of the day in the order in which they happen."""

    def __init__(self, core: Office, line: PaperKiosk) -> None:
        self.core, self.line = core, line

    def opening(self) -> None:
        """Nothing is sold yet; the network is down, so it is opened with a reason."""
        core = self.core
        assert all(tile.off is not None for tile in core.page.fees)
        core.hear(st.LinkChanged(False))
        core.give_pin(good=False)
        core.want(c.Back(), c.Back())
        core.sign_in()
        core.open_day("outage")
        core.sign_out()
        core.hear(st.LinkChanged(True))
        for tile in core.page.fees:
            assert tile.off and tile.off.key == "home.no_receipt_numbers"
        self.numbers = self.line.ask("numbers", AskNumbers(1), NumbersAre)
        core.hear(st.NumbersCame(1, self.numbers.series, self.numbers.first, self.numbers.last))
        overlapping = st.NumbersCame(2, self.numbers.series, self.numbers.last, self.numbers.last + 9)
        core.hear(overlapping)  # nobody asked for it yet: it says nothing
        assert all(tile.off is None for tile in core.page.fees)

    def customers(self) -> None:
        core = self.core
        core.to_cash(bill("37.50", number="A"))
        core.insert(20, 20)
        core.leave()
        self.by_code("50.00", bill("36.00", number="M1"), bill("14.00", fee="gas", number="M2"))
        core.to_check(bill("900000.00", number="B"))  # above the limit of the fee: blocked
        core.want(c.Back())
        core.want(c.CallStaff())
        core.sign_in()
        core.want(c.AnswerCall(), c.EndCall())
        core.sign_out()
        core.want(
            c.OpenHelp("say_contact", core.site.advice[c.Language.ZH].subject[0].id), c.SayIt(contact=False)
        )
        core.print_out()
        core.want(c.LeaveHelp())

    def a_large_amount(self) -> None:
        """A supervisor approves on the spot."""
        core = self.core
        core.to_check(bill("12500.00", fee="tuition", number="T"), fee="tuition")
        core.want(c.AllRight(), c.ApproverHere())
        core.enter(S)
        core.try_pin(good=True)
        core.want(next(row.button.intent for row in core.page.lines if row.button))
        core.want(c.ChooseTender(c.Tender.CODE))
        self.charged("12500.00", "T")

    def looks_up(self, fee: str, *bills: Bill, used: bool = False, **known: Any) -> None:
        core = self.core
        core.want(c.ChooseFee(fee))
        account = account_of(core.site.fee(fee))
        core.type(account)
        core.want(c.SubmitAccount())
        asked = core.last(cmd.FetchBills)
        found = replace(customer(*bills, account=account, reference="7"), **known)
        core.hear(st.BillsCame(asked.lookup, found, asked.receipt if used else ""))

    def blocked(self) -> None:
        """Each is told why before any money, and counted."""
        for says, fee, used, known in BLOCKED:
            self.looks_up(fee, bill("10.00", fee, "X"), used=used, **known)
            assert self.core.page.problem.key == says
            self.core.want(c.Back())

    def late_with_a_concession(self) -> None:
        """100.00 are 30 days late at 0.05% a day; a tenth is let off for who is on assistance."""
        late = replace(bill("100.00", number="L"), due_ms=NOW_MS - 30 * DAY_MS)
        self.looks_up("water", late, marks={"low_income": ""})
        assert self.core.page.amount == yuan("91.50")
        self.core.want(c.AllRight(), c.ChooseTender(c.Tender.CODE))
        self.charged("91.50", "L")

    def ahead_in_part_and_cancelled(self) -> None:
        """A meter is topped up; ten yuan of a bill are paid; a payment with a note inside is cancelled by staff."""
        core = self.core
        self.looks_up("gas")
        core.want(c.ChooseAmount(yuan(50)), c.AllRight(), c.ChooseTender(c.Tender.CASH))
        core.insert(50)
        core.leave()
        self.looks_up("water", bill("36.00", number="N"))
        core.want(c.AllRight(), c.PayPart())
        core.type("10")
        core.want(c.SubmitAmount(), c.ChooseTender(c.Tender.CODE))
        self.charged("10.00", "N")
        core.to_cash(bill("80.00", number="Z"))
        core.insert(5)
        core.want(c.OpenStaff())
        core.enter(A)
        core.try_pin(good=True)
        core.want(c.CancelPayment("customer_asks"))
        core.leave()

    def offline(self) -> None:
        """The line is down: the arrears of the bundle are paid in cash, above the amount, as far as the limits go."""
        core = self.core
        core.hear(st.LinkChanged(False))
        core.hear(st.BundleCame(replace(STAFF, version=2, customers=(self.known,))))
        core.want(c.ChooseFee("property"))
        core.type(self.known.customer.account)
        core.want(c.SubmitAccount(), c.AllRight(), c.ChooseTender(c.Tender.CASH))
        core.insert(20)
        core.leave()
        core.hear(st.LinkChanged(True))

    @property
    def known(self) -> KnownCustomer:
        account = account_of(self.core.site.fee("property"))
        return KnownCustomer("property", customer(bill("18.00", "property", "O"), account=account))

    def by_code(self, due: str, *bills: object) -> None:
        self.core.to_check(*bills)  # type: ignore[arg-type]
        self.core.want(c.PayTicked(), c.AllRight(), c.ChooseTender(c.Tender.CODE))
        self.charged(due, "M1")

    def charged(self, due: str, number: str) -> None:
        charge = self.core.show_code()
        self.line.ask(
            "charge", AskCharge(charge, "p", number, yuan(due), f"13456789012345{len(due):04d}"), ChargeState
        )
        self.core.charge_is(charge, ChargeIs.CONFIRMED, amount=due)
        self.core.leave()

    def trouble(self) -> None:
        """Paper out for long, a note that nobody asked for, a door, a clock that goes back over midnight."""
        core = self.core
        core.hear(hw.PrinterSays(device="printer", state=NO_PAPER))
        core.time_is_up(Delay.DEVICE_LOST)
        core.to_cash(bill("5.00", number="P"))
        core.insert(5)
        core.want(c.Done(), c.Done())
        core.hear(hw.PrinterSays(device="printer", state=READY))
        core.hear(hw.Taken(device="acceptor", code=4, value=yuan(50)))
        core.hear(GuardIs(device="panel", what=Guarded.DOOR, open=True))
        core.clock.set_back(DAY_MS)
        core.time_is_up(Delay.DAY_TOO_LONG)

    def corrections(self) -> None:
        """A paper that hangs is printed twice; the first receipt is made void by two persons."""
        core = self.core
        first = core.facts(ReceiptIssued)[0].receipt
        core.sign_in(SUPERVISOR)
        for _ in range(2):
            core.print_out()
            hangs = core.engine.state.unprinted
            if hangs:
                core.want(c.PrintNumber(hangs[0]))
                job = core.last(cmd.PrintPaper).job
                core.hear(hw.NotPrinted(device="printer", job=job, unknown=False, detail="", state=READY))
        core.print_out()
        core.go("void")
        core.enter(first[-8:].lstrip("0"))
        asked = core.last(cmd.FindReceipt)
        core.hear(st.ReceiptFound(asked.lookup, receipt_of(core.journal, asked.number)))
        core.want(c.VoidReceipt("wrong_account"))
        core.enter(A)
        core.try_pin(good=True)
        core.print_out()

    def evening(self) -> None:
        """Counted with a note too few, settled, handed over with two signatures, exceptions closed, the day closed."""
        core = self.core
        core.hear(hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor"))
        core.count_notes(1, n20=2, n5=2, n50=2)
        core.want(core.go("bags").main.intent)
        core.enter(A)
        core.try_pin(good=True)
        for item in list(core.engine.state.items.values()):
            for how in (c.How.PAID, c.How.NOT_OWED):
                core.settle(item.id, how)
        for number, matter in list(core.engine.state.exceptions.items()):
            for cause in core.site.office.rule(matter.kind).causes[:1]:
                core.want(c.CloseException(number, cause))
        core.close_day()
        core.print_out()

    def upload(self) -> None:
        journal = self.core.journal
        signature = journal.head_signature(journal.head.seq, journal.head.hash)
        self.line.ask("journal", UploadJournal(1, tuple(journal.records()), signature), JournalHead)


def test_a_whole_day_of_a_lobby_kiosk(day: LobbyDay) -> None:
    core, line = day.core, day.line
    day.opening()
    day.customers()
    day.a_large_amount()
    day.blocked()
    day.late_with_a_concession()
    day.ahead_in_part_and_cancelled()
    day.offline()
    day.trouble()
    day.corrections()
    day.evening()

    [opened], [closed] = core.facts(DayOpened), core.facts(DayClosed)
    figures = closed.figures
    assert (opened.override, opened.wrong) == ("outage", ("network.down",))
    tenders = {tender: found.amount for tender, found in figures.tenders.items()}
    assert tenders == {"cash": yuan("120.00"), "code": yuan("12651.50")}
    assert {fee: found.amount for fee, found in figures.fees.items()} == {
        "water": yuan("180.00"), "gas": yuan("14.00"), "tuition": yuan("12500.00"), "property": yuan("18.00"),
    }  # fmt: skip
    assert {fee: found.amount for fee, found in figures.ahead.items()} == {"gas": yuan("50.00")}
    assert (figures.to_prepaid, figures.to_change) == (yuan("52.50"), yuan("7.00"))
    assert sum(figures.deeds["blocked"].values()) == len(BLOCKED) + 1
    assert figures.difference == yuan("-20.00") and figures.voids.count == 1
    receipts, block = core.facts(ReceiptIssued), day.numbers
    assert [fact.receipt for fact in receipts][:2] == [spelled(block.series, block.first + n) for n in (0, 1)]
    handed_out = block.last - block.first + 1
    assert figures.stock == Stock(handed_out, len(receipts), 1, handed_out - len(receipts))
    assert figures.collected == figures.handed_over == yuan("150.00") and not closed.standing.bags
    assert set(figures.deeds) == {name for name, _ in DEEDS.values()}, "each kind happened at least once"
    assert figures.deeds["correction"][S] == 5 and figures.deeds["cancel"] == {A: 1}
    assert figures.deeds["override"] == {A: 1}
    [bag] = core.facts(BagHandedOver)
    assert (bag.by, bag.to) == (S, A)
    kinds = {ExceptionKind(fact.exception_kind) for fact in core.facts(ExceptionOpened)}
    assert kinds == set(ExceptionKind) - {ExceptionKind.JOURNAL}, "each kind that a kiosk itself can open"
    assert not core.engine.state.exceptions, "and each is closed"
    assert not closed.late and not core.engine.state.day.open
    assert all(tile.off for tile in (core.sign_out(), core.page)[1].fees), "nothing is sold after the close"

    day.upload()
    said = codec.decode(codec.encode(closed), dict)
    [(number,)] = line.server.rows("SELECT seq FROM record WHERE kiosk = ? AND kind = 'day_closed'", line.id)
    assert set(FIGURES) == set(Figures.__struct_fields__), "each number of the close"
    assert said["figures"] == recounted(line.server, line.id, 0, number, FIGURES)
    standing = recounted(line.server, line.id, 0, number, STANDING)
    assert standing == {
        **{name: said["standing"][name] for name in STANDING},
        "unprinted": sorted(said["standing"]["unprinted"]),
    }
    [row] = line.server.rows("SELECT * FROM day WHERE kiosk = ?", line.id)
    assert codec.decode(row["figures"], dict) == codec.decode(codec.encode(figures), dict)
    problems = line.server.problems(line.id)
    assert not problems & {
        "day_differs",
        "box_differs",
        "bag_differs",
        "sum_differs",
        "not_understood",
        "payment_odd",
    }
    open_ones = line.server.rows("SELECT number FROM exception WHERE kiosk = ? AND closed_ms = 0", line.id)
    assert not open_ones
    balances = {account.value: fen for account, fen in core.journal.balances().items() if fen}
    ours = line.server.rows(
        "SELECT account, sum(amount_fen) AS fen FROM posting WHERE kiosk = ? GROUP BY account", line.id
    )
    assert {found["account"]: found["fen"] for found in ours if found["fen"]} == balances
