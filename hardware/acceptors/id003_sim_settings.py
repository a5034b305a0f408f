"""What differs from one simulated ID-003 acceptor to the next, and the names of its reasons (acceptors.md §6)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from hardware.acceptors.id003_sim_wire import digits_and_power
from hardware.acceptors.sim_unit import Seconds, UnitSettings

MOST_NOTES: Final = 8  # codes 61h to 68h

REJECTS: Final = {
    "insertion": 0x71,
    "magnetic": 0x72,
    "note_left_in_head": 0x73,
    "multiplying": 0x74,
    "conveying": 0x75,
    "identification": 0x76,
    "verification": 0x77,
    "optic": 0x78,
    "inhibit": 0x79,  # also: no command came for a note in escrow
    "operation": 0x7B,
    "note_left_in_stacker": 0x7C,
    "length": 0x7D,
    "pattern": 0x7E,
}
FAILURES: Final = {
    "stack_motor": 0xA2,
    "transport_speed": 0xA5,
    "transport_motor": 0xA6,
    "box_not_ready": 0xAB,
    "head_removed": 0xAF,
    "boot_rom": 0xB0,
    "external_rom": 0xB1,
    "rom": 0xB2,
    "rom_writing": 0xB3,
}


class Settings(UnitSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`recovers` says what becomes of a note past the lever when mains or RESET come between:

    - silent: RESET stores it during initialisation, and nothing more is said of it;
    - stacked: the same, then STACKED is shown once;
    - vend_valid: VEND VALID is remembered and told again until acknowledged.
    """

    country: Annotated[int, msgspec.Meta(ge=0, le=255)] = 0x2D  # CNY
    version: Annotated[str, msgspec.Meta(pattern="^[ -~]{1,36}$")] = "FL(CHN)1156 ID003-03 V122-51 A1B2"
    boot_version: Annotated[str, msgspec.Meta(pattern="^[ -~]{4}$")] = "B052"
    escrow_s: Seconds = 10.0  # without a command
    poll_limit_s: Seconds = 3.0  # in escrow without a poll
    hold_s: Seconds = 10.0
    ack_limit_s: Seconds = 60.0  # VEND VALID without acknowledgement; then the unit answers RESET only
    ready_s: Seconds = 0.15  # from the note in the box until the next one can come
    recovers: Literal["silent", "stacked", "vend_valid"] = "silent"
    return_shown_until_taken: bool = False  # REJECTING and RETURNING last until the note is pulled out

    def __post_init__(self) -> None:
        if not 1 <= len(self.notes_fen) <= MOST_NOTES:
            raise ValueError(f"notes_fen has {len(self.notes_fen)} entries, possible are 1 to {MOST_NOTES}")
        for fen in self.notes_fen:
            digits_and_power(fen)
