"""A simulated camera: a folder into which it writes what it sees, newest picture last.

The driver that reads a V4L2 device in the lobby reads this folder on a laptop; everything behind the picture
is the same.
"""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from PIL import Image

from hardware.actions import Actions, perform
from hardware.scanners.camera_sim_scene import CanNotDraw, Carrier, Kind, Lobby, Shown, card
from hardware.simulated import Json, NotPossible

SHOWING_S: Final = 0.1  # between pictures while something is held up
IDLE_S: Final = 1.0  # an empty lobby hardly changes; some pictures must come, they show that a code went away
KEPT_FILES: Final = 3  # the driver may be about to read the last but one
PREVIEW_PX: Final = (320, 240)
STOP_LIMIT_S: Final = 5.0

Hex = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-fA-F]{2})+$")]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]
Encoding = Literal["utf-8", "gb18030"]


class CameraSim:
    """`CameraSim("camera", Path("/tmp/x/camera")).start()`, then give the folder to the driver as source.

    Owns the folder: makes it, empties it, and removes it when unplugged. The preview for the cabinet lies
    beside it, since everything inside counts as seen."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        self._preview = folder.with_name(f"{folder.name}-preview.jpg")
        self._lobby = Lobby()
        self._began_s = time.monotonic()
        self._changed = threading.Condition()  # guards all below
        self._stopping = False
        self._plugged = self._powered = True
        self._blind = self._frozen = False
        self._held: Image.Image | None = None
        self._shown: Json | None = None
        self._hide_at_s: float | None = None
        self._frames = 0
        self._thread = threading.Thread(target=self._film, name=f"{name} sim", daemon=True)
        self._actions: Actions = {
            "show": self._show,
            "show_two": self._show_two,
            "show_bytes": self._show_bytes,
            "hide": self._hide,
            "blind": self._set_blind,
            "freeze": self._set_frozen,
            "unplug": self._unplug,
            "plug": self._plug,
        }

    def start(self) -> None:
        self._there()
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join(STOP_LIMIT_S)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._preview.unlink(missing_ok=True)

    def do(self, action: str, **given: Any) -> Json:
        """One of these; raises NotPossible with a reason where it can not be done now.

        show(text, kind: qr or code128, carrier: phone or paper, seconds, encoding: utf-8 or gb18030) ·
        show_two(a, b, carrier): two QR codes at once · show_bytes(hex, carrier): any bytes as QR · hide ·
        blind(on): something covers the lens · freeze(on): no new pictures · unplug, plug."""
        with self._changed:
            perform(self._actions, action, given)
            self._changed.notify_all()
            return self._picture()

    def state(self) -> Json:
        """`shown` is None or what is held up; `preview` is the path of a small JPEG of the last picture."""
        with self._changed:
            return self._picture()

    def power_cut(self) -> None:
        with self._changed:
            self._powered = False
            self._gone()

    def power_on(self) -> None:
        with self._changed:
            self._powered = True
            if self._plugged:
                self._there()
            self._changed.notify_all()

    def _picture(self) -> Json:
        return {
            "plugged": self._plugged,
            "powered": self._powered,
            "blind": self._blind,
            "frozen": self._frozen,
            "shown": self._shown,
            "frames": self._frames,
            "preview": str(self._preview),
        }

    # --- what a person does

    def _show(
        self,
        text: str,
        kind: Kind = "qr",
        carrier: Carrier = "phone",
        seconds: Seconds | None = None,
        encoding: Encoding = "utf-8",
    ) -> None:
        self._hold([Shown(self._encoded(text, encoding), kind)], carrier, seconds)
        self._shown = {"texts": [text], "kind": kind, "carrier": carrier}

    def _show_two(self, a: str, b: str, carrier: Carrier = "paper", seconds: Seconds | None = None) -> None:
        self._hold([Shown(a.encode()), Shown(b.encode())], carrier, seconds)
        self._shown = {"texts": [a, b], "kind": "qr", "carrier": carrier}

    def _show_bytes(self, hex: Hex, carrier: Carrier = "phone", seconds: Seconds | None = None) -> None:
        self._hold([Shown(bytes.fromhex(hex))], carrier, seconds)
        self._shown = {"hex": hex, "kind": "qr", "carrier": carrier}

    def _encoded(self, text: str, encoding: Encoding) -> bytes:
        try:
            return text.encode(encoding)
        except UnicodeEncodeError as error:
            raise NotPossible(f"show: {text!r} can not be written in {encoding}: {error.reason}") from error

    def _hold(self, codes: list[Shown], carrier: Carrier, seconds: float | None) -> None:
        try:
            self._held = card(codes, carrier)
        except CanNotDraw as error:
            raise NotPossible(str(error)) from error
        self._hide_at_s = None if seconds is None else time.monotonic() + seconds

    def _hide(self) -> None:
        self._held = self._shown = self._hide_at_s = None

    def _set_blind(self, on: bool = True) -> None:
        self._blind = on

    def _set_frozen(self, on: bool = True) -> None:
        self._frozen = on

    def _unplug(self) -> None:
        self._plugged = False
        self._gone()

    def _plug(self) -> None:
        self._plugged = True
        if self._powered:
            self._there()

    def _gone(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _there(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)  # pictures of a former run are not to be seen
        self._folder.mkdir(parents=True)

    # --- the camera

    def _film(self) -> None:
        while True:
            with self._changed:
                if self._stopping:
                    return
                if self._hide_at_s is not None and time.monotonic() >= self._hide_at_s:
                    self._hide()
                if self._plugged and self._powered and not self._frozen:
                    self._write()
                self._changed.wait(IDLE_S if self._held is None else SHOWING_S)

    def _write(self) -> None:
        """One picture. Under the lock, so that none appears after the thing shown, or the cable, has changed."""
        at_s = time.monotonic() - self._began_s
        seen = Image.fromarray(self._lobby.dark() if self._blind else self._lobby.picture(self._held, at_s))
        self._frames += 1
        _save(seen, self._folder / f"{self._frames:08d}.jpg")
        (self._folder / f"{self._frames - KEPT_FILES:08d}.jpg").unlink(missing_ok=True)
        _save(seen.resize(PREVIEW_PX), self._preview)


def _save(picture: Image.Image, path: Path) -> None:
    """Whole or not at all: a reader never meets half a file."""
    fresh = path.with_name(f".{path.name}")
    picture.save(fresh, format="JPEG", quality=92)
    fresh.replace(path)
