"""Beyond the standard reply of a simulated EBDS acceptor: what it says of itself and, where asked, of each note.

As public implementations of hosts read it (decapod-atm/ebds, lamassu-machine); our own sheet has none of it, and our
driver asks for none of it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final

from hardware.acceptors.ebds_sim_settings import Settings

NOTE: Final = 0x02  # subtypes of extended messages
INHIBITS: Final = 0x03
EVERY_NOTE: Final = 0x7F
ONE_KIND: Final = (
    b"\x00AAAA\x00\x00\x00"  # orientation; type, series, compatibility, version; class, reserved
)
NO_NOTE: Final = bytes(17)  # all but its index


def _software_crc(settings: Settings) -> bytes:
    crc = zlib.crc32(settings.variant.encode()) & 0xFFFF
    return bytes(crc >> shift & 0x0F for shift in (12, 8, 4, 0)) + b"\x00\x00"


_ITSELF: Final[dict[int, Callable[[Settings], bytes]]] = {
    0x00: _software_crc,
    0x06: lambda settings: b"280000101",  # boot
    0x07: lambda settings: b"280000201",  # application
    0x08: lambda settings: settings.variant.encode("ascii").ljust(32, b"\x00"),
    0x09: lambda settings: b"490000301",  # variant
    0x0D: lambda settings: bytes(6),  # none of the capabilities that may be told here
    0x0E: lambda settings: b"280000201",
    0x0F: lambda settings: b"490000301",
}


def about_itself(settings: Settings, asked: bytes) -> bytes | None:
    """The data of the answer to an auxiliary question; None: there is no such."""
    tell = _ITSELF.get(asked[2]) if len(asked) == 3 and asked[:2] == b"\x00\x00" else None
    return None if tell is None else tell(settings)


def about_a_note(settings: Settings, value: int, index: int) -> bytes:
    """18 bytes: index, currency, three digits, sign and two digits of a power of ten, and its kind."""
    if not 1 <= value <= len(settings.notes_fen):
        return bytes([index]) + NO_NOTE
    digits, power = settings.notes_fen[value - 1], -2
    while digits % 10 == 0:
        digits, power = digits // 10, power + 1
    sign = "-" if power < 0 else "+"
    text = f"{settings.currency}{digits:03d}{sign}{abs(power):02d}"
    return bytes([index]) + text.encode("ascii") + ONE_KIND
