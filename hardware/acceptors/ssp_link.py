"""Between the SSP machine and its frames: the sequence flag, and the encryption where a fixed key is given (eSSP).

A key is agreed on after each SYNC. Then every command goes out encrypted, and only an encrypted answer counts, or
the plain word of a unit that has lost its key."""

from __future__ import annotations

from typing import Final

from hardware.acceptors.essp import Aes, Packets, fresh_exchange
from hardware.acceptors.ssp_codes import Command, Reply
from hardware.acceptors.ssp_frames import Exchange, Frame

KEY_STEPS: Final = (Command.SET_GENERATOR, Command.SET_MODULUS, Command.REQUEST_KEY_EXCHANGE)
_KEY_LOST: Final = bytes((Reply.KEY_NOT_SET,))


class Link:
    def __init__(self, fixed_key: int | None) -> None:
        self._fixed_key = fixed_key
        self._exchange = Exchange()
        self._packets: Packets | None = None

    @property
    def key_steps(self) -> tuple[Command, ...]:
        """What has to be asked after SYNC."""
        return () if self._fixed_key is None else KEY_STEPS

    @property
    def encrypted(self) -> bool:
        return self._packets is not None

    def first(self, data: bytes) -> bytes:
        """SYNC; whatever key there was is forgotten."""
        self._packets = None
        if self._fixed_key is not None:
            self._keys = fresh_exchange()
        return self._exchange.first(data)

    def next(self, command: Command, data: bytes) -> bytes:
        if command in KEY_STEPS:
            return self._exchange.next(self._keys.commands[KEY_STEPS.index(command)])
        return self._exchange.next(data if self._packets is None else self._packets.seal(data))

    def again(self) -> bytes:
        """The same bytes: a unit that has carried them out repeats its answer."""
        return self._exchange.again()

    def agreed(self, slave_key: bytes) -> None:
        """Raises ValueError on a key that is none."""
        if self._fixed_key is not None:
            self._packets = Packets(Aes(self._keys.session_key(slave_key, self._fixed_key)))

    def echoed_by(self, frame: Frame) -> bool:
        return self._exchange.echoed_by(frame)

    def answer_in(self, frame: Frame) -> bytes | None:
        """The data of an answer to the last packet; None when this frame is none that counts."""
        if not self._exchange.answered_by(frame):
            return None
        if self._packets is None or frame.data == _KEY_LOST:
            return frame.data
        return self._packets.open(frame.data)
