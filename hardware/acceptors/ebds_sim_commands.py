"""What a message of the host does to the simulated EBDS acceptor, and the reply (acceptors.md §7)."""

from __future__ import annotations

from typing import Final

from hardware.acceptors.ebds_sim_settings import Policy
from hardware.acceptors.ebds_sim_unit import EbdsUnit
from hardware.acceptors.ebds_sim_wire import AUXILIARY, HOST, Frame, encoded
from hardware.acceptors.sim_unit import POWER_UPS, State

SOFT_RESET: Final = b"\x7f\x7f\x7f"

# The host's second byte.
ESCROW: Final = 0x10
STACK: Final = 0x20
RETURN: Final = 0x40

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
    understood = _carry_out(unit, message)
    if unit.state in ASLEEP:  # nothing but a host's message wakes it; or mains went while it was carried out
        return b""
    unit.last = message.toggle, encoded(message.toggle, _report(unit, understood))
    return last_reply(unit)


def last_reply(unit: EbdsUnit) -> bytes:
    """Said where a message was not accepted: the host sees its own old toggle and says it again."""
    return b"" if unit.last is None else unit.last[1]


def _carry_out(unit: EbdsUnit, message: Frame) -> bool:
    if message.kind != HOST or len(message.data) != 3:
        return False
    denominations, wishes, modes = message.data
    unit.policy = _policy(modes)
    if unit.state in POWER_UPS:
        unit.first_message()
        wishes &= ~(STACK | RETURN)  # the host can not have seen what it would decide about
    unit.accept(denominations, bool(wishes & ESCROW))
    if wishes & STACK and wishes & RETURN:
        return False
    if unit.state is State.ESCROW and wishes & STACK:
        unit.stack()
    elif unit.state is State.ESCROW and wishes & RETURN:
        unit.give_back()
    return True


def _policy(modes: int) -> Policy:
    bits = modes >> 2 & 0x03
    return Policy(bits) if bits in (Policy.B.value, Policy.C.value) else Policy.A


def _report(unit: EbdsUnit, understood: bool) -> bytes:
    """Events are shown in one reply only, beside the state of the moment."""
    first, second = SHOWN.get(unit.state, 0), TROUBLES.get(unit.state, 0)
    third = fourth = value = 0
    if unit.state is State.ESCROW:
        value = (unit.notes.inside[0].type or 0) + 1
    elif (stacked := unit.tells_stacked()) is not None:
        first |= STACKED
        value = stacked
    if unit.says_returned:
        first |= RETURNED
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
    return bytes([first, second, third | value << 3, fourth, unit.model, unit.settings.revision])
