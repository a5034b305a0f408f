"""What differs from one simulated ICT acceptor to the next (acceptors.md §4.2 to §4.4)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

Seconds = Annotated[float, msgspec.Meta(ge=0, le=3600)]
Fen = Annotated[int, msgspec.Meta(ge=1, le=10**10)]
Model = Literal["104U", "106", "002"]

MOST_TYPES: Final = 16  # 4X has one hexadecimal digit for the type

FAILURES: Final = {"motor": 0x20, "checksum": 0x21, "sensor": 0x25}


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What differs from unit to unit. Movements are short by default so that tests are quick; a real unit
    stacks in about 3 s. What the sources leave open is a switch here.

    `lever_s` after 02h a note is past the lever and stays; after `stack_s` it lies in the box.
    """

    model: Model = "104U"
    notes_fen: Annotated[tuple[Fen, ...], msgspec.Meta(min_length=1, max_length=MOST_TYPES)] = (
        100,
        500,
        1000,
        2000,
        5000,
        10000,
    )  # by the order of the ROM: 40h, 41h, …
    box_notes: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 500  # notes that the box takes
    answer_s: Seconds = 2.0  # the host must answer 80h 8Fh within this
    escrow_s: Seconds = 5.0
    hold_s: Seconds = 5.0  # how much longer each hold keeps the note; no source gives a figure
    accept_s: Seconds = 0.15
    lever_s: Seconds = 0.1
    stack_s: Seconds = 0.25
    return_s: Seconds = 0.15
    reject_s: Seconds = 0.15
    tell_s: Seconds = 0.05  # from the note being where it belongs to the byte that says so
    hold_codes: tuple[Annotated[int, msgspec.Meta(ge=0, le=255)], ...] = (0x18,)  # or 5Ah, 104U v0.3
    told_returned: Literal[0x11, 0x29] = 0x11  # after 0Fh, and when nobody answered
    stacked_at_lever: bool = False  # 10h is said once the note can not come back, before it lies in the box
    tells_late: bool = False  # a note that fell into the box during trouble is told when that is over
    enabled_without_answer: bool = False  # 3Eh is enough where 80h 8Fh was never answered with 02h

    def __post_init__(self) -> None:
        if self.lever_s > self.stack_s:
            raise ValueError(f"lever_s {self.lever_s} is later than stack_s {self.stack_s}")


class Traits(msgspec.Struct, frozen=True):
    """What the documents say about one model."""

    complains_of_no_answer: bool = False  # 26h when 80h 8Fh was not answered
    silent_escrows: int = 0  # so many in a row that nobody answered are a communication failure; 0: never
    knows_reset: bool = True
    knows_hold: bool = True
    refuses_unknown: bool = True  # with 2Ah; else it says nothing
    detailed_status: bool = False  # 71h while moving, A1h before it was answered, 81h 4Xh in escrow


TRAITS: Final[dict[Model, Traits]] = {
    "104U": Traits(),
    "106": Traits(silent_escrows=3, detailed_status=True),
    "002": Traits(complains_of_no_answer=True, knows_reset=False, knows_hold=False, refuses_unknown=False),
}
