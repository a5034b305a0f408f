"""ESC/POS byte stream → operations, the way a printer's firmware reads it: incremental, bounded, never lost in step.

The parser knows how long each command is and nothing of what it does. A command that it does not know is
dropped with its two bytes, and what follows prints as text: that is what the real ones do.
Lengths: printing-and-codes.md §A; Epson's ESC/POS command reference for the less usual ones.
"""

from __future__ import annotations

from typing import NamedTuple

from hardware.printers.escpos_sim_charset import Coverage, character_bytes

DLE, ESC, FS, GS = 0x10, 0x1B, 0x1C, 0x1D
PREFIX = {DLE: "DLE", ESC: "ESC", FS: "FS", GS: "GS"}
CONTROL = {0x09: "HT", 0x0A: "LF", 0x0C: "FF", 0x0D: "CR", 0x18: "CAN"}
WORDS = {0x04: "EOT", 0x05: "ENQ", 0x0C: "FF", 0x14: "DC4", 0x20: "SP"}

MAX_COMMAND_BYTES = (
    512 * 1024
)  # the printer's memory for one command; a longer one is counted off and dropped
MAX_TERMINATED_BYTES = 260  # a NUL-terminated list that is longer is taken as ended
STRIP_ROWS = 24  # raster rows handed out at a time, so that a picture prints while it still arrives
STRIP_BYTES = 4096

# Bytes that follow the two of the command, where the number is fixed.
PARAMETERS = {
    ESC: {
        0: "@2<LSimv\x0c",
        1: " !%-3=?AEGJKMRTUVadertu{",
        2: "$\\c",
        3: "p",
        8: "W",
    },
    FS: {0: "&.", 1: "!-CWr", 2: "?Sp", 74: "2"},
    GS: {0: ":c\x0c", 1: "!/BEHITabfhrw", 2: "$LPW\\", 3: "^", 4: "g"},
    DLE: {1: "\x04\x05"},
}
FIXED = {
    (prefix, ord(char)): count
    for prefix, counts in PARAMETERS.items()
    for count, chars in counts.items()
    for char in chars
}
DC4_PARAMETERS = {1: 2, 2: 2, 3: 5, 7: 1, 8: 7}
CUTS_WITH_FEED = (65, 66, 97, 98, 103, 104)
GS_C_PARAMETERS = {0x30: 2, 0x31: 6, 0x32: 2}


class Op(NamedTuple):
    """One operation. `name` is the manual's ("ESC a", "GS ( k", "LF") and `data` what follows it; or "text" with
    one byte, "hanzi" with the two or four of one character, "stray" with a lead byte that leads nothing,
    "rows" with raster rows."""

    name: str
    data: bytes


