"""The line from the cabinet to the simulated devices and to the supervisor. Nothing here waits on Kivy's thread."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from hardware.control import ControlClient
from hardware.simulated import Json, NotPossible

log = logging.getLogger(__name__)

AGAIN_S: Final = 0.5  # after the simulators went away: they are started again within a second
LINES_TO_WORLD: Final = 4  # a reset takes seconds; notes may be inserted meanwhile
SUPERVISOR: Final = "supervisor"
PRINTS_MM_S: Final = 120.0  # the simulated printer is in a hurry; people want to see the paper come out


class World:
    """`state` by device, and what the supervisor tells under "supervisor". Callbacks come from other threads."""

    def __init__(
        self,
        control: Path,
        supervisor: Path,
        on_change: Callable[[], None],
        on_refused: Callable[[str, str], None],
    ) -> None:
        """`on_refused(action, why)`."""
        self.state: dict[str, Json] = {}
        self._devices = ControlClient(control)
        self._watched = ControlClient(control)
        self._house = ControlClient(supervisor)
        self._on_change, self._on_refused = on_change, on_refused
        self._closed = threading.Event()
        self._hands = ThreadPoolExecutor(LINES_TO_WORLD, thread_name_prefix="hand")

    def start(self) -> None:
        threading.Thread(target=self._watch, name="watch devices", daemon=True).start()
        threading.Thread(target=self._meet_supervisor, name="meet supervisor", daemon=True).start()

    def close(self) -> None:
        self._closed.set()
        self._hands.shutdown(wait=False, cancel_futures=True)

    def device(self, name: str) -> Json:
        return self.state.get(name, {})

    def do(self, device: str, action: str, /, **given: object) -> None:
        """Tell a device; returns at once."""
        self._soon(self._devices, device, [(action, given)])

    def do_in_turn(self, device: str, *actions: str) -> None:
        """The same for several actions, of which each needs the one before it."""
        self._soon(self._devices, device, [(action, {}) for action in actions])

    def order(self, action: str, /, then: Callable[[], None] = lambda: None, **given: object) -> None:
        """Tell the supervisor; returns at once. `then` is called afterwards, whether it worked or not."""
        self._soon(self._house, SUPERVISOR, [(action, given)], then)

    def _soon(
        self,
        line: ControlClient,
        device: str,
        actions: list[tuple[str, dict[str, object]]],
        then: Callable[[], None] = lambda: None,
    ) -> None:
        def act() -> None:
            for action, given in actions:
                try:
                    self._know(device, line.do(device, action, **given))
                except (NotPossible, OSError) as reason:
                    log.info("%s of %s: %s", action, device, reason)
                    self._on_refused(action, str(reason))
                    break
            then()

        with contextlib.suppress(RuntimeError):  # a click while the window closes
            self._hands.submit(act)

    def _know(self, device: str, state: Json) -> None:
        self.state = {**self.state, device: state}
        self._on_change()

    def devices_are_new(self) -> None:
        """They were started, or made anew by a reset, and know nothing of us."""
        self.do("printer", "speed", mm_s=PRINTS_MM_S)

    def _meet_supervisor(self) -> None:
        """It begins to listen only when all processes run, this one included."""
        while not self._closed.is_set():
            try:
                self._know(SUPERVISOR, self._house.look())
                return
            except (NotPossible, OSError):
                self._closed.wait(AGAIN_S)

    def _watch(self) -> None:
        while not self._closed.is_set():
            try:
                met = False
                for device, state in self._watched.watch():
                    self._know(device, state)
                    if not met:
                        met = True
                        self.devices_are_new()
            except (NotPossible, OSError) as error:
                log.info("no simulated devices: %s", error)
            self._closed.wait(AGAIN_S)
