"""What the host may ask of the simulated validator, when, and what it answers (acceptors.md §3.4, §3.5)."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final, NamedTuple

from hardware.acceptors.ccnet_sim_unit import POWER_UPS, State, Unit
from hardware.acceptors.ccnet_sim_wire import ACK, ILLEGAL_COMMAND, bill_table

POLL: Final = 0x33
POLL_CODES: Final = {
    State.POWER_UP: 0x10,
    State.POWER_UP_NOTE_IN_VALIDATOR: 0x11,
    State.POWER_UP_NOTE_IN_STACKER: 0x12,
    State.INITIALISING: 0x13,
    State.IDLE: 0x14,
    State.ACCEPTING: 0x15,
    State.STACKING: 0x17,
    State.PAST_LEVER: 0x17,
    State.RETURNING: 0x18,
    State.DISABLED: 0x19,
    State.HOLDING: 0x1A,
    State.BUSY: 0x1B,
    State.REJECTING: 0x1C,
    State.BOX_FULL: 0x41,
    State.BOX_OUT: 0x42,
    State.JAM: 0x43,
    State.BOX_JAM: 0x44,
    State.CHEATED: 0x45,
    State.PAUSE: 0x46,
    State.FAILURE: 0x47,
    State.ESCROW: 0x80,
    State.STACKED: 0x81,
    State.RETURNED: 0x82,
}


def answer(unit: Unit, data: bytes) -> bytes:
    """The data of the reply to a command (code and parameters) from the host."""
    unit.awaits_ack = False
    command = COMMANDS.get(data[0])
    if (
        command is None
        or len(data) - 1 < command.parameters  # public hosts send a byte too many, to units that take it
        or (command.states is not None and unit.state not in command.states)
    ):
        return ILLEGAL_COMMAND
    return command.carry_out(unit, data[1 : 1 + command.parameters])


def host_acknowledges(unit: Unit) -> None:
    if unit.awaits_ack:
        unit.awaits_ack = False
        unit.told()


def _reset(unit: Unit, _: bytes) -> bytes:
    unit.reset()
    return ACK


def _status(unit: Unit, _: bytes) -> bytes:
    return unit.enabled.to_bytes(3, "big") + unit.security.to_bytes(3, "big")


def _security(unit: Unit, parameters: bytes) -> bytes:
    unit.security = int.from_bytes(parameters, "big")
    return ACK


def _poll(unit: Unit, _: bytes) -> bytes:
    reply = bytes([POLL_CODES[unit.state]]) + _poll_detail(unit)
    unit.awaits_ack = unit.state in (State.STACKED, State.RETURNED)
    if unit.settings.reports_once:
        host_acknowledges(unit)
    return reply


def _poll_detail(unit: Unit) -> bytes:
    match unit.state:
        case State.ESCROW:
            detail = unit.notes.inside[0].type
        case State.STACKED:
            detail = unit.untold if unit.wrong_type is None else unit.wrong_type
        case State.RETURNED:
            detail = unit.returned_type
        case State.REJECTING:
            detail = unit.rejects
        case State.FAILURE:
            detail = unit.failure
        case State.BUSY:
            detail = min(255, max(1, round(unit.busy_for_s * 10)))
        case _:
            detail = None
    return b"" if detail is None else bytes([detail])


def _enable(unit: Unit, parameters: bytes) -> bytes:
    unit.enabled = int.from_bytes(parameters[:3], "big")
    unit.with_escrow = int.from_bytes(parameters[3:], "big")
    if unit.state in (State.IDLE, State.DISABLED):
        unit.settle()
    return ACK


def _stack(unit: Unit, _: bytes) -> bytes:
    unit.enter(State.STACKING)
    return ACK


def _return(unit: Unit, _: bytes) -> bytes:
    unit.give_back()
    return ACK


def _hold(unit: Unit, _: bytes) -> bytes:
    unit.enter(State.HOLDING)
    return ACK


def _identification(unit: Unit, _: bytes) -> bytes:
    asset = zlib.crc32(unit.serial.encode()).to_bytes(7, "big")
    return unit.settings.part.ljust(15).encode("ascii") + unit.serial.ljust(12).encode("ascii") + asset


def _bill_table(unit: Unit, _: bytes) -> bytes:
    return bill_table(unit.settings.currency, unit.settings.notes_fen)


def _crc32(unit: Unit, _: bytes) -> bytes:
    return zlib.crc32(unit.settings.part.encode()).to_bytes(4, "big")


def _escrow_timeouts(unit: Unit, parameters: bytes) -> bytes:
    if not unit.settings.has_escrow_timeouts:
        return ILLEGAL_COMMAND
    unit.escrow_s = int.from_bytes(parameters[:4], "big") / 1000
    return ACK


def _counter(unit: Unit, _: bytes) -> bytes:
    return unit.counter.to_bytes(2, "big") if unit.settings.has_counter else ILLEGAL_COMMAND


def _set_options(unit: Unit, parameters: bytes) -> bytes:
    unit.options = parameters
    return ACK


def _options(unit: Unit, _: bytes) -> bytes:
    return unit.options


class Command(NamedTuple):
    parameters: int  # bytes
    states: frozenset[State] | None  # None: valid in all
    carry_out: Callable[[Unit, bytes], bytes]


_HELD: Final = frozenset({State.ESCROW, State.HOLDING})
_AT_REST: Final = frozenset({State.INITIALISING, State.DISABLED})
_NOT_IN_SERVICE: Final = _AT_REST | POWER_UPS | {State.FAILURE}

COMMANDS: Final = {
    0x30: Command(0, None, _reset),
    0x31: Command(0, None, _status),
    0x32: Command(3, None, _security),
    POLL: Command(0, None, _poll),
    0x34: Command(6, None, _enable),
    0x35: Command(0, _HELD, _stack),
    0x36: Command(0, _HELD, _return),
    0x37: Command(0, _NOT_IN_SERVICE, _identification),
    0x38: Command(0, _HELD, _hold),
    0x41: Command(0, _NOT_IN_SERVICE, _bill_table),
    0x51: Command(0, _AT_REST | {State.FAILURE}, _crc32),
    0x5A: Command(8, None, _escrow_timeouts),
    0x5B: Command(0, None, _counter),
    0x68: Command(4, _AT_REST, _set_options),
    0x69: Command(0, _AT_REST, _options),
}
