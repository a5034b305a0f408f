"""What the host may ask of the simulated ID-003 acceptor, when, and what it answers (acceptors.md §6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from hardware.acceptors.id003_sim_unit import Id003Unit
from hardware.acceptors.id003_sim_wire import currency_table
from hardware.acceptors.sim_unit import HELD, State

ACK: Final = b"\x50"
COMMUNICATION_ERROR: Final = b"\x4a"
INVALID_COMMAND: Final = b"\x4b"
RESET: Final = 0x40
POLLED_MODE: Final = b"\x00"

STATUS_CODES: Final = {
    State.IDLE: 0x11,
    State.ACCEPTING: 0x12,
    State.ESCROW: 0x13,
    State.STACKING: 0x14,
    State.PAST_LEVER: 0x14,
    State.VEND_VALID: 0x15,
    State.STORING: 0x16,
    State.STACKED: 0x16,
    State.REJECTING: 0x17,
    State.RETURNING: 0x18,
    State.HOLDING: 0x19,
    State.DISABLED: 0x1A,
    State.INITIALISING: 0x1B,
    State.POWER_UP: 0x40,
    State.POWER_UP_NOTE_IN_VALIDATOR: 0x41,
    State.POWER_UP_NOTE_IN_STACKER: 0x42,
    State.BOX_FULL: 0x43,
    State.BOX_OUT: 0x44,
    State.JAM: 0x45,
    State.BOX_JAM: 0x46,
    State.PAUSE: 0x47,
    State.CHEATED: 0x48,
    State.FAILURE: 0x49,
}


def answer(unit: Id003Unit, said: bytes) -> bytes:
    """Code and data of the reply to code and data of the host; empty where it gets none."""
    if said == ACK:
        unit.acknowledged()
        return b""
    if unit.state is State.MUTE and said[0] != RESET:
        return b""
    command = COMMANDS.get(said[0])
    if (
        command is None
        or len(said) - 1 != command.parameters
        or (command.states is not None and unit.state not in command.states)
    ):
        return INVALID_COMMAND
    return command.carry_out(unit, said)


def _status(unit: Id003Unit, _: bytes) -> bytes:
    unit.polled()
    return bytes([STATUS_CODES[unit.state]]) + _status_detail(unit)


def _status_detail(unit: Id003Unit) -> bytes:
    match unit.state:
        case State.ESCROW:
            note_type = unit.notes.inside[0].type
            detail = None if note_type is None else 0x61 + note_type
        case State.REJECTING:
            detail = unit.rejects
        case State.FAILURE:
            detail = unit.failure
        case _:
            detail = None
    return b"" if detail is None else bytes([detail])


def _done(act: Callable[[Id003Unit], None]) -> Callable[[Id003Unit, bytes], bytes]:
    """An operation: it is carried out and acknowledged."""

    def carry_out(unit: Id003Unit, _: bytes) -> bytes:
        act(unit)
        return ACK

    return carry_out


def _set(act: Callable[[Id003Unit, bytes], None]) -> Callable[[Id003Unit, bytes], bytes]:
    """A setting: it is kept and echoed."""

    def carry_out(unit: Id003Unit, said: bytes) -> bytes:
        act(unit, said[1:])
        return said

    return carry_out


def _told(look: Callable[[Id003Unit], bytes]) -> Callable[[Id003Unit, bytes], bytes]:
    """A question: its code comes back with the answer."""
    return lambda unit, said: said + look(unit)


def _set_denominations(unit: Id003Unit, data: bytes) -> None:
    unit.denominations_off = data


def _set_security(unit: Id003Unit, data: bytes) -> None:
    unit.security = data


def _set_mode(unit: Id003Unit, said: bytes) -> bytes:
    return said if said[1:] == POLLED_MODE else INVALID_COMMAND  # this unit never speaks unasked


def _set_direction(unit: Id003Unit, data: bytes) -> None:
    unit.direction = data[0]


def _set_options(unit: Id003Unit, data: bytes) -> None:
    unit.options = data


def _set_bar_code(unit: Id003Unit, data: bytes) -> None:
    unit.bar_code = data


def _set_bar_code_inhibit(unit: Id003Unit, data: bytes) -> None:
    unit.bar_code_inhibit = data


class Command(NamedTuple):
    parameters: int  # bytes
    states: frozenset[State] | None  # None: valid in all
    carry_out: Callable[[Id003Unit, bytes], bytes]


_INITIALISING: Final = frozenset({State.INITIALISING})

COMMANDS: Final = {
    0x11: Command(0, None, _status),
    RESET: Command(0, None, _done(Id003Unit.reset)),
    0x41: Command(0, HELD, _done(lambda u: u.stack(stores_first=False))),
    0x42: Command(0, HELD, _done(lambda u: u.stack(stores_first=True))),
    0x43: Command(0, HELD, _done(Id003Unit.give_back)),
    0x44: Command(0, HELD, _done(Id003Unit.hold)),
    0x45: Command(0, None, _done(Id003Unit.wait)),
    0xC0: Command(2, _INITIALISING, _set(_set_denominations)),
    0xC1: Command(2, _INITIALISING, _set(_set_security)),
    0xC2: Command(1, _INITIALISING, _set_mode),
    0xC3: Command(1, None, _set(lambda u, data: u.set_inhibit(data[0]))),
    0xC4: Command(1, _INITIALISING, _set(_set_direction)),
    0xC5: Command(2, _INITIALISING, _set(_set_options)),
    0xC6: Command(2, _INITIALISING, _set(_set_bar_code)),
    0xC7: Command(1, None, _set(_set_bar_code_inhibit)),
    0x80: Command(0, None, _told(lambda u: u.denominations_off)),
    0x81: Command(0, None, _told(lambda u: u.security)),
    0x82: Command(0, None, _told(lambda u: POLLED_MODE)),
    0x83: Command(0, None, _told(lambda u: bytes([u.inhibit]))),
    0x84: Command(0, None, _told(lambda u: bytes([u.direction]))),
    0x85: Command(0, None, _told(lambda u: u.options)),
    0x86: Command(0, None, _told(lambda u: u.bar_code)),
    0x87: Command(0, None, _told(lambda u: u.bar_code_inhibit)),
    0x88: Command(0, None, _told(lambda u: u.version.encode("ascii"))),
    0x89: Command(0, None, _told(lambda u: u.settings.boot_version.encode("ascii"))),
    0x8A: Command(0, None, _told(lambda u: currency_table(u.settings.country, u.settings.notes_fen))),
}
