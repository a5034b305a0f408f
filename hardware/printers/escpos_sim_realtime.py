"""What the simulated printer does at once, past its buffer: real-time commands, and its condition as status bytes.

Status bits: printing-and-codes.md A3; Epson ESC/POS, DLE EOT n and GS a n (basic ASB).
"""

from __future__ import annotations

from dataclasses import dataclass

DLE, EOT, ENQ, DC4 = 0x10, 0x04, 0x05, 0x14

# Each place lists the bytes that may stand there.
REAL_TIME: tuple[tuple[tuple[int, ...], ...], ...] = (
    ((DLE,), (EOT,), (1, 2, 3, 4)),
    ((DLE,), (ENQ,), (1, 2)),
    ((DLE,), (DC4,), (1,), (0, 1), tuple(range(1, 9))),  # kick the drawer
    ((DLE,), (DC4,), (8,), (1,), (3,), (20,), (1,), (6,), (2,), (8,)),  # clear the buffers
)
CLEARED = b"\x37\x25\x00"  # the answer to DLE DC4 8


class RealTime:
    """Finds real-time commands in what arrives, wherever they stand: inside a picture just as well."""

    def __init__(self) -> None:
        self._seen = bytearray()

    def forget(self) -> None:
        self._seen.clear()

    def scan(self, data: bytes) -> list[tuple[int, bytes]]:
        """(index after its last byte, command) for each command that ends in `data`."""
        found = []
        at = 0
        while at < len(data):
            if not self._seen:
                at = data.find(DLE, at)
                if at < 0:
                    break
            self._seen.append(data[at])
            at += 1
            fitting = [p for p in REAL_TIME if _begins(p, self._seen)]
            if any(len(pattern) == len(self._seen) for pattern in fitting):
                found.append((at, bytes(self._seen)))
                self._seen.clear()
            elif not fitting:
                self._seen = bytearray([DLE]) if self._seen[-1] == DLE else bytearray()
        return found


def _begins(pattern: tuple[tuple[int, ...], ...], seen: bytearray) -> bool:
    return len(seen) <= len(pattern) and all(
        byte in place for byte, place in zip(seen, pattern, strict=False)
    )


@dataclass
class Condition:
    """What the sensors and the firmware know."""

    paper: str = "ok"  # "ok", "near_end", "out"
    cover_open: bool = False
    cutter_error: bool = False
    broken: bool = False  # an unrecoverable error: needs the workshop
    overheated: bool = False  # goes away by itself
    switched_offline: bool = False
    waiting: bool = False  # the cause of a stop is gone; DLE ENQ decides how to go on

    @property
    def error(self) -> bool:
        return self.cutter_error or self.broken or self.overheated

    @property
    def stopped(self) -> bool:
        return self.paper == "out" or self.cover_open or self.error or self.switched_offline or self.waiting


def _bits(fixed: int, **bits: bool) -> int:
    """`fixed` and the given bits, named b0 to b7."""
    return fixed | sum(1 << int(name[1:]) for name, is_set in bits.items() if is_set)


def real_time_status(n: int, now: Condition) -> int:
    """The answer to DLE EOT `n`: bits 1 and 4 are always set, bits 0 and 7 never."""
    near, out = now.paper != "ok", now.paper == "out"
    match n:
        case 1:
            return _bits(0x12, b3=now.stopped, b5=now.waiting)
        case 2:
            return _bits(0x12, b2=now.cover_open, b5=out, b6=now.error)
        case 3:
            return _bits(0x12, b3=now.cutter_error, b5=now.broken, b6=now.overheated)
        case _:
            return _bits(0x12, b2=near, b3=near, b5=out, b6=out)


def automatic_status(now: Condition) -> bytes:
    """The four bytes of basic ASB: the first has only bit 4 of its mark, the others neither bit 4 nor bit 7."""
    near, out = now.paper != "ok", now.paper == "out"
    return bytes(
        (
            _bits(0x10, b3=now.stopped, b5=now.cover_open),
            _bits(0, b0=now.waiting, b3=now.cutter_error, b5=now.broken, b6=now.overheated),
            _bits(0, b0=near, b1=near, b2=out, b3=out),
            0,
        )
    )


def watched(asb: int, frame: bytes) -> bytes:
    """The part of an ASB frame that `GS a asb` asked to be told about."""
    masks = (0x28 if asb & 2 else 0, 0x7F if asb & 4 else 0, 0x0F if asb & 8 else 0, 0)
    return bytes(byte & mask for byte, mask in zip(frame, masks, strict=True))


def paper_status(now: Condition) -> int:
    """The answer to GS r 1 and ESC v."""
    return {"ok": 0x00, "near_end": 0x03, "out": 0x0F}[now.paper]