class Parser:
    """Takes bytes off the front of the receive buffer, one operation at a time."""

    def __init__(self, coverage: Coverage, chinese_at_power_up: bool) -> None:
        self._coverage = coverage
        self._chinese_at_power_up = chinese_at_power_up
        self.reset()

    def reset(self) -> None:
        """Power-up: nothing half-read, Chinese mode as configured."""
        self.chinese_mode = self._chinese_at_power_up
        self.forget()

    def forget(self) -> None:
        """The buffers were cleared: whatever was half-read is gone, the modes stay."""
        self._head = bytearray()
        self._skip = 0
        self._row_bytes = 0
        self._rows_left = 0

    @property
    def halfway(self) -> bool:
        """Inside a command or a picture whose rest has not come."""
        return bool(self._head or self._skip or self._rows_left)

    def take(self, buffer: bytearray) -> Op | None:
        """The next whole operation, or None when more bytes are needed; what was used is gone from `buffer`."""
        while True:
            if self._skip:
                dropped = min(self._skip, len(buffer))
                del buffer[:dropped]
                self._skip -= dropped
                if self._skip:
                    return None
            wanted = self._wanted()
            if wanted <= len(self._head):
                return self._finish(wanted)
            if wanted > MAX_COMMAND_BYTES:
                self._skip = wanted - len(self._head)
                self._head.clear()
                continue
            if not buffer:
                return None
            more = wanted - len(self._head)
            self._head += buffer[:more]
            del buffer[:more]

    def _wanted(self) -> int:
        if self._rows_left:
            return self._strip_rows() * self._row_bytes
        if not self._head:
            return 1
        if self._head[0] in PREFIX:
            return _command_bytes(self._head)
        if self.chinese_mode:
            return character_bytes(self._head, self._coverage)
        return 1

    def _strip_rows(self) -> int:
        return min(self._rows_left, STRIP_ROWS, max(1, STRIP_BYTES // self._row_bytes))

    def _finish(self, size: int) -> Op:
        raw = bytes(self._head[:size])
        del self._head[:size]
        if self._rows_left:
            self._rows_left -= size // self._row_bytes
            return Op("rows", raw)
        if raw[0] in PREFIX:
            op = _named(raw)
            self._follow(op)
            return op
        if raw[0] < 0x20 or raw[0] == 0x7F:
            return Op(CONTROL.get(raw[0], f"0x{raw[0]:02x}"), b"")
        if len(raw) > 1:
            return Op("hanzi", raw)
        return Op("stray" if self.chinese_mode and raw[0] >= 0x80 else "text", raw)

    def _follow(self, op: Op) -> None:
        """The few commands that change how the bytes after them are read."""
        if op.name == "ESC @":
            self.chinese_mode = self._chinese_at_power_up
        elif op.name == "FS &":
            self.chinese_mode = True
        elif op.name == "FS .":
            self.chinese_mode = False
        elif op.name == "GS v 0":
            self._row_bytes = int.from_bytes(op.data[1:3], "little")
            self._rows_left = int.from_bytes(op.data[3:5], "little") if self._row_bytes else 0


def _named(raw: bytes) -> Op:
    name = f"{PREFIX[raw[0]]} {_char(raw[1])}"
    if raw[1] in b"(8" and len(raw) >= 5 and raw[0] != DLE:
        return Op(f"{name} {_char(raw[2])}", raw[5:] if raw[1] == 0x28 else raw[7:])
    if raw[:3] == b"\x1dv0":
        return Op("GS v 0", raw[3:])
    return Op(name, raw[2:])


def _char(byte: int) -> str:
    return chr(byte) if 0x20 < byte < 0x7F else WORDS.get(byte, f"0x{byte:02x}")


def _command_bytes(head: bytearray) -> int:
    """Length of the command at the front of `head`, or how many bytes it takes to know more."""
    if len(head) < 2:
        return 2
    prefix, kind = head[0], head[1]
    fixed = FIXED.get((prefix, kind))
    if fixed is not None:
        return 2 + fixed
    if prefix == DLE:
        return _dle_bytes(head)
    if kind == 0x28:  # ( and a letter: all of them carry their length
        return _counted(head, 3, 2)
    if prefix == ESC:
        return _esc_bytes(head, chr(kind))
    if prefix == FS:
        return _fs_bytes(head, chr(kind))
    return _gs_bytes(head, chr(kind))


def _counted(head: bytearray, at: int, width: int, unit: int = 1) -> int:
    """A command whose length stands in `width` bytes at `at`, lowest first, in units of `unit` bytes."""
    if len(head) < at + width:
        return at + width
    return at + width + unit * int.from_bytes(head[at : at + width], "little")


def _terminated(head: bytearray, start: int) -> int:
    """A command that goes on to a NUL."""
    if len(head) <= start or (head[-1] != 0 and len(head) < MAX_TERMINATED_BYTES):
        return len(head) + 1
    return len(head)


def _dle_bytes(head: bytearray) -> int:
    if head[1] != 0x14:
        return 2
    return 3 + DC4_PARAMETERS.get(head[2], 0) if len(head) > 2 else 3


def _esc_bytes(head: bytearray, kind: str) -> int:
    if kind == "D":
        return _terminated(head, 2)
    if kind == "*":
        return _counted(head, 3, 2, unit=3 if len(head) > 2 and head[2] >= 32 else 1)
    if kind == "&":
        if len(head) < 5:
            return 5
        at = 5
        for _ in range(head[3], head[4] + 1):
            if len(head) <= at:
                return at + 1
            at += 1 + head[at] * head[2]
        return at
    return 2


def _fs_bytes(head: bytearray, kind: str) -> int:
    if kind == "q":
        if len(head) < 3:
            return 3
        at = 3
        for _ in range(head[2]):
            if len(head) < at + 4:
                return at + 4
            across, down = head[at] | head[at + 1] << 8, head[at + 2] | head[at + 3] << 8
            at += 4 + across * down * 8
        return at
    if kind == "g":
        if len(head) < 10:
            return 10
        return _counted(head, 8, 2) if head[2] == 0x31 else 10
    return 2


def _gs_bytes(head: bytearray, kind: str) -> int:
    if kind == "8":
        return _counted(head, 3, 4)
    if kind not in "Vvk*C":
        return 2
    if len(head) < 3:
        return 3
    if kind == "V":
        return 4 if head[2] in CUTS_WITH_FEED else 3
    if kind == "v":
        return 8 if head[2] == 0x30 else 3
    if kind == "k":
        if head[2] <= 6:
            return _terminated(head, 3)
        return _counted(head, 3, 1) if head[2] >= 65 else 3
    if kind == "*":
        return 4 + head[2] * head[3] * 8 if len(head) > 3 else 4
    return 3 + GS_C_PARAMETERS.get(head[2], 0)
