"""The cabinet's window: the glass in its case, the fronts around it, all in one picture that fits any window."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.scatter import Scatter

from screens.app import Glass
from screens.cabinet.board import ROOM, Board
from screens.cabinet.body import BodyFront, DarkGlass
from screens.cabinet.camera import CameraFront
from screens.cabinet.card import CardFront
from screens.cabinet.cover import Cover
from screens.cabinet.faults import FaultFront
from screens.cabinet.front import Front, Scene, Shelf
from screens.cabinet.notes import NoteFront
from screens.cabinet.panel import PanelFront
from screens.cabinet.paper import PrinterFront
from screens.cabinet.plugs import PlugFront
from screens.cabinet.size import DESIGN
from screens.cabinet.world import World
from screens.frame import Frame
from screens.remote import Remote
from screens.theme import Panel, rgba

MARGIN: Final = 20
GAP: Final = 16
GLASS_ROOM: Final = (960, 600)  # the lobby's panel at three quarters
CASE_SIDE, CASE_TOP, CASE_FOOT = 24, 30, 40
STRIP_H: Final = 154  # plugs and faults below the case
PLUGS_W: Final = 258
PRINTER_W: Final = 284
NOTES_H: Final = 396
TERMINAL_H: Final = 196
PANEL_H: Final = 176
LOOK_EVERY_S: Final = 0.15  # pictures that devices write: the camera's view, paper that grows
NEWS_S: Final = 8.0  # long enough to read one sentence twice


class CabinetGlass(Glass):
    """As `Glass`, but the panel stands in a case, and beside it everything that a person can do to a kiosk."""

    def __init__(
        self, panel: Panel, socket_path: Path, control: Path, supervisor: Path, remote: Path | None
    ) -> None:
        self._fronts_frame, self._top_frame = _picture(), _picture()
        self._glass_place = _plan()[1]
        Window.add_widget(self._fronts_frame)
        super().__init__(panel, socket_path)  # adds the glass, above the fronts
        self._frame.auto_bring_to_front = False  # a touch must not lift it above what covers it
        Window.add_widget(self._top_frame)
        Window.clearcolor = rgba(ROOM)
        self._news_ends: Any = None
        self._refresh_soon = Clock.create_trigger(lambda _: self._shelf.refresh(), 0)
        self._world = World(control, supervisor, self._refresh_soon, self._refused)
        self._scene = Scene(self._world)
        self._shelf: Shelf = self._furnished()
        Window.set_title(self._scene.say("body.window"))
        self._remote = Remote(remote, self.root, self._shelf.keys) if remote else None

    def _furnished(self) -> Shelf:
        case, glass, plugs, faults, notes, camera, printer, terminal, panel = _plan()
        scene = self._scene
        self._body = BodyFront(
            Board(case), scene, Frame(glass.x - case.x, glass.y - case.y, glass.w, glass.h)
        )
        self._camera = CameraFront(Board(camera), scene)
        paper = PrinterFront(Board(printer), scene)
        self._cover = Cover(Board(Frame(0, 0, *DESIGN)), scene, paper.paper, self._reset)
        dark = DarkGlass(Board(glass), scene)
        below: tuple[Front, ...] = (
            self._body,
            NoteFront(Board(notes), scene),
            self._camera,
            paper,
            CardFront(Board(terminal), scene),
            PanelFront(Board(panel), scene),
            PlugFront(Board(plugs), scene),
            FaultFront(Board(faults), scene),
        )
        above: tuple[Front, ...] = (dark, self._cover)
        for frame, fronts in ((self._fronts_frame, below), (self._top_frame, above)):
            for front in fronts:
                frame.add_widget(front.board)
        scene.ask, scene.tell = self._ask, self._tell
        return Shelf(scene, (*below, *above))

    def _place(self) -> None:
        """The whole design in the middle of the window; the panel at its place in it."""
        width, height = self._window.size
        scale = min(width / DESIGN[0], height / DESIGN[1])
        for frame in (self._fronts_frame, self._top_frame):
            frame.scale = scale
            frame.center = (width / 2, height / 2)
        panel_w, panel_h = self.root.panel.glass
        place = self._glass_place
        self._frame.scale = scale * min(place.w / panel_w, place.h / panel_h)
        left, low = (width - DESIGN[0] * scale) / 2, (height - DESIGN[1] * scale) / 2
        middle = (place.x + place.w / 2, place.y + place.h / 2)
        self._frame.center = (left + middle[0] * scale, low + middle[1] * scale)

    # ---- what happens

    def _show(self, passed_s: float) -> None:
        super()._show(passed_s)
        if self.root.view is not None and self.root.view.language is not self._scene.language:
            self._scene.language = self.root.view.language
            self._refresh_soon()

    def _ask(self, what: str) -> None:
        self._cover.ask(what)
        self._refresh_soon()

    def _refused(self, action: str, why: str) -> None:
        """From a thread of the world."""
        key = f"refused.{action}" if self._scene.knows(f"refused.{action}") else "refused.other"
        Clock.schedule_once(lambda _: self._tell(self._scene.say(key, why=why)), 0)

    def _tell(self, news: str) -> None:
        self._body.news = news
        if self._news_ends is not None:
            self._news_ends.cancel()
        self._news_ends = Clock.schedule_once(lambda _: self._tell(""), NEWS_S) if news else None
        self._refresh_soon()

    def _reset(self) -> None:
        self._scene.resetting = True

        def done() -> None:
            self._scene.resetting = False
            self._world.devices_are_new()
            self._refresh_soon()

        self._world.order("reset", then=done)
        self._refresh_soon()

    def _look(self, _: float) -> None:
        self._shelf.refresh()
        self._camera.refresh_view()

    def run(self) -> None:
        self._world.start()
        Clock.schedule_interval(self._look, LOOK_EVERY_S)
        self._shelf.refresh()
        if self._remote is not None:
            self._remote.start()
        try:
            super().run()
        finally:
            self._world.close()
            if self._remote is not None:
                self._remote.close()


def _picture() -> Any:
    return Scatter(
        do_rotation=False,
        do_scale=False,
        do_translation=False,
        auto_bring_to_front=False,
        size_hint=(None, None),
        size=DESIGN,
    )


def _plan() -> tuple[Frame, Frame, Frame, Frame, Frame, Frame, Frame, Frame, Frame]:
    """Case, glass, plugs, faults, notes, camera, printer, card terminal, panel: where they stand in the design."""
    whole = Frame(0, 0, *DESIGN).inset(MARGIN)
    left, right = whole.from_left(GLASS_ROOM[0] + 2 * CASE_SIDE, GAP)
    strip, case = left.from_bottom(STRIP_H, GAP)
    glass = Frame(case.x + CASE_SIDE, case.y + CASE_FOOT, *GLASS_ROOM)
    plugs, faults = strip.from_left(PLUGS_W, GAP)
    column, middle = right.from_right(PRINTER_W, GAP)
    panel, column = column.from_bottom(PANEL_H, GAP)
    terminal, printer = column.from_bottom(TERMINAL_H, GAP)
    notes, camera = middle.from_top(NOTES_H, GAP)
    return case, glass, plugs, faults, notes, camera, printer, terminal, panel
