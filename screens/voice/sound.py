"""Sounds and what plays them. Signed 16-bit mono samples; a player blocks until the end or until told to stop."""

from __future__ import annotations

import array
import functools
import logging
import math
import subprocess
import threading
import wave
from pathlib import Path
from typing import Final, NamedTuple, Protocol

log = logging.getLogger(__name__)

CHUNK_S: Final = 0.1  # after "stop" no more than this much more reaches the sound card
CHIME_HZ: Final = (
    880,
    587,
)  # within what old ears and small loudspeakers have (VVSG 7.1-L: 315 Hz to 10 kHz)
CHIME_S: Final = 0.12  # each tone
CHIME_RATE: Final = 22_050
CHIME_PEAK: Final = 8_000  # as loud as the voice: its usual level is 18 dB below the loudest sample
END_S: Final = 2.0  # how long the sound card may take for what it has in its buffer


class Sound(NamedTuple):
    samples: bytes
    hz: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / 2 / self.hz


def read_wav(path: Path) -> Sound:
    """Raises ValueError unless it is 16-bit mono, OSError or wave.Error when it is no readable WAV file."""
    with wave.open(str(path), "rb") as file:
        if (file.getsampwidth(), file.getnchannels()) != (2, 1):
            raise ValueError(f"{path} is not 16-bit mono; convert it: sox IN -b 16 -c 1 OUT")
        return Sound(file.readframes(file.getnframes()), file.getframerate())


def write_wav(path: Path, sound: Sound) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.hz)
        file.writeframes(sound.samples)


def quieter(sound: Sound, decibels: float) -> Sound:
    """`decibels` at or below 0: software only takes away, the amplifier is set for the loudest step."""
    factor = 10 ** (min(decibels, 0.0) / 20)
    if factor == 1:
        return sound
    samples = array.array("h", sound.samples)  # not numpy: loading it costs more than a start may take
    return Sound(array.array("h", (int(sample * factor) for sample in samples)).tobytes(), sound.hz)


@functools.cache
def chime() -> Sound:
    """Two short tones, the second lower: back at the beginning."""
    samples = array.array("h")
    for tone_hz in CHIME_HZ:
        length = int(CHIME_S * CHIME_RATE)
        for at in range(length):
            fade = math.sin(math.pi * at / length)  # in and out, without a click
            samples.append(int(CHIME_PEAK * fade * math.sin(2 * math.pi * tone_hz * at / CHIME_RATE)))
    return Sound(samples.tobytes(), CHIME_RATE)


class Player(Protocol):
    @property
    def usable(self) -> bool:
        """False: nobody hears anything, so nothing needs to be made into sound."""

    def play(self, sound: Sound, stopped: threading.Event) -> None:
        """Returns at the end of the sound, or soon after `stopped` is set."""


class Silence:
    """Where nobody listens: pictures of the pages."""

    usable: Final = False

    def play(self, sound: Sound, stopped: threading.Event) -> None:
        """Nothing to hear."""


class Aplay:
    """ALSA's own player (Debian: alsa-utils), one process per sound; it works without a desktop."""

    def __init__(self, device: str = "default") -> None:
        self._device = device
        self.usable = True

    def play(self, sound: Sound, stopped: threading.Event) -> None:
        command = [
            "aplay",
            "-q",
            "-D",
            self._device,
            "-t",
            "raw",
            "-f",
            "S16_LE",
            "-c",
            "1",
            "-r",
            str(sound.hz),
        ]
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            self._give_up(f"aplay can not be started ({error}); install alsa-utils")
            return
        assert process.stdin is not None
        try:
            size = int(sound.hz * CHUNK_S) * 2
            for at in range(0, len(sound.samples), size):
                if stopped.is_set():
                    break
                process.stdin.write(sound.samples[at : at + size])
                process.stdin.flush()
            process.stdin.close()
            while process.poll() is None and not stopped.wait(CHUNK_S):
                pass
        except OSError:
            pass  # it ended early: told below
        finally:
            if process.poll() is None:
                process.kill()
            code = process.wait(END_S)
        if code > 0:
            self._give_up(f"aplay can not use sound card {self._device!r} (exit {code}); see `aplay -L`")

    def _give_up(self, what: str) -> None:
        self.usable = False
        log.warning("%s. The pages are not spoken until the screens start again", what)
