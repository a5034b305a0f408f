"""The process: `python -m screens --socket PATH [--panel NAME] [--config FOLDER] [--fullscreen]`."""

from __future__ import annotations

import argparse
import gc
import logging
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from kiosk.contract import PREVIEW, Drawn, Language, View
from screens import environment
from screens.focus import PAD
from screens.link import Link
from screens.theme import BadPanel, Panel, panel_of
from screens.voice.guide import Guide, Listening
from screens.voice.sound import Aplay
from screens.voice.sources import Espeak, Recordings
from screens.voice.speaker import Speaker
from screens.words import Words

log = logging.getLogger(__name__)

PACKAGED: Final = Path(__file__).parent.parent / "config"
OVERRIDES: Final = Path("/etc/kiosk")  # of a site, as for the core
EX_CONFIG: Final = 78  # starting again does not help
READY_AFTER_FLIPS: Final = 2  # the first flip may still show an empty buffer


class Notifier:
    """Tells systemd that we are ready and alive, and means it: only after a frame reached the glass."""

    def __init__(self, notify: Callable[[str], object]) -> None:
        self._notify = notify
        self._flips = 0

    def flipped(self) -> None:
        self._flips += 1
        if self._flips == READY_AFTER_FLIPS:
            self._notify("READY=1")
        if self._flips >= READY_AFTER_FLIPS:
            self._notify("WATCHDOG=1")


class Glass:
    """Kivy's window with the panel on it, and the line to the core."""

    def __init__(
        self,
        panel: Panel,
        socket_path: Path,
        listening: Listening = Listening.PROMPTS,
        recordings: Path = PACKAGED / "voice",  # see screens/voice/sources.py
    ) -> None:
        from kivy.clock import Clock, mainthread
        from kivy.core.window import Keyboard, Window
        from kivy.uix.scatter import Scatter

        from kiosk.notify import notify, watchdog_s
        from screens import fonts
        from screens.root import ScreenRoot

        fonts.register(environment.home() / "fonts")
        self._window, self._clock = Window, Clock
        self._key_names = {code: name for name, code in Keyboard.keycodes.items()}
        self._notifier = Notifier(notify)
        self._undrawn: int | None = None
        self.link = Link(socket_path, self._arrived, mainthread(self._lost), mainthread(self._keyed))
        words = {language: Words(language) for language in Language}
        self._espeak = Espeak()
        self._speaker = Speaker([Recordings(recordings), self._espeak], Aplay())
        self.root = ScreenRoot(
            panel,
            self.link.send,
            words=words,
            voice=Guide(self._speaker, words, listening),
            preview=socket_path.parent / PREVIEW,
        )
        # A window of another size than the panel (a laptop) shows it whole, smaller or larger.
        self._frame = Scatter(
            do_rotation=False, do_scale=False, do_translation=False, size_hint=(None, None), size=panel.glass
        )
        self._frame.add_widget(self.root)
        Window.clearcolor = (0, 0, 0, 1)
        Window.add_widget(self._frame)
        Window.bind(on_flip=self._flipping, on_resize=lambda *_: self._place())
        Window.bind(on_key_down=self._key_down, on_key_up=self._key_up)
        self._place()
        self._latest: View | None = None
        self._lock = threading.Lock()
        self._show_soon = Clock.create_trigger_free(self._show, 0)
        self._drawn_soon = Clock.create_trigger_free(self._flipped, 0)
        # Kivy reads the fingers before it waits for its next frame; read once more after it, none waits for two.
        Clock.schedule_interval(lambda _: Window.mainloop(), 0)
        interval = watchdog_s()
        if interval is not None:  # a calm page draws nothing; the watchdog wants to see a frame now and then
            Clock.schedule_interval(lambda _: Window.canvas.ask_update(), interval)

    def _place(self) -> None:
        from kivy.graphics.transformation import Matrix

        width, height = self._window.size
        glass_w, glass_h = self.root.panel.glass
        wide, high = width / glass_w, height / glass_h
        if (width, height) != self.root.panel.pixels:  # the pixels of any other window are square
            wide = high = min(wide, high)
        middle = ((width - glass_w * wide) / 2, (height - glass_h * high) / 2)
        self._frame.transform = Matrix().translate(*middle, 0).multiply(Matrix().scale(wide, high, 1))

    def _key_down(self, _: Any, code: int, *__: Any) -> bool:
        return self.root.key_down(self._key_names.get(code, ""))

    def _key_up(self, _: Any, code: int, *__: Any) -> None:
        self.root.key_up(self._key_names.get(code, ""))

    def _keyed(self, key: str) -> None:
        """A key of the tactile keypad, which the core reads: pressed and let go."""
        name = PAD.get(key, "")
        self.root.key_down(name)
        self.root.key_up(name)

    def _arrived(self, view: View) -> None:
        """From the link's thread. Of several views that wait only the last is drawn."""
        with self._lock:
            self._latest = view
        self._show_soon()

    def _lost(self) -> None:
        self._latest = None
        self.root.lost()

    def _show(self, _: float) -> None:
        with self._lock:
            view, self._latest = self._latest, None
        if view is not None:
            self.root.show(view)
            self._undrawn = view.number

    def _flipping(self, *_: Any) -> None:
        """Kivy says this just before it flips; the next turn of its clock is after it."""
        self._drawn_soon()

    def _flipped(self, _: float) -> None:
        self._notifier.flipped()
        self.root.drawn()
        number, self._undrawn = self._undrawn, None
        if number is not None:
            self.link.send(Drawn(number))

    def run(self) -> None:
        from kivy.base import runTouchApp

        signal.signal(signal.SIGTERM, lambda *_: self._clock.schedule_once(lambda _: self._end(), 0))
        signal.signal(signal.SIGINT, signal.getsignal(signal.SIGTERM))
        gc.freeze()  # what is there now stays; looking through it again and again would hold up a page now and then
        self.link.start()
        try:
            runTouchApp()
        finally:
            self.link.close()
            self._speaker.close()
            self._espeak.close()

    def _end(self) -> None:
        from kivy.base import stopTouchApp

        stopTouchApp()


def _of_site(folder: Path, name: str) -> Path:
    """The site's own file or folder, else the packaged one."""
    return folder / name if (folder / name).exists() else PACKAGED / name


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m screens", description="What customers see.")
    parser.add_argument("--socket", type=Path, required=True, help="where the core listens")
    parser.add_argument("--panel", default="lobby", help="a name in panels.toml")
    parser.add_argument(
        "--config", type=Path, default=OVERRIDES, help="panels.toml and voice/ that replace the packaged ones"
    )
    parser.add_argument("--fullscreen", action="store_true")
    parser.add_argument(
        "--voice", choices=[x.value for x in (Listening.PROMPTS, Listening.OFF)], default=Listening.PROMPTS.value,
        help="whether the loudspeaker says each page; a person can switch it",
    )  # fmt: skip
    parser.add_argument("--remote", type=Path, help="a socket for tests: where buttons stand, pictures")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        panel = panel_of(chosen.panel, _of_site(chosen.config, "panels.toml"))
    except BadPanel as error:
        log.error("%s", error)
        sys.exit(EX_CONFIG)
    environment.prepare(*panel.pixels, fullscreen=chosen.fullscreen, rotation=panel.rotation)
    glass = Glass(panel, chosen.socket, Listening(chosen.voice), _of_site(chosen.config, "voice"))
    if chosen.remote:
        from screens.remote import Remote

        Remote(chosen.remote, glass.root).start()
    glass.run()
