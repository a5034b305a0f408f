"""The states of the simulated SSP validator, and what each of them tells a poll (acceptors.md §5.3)."""

from __future__ import annotations

import enum
from typing import Final

from hardware.acceptors.ssp_sim_events import Tell


class State(enum.Enum):
    OFF = "off"
    STARTING = "starting"  # no answer yet
    CLEARING = "clearing"  # answers, and moves out of the way what it found inside
    DISABLED = "disabled"
    IDLE = "idle"
    ACCEPTING = "accepting"
    REJECTING = "rejecting"
    ESCROW = "escrow"  # the host has not been told yet
    HOLDING = "holding"  # the host has been told: its next POLL accepts
    STACKING = "stacking"
    PAST_LEVER = "past_lever"  # still "stacking" to the host, but the credit is given
    BOX_FULL = "box_full"
    BOX_OUT = "box_out"
    JAM = "jam"  # unsafe: the customer may still reach the note
    BOX_JAM = "box_jam"  # safe: nobody can


# Told once on entering the state …
ON_ENTRY: Final = {
    State.BOX_FULL: Tell.BOX_FULL,
    State.BOX_OUT: Tell.BOX_OUT,
    State.JAM: Tell.UNSAFE_JAM,
    State.BOX_JAM: Tell.SAFE_JAM,
}
# … and in each poll while it lasts; trouble only where the settings say so.
WHILE_IT_LASTS: Final = {
    State.ACCEPTING: bytes([Tell.READ, 0]),
    State.REJECTING: bytes([Tell.REJECTING]),
    State.STACKING: bytes([Tell.STACKING]),
    State.PAST_LEVER: bytes([Tell.STACKING]),
}
TROUBLE: Final = (State.BOX_FULL, State.JAM, State.BOX_JAM)
HELD: Final = (State.ESCROW, State.HOLDING)
IN_REACH: Final = (State.ACCEPTING, *HELD, State.STACKING, State.REJECTING)
