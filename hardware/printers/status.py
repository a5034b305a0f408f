"""What an ESC/POS printer answers: one stream of bytes → replies → `PrinterState`. No I/O.

Real-time status, automatic status, answers to queued requests and block data share the line and carry no
header; only their fixed bits tell them apart (printing-and-codes §A3). A byte that fails its fixed bits is
`Garbage` and says nothing about the paper."""

from __future__ import annotations

from typing import Final

import msgspec

from hardware.contracts import Paper, PrinterState

_BLOCK_ENDS: Final = 0x00
_BLOCK_STARTS: Final = frozenset((0x35, 0x37, 0x3B, 0x3D, 0x5F))
_LONGEST_BLOCK: Final = 80  # bytes of block data; the manuals' longest is a firmware name
_PROCESS_ID: Final = b"\x37\x22"
_FLOW_CONTROL: Final = frozenset((0x11, 0x13))  # XON, XOFF that the kernel let through
_QUEUED_PAPER: Final = frozenset((0x00, 0x03, 0x0C, 0x0F))


class RealTime(msgspec.Struct, frozen=True):
    """Answer to `DLE EOT n`. It does not tell which n: one question at a time."""

    bits: int


class Automatic(msgspec.Struct, frozen=True):
    """An automatic status frame (`GS a`), four bytes, sent by the printer when something changes."""

    frame: bytes


class Queued(msgspec.Struct, frozen=True):
    """Answer to `GS r 1`: all that was sent before it has been processed."""

    bits: int

    @property
    def paper_out(self) -> bool:
        return bool(self.bits & 0x0C)


class ProcessId(msgspec.Struct, frozen=True):
    """Answer to `GS ( H`: all that was sent before the request with this id is on paper."""

    id: bytes


class OtherBlock(msgspec.Struct, frozen=True):
    """Block data that nobody asked for; well formed, and of no meaning here."""

    data: bytes


class Garbage(msgspec.Struct, frozen=True):
    data: bytes


Reply = RealTime | Automatic | Queued | ProcessId | OtherBlock | Garbage


class Replies:
    """Cuts the stream into replies, however it was split over reads."""

    def __init__(self) -> None:
        self._begun = bytearray()  # of an automatic frame or of a block

    def reset(self) -> None:
        """Forget a reply that was begun and never ended."""
        self._begun.clear()

    def feed(self, data: bytes) -> list[Reply]:
        found: list[Reply] = []
        for byte in data:
            self._feed(byte, found)
        return found

    def _feed(self, byte: int, found: list[Reply]) -> None:
        if self._begun and not self._continues(byte):
            found.append(Garbage(bytes(self._begun)))
            self._begun.clear()
        if self._begun:
            self._begun.append(byte)
            whole = _whole(bytes(self._begun))
            if whole is not None:
                found.append(whole)
                self._begun.clear()
        elif byte & 0x93 == 0x12:
            found.append(RealTime(byte))
        elif byte & 0x93 == 0x10 or byte in _BLOCK_STARTS:
            self._begun.append(byte)
        elif byte in _QUEUED_PAPER:
            found.append(Queued(byte))
        elif byte not in _FLOW_CONTROL:
            found.append(Garbage(bytes([byte])))

    def _continues(self, byte: int) -> bool:
        if self._begun[0] not in _BLOCK_STARTS:
            return byte & 0x90 == 0
        return byte == _BLOCK_ENDS or (0x20 <= byte <= 0x7E and len(self._begun) < _LONGEST_BLOCK)


def _whole(begun: bytes) -> Reply | None:
    if begun[0] not in _BLOCK_STARTS:
        return Automatic(begun) if len(begun) == 4 else None
    if begun[-1] != _BLOCK_ENDS:
        return None
    if begun.startswith(_PROCESS_ID) and len(begun) == 7:
        return ProcessId(begun[2:6])
    return OtherBlock(begun)


def state_of(printer: int, offline: int, error: int, paper: int) -> PrinterState:
    """From the valid answers to `DLE EOT` 1 (printer), 2 (cause of offline), 3 (cause of error), 4 (paper)."""
    cutter, self_healing = bool(error & 0x08), bool(error & 0x40)
    unexplained = bool(offline & 0x40) and not (cutter or self_healing)
    sensors = _paper(near_end=paper & 0x0C, near_end_bits=0x0C, end=paper & 0x60, end_bits=0x60)
    return PrinterState(
        paper=Paper.OUT if offline & 0x20 else sensors,
        cover_open=bool(offline & 0x04),
        cutter_error=cutter,
        offline=bool(printer & 0x08),
        failed=bool(error & 0x24) or unexplained,
    )


def state_of_frame(frame: bytes) -> PrinterState:
    """From the four bytes of an automatic status frame."""
    printer, error, paper, _ = frame
    return PrinterState(
        paper=_paper(near_end=paper & 0x03, near_end_bits=0x03, end=paper & 0x0C, end_bits=0x0C),
        cover_open=bool(printer & 0x20),
        cutter_error=bool(error & 0x08),
        offline=bool(printer & 0x08),
        failed=bool(error & 0x24),
    )


def _paper(near_end: int, near_end_bits: int, end: int, end_bits: int) -> Paper:
    """Each sensor is told in two bits that must agree; where they do not, nobody knows."""
    if end == end_bits:
        return Paper.OUT
    if end or near_end not in (0, near_end_bits):
        return Paper.UNKNOWN
    return Paper.NEAR_END if near_end else Paper.OK
