"""The kinds of visit: what somebody does at the booth, from the first touch until the paper is in the hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from bench import visit_pace as pace
from bench.visit_booth import Booth
from hardware import contracts as hw
from hardware.terminals import contract as card
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.parcels import Bill, ChargeIs
from tests.kiosk.world import NO_PAPER, bill, bundle, customer, taken, yuan

ACCOUNTS: Final = {"water": "1002003001"}


def all_works(booth: Booth) -> None:
    """The card terminal answers too: a world in which it does not has sentences that a usual visit has not."""
    booth.kiosk.hear(
        hw.Found(device="terminal", identity="ZVT", serial_number="52500041"),
        card.TerminalAtRest(device="terminal", mark=card.Mark("52500041", 41)),
    )


def choose(booth: Booth, fee: str = "water") -> None:
    booth.look()
    booth.press(f"fee:{fee}")


def scans(booth: Booth, text: str) -> None:
    booth.hear(hw.CodeRead(device="camera", text=text), hands_s=pace.SCAN_S)


def scan(booth: Booth, *bills: Bill, fee: str = "water") -> None:
    choose(booth, fee)
    account = ACCOUNTS[fee]
    scans(booth, f"JF:{fee}:{account}")
    found(booth, account, *bills)


def type_(booth: Booth, *bills: Bill, fee: str = "water") -> None:
    choose(booth, fee)
    booth.digits(ACCOUNTS[fee])
    booth.press("main")
    found(booth, ACCOUNTS[fee], *bills)


def found(booth: Booth, account: str, *bills: Bill) -> None:
    lookup = booth.kiosk.last(cmd.FetchBills).lookup
    booth.hear(st.BillsCame(lookup, customer(*bills, account=account)), machine_s=pace.LOOKUP_S)


def by_code(booth: Booth, amount: str) -> None:
    booth.press("main")  # all right
    booth.press("tender:code")
    booth.sums.hands_s += pace.PHONE_S
    charge = booth.kiosk.show_code()
    booth.look()
    booth.sums.machine_s += pace.BANK_S
    booth.kiosk.charge_is(charge, ChargeIs.CONFIRMED, amount)
    booth.look()


def by_cash(booth: Booth, *notes: int) -> None:
    booth.press("main")
    booth.press("tender:cash")
    for note in notes:
        booth.sums.hands_s += pace.NOTE_S
        booth.kiosk.hold(note)
        booth.kiosk.hear(taken(note))
        booth.look()


def take_paper(booth: Booth) -> None:
    """Whoever has it may go: the page goes on by itself."""
    booth.sums.machine_s += pace.PRINT_S * len(booth.kiosk.engine.state.visit_papers)
    booth.kiosk.print_out()
    booth.look()
    booth.sums.hands_s += pace.TAKE_PAPER_S


def scanned_by_code(booth: Booth) -> None:
    scan(booth, bill("168.30"))
    by_code(booth, "168.30")
    take_paper(booth)


def typed_by_code(booth: Booth) -> None:
    type_(booth, bill("168.30"))
    by_code(booth, "168.30")
    take_paper(booth)


def scanned_by_cash(booth: Booth) -> None:
    scan(booth, bill("70.00"))
    by_cash(booth, 50, 20)
    take_paper(booth)


def typed_by_cash(booth: Booth) -> None:
    type_(booth, bill("70.00"))
    by_cash(booth, 50, 20)
    take_paper(booth)


def scanned_by_card(booth: Booth) -> None:
    scan(booth, bill("168.30"))
    booth.press("main")
    booth.press("tender:card")
    charge = booth.kiosk.last(cmd.PayCard).charge
    booth.hear(card.CardAsks(device="terminal", payment=charge, step=card.Step.CARD))
    booth.hear(
        card.CardApproved(
            device="terminal",
            payment=charge,
            amount=yuan("168.30"),
            mark=card.Mark("52500041", 42),
            card="****1234",
            scheme="UnionPay",
            receipt="7",
        ),
        hands_s=pace.CARD_S,
        machine_s=pace.BANK_S,
    )
    take_paper(booth)


def several_at_once(booth: Booth) -> None:
    months = ("2026-08", "2026-09", "2026-10")
    scan(booth, *(bill("48.90", number=f"W{m}", period=m) for m in months))
    booth.press("main")  # pay what has a tick: all of them
    by_code(booth, booth.kiosk.page.amount.figures.removeprefix("¥"))
    take_paper(booth)


def wrong_number_first(booth: Booth) -> None:
    choose(booth)
    scans(booth, "https://example.invalid/")
    scans(booth, f"JF:water:{ACCOUNTS['water']}")
    found(booth, "1002003001", bill("168.30"))
    by_code(booth, "168.30")
    take_paper(booth)


def a_note_comes_back(booth: Booth) -> None:
    scan(booth, bill("70.00"))
    by_cash(booth, 50)
    booth.hear(hw.Refused(device="acceptor", because=hw.RefusedBecause.NOT_RECOGNISED), hands_s=pace.NOTE_S)
    booth.sums.hands_s += pace.NOTE_S
    booth.kiosk.hold(20)
    booth.kiosk.hear(taken(20))
    booth.look()
    take_paper(booth)


def offline_by_cash(booth: Booth) -> None:
    account = ACCOUNTS["water"]
    booth.kiosk.hear(st.BundleCame(bundle(bill("70.00"), account=account)), st.LinkChanged(False))
    choose(booth)
    scans(booth, f"JF:water:{account}")
    by_cash(booth, 50, 20)
    take_paper(booth)


def no_paper(booth: Booth) -> None:
    booth.kiosk.hear(hw.PrinterSays(device="printer", state=NO_PAPER))
    scan(booth, bill("168.30"))
    by_code(booth, "168.30")
    booth.sums.hands_s += pace.PHONE_S  # the camera of the phone


def with_a_rating(booth: Booth) -> None:
    scanned_by_code(booth)
    booth.press("main")
    booth.press("face:1")


class Kind(NamedTuple):
    """`group`: "code" is what the targets speak of: the bill is held to the window and no cash is paid."""

    name: str
    group: str
    visit: Callable[[Booth], None]


KINDS: Final = (
    Kind("bill scanned, paid by phone", "code", scanned_by_code),
    Kind("bill scanned, paid by card", "code", scanned_by_card),
    Kind("number typed, paid by phone", "typed", typed_by_code),
    Kind("number typed, paid in cash", "typed", typed_by_cash),
    Kind("bill scanned, paid in cash", "cash", scanned_by_cash),
    Kind("offline, in cash", "cash", offline_by_cash),
    Kind("three bills at once, by phone", "more", several_at_once),
    Kind("a wrong code first", "more", wrong_number_first),
    Kind("a note comes back", "more", a_note_comes_back),
    Kind("no paper, code photographed", "more", no_paper),
    Kind("with a rating", "more", with_a_rating),
)
