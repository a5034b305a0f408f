"""Debian 12's eSpeak says 银行 as "yin two" with English sounds. Ours must not, in any phrase that we have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk.contract import Language
from screens.voice.sources import Espeak
from tests.screens.voice.said import everything_said


@pytest.fixture(scope="module")
def espeak() -> Iterator[Espeak]:
    espeak = Espeak()
    yield espeak
    espeak.close()


def test_the_check_itself_finds_english_in_mandarin(espeak: Espeak) -> None:
    assert "(en)" in espeak.phonemes("请打开 window", Language.ZH)
    assert "(en)" not in espeak.phonemes("银行", Language.ZH)


def test_nothing_that_is_said_falls_into_english_sounds(espeak: Espeak) -> None:
    """Phrases, questions with their answers, and the names of fees."""
    said = everything_said(Language.ZH)
    assert any(key.startswith("faq.") for key in said) and any(key.startswith("fees.") for key in said)
    assert {key: text for key, text in said.items() if "(en)" in espeak.phonemes(text, Language.ZH)} == {}


@pytest.mark.parametrize(
    ("text", "sounds"),  # IPA as eSpeak writes it: ts.h is ch, ts. is zh, χ is h
    [("重新", "ts.hon"), ("行业", "χ"), ("长辈", "ts."), ("调整", "th"), ("了解", "lj"), ("还款", "χu")],
)
def test_characters_with_two_readings_are_read_right(espeak: Espeak, text: str, sounds: str) -> None:
    first, *_ = espeak.phonemes(text, Language.ZH).replace("ˈ", "").split()
    assert sounds in first


def test_a_program_that_died_is_started_again(espeak: Espeak) -> None:
    assert espeak.sound("您好", Language.ZH, 100)
    assert espeak._process is not None
    espeak._process.kill()
    espeak._process.wait()
    sound = espeak.sound("您好", Language.ZH, 100)
    assert sound is not None and sound.seconds > 0.2


def test_half_the_rate_takes_longer(espeak: Espeak) -> None:
    usual, slow = (espeak.sound("请把账单放好", Language.ZH, percent) for percent in (100, 67))
    assert usual and slow and slow.seconds > usual.seconds * 1.2
