"""A side door for tests and the demo: where does a button stand, what is shown, a picture of the window.

Off unless asked for (`--remote PATH`), and it cannot press anything: that is left to a real mouse. JSON lines
on a Unix socket, as on the control channel of the simulated devices:
→ {"do": "where", "given": {"name": "key:7"}}      ← {"ok": true, "state": {"x": 640, "y": 410, …}}
→ {"do": "look"}                                    ← {"ok": true, "state": {"page": "home", "names": […], …}}
→ {"do": "picture", "given": {"path": "/…/1.png"}}  ← {"ok": true, "state": {"path": "/…/1.png"}}
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from kivy.clock import Clock
from kivy.core.window import Window

from hardware.control import Answer, Request, checked_address
from screens.root import ScreenRoot

ANSWER_LIMIT_S: Final = 20.0  # a frame takes 0.03 s; only a window that hangs takes longer
PIXEL_BYTES: Final = 4


class _Refused(Exception):
    pass


class Remote:
    """`more` gives further widgets by name, beside those on the glass."""

    def __init__(self, path: Path, root: ScreenRoot, more: Callable[[], Mapping[str, Any]] = dict) -> None:
        self._path = path
        self._root = root
        self._more = more
        self._listener: socket.socket | None = None

    def start(self) -> None:
        self._path.unlink(missing_ok=True)  # of a process that was killed
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(checked_address(self._path))
        self._path.chmod(0o600)
        self._listener.listen()
        threading.Thread(target=self._serve, name="remote", daemon=True).start()

    def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        assert self._listener is not None
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._answer_all, args=(connection,), daemon=True).start()

    def _answer_all(self, connection: socket.socket) -> None:
        with contextlib.suppress(ConnectionError), connection, connection.makefile("rwb") as stream:
            for line in stream:
                try:
                    answer = self._in_kivy(msgspec.json.decode(line, type=Request))
                except (msgspec.MsgspecError, _Refused) as reason:
                    answer = Answer(ok=False, why=str(reason))
                stream.write(msgspec.json.encode(answer) + b"\n")
                stream.flush()

    def _in_kivy(self, request: Request) -> Answer:
        """Kivy's things may be touched from Kivy's thread only."""
        done = threading.Event()
        answers: list[Answer] = []

        def finish(answer: Answer) -> None:
            answers.append(answer)
            done.set()

        Clock.schedule_once(lambda _: self._obey(request, finish), 0)
        if not done.wait(ANSWER_LIMIT_S):
            raise _Refused(f"the window did not answer within {ANSWER_LIMIT_S:.0f} s")
        return answers[0]

    def _obey(self, request: Request, finish: Callable[[Answer], None]) -> None:
        if request.do == "look":
            finish(Answer(ok=True, state=self._look()))
        elif request.do == "where":
            name = str(request.given.get("name"))
            widget = self._widgets().get(name)
            if widget is None:
                finish(Answer(ok=False, why=f"nothing named {name!r} can be pressed now"))
            else:
                finish(Answer(ok=True, state=place_of(widget)))
        elif request.do == "picture" and isinstance(request.given.get("path"), str):
            self._take(Path(request.given["path"]), finish)
        else:
            finish(Answer(ok=False, why=f"{request.do!r}? possible: look, where name=…, picture path=…"))

    def _widgets(self) -> dict[str, Any]:
        return {**self._root.widgets_by_name(), **self._more()}

    def _look(self) -> dict[str, Any]:
        view = self._root.view
        return {
            "page": "" if view is None else view.page.__struct_config__.tag,
            "view": None if view is None else view.number,
            "language": None if view is None else view.language.value,
            "text_size": None if view is None else view.text_size.value,
            "contrast": None if view is None else view.contrast.value,
            "banners": [] if view is None else [banner.value for banner in view.banners],
            "idle": view is not None and view.idle is not None,
            "names": sorted(self._widgets()),
            "ring": self._root.ring,
        }

    def _take(self, path: Path, finish: Callable[[Answer], None]) -> None:
        """Read the frame when it is drawn and not yet flipped: afterwards its buffer is undefined."""

        def read(*_: Any) -> None:
            Window.unbind(on_flip=read)
            try:
                _save_frame(path)
            except OSError as error:
                finish(Answer(ok=False, why=f"{path}: {error}"))
            else:
                finish(Answer(ok=True, state={"path": str(path)}))

        Window.bind(on_flip=read)
        Window.canvas.ask_update()


def place_of(widget: Any) -> dict[str, Any]:
    """Middle and size in pixels of the window, from its top left corner."""
    frame = widget.frame
    left, low = widget.surface.to_window(frame.x, frame.y, initial=False)
    right, high = widget.surface.to_window(frame.right, frame.top, initial=False)
    return {
        "x": round((left + right) / 2),
        "y": round(Window.height - (low + high) / 2),
        "width": round(right - left),
        "height": round(high - low),
        "off": widget.off,
    }


def _save_frame(path: Path) -> None:
    from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels
    from PIL import Image

    width, height = (int(side) for side in Window.size)
    pixels = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
    picture = Image.frombytes("RGBA", (width, height), bytes(pixels[: width * height * PIXEL_BYTES]))
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM).convert("RGB").save(path, format="PNG")
