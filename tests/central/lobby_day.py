"""The steps of a day at a lobby kiosk, in the order in which they happen: a core with a real journal on one side, a
running server on the other, and something of everything that goes wrong in an office. `live` keeps of each step
which records were written, what stood on the glass, and what a person was told elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from central import badges, editions, fees, purge
from central.ledger import write_beside
from central.seed import set_person
from hardware import contracts as hw
from hardware.panel.contract import Guarded, GuardIs
from kiosk import codec, receipt_proof
from kiosk import contract as c
from kiosk.books import receipt_of
from kiosk.contacts import Contacts
from kiosk.facts import PaymentOpened, ReceiptIssued
from kiosk.facts.office import DayClosed
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from kiosk.identity import Signer, load_signer, sealed_for
from kiosk.office_papers import office_document
from kiosk.parcels import (
    AskBills,
    AskBundle,
    AskCharge,
    AskNumbers,
    Bill,
    BillsFound,
    Bundle,
    BundleIs,
    ChargeIs,
    ChargeState,
    Heartbeat,
    HeartbeatSeen,
    JournalHead,
    NumbersAre,
    UploadJournal,
    request_bytes,
)
from kiosk.receipts import document, paper_qr
from kiosk.rules.load import PACKAGED_FEES, BadConfiguration
from tests.central.support import PaperKiosk
from tests.central.test_office_shows_it import Person as Clerk
from tests.kiosk.office import ATTENDANT, SUPERVISOR, Office
from tests.kiosk.test_a_fee_is_added_by_its_words_alone import HEATING
from tests.kiosk.world import DAY_MS, NO_PAPER, NOW_MS, READY, account_of, bill, customer, yuan
from tests.training.trainee import Trainee

A, S = ATTENDANT.number, SUPERVISOR.number
PHONE: Final = "13800138000"
STRANGERS_KEY: Final = Signer(b"a key that is nobody's, 32 bytes")

# What an office might write into its file of fees: the right words, the wrong ones, what it is told.
WRONG_RULES: Final = (
    ('mark = "low_income"', 'mark = "low_income"\nuntil = "2026-02-30"'),
    ('limit_yuan = "5000.00"', 'limit_yuan = "-5.00"'),
    ('limit_yuan = "5000.00"', 'limit_yuan = "0.00"'),
    ('limit_yuan = "5000.00"', 'limit_yuan = "5000.005"'),
    ('limit_yuan = "5000.00"\n', ""),
    (
        'share_off = "10%"\nmark = "low_income"',
        'share_off = "10%"\nmark = "low_income"\n[[fee.concession]]\nid = "offer"\nname = { zh = "惠", en = "o" }\n'
        'why = { zh = "因", en = "w" }\nmissing = { zh = "缺", en = "m" }\nshare_off = "20%"\nmark = "low_income"',
    ),
)
# Who owes what in the town of this day: fee, account, amounts in yuan, place. One person, and what is let off.
ONE_PERSON: Final = (
    ("water", "1009009001", "60.00", "东湖街道"),
    ("electricity", "2009009012", "88.00", "南门社区"),
    ("gas", "3009009001", "52.50", "新华路"),
    ("tuition", "500900900108", "500.00", "滨江新村"),
)
NAME, IDENTITY = "田守正", "110199194901010013"
TWO_NAMES: Final = (("water", "1009009008", "田可信"), ("water", "1009009009", "田不实"))  # under one number
THEIR_IDENTITY: Final = "110199194901010021"
AT_HOME: Final = ("property", "40090091", "田亦新", "11019919490101003X")
# What is said, of which fee, whether the next receipt number is used, what the server knows.
BLOCKED: Final = (
    ("check.wrong_identity", "tuition", False, {"doubts": ("identity",)}),
    ("check.unknown_identity", "tuition", False, {"identity": ""}),
    ("check.receipt_used", "water", True, {}),
)


class Lived(NamedTuple):
    """One step: records `after` < seq <= `last`; `seen`: every view, as the glass was sent it; `told`: sentences."""

    after: int
    last: int
    seen: str
    told: str


class LobbyDay:
    def __init__(self, core: Office, line: PaperKiosk, folder: Path) -> None:
        self.core, self.line, self.folder = core, line, folder
        self.lived: dict[str, Lived] = {}
        self.told: list[str] = []

    def live(self, *steps: Callable[[], None]) -> None:
        for step in steps:
            after, views = self.core.journal.head.seq, len(self.core.views)
            self.told.clear()
            step()
            seen = "\n".join(codec.encode(view).decode() for view in self.core.views[views:])
            self.lived[step.__name__] = Lived(after, self.core.journal.head.seq, seen, "\n".join(self.told))

    def refused(self, error: type[Exception], job: Callable[[Any], object]) -> None:
        """At the server's command line; the sentence is kept."""
        with pytest.raises(error) as caught:
            write_beside(self.line.server.state, job)
        self.told.append(str(caught.value))

    # ---- before the day

    def rules_of_the_office(self) -> None:
        """Rules that can not be are refused; a seventh fee is one more table; the kiosk hears it with the bundle."""
        state, path, text = self.line.server.state, self.folder / "fees.toml", PACKAGED_FEES.read_text()
        for right, wrong in WRONG_RULES:
            path.write_text(text.replace(right, wrong, 1))
            self.refused(BadConfiguration, lambda db: fees.set_fees(db, path))
        self.refused(ValueError, lambda db: set_person(db, A, ATTENDANT.name, ("attendant",), "123456"))
        path.write_text(text + HEATING)
        write_beside(state, lambda db: (self._town(db), fees.set_fees(db, path)))
        try:
            came = self.line.ask("bundle", AskBundle(0), BundleIs)
        finally:
            write_beside(state, lambda db: fees.set_fees(db, PACKAGED_FEES))
        self.bundle: Bundle = replace(codec.decode(came.bundle, Bundle), made_ms=NOW_MS)
        self.core.hear(st.BundleCame(self.bundle))

    def _town(self, db: Any) -> None:
        people = [(fee, account, NAME, IDENTITY) for fee, account, *_ in ONE_PERSON]
        people += [(*owner, THEIR_IDENTITY) for owner in TWO_NAMES] + [AT_HOME]
        for fee, account, name, identity in people:
            db.execute(
                "INSERT INTO customer (fee, account, name, identity, contact, marks) VALUES (?, ?, ?, ?, ?, ?)",
                (fee, account, name, identity, "13912345678", '{"low_income":""}'),
            )
        due_ms = time.time_ns() // 1_000_000 - 3 * DAY_MS
        others = ((*TWO_NAMES[1][:2], "10.00", "东湖街道"), (*AT_HOME[:2], "18.00", "新华路"))
        for fee, account, amount, region in (*ONE_PERSON, *others):
            db.execute(
                "INSERT INTO bill (number, customer, period, amount_fen, due_ms, region)"
                " SELECT ?, id, '2026-10', ?, ?, ? FROM customer WHERE fee = ? AND account = ?",
                (f"day-{account}", yuan(amount).fen, due_ms, region, fee, account),
            )
        editions.change(db)

    def practice(self) -> None:
        """Staff practise with a journal of their own; the real server hears no such kiosk."""
        trainee = Trainee(self.folder / "practice")
        self.told.append(codec.encode(trainee.engine.view).decode())
        trainee.begin("paper-out")
        self.told.append(" ".join(trainee.told))
        body = codec.encode(AskBundle(0))
        answer = self.line.server.post(
            "bundle", body, "T0001", trainee.signer.sign(request_bytes("bundle", body))
        )
        self.told.append(f"{answer.status} {answer.data.decode()}")
        trainee.journal.close()

    def yesterday(self) -> None:
        """Opened, and never closed; it is closed first, as late, by whoever opens the next one."""
        core = self.core
        core.sign_in()
        core.open_day()
        core.sign_out()
        self.take_numbers()
        core.to_cash(bill("20.00", number="Y"))
        core.insert(20)
        core.leave()
        core.time_is_up(Delay.DAY_TOO_LONG)

    def take_numbers(self) -> None:
        """A block of receipt numbers; the next one that comes overlaps it, and is refused."""
        core = self.core
        for tile in core.page.fees:
            assert tile.off and tile.off.key == "home.no_receipt_numbers"
        self.numbers = self.line.ask("numbers", AskNumbers(1), NumbersAre)
        core.hear(st.NumbersCame(1, self.numbers.series, self.numbers.first, self.numbers.last))
        core.hear(st.NumbersCame(2, self.numbers.series, self.numbers.last, self.numbers.last + 9))
        assert all(tile.off is None for tile in core.page.fees)

    # ---- the morning

    def badges_and_pins(self) -> None:
        """A badge of yesterday, a forged one, one that is good; a PIN tried until it is slow."""
        core, state = self.core, self.line.server.state
        server = load_signer(state, create=False)

        def issued(days_ago: int, signer: Signer = server) -> str:
            made = write_beside(state, lambda db: badges.issue(db, signer, A, 1, NOW_MS - days_ago * DAY_MS))
            return made.text

        core.want(c.OpenStaff())
        for text in (issued(2), issued(0, STRANGERS_KEY), issued(0)):
            core.hear(hw.CodeRead(device="camera", text=text))
        for _ in range(4):
            core.try_pin("000001")
            if core.engine.state.sign_in_waits:
                core.time_is_up(Delay.SIGN_IN)
        core.try_pin(good=True)
        core.sign_out()

    def opening(self) -> None:
        """Nothing is sold yet; the network is down, so it is opened with a reason."""
        core = self.core
        core.hear(st.LinkChanged(False))
        core.sign_in()
        core.go("opening")
        core.open_day("outage")
        core.print_out()
        core.sign_out()
        core.hear(st.LinkChanged(True))
        assert all(tile.off is None for tile in core.page.fees)

    # ---- customers

    def customers(self) -> None:
        """Above the amount in cash; two fees by one code; a bill above the limit; a call; an opinion; a face."""
        core = self.core
        core.to_cash(bill("37.50", number="A"))
        core.insert(20, 20)
        core.print_out()
        core.want(c.Done(), c.Rate(c.Rating.GOOD), c.Done())
        core.to_check(bill("36.00", number="M1"), bill("14.00", fee="gas", number="M2"))
        core.want(c.PayTicked())
        self.pays_by_code("M1")
        core.to_check(bill("900000.00", number="B"))  # above the limit of the fee: blocked
        core.want(c.Back(), c.CallStaff())
        core.sign_in()
        core.want(c.AnswerCall(), c.EndCall())
        core.sign_out()

    def a_question_and_an_opinion(self) -> None:
        """An answer by tapping topics; a complaint, with a telephone number that only the server can open."""
        core = self.core
        core.want(core.engine.view.help.intent)  # type: ignore[union-attr]
        for words in ("票据", "丢了"):
            tile = next(t for t in core.page.choices if words in t.button.label.values.get("text", ""))
            core.want(tile.button.intent)
        core.want(c.LeaveHelp(), c.OpenHelp("say_contact", core.site.advice[c.Language.ZH].subject[0].id))
        core.type(PHONE)
        core.want(c.SayIt(contact=True))
        order = core.last(cmd.SealContact)
        sealed = sealed_for(self.line.server_key, order.contact)
        core.hear(st.ContactSealed(order.attempt, Contacts(core.folder).put(sealed)))
        core.print_out()
        core.want(c.LeaveHelp())

    def a_large_amount(self) -> None:
        """An attendant may not, a supervisor approves on the spot."""
        core = self.core
        core.to_check(bill("12500.00", fee="tuition", number="T"), fee="tuition")
        core.want(c.AllRight(), c.ApproverHere())
        core.enter(A)
        core.try_pin(good=True)
        core.want(c.Back(), c.ApproverHere())
        core.enter(S)
        core.try_pin(good=True)
        core.want(next(row.button.intent for row in core.page.lines if row.button))
        self.pays_by_code("T", look=False)

    def all_arrears_of_one_person(self) -> None:
        """What the server gathers over fees and places: late, and a tenth let off; tuition may not be merged."""
        self.asks_the_server("water", ONE_PERSON[0][1])
        page = self.core.page
        assert {row.region for row in page.rows} == {place for *_, place in ONE_PERSON}
        self.core.want(c.ChooseBill(next(row.number for row in page.rows if not row.ticked)))
        self.core.want(c.PayTicked())
        self.arrears = self.core.page.amount
        self.pays_by_code(page.rows[0].number)

    def blocked(self) -> None:
        """Each is told why before any money, and counted; a mistyped number is only told."""
        core = self.core
        self.asks_the_server(*TWO_NAMES[1][:2])
        assert core.page.problem.key == "check.wrong_name"
        core.want(c.Back())
        for says, fee, used, known in BLOCKED:
            self.looks_up(fee, bill("10.00", fee, "X"), used=used, **known)
            assert core.page.problem.key == says
            core.want(c.Back())
        core.want(c.ChooseFee("electricity"))
        core.type("2002003002")
        core.want(c.Back())

    def late_with_a_concession(self) -> None:
        """100.00 are 30 days late at 0.05% a day; a tenth is let off for who is on assistance."""
        late = replace(bill("100.00", number="L"), due_ms=NOW_MS - 30 * DAY_MS)
        self.looks_up("water", late, marks={"low_income": ""})
        assert self.core.page.amount == yuan("91.50")
        self.pays_by_code("L")

    def exactly_and_the_seventh_fee(self) -> None:
        """A fine that names no last day is due so many days after its period; 59.95 no notes can make exactly. Of the
        fee of this morning nothing above the amount is taken either."""
        core = self.core
        self.looks_up("admin", replace(bill("55.00", "admin", "X1"), due_ms=0))
        self.pays_by_code("X1")
        self.looks_up("heating", bill("55.00", "heating", "H1"))
        core.want(c.AllRight(), c.ChooseTender(c.Tender.CASH))
        core.hold(100)
        core.hear(hw.Returned(device="acceptor"))
        core.insert(50, 5)
        core.leave()

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
        core.want(c.SubmitAmount())
        self.pays_by_code("N", look=False)
        core.to_cash(bill("80.00", number="Z"))
        core.insert(5)
        core.want(c.OpenStaff())
        core.enter(A)
        core.try_pin(good=True)
        core.want(c.CancelPayment("customer_asks"))
        core.leave()

    def offline(self) -> None:
        """The line is down: the arrears that came with the bundle are paid in cash; change is owed."""
        core = self.core
        core.hear(st.LinkChanged(False))
        core.want(c.ChooseFee("property"))
        core.type(AT_HOME[1])
        core.want(c.SubmitAccount(), c.AllRight(), c.ChooseTender(c.Tender.CASH))
        core.insert(20)
        core.leave()
        core.hear(st.LinkChanged(True))

    # ---- what a customer does

    def asks_the_server(self, fee: str, account: str) -> None:
        core = self.core
        core.want(c.ChooseFee(fee))
        core.type(account)
        core.want(c.SubmitAccount())
        asked = core.last(cmd.FetchBills)
        found = self.line.ask(
            "bills", AskBills(asked.fee, asked.account, asked.lookup, asked.receipt), BillsFound
        )
        core.hear(st.BillsCame(asked.lookup, found.customer, asked.receipt if found.receipt_used else ""))

    def looks_up(self, fee: str, *bills: Bill, used: bool = False, **known: Any) -> None:
        """What the server would answer for a person whom this town has not."""
        core = self.core
        core.want(c.ChooseFee(fee))
        account = account_of(next(known for known in core.engine.state.fees if known.id == fee))
        core.type(account)
        core.want(c.SubmitAccount())
        asked = core.last(cmd.FetchBills)
        found = replace(customer(*bills, account=account, reference="7"), **known)
        core.hear(st.BillsCame(asked.lookup, found, asked.receipt if used else ""))

    def pays_by_code(self, number: str, look: bool = True) -> None:
        core = self.core
        if look:
            core.want(c.AllRight())
        core.want(c.ChooseTender(c.Tender.CODE))
        [*_, opened] = core.facts(PaymentOpened)
        charge, due = core.show_code(), opened.due
        code = f"1345678901{due.fen:08d}"
        self.line.ask("charge", AskCharge(charge, "p", number, due, code), ChargeState)
        core.charge_is(charge, ChargeIs.CONFIRMED, amount=due.figures.removeprefix("¥"))
        core.leave()

    # ---- the afternoon

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
        core.give_pin(good=False)
        core.want(c.Back(), c.Back())
        core.sign_in()  # an attendant sees what is open, and may make nothing void
        core.go("exceptions")
        core.sign_out()

    def corrections(self) -> None:
        """A paper that hangs is printed twice; the first receipt is made void by two persons, never by one."""
        core = self.core
        first = core.facts(ReceiptIssued)[1].receipt
        core.sign_in(SUPERVISOR)
        for _ in range(2):
            core.print_out()
            hangs = core.engine.state.unprinted
            if hangs:
                core.want(c.PrintNumber(hangs[0]))
                job = core.last(cmd.PrintPaper)
                self.told.append(str(document(core.site, job.issued, job.attempt)))
                core.hear(hw.NotPrinted(device="printer", job=job.job, unknown=False, detail="", state=READY))
        core.print_out()
        core.go("void")
        core.enter(first[-8:].lstrip("0"))
        asked = core.last(cmd.FindReceipt)
        core.hear(st.ReceiptFound(asked.lookup, receipt_of(core.journal, asked.number)))
        core.want(c.VoidReceipt("wrong_account"))
        core.enter(S)
        core.enter(A)
        core.try_pin(good=True)
        core.print_out()

    # ---- the evening

    def upload(self) -> None:
        journal = self.core.journal
        signature = journal.head_signature(journal.head.seq, journal.head.hash)
        records = tuple(journal.records(journal.uploaded.seq))
        head = self.line.ask("journal", UploadJournal(1, records, signature), JournalHead)
        journal.move_uploaded(head.seq, head.hash)

    def evening(self) -> None:
        """Counted with a note too few, settled, handed over with two signatures, exceptions closed, the day closed."""
        core = self.core
        notes = {f"n{int(fen) // 100}": count for fen, count in core.engine.state.box_notes.items()}
        core.hear(hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor"))
        core.count_notes(1, **{**notes, "n20": notes["n20"] - 1})
        core.want(core.go("bags").main.intent)
        core.enter(S)
        core.enter(A)
        core.try_pin(good=True)
        for item in list(core.engine.state.items.values()):
            for how in (c.How.PAID, c.How.NOT_OWED):
                core.settle(item.id, how)
        for number, matter in list(core.engine.state.exceptions.items()):
            for cause in core.site.office.rule(matter.kind).causes[:1]:
                core.want(c.CloseException(number, cause))
        core.go("day")
        core.want(c.LookAtDay())
        core.add_up()
        core.close_day()
        [*_, closed] = core.facts(DayClosed)
        self.told.append(str(office_document(core.site, closed, 1)))

    def at_the_office(self) -> None:
        """The journal of another kiosk can not be written: the server finds it, a clerk closes it with a cause. A
        receipt is shown to who has its code. What says who it was is let go in time."""
        state, server = self.line.server.state, self.line.server
        beat = Heartbeat(1, "1", 1, 1, (), broken="disk I/O error")
        self.line.ask("heartbeat", beat, HeartbeatSeen)
        [found] = server.rows(
            "SELECT id FROM problem WHERE kiosk = ? AND kind = 'journal_broken'", self.line.id
        )
        clerk = Clerk(server)
        clerk.sign_in()
        clerk.post(f"/exceptions/found/{found['id']}/close", "/exceptions", cause="replaced")
        issued = self.core.facts(ReceiptIssued)[-1]
        code = paper_qr(issued)
        proof = receipt_proof.read(code)
        assert proof.signed_by(self.core.identity.public_key), "also without a network"
        self.told.append(server.page(f"/r?c={quote(code)}").data.decode())
        self.table = server.page(f"/kiosks/{self.line.id}/days.csv").data.decode()
        purge.run(state, purge.rules(state), "day", lambda: time.time_ns() // 1_000_000, lambda *_: None)
