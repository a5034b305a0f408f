"""What must be set before Kivy is imported: a home of its own, no argument parsing, no probing.

Kivy reads a configuration file from the home folder of whoever runs it (kivy behaves differently as another
user); a kiosk must look the same on every start, so everything is set here and nothing is read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

MAX_FRAMES_PER_S: Final = (
    60  # at 30 a touch waits up to 33 ms for its turn, of the 100 that VVSG 7.2-N allows
)


def home() -> Path:
    """Folder for Kivy and for the extracted fonts: systemd's runtime folder, else a temporary one per user."""
    chosen = os.environ.get("KIVY_HOME")
    if chosen:
        return Path(chosen)
    runtime = os.environ.get("RUNTIME_DIRECTORY", "").split(":")[0]
    return Path(runtime or tempfile.gettempdir()) / f"kiosk-screens-{os.getuid()}"


def prepare(width: int, height: int, *, fullscreen: bool = False, rotation: int = 0) -> None:
    """Call once, before the first import of a Kivy module. Sizes in pixels, rotation in degrees."""
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["KIVY_HOME"] = str(folder)
    for name, value in {
        "KIVY_NO_ARGS": "1",
        "KIVY_NO_CONFIG": "1",
        "KIVY_NO_FILELOG": "1",
        "KIVY_NO_ENV_CONFIG": "1",
        "KIVY_CLIPBOARD": "dummy",  # else it starts xclip or xsel
        "KIVY_TEXT": "sdl2",
        "KIVY_IMAGE": "sdl2,pil",
        "KIVY_WINDOW": "sdl2",
        "KIVY_METRICS_DENSITY": "1",  # sizes come from the panel's millimetres; a Pi reports no true dpi
        "KIVY_METRICS_FONTSCALE": "1",
        "KIVY_DPI": "96",
        "KIVY_CLOCK": "free_all",  # a view that arrives (a "free" event) is drawn at once, not at the next frame
        "KIVY_LOG_MODE": "PYTHON",  # into the process's own log, without Kivy's colours
    }.items():
        os.environ.setdefault(name, value)

    from kivy.config import Config

    graphics: dict[str, int | str] = {
        "width": width,
        "height": height,
        "fullscreen": "auto" if fullscreen else "0",
        "borderless": int(fullscreen),
        "show_cursor": int(not fullscreen),
        "resizable": "0",
        "rotation": rotation,
        "maxfps": MAX_FRAMES_PER_S,
        "multisamples": "0",  # shapes and letters are smooth by themselves; it would double what a frame costs
    }
    for key, setting in graphics.items():
        Config.set("graphics", key, str(setting))
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "log_level", "warning")
    Config.set("kivy", "keyboard_mode", "")
    # SDL itself reports fingers and the mouse; a second provider would report the same touch twice.
    for option in Config.options("input"):
        Config.remove_option("input", option)
    Config.set("input", "mouse", "mouse,disable_multitouch")
