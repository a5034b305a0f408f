"""A simulated CCNET bill validator on a pseudo-terminal: the line, the ways to misbehave, the actions.

Written from the protocol's facts alone (acceptors.md §3) and sharing no code with the driver, so that
one checks the other. See `CcnetSim.do` for what can be done with it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from hardware.acceptors.ccnet_sim_commands import answer, host_acknowledges
from hardware.acceptors.ccnet_sim_settings import FAILURES, REJECTS, Fen, Settings
from hardware.acceptors.ccnet_sim_unit import State, Unit
from hardware.acceptors.ccnet_sim_wire import ACK, ADDRESS, NAK, Frame, FrameReader, encoded
from hardware.acceptors.sim_notes import Note
from hardware.actions import check, perform
from hardware.simulated import Json, NotPossible, Pty

OTHER_ADDRESS: Final = 0x02  # a coin changer: never ours
SPLIT_GAP_S: Final = 0.01  # longer than the 5 ms that the specification allows between bytes
FIRST_SERIAL: Final = "21KC05000001"

MOMENTS: Final = {state.value: state for state in State}

Times = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=60_000)]
Type = Annotated[int, msgspec.Meta(ge=0, le=255)]


@dataclass
class Faults:
    """Misbehaviour of the line. Counts go down by one each time; zero, false and empty mean none."""

    drop_replies: int = 0
    corrupt_crc: int = 0
    drop_acks: int = 0
    nak: int = 0
    deaf: int = 0
    wrong_address: int = 0
    split: bool = False
    echo: bool = False
    slow_ms: int = 0
    ack_limit_ms: int = 0

    def takes(self, name: str) -> bool:
        """Whether the counted fault strikes now; then it is counted down."""
        left: int = getattr(self, name)
        if left:
            setattr(self, name, left - 1)
        return left > 0

    def active(self) -> Json:
        return {name: value for name, value in asdict(self).items() if value}


class CcnetSim:
    """`CcnetSim("acceptor", Path("/tmp/x/acceptor")).start()`, then open the link like a serial port.

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
        self._lock = threading.RLock()
        self._pty: Pty | None = None
        self._plugged = True
        self._reader = FrameReader()
        self._replied_at_s = 0.0
        self._faults = Faults()
        self._armed: list[tuple[State, str, Json]] = []
        self._missed: list[str] = []
        self._actions = self._verbs() | self._fault_setters()
        self._unit = Unit(self._settings, FIRST_SERIAL, self._entered)
        self._unit.advance(clock())
        self._unit.power_on()

    # --- Simulator

    def start(self) -> None:
        with self._lock:
            self._pty = Pty(self._link, self._on_bytes, self._baud)

    def stop(self) -> None:
        with self._lock:
            pty, self._pty = self._pty, None
        if pty is not None:
            pty.close()

    def power_cut(self) -> None:
        self.do("power_cut")

    def power_on(self) -> None:
        self.do("power_on")

    def do(self, action: str, **given: Any) -> Json:
        """One of these; raises NotPossible with a reason where it can not be done now.

        Hands: insert(fen) · insert_bad(reason, fen) · pull_note · pull_box, empty_box, put_box · fill_box ·
        jam(where: validator or cash_box) · cheat · fail(kind) · clear(note: "" or pulled_out) ·
        swap(serial, counter) · unplug, plug · power_cut, power_on.
        Unit: busy(ms) · setup(any of Settings).
        Faults: drop_replies, corrupt_crc, drop_acks, nak, deaf, wrong_address, repeat_stacked (times each) ·
        split, echo (on) · slow, ack_limit (ms) · wrong_type(code) · garbage(hex) · behave (ends all faults).
        when(moment, then, given): do `then` as soon as that state is entered next."""
        with self._lock:
            self._unit.advance(self._clock())
            perform(self._actions, action, given)
            return self._picture()

    def state(self) -> Json:
        """Amounts in fen. Always: inserted_fen == inside_fen + sum of box + collected_fen + returned_fen.

        `mouth` are the returned notes that nobody has taken out yet; `returned_fen` includes them."""
        with self._lock:
            self._unit.advance(self._clock())
            return self._picture()

    def _picture(self) -> Json:
        unit, notes = self._unit, self._unit.notes
        enabled = [fen for code, fen in enumerate(self._settings.notes_fen) if unit.enabled >> code & 1]
        faults = self._faults.active()
        if unit.repeat_stacked:
            faults["repeat_stacked"] = unit.repeat_stacked
        if unit.wrong_type is not None:
            faults["wrong_type"] = unit.wrong_type
        return {
            "state": unit.state.value,
            "powered": unit.state is not State.OFF,
            "plugged": self._plugged,
            "inside": [note.fen for note in notes.inside],
            "inside_fen": notes.inside_fen,
            "box": list(notes.box),
            "box_present": unit.box_present,
            "box_full": unit.box_full,
            "collected_fen": notes.collected_fen,
            "mouth": list(notes.mouth),
            "returned_fen": notes.returned_fen,
            "inserted_fen": notes.inserted_fen,
            "counter": unit.counter,
            "enabled": enabled,
            "serial": unit.serial,
            "faults": faults,
            "when": [{"moment": at.value, "then": do, "given": given} for at, do, given in self._armed],
            "missed": list(self._missed),
        }

    # --- line

    def _on_bytes(self, data: bytes) -> None:
        with self._lock:
            if not self._on_the_line():
                self._reader.clear()
                return
            echo = self._faults.echo
            frames = self._reader.feed(data, self._clock())
        if echo:
            self._send(data)
        for frame in frames:
            reply = self._reply(frame)
            if reply:
                self._send_as_told(reply)

    def _on_the_line(self) -> bool:
        return self._pty is not None and self._plugged and self._unit.state is not State.OFF

    def _reply(self, frame: Frame) -> bytes:
        """What goes back for one frame; empty where it gets no answer."""
        with self._lock:
            self._unit.advance(self._clock())
            if frame.address != ADDRESS or not self._on_the_line():
                return b""
            if not frame.good:
                return encoded(NAK)
            if frame.data == ACK:
                self._acknowledged()
                return b""
            if frame.data == NAK or self._faults.takes("deaf"):  # after a NAK the host polls again
                return b""
            if self._faults.takes("nak"):
                return encoded(NAK)
            data = answer(self._unit, frame.data)
            if not self._on_the_line() or self._faults.takes("drop_replies"):
                return b""
            reply = encoded(data, OTHER_ADDRESS if self._faults.takes("wrong_address") else ADDRESS)
            if self._faults.takes("corrupt_crc"):
                reply = reply[:-1] + bytes([reply[-1] ^ 0xFF])
            return reply

    def _acknowledged(self) -> None:
        limit_s = self._faults.ack_limit_ms / 1000
        late = limit_s and self._clock() - self._replied_at_s > limit_s
        if not self._faults.takes("drop_acks") and not late:
            host_acknowledges(self._unit)

    def _send_as_told(self, reply: bytes) -> None:
        if self._faults.slow_ms:
            time.sleep(self._faults.slow_ms / 1000)
        if self._faults.split:
            for byte in reply:
                self._send(bytes([byte]))
                time.sleep(SPLIT_GAP_S)
        else:
            self._send(reply)
        self._replied_at_s = self._clock()

    def _send(self, data: bytes) -> None:
        pty = self._pty
        if pty is not None and self._plugged:
            pty.send(data)

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
            "cheat": lambda: self._unit.cheat(),
            "fail": self._fail,
            "busy": self._busy,
            "swap": self._swap,
            "unplug": self._unplug,
            "plug": self._plug,
            "power_cut": lambda: self._unit.power_cut(),
            "power_on": lambda: self._unit.power_on(),
            "setup": self._setup,
            "when": self._when,
            "garbage": self._garbage,
            "repeat_stacked": self._repeat_stacked,
            "wrong_type": self._wrong_type,
            "behave": self._behave,
        }

    def _fault_setters(self) -> dict[str, Callable[..., None]]:
        names = [field.name for field in fields(Faults)]
        return {name.removesuffix("_ms"): self._fault_setter(name) for name in names}

    def _insert(self, fen: Fen) -> None:
        notes = self._settings.notes_fen
        self._unit.insert(Note(fen, notes.index(fen) if fen in notes else None))

    def _insert_bad(self, reason: str = "verification", fen: Annotated[int, msgspec.Meta(ge=0)] = 0) -> None:
        self._unit.insert(Note(fen, reject=_named("reason", reason, REJECTS)))

    def _jam(self, where: Literal["validator", "cash_box"]) -> None:
        self._unit.get_jammed(State.JAM if where == "validator" else State.BOX_JAM)

    def _clear(self, note: Literal["", "pulled_out"] = "") -> None:
        self._unit.clear(pulled_out=note == "pulled_out")

    def _fail(self, kind: str = "stack_motor") -> None:
        self._unit.fail(_named("kind", kind, FAILURES))

    def _busy(self, ms: Milliseconds) -> None:
        self._unit.busy(ms / 1000)

    def _swap(
        self,
        serial: Annotated[str, msgspec.Meta(pattern="^[ -~]{1,12}$")],
        counter: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)] = 0,
    ) -> None:
        self._unit.swap(serial, counter)

    def _unplug(self) -> None:
        if not self._plugged:
            raise NotPossible("the cable is out already")
        self._plugged = False
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
        if "escrow_s" in settings:
            self._unit.escrow_s = changed.escrow_s

    def _when(self, moment: str, then: str, given: Json | None = None) -> None:
        check(self._actions, then, given or {})
        self._armed.append((_named("moment", moment, MOMENTS), then, given or {}))

    def _entered(self, state: State) -> None:
        due = [armed for armed in self._armed if armed[0] is state]
        self._armed = [armed for armed in self._armed if armed[0] is not state]
        for moment, action, given in due:
            try:
                perform(self._actions, action, given)
            except NotPossible as refused:
                self._missed.append(f"{action} at {moment.value}: {refused}")

    def _garbage(self, hex: Annotated[str, msgspec.Meta(max_length=2000)]) -> None:
        try:
            data = bytes.fromhex(hex)
        except ValueError as error:
            raise NotPossible(f"garbage: {error}; write bytes such as '00 ff 02'") from error
        if self._unit.state is State.OFF or not self._plugged:
            raise NotPossible("nothing is sent without power or cable")
        self._send(data)

    def _repeat_stacked(self, times: Times = 1) -> None:
        self._unit.repeat_stacked = times

    def _wrong_type(self, code: Type) -> None:
        self._unit.wrong_type = code

    def _behave(self) -> None:
        self._faults = Faults()
        self._unit.repeat_stacked = 0
        self._unit.wrong_type = None

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


def _named(what: str, name: str, table: Mapping[str, T]) -> T:
    if name not in table:
        raise NotPossible(f"{what} {name!r} is none of {', '.join(table)}")
    return table[name]
