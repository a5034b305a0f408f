"""Between the glass and the speaker: when something is said, and to whom.

Three ways of listening. Off. Prompts: the loudspeaker says each new page, nothing personal. Guided: a headset is
in; everything is said, and each step of the ring.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Protocol

from kiosk.contract import Language
from screens.focus import Key
from screens.voice import reading
from screens.voice.reading import EMPTY, Glass, Item
from screens.voice.speaker import Line, Speaker
from screens.voice.spoken import spoken
from screens.words import Words


class Listening(enum.Enum):
    OFF = "off"
    PROMPTS = "prompts"
    GUIDED = "guided"


class Voice(Protocol):
    """What the glass needs of a voice."""

    listening: Listening

    def shown(self, glass: Glass, language: Language, *, new: bool, home: bool) -> None: ...
    def focused(self, item: Item, language: Language, *, wrapped: bool) -> None: ...
    def key(self, key: Key, language: Language) -> bool:
        """Whether this key was for the voice."""

    def toggle(self, language: Language) -> None: ...
    def headset(self, plugged: bool, language: Language) -> None: ...
    def touched(self) -> None: ...


class Guide:
    """`usual`: how the next customer finds it."""

    def __init__(self, speaker: Speaker, words: Mapping[Language, Words], usual: Listening) -> None:
        self._speaker = speaker
        self._words = words
        self._usual = usual
        self.listening = usual
        self._before = EMPTY
        self._at_home = True

    def shown(self, glass: Glass, language: Language, *, new: bool, home: bool) -> None:
        """A page was drawn. At home, with nobody there, the loudspeaker is quiet."""
        before, self._before = self._before, glass
        if home and new and not self._at_home:
            self._next_customer()
        self._at_home = home
        if self.listening is Listening.OFF or (home and self.listening is Listening.PROMPTS):
            return
        lines = (reading.page if new else reading.news)(glass, before, language)
        if lines:
            self._speaker.say(lines, language)

    def _next_customer(self) -> None:
        self._speaker.forget()
        self._speaker.reset()
        if not self._speaker.headset:
            self.listening = self._usual

    def headset(self, plugged: bool, language: Language) -> None:
        """Plugging it in starts the guided way from the top of the page; pulling it out ends it at once."""
        if plugged == self._speaker.headset:
            return
        self._speaker.headset = plugged
        self.listening = Listening.GUIDED if plugged else self._usual
        if plugged:
            hello = Line(self._words[language].text("voice.hello"))
            self._speaker.say([hello, *reading.page(self._before, EMPTY, language)], language)
        else:
            self._speaker.forget()

    def focused(self, item: Item, language: Language, *, wrapped: bool) -> None:
        words = self._words[language]
        lines = [Line(words.text("voice.wrapped"), chime=True)] if wrapped else []
        self._speaker.say([*lines, reading.focus(item, words)], language)

    def key(self, key: Key, language: Language) -> bool:
        speaker = self._speaker
        match key:
            case Key.REPEAT:
                if self.listening is Listening.OFF:
                    self.listening = Listening.PROMPTS
                speaker.say(reading.page(self._before, EMPTY, language), language)
                return True
            case Key.LOUDER | Key.QUIETER:
                speaker.change_volume(1 if key is Key.LOUDER else -1)
                said = "voice.louder" if key is Key.LOUDER else "voice.quieter"
            case Key.FASTER | Key.SLOWER:
                speaker.change_rate(1 if key is Key.FASTER else -1)
                said = "voice.faster" if key is Key.FASTER else "voice.slower"
            case _:
                return False
        speaker.say([Line(spoken(self._words[language].text(said), language))], language)
        return True

    def toggle(self, language: Language) -> None:
        """The button 语音: on, and the page is read; or off, in the middle of a word."""
        if self.listening is not Listening.OFF:
            self.listening = Listening.OFF
            self._speaker.stop()
            return
        self.listening = Listening.GUIDED if self._speaker.headset else Listening.PROMPTS
        self._speaker.say(reading.page(self._before, EMPTY, language), language)

    def touched(self) -> None:
        """Any action stops the running speech (EN 301 549 5.1.3.5)."""
        self._speaker.stop()
