"""eSpeak NG as a program of its own: one JSON line in, one sound out.

`python -m screens.voice.espeak_program`. Line: `{"text": …, "voice": "cmn", "rate": 150}` (words or hanzi a
minute). Answer: 4 bytes length, big-endian, then that many bytes of signed 16-bit mono samples at the rate
that the first 4 bytes on start name (Hz). With `"phonemes": true` the answer is UTF-8 text instead.

A separate program, because eSpeak NG is GPL-3, and because a fault in it must not take the glass along.
The library comes with its data from the PyPI wheel: Debian 12's own 1.51 speaks Mandarin with English
phonemes (facts/accessibility.md §4.1).
"""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any, BinaryIO, Final

import espeakng_loader

# speak_lib.h of eSpeak NG 1.52
_SYNCHRONOUS: Final = 2  # AUDIO_OUTPUT_SYNCHRONOUS
_BUFFER_MS: Final = 200
_UTF8: Final = 1  # espeakCHARS_UTF8
_CHARACTERS: Final = 1  # POS_CHARACTER
_RATE: Final = 1  # espeakRATE
_GAP: Final = 7  # espeakWORDGAP
LEAST_RATE: Final = 80  # eSpeak NG speaks no slower; below it the words stand further apart
_GAP_S: Final = 0.04  # so much longer a word takes for each unit of the gap, at the least rate; measured
_IPA: Final = 0x02  # phonemes as IPA
_OK: Final = 0

_Samples = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Engine:
    """Raises OSError when the library or its data can not be loaded."""

    def __init__(self) -> None:
        self._lib = ctypes.CDLL(espeakng_loader.get_library_path())
        self._sound = bytearray()
        self._take = _Samples(self._taken)  # kept: C holds only a pointer
        folder = espeakng_loader.get_data_path().encode()
        self.hz = self._lib.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, folder, 0)
        if self.hz <= 0:
            raise OSError(f"eSpeak NG found no data in {folder.decode()}")
        self._lib.espeak_SetSynthCallback(self._take)
        self._lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._voice = ""

    def _taken(self, samples: Any, count: int, _: object) -> int:
        if samples and count > 0:
            self._sound += ctypes.string_at(samples, count * 2)
        return 0

    def _use(self, voice: str) -> None:
        if voice != self._voice:
            if self._lib.espeak_SetVoiceByName(voice.encode()) != _OK:
                raise ValueError(f"eSpeak NG has no voice {voice!r}")
            self._voice = voice

    def sound(self, text: str, voice: str, rate: int) -> bytes:
        """Signed 16-bit mono samples. Raises ValueError for an unknown voice."""
        self._use(voice)
        missing_s = max(0.0, 60 / rate - 60 / LEAST_RATE)
        self._lib.espeak_SetParameter(_RATE, max(rate, LEAST_RATE), 0)
        self._lib.espeak_SetParameter(_GAP, round(missing_s / _GAP_S), 0)
        self._sound.clear()
        data = text.encode()
        self._lib.espeak_Synth(data, len(data) + 1, 0, _CHARACTERS, 0, _UTF8, None, None)
        self._lib.espeak_Synchronize()
        return bytes(self._sound)

    def phonemes(self, text: str, voice: str) -> str:
        """IPA; a passage in another language is enclosed in its code, such as `(en)…(cmn)`."""
        self._use(voice)
        rest = ctypes.c_char_p(text.encode())
        parts = []
        while rest.value:
            part = self._lib.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA)
            parts.append((part or b"").decode())
        return " ".join(parts)


def answer(engine: Engine, line: bytes) -> bytes:
    asked = json.loads(line)
    if asked.get("phonemes"):
        return engine.phonemes(asked["text"], asked["voice"]).encode()
    return engine.sound(asked["text"], asked["voice"], asked["rate"])


def _serve(lines: BinaryIO, out: BinaryIO) -> None:
    engine = Engine()
    out.write(engine.hz.to_bytes(4, "big"))
    out.flush()
    for line in lines:
        data = answer(engine, line)
        out.write(len(data).to_bytes(4, "big") + data)
        out.flush()


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
