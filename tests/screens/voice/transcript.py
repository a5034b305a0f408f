"""What a person with a headset hears on a whole visit, one line per line: `python transcript.py zh`.

The pages are the sample views, drawn by the real glass; the speaker is real, the ear writes down."""

from __future__ import annotations

import sys
import threading

from kiosk.contract import Language
from screens import environment, samples
from screens.theme import load_panels
from screens.voice.guide import Guide, Listening
from screens.voice.sound import Sound
from screens.voice.speaker import VOLUMES_DB, Speaker
from screens.words import Words

VISIT = (
    "home", "account_empty", "account_typed", "looking_up", "check", "pay_by", "cash_start", "cash_some",
    "cash_problem", "cash_enough", "receipt_printing", "receipt", "thank_you",
)  # fmt: skip
PATIENCE_S = 60.0


class AsBytes:
    def sound(self, text: str, language: Language, percent: int) -> Sound:
        return Sound(text.encode("utf-16-le"), 8000)


class Paper:
    """Writes down what reaches the sound card."""

    usable = True

    def play(self, sound: Sound, stopped: threading.Event) -> None:
        print("  " + sound.samples.decode("utf-16-le"))


def main() -> None:
    language = Language(sys.argv[1])
    panel = load_panels()["lobby"]
    environment.prepare(*panel.pixels)
    from kivy.base import EventLoop

    from screens import fonts
    from screens.root import ScreenRoot

    EventLoop.ensure_window()
    fonts.register(environment.home() / "fonts")
    words = {language: Words(language) for language in Language}
    speaker = Speaker([AsBytes()], Paper())
    speaker.volume = len(VOLUMES_DB) - 1  # 0 dB: the samples are text
    guide = Guide(speaker, words, Listening.PROMPTS)
    root = ScreenRoot(panel, lambda touched: None, words=words, voice=guide)
    for number, name in enumerate(VISIT):
        print(f"[{name}]", flush=True)
        root.show(samples.view(name, language))
        assert speaker.wait(PATIENCE_S)
        if number == 0:
            guide.headset(True, language)
            speaker.volume = len(VOLUMES_DB) - 1
            assert speaker.wait(PATIENCE_S)
            for key in ("down", "down", "up"):
                root.key_down(key)
                root.key_up(key)
                assert speaker.wait(PATIENCE_S)
    speaker.close()


if __name__ == "__main__":
    main()
