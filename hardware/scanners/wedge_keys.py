"""Keys of a scanner that types like a keyboard → the bytes it would have sent on a serial line. Pure.

It presses the keys of a US keyboard, whatever the kiosk is set to: codes of keys, not characters, reach us. What can
not be typed so (Chinese, control characters) some units drop and others type as Alt with digits or as Ctrl with a
letter; of those keys nobody can tell what was meant, so the code they are in is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hardware.input_events import DOWN, EV_KEY, UP, InputEvent, Key

END: Final = b"\r"  # what a serial scanner sends at the end of a code
NOT_TYPED: Final = b"\0"  # no text has it: the code is refused

_ROWS: Final = (
    ("N1 N2 N3 N4 N5 N6 N7 N8 N9 N0 MINUS EQUAL", "1234567890-=", "!@#$%^&*()_+"),
    ("Q W E R T Y U I O P LEFTBRACE RIGHTBRACE BACKSLASH", "qwertyuiop[]\\", "QWERTYUIOP{}|"),
    ("A S D F G H J K L SEMICOLON APOSTROPHE GRAVE", "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    ("Z X C V B N M COMMA DOT SLASH SPACE", "zxcvbnm,./ ", "ZXCVBNM<>? "),
)
PLAIN: Final[dict[int, str]] = {
    int(Key[key]): sign for keys, plain, _ in _ROWS for key, sign in zip(keys.split(), plain, strict=True)
} | {
    int(Key[f"KP{key}"]): sign
    for key, sign in zip(
        [*"0123456789", "DOT", "MINUS", "PLUS", "ASTERISK", "SLASH"], "0123456789.-+*/", strict=True
    )
}
SHIFTED: Final[dict[int, str]] = {
    int(Key[key]): sign for keys, _, shifted in _ROWS for key, sign in zip(keys.split(), shifted, strict=True)
}

_SHIFTS: Final = frozenset({Key.LEFTSHIFT, Key.RIGHTSHIFT})
_OTHER_MODIFIERS: Final = frozenset({Key.LEFTCTRL, Key.RIGHTCTRL, Key.LEFTALT, Key.RIGHTALT})
_ENDS: Final = frozenset({Key.ENTER, Key.KPENTER, Key.TAB})
_SILENT: Final = frozenset({Key.NUMLOCK})  # some units wrap digits of the pad in it


class WedgeKeys:
    """`WedgeKeys().typed(events)`; one for each time that the device is opened, when no key is down."""

    def __init__(self) -> None:
        self._held: set[int] = set()  # modifiers
        self._caps_lock = False

    def typed(self, events: Iterable[InputEvent]) -> bytes:
        """Printable ASCII, END after a code, NOT_TYPED for what is no character or was lost on the way."""
        return b"".join(self._typed(event) for event in events)

    def _typed(self, event: InputEvent) -> bytes:
        if event.dropped:
            self._held.clear()  # letting go may be among what is missing
            return NOT_TYPED
        if event.kind != EV_KEY:
            return b""
        if event.code in _SHIFTS or event.code in _OTHER_MODIFIERS:
            self._hold(event)
            return b""
        if event.value != DOWN or event.code in _SILENT:
            return b""
        if event.code == Key.CAPSLOCK:
            self._caps_lock = not self._caps_lock
            return b""
        if event.code in _ENDS:
            return END
        return self._sign(event.code).encode("ascii") or NOT_TYPED

    def _hold(self, event: InputEvent) -> None:
        if event.value == UP:
            self._held.discard(event.code)
        else:
            self._held.add(event.code)

    def _sign(self, code: int) -> str:
        """The character; empty where the key makes none."""
        if self._held & _OTHER_MODIFIERS:
            return ""
        shift = bool(self._held & _SHIFTS)
        plain = PLAIN.get(code, "")
        if self._caps_lock and plain.isalpha():
            shift = not shift
        return SHIFTED.get(code, plain) if shift else plain
