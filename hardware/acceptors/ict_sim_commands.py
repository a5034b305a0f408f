"""What the host may say to the simulated ICT acceptor, and what comes back (acceptors.md §4.2, §4.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hardware.acceptors.ict_sim_unit import HELD, State, Unit

ENABLED: Final = b"\x3e"
INHIBITED: Final = b"\x5e"
BUSY: Final = b"\x71"
POWER_SUPPLY_ON: Final = b"\xa1"
INVALID_COMMAND: Final = b"\x2a"
RESET: Final = 0x30

MOVING: Final = {
    State.ACCEPTING,
    State.REJECTING,
    State.STACKING,
    State.PAST_LEVER,
    State.STACKED,
    State.RETURNING,
    State.RETURNED,
}


def answer(unit: Unit, byte: int) -> bytes:
    """What the unit says to one byte from the host; mostly nothing."""
    traits = unit.traits
    if byte in unit.settings.hold_codes and traits.knows_hold:
        _hold(unit)
        return b""
    if byte in COMMANDS and (byte != RESET or traits.knows_reset):
        return COMMANDS[byte](unit)
    return INVALID_COMMAND if traits.refuses_unknown else b""


def _accept(unit: Unit) -> bytes:
    """02h means two things: a note in escrow hears only the one."""
    if unit.state in HELD:
        unit.silent_escrows = 0
        unit.enter(State.STACKING)
    elif not unit.answered:
        unit.answered = unit.enabled = True
        if unit.state in (State.POWER_UP, State.UNANSWERED):
            unit.settle()
    return b""


def _reject(unit: Unit) -> bytes:
    if unit.state in HELD:
        unit.silent_escrows = 0
        unit.enter(State.RETURNING)
    return b""


def _hold(unit: Unit) -> None:
    if unit.state in HELD:
        unit.silent_escrows = 0
        unit.enter(State.HOLDING)


def _reset(unit: Unit) -> bytes:
    unit.restart()
    return b""


def _enable(unit: Unit) -> bytes:
    _switch(unit, on=True)
    return b""


def _inhibit(unit: Unit) -> bytes:
    _switch(unit, on=False)
    return b""


def _switch(unit: Unit, on: bool) -> None:
    """A note that is inside already stays where it is."""
    if on and not unit.answered and not unit.settings.enabled_without_answer:
        return
    unit.enabled = on
    if unit.state in (State.IDLE, State.DISABLED, State.UNANSWERED):
        unit.settle()


def _status(unit: Unit) -> bytes:
    if unit.trouble is not None:
        return bytes([unit.trouble])
    if unit.traits.detailed_status:
        if unit.state is State.POWER_UP:
            return POWER_SUPPLY_ON
        if unit.state in MOVING:
            return BUSY
        if unit.state in HELD:
            return bytes([0x81, 0x40 | (unit.notes.inside[0].type or 0)])
    return ENABLED if unit.enabled else INHIBITED


COMMANDS: Final[dict[int, Callable[[Unit], bytes]]] = {
    0x02: _accept,
    0x0F: _reject,
    0x0C: _status,
    RESET: _reset,
    0x3E: _enable,
    0x5E: _inhibit,
}
