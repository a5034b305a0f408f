"""A simulated SSP bill validator on a pseudo-terminal: the port, the ways to misbehave, the actions.

Behaves like an NV9USB or NV200 that speaks plain SSP. Written from the protocol's facts alone
(acceptors.md §5) and sharing no code with the driver, so that one checks the other. See `SspSim.do` for
what can be done with it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from hardware.acceptors.sim_notes import Note
from hardware.acceptors.ssp_sim_line import Faults, Sequence
from hardware.acceptors.ssp_sim_settings import REJECTS, Fen, Settings
from hardware.acceptors.ssp_sim_unit import State, Unit
from hardware.acceptors.ssp_sim_wire import ADDRESS, Frame, FrameReader, encoded
from hardware.actions import check, perform
from hardware.simulated import Json, NotPossible, Pty

OTHER_ADDRESS: Final = 0x10  # a coin hopper: never ours
SPLIT_GAP_S: Final = 0.01  # long enough that a host reads a reply in pieces
FIRST_SERIAL: Final = 2722470

MOMENTS: Final = {state.value: state for state in State}
REFUSALS: Final = {f"{code:02X}": code for code in (0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF8, 0xFA)}
MUTE: Final = (State.OFF, State.STARTING)

Times = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=60_000)]
Channel = Annotated[int, msgspec.Meta(ge=0, le=255)]
Count = Annotated[int, msgspec.Meta(ge=0, le=0xFFFF_FFFF)]
Hex = Annotated[str, msgspec.Meta(min_length=2, max_length=2000)]


class SspSim:
    """`SspSim("acceptor", Path("/tmp/x/acceptor")).start()`, then open the link like a serial port.

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
        self._faults = Faults()
        self._armed: list[tuple[State, str, Json]] = []
        self._missed: list[str] = []
        self._actions = self._verbs() | self._fault_setters()
        self._unit = Unit(self._settings, FIRST_SERIAL, self._entered)
        self._sequence = Sequence(self._unit)
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
        jam(where: validator, unsafe, or cash_box, safe) · fraud, or cheat as other acceptors call it ·
        clear(note: "" or pulled_out) · swap(serial, counter) · unplug, plug · power_cut, power_on.
        Unit: setup(any of Settings) · refuse(code: F2 to FA, times): answers commands without obeying ·
        report(hex): any bytes as events of the next poll · wrong_channel(code): of the next credit.
        Faults: drop_replies, corrupt_crc, deaf, repeat, wrong_flag, wrong_address (times each) ·
        split, echo (on) · slow(ms) · garbage(hex) · behave (ends all faults).
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
        channels = enumerate(self._settings.notes_fen)
        faults = self._faults.active()
        if self._sequence.refusals:
            faults["refuse"] = self._sequence.refusals
        if unit.wrong_channel is not None:
            faults["wrong_channel"] = unit.wrong_channel
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
            "counter": unit.stacked,
            "rejected": unit.rejected,
            "enabled": [fen for bit, fen in channels if unit.enabled and unit.accepts >> bit & 1],
            "protocol": unit.protocol,
            "serial": str(unit.serial),
            "faults": faults,
            "when": [{"moment": at.value, "then": do, "given": given} for at, do, given in self._armed],
            "missed": list(self._missed),
        }

    # --- line

    def _on_bytes(self, data: bytes) -> None:
        with self._lock:
            self._unit.advance(self._clock())
            if not self._on_the_line() or self._unit.state in MUTE:
                self._reader.clear()
                return
            echo = self._faults.echo
            frames = self._reader.feed(data, self._clock())
        if echo:
            self._send(data)
        for frame in frames:
            for reply in self._replies(frame):
                self._send_as_told(reply)

    def _on_the_line(self) -> bool:
        return self._pty is not None and self._plugged and self._unit.state is not State.OFF

    def _replies(self, frame: Frame) -> list[bytes]:
        """What goes back for one frame: nothing, once, or more often than it should."""
        with self._lock:
            self._unit.advance(self._clock())
            if frame.address != ADDRESS or not frame.data or self._unit.state in MUTE:
                return []
            if self._faults.takes("deaf"):
                return []
            self._unit.heard()
            data = self._sequence.answer(frame)
            if not self._on_the_line() or self._faults.takes("drop_replies"):
                return []
            address = OTHER_ADDRESS if self._faults.takes("wrong_address") else ADDRESS
            flag = frame.flag != self._faults.takes("wrong_flag")
            reply = encoded(Frame(address, flag, data), spoiled=self._faults.takes("corrupt_crc"))
            return [reply, reply] if self._faults.takes("repeat") else [reply]

    def _send_as_told(self, reply: bytes) -> None:
        if self._faults.slow_ms:
            time.sleep(self._faults.slow_ms / 1000)
        if self._faults.split:
            for byte in reply:
                self._send(bytes([byte]))
                time.sleep(SPLIT_GAP_S)
        else:
            self._send(reply)

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
            "fraud": lambda: self._unit.fraud(),
            "cheat": lambda: self._unit.fraud(),
            "swap": self._swap,
            "unplug": self._unplug,
            "plug": self._plug,
            "power_cut": lambda: self._unit.power_cut(),
            "power_on": lambda: self._unit.power_on(),
            "setup": self._setup,
            "when": self._when,
            "garbage": self._garbage,
            "refuse": self._refuse,
            "report": self._report,
            "wrong_channel": self._wrong_channel,
            "behave": self._behave,
        }

    def _fault_setters(self) -> dict[str, Callable[..., None]]:
        names = [field.name for field in fields(Faults)]
        return {name.removesuffix("_ms"): self._fault_setter(name) for name in names}

    def _insert(self, fen: Fen) -> None:
        notes = self._settings.notes_fen
        self._unit.insert(Note(fen, notes.index(fen) + 1 if fen in notes else None))

    def _insert_bad(self, reason: str = "graph", fen: Annotated[int, msgspec.Meta(ge=0)] = 0) -> None:
        self._unit.insert(Note(fen, reject=_named("reason", reason, REJECTS)))

    def _jam(self, where: Literal["validator", "cash_box"]) -> None:
        self._unit.get_jammed(State.JAM if where == "validator" else State.BOX_JAM)

    def _clear(self, note: Literal["", "pulled_out"] = "") -> None:
        self._unit.clear(pulled_out=note == "pulled_out")

    def _swap(
        self, serial: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,10}$")], counter: Count = 0
    ) -> None:
        if int(serial) > 0xFFFF_FFFF:
            raise NotPossible(f"swap: serial {serial} does not fit four bytes")
        self._unit.swap(int(serial), counter)

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

    def _when(self, moment: str, then: str, given: Json | None = None) -> None:
        check(self._actions, then, given or {})
        self._armed.append((_named("moment", moment, MOMENTS), then, given or {}))

    def _entered(self, state: State) -> None:
        if state in MUTE:
            self._sequence.forget()
        due = [armed for armed in self._armed if armed[0] is state]
        self._armed = [armed for armed in self._armed if armed[0] is not state]
        for moment, action, given in due:
            try:
                perform(self._actions, action, given)
            except NotPossible as refused:
                self._missed.append(f"{action} at {moment.value}: {refused}")

    def _garbage(self, hex: Hex) -> None:
        data = _bytes("garbage", hex)
        if not self._on_the_line():
            raise NotPossible("nothing is sent without power or cable")
        self._send(data)

    def _refuse(self, code: str, times: Times = 1) -> None:
        self._sequence.refusal, self._sequence.refusals = _named("code", code, REFUSALS), times

    def _report(self, hex: Hex) -> None:
        self._unit.pending.report(_bytes("report", hex))

    def _wrong_channel(self, code: Channel) -> None:
        self._unit.wrong_channel = code

    def _behave(self) -> None:
        self._faults = Faults()
        self._sequence.refusals = 0
        self._unit.wrong_channel = None

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


def _bytes(action: str, text: str) -> bytes:
    try:
        data = bytes.fromhex(text)
    except ValueError as error:
        raise NotPossible(f"{action}: {error}; write bytes such as '00 ff 02'") from error
    if not data:
        raise NotPossible(f"{action}: no bytes given; write bytes such as '00 ff 02'")
    return data
