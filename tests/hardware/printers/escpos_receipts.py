"""A utility receipt to print, profiles to print it with, and an ear for what a printer driver says."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, TypeVar

from hardware.contracts import Align, Document, Event, Pair, Qr, Rule, Size, Text
from hardware.printers.escpos_driver import EscposPrinter
from hardware.printers.profile import Coverage, Profile, Proof
from hardware.printers.serial_wire import SerialWire

Heard = TypeVar("Heard", bound=Event)
PATIENCE_S = 90.0
QR = "https://pay.example.cn/r/KD01-0000137?s=" + "A1b2C3d4" * 10


def receipt(size: Size = Size.NORMAL, name: str = "李*䶮") -> Document:
    return Document(
        "电费票据 KD01-0000137",
        (
            Text("城南供电所", size=Size.LARGE, align=Align.CENTRE, bold=True),
            Text("电费缴费凭证", size=size, align=Align.CENTRE),
            Rule(),
            Pair("户号", "3301024518", size=size),
            Pair("户名", name, size=size),
            Pair("地址", "城南区文三路〇〇八号幸福小区12幢3单元402室", size=size),
            Rule(),
            Pair("应缴", "¥186.40", size=size, bold=True),
            Pair("实收现金", "￥200.00", size=size),
            Pair("转入余额", "￥13.60", size=size),
            Text("合计：壹佰捌拾陆元肆角整", size=size, bold=True),
            Qr(QR),
            Text("扫码查验本凭证", size=size, align=Align.CENTRE),
        ),
    )


def profile(**changes: Any) -> Profile:
    """80 mm with everything, but for `changes`."""
    usual = {
        "paper_mm": 80,
        "dots": 576,
        "cutter": True,
        "coverage": Coverage.GB18030_2,
        "speed_mm_s": 100,
        "proof": Proof.PROCESS_ID,
    }
    return Profile(**(usual | changes))


def serial_printer(link: Path, baud: int = 115200, **changes: Any) -> EscposPrinter:
    return EscposPrinter("printer", SerialWire(str(link), baud), profile(**changes))


class Ear:
    """`ear` is the sink; `ear.hears(Found)` waits for the next event of that kind and gives it back."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self._at = 0
        self._more = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._more:
            self.heard.append(event)
            self._more.notify_all()

    def hears(self, kind: type[Heard], **having: Any) -> Heard:
        """Skips what came before it; what comes later stays for the next call."""
        with self._more:
            assert self._more.wait_for(lambda: self._find(kind, having) is not None, PATIENCE_S), self.heard
            at = self._find(kind, having)
            assert at is not None
            self._at = at + 1
            found = self.heard[at]
            assert isinstance(found, kind)
            return found

    def answers(self, job: str) -> list[Event]:
        """All that was ever said about one job."""
        with self._more:
            return [event for event in self.heard if getattr(event, "job", None) == job]

    def _find(self, kind: type[Event], having: dict[str, Any]) -> int | None:
        for at, event in enumerate(self.heard[self._at :], self._at):
            if isinstance(event, kind) and all(
                getattr(event, name) == value for name, value in having.items()
            ):
                return at
        return None
