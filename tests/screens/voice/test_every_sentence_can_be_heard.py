"""Nobody listens here, so the sound itself is measured: as long as its words, equally loud, whole, not distorted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from kiosk.contract import Language
from screens.voice.sources import Espeak
from screens.voice.speaker import RATES
from tests.screens.voice.said import everything_said

FRAME_S = 0.02
SILENT_DB = -50.0  # below the loudest possible sample
MOST_APART_DB = 6.0  # from the usual loudness: nobody should reach for the volume
MOST_PAUSE_S = 1.0
SECONDS_PER_UNIT = {Language.ZH: (0.15, 0.6), Language.EN: (0.05, 0.3)}  # a hanzi, a letter


@pytest.fixture(scope="module")
def espeak() -> Iterator[Espeak]:
    espeak = Espeak()
    yield espeak
    espeak.close()


def loudness_db(samples: np.ndarray, hz: int) -> np.ndarray:
    """Of each 20 ms, in dB below full scale."""
    size = int(hz * FRAME_S)
    frames = samples[: len(samples) // size * size].astype(np.float64).reshape(-1, size) / 32768
    return 20 * np.log10(np.sqrt((frames**2).mean(axis=1)) + 1e-9)


def longest_silence_s(levels: np.ndarray) -> float:
    longest = now = 0
    for level in levels:
        now = now + 1 if level < SILENT_DB else 0
        longest = max(longest, now)
    return longest * FRAME_S


@pytest.mark.parametrize("language", list(Language), ids=lambda x: x.value)
def test_each_sentence_is_heard_whole_and_equally_loud(espeak: Espeak, language: Language) -> None:
    wrong, levels_of = {}, {}
    for key, text in everything_said(language).items():
        sound = espeak.sound(text, language, 100)
        assert sound is not None, key
        samples = np.frombuffer(sound.samples, np.int16)
        levels = loudness_db(samples, sound.hz)
        heard = levels[levels > SILENT_DB]
        least, most = SECONDS_PER_UNIT[language]
        units = sum(c.isalnum() for c in text)
        if not least * units <= sound.seconds <= most * units + 0.5:
            wrong[key] = f"{sound.seconds:.1f} s for {units}: {text}"
        elif (np.abs(samples.astype(np.int32)) >= 32767).sum() > 2:
            wrong[key] = f"distorted: {text}"
        elif longest_silence_s(levels) > MOST_PAUSE_S:
            wrong[key] = f"silent for {longest_silence_s(levels):.1f} s: {text}"
        else:
            levels_of[key] = float(10 * np.log10((10 ** (heard / 10)).mean()))
    assert wrong == {}
    usual = float(np.median(list(levels_of.values())))
    apart = {key: round(db, 1) for key, db in levels_of.items() if abs(db - usual) > MOST_APART_DB}
    assert apart == {} and len(levels_of) > 500, usual


@pytest.mark.parametrize("language", list(Language), ids=lambda x: x.value)
def test_from_half_the_usual_rate_to_twice_and_the_same_pitch(espeak: Espeak, language: Language) -> None:
    text = {
        Language.ZH: "请把账单条码对准屏幕下方的扫描窗，也可以按数字输入。",
        Language.EN: "Please hold the bar code of your bill in front of the window below the screen.",
    }[language]
    usual = espeak.sound(text, language, 100)
    assert usual is not None
    for percent in RATES:
        sound = espeak.sound(text, language, percent)
        assert sound is not None
        assert sound.seconds == pytest.approx(usual.seconds * 100 / percent, rel=0.15), percent
        assert _pitch_hz(sound.samples, sound.hz) == pytest.approx(
            _pitch_hz(usual.samples, usual.hz), rel=0.15
        )


def _pitch_hz(samples: bytes, hz: int) -> float:
    """Of the loudest tenth of a second of the voice: the distance of its self-similar waves."""
    wave = np.frombuffer(samples, np.int16).astype(np.float64)
    pitches = []
    size = hz // 10
    for start in range(0, len(wave) - size, size):
        part = wave[start : start + size]
        if np.abs(part).mean() < 500:
            continue
        same = np.correlate(part, part, "full")[size:]
        lags = same[hz // 300 : hz // 60]
        pitches.append(hz / (int(lags.argmax()) + hz // 300 + 1))
    return float(np.median(pitches))
