"""The simulated front and cabinet: somebody presses the button, opens the door, pulls the plug.

It knows how the cabinet is wired (docs/wiring.md), nothing of the driver. Its end of the wires is a line: one
text line per wire, `6=0` connects BCM 6 to ground, `z` leaves it open, `1` drives it; `?` from the other end
asks for all, answered with a `.` at the end. What the other end drives is what the lamps show.
"""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from hardware.actions import Actions, perform
from hardware.simulated import Json, NotPossible, Pty

LAMPS: Final = {"slot": 13, "printer": 19, "scanner": 26, "card": 12, "beacon": 16}
CALL, DOOR, CASH_BOX, PRESENCE, MAINS = 5, 6, 20, 21, 25
WIRES: Final = {"call": CALL, "door": DOOR, "cash_box": CASH_BOX, "presence": PRESENCE, "mains": MAINS}
TO_GROUND, OPEN, HIGH, LOW = "0", "z", "1", "0"

HELD_S: Final = 0.15  # a finger on the button
TREMBLE_S: Final = 0.004  # between two bounces of a contact
DRIVEN: Final = re.compile(rb"([0-9]{1,2})=([01])")

Wire = Literal["call", "door", "cash_box", "presence", "mains"]
Times = Annotated[int, msgspec.Meta(ge=0, le=50)]


class PanelSim:
    """`PanelSim("panel", Path("/tmp/x/panel")).start()`; the driver opens the link."""

    def __init__(self, name: str, link: Path) -> None:
        self.name = name
        self._link = link
        self._lock = threading.RLock()
        self._pty: Pty | None = None
        self._heard = b""
        self._plugged = self._powered = self._mains = True
        self._door_open = self._box_pulled = self._near = self._pressed = False
        self._bounces = 0
        self._cut: set[Wire] = set()
        self._driven: dict[int, bool] = {}
        self._actions: Actions = {
            "press_call": self._press_call,
            "open_door": lambda: self._door(True),
            "close_door": lambda: self._door(False),
            "pull_box": lambda: self._box(True),
            "put_box": lambda: self._box(False),
            "come_near": lambda: self._person(True),
            "go_away": lambda: self._person(False),
            "mains_fail": lambda: self._mains_are(False),
            "mains_return": lambda: self._mains_are(True),
            "cut_wire": self._cut_wire,
            "mend_wire": self._mend_wire,
            "bounce": self._bounce,
            "unplug": self._unplug,
            "plug": self._plug,
        }

    def start(self) -> None:
        with self._lock:
            self._pty = Pty(self._link, self._listen)

    def stop(self) -> None:
        with self._lock:
            pty, self._pty = self._pty, None
        if pty is not None:
            pty.close()

    def do(self, action: str, **given: Any) -> Json:
        """One of these; raises NotPossible with a reason where it can not be done now.

        press_call · open_door, close_door · pull_box, put_box · come_near, go_away · mains_fail, mains_return ·
        cut_wire(wire), mend_wire(wire) · bounce(times): every contact trembles from now on · unplug, plug."""
        with self._lock:
            perform(self._actions, action, given)
            return self.state()

    def state(self) -> Json:
        """`lamps` that burn now, in the order of the table."""
        with self._lock:
            alive = self._powered and self._plugged
            return {
                "powered": self._powered,
                "plugged": self._plugged,
                "lamps": [name for name, pin in LAMPS.items() if alive and self._driven.get(pin)],
                "door_open": self._door_open,
                "box_pulled": self._box_pulled,
                "near": self._near,
                "mains": self._mains,
                "cut": sorted(self._cut),
            }

    def power_cut(self) -> None:
        """Everything is dark, the battery too."""
        with self._lock:
            self._powered = False
            self._driven.clear()
            self._port().unplug()

    def power_on(self) -> None:
        with self._lock:
            self._powered = True
            if self._plugged:
                self._port().plug()

    # --- the wires

    def _listen(self, data: bytes) -> None:
        with self._lock:
            *lines, self._heard = (self._heard + data).split(b"\n")
            for line in lines:
                if line == b"?":
                    for wire in WIRES:
                        self._send(wire, self._level(wire))
                    self._say(".\n")
                elif match := DRIVEN.fullmatch(line):
                    self._driven[int(match[1])] = match[2] == b"1"

    def _level(self, wire: str) -> str:
        """Door, box and mains are closed circuits; the sensor drives its line; a cut wire leads nowhere."""
        if wire in self._cut:
            return OPEN
        if wire == "presence":
            return HIGH if self._near else LOW
        closed = {
            "call": self._pressed,
            "door": not self._door_open,
            "cash_box": not self._box_pulled,
            "mains": self._mains,
        }
        return TO_GROUND if closed[wire] else OPEN

    def _moved(self, wire: str) -> None:
        """A contact has changed, perhaps not in one go."""
        level = self._level(wire)
        for number in range(2 * self._bounces):
            other = OPEN if level == TO_GROUND else TO_GROUND
            self._send(wire, level if number % 2 == 0 else other)
            time.sleep(TREMBLE_S)
        self._send(wire, level)

    def _send(self, wire: str, level: str) -> None:
        self._say(f"{WIRES[wire]}={level}\n")

    def _say(self, text: str) -> None:
        if self._powered and self._plugged and self._pty is not None:
            self._pty.send(text.encode())

    # --- people

    def _alive(self) -> None:
        if not self._powered:
            raise NotPossible("the cabinet has no power; use power_on first")

    def _press_call(self) -> None:
        self._alive()
        for pressed in (True, False):
            self._pressed = pressed
            self._moved("call")
            if pressed:
                time.sleep(HELD_S)

    def _door(self, open: bool) -> None:
        if open == self._door_open:
            raise NotPossible(f"the door is {'open' if open else 'closed'} already")
        self._door_open = open
        self._moved("door")

    def _box(self, pulled: bool) -> None:
        if pulled and not self._door_open:
            raise NotPossible("the box is behind the door; open it first")
        if pulled == self._box_pulled:
            raise NotPossible(f"the box is {'out' if pulled else 'in its place'} already")
        self._box_pulled = pulled
        self._moved("cash_box")

    def _person(self, near: bool) -> None:
        self._near = near
        self._moved("presence")

    def _mains_are(self, on: bool) -> None:
        self._alive()
        if on == self._mains:
            raise NotPossible(f"the mains are {'on' if on else 'off'} already")
        self._mains = on
        self._moved("mains")

    def _cut_wire(self, wire: Wire) -> None:
        self._cut.add(wire)
        self._moved(wire)

    def _mend_wire(self, wire: Wire) -> None:
        if wire not in self._cut:
            raise NotPossible(f"the wire {wire} is not cut")
        self._cut.remove(wire)
        self._moved(wire)

    def _bounce(self, times: Times) -> None:
        self._bounces = times

    def _unplug(self) -> None:
        self._plugged = False
        self._port().unplug()

    def _plug(self) -> None:
        self._plugged = True
        if self._powered:
            self._port().plug()

    def _port(self) -> Pty:
        if self._pty is None:
            raise NotPossible(f"{self.name} is not started")
        return self._pty
