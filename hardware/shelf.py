"""Which devices this kiosk has: the tables of `config/devices.toml`, and the drivers that they name.

Drivers are imported when they are built: a kiosk without a camera never loads OpenCV."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hardware.contracts import Acceptor, Device, Printer, Scanner
from kiosk.money import Money

Name = Annotated[str, Meta(min_length=1)]
Baud = Literal[9600, 19200, 38400, 57600, 115200]


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One table of the file."""


class AcceptorPlan(Plan, frozen=True):
    """`rom_yuan`: ict only, which does not report denominations: the value of each type from 40h on as the sheet
    of its ROM has them, 0 for a type that is not taken."""

    driver: Literal["ccnet", "ssp", "id003", "ict"]
    port: Name
    baud: Literal[9600, 19200]
    currencies: Annotated[tuple[Name, ...], Meta(min_length=1)]
    notes_yuan: Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(min_length=1)]
    box_notes: Annotated[int, Meta(ge=1)]
    rom_yuan: tuple[Annotated[int, Meta(ge=0)], ...] = ()

    def __post_init__(self) -> None:
        if (self.driver == "ict") != bool(self.rom_yuan):
            raise ValueError("`rom_yuan` belongs to driver ict, and to no other")

    @cached_property
    def notes(self) -> tuple[Money, ...]:
        return tuple(Money.yuan(yuan) for yuan in sorted(self.notes_yuan))

    def build(self, name: str) -> Acceptor:
        if self.driver == "ict":
            from hardware.acceptors.ict_driver import IctAcceptor

            rom = [Money.yuan(yuan) if yuan in self.notes_yuan else None for yuan in self.rom_yuan]
            return IctAcceptor(name, self.port, self.baud, rom)
        if self.driver == "ssp":
            from hardware.acceptors.ssp_driver import SspAcceptor

            return SspAcceptor(name, self.port, self.baud, self.currencies, self.notes)
        if self.driver == "id003":
            from hardware.acceptors.id003_driver import Id003Acceptor

            return Id003Acceptor(name, self.port, self.baud, self.currencies, self.notes)
        from hardware.acceptors.ccnet_driver import CcnetAcceptor

        return CcnetAcceptor(name, self.port, self.baud, self.currencies, self.notes)


class PrinterPlan(Plan, frozen=True):
    driver: Literal["escpos"]
    port: Name
    baud: Baud
    dots: Literal[384, 576]
    coverage: Literal["none", "gb2312", "gbk", "gb18030-2", "gb18030-4"]
    cutter: bool
    proof: Literal["process-id", "queued-status"]

    def build(self, name: str) -> Printer:
        from hardware.printers.escpos_driver import EscposPrinter

        return EscposPrinter(name, self.port, self.baud, self.dots, self.coverage, self.cutter, self.proof)


class CameraPlan(Plan, frozen=True):
    driver: Literal["camera"]
    source: Name
    width: Annotated[int, Meta(ge=320, le=3840)]
    height: Annotated[int, Meta(ge=240, le=2160)]
    frames_per_s: Annotated[int, Meta(ge=1, le=60)]

    def build(self, name: str) -> Scanner:
        from hardware.scanners.camera_driver import CameraScanner

        return CameraScanner(name, self.source, self.width, self.height, self.frames_per_s)


class ScannerPlan(Plan, frozen=True):
    driver: Literal["serial"]
    port: Name
    baud: Baud

    def build(self, name: str) -> Scanner:
        from hardware.scanners.serial_driver import SerialScanner

        return SerialScanner(name, self.port, self.baud)


class Shelf(Plan, frozen=True):
    """The whole file. A table that is missing means that this kiosk has no such device."""

    acceptor: AcceptorPlan | None = None
    printer: PrinterPlan | None = None
    camera: CameraPlan | None = None
    scanner: ScannerPlan | None = None


class Devices(msgspec.Struct, frozen=True):
    """The built drivers, not yet started."""

    acceptor: Acceptor | None
    printer: Printer | None
    scanners: tuple[Scanner, ...]

    @property
    def all(self) -> tuple[Device, ...]:
        return tuple(d for d in (self.acceptor, self.printer, *self.scanners) if d is not None)


def build(shelf: Shelf) -> Devices:
    scanners = [
        plan.build(name)
        for name, plan in (("camera", shelf.camera), ("scanner", shelf.scanner))
        if plan is not None
    ]
    return Devices(
        acceptor=shelf.acceptor.build("acceptor") if shelf.acceptor else None,
        printer=shelf.printer.build("printer") if shelf.printer else None,
        scanners=tuple(scanners),
    )
