"""The panel of faults: what can go wrong with acceptor, printer and processes, and a new world."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple

from hardware.simulated import Json
from screens.cabinet.board import ACTIVE, BODY, CARD, GRAVE, PLAIN, QUIET, RADIUS, RULE, Board
from screens.cabinet.front import Scene

Check = Callable[[Json], bool]


class Fault(NamedTuple):
    """A key. When the trouble is `there`, the key is lit and does `undo` instead of `action`, if it has one."""

    name: str
    device: str
    action: str
    given: Json = {}  # noqa: RUF012  nobody writes to it
    there: Check = lambda state: False
    undo: tuple[str, ...] = ()


DROPPED: Final = 8  # answers; the driver gives up sooner


def _cable(device: str) -> Fault:
    return Fault(f"{device}_cable", device, "unplug", {}, lambda s: not s.get("plugged", True), ("plug",))


ACCEPTOR: Final = (
    Fault("jam", "acceptor", "jam", {"where": "validator"}, lambda s: s.get("state") in ("jam", "box_jam")),
    # Whoever has the box in his hands empties it: a full one put back would stay full.
    Fault(
        "box", "acceptor", "pull_box", {}, lambda s: not s.get("box_present", True), ("empty_box", "put_box")
    ),
    Fault("box_full", "acceptor", "fill_box", {}, lambda s: bool(s.get("box_full"))),
    Fault(
        "drop",
        "acceptor",
        "drop_replies",
        {"times": DROPPED},
        lambda s: "drop_replies" in s.get("faults", {}),
    ),
    Fault("cheat", "acceptor", "cheat", {}, lambda s: s.get("state") == "cheated"),
    _cable("acceptor"),
    Fault("acceptor_clear", "acceptor", "clear"),
)
PRINTER: Final = (
    Fault("paper_out", "printer", "paper_out", {}, lambda s: s.get("paper") == "out"),
    Fault("load_paper", "printer", "load_paper"),
    Fault("cover", "printer", "open_cover", {}, lambda s: bool(s.get("cover_open")), ("close_cover",)),
    Fault(
        "cutter", "printer", "jam_cutter", {}, lambda s: bool(s.get("cutter_jammed") or s.get("cutter_error"))
    ),
    Fault("silent", "printer", "silent"),
    _cable("printer"),
    Fault("printer_clear", "printer", "clear"),
)
PROCESSES: Final = ("core", "screens", "courier", "central", "devices")


class FaultFront:
    def __init__(self, board: Board, scene: Scene) -> None:
        self.board, self._scene = board, scene
        self._silent = False

    def seen(self) -> Any:
        device = self._scene.world.device
        lit = [fault.there(device(fault.device)) for fault in (*ACCEPTOR, *PRINTER)]
        return lit, self._silent, bool(device("camera").get("blind"))

    def draw(self) -> None:
        board, say = self.board, self._scene.say
        board.box(board.area, CARD, RULE, RADIUS)
        titles = ("acceptor", "printer", "processes")
        for title, row in zip(titles, board.area.inset(14, 12).rows(3, 7), strict=True):
            caption, keys = row.from_left(74, 6)
            board.text(caption, say(f"faults.{title}"), BODY, QUIET)
            cells = keys.columns(7, 6)
            if title == "processes":
                self._processes(cells)
                continue
            for fault, cell in zip(ACCEPTOR if title == "acceptor" else PRINTER, cells, strict=True):
                self._fault(fault, cell)

    def _fault(self, fault: Fault, cell: Any) -> None:
        world = self._scene.world
        there = fault.there(world.device(fault.device)) or (fault.name == "silent" and self._silent)
        label = self._scene.say(f"fault.{fault.name}")
        if fault.name == "silent":
            action: Callable[[], None] = self._toggle_silent
        elif there and fault.undo:
            action = partial(world.do_in_turn, fault.device, *fault.undo)
            label = self._scene.say(f"fault.{fault.name}_undo")
        else:
            action = partial(world.do, fault.device, fault.action, **fault.given)
        self.board.key(cell, f"cabinet:fault:{fault.name}", label, action, ACTIVE if there else PLAIN, px=15)

    def _toggle_silent(self) -> None:
        """The printer's state does not tell whether it answers; that is the point."""
        self._silent = not self._silent
        self._scene.world.do("printer", "silent", on=self._silent)

    def _processes(self, cells: list[Any]) -> None:
        board, say, world = self.board, self._scene.say, self._scene.world
        for name, cell in zip(PROCESSES, cells, strict=False):
            kill = partial(self._kill, name)
            board.key(cell, f"cabinet:kill:{name}", say(f"process.{name}"), kill, px=15)
        blind = bool(world.device("camera").get("blind"))
        cover = partial(world.do, "camera", "blind", on=not blind)
        board.key(
            cells[-2], "cabinet:fault:blind", say("fault.blind"), cover, ACTIVE if blind else PLAIN, px=15
        )
        again = None if self._scene.resetting else partial(self._scene.ask, "reset")
        board.key(cells[-1], "cabinet:reset", say("reset.key"), again, GRAVE, px=15, bold=True)

    def _kill(self, name: str) -> None:
        self._scene.tell(self._scene.say("body.killed", process=self._scene.say(f"process.{name}")))
        self._scene.world.order("kill", process=name)
