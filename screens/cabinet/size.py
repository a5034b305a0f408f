"""How large the window is: as designed, or as much of it as the display has room for."""

from __future__ import annotations

import ctypes
import os
from typing import Final

DESIGN: Final = (1720, 880)
DECORATION: Final = (0, 90)  # title bar and task bar take about so much of a display


def window_size() -> tuple[int, int]:
    """Pixels, with the proportions of the design."""
    display = _display_size()
    if display is None or (display[0] >= DESIGN[0] and display[1] >= DESIGN[1]):
        return DESIGN
    room = [have - lost for have, lost in zip(display, DECORATION, strict=True)]
    scale = min(1.0, room[0] / DESIGN[0], room[1] / DESIGN[1])
    return int(DESIGN[0] * scale), int(DESIGN[1] * scale)


def _display_size() -> tuple[int, int] | None:
    """Of the X display, which Wayland desktops offer too; None where nobody can say. Kivy has no call for it."""
    if not os.environ.get("DISPLAY"):
        return None
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = (ctypes.c_char_p,)
    display = x11.XOpenDisplay(None)
    if not display:
        return None
    for call in (x11.XDisplayWidth, x11.XDisplayHeight):
        call.argtypes = (ctypes.c_void_p, ctypes.c_int)
    x11.XCloseDisplay.argtypes = (ctypes.c_void_p,)
    size = int(x11.XDisplayWidth(display, 0)), int(x11.XDisplayHeight(display, 0))
    x11.XCloseDisplay(display)
    return size
