"""What differs from one simulated SSP validator to the next, and why it rejects (acceptors.md §5.2, §5.3).

Where the sheet leaves a behaviour open, each reading of it is a setting, so that a driver can be tried
against all of them.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

Seconds = Annotated[float, msgspec.Meta(ge=0, le=3600)]
Fen = Annotated[int, msgspec.Meta(ge=1, le=10**10)]
Protocol = Annotated[int, msgspec.Meta(ge=1, le=8)]  # from 9 on, events have other lengths

FEN_PER_UNIT: Final = 100  # the real-value multiplier: channel values are in whole yuan
MOST_CHANNELS: Final = 16  # bits of the inhibit mask

# Answers to LAST REJECT CODE (17h); the list is that of GA138 and of independent implementations.
REJECTS: Final = {
    "length": 0x01,
    "average": 0x02,
    "coastline": 0x03,
    "graph": 0x04,
    "buried": 0x05,
    "inhibited": 0x06,
    "second_note": 0x07,
    "by_host": 0x08,
    "read": 0x0A,
    "too_long": 0x0B,
    "disabled": 0x0C,
    "slow_mechanism": 0x0D,
    "strimming": 0x0E,
    "fraud_channel": 0x0F,
    "no_note": 0x10,
    "peak": 0x11,
    "twisted": 0x12,
    "escrow_timeout": 0x13,
}


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Times are short by default so that tests are quick; a real unit stacks in 2 to 3 s.

    `lever_s` after the accepting POLL a note is past the lever and its credit is given; after `stack_s`
    it lies in the box. Equal values: credit and stacked are told at once.
    """

    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")] = "CNY"
    notes_fen: tuple[Fen, ...] = (100, 500, 1000, 2000, 5000, 10000)  # by channel, from 1
    unit_type: Annotated[int, msgspec.Meta(ge=0, le=255)] = 0  # 0: a note validator
    firmware: Annotated[str, msgspec.Meta(pattern="^[ -~]{4}$")] = "0100"
    box_notes: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 500  # notes that the box takes
    init_s: Seconds = 0.2  # silent after power-up or RESET
    clear_s: Seconds = 0.0  # until a note found inside at power-up has been moved and is told
    accept_s: Seconds = 0.15
    lever_s: Seconds = 0.1
    stack_s: Seconds = 0.25
    reject_s: Seconds = 0.15
    escrow_s: Seconds = 10.0  # GA138; GA973 says 5
    silence_s: Seconds = 10.0  # without a command, then it disables itself
    protocol: Protocol = 6  # after power-up
    max_protocol: Protocol = 8
    has_counters: bool = True  # 58h
    without_note: Literal["F5", "F8"] = "F5"  # answer to HOLD and REJECT: GA973 F5, GA138 F8
    trouble: Literal["repeated", "once"] = "repeated"  # EA, E9 and E7 in each poll, or as an event
    cleared: Literal["untold", "always", "never"] = "untold"  # E2: if EE was not told, always, or never
    knows_cleared: bool = True  # E1 and E2 with the channel; otherwise 0
    sync_returns: bool = False  # SYNC gives a held note back
    disable_returns: bool = True  # DISABLE gives a held note back
    # optional, as real units have it: a key may be agreed on, and each command may come in clear or sealed.
    # none: knows no key exchange. required: in clear only SYNC and the key exchange.
    encryption: Literal["none", "optional", "required"] = "optional"
    fixed_key: Annotated[str, msgspec.Meta(pattern="^[0-9A-F]{16}$")] = (
        "0123456701234567"  # as from the factory
    )

    def __post_init__(self) -> None:
        if self.lever_s > self.stack_s:
            raise ValueError(f"lever_s {self.lever_s} is later than stack_s {self.stack_s}")
        if self.protocol > self.max_protocol:
            raise ValueError(f"protocol {self.protocol} is above max_protocol {self.max_protocol}")
        if not 1 <= len(self.notes_fen) <= MOST_CHANNELS:
            raise ValueError(
                f"notes_fen has {len(self.notes_fen)} entries, possible are 1 to {MOST_CHANNELS}"
            )
        for fen in self.notes_fen:
            if fen % FEN_PER_UNIT:
                raise ValueError(f"{fen} fen is not a whole number of yuan")
