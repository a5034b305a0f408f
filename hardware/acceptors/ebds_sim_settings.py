"""What differs from one simulated EBDS acceptor to the next, and the names of its troubles (acceptors.md §7)."""

from __future__ import annotations

import enum
from typing import Annotated, Final

import msgspec

from hardware.acceptors.sim_unit import Seconds, UnitSettings

MOST_NOTES: Final = 7  # values 1 to 7

REJECTS: Final = {"verification": 1}  # the wire knows only that a note was rejected
FAILURES: Final = {"stack_motor": 0x0004, "transport_open": 0x0040, "stalled": 0x0100}  # bits of D2, D3 above

SevenBits = Annotated[int, msgspec.Meta(ge=0, le=127)]


class Policy(enum.Enum):
    """What becomes of a note that mains interrupted, by bits 2 and 3 of the host's third byte."""

    A = 0b00  # past the lever: stacked without value
    B = 0b01  # past the lever: stacked and told
    C = 0b10  # in escrow: held there for the host; past the lever: stacked without value


class Settings(UnitSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Note number n of `notes_fen`, from 1, is the value n on the wire, enabled by bit n - 1."""

    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")] = "CNY"
    variant: Annotated[str, msgspec.Meta(pattern="^[ -~]{1,32}$")] = "CNY-SIM"
    extended_notes: bool = True  # tells each note with currency and value to a host that asks for it
    model: SevenBits = 1
    revision: SevenBits = 2
    silence_s: Seconds = 5.0  # without a message a note in escrow goes back, and the unit takes no other
    cheat_s: Seconds = 1.0  # for which cheating is shown
    ready_s: Seconds = 0.1  # from the note in the box until the next one can come

    def __post_init__(self) -> None:
        if not 1 <= len(self.notes_fen) <= MOST_NOTES:
            raise ValueError(f"notes_fen has {len(self.notes_fen)} entries, possible are 1 to {MOST_NOTES}")
