"""A display that nobody sees, for machines without one."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
from types import TracebackType
from typing import Final

from kiosk.supervise import Trouble

START_S: Final = 20.0  # Xvfb itself needs 0.2 s; a loaded machine much more
STOP_S: Final = 5.0
ANSWER_S: Final = 20.0  # of a display that is there: some milliseconds
DEPTH: Final = 24  # bits of colour


def seen_by_a_person() -> bool:
    """Whether there is a display. Raises Trouble for one that does not answer: SDL would draw where nobody looks."""
    if os.environ.get("WAYLAND_DISPLAY"):
        return True
    name = os.environ.get("DISPLAY")
    if name and shutil.which("xdotool") and not _answers():
        raise Trouble(
            f"the display {name} (DISPLAY) does not answer, or not to this user; start this in a terminal of the"
            " desktop as the user who sits there, or `unset DISPLAY`: then the scripted demo is played"
        )
    return bool(name)


def _answers() -> bool:
    try:
        asked = subprocess.run(["xdotool", "getdisplaygeometry"], capture_output=True, timeout=ANSWER_S)
    except subprocess.TimeoutExpired:
        return False
    return asked.returncode == 0


class VirtualDisplay:
    """`with VirtualDisplay(1720, 880) as display:` and give `display.environment` to what shall draw there."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.environment: dict[str, str] = {}
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> VirtualDisplay:
        """Raises Trouble when a program is missing or the display does not come up."""
        for program in ("Xvfb", "xdotool"):
            if shutil.which(program) is None:
                raise Trouble(f"{program} is not installed, and without a display nothing can be shown or clicked;"
                              " script/bootstrap installs it")  # fmt: skip
        reading, writing = os.pipe()
        try:
            self._server = subprocess.Popen(
                [
                    *("Xvfb", "-displayfd", str(writing), "-nolisten", "tcp", "-noreset"),
                    *("-screen", "0", f"{self.width}x{self.height}x{DEPTH}"),
                ],
                pass_fds=(writing,),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            os.close(writing)
            number = self._number(reading)
        finally:
            os.close(reading)
        self.environment = {"DISPLAY": f":{number}", "SDL_VIDEODRIVER": "x11"}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def click(self, x: int, y: int) -> None:
        """The left button of a mouse, at pixels from the top left corner."""
        subprocess.run(
            ["xdotool", "mousemove", str(x), str(y), "click", "1"],
            check=True,
            env={**os.environ, **self.environment},
        )

    def _number(self, reading: int) -> int:
        """Xvfb writes the number of the free display that it took, once it is ready."""
        text = b""
        while not text.endswith(b"\n"):
            ready, _, _ = select.select([reading], [], [], START_S)
            piece = os.read(reading, 16) if ready else b""
            if not piece:
                self._stop()
                raise Trouble(f"Xvfb did not start within {START_S:.0f} s; run `Xvfb :99` by hand to see why")
            text += piece
        return int(text)

    def _stop(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        server.terminate()
        try:
            server.wait(STOP_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
