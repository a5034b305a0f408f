"""What differs from one simulated validator to the next, and the names of its reasons (acceptors.md §3.5)."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from hardware.acceptors.ccnet_sim_wire import MOST_TYPES

Seconds = Annotated[float, msgspec.Meta(ge=0, le=3600)]
Fen = Annotated[int, msgspec.Meta(ge=1, le=10**10)]

REJECTS: Final = {
    "insertion": 0x60,
    "magnetic": 0x61,
    "note_left_in_head": 0x62,
    "multiplying": 0x63,
    "conveying": 0x64,
    "identification": 0x65,
    "verification": 0x66,
    "optic": 0x67,
    "inhibit": 0x68,
    "capacity": 0x69,
    "operation": 0x6A,
    "length": 0x6C,
    "ultraviolet": 0x6D,
}
FAILURES: Final = {
    "stack_motor": 0x50,
    "transport_speed": 0x51,
    "transport_motor": 0x52,
    "aligning_motor": 0x53,
    "initial_cassette_status": 0x54,
    "optic": 0x55,
    "magnetic": 0x56,
    "capacitance": 0x5F,
}


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What differs from unit to unit. Times are short by default so that tests are quick; a real unit
    initialises in 1 to 40 s and stacks in about 2 s.

    `lever_s` after STACK a note is past the lever and stays; after `stack_s` it lies in the box.
    """

    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")] = "CNY"
    notes_fen: tuple[Fen, ...] = (100, 500, 1000, 2000, 5000, 10000)  # by type, from 0
    part: Annotated[str, msgspec.Meta(max_length=15)] = "SM-CN1156"
    box_notes: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 500  # notes that the box takes
    init_s: Seconds = 0.2
    accept_s: Seconds = 0.15
    lever_s: Seconds = 0.1
    stack_s: Seconds = 0.25
    return_s: Seconds = 0.15
    reject_s: Seconds = 0.15
    escrow_s: Seconds = 10.0
    hold_s: Seconds = 10.0
    pause_s: Seconds = 10.0
    has_counter: bool = True  # 5Bh, specification 2.5
    has_escrow_timeouts: bool = True  # 5Ah, specification 2.5.4
    reports_once: bool = False  # 81h and 82h are said once, acknowledged or not
    returns_silently_after_power_up: bool = False  # no 82h for the note that 11h spoke of
    forgets_enabled: bool = False  # what was enabled while it initialised is off again when it has
    reset_forgets: bool = False  # RESET drops an 81h that was not acknowledged

    def __post_init__(self) -> None:
        if self.lever_s > self.stack_s:
            raise ValueError(f"lever_s {self.lever_s} is later than stack_s {self.stack_s}")
        if not 1 <= len(self.notes_fen) <= MOST_TYPES - 1:
            raise ValueError(
                f"notes_fen has {len(self.notes_fen)} entries, possible are 1 to {MOST_TYPES - 1}"
            )
        for fen in self.notes_fen:
            if int(str(fen).rstrip("0")) > 255:
                raise ValueError(f"{fen} fen does not fit one byte of digits and a power of ten")
