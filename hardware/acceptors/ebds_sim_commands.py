"""What a message of the host does to the simulated EBDS acceptor, and the reply (acceptors.md §7)."""

from __future__ import annotations

from typing import Final

from hardware.acceptors.ebds_sim_reports import INHIBITS, NOTE, about_a_note, about_itself
from hardware.acceptors.ebds_sim_settings import Policy
from hardware.acceptors.ebds_sim_unit import EbdsUnit
from hardware.acceptors.ebds_sim_wire import AUXILIARY, EXTENDED, HOST, Frame, encoded
from hardware.acceptors.sim_unit import POWER_UPS, State

SOFT_RESET: Final = b"\x7f\x7f\x7f"

# The host's second byte.
ESCROW: Final = 0x10
STACK: Final = 0x20
RETURN: Final = 0x40

# The third.
EXTENDED_NOTES: Final = 0x10

# The reply's first byte by state; states that are not here show no bit of it.
SHOWN: Final = {
    State.IDLE: 0x01,
    State.DISABLED: 0x01,
    State.BOX_OUT: 0x01,
    State.ACCEPTING: 0x02,
    State.REJECTING: 0x02,
    State.ESCROW: 0x04,
    State.STACKING: 0x08,
    State.PAST_LEVER: 0x08,
    State.STACKED: 0x08,
    State.RETURNING: 0x20,
}
STACKED: Final = 0x10
RETURNED: Final = 0x40
# The second byte.
TROUBLES: Final = {
    State.CHEATED: 0x01,
    State.JAM: 0x04,
    State.BOX_JAM: 0x04,
    State.BOX_FULL: 0x08,
    State.PAUSE: 0x20,
}
REJECTED: Final = 0x02
BOX_PRESENT: Final = 0x10
# The third.
POWER_UP: Final = 0x01
INVALID: Final = 0x02
# The fourth.
DISABLED: Final = 0x20

ASLEEP: Final = POWER_UPS | {State.OFF}


def answer(unit: EbdsUnit, message: Frame) -> bytes:
    """The frame that goes back; empty where there is none.

    A message with the toggle of the one before is that one said again: nothing is done, the reply is said
    again too."""
    if not message.good:
        return last_reply(unit)
    if message.kind == AUXILIARY and message.data == SOFT_RESET:
        unit.restart()
        return b""
    if unit.last is not None and unit.last[0] == message.toggle:
        return last_reply(unit)
    understood = _understood(unit, message)
    if unit.state in ASLEEP:  # nothing but a host's message wakes it; or mains went while it was carried out
        return b""
    unit.last = message.toggle, _worded(unit, message, understood)
    return last_reply(unit)


def _understood(unit: EbdsUnit, message: Frame) -> bool:
    """Carry it out. An extended message is a subtype, a message as usual, and what the subtype is about."""
    data = message.data
    if message.kind == HOST:
        return _carry_out(unit, data)
    if message.kind == AUXILIARY:
        return about_itself(unit.settings, data) is not None
    if message.kind != EXTENDED or not unit.settings.extended_notes or len(data) < 5:
        return False
    if data[0] == INHIBITS:
        unit.allowed = data[4]
    return data[0] in (NOTE, INHIBITS) and _carry_out(unit, data[1:4])


def _worded(unit: EbdsUnit, message: Frame, understood: bool) -> bytes:
    if understood and message.kind == AUXILIARY:
        return encoded(message.toggle, about_itself(unit.settings, message.data) or b"", AUXILIARY)
    report, value = _report(unit, understood)
    if understood and message.kind == EXTENDED and message.data[0] == NOTE:
        asked = message.data[4]
        return _about_a_note(unit, message.toggle, report, asked, asked)
    if understood and value and message.kind == HOST and _wants_notes_in_full(unit, message.data):
        return _about_a_note(unit, message.toggle, report, value, 0)
    return encoded(message.toggle, report[:2] + bytes([report[2] | value << 3]) + report[3:])


def _wants_notes_in_full(unit: EbdsUnit, data: bytes) -> bool:
    return bool(data[2] & EXTENDED_NOTES) and unit.settings.extended_notes


def _about_a_note(unit: EbdsUnit, toggle: int, report: bytes, value: int, index: int) -> bytes:
    return encoded(toggle, bytes([NOTE]) + report + about_a_note(unit.settings, value, index), EXTENDED)


def last_reply(unit: EbdsUnit) -> bytes:
    """Said where a message was not accepted: the host sees its own old toggle and says it again."""
    return b"" if unit.last is None else unit.last[1]


def _carry_out(unit: EbdsUnit, data: bytes) -> bool:
    if len(data) != 3:
        return False
    denominations, wishes, modes = data
    unit.policy = _policy(modes)
    if unit.state in POWER_UPS:
        unit.first_message()
    unit.accept(denominations, bool(wishes & ESCROW))
    if wishes & STACK and wishes & RETURN:
        return False
    if unit.state is State.ESCROW and unit.shown is unit.notes.inside[0]:
        if wishes & STACK:
            unit.stack()
        elif wishes & RETURN:
            unit.give_back()
    return True


def _policy(modes: int) -> Policy:
    bits = modes >> 2 & 0x03
    return Policy(bits) if bits in (Policy.B.value, Policy.C.value) else Policy.A


def _report(unit: EbdsUnit, understood: bool) -> tuple[bytes, int]:
    """Six bytes and, apart, the number of the note that they are about; 0: of none.

    Events are shown in one reply only, beside the state of the moment."""
    first, second = SHOWN.get(unit.state, 0), TROUBLES.get(unit.state, 0)
    third = fourth = value = 0
    if unit.state is State.ESCROW:
        unit.shown = unit.notes.inside[0]
        value = (unit.shown.type or 0) + 1
    elif (stacked := unit.tells_stacked()) is not None:
        first |= STACKED
        value = stacked
    if unit.says_returned:
        first |= RETURNED
        if unit.tells_both:
            unit.tells_both -= 1
            first |= STACKED
    if unit.says_rejected:
        second |= REJECTED
    if unit.says_power_up:
        third |= POWER_UP
    unit.says_returned = unit.says_rejected = unit.says_power_up = False
    if unit.box_present:
        second |= BOX_PRESENT
    if not understood:
        third |= INVALID
    if unit.state is State.FAILURE and unit.failure is not None:
        third |= unit.failure & 0x7F
        fourth |= unit.failure >> 8
    if not unit.enabled_fen():
        fourth |= DISABLED
    return bytes([first, second, third, fourth, unit.model, unit.settings.revision]), value
