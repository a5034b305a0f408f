"""A camera that reads codes: one thread takes pictures and keeps the newest, one reads them and speaks.

While resting the camera is off; only its presence is checked. Pictures are never kept, for they may show faces; what
leaves this file is the small preview for the glass, and that only while looking.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hardware.contracts import CodeRead, CodeRefused, CodeRefusedBecause, Found, Lost, Sink, Trouble
from hardware.scanners.camera_source import NoPicture, Source, Tuning, inspect
from hardware.scanners.preview import Preview
from hardware.scanners.text import Once, Sighting, safe_text

if TYPE_CHECKING:
    from hardware.scanners.camera_pictures import Gray
    from hardware.scanners.decode import Code, Decoder

CHECK_S: Final = 1.0  # between checks of presence, and between attempts: a plugged cable is seen soon enough
SILENT_S: Final = (
    1.4  # without a picture while one is wanted; the slowest cameras take a second for their first
)
LISTEN_S: Final = 0.4  # between looks whether a picture is overdue: silence is known within two seconds
CLOSE_LIMIT_S: Final = 3.0  # a camera that hangs may hold its thread for 10 s; nobody waits for it

_log = logging.getLogger(__name__)


class CameraScanner:
    """`CameraScanner("camera", "/dev/kiosk/camera", 640, 480, 15)`.

    `source`: a V4L2 device, `csi:0` for a ribbon camera, a folder whose newest picture is the view, or a video file,
    played in a circle. `preview`: where the newest picture lies while looking, for the glass.
    `Found` means that the source gave a picture once. Each `look` begins afresh: a code that was said in the
    look before is said again when it still lies there."""

    def __init__(
        self,
        name: str,
        source: str,
        width: int,
        height: int,
        frames_per_s: int,
        tuning: Tuning = Tuning(),  # noqa: B008 - immutable
        preview: Path | None = None,
    ) -> None:
        self.name = name
        self._path = Path(source)
        self._size = width, height
        self._frames_per_s = frames_per_s
        self._tuning = tuning
        self._preview = Preview(preview)
        self._sink: Sink = lambda event: None
        self._changed = threading.Condition()  # guards the seven below
        self._closing = False
        self._looks = 0  # so many have begun
        self._look: int | None = None  # number of the running one
        self._newest: tuple[int, Gray] | None = None  # the picture and the look it belongs to
        self._news: deque[Found | Lost] = deque()
        self._health: Found | Lost | None = None  # as told last
        self._waits_since_s: float | None = (
            None  # for a picture: a camera that hangs holds its thread for seconds
        )
        self._threads = [
            threading.Thread(target=run, name=f"{name} {task}", daemon=True)
            for run, task in ((self._take_pictures, "pictures"), (self._read_codes, "codes"))
        ]

    def start(self, sink: Sink) -> None:
        self._sink = sink
        self._preview.clear()  # of a former process
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        with self._changed:
            self._closing = True
            self._look = self._newest = None
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(CLOSE_LIMIT_S)

    def look(self) -> None:
        with self._changed:
            self._looks += 1
            self._look = self._looks
            self._changed.notify_all()

    def rest(self) -> None:
        with self._changed:
            self._look = self._newest = None
            self._changed.notify_all()

    # --- the thread that takes pictures

    def _take_pictures(self) -> None:
        while not self._closing:
            looks = self._looks
            try:
                source = inspect(self._path)
                if self._look is not None or self._health != self._found(source):
                    self._stream(source)
            except NoPicture as gone:
                self._report(Lost(device=self.name, trouble=gone.trouble, detail=gone.detail))
            self._rest_after(looks)

    def _stream(self, source: Source) -> None:
        """Pictures until `rest`; at rest a single one, which proves that the source works. Raises NoPicture."""
        from hardware.scanners.camera_pictures import (
            in_region,
            open_pictures,
        )  # slow: not in the path of the start

        pictures = open_pictures(source, *self._size, self._frames_per_s, self._tuning)
        try:
            while True:
                due_s = time.monotonic() + 1 / self._frames_per_s
                self._waits_since_s = time.monotonic()
                picture = pictures.next()
                self._waits_since_s = None
                self._report(self._found(source))
                if picture is not None:
                    picture = in_region(picture, self._tuning.region)
                with self._changed:
                    looking = self._look
                    if looking is not None and picture is not None:
                        self._newest = looking, picture
                        self._changed.notify_all()
                if looking is not None and picture is not None:
                    self._preview.show(picture, time.monotonic())
                with self._changed:
                    if self._changed.wait_for(lambda: self._look is None, due_s - time.monotonic()):
                        return
        finally:
            self._waits_since_s = None
            self._preview.clear()
            pictures.close()

    def _rest_after(self, looks: int) -> None:
        """Until a look begins after that many, but not for longer than CHECK_S."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._looks != looks, CHECK_S)

    def _found(self, source: Source) -> Found:
        return Found(device=self.name, identity=source.identity, serial_number=source.serial_number)

    def _report(self, health: Found | Lost) -> None:
        with self._changed:
            told = self._health
            again = isinstance(health, Lost) and isinstance(told, Lost) and health.trouble is told.trouble
            if health != told and not again:
                self._health = health
                self._news.append(health)
                self._changed.notify_all()

    def _report_silence(self) -> None:
        since_s = self._waits_since_s
        if since_s is not None and time.monotonic() - since_s >= SILENT_S:
            detail = f"{self._path}: gives no pictures; check the cable, or plug it in again"
            self._report(Lost(device=self.name, trouble=Trouble.SILENT, detail=detail))

    # --- the thread that reads codes, and the only one that speaks

    def _read_codes(self) -> None:
        once, of_look = Once(), 0
        decoder: Decoder | None = None
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._news or self._newest, LISTEN_S)
                self._report_silence()
                if self._closing:
                    return
                news, self._news = self._news, deque()
                newest, self._newest = self._newest, None
            for event in news:
                self._sink(event)
            if newest is None:
                continue
            look, picture = newest
            if look != of_look:
                once, of_look = Once(), look
            decoder = decoder or _decoder()
            codes = _decoded(decoder, picture)
            sightings = [Sighting(code.payload, sure=not code.linear) for code in codes]
            said = once.see(sightings, time.monotonic())
            if said is not None and self._look == look:
                self._say(said, codes)

    def _say(self, said: bytes | CodeRefusedBecause, codes: tuple[Code, ...]) -> None:
        text = safe_text(said) if isinstance(said, bytes) else said
        if isinstance(text, CodeRefusedBecause):
            self._sink(CodeRefused(device=self.name, because=text))
        else:
            symbology = next(code.symbology for code in codes if code.payload == said)
            self._sink(CodeRead(device=self.name, text=text, symbology=symbology))


def _decoder() -> Decoder:
    from hardware.scanners.decode import Decoder  # slow: not in the path of the start

    return Decoder()


def _decoded(decoder: Decoder, picture: Gray) -> tuple[Code, ...]:
    try:
        return decoder.read(picture)
    except Exception:  # a picture comes from outside: one that breaks a decoder must not end the reading
        _log.exception("a picture of %s could not be searched for codes; it was skipped", picture.shape)
        return ()
