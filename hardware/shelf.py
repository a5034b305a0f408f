"""Which devices this kiosk has: the tables of `config/devices.toml`, and the drivers that they name.

Drivers are imported when they are built: a kiosk without a camera never loads OpenCV."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from hardware.contracts import Acceptor, Device, Printer, Scanner
from hardware.panel.contract import Panel
from hardware.printers.profile import Profile
from hardware.printers.wire import Wire
from hardware.terminals.contract import Terminal
from kiosk.money import Money

Name = Annotated[str, Meta(min_length=1)]
Port = Annotated[
    str,
    Meta(
        pattern="^/",
        description='a whole path in quotes, such as "/dev/kiosk/printer" (see ls -l /dev/kiosk)',
    ),
]
Renminbi = Literal[1, 2, 5, 10, 20, 50, 100]
Part = Annotated[float, Meta(ge=0, le=1)]
LEAST_REGION: Final = 0.2  # of a side: less is no place to hold a phone
SspKey = Annotated[
    str,
    Meta(pattern="^([0-9A-Fa-f]{16})?$", description="16 digits 0-9, A-F in quotes, as on the unit's sheet"),
]
Baud = Literal[9600, 19200, 38400, 57600, 115200]


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One table of the file."""


class PulsePlan(Plan, frozen=True):
    """How a pulse acceptor is wired and set; widths in ms by its sheet. Lines are GPIO numbers of the chip that is
    the acceptor's port."""

    pulse_line: Annotated[int, Meta(ge=0)]
    inhibit_line: Annotated[int, Meta(ge=0)]
    inhibit_level: Literal[
        0, 1
    ]  # at which it refuses notes; a resistor gives it while nobody drives the line
    yuan_per_pulse: Annotated[int, Meta(ge=1)]
    pulse_ms: Annotated[int, Meta(ge=1)]
    pause_ms: Annotated[int, Meta(ge=1)]
    active: Literal[0, 1] = 0

    def __post_init__(self) -> None:
        if self.pulse_line == self.inhibit_line:
            raise ValueError(f"pin {self.pulse_line} is named by pulse_line and inhibit_line")


TOLD_BY_SHEET: Final = ("ict", "ebds")  # drivers of units that do not tell what their denominations are worth


class AcceptorPlan(Plan, frozen=True, kw_only=True):
    """`rom_yuan`: ict and ebds only, which do not report denominations: the value of each type as the sheet of the
    unit has them, in its order, 0 for a type that is not taken. `hold`: ict only, the byte that keeps a note in
    escrow. `ssp_key`: ssp only, the fixed key of a unit that is set to encryption. `pulse`: pulse only, which has no
    escrow: off unless this table is there."""

    driver: Literal["ccnet", "ssp", "id003", "ict", "ebds", "pulse"]
    port: Port
    baud: Literal[9600, 19200] = 9600
    currencies: tuple[Name, ...] = ()
    notes_yuan: Annotated[tuple[Renminbi, ...], Meta(min_length=1)]
    box_notes: Annotated[int, Meta(ge=1)]
    rom_yuan: tuple[Annotated[int, Meta(ge=0)], ...] = ()
    hold: Literal["18", "5A"] = "18"
    ssp_key: SspKey = ""
    pulse: PulsePlan | None = None

    def __post_init__(self) -> None:
        if (self.driver in TOLD_BY_SHEET) != bool(self.rom_yuan):
            raise ValueError("`rom_yuan` belongs to the drivers ict and ebds, and to no other")
        if (self.driver in ("ccnet", "ssp", "id003")) and not self.currencies:
            raise ValueError(f"`currencies` is missing: driver {self.driver} is told what it may take")
        if self.hold != "18" and self.driver != "ict":
            raise ValueError("`hold` belongs to driver ict, and to no other")
        if self.ssp_key and self.driver != "ssp":
            raise ValueError("`ssp_key` belongs to driver ssp, and to no other")
        if (self.driver == "pulse") != (self.pulse is not None):
            raise ValueError("the table [acceptor.pulse] belongs to driver pulse, and to no other")
        if self.pulse and any(yuan % self.pulse.yuan_per_pulse for yuan in self.notes_yuan):
            raise ValueError("each of `notes_yuan` has to be a whole number of pulses")
        if len(set(self.notes_yuan)) < len(self.notes_yuan):
            raise ValueError("a note stands in `notes_yuan` twice; name each once")

    @cached_property
    def notes(self) -> tuple[Money, ...]:
        return tuple(Money.yuan(yuan) for yuan in sorted(self.notes_yuan))

    def build(self, name: str) -> Acceptor:
        return _BUILDERS[self.driver](self, name)

    @property
    def by_sheet(self) -> list[Money | None]:
        """Value of each type in the unit's own order; None for one that is not taken."""
        return [Money.yuan(yuan) if yuan in self.notes_yuan else None for yuan in self.rom_yuan]


