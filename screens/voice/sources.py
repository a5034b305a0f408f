"""Where a spoken text gets its sound: human recordings where all of it was recorded, else eSpeak NG."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import wave
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol

from kiosk.contract import Language
from screens.voice.sound import Sound, read_wav

log = logging.getLogger(__name__)

VOICES: Final = {Language.ZH: "cmn", Language.EN: "en-us"}
USUAL_RATE: Final = {
    Language.ZH: 150,
    Language.EN: 125,
}  # hanzi, words a minute (accessibility.md §4.1; VVSG 7.1-K)

RESPELT: Final = {
    "还款": "环款",
    "还钱": "环钱",
    "重打": "虫打",
    "会儿": "会",
}  # eSpeak takes the other reading (accessibility.md §4.1)

_SILENT: Final = re.compile(r"[，。、：；！？“”（）,.:;!?()\s]+")
_GAP_S: Final = 0.12  # between two clips: the pause of a comma


class Source(Protocol):
    def sound(self, text: str, language: Language, percent: int) -> Sound | None:
        """`percent` of the usual rate. None: this source can not say it."""


class Recordings:
    """A folder with one folder per language; a file's name is the words it says: `zh/您要缴什么费.wav`, `zh/七.wav`.

    A text is put together from the longest clips that cover it. Recordings keep their own rate, so they are
    used only at 100 %."""

    def __init__(self, folder: Path) -> None:
        self._clips = {
            language: {_bare(path.stem): path for path in sorted((folder / language.value).glob("*.wav"))}
            for language in Language
        }

    def sound(self, text: str, language: Language, percent: int) -> Sound | None:
        clips = self._clips[language]
        if percent != 100 or not clips:
            return None
        names = _cover([part for part in _SILENT.split(text) if part], clips)
        if names is None:
            return None
        try:
            return _joined([read_wav(clips[name]) for name in names])
        except (OSError, EOFError, ValueError, wave.Error) as error:
            log.warning("recording for %r is not used: %s", text, error)
            return None


def _bare(words: str) -> str:
    return _SILENT.sub("", words)


def _cover(parts: Iterable[str], clips: dict[str, Path]) -> list[str] | None:
    """The clips that say all parts, longest first; None when something is left over."""
    longest = max(map(len, clips))
    names = []
    for part in parts:
        while part:
            size = next((n for n in range(min(longest, len(part)), 0, -1) if part[:n] in clips), 0)
            if not size:
                return None
            names.append(part[:size])
            part = part[size:]
    return names


def _joined(clips: list[Sound]) -> Sound | None:
    if not clips:
        return None
    [hz] = {clip.hz for clip in clips}  # ValueError: recorded at different rates
    gap = bytes(int(hz * _GAP_S) * 2)
    return Sound(gap.join(clip.samples for clip in clips), hz)


def _respelt(text: str, language: Language) -> str:
    if language is Language.ZH:
        for written, sounds_like in RESPELT.items():
            text = text.replace(written, sounds_like)
    return text


class Espeak:
    """Talks to `espeak_program`; starts it again after it died, and gives up for a while if it will not start."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._hz = 0

    def sound(self, text: str, language: Language, percent: int) -> Sound | None:
        rate = USUAL_RATE[language] * percent // 100
        data = self._ask({"text": _respelt(text, language), "voice": VOICES[language], "rate": rate})
        return Sound(data, self._hz) if data else None

    def phonemes(self, text: str, language: Language) -> str:
        """IPA, for checks: a passage spoken with the sounds of another language is marked `(en)`."""
        asked = {"text": _respelt(text, language), "voice": VOICES[language], "phonemes": True}
        return (self._ask(asked) or b"").decode()

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()

    def _ask(self, question: dict[str, object]) -> bytes | None:
        for _ in range(2):  # once more with a new process
            try:
                return self._asked(question)
            except (OSError, EOFError) as error:
                log.warning("the voice program: %s", error)
                self.close()
        return None

    def _asked(self, question: dict[str, object]) -> bytes:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "screens.voice.espeak_program"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,  # what a dead program did not take must not come up again when its pipe is closed
                cwd=Path(__file__).parent.parent.parent,
            )
            self._hz = int.from_bytes(self._read(4), "big")
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        return self._read(int.from_bytes(self._read(4), "big"))

    def _read(self, size: int) -> bytes:
        assert self._process is not None and self._process.stdout is not None
        data = bytearray()
        while len(data) < size:
            part = self._process.stdout.read(size - len(data))
            if not part:
                raise EOFError("it ended")
            data += part
        return bytes(data)
