"""What simulated bill acceptors on a serial line have in common: the line, its faults, and the actions.

A protocol's simulator gives its unit, a reader of frames and the answer to one frame.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Final, Generic, Literal, Protocol, TypeVar

import msgspec

from hardware.acceptors.sim_faults import LineFaults
from hardware.acceptors.sim_notes import Note, Notes
from hardware.actions import check, perform
from hardware.simulated import Json, NotPossible, Port, PortMaker, Pty

SPLIT_GAP_S: Final = 0.01  # about eight byte times: a host that wants whole frames at once gets none

Fen = Annotated[int, msgspec.Meta(ge=1, le=10**10)]
Times = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=60_000)]
Hex = Annotated[str, msgspec.Meta(max_length=2000)]
Frame = TypeVar("Frame")


class Reader(Protocol[Frame]):
    def feed(self, data: bytes, now_s: float) -> list[Frame]: ...

    def clear(self) -> None: ...


class Unit(Protocol):
    """A validator head on a cash box, whatever protocol it speaks. Its states have the same names everywhere."""

    notes: Notes
    settings: Any
    state: Any
    past_lever: bool
    box_present: bool

    @property
    def box_full(self) -> bool: ...
    def advance(self, now_s: float) -> None: ...
    def insert(self, note: Note) -> None: ...
    def pull_note(self) -> None: ...
    def pull_box(self) -> None: ...
    def empty_box(self) -> None: ...
    def put_box(self) -> None: ...
    def fill_box(self) -> None: ...
    def get_jammed(self, where: Any) -> None: ...
    def clear(self, pulled_out: bool) -> None: ...
    def cheat(self) -> None: ...
    def fail(self, code: int) -> None: ...
    def power_cut(self) -> None: ...
    def power_on(self) -> None: ...
    def enabled_fen(self) -> list[int]: ...


class AcceptorSim(ABC, Generic[Frame]):
    """`clock` gives seconds and may be replaced to make time stand still; `baud` paces what is sent; `port` makes
    the device's end of the cable."""

    # The names that a protocol has for its reasons, each with the code on the wire.
    rejects: Mapping[str, int]
    failures: Mapping[str, int]
    usual_reject = "verification"
    usual_failure = "stack_motor"
    first_type = 0  # of the first denomination

    def __init__(
        self,
        name: str,
        link: Path,
        unit: Unit,
        reader: Reader[Frame],
        faults: LineFaults,
        baud: int | None,
        clock: Callable[[], float],
        port: PortMaker = Pty,
    ) -> None:
        self.name = name
        self._link = link
        self._baud = baud
        self._clock = clock
        self._make_port = port
        self._lock = threading.RLock()
        self._port: Port | None = None
        self._plugged = True
        self._reader = reader
        self._faults = faults
        self._armed: list[tuple[Enum, str, Json]] = []
        self._missed: list[str] = []
        self._since: dict[
            str, float
        ] = {}  # state → when it was entered last; `told`: the held note, on the line
        self._moments: dict[str, Enum] = {state.value: state for state in type(unit.state)}
        self._actions = self._fault_setters() | self._common_verbs() | self._verbs()
        self._hands = unit
        unit.advance(clock())

    @abstractmethod
    def _reply(self, frame: Frame) -> bytes:
        """What goes back for one frame; empty where it gets no answer."""

    @abstractmethod
    def _verbs(self) -> dict[str, Callable[..., None]]:
        """Actions of this protocol alone."""

    @abstractmethod
    def _details(self) -> Json:
        """What this protocol adds to the state."""

    def _hears(self) -> bool:
        """Whether a frame that arrives now can be understood at all."""
        return self._powered

    def _may_be_lost(self, frame: Frame) -> bool:
        """It counts for `deaf`."""
        return True

    @property
    def _powered(self) -> bool:
        return bool(self._hands.state.value != "off")

    def _more_faults(self) -> Json:
        """Misbehaviour on demand that is not of the line."""
        return {}

    # --- Simulator

    def start(self) -> None:
        with self._lock:
            self._port = self._make_port(self._link, self._on_bytes, self._baud)

    def stop(self) -> None:
        with self._lock:
            port, self._port = self._port, None
        if port is not None:
            port.close()

    def tick(self) -> None:
        """Let happen what is due by now."""
        with self._lock:
            self._hands.advance(self._clock())

    def power_cut(self) -> None:
        self.do("power_cut")

    def power_on(self) -> None:
        self.do("power_on")

    def do(self, action: str, **given: Any) -> Json:
        """Carry out one action; raises NotPossible with a reason where it can not be done now.

        Hands: insert(fen) · insert_bad(reason, fen) · pull_note · pull_box, empty_box, put_box · fill_box ·
        jam(where: validator or cash_box) · cheat · fail(kind), where the protocol tells any ·
        clear(note: "" or pulled_out) · swap · unplug, plug · power_cut, power_on. Unit: setup(any of Settings).
        Faults: drop_replies, corrupt, deaf, repeat (times each) · split, echo (on) · slow (ms) · garbage(hex) ·
        behave (ends all faults).
        when(moment, then, given): do `then` as soon as that state is entered next."""
        with self._lock:
            self._hands.advance(self._clock())
            perform(self._actions, action, given)
            return self._picture()

    def state(self) -> Json:
        """Amounts in fen. Always: inserted_fen == inside_fen + sum of box + collected_fen + returned_fen.

        `since`: when each state was entered last, by the clock, and when the host was `told` of the held note.
        `mouth` are the returned notes that nobody has taken out yet; `returned_fen` includes them."""
        with self._lock:
            self._hands.advance(self._clock())
            return self._picture()

    def _picture(self) -> Json:
        unit, notes = self._hands, self._hands.notes
        return {
            "state": unit.state.value,
            "powered": self._powered,
            "plugged": self._plugged,
            "inside": [note.fen for note in notes.inside],
            "inside_fen": notes.inside_fen,
            "past_lever": unit.past_lever,
            "box": list(notes.box),
            "box_present": unit.box_present,
            "box_full": unit.box_full,
            "collected_fen": notes.collected_fen,
            "mouth": list(notes.mouth),
            "returned_fen": notes.returned_fen,
            "inserted_fen": notes.inserted_fen,
            "enabled": unit.enabled_fen(),
            "faults": self._faults.active() | self._more_faults(),
            "when": [{"moment": at.value, "then": do, "given": given} for at, do, given in self._armed],
            "missed": list(self._missed),
            "since": dict(self._since),
        } | self._details()

    # --- line

    def _on_bytes(self, data: bytes) -> None:
        with self._lock:
            self._hands.advance(self._clock())
            if not self._on_the_line():
                self._reader.clear()
                return
            echo = self._faults.echo
            frames = self._reader.feed(data, self._clock())
        if echo:
            self._send(data)
        for frame in frames:
            for reply in self._replies_through_faults(frame):
                self._send_as_told(reply)

    def _on_the_line(self) -> bool:
        return self._connected and self._hears()

    @property
    def _connected(self) -> bool:
        return self._port is not None and self._plugged and self._powered

    def _replies_through_faults(self, frame: Frame) -> list[bytes]:
        """What goes back for one frame: nothing, once, or more often than it should."""
        with self._lock:
            self._hands.advance(self._clock())
            if not self._on_the_line() or (self._may_be_lost(frame) and self._faults.takes("deaf")):
                return []
            reply = self._reply(frame)
            if not reply or not self._connected or self._faults.takes("drop_replies"):
                return []
            if self._faults.takes("corrupt"):
                reply = self._spoiled(reply)
            return [reply, reply] if self._faults.takes("repeat") else [reply]

    def _spoiled(self, reply: bytes) -> bytes:
        """With a wrong check."""
        return reply[:-1] + bytes([reply[-1] ^ 0x55])  # still seven bits where it was seven

    def _send_as_told(self, reply: bytes) -> None:
        port = self._port
        if port is None:
            return
        if self._faults.slow_ms:
            port.pause(self._faults.slow_ms / 1000)
        if self._faults.split:
            for byte in reply:
                self._send(bytes([byte]))
                port.pause(SPLIT_GAP_S)
        else:
            self._send(reply)

    def _send(self, data: bytes) -> None:
        port = self._port
        if port is not None and self._plugged:
            if self._hands.state.value in ("escrow", "holding"):
                self._since.setdefault("told", self._clock())
            port.send(data)

    # --- actions

    def _common_verbs(self) -> dict[str, Callable[..., None]]:
        return {
            "insert": self._insert,
            "insert_bad": self._insert_bad,
            "pull_note": lambda: self._hands.pull_note(),
            "pull_box": lambda: self._hands.pull_box(),
            "empty_box": lambda: self._hands.empty_box(),
            "put_box": lambda: self._hands.put_box(),
            "fill_box": lambda: self._hands.fill_box(),
            "jam": self._jam,
            "clear": self._clear,
            "cheat": lambda: self._hands.cheat(),
            "fail": self._fail,
            "unplug": self._unplug,
            "plug": self._plug,
            "power_cut": lambda: self._hands.power_cut(),
            "power_on": lambda: self._hands.power_on(),
            "setup": self._setup,
            "when": self._when,
            "garbage": self._garbage,
            "behave": self._behave,
        }

    def _fault_setters(self) -> dict[str, Callable[..., None]]:
        names = [field.name for field in fields(self._faults)]
        return {name.removesuffix("_ms"): self._fault_setter(name) for name in names}

    def _insert(self, fen: Fen) -> None:
        notes = self._hands.settings.notes_fen
        self._hands.insert(Note(fen, notes.index(fen) + self.first_type if fen in notes else None))

    def _insert_bad(self, reason: str = "", fen: Annotated[int, msgspec.Meta(ge=0)] = 0) -> None:
        code = named("reason", reason or self.usual_reject, self.rejects)
        self._hands.insert(Note(fen, reject=code))

    def _fail(self, kind: str = "") -> None:
        self._hands.fail(named("kind", kind or self.usual_failure, self.failures))

    def _jam(self, where: Literal["validator", "cash_box"]) -> None:
        self._hands.get_jammed(self._moments["jam" if where == "validator" else "box_jam"])

    def _clear(self, note: Literal["", "pulled_out"] = "") -> None:
        self._hands.clear(pulled_out=note == "pulled_out")

    def _unplug(self) -> None:
        if not self._plugged:
            raise NotPossible("the cable is out already")
        self._plugged = False
        if self._port is not None:
            self._port.unplug()

    def _plug(self) -> None:
        if self._plugged:
            raise NotPossible("the cable is in already")
        self._plugged = True
        if self._port is not None:
            self._port.plug()

    def _setup(self, **settings: Any) -> None:
        now = self._hands.settings
        try:
            self._hands.settings = msgspec.convert(msgspec.structs.asdict(now) | settings, type(now))
        except msgspec.ValidationError as error:
            raise NotPossible(f"setup: {error}") from error

    def _when(self, moment: str, then: str, given: Json | None = None) -> None:
        check(self._actions, then, given or {})
        self._armed.append((named("moment", moment, self._moments), then, given or {}))

    def _entered(self, state: Enum) -> None:
        self._since[state.value] = self._clock()
        if state.value == "escrow":
            self._since.pop("told", None)
        due = [armed for armed in self._armed if armed[0] is state]
        self._armed = [armed for armed in self._armed if armed[0] is not state]
        for moment, action, given in due:
            try:
                perform(self._actions, action, given)
            except NotPossible as refused:
                self._missed.append(f"{action} at {moment.value}: {refused}")

    def _garbage(self, hex: Hex) -> None:
        data = unhexed("garbage", hex)
        if not self._powered or not self._plugged:
            raise NotPossible("nothing is sent without power or cable")
        self._send(data)

    def _behave(self) -> None:
        for field in fields(self._faults):
            setattr(self._faults, field.name, field.default)

    def _fault_setter(self, name: str) -> Callable[..., None]:
        def times_setter(times: Times = 1) -> None:
            setattr(self._faults, name, times)

        def switch(on: bool = True) -> None:
            setattr(self._faults, name, on)

        def milliseconds_setter(ms: Milliseconds) -> None:
            setattr(self._faults, name, ms)

        if name.endswith("_ms"):
            return milliseconds_setter
        return switch if isinstance(getattr(self._faults, name), bool) else times_setter


T = TypeVar("T")


def named(what: str, name: str, table: Mapping[str, T]) -> T:
    """Raises NotPossible, naming what there is, where `table` has no `name`."""
    if name not in table:
        raise NotPossible(f"{what} {name!r} is none of {', '.join(table)}")
    return table[name]


def unhexed(what: str, hex: str) -> bytes:
    try:
        data = bytes.fromhex(hex)
    except ValueError as error:
        raise NotPossible(f"{what}: {error}; write bytes such as '00 ff 02'") from error
    if not data:
        raise NotPossible(f"{what}: no bytes given; write bytes such as '00 ff 02'")
    return data
