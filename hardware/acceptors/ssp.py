"""The SSP host as a state machine without I/O: frames, verbs and time go in, packets and events come out.

The driver asks `due_s` when the next packet may leave and `packet` for its bytes, then reports frames to `heard`
until that says True, or `missed` after `REPLY_S`. A packet without an answer is sent again as it was: the flag is
the same, so the unit executes nothing twice. Which command a new packet carries is the table `_RULES`.

The escrow trap. Once the unit has said EF c, a POLL accepts the note. So POLL is what is sent when no other rule
applies, HOLD takes its place while a note is held, `take` is a POLL and `give_back` a REJECT. Wherever something
may lie in escrow that nobody decided on, REJECT goes first: at start, after a HOLD that was refused, after an
order that the unit did not carry out. SYNC comes first of all; what it does to a note is not specified.

Plain SSP has no acknowledgement for a credit: what a dead process did not write down shows in the counter, which
is read whenever the unit has come to rest after a note.

Specification: ITL GA138 2.2, GA973 2.2; acceptors.md §5 and §8.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from typing import Final

from hardware.acceptors.ssp_codes import (
    NO_NOTE,
    PROTOCOL,
    Command,
    Reply,
    Says,
    Setup,
    parse_events,
    parse_setup,
    parse_stacked,
)
from hardware.acceptors.ssp_frames import Frame
from hardware.acceptors.ssp_inside import Inside, Where
from hardware.acceptors.ssp_link import KEY_STEPS, Link
from hardware.acceptors.ssp_opening import Opening
from hardware.contracts import AtRest, Event, Found, Lost, Trouble
from kiosk.money import Money

REPLY_S: Final = 0.8  # then the same packet is sent again; 1 s by the book (GA973), sooner harms nobody
POLL_S: Final = 0.2  # between polls; the specification has 200 to 1000 ms
HOLD_EVERY_S: Final = 2.0  # the unit gives a note back after 5 s (GA973) or 10 s (GA138) without a command
HOLD_LIMIT_S: Final = 60.0  # a core that has not decided by then never will
SEND_LIMIT: Final = 20  # of one packet, before the unit counts as lost (GA973)
QUIET_LIMIT: Final = 2  # of one packet, before nobody is asked for notes any more
KEY_LIMIT: Final = 5  # the same under encryption: counts that went apart come together only under a new key
SYNC_LIMIT: Final = 5  # of SYNC: nothing is at stake before it is answered
GAP: Final = 3  # a packet sent so often leaves time to plug in another unit
ASK_LIMIT: Final = 5  # refusals of one command in a row before that is a verdict
ASK_AGAIN_S: Final = 1.0  # a unit that refuses is busy with itself
RESUME_S: Final = 30.0  # after a verdict; somebody may have repaired the unit or loaded the right dataset

_START: Final = (
    Command.SYNC,
    Command.REJECT,
    Command.PROTOCOL_VERSION,
    Command.SETUP_REQUEST,
    Command.SERIAL_NUMBER,
)
_REPLIES: Final = frozenset(Reply)
_NEVER: Final = float("-inf")


class Ssp:
    """One validator. `currencies`: accepted three-letter codes; `notes`: denominations this site takes; `fixed_key`:
    the lower half of the key of a unit that is set to encryption, None for plain SSP."""

    _asked: Command | None  # waiting for its answer
    _identity: Setup | None
    _refused: Command | None  # what the unit refused last
    _script: deque[Command]  # goes before everything else
    _sent: int  # how often the packet left
    _gap: bool  # the unit was silent for so long that it may be another one now
    _serial_number: str

    _refusals: int
    _ready: bool

    def __init__(
        self,
        device: str,
        currencies: Collection[str],
        notes: Sequence[Money],
        fixed_key: int | None = None,
    ) -> None:
        self._device = device
        self._fixed_key = fixed_key
        self._link = Link(fixed_key)
        self._currencies = tuple(currencies)
        self._notes = tuple(notes)
        self._inside = Inside(device, notes)
        self._limit: Money | None = None
        self._lost: tuple[Trouble, str] | None = None
        self.has_counter: bool | None = None  # None: not known yet
        self.begin(0.0)

    # ---- verbs, as in the contract ----------------------------------------------------------------

    def enable(self, limit: Money) -> None:
        """A wish that stays: carried out whenever the unit is ready for it, also again after trouble."""
        self._limit = limit

    def disable(self) -> None:
        self._limit = None

    def take(self) -> None:
        self._inside.decide(Command.POLL)

    def give_back(self) -> None:
        self._inside.decide(Command.REJECT)

    def confirm(self) -> None:
        """Plain SSP knows no acknowledgement: the counter tells of a note that was not written down."""

    # ---- what the driver reports ------------------------------------------------------------------

    def begin(self, now_s: float) -> None:
        """The line was opened: nothing is known of what happened meanwhile."""
        self._link = Link(self._fixed_key)
        self._resume_s = now_s
        self._start_over()

    def broken(self, now_s: float, trouble: Trouble, detail: str) -> None:
        """The line can not be used."""
        self._lose(trouble, detail)
        self._out_of_reach = True

    def heard(self, now_s: float, frame: Frame) -> bool:
        """A frame came in. True: the last packet is answered; False: this was something else."""
        if self._asked is None:
            return False
        if self._link.echoed_by(frame):
            detail = "our own bytes come back; check for a loop-back plug or an echoing line"
            self._unreachable(now_s, Trouble.ECHO, detail)
            return True
        answer = self._link.answer_in(frame)
        if not answer or answer[0] not in _REPLIES:
            return False
        asked, reply, data = self._asked, answer[0], answer[1:]
        self._gap = self._gap or self._sent >= GAP
        self._asked, self._sent, self._garbled, self._out_of_reach = None, 0, False, False
        self._traffic_s = now_s
        script = self._script
        if self._script_next is Command.DISABLE:
            self._script.popleft()  # the last word to a unit that was given up, whatever it says to that
            self._out_of_reach = True
        elif reply == Reply.KEY_NOT_SET and self._link.encrypted:
            self._start_over()  # it lost its key, as it does with its power
        elif reply == Reply.KEY_NOT_SET:
            detail = f"it answers {asked.name} only under encryption (eSSP); switch it to plain SSP"
            self._refuse(now_s, Trouble.WRONG_DEVICE, detail)
        elif self._accepts(asked, reply) and _ANSWERS[asked](self, now_s, reply, data):
            self._refused = None if asked is self._refused else self._refused
            if script and script is self._script:
                script.popleft()
        else:
            self._asked_in_vain(now_s, asked, reply)
        self._settle()
        return True

    def missed(self, now_s: float, garbled: bool) -> None:
        """No answer came in time; `garbled`: bytes did, and made no frame that answers."""
        self._garbled = self._garbled or garbled
        trouble, detail = Trouble.SILENT, "no answer; check power, cable"
        if self._garbled:
            trouble, detail = Trouble.GARBAGE, "bytes arrive that make no sense; check baud rate, cable"
        detail = f"{detail} and protocol switch (SSP, 8N2)"
        if self._sent >= self._send_limit:
            self._unreachable(now_s, trouble, detail)
        elif (
            self._sent >= QUIET_LIMIT and self._ready
        ):  # the packet goes on: what it did must not be done twice
            self._ready = False
            self._tell_lost(trouble, detail)
            self._inside.unsettle()

    @property
    def _send_limit(self) -> int:
        if self._asked is Command.SYNC:
            return SYNC_LIMIT
        return KEY_LIMIT if self._link.encrypted else SEND_LIMIT

    def drain(self) -> list[Event]:
        """The events since the last call, in the order in which things happened."""
        return self._inside.drain()

    @property
    def refuses_everything(self) -> bool:
        """The unit says that it is disabled and nothing is inside, or it is out of reach, or given up."""
        return self._out_of_reach or bool(self._inside.shows_disabled and not self._inside.note)

    # ---- what is sent -----------------------------------------------------------------------------

    def due_s(self, now_s: float) -> float:
        """When the next packet may leave."""
        if self._asked is not None:
            return now_s
        if self._script_next is Command.SYNC:
            return self._resume_s
        if self._rule(now_s) is not None:
            return max(self._traffic_s, self._ask_again_s)
        return max(self._ask_again_s, self._traffic_s + (HOLD_EVERY_S if self._inside.held else POLL_S))

    def packet(self, now_s: float) -> bytes:
        """The bytes to send; the frames that come back, or the lack of them, must be reported."""
        self._sent += 1
        if self._asked is not None:
            return self._link.again()
        command = self._rule(now_s) or (Command.HOLD if self._inside.held else Command.POLL)
        self._asked = command
        data = bytes((command,))
        if command is Command.SYNC:
            return self._link.first(data)
        if command is Command.PROTOCOL_VERSION:
            data += bytes((PROTOCOL,))
        elif command is Command.SET_INHIBITS:
            data = self._opening.inhibits(self._wanted())
        elif command in (Command.ENABLE, Command.DISABLE):
            self._opening.switched(now_s, command)
            self._inside.shows_disabled = None  # the next POLL tells
        elif command is Command.POLL and self._inside.held:
            self._inside.held.taking, self._inside.held.where = True, Where.MOVING
        return self._link.next(command, data)

    @property
    def _script_next(self) -> Command | None:
        return self._script[0] if self._script else None

    def _rule(self, now_s: float) -> Command | None:
        return next((send(self, now_s) for when, send in _RULES if when(self, now_s)), None)

    def _ordered(self, order: Command) -> bool:
        held = self._inside.held
        return held is not None and held.order is order

    def _must_reject(self, now_s: float) -> bool:
        held = self._inside.held
        too_long = held is not None and held.order is None and now_s >= held.since_s + HOLD_LIMIT_S
        return self._inside.must_reject or self._ordered(Command.REJECT) or too_long

    def _wanted(self) -> frozenset[int]:
        """The channels that the unit should accept now."""
        if self._limit is None or not self._ready:
            return frozenset()
        table = self._inside.table
        return frozenset(c for c, value in table.items() if value in self._notes and value <= self._limit)

    def _next_opening(self, now_s: float) -> Command | None:
        """Only while nothing moves or lies in escrow, as far as the last POLL told."""
        if not self._inside.quiet or self._inside.note:
            return None
        return self._opening.next(now_s, self._wanted(), self._inside.shows_disabled)

    def _counter_wanted(self, now_s: float) -> bool:
        return self._inside.at_rest and not self._inside.counter_is_fresh

    # ---- what comes back: each says whether that was an answer ------------------------------------

    def _accepts(self, asked: Command, reply: int) -> bool:
        no_note = asked in (Command.HOLD, Command.REJECT) and reply in NO_NOTE
        no_counter = asked is Command.GET_COUNTERS and reply == Reply.UNKNOWN_COMMAND
        return reply == Reply.OK or no_note or no_counter

    def _heard_poll(self, now_s: float, reply: int, data: bytes) -> bool:
        self._poll_first = False
        events, unknown = parse_events(data)
        self._inside.hear(now_s, events)
        if (Says.RESET, 0) in events:
            self._forget_unit()  # also its protocol version, so what may stand behind is no fault
        elif unknown is not None:
            detail = f"event {unknown:02X}h can not be read in protocol version {PROTOCOL}; call service"
            self._refuse(now_s, Trouble.FAILED, detail)
        return True

    def _heard_reject(self, now_s: float, reply: int, data: bytes) -> bool:
        self._inside.must_reject = False
        if self._inside.note:
            self._inside.note.where = Where.MOVING
        return True

    def _heard_hold(self, now_s: float, reply: int, data: bytes) -> bool:
        if reply in NO_NOTE:
            self._inside.must_reject = True
        return True

    def _heard_slave_key(self, now_s: float, reply: int, data: bytes) -> bool:
        try:
            self._link.agreed(data)
        except ValueError:
            return False
        return True

    def _heard_setup(self, now_s: float, reply: int, data: bytes) -> bool:
        try:
            self._identity = parse_setup(data, self._currencies, self._notes)
            self._inside.table = self._identity.channels
        except ValueError as error:
            self._refuse(now_s, Trouble.WRONG_DEVICE, str(error))
        return True

    def _heard_serial(self, now_s: float, reply: int, data: bytes) -> bool:
        if len(data) != 4:
            return False
        serial_number = str(int.from_bytes(data, "big"))
        if self._gap and self._serial_number not in ("", serial_number):
            self._start_over()
        self._gap, self._serial_number = False, serial_number
        return True

    def _heard_counters(self, now_s: float, reply: int, data: bytes) -> bool:
        if reply == Reply.UNKNOWN_COMMAND:
            self.has_counter = False
            self._inside.counted(None)
            return True
        try:
            self._inside.counted(parse_stacked(data))
        except ValueError:
            return False
        self.has_counter = True
        return True

    def _heard_reason(self, now_s: float, reply: int, data: bytes) -> bool:
        self._inside.told_reason(data[0] if data else None)
        return True

    def _heard_inhibits(self, now_s: float, reply: int, data: bytes) -> bool:
        self._opening.inhibits_acknowledged()
        return True

    def _heard_ok(self, now_s: float, reply: int, data: bytes) -> bool:
        return True

    def _asked_in_vain(self, now_s: float, asked: Command, reply: int) -> None:
        """Refused, or answered with what makes no sense: again in a while, and some time that is enough."""
        self._refusals = self._refusals + 1 if asked is self._refused else 1
        self._refused, self._poll_first = asked, True
        self._ask_again_s = now_s + ASK_AGAIN_S
        note = self._inside.note
        if asked is Command.HOLD or (asked is Command.POLL and note and note.where is Where.MOVING):
            self._inside.must_reject = True  # whatever became of it: the next POLL must not take it
        if asked is Command.LAST_REJECT_CODE:
            self._inside.told_reason(None)
        elif self._refusals >= ASK_LIMIT and asked is Command.GET_COUNTERS:
            self._inside.counted(None)
        elif self._refusals >= ASK_LIMIT and self._script:
            detail = (
                f"it answers {asked.name} with {reply:02X}h, {ASK_LIMIT} times; is this an SSP validator?"
            )
            self._refuse(now_s, Trouble.WRONG_DEVICE, detail)
        elif self._refusals >= ASK_LIMIT:
            detail = f"it answers {asked.name} with {reply:02X}h, {ASK_LIMIT} times; call service"
            self._refuse(now_s, Trouble.FAILED, detail)

    # ---- where we stand ---------------------------------------------------------------------------

    def _start_over(self) -> None:
        """The unit was out of sight: SYNC, and whatever was known has to be read again."""
        self._inside.start_over()
        self._forget_unit()

    def _forget_unit(self) -> None:
        self._script = deque((*_START[:1], *self._link.key_steps, *_START[1:]))
        self._opening = Opening()
        self._asked = self._identity = self._refused = None
        self._sent = self._refusals = 0
        self._garbled = self._out_of_reach = self._gap = self._poll_first = False
        self._ready = False
        self._ask_again_s = self._traffic_s = _NEVER
        self._serial_number = ""
        self.has_counter = None

    def _settle(self) -> None:
        """Tell `Found` and `AtRest` once everything is known that they promise."""
        if self._script or self._identity is None:
            return
        if not self._inside.at_rest or not self._inside.counter_is_fresh:
            return
        serial_number = self._serial_number
        if not self._ready:
            self._ready, self._lost = True, None
            identity = f"SSP validator, firmware {self._identity.firmware}, {serial_number}"
            self._inside.tell(Found(device=self._device, identity=identity, serial_number=serial_number))
        if not self._inside.settled:
            counter = self._inside.settle()
            self._inside.tell(AtRest(device=self._device, counter=counter, serial_number=serial_number))

    def _lose(self, trouble: Trouble, detail: str) -> None:
        self._tell_lost(trouble, detail)
        self._start_over()

    def _tell_lost(self, trouble: Trouble, detail: str) -> None:
        if (trouble, detail) != self._lost:
            self._lost = (trouble, detail)
            self._inside.tell(Lost(device=self._device, trouble=trouble, detail=f"{self._device}: {detail}"))

    def _unreachable(self, now_s: float, trouble: Trouble, detail: str) -> None:
        self._lose(trouble, detail)
        self._out_of_reach, self._resume_s = True, now_s + ASK_AGAIN_S

    def _refuse(self, now_s: float, trouble: Trouble, detail: str) -> None:
        """A verdict: the unit shall take no money, and is tried again later."""
        self._lose(trouble, detail)
        self._script.appendleft(Command.DISABLE)
        self._resume_s = now_s + RESUME_S


# If this is so, we send that. The first line that applies; for None, HOLD with a note in escrow, else POLL.
_Rule = tuple[Callable[[Ssp, float], bool], Callable[[Ssp, float], Command | None]]
_RULES: Final[tuple[_Rule, ...]] = (
    (lambda ssp, now_s: bool(ssp._script), lambda ssp, now_s: ssp._script_next),
    (lambda ssp, now_s: ssp._gap, lambda ssp, now_s: Command.SERIAL_NUMBER),
    (Ssp._must_reject, lambda ssp, now_s: Command.REJECT),
    (lambda ssp, now_s: ssp._ordered(Command.POLL), lambda ssp, now_s: Command.POLL),
    (lambda ssp, now_s: ssp._inside.held is not None, lambda ssp, now_s: None),
    (lambda ssp, now_s: ssp._poll_first, lambda ssp, now_s: None),
    (lambda ssp, now_s: ssp._inside.reason_wanted, lambda ssp, now_s: Command.LAST_REJECT_CODE),
    (Ssp._counter_wanted, lambda ssp, now_s: Command.GET_COUNTERS),
    (lambda ssp, now_s: True, Ssp._next_opening),
)

_ANSWERS: Final[dict[Command, Callable[[Ssp, float, int, bytes], bool]]] = {
    Command.SYNC: Ssp._heard_ok,
    **dict.fromkeys(KEY_STEPS, Ssp._heard_ok),
    Command.REQUEST_KEY_EXCHANGE: Ssp._heard_slave_key,
    Command.REJECT: Ssp._heard_reject,
    Command.PROTOCOL_VERSION: Ssp._heard_ok,
    Command.SETUP_REQUEST: Ssp._heard_setup,
    Command.SERIAL_NUMBER: Ssp._heard_serial,
    Command.POLL: Ssp._heard_poll,
    Command.HOLD: Ssp._heard_hold,
    Command.GET_COUNTERS: Ssp._heard_counters,
    Command.LAST_REJECT_CODE: Ssp._heard_reason,
    Command.SET_INHIBITS: Ssp._heard_inhibits,
    Command.ENABLE: Ssp._heard_ok,
    Command.DISABLE: Ssp._heard_ok,
}
