"""What the host may ask of the simulated SSP validator, and what it answers (acceptors.md §5.2).

Commands in clear; encryption stands around them in `ssp_sim_keys`. What must be encrypted, the poll with
acknowledgement, answers "key not set" where it is not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from hardware.acceptors.ssp_sim_settings import FEN_PER_UNIT, REJECTS
from hardware.acceptors.ssp_sim_states import HELD
from hardware.acceptors.ssp_sim_unit import Unit

OK: Final = b"\xf0"
UNKNOWN: Final = b"\xf2"
WRONG_COUNT: Final = b"\xf3"
NOT_NOW: Final = b"\xf5"
FAILED: Final = b"\xf8"
NO_KEY: Final = b"\xfa"

SYNC: Final = 0x11
ENCRYPTED: Final = 0x7E  # first byte of an encrypted data field
POLL_WITH_ACK, EVENT_ACK = 0x56, 0x57
ENCRYPTED_ONLY: Final = (ENCRYPTED, POLL_WITH_ACK, EVENT_ACK)
EXTENDED_FROM: Final = 6  # protocol version
CHANNEL_SECURITY: Final = 2
COUNTERS: Final = 5


def answer(unit: Unit, data: bytes, sealed: bool = False) -> bytes:
    """The data of the reply to a command (code and parameters) from the host; `sealed`: it came encrypted."""
    if data[0] in ENCRYPTED_ONLY and not sealed:
        return NO_KEY
    command = COMMANDS.get(data[0])
    if command is None:
        return UNKNOWN
    if len(data) - 1 != command.parameters:
        return WRONG_COUNT
    return command.carry_out(unit, data[1:])


def _sync(unit: Unit, _: bytes) -> bytes:
    if unit.settings.sync_returns and unit.state in HELD:
        unit.reject(REJECTS["by_host"])
    return OK


def _reset(unit: Unit, _: bytes) -> bytes:
    unit.restart()
    return OK


def _set_inhibits(unit: Unit, mask: bytes) -> bytes:
    unit.accepts = int.from_bytes(mask, "little")
    return OK


def _light(_: Unit, __: bytes) -> bytes:
    return OK


def _setup(unit: Unit, _: bytes) -> bytes:
    security = bytes([CHANNEL_SECURITY] * len(unit.settings.notes_fen))
    multiplier = FEN_PER_UNIT.to_bytes(3, "big")
    return (
        OK + _kind(unit) + _channels(unit) + security + multiplier + bytes([unit.protocol]) + _extended(unit)
    )


def _kind(unit: Unit) -> bytes:
    """Type, firmware, country and value multiplier; 0 where the values do not fit one byte each."""
    texts = unit.settings.firmware + unit.settings.currency
    fits = max(unit.settings.notes_fen) // FEN_PER_UNIT <= 0xFF
    return bytes([unit.settings.unit_type]) + texts.encode("ascii") + int(fits).to_bytes(3, "big")


def _channels(unit: Unit) -> bytes:
    values = [fen // FEN_PER_UNIT for fen in unit.settings.notes_fen]
    return bytes([len(values), *(value if max(values) <= 0xFF else 0 for value in values)])


def _extended(unit: Unit) -> bytes:
    """Country and four-byte value of each channel; nothing in older versions of the protocol."""
    if unit.protocol < EXTENDED_FROM:
        return b""
    notes = unit.settings.notes_fen
    values = b"".join((fen // FEN_PER_UNIT).to_bytes(4, "little") for fen in notes)
    return unit.settings.currency.encode("ascii") * len(notes) + values


def _protocol(unit: Unit, version: bytes) -> bytes:
    if not 1 <= version[0] <= unit.settings.max_protocol:
        return FAILED
    unit.protocol = version[0]
    return OK


def _poll(unit: Unit, _: bytes) -> bytes:
    return OK + unit.polled()


def _poll_with_ack(unit: Unit, _: bytes) -> bytes:
    return OK + unit.polled(acknowledged=True)


def _event_ack(unit: Unit, _: bytes) -> bytes:
    if not unit.pending.unacknowledged:
        return NOT_NOW
    unit.pending.unacknowledged.clear()
    return OK


def _reject(unit: Unit, _: bytes) -> bytes:
    if unit.state not in HELD:
        return bytes.fromhex(unit.settings.without_note)
    unit.reject(REJECTS["by_host"])
    return OK


def _hold(unit: Unit, _: bytes) -> bytes:
    if unit.state not in HELD:
        return bytes.fromhex(unit.settings.without_note)
    unit.enter(unit.state)  # from the beginning
    return OK


def _disable(unit: Unit, _: bytes) -> bytes:
    unit.allow(False)
    if unit.settings.disable_returns:
        unit.reject_unaccepted(REJECTS["disabled"])
    return OK


def _enable(unit: Unit, _: bytes) -> bytes:
    if unit.jam is not None:
        return NOT_NOW
    unit.allow(True)
    return OK


def _serial(unit: Unit, _: bytes) -> bytes:
    return OK + unit.serial.to_bytes(4, "big")


def _unit_data(unit: Unit, _: bytes) -> bytes:
    return OK + _kind(unit) + bytes([unit.protocol])


def _channel_values(unit: Unit, _: bytes) -> bytes:
    return OK + _channels(unit) + _extended(unit)


def _channel_security(unit: Unit, _: bytes) -> bytes:
    channels = len(unit.settings.notes_fen)
    return OK + bytes([channels, *[CHANNEL_SECURITY] * channels])


def _bar_code_reader(_: Unit, __: bytes) -> bytes:
    return OK + bytes([0, 0, 1, 18])  # no reader, none enabled, interleaved 2 of 5, 18 characters


def _bar_code_inhibit(_: Unit, __: bytes) -> bytes:
    return OK + b"\xfe"  # notes are read, bar codes are not


def _build(unit: Unit, _: bytes) -> bytes:
    return OK + bytes([unit.settings.unit_type, 0, 1])


def _last_reject(unit: Unit, _: bytes) -> bytes:
    return OK + bytes([unit.last_reject])


def _firmware(unit: Unit, _: bytes) -> bytes:
    return OK + f"NV0200{unit.settings.firmware}".ljust(16, "0").encode("ascii")


def _dataset(unit: Unit, _: bytes) -> bytes:
    return OK + f"{unit.settings.currency}01A10".encode("ascii")


def _counters(unit: Unit, _: bytes) -> bytes:
    if not unit.settings.has_counters:
        return UNKNOWN
    counts = (unit.stacked, 0, 0, 0, unit.rejected)  # it stores, dispenses and transfers nothing
    return OK + bytes([COUNTERS]) + b"".join(count.to_bytes(4, "little") for count in counts)


def _reset_counters(unit: Unit, _: bytes) -> bytes:
    if not unit.settings.has_counters:
        return UNKNOWN
    unit.stacked = unit.rejected = 0
    return OK


class Command(NamedTuple):
    parameters: int  # bytes
    carry_out: Callable[[Unit, bytes], bytes]


COMMANDS: Final = {
    0x01: Command(0, _reset),
    0x02: Command(2, _set_inhibits),
    0x03: Command(0, _light),
    0x04: Command(0, _light),
    0x05: Command(0, _setup),
    0x06: Command(1, _protocol),
    0x07: Command(0, _poll),
    0x08: Command(0, _reject),
    0x09: Command(0, _disable),
    0x0A: Command(0, _enable),
    0x0C: Command(0, _serial),
    0x0D: Command(0, _unit_data),
    0x0E: Command(0, _channel_values),
    0x0F: Command(0, _channel_security),
    SYNC: Command(0, _sync),
    0x17: Command(0, _last_reject),
    0x18: Command(0, _hold),
    0x20: Command(0, _firmware),
    0x21: Command(0, _dataset),
    0x23: Command(0, _bar_code_reader),
    0x25: Command(0, _bar_code_inhibit),
    0x4F: Command(0, _build),
    0x54: Command(4, _light),
    POLL_WITH_ACK: Command(0, _poll_with_ack),
    EVENT_ACK: Command(0, _event_ack),
    0x58: Command(0, _counters),
    0x59: Command(0, _reset_counters),
}