def _ccnet(plan: AcceptorPlan, name: str) -> Acceptor:
    from hardware.acceptors.ccnet_driver import CcnetAcceptor

    return CcnetAcceptor(name, plan.port, plan.baud, plan.currencies, plan.notes)


def _ssp(plan: AcceptorPlan, name: str) -> Acceptor:
    from hardware.acceptors.ssp_driver import SspAcceptor

    key = int(plan.ssp_key, 16) if plan.ssp_key else None
    return SspAcceptor(name, plan.port, plan.baud, plan.currencies, plan.notes, key)


def _id003(plan: AcceptorPlan, name: str) -> Acceptor:
    from hardware.acceptors.id003_driver import Id003Acceptor

    return Id003Acceptor(name, plan.port, plan.baud, plan.currencies, plan.notes)


def _ict(plan: AcceptorPlan, name: str) -> Acceptor:
    from hardware.acceptors.ict_driver import IctAcceptor

    return IctAcceptor(name, plan.port, plan.baud, plan.by_sheet, int(plan.hold, 16))


def _ebds(plan: AcceptorPlan, name: str) -> Acceptor:
    from hardware.acceptors.ebds_driver import EbdsAcceptor

    return EbdsAcceptor(name, plan.port, plan.baud, plan.by_sheet)


