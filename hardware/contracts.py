"""What the core may ask of a device, and what a device may say. Every driver speaks this and no more.

A driver owns one thread (its line). Verbs return at once and may be called from any thread; whatever
comes of them arrives as typed events through the sink that was given to `start`, called from the
driver's thread, in the order in which things happened. A driver never raises out of a verb and never
blocks the caller: trouble is an event.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from kiosk.money import Money


class Event(msgspec.Struct, frozen=True, tag_field="event", kw_only=True):
    """Something a device said. `device` is its name in `config/devices.toml`, such as "acceptor"."""

    device: str


Sink = Callable[[Event], None]


class Trouble(enum.Enum):
    """Why a device can not work now. The kind decides who is called and what is shown."""

    NO_PORT = "no_port"  # the device file is missing: unplugged, or another name
    NO_PERMISSION = "no_permission"  # the user is not in the group of the device file
    BUSY_PORT = "busy_port"  # another program holds the port
    SILENT = "silent"  # the port opens, nothing answers
    GARBAGE = "garbage"  # bytes arrive, none makes a frame: wrong speed, parity or device
    ECHO = "echo"  # our own bytes come back: loop-back or an echoing line
    WRONG_DEVICE = "wrong_device"  # it answers, but it is not the configured kind, or its currency is refused
    FAILED = "failed"  # it reports a failure of its own


# ---------------------------------------------------------------------------------------------------
# Every device


class Found(Event, frozen=True, tag="found"):
    """The device answers and is the configured one. `identity` is for staff: model and version."""

    identity: str
    serial_number: str = ""


class Lost(Event, frozen=True, tag="lost"):
    """The device stopped working. The driver keeps trying by itself; `Found` follows when it is back."""

    trouble: Trouble
    detail: str  # for the operator: device, what was tried, what came back, what to do


class Device(Protocol):
    """Life of a driver: `start` once, `close` once. `close` leaves the device refusing money."""

    name: str

    def start(self, sink: Sink) -> None: ...
    def close(self) -> None: ...


# ---------------------------------------------------------------------------------------------------
# Bill acceptors


class Capabilities(msgspec.Struct, frozen=True):
    """What this acceptor can not do, so that the flow asks rather than assumes."""

    escrow: bool = True
    reports_denominations: bool = True  # False: the table in the configuration decides
    has_counter: bool = False  # a persistent count of stacked notes


class RefusedBecause(enum.Enum):
    NOT_RECOGNISED = "not_recognised"
    INSERTED_BADLY = "inserted_badly"
    INHIBITED = "inhibited"  # this denomination is switched off just now
    UNMAPPED = "unmapped"  # the unit takes it, our table of denominations does not name it
    FAULT = "fault"


class JamIn(enum.Enum):
    VALIDATOR = "validator"  # the customer may still reach the note
    CASH_BOX = "cash_box"  # nobody can reach it without the key


class PoweredUpWith(enum.Enum):
    NOTHING = "nothing"
    NOTE_IN_VALIDATOR = "note_in_validator"  # comes back to the customer
    NOTE_IN_STACKER = "note_in_stacker"  # too far to return: `Taken` follows


class Held(Event, frozen=True, tag="note_held"):
    """A note lies in escrow and waits for `take` or `give_back`.

    `counter`: stacked notes as the device last counted them, before this one; None: it has no counter.
    `note`: its number, by which `take` and `give_back` name it; counted by the driver from 1."""

    code: int
    value: Money
    counter: int | None = None
    note: int = 0


UNNAMED: Final = -1  # code of a note that is ours, and of which the device does not say which it is


class Taken(Event, frozen=True, tag="note_taken"):
    """A note is in the cash box: it is ours. Said once per note. On protocols with an acknowledgement the
    driver withholds it from the device until `confirm` is called, so that an unwritten note is told again."""

    code: int  # or UNNAMED
    value: Money | None  # None: the code is not in our table; the money is there all the same
    counter: int | None = None  # after this one, where it could be read
    recovered: bool = False  # told at power-up or start for a note of before
    was_held: bool = True  # False: an acceptor without escrow, so nothing was asked before


class PulseSeen(Event, frozen=True, tag="pulse_seen"):
    """One more pulse of an acceptor that tells its notes by pulses, the `count`-th of its train. `Taken` follows at
    the end of the train, unless power fails before: then a note lies in the box of which only this is known."""

    count: int


class Returned(Event, frozen=True, tag="note_returned"):
    """The note that was held went back to the customer."""

    code: int | None = None


class Refused(Event, frozen=True, tag="note_refused"):
    """The validator pushed a note back by itself; it never was in escrow."""

    because: RefusedBecause
    detail: str = ""


class AtRest(Event, frozen=True, tag="acceptor_at_rest"):
    """Nothing is inside, nothing is pending, all that happened before has been told.

    Said after `Found` when the unit has settled, and again whenever it settles after trouble or after a
    held note went away untold. The core compares `counter` with the one stored with an open intent."""

    counter: int | None = None
    serial_number: str = ""


class PoweredUp(Event, frozen=True, tag="acceptor_powered_up"):
    having: PoweredUpWith


class BoxOut(Event, frozen=True, tag="box_out"):
    """The cash box was taken out."""


class BoxIn(Event, frozen=True, tag="box_in"):
    """The cash box is back."""


class BoxFull(Event, frozen=True, tag="box_full"):
    """The cash box takes no more notes."""


class Jammed(Event, frozen=True, tag="note_jammed"):
    where: JamIn


class Cheated(Event, frozen=True, tag="acceptor_cheated"):
    """The validator noticed manipulation."""


class Cleared(Event, frozen=True, tag="acceptor_cleared"):
    """A jam, a full box or a cheat state is over; the unit can take notes again."""


class Acceptor(Device, Protocol):
    """`acceptor.enable(Money.yuan(50))`, then `take(held.note)` or `give_back(held.note)` for each `Held`."""

    capabilities: Capabilities

    def enable(self, limit: Money) -> None:
        """Accept into escrow every known note of at most `limit`. May be called again to change the limit."""

    def disable(self) -> None:
        """Refuse everything. A note in escrow stays there until `take` or `give_back`."""

    def take(self, note: int) -> None:
        """Put the held note into the cash box. Only after the intent is durable. Sent at most once per
        `Held`; ignored when this note is no longer held. What came of it is `Taken`, `Returned`, a jam or
        `AtRest`."""

    def give_back(self, note: int) -> None:
        """Return the held note. Ignored when this note is no longer held."""

    def confirm(self) -> None:
        """The last `Taken` is durable: the device may be told so."""


# ---------------------------------------------------------------------------------------------------
# Printers


class Paper(enum.Enum):
    OK = "ok"
    NEAR_END = "near_end"
    OUT = "out"
    UNKNOWN = "unknown"


class PrinterState(msgspec.Struct, frozen=True):
    """As the printer answered; `ready` is what the flow asks."""

    paper: Paper = Paper.UNKNOWN
    cover_open: bool = False
    cutter_error: bool = False
    offline: bool = False
    failed: bool = False  # an error that needs staff

    @property
    def ready(self) -> bool:
        return self.paper in (Paper.OK, Paper.NEAR_END) and not (
            self.cover_open or self.cutter_error or self.offline or self.failed
        )


class PrinterSays(Event, frozen=True, tag="printer_state"):
    """Said when the state changes, and once after `Found`."""

    state: PrinterState


class Printed(Event, frozen=True, tag="printed"):
    """The printer itself confirmed that everything of this job is on paper."""

    job: str


class NotPrinted(Event, frozen=True, tag="not_printed"):
    """The job did not come out whole. `unknown`: it may be partly or wholly on paper; never print it again
    without a mark. Otherwise nothing was sent at all."""

    job: str
    unknown: bool
    state: PrinterState
    detail: str = ""


class Align(enum.Enum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Size(enum.Enum):
    """Height of a Chinese character on paper at 203 dpi; capital letters are 0.73 of it."""

    SMALL = 1  # 24 dots, 3.0 mm: office notes only, never for a customer
    NORMAL = 2  # 48 dots, 6.0 mm (capitals 4.4 mm)
    LARGE = 3  # 72 dots, 9.0 mm (capitals 6.6 mm)


class Text(msgspec.Struct, frozen=True, tag="text"):
    """One paragraph, wrapped by display width (a Chinese character is two columns)."""

    text: str
    size: Size = Size.NORMAL
    align: Align = Align.LEFT
    bold: bool = False


class Pair(msgspec.Struct, frozen=True, tag="pair"):
    """A label at the left and its value at the right; the value takes its own line where both do not fit."""

    label: str
    value: str
    size: Size = Size.NORMAL
    bold: bool = False


class Rule(msgspec.Struct, frozen=True, tag="rule"):
    """A line across the paper."""


class Qr(msgspec.Struct, frozen=True, tag="qr"):
    """A QR code of `data`, centred, as large as fits up to `width_mm`."""

    data: str
    width_mm: int = 30


class Feed(msgspec.Struct, frozen=True, tag="feed"):
    lines: int = 1


Block = Text | Pair | Rule | Qr | Feed


class Document(msgspec.Struct, frozen=True):
    """What is to be printed, free of any printer: a job ends with feed and cut by itself."""

    title: str  # for staff and for the list of unprinted papers
    blocks: tuple[Block, ...]


class Printer(Device, Protocol):
    def print(self, job: str, document: Document) -> None:
        """Print one document; answers exactly one `Printed` or `NotPrinted` for `job`. One job is in flight
        at a time; a second one waits. A printer that is not ready answers `NotPrinted(unknown=False)`."""

    def half_printed(self) -> None:
        """Before `start`: a part of a doubtful paper may hang out of the printer. It is cut off before
        anything new; without this word a start moves no paper."""


# ---------------------------------------------------------------------------------------------------
# Scanners


class CodeRefusedBecause(enum.Enum):
    TOO_LONG = "too_long"
    NOT_TEXT = "not_text"  # neither strict UTF-8 nor strict GB18030
    CONTROL_CHARACTERS = "control_characters"  # C0, C1, bidirectional or zero-width
    TWO_CODES = "two_codes"  # two different codes in one picture


class CodeRead(Event, frozen=True, tag="code_read"):
    """One code, said once; the same code again only after it was out of sight for `REARM_S`.

    `text` is safe to compare: at most `MAX_CODE_CHARS`, no control characters. What it means is decided
    by what the screen is waiting for, never by its prefix. Never log it: it may be money."""

    text: str
    symbology: str = ""  # "QRCode", "Code128", …; empty where a scanner does not tell


class CodeRefused(Event, frozen=True, tag="code_refused"):
    because: CodeRefusedBecause


MAX_CODE_CHARS = 512
REARM_S = 3.0


class Scanner(Device, Protocol):
    """Reads only between `look` and `rest`; a code that lay there before `look` counts once seen then."""

    def look(self) -> None: ...
    def rest(self) -> None: ...
