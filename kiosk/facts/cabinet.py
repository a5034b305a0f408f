"""Facts of the cabinet itself: its door, its power, whether anybody stands before it."""

from __future__ import annotations

import enum

from kiosk.facts.kinds import Durable, Passing


class DoorOpened(Durable, frozen=True, tag="door_opened"):
    """Door or cash-box compartment stands open, or its wire is cut. `by`: who was signed in; empty: nobody.

    Written when it opens, and once more at each start that finds it open."""

    what: str  # door, cash_box
    by: str


class GuardSeen(Passing, frozen=True, tag="guard_seen"):
    what: str
    open: bool


class Power(enum.Enum):
    """Passing, because it says itself anew after each start, and no decision about money of before depends on it."""

    UNTOLD = "untold"  # there is no such line, or it has not said anything yet
    ON = "on"
    SUSPECT = "suspect"  # off since the start: most likely the wire
    FAILING = "failing"  # off for a moment: no new money, everybody goes on
    LEAVING = "leaving"  # off for good: what is open is brought to its end
    DOWN = "down"  # everything is settled, the machine may be switched off


class PowerIs(Passing, frozen=True, tag="power_is"):
    power: Power


class HeadsetIs(Passing, frozen=True, tag="headset_is"):
    plugged: bool


class FellAsleep(Passing, frozen=True, tag="fell_asleep"):
    """Nobody there: the glass goes dark."""


class WokeUp(Passing, frozen=True, tag="woke_up"):
    """Somebody came near, or touched the glass."""


class KioskStarted(Durable, frozen=True, tag="kiosk_started"):
    boot: str
    software: str
    time_quality: str
