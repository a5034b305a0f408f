"""A simulated ICT acceptor (104U, 106 or 002) on a pseudo-terminal: the line, its faults, the actions.

Written from the protocol's facts alone (acceptors.md §4) and sharing no code with the driver, so that
one checks the other. See `IctSim.do` for what can be done with it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from hardware.acceptors.ict_sim_commands import answer
from hardware.acceptors.ict_sim_settings import FAILURES, Fen, Settings
from hardware.acceptors.ict_sim_unit import NOTE_REJECTED, POWERED_UP, STACKED, State, Unit
from hardware.acceptors.sim_notes import Note
from hardware.actions import check, perform
from hardware.simulated import Json, NotPossible, Pty

TICK_S: Final = 0.02  # the unit speaks by itself, at most this late; a byte takes 1.15 ms
STOP_LIMIT_S: Final = 1.0  # then it is stuck writing to a line that nobody reads
MOMENTS: Final = {state.value: state for state in State}

Times = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=60_000)]
Hex = Annotated[str, msgspec.Meta(max_length=2000)]


@dataclass
class Faults:
    """Misbehaviour of the line. Counts go down by one each time; zero, false and empty mean none."""

    drop_bytes: int = 0  # said, never heard by the host; as bytes with a parity error
    drop_after: int = 0  # so many get through first
    deaf: int = 0  # bytes of the host that never arrive
    duplicate_stacked: int = 0
    between: bytes = b""  # once, between 81h and 4Xh
    echo: bool = False
    slow_ms: int = 0
    pair_gap_ms: int = 0  # between the two bytes of 80h 8Fh and of 81h 4Xh

    def takes(self, name: str) -> bool:
        """Whether the counted fault strikes now; then it is counted down."""
        left: int = getattr(self, name)
        if left:
            setattr(self, name, left - 1)
        return left > 0

    def swallows_a_byte(self) -> bool:
        if self.drop_bytes and self.takes("drop_after"):
            return False
        return self.takes("drop_bytes")

    def active(self) -> Json:
        return asdict(self) | {"between": self.between.hex(" ")}


class IctSim:
    """`IctSim("acceptor", Path("/tmp/x/acceptor")).start()`, then open the link like a serial port.

    It gets power, and says 80h 8Fh, at `start`; a host that opens the line later has missed that.
    `baud` paces what it sends; `clock` gives seconds and may be replaced to make time stand still."""

    def __init__(
        self,
        name: str,
        link: Path,
        settings: Settings | None = None,
        baud: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._link = link
        self._settings = settings or Settings()
        self._baud = baud
        self._clock = clock
        self._lock = threading.Condition()
        self._stopping = False
        self._pty: Pty | None = None
        self._plugged = True
        self._outbox: deque[tuple[float, bytes]] = deque()  # when it leaves, what; in that order
        self._faults = Faults()
        self._armed: list[tuple[State, str, Json]] = []
        self._missed: list[str] = []
        self._actions = self._verbs() | self._ways_to_misbehave()
        self._unit = Unit(self._settings, self._say, self._entered)
        self._unit.advance(clock())
        self._thread = threading.Thread(target=self._live, name=f"ict {name}", daemon=True)

    # --- Simulator

    def start(self) -> None:
        with self._lock:
            self._pty = Pty(self._link, self._on_bytes, self._baud)
            self._unit.advance(self._clock())
            self._unit.power_on()
        self._thread.start()

    def stop(self) -> None:
        with self._lock:
            self._stopping = True
            self._lock.notify()
        if self._pty is not None:
            self._thread.join(STOP_LIMIT_S)
            self._pty.close()

    def power_cut(self) -> None:
        self.do("power_cut")

    def power_on(self) -> None:
        self.do("power_on")

    def do(self, action: str, **given: Any) -> Json:
        """One of these; raises NotPossible with a reason where it can not be done now.

        Hands: insert(fen) · insert_bad(fen) · pull_note · pull_box, empty_box, put_box · fill_box ·
        jam(where: validator or cash_box) · fishing (or cheat) · fail(kind) · clear(note: "" or pulled_out) ·
        unplug, plug · power_cut, power_on · restart (a dip of the mains: 80h 8Fh).
        Unit: push_back(times): does not stack · setup(any of Settings).
        Faults: drop_bytes(times, after) · deaf, duplicate_stacked (times) · between(hex): once between 81h
        and 4Xh · echo(on) · slow, pair_gap (ms) · garbage(hex): said unasked · behave (ends all faults).
        when(moment, then, given): do `then` as soon as that state is entered next."""
        with self._lock:
            self._unit.advance(self._clock())
            perform(self._actions, action, given)
            return self._picture()

    def state(self) -> Json:
        """Amounts in fen. Always: inserted_fen == inside_fen + sum of box + collected_fen + returned_fen.

        `mouth` are the returned notes that nobody has taken out yet; `returned_fen` includes them.
        `counter` is how many notes ever fell into the box; this protocol can not tell the host."""
        with self._lock:
            self._unit.advance(self._clock())
            return self._picture()

    def _picture(self) -> Json:
        unit, notes = self._unit, self._unit.notes
        faults = {name: value for name, value in self._faults.active().items() if value}
        if unit.pushes_back:
            faults["push_back"] = unit.pushes_back
        return {
            "state": unit.state.value,
            "model": self._settings.model,
            "powered": unit.state is not State.OFF,
            "plugged": self._plugged,
            "answered": unit.answered,
            "inside": [note.fen for note in notes.inside],
            "inside_fen": notes.inside_fen,
            "box": list(notes.box),
            "box_present": unit.box_present,
            "box_full": unit.box_full,
            "collected_fen": notes.collected_fen,
            "mouth": list(notes.mouth),
            "returned_fen": notes.returned_fen,
            "inserted_fen": notes.inserted_fen,
            "counter": unit.stacked,
            "enabled": list(self._settings.notes_fen) if unit.enabled else [],
            "faults": faults,
            "when": [{"moment": at.value, "then": do, "given": given} for at, do, given in self._armed],
            "missed": list(self._missed),
        }

    # --- line

    def _live(self) -> None:
        """Let time pass for the unit and put on the line what it says."""
        while True:
            with self._lock:
                if not self._leaves_now():
                    self._lock.wait(TICK_S)
                if self._stopping:
                    return
                self._unit.advance(self._clock())
                data = b"".join(self._outbox.popleft()[1] for _ in range(self._leaves_now()))
                pty = self._pty
            if data and pty is not None:
                pty.send(data)

    def _leaves_now(self) -> int:
        """How many of the first messages in the outbox are due."""
        now_s = self._clock()
        return sum(due_s <= now_s for due_s, _ in self._outbox)

    def _on_bytes(self, data: bytes) -> None:
        with self._lock:
            for byte in data:
                self._unit.advance(self._clock())
                if not self._on_the_line():
                    return
                if self._faults.echo:
                    self._put(bytes([byte]))
                if not self._faults.takes("deaf"):
                    self._say(answer(self._unit, byte))

    def _on_the_line(self) -> bool:
        return self._plugged and self._unit.state is not State.OFF

    def _say(self, data: bytes) -> None:
        """What the unit says, as the faults let it through."""
        if not data or not self._plugged:
            return
        faults = self._faults
        wait_s = faults.slow_ms / 1000
        if data == POWERED_UP:
            self._cut_short()
        if data[0] == 0x81:
            data, faults.between = data[:1] + faults.between + data[1:], b""
        if data == STACKED and faults.takes("duplicate_stacked"):
            data += data
        pair = data == POWERED_UP or data[0] == 0x81
        for position, byte in enumerate(data):
            if pair and position == len(data) - 1:
                wait_s += faults.pair_gap_ms / 1000
            if not faults.swallows_a_byte():
                self._put(bytes([byte]), wait_s)

    def _put(self, data: bytes, wait_s: float = 0.0) -> None:
        due_s = self._clock() + wait_s
        if self._outbox:
            due_s = max(due_s, self._outbox[-1][0])
        self._outbox.append((due_s, data))
        self._lock.notify()

    def _cut_short(self) -> None:
        """What had not left by now never will."""
        for _ in range(len(self._outbox) - self._leaves_now()):
            self._outbox.pop()

    # --- actions

    def _verbs(self) -> dict[str, Callable[..., None]]:
        return {
            "insert": self._insert,
            "insert_bad": self._insert_bad,
            "pull_note": lambda: self._unit.pull_note(),
            "pull_box": lambda: self._unit.pull_box(),
            "empty_box": lambda: self._unit.empty_box(),
            "put_box": lambda: self._unit.put_box(),
            "fill_box": lambda: self._unit.fill_box(),
            "jam": self._jam,
            "clear": self._clear,
            "fishing": lambda: self._unit.fish(),
            "cheat": lambda: self._unit.fish(),  # the name that all acceptors share
            "fail": self._fail,
            "push_back": self._push_back,
            "unplug": self._unplug,
            "plug": self._plug,
            "power_cut": lambda: self._unit.power_cut(),
            "power_on": lambda: self._unit.power_on(),
            "restart": lambda: self._unit.restart(),
            "setup": self._setup,
            "when": self._when,
        }

    def _ways_to_misbehave(self) -> dict[str, Callable[..., None]]:
        def times(name: str) -> Callable[..., None]:
            def set_times(times: Times = 1) -> None:
                setattr(self._faults, name, times)

            return set_times

        def milliseconds(name: str) -> Callable[..., None]:
            def set_milliseconds(ms: Milliseconds) -> None:
                setattr(self._faults, name, ms)

            return set_milliseconds

        return {
            "drop_bytes": self._drop_bytes,
            "deaf": times("deaf"),
            "duplicate_stacked": times("duplicate_stacked"),
            "between": self._between,
            "echo": self._echo,
            "slow": milliseconds("slow_ms"),
            "pair_gap": milliseconds("pair_gap_ms"),
            "garbage": self._garbage,
            "behave": self._behave,
        }

    def _insert(self, fen: Fen) -> None:
        notes = self._settings.notes_fen
        self._unit.insert(Note(fen, notes.index(fen) if fen in notes else None))

    def _insert_bad(self, fen: Annotated[int, msgspec.Meta(ge=0)] = 0) -> None:
        self._unit.insert(Note(fen, reject=NOTE_REJECTED[0]))

    def _jam(self, where: Literal["validator", "cash_box"]) -> None:
        self._unit.get_jammed(State.JAM if where == "validator" else State.BOX_JAM)

    def _clear(self, note: Literal["", "pulled_out"] = "") -> None:
        self._unit.clear(pulled_out=note == "pulled_out")

    def _fail(self, kind: str = "motor") -> None:
        self._unit.fail(_named("kind", kind, FAILURES))

    def _push_back(self, times: Times = 1) -> None:
        self._unit.pushes_back = times

    def _unplug(self) -> None:
        if not self._plugged:
            raise NotPossible("the cable is out already")
        self._plugged = False
        self._cut_short()
        if self._pty is not None:
            self._pty.unplug()

    def _plug(self) -> None:
        if self._plugged:
            raise NotPossible("the cable is in already")
        self._plugged = True
        if self._pty is not None:
            self._pty.plug()

    def _setup(self, **settings: Any) -> None:
        try:
            changed = msgspec.convert(msgspec.structs.asdict(self._settings) | settings, Settings)
        except msgspec.ValidationError as error:
            raise NotPossible(f"setup: {error}") from error
        self._settings = self._unit.settings = changed

    def _when(self, moment: str, then: str, given: Json | None = None) -> None:
        check(self._actions, then, given or {})
        self._armed.append((_named("moment", moment, MOMENTS), then, given or {}))

    def _entered(self, state: State) -> None:
        if state is State.OFF:
            self._cut_short()
        due = [armed for armed in self._armed if armed[0] is state]
        self._armed = [armed for armed in self._armed if armed[0] is not state]
        for moment, action, given in due:
            try:
                perform(self._actions, action, given)
            except NotPossible as refused:
                self._missed.append(f"{action} at {moment.value}: {refused}")

    def _drop_bytes(self, times: Times = 1, after: Times = 0) -> None:
        self._faults.drop_bytes, self._faults.drop_after = times, after

    def _between(self, hex: Hex) -> None:
        self._faults.between = _bytes("between", hex)

    def _echo(self, on: bool = True) -> None:
        self._faults.echo = on

    def _garbage(self, hex: Hex) -> None:
        if not self._on_the_line():
            raise NotPossible("nothing is sent without power or cable")
        self._put(_bytes("garbage", hex))

    def _behave(self) -> None:
        self._faults = Faults()
        self._unit.pushes_back = 0


T = TypeVar("T")


def _named(what: str, name: str, table: Mapping[str, T]) -> T:
    if name not in table:
        raise NotPossible(f"{what} {name!r} is none of {', '.join(table)}")
    return table[name]


def _bytes(what: str, hex: str) -> bytes:
    try:
        return bytes.fromhex(hex)
    except ValueError as error:
        raise NotPossible(f"{what}: {error}; write bytes such as '00 ff 02'") from error