def _pulse(plan: AcceptorPlan, name: str) -> Acceptor:
    from hardware.acceptors.pulse_driver import PulseAcceptor
    from hardware.acceptors.pulse_edges import CableEdges, EdgeSource, GpioEdges
    from hardware.acceptors.pulse_train import Plan as TrainPlan

    wiring = plan.pulse
    assert wiring is not None
    counts = {note.fen // (100 * wiring.yuan_per_pulse): note for note in plan.notes}
    train = TrainPlan(pulse_ms=wiring.pulse_ms, pause_ms=wiring.pause_ms, notes=counts, active=wiring.active)
    source: EdgeSource
    if plan.port.startswith("/dev/gpiochip"):
        source = GpioEdges(plan.port, wiring.pulse_line, wiring.inhibit_line, wiring.inhibit_level)
    else:
        source = CableEdges(plan.port)
    return PulseAcceptor(name, source, train, f"pulse acceptor on GPIO {wiring.pulse_line} (no escrow)")


_BUILDERS: Final[dict[str, Callable[[AcceptorPlan, str], Acceptor]]] = {
    "ccnet": _ccnet,
    "ssp": _ssp,
    "id003": _id003,
    "ict": _ict,
    "ebds": _ebds,
    "pulse": _pulse,
}


class NamedProfile(Profile, frozen=True, kw_only=True):
    name: Name


class PrinterPlan(Plan, frozen=True, kw_only=True):
    """`transport`: serial; usb, the device file that the kernel makes of a USB printer; file, which is only written
    to. `profile`: the name of a [[printer_profile]]. `status` false: the printer is never asked, and no receipt ever
    counts as printed."""

    driver: Literal["escpos"]
    transport: Literal["serial", "usb", "file"]
    port: Port
    baud: Baud | None = None
    profile: Name
    status: bool = True

    def __post_init__(self) -> None:
        if (self.transport == "serial") != (self.baud is not None):
            raise ValueError('`baud` belongs to transport = "serial", and to no other')
        if self.transport == "file" and self.status:
            raise ValueError(
                '`status`: transport = "file" hears no printer, so paper and cover are unknown and it is never'
                " ready; write `status = false` if receipts that nobody can vouch for are wanted"
            )

    def build(self, name: str, profile: Profile) -> Printer:
        from hardware.printers.blind_driver import BlindPrinter
        from hardware.printers.escpos_driver import EscposPrinter

        return (EscposPrinter if self.status else BlindPrinter)(name, self._wire(), profile)

    def _wire(self) -> Wire:
        from hardware.printers.file_wire import FileWire
        from hardware.printers.serial_wire import SerialWire

        if self.baud is not None:
            return SerialWire(self.port, self.baud)
        return FileWire(self.port, answers=self.status)


class CameraPlan(Plan, frozen=True):
    """`exposure_ms`, `focus` and `region` as in `hardware.scanners.camera_source.Tuning`."""

    driver: Literal["camera"]
    source: Name
    width: Annotated[int, Meta(ge=320, le=3840)]
    height: Annotated[int, Meta(ge=240, le=2160)]
    frames_per_s: Annotated[int, Meta(ge=1, le=60)]
    exposure_ms: Annotated[float, Meta(gt=0, le=1000)] | None = None
    focus: Annotated[int, Meta(ge=0)] | None = None
    region: tuple[Part, Part, Part, Part] | None = None

    def __post_init__(self) -> None:
        if self.region is not None:
            left, top, right, bottom = self.region
            if right - left < LEAST_REGION or bottom - top < LEAST_REGION:
                raise ValueError("`region` is left, top, right, bottom as parts of the picture, from 0 to 1")

    def build(self, name: str, preview: Path | None = None) -> Scanner:
        from hardware.scanners.camera_driver import CameraScanner
        from hardware.scanners.camera_source import Tuning

        tuning = Tuning(self.exposure_ms, self.focus, self.region)
        return CameraScanner(name, self.source, self.width, self.height, self.frames_per_s, tuning, preview)


class ScannerPlan(Plan, frozen=True):
    """`serial`: a serial line, with `baud`. `evdev`: an input device of a scanner that types like a keyboard."""

    driver: Literal["serial", "evdev"]
    port: Port
    baud: Baud | None = None

    def __post_init__(self) -> None:
        if (self.driver == "serial") != (self.baud is not None):
            raise ValueError("`baud` belongs to driver serial, which needs it, and to no other")

    def build(self, name: str) -> Scanner:
        from hardware.scanners.serial_driver import SerialScanner
        from hardware.scanners.wedge_driver import WedgeScanner

        return SerialScanner(name, self.port, self.baud) if self.baud else WedgeScanner(name, self.port)


HEADER: Final = (
    "/dev/gpiochip0",
    "/dev/gpiochip4",
)  # the second one on a Raspberry Pi 5 with an older kernel
Pin = Annotated[int, Meta(ge=2, le=27)]  # BCM numbers of the header; 0 and 1 belong to its EEPROM


class PanelPlan(Plan, frozen=True):
    """`source`: "lgpio" for the header of a Raspberry Pi, else the line of a simulator. A pin that is left out is not
    wired. Which side of which pin does what is in docs/wiring.md."""

    driver: Literal["gpio"]
    source: Name
    slot_lamp: Pin | None = None
    printer_lamp: Pin | None = None
    scanner_lamp: Pin | None = None
    card_lamp: Pin | None = None
    beacon: Pin | None = None
    call_button: Pin | None = None
    door_switch: Pin | None = None
    box_switch: Pin | None = None
    presence: Pin | None = None
    mains: Pin | None = None

    def __post_init__(self) -> None:
        wired = [f for f in self.__struct_fields__ if f not in ("driver", "source") and getattr(self, f)]
        for field in wired:
            twins = [other for other in wired if getattr(self, other) == getattr(self, field)]
            if len(twins) > 1:
                raise ValueError(f"pin {getattr(self, field)} is named by {' and '.join(twins)}")

    def build(self, name: str) -> Panel:
        from hardware.panel.contract import Lamp
        from hardware.panel.gpio_driver import GpioPanel
        from hardware.panel.senses import Contact

        lamps = {
            Lamp.SLOT: self.slot_lamp,
            Lamp.PRINTER: self.printer_lamp,
            Lamp.SCANNER: self.scanner_lamp,
            Lamp.CARD: self.card_lamp,
            Lamp.BEACON: self.beacon,
        }
        contacts = {
            Contact.CALL: self.call_button,
            Contact.DOOR: self.door_switch,
            Contact.CASH_BOX: self.box_switch,
            Contact.PRESENCE: self.presence,
            Contact.MAINS: self.mains,
        }
        return GpioPanel(
            name,
            self.source,
            {lamp: pin for lamp, pin in lamps.items() if pin is not None},
            {contact: pin for contact, pin in contacts.items() if pin is not None},
        )


class KeypadPlan(Plan, frozen=True):
    driver: Literal["evdev"]
    port: Port

    def build(self, name: str) -> Device:
        from hardware.panel.evdev_driver import EvdevKeypad

        return EvdevKeypad(name, self.port)


class JackPlan(Plan, frozen=True):
    driver: Literal["evdev"]
    port: Port

    def build(self, name: str) -> Device:
        from hardware.panel.evdev_driver import EvdevJack

        return EvdevJack(name, self.port)


class TerminalPlan(Plan, frozen=True):
    """`currency`: ISO 4217 number, 156 for yuan; a terminal that refuses it is not used."""

    driver: Literal["zvt"]
    port: Port
    baud: Baud
    currency: Annotated[int, Meta(ge=1, le=999)]

    def build(self, name: str) -> Terminal:
        from hardware.terminals.zvt_driver import ZvtTerminal

        return ZvtTerminal(name, self.port, self.baud, self.currency)


class Shelf(Plan, frozen=True):
    """The whole file. A table that is missing means that this kiosk has no such device."""

    acceptor: AcceptorPlan | None = None
    printer: PrinterPlan | None = None
    camera: CameraPlan | None = None
    scanner: ScannerPlan | None = None
    panel: PanelPlan | None = None
    keypad: KeypadPlan | None = None
    jack: JackPlan | None = None
    terminal: TerminalPlan | None = None
    printer_profile: tuple[NamedProfile, ...] = ()

    def __post_init__(self) -> None:
        names = [profile.name for profile in self.printer_profile]
        if twin := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"there are two [[printer_profile]] with the name {twin!r}")
        if self.printer and self.printer.profile not in names:
            raise ValueError(
                f"printer.profile = {self.printer.profile!r}: there is no [[printer_profile]] of that name; there are:"
                f" {', '.join(names) or 'none'}"
            )

        ports: dict[str, str] = {}
        for table in ("acceptor", "printer", "scanner", "keypad", "jack", "terminal"):
            port = getattr(getattr(self, table), "port", table)
            if port in ports:
                raise ValueError(
                    f"{ports[port]} and {table} have the same port, {port}; each has its own line"
                )
            ports[port] = table
        self._check_header()

    def _check_header(self) -> None:
        """A pulse acceptor on the header and the panel do not share a pin."""
        pulse = self.acceptor.pulse if self.acceptor and self.acceptor.port in HEADER else None
        if pulse is None or self.panel is None:
            return
        pins = msgspec.structs.asdict(self.panel)
        for line in ("pulse_line", "inhibit_line"):
            for name in (name for name, pin in pins.items() if pin == getattr(pulse, line)):
                raise ValueError(f"pin {pins[name]} is named by acceptor.pulse.{line} and panel.{name}")

    @cached_property
    def profile(self) -> NamedProfile | None:
        """Of the printer."""
        return next(
            (p for p in self.printer_profile if self.printer and p.name == self.printer.profile), None
        )


