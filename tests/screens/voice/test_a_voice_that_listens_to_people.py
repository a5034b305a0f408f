"""Interrupted by any action, repeated on request, nothing personal through the loudspeaker, reset for the next one."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.contract import Language
from screens.focus import Key
from screens.voice.guide import Guide, Listening
from screens.voice.reading import Glass, Item
from screens.voice.sound import Aplay, Sound, chime, quieter, write_wav
from screens.voice.sources import Recordings
from screens.voice.speaker import USUAL_RATE, USUAL_VOLUME, VOLUMES_DB, Line, Speaker
from screens.words import Words

PATIENCE_S = 30.0
HZ = 8000


class Reading:
    """Makes each text a sound whose samples are the text, so that the ear below can tell what it heard."""

    def sound(self, text: str, language: Language, percent: int) -> Sound:
        data = f"{language.value} {percent} {text}".encode()
        return Sound(data + b" " * (len(data) % 2), HZ)


class Ear:
    usable = True

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.holds = threading.Event()  # set: each sound goes on until it is stopped
        self.begun = threading.Event()

    def play(self, sound: Sound, stopped: threading.Event) -> None:
        is_chime = sound == chime()
        self.heard.append("- - chime" if is_chime else sound.samples.decode(errors="replace").strip())
        self.begun.set()
        if self.holds.is_set():
            stopped.wait(PATIENCE_S)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def speaker(ear: Ear) -> Iterator[Speaker]:
    speaker = Speaker([Reading()], ear)
    speaker.volume = len(VOLUMES_DB) - 1  # 0 dB: the samples stay as they are
    yield speaker
    speaker.close()


def said(speaker: Speaker, ear: Ear) -> list[str]:
    assert speaker.wait(PATIENCE_S)
    return [text.split(" ", 2)[2] for text in ear.heard]


def lines(*texts: str) -> list[Line]:
    return [Line(text) for text in texts]


def test_what_comes_next_interrupts_what_is_running(speaker: Speaker, ear: Ear) -> None:
    ear.holds.set()
    speaker.say(lines("first", "never said"), Language.EN)
    assert ear.begun.wait(PATIENCE_S)
    ear.holds.clear()
    speaker.say(lines("second"), Language.EN)
    assert said(speaker, ear) == ["first", "second"]


def test_a_touch_stops_it_in_the_middle(speaker: Speaker, ear: Ear) -> None:
    ear.holds.set()
    speaker.say(lines("first", "never said"), Language.EN)
    assert ear.begun.wait(PATIENCE_S)
    speaker.stop()
    assert said(speaker, ear) == ["first"]


def test_it_repeats_on_request_and_not_after_the_visit(speaker: Speaker, ear: Ear) -> None:
    speaker.say(lines("once"), Language.EN)
    speaker.wait(PATIENCE_S)
    speaker.repeat()
    assert said(speaker, ear) == ["once", "once"]
    speaker.forget()
    speaker.repeat()
    assert said(speaker, ear) == ["once", "once"]


def test_personal_lines_need_a_headset(speaker: Speaker, ear: Ear) -> None:
    private = [Line("title"), Line("Mr. Zhang", personal=True)]
    speaker.say(private, Language.EN)
    assert said(speaker, ear) == ["title"]
    speaker.headset = True
    speaker.say(private, Language.EN)
    assert said(speaker, ear) == ["title", "title", "Mr. Zhang"]


# ---- with the glass

PAGE = Glass(
    "Check", "Step 3 of 5", (Item("Name", "text"), Item("Z*", "text"), Item("All correct", "button"))
)
HELLO = Words(Language.EN).text("voice.hello")
HOME = Glass("Which fee?", "", (Item("Water", "button"),))


@pytest.fixture
def guide(speaker: Speaker) -> Guide:
    return Guide(speaker, {language: Words(language) for language in Language}, Listening.PROMPTS)


def test_the_loudspeaker_is_quiet_at_home_and_says_the_page_without_the_name(
    guide: Guide, speaker: Speaker, ear: Ear
) -> None:
    guide.shown(HOME, Language.EN, new=True, home=True)
    guide.shown(PAGE, Language.EN, new=True, home=False)
    assert said(speaker, ear) == ["Check", "Step three of five", "Name"]


def test_only_what_is_new_on_the_same_page_is_said(guide: Guide, speaker: Speaker, ear: Ear) -> None:
    guide.shown(PAGE, Language.EN, new=True, home=False)
    speaker.wait(PATIENCE_S)
    ear.heard.clear()
    more = PAGE._replace(items=(*PAGE.items, Item("¥20.00 is in", "text")))
    guide.shown(more, Language.EN, new=False, home=False)
    guide.shown(more, Language.EN, new=False, home=False)
    assert said(speaker, ear) == ["twenty yuan is in"]


def test_the_same_problem_once_more_is_said_once_more(guide: Guide, speaker: Speaker, ear: Ear) -> None:
    wrong = PAGE._replace(items=(*PAGE.items, Item("Not a bill.", "text")), again=("Not a bill.", 0))
    guide.shown(wrong, Language.EN, new=True, home=False)
    speaker.wait(PATIENCE_S)
    ear.heard.clear()
    for times in (1, 1, 2):  # drawn again in between, without news
        guide.shown(wrong._replace(again=("Not a bill.", times)), Language.EN, new=False, home=False)
        speaker.wait(PATIENCE_S)
    assert said(speaker, ear) == ["Not a bill."] * 2


def test_a_headset_starts_the_guided_way_and_pulling_it_out_ends_it(
    guide: Guide, speaker: Speaker, ear: Ear
) -> None:
    guide.shown(HOME, Language.EN, new=True, home=True)
    guide.headset(True, Language.EN)
    assert said(speaker, ear) == [HELLO, "Which fee?"]
    guide.shown(PAGE, Language.EN, new=True, home=False)
    assert "Z stars" in said(speaker, ear)
    guide.focused(Item("All correct", "button", "chosen"), Language.EN, wrapped=True)
    assert said(speaker, ear)[-3:] == ["chime", "From the beginning.", "All correct, button, chosen"]
    guide.headset(False, Language.EN)
    assert guide.listening is Listening.PROMPTS
    guide.key(Key.REPEAT, Language.EN)
    assert "Z stars" not in said(speaker, ear)[-3:]


def test_rate_volume_and_silence_are_those_of_one_visit(guide: Guide, speaker: Speaker, ear: Ear) -> None:
    guide.shown(PAGE, Language.EN, new=True, home=False)
    for _ in range(20):
        guide.key(Key.SLOWER, Language.EN)
        guide.key(Key.QUIETER, Language.EN)
    speaker.wait(PATIENCE_S)
    assert (speaker.rate, speaker.volume) == (0, 0)
    guide.toggle(Language.EN)
    assert guide.listening is Listening.OFF
    guide.shown(HOME, Language.EN, new=True, home=True)
    assert (speaker.rate, speaker.volume, guide.listening) == (USUAL_RATE, USUAL_VOLUME, Listening.PROMPTS)


# ---- recordings


def clip(folder: Path, words: str, value: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_wav(folder / f"{words}.wav", Sound(bytes([value, 0]) * 10, HZ))


def test_recordings_are_put_together_and_all_or_nothing(tmp_path: Path) -> None:
    for value, words in enumerate(["还差", "三", "十", "三十", "七", "元", "角"], 1):
        clip(tmp_path / "zh", words, value)
    recordings = Recordings(tmp_path)
    sound = recordings.sound("还差，三十七元。", Language.ZH, 100)
    assert sound is not None
    assert list(dict.fromkeys(sound.samples[::2])) == [1, 0, 4, 5, 6]  # 三十 as one clip; 0 is the pause
    assert recordings.sound("还差五分", Language.ZH, 100) is None
    assert recordings.sound("还差", Language.ZH, 150) is None
    assert recordings.sound("还差", Language.EN, 100) is None


def test_a_recording_in_the_wrong_form_is_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "您好.wav").write_bytes(b"no sound at all")
    assert Recordings(tmp_path).sound("您好", Language.ZH, 100) is None
    assert "is not used" in caplog.text


# ---- the sound card


def test_each_step_takes_off_six_decibels() -> None:
    loud = Sound(b"\x00\x40" * 4, HZ)
    assert abs(int.from_bytes(quieter(loud, -6.02).samples[:2], "little") - 0x2000) <= 8
    assert quieter(loud, 12.0) == loud


@pytest.mark.skipif(
    shutil.which("aplay") is None, reason="alsa-utils is not installed: script/bootstrap does it"
)
def test_the_player_ends_soon_after_it_is_told_to_stop() -> None:
    player, stopped = Aplay("null"), threading.Event()
    thread = threading.Thread(target=player.play, args=(Sound(bytes(HZ * 2 * 600), HZ), stopped))
    began = time.monotonic()
    thread.start()
    stopped.set()
    thread.join(PATIENCE_S)
    assert not thread.is_alive() and time.monotonic() - began < 300 and player.usable


def test_without_a_sound_card_it_says_so_once_and_stays_silent(caplog: pytest.LogCaptureFixture) -> None:
    player = Aplay("no-such-card")
    player.play(Sound(bytes(100), HZ), threading.Event())
    assert not player.usable
    assert caplog.text.count("not spoken") == 1
