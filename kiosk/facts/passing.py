"""What is true only now: pages, half-typed digits, the state of devices. In memory; gone after a visit or restart."""

from __future__ import annotations

from hardware.contracts import PrinterState, Trouble
from hardware.terminals.contract import Mark, Step
from kiosk.contract import CheckItem, Contrast, Language, Message, TextSize
from kiosk.facts.kinds import Account as Account
from kiosk.facts.kinds import Durable as Durable
from kiosk.facts.kinds import Fact as Fact
from kiosk.facts.kinds import Passing as Passing
from kiosk.facts.kinds import Posting as Posting
from kiosk.facts.kinds import Signed as Signed
from kiosk.facts.office import BoxRemoved as BoxRemoved
from kiosk.facts.office import BoxReturned as BoxReturned
from kiosk.parcels import Bundle, Customer

# ---------------------------------------------------------------------------------------------------
# Passing: the visit


class VisitBegun(Passing, frozen=True, tag="visit_begun"):
    visit: str
    fee: str
    steady_ms: int = 0  # by the clock that nobody sets


class VisitEnded(Passing, frozen=True, tag="visit_ended"):
    """A visit without a payment ended while nothing can be written. Everything personal leaves the memory."""

    because: str


class PutAway(Passing, frozen=True, tag="put_away"):
    """Nothing can be written, the customer has the number of the claim: the page is cleared for the next one."""


class WentBack(Passing, frozen=True, tag="went_back"):
    pass


class Typed(Passing, frozen=True, tag="typed"):
    account: str


class EntryRefused(Passing, frozen=True, tag="entry_refused"):
    """An entry or a code was wrong; the page says so and stays."""

    problem: Message


class LookupBegun(Passing, frozen=True, tag="lookup_begun"):
    lookup: str
    account: str


class CustomerKnown(Passing, frozen=True, tag="customer_known"):
    customer: Customer
    data_from: str
    data_ms: int
    used_number: str  # a receipt number that the server has seen
    day: str  # on which everything is reckoned, also when midnight passes


class BillsTicked(Passing, frozen=True, tag="bills_ticked"):
    bills: tuple[str, ...]


class BillsChosen(Passing, frozen=True, tag="bills_chosen"):
    bills: tuple[str, ...]


class ItemsConfirmed(Passing, frozen=True, tag="items_confirmed"):
    items: tuple[CheckItem, ...]


class CodeShown(Passing, frozen=True, tag="code_shown"):
    """The payment code, in memory until it was sent once."""

    code: str


class CodeForgotten(Passing, frozen=True, tag="code_forgotten"):
    pass


class NoteToldAgain(Passing, frozen=True, tag="note_told_again"):
    """The device tells a note once more that is in the journal already: its acknowledgement was cut off."""

    note: str


class StopAsked(Passing, frozen=True, tag="stop_asked"):
    asking: bool


class StopDecided(Passing, frozen=True, tag="stop_decided"):
    """No more notes; the payment closes as soon as nothing is moving."""

    payment: str


class NoteNotice(Passing, frozen=True, tag="note_notice"):
    """Why the last note came back, for the customer."""

    problem: Message | None


class ThanksSaid(Passing, frozen=True, tag="thanks_said"):
    pass


class Seen(Passing, frozen=True, tag="seen"):
    """Somebody is there: a touch, a note, a code. Restarts the idle time."""


class IdleAsked(Passing, frozen=True, tag="idle_asked"):
    pass


class LanguageSet(Passing, frozen=True, tag="language_set"):
    language: Language


class TextSizeSet(Passing, frozen=True, tag="text_size_set"):
    size: TextSize


class ContrastSet(Passing, frozen=True, tag="contrast_set"):
    contrast: Contrast


class StaffWanted(Passing, frozen=True, tag="staff_wanted"):
    wanted: bool


class ChargeAsked(Passing, frozen=True, tag="charge_asked"):
    """One more question what became of a charge."""

    charge: str


class CardStep(Passing, frozen=True, tag="card_step"):
    """What the terminal wants of the customer now."""

    charge: str
    step: Step


class CardCancelled(Passing, frozen=True, tag="card_cancelled"):
    """The terminal is told that the customer does not want to after all; it may be too late."""

    charge: str


class TerminalRests(Passing, frozen=True, tag="terminal_rests"):
    mark: Mark


# ---------------------------------------------------------------------------------------------------
# Passing: the house


class ClockIs(Passing, frozen=True, tag="clock_is"):
    quality: str  # kiosk.clock.Instant


class LinkIs(Passing, frozen=True, tag="link_is"):
    online: bool


class AllUploaded(Passing, frozen=True, tag="all_uploaded"):
    """The server holds everything up to the head of the journal, since `server_ms` by its own clock."""

    server_ms: int


class BundleIsNow(Passing, frozen=True, tag="bundle_is_now"):
    bundle: Bundle


class DeviceIs(Passing, frozen=True, tag="device_is"):
    """`trouble` None: it works."""

    device: str
    trouble: Trouble | None
    detail: str = ""


class AcceptorIs(Passing, frozen=True, tag="acceptor_is"):
    """`settled`: all of before has been told. `obstacle`: jam, cheat, full, box out; empty for none."""

    settled: bool
    obstacle: str = ""
    counter: int | None = None  # as the unit said it just now
    unit: str = ""


class PrinterIs(Passing, frozen=True, tag="printer_is"):
    state: PrinterState


class JournalBroken(Passing, frozen=True, tag="journal_broken"):
    """Nothing can be written: no money is taken until a person has looked."""

    detail: str