class Devices(msgspec.Struct, frozen=True):
    """The built drivers, not yet started."""

    acceptor: Acceptor | None
    printer: Printer | None
    scanners: tuple[Scanner, ...]
    panel: Panel | None = None
    others: tuple[Device, ...] = ()  # they only ever talk
    terminal: Terminal | None = None

    @property
    def all(self) -> tuple[Device, ...]:
        return tuple(
            d
            for d in (self.acceptor, self.printer, *self.scanners, self.panel, self.terminal, *self.others)
            if d is not None
        )


def build(shelf: Shelf, preview: Path | None = None) -> Devices:
    """`preview`: where the camera leaves its newest picture for the glass, while it looks."""
    scanners: list[Scanner] = []
    if shelf.camera is not None:
        scanners.append(shelf.camera.build("camera", preview))
    if shelf.scanner is not None:
        scanners.append(shelf.scanner.build("scanner"))
    return Devices(
        acceptor=shelf.acceptor.build("acceptor") if shelf.acceptor else None,
        printer=shelf.printer.build("printer", shelf.profile) if shelf.printer and shelf.profile else None,
        scanners=tuple(scanners),
        panel=shelf.panel.build("panel") if shelf.panel else None,
        terminal=shelf.terminal.build("terminal") if shelf.terminal else None,
        others=tuple(
            plan.build(name)
            for name, plan in (("keypad", shelf.keypad), ("jack", shelf.jack))
            if plan is not None
        ),
    )
