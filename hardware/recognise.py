"""Who else may be talking on a line on which nothing makes sense: a cable in the wrong socket, named for staff."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from hardware.acceptors import ccnet_frames, ebds_frames, id003_frames, ssp_frames

_ICT: Final = re.compile(rb"\x80\x8f|\x81[\x40-\x4f][\x10\x11\x29]")
_PRINTER: Final = re.compile(
    rb"[\x12\x16\x1a\x1e\x32\x36\x3a\x72\x76\x7a]{2,8}"
)  # DLE EOT: two bits are always set
_CODE: Final = re.compile(rb"[\x20-\x7e]{8,}[\r\n]")


_SHARE: Final = 8  # of what was heard, one in so many: less turns up in any noise that is long enough


def _mostly(pattern: re.Pattern[bytes]) -> Callable[[bytes], bool]:
    def fits(heard: bytes) -> bool:
        return 0 < len(heard) <= _SHARE * sum(len(match) for match in pattern.findall(heard))

    return fits


def _whole(pattern: re.Pattern[bytes]) -> Callable[[bytes], bool]:
    return lambda heard: pattern.fullmatch(heard) is not None


# The first that fits: those with a checksum before those that are told by their habits.
_KINDS: Final[tuple[tuple[str, Callable[[bytes], bool]], ...]] = (
    ("a CCNET bill acceptor", lambda heard: bool(ccnet_frames.Decoder().feed(heard))),
    ("an ID-003 bill acceptor", lambda heard: bool(id003_frames.Decoder().feed(heard))),
    ("an SSP bill acceptor", lambda heard: bool(ssp_frames.Decoder().feed(heard))),
    ("an EBDS bill acceptor", lambda heard: bool(ebds_frames.Decoder().feed(heard))),
    ("an ICT bill acceptor", _mostly(_ICT)),
    ("a receipt printer", _whole(_PRINTER)),
    ("a code scanner", _mostly(_CODE)),
)


def looks_like(heard: bytes) -> str:
    """The kind of device that says such bytes, for an operator; empty when none is known to."""
    return next((name for name, fits in _KINDS if fits(heard)), "")
