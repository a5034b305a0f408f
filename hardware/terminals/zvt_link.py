"""Frames that arrive whole or are said again: ACK, NAK and repetitions of ZVT. No I/O, no clock.

A frame whose acknowledgement was lost comes twice; so whoever uses this takes no harm from an APDU told again."""

from __future__ import annotations

from collections import deque
from typing import Final

from hardware.terminals.zvt_frames import ACK, NAK, Decoder, Sign, encode

GAP_S: Final = 0.2  # T1: between the bytes of a frame
ACK_S: Final = 5.0  # T2: until a frame is acknowledged
TRIES: Final = 3
SOME_NOISE: Final = 16  # bytes


class Link:
    """`send`, then write `take_out()`; `receive` what came; `tick` at `due_s`. `dead`: a frame was never heard."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.dead = False
        self._decoder = Decoder()
        self.count_afresh()
        self._waiting: deque[tuple[bytes, int, float]] = deque()  # frame, tries, seconds for each
        self._once: bytes | None = None  # the frame that is said again only if it arrived damaged
        self._out = bytearray()
        self._tries_left = 0
        self._again_s: float | None = None  # when the first one waiting is said again
        self._gap_s: float | None = None  # when a frame that has begun is given up

    def count_afresh(self) -> None:
        self.frames = 0  # whole ones heard since
        self.noise = (
            0  # bytes heard since that were no sign; of frames, too, so it tells only where `frames` is 0
        )

    @property
    def babbles(self) -> bool:
        """More was heard than a frame that was cut short, and nothing whole."""
        return self.noise > SOME_NOISE and not self.frames

    @property
    def due_s(self) -> float | None:
        return min((at for at in (self._again_s, self._gap_s) if at is not None), default=None)

    def take_out(self) -> bytes:
        out = bytes(self._out)
        self._out.clear()
        return out

    def send_once(self, now_s: float, whole: bytes) -> None:
        """Said again after a NAK, never into silence: it may have been heard, and frames have no numbers."""
        self._once = encode(whole)
        self.send(now_s, whole)

    def send(self, now_s: float, whole: bytes, tries: int = TRIES, ack_s: float = ACK_S) -> None:
        self._waiting.append((encode(whole), tries, ack_s))
        if len(self._waiting) == 1:
            self._first(now_s)

    def answered(self, now_s: float) -> None:
        """What it was for was carried out or refused, so it arrived, whatever became of its acknowledgement."""
        if self._once_is_first:
            self._acknowledged(now_s)

    @property
    def _once_is_first(self) -> bool:
        return bool(self._waiting) and self._waiting[0][0] == self._once

    def forget(self) -> None:
        """What still waits for its acknowledgement is not said again."""
        self._waiting.clear()
        self._again_s = None

    def receive(self, now_s: float, data: bytes) -> list[bytes]:
        """The APDUs that came whole."""
        heard = self._decoder.feed(data)
        self.noise += len(data) - sum(item in (Sign.ACK, Sign.NAK) for item in heard)
        self._gap_s = now_s + GAP_S if self._decoder.inside else None
        whole: list[bytes] = []
        for item in heard:
            match item:
                case Sign.ACK:
                    self._acknowledged(now_s)
                case Sign.NAK:
                    self._again(now_s)
                case Sign.BAD:
                    self._out += NAK
                case bytes():
                    self.frames += 1
                    self._out += ACK
                    whole.append(item)
        return whole

    def tick(self, now_s: float) -> None:
        if self._gap_s is not None and now_s >= self._gap_s:
            self._gap_s = None
            self._decoder.clear()
            self._out += NAK
        if self._again_s is not None and now_s >= self._again_s:
            if self._once_is_first:
                self._tries_left = 0
            self._again(now_s)

    def _first(self, now_s: float) -> None:
        self._tries_left = self._waiting[0][1]
        self._again(now_s)

    def _again(self, now_s: float) -> None:
        if not self._waiting:
            return
        if not self._tries_left:
            self._again_s, self.dead = None, True
            self._waiting.clear()
            return
        frame, _, ack_s = self._waiting[0]
        self._tries_left -= 1
        self._out += frame
        self._again_s = now_s + ack_s

    def _acknowledged(self, now_s: float) -> None:
        if not self._waiting:
            return
        self._waiting.popleft()
        self._again_s = None
        if self._waiting:
            self._first(now_s)
