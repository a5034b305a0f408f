"""The ICT host as a state machine without I/O: bytes, verbs and time go in, single bytes and events come out.

Both sides speak at will. `heard` takes what arrived (also nothing: then only time has passed), `due_s` tells
when the next byte leaves, `send` gives it. What is sent, and when, is the table `_RULES`; what a word of the
unit means is in `ict_inside`.

02h accepts a note in escrow, and it is also the answer to a power-up pair. So it leaves once per note that the
core wants, once per whole `80 8F`, and never else; if a note was open when that pair came, the answer waits
until no unit holds a note any more, in case noise only looked like a pair.

Start. The status is asked before anything else is said. A unit that is inhibited may have said its power-up
pair before the line was open and wait for the answer ever since, so it is reset, once, and says it again; one
that is enabled may still move a note, and is left to it. Two answers in a row, and nothing else between them,
make `Found`: there is no identity and no checksum to go by. The unit is inhibited, and `AtRest` is told, without
a counter, when it says so and no note is open. A note accepted by an earlier process has an unknown end.

Sources: ICT104U v0.3, ICT106 and ICT002U excerpts; acceptors.md §4 and §8.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from hardware.acceptors.ict_frames import NEVER, Decoder, Escrow, Heard, Junk, PowerUp, Says, Tell
from hardware.acceptors.ict_inside import TROUBLES, Inside, Phase
from hardware.contracts import AtRest, Event, Found, Lost, Trouble
from kiosk.money import Money

TYPES: Final = 16  # 40h to 4Fh
POLL_S: Final = 0.5  # between status requests; documents say 1 to 5 s, units in the field stand this
POLL_SOON_S: Final = 0.25  # while an answer is waited for: a start, a switch, the end of a trouble
HOLD_AFTER_S: Final = 1.0  # a core that is well decides long before, and needs no hold
RETURN_AGAIN_S: Final = 2.0  # without a word of the unit; returning twice harms nobody
SWITCH_AGAIN_S: Final = 1.0  # a unit that still says the opposite did not hear
WELCOME_LATER_S: Final = 6.0  # no note stays in escrow for longer than 5 s
RESET_AGAIN_S: Final = 30.0  # a trouble may be over by itself; not more often, for the motors' sake
VAIN_SWITCHES: Final = 3  # a unit that is still inhibited after so many orders waits for something else
SILENT_POLLS: Final = 2  # status requests without a sensible answer; nobody may be asked for notes meanwhile
ECHO_POLLS: Final = 2  # status requests that came back as they were; one may be chance

_RESETTABLE: Final = frozenset(TROUBLES) - {Says.STACKER_OPEN, Says.FISHING}
_FAILURES: Final = {
    Says.MOTOR_FAILURE: "motor failure (20h); call service",
    Says.CHECKSUM_ERROR: "checksum error of its own memory (21h); call service",
    Says.SENSOR_PROBLEM: "sensor problem (25h); clean the note path, then call service",
    Says.HOST_FAILURE: "it missed an answer of this computer (26h); it is reset, else switch it off and on",
}


class Ict:
    """One unit. `notes[x]`: value of type code 40h + x, None for one that is not taken; `hold`: 18h or 5Ah."""

    _status: Says | None  # ENABLED or INHIBITED as last said; None: not known
    _switch_sent: Says | None  # the last order, None: none yet
    _vain: int  # the same order again, in a row

    def __init__(self, device: str, notes: Sequence[Money | None], hold: int = Tell.HOLD) -> None:
        if not 1 <= len(notes) <= TYPES or not any(notes):
            raise ValueError(f"{device}: the table of notes has 1 to {TYPES} rows, one of them with a value")
        self._device = device
        self._hold = hold
        self._inside = Inside(device, notes)
        self._decoder = Decoder()
        self._lost: tuple[Trouble, str] | None = None
        self._now_s = 0.0
        self.begin(0.0)

    # ---- verbs, as in the contract ----------------------------------------------------------------

    def enable(self, limit: Money) -> None:
        """A wish that stays: carried out whenever the unit is ready for it, also again after trouble."""
        self._inside.limit = limit

    def disable(self) -> None:
        self._inside.limit = None

    def take(self) -> None:
        self._inside.take()

    def give_back(self) -> None:
        self._inside.give_back(self._now_s)

    def confirm(self) -> None:
        """The protocol knows no acknowledgement: a `Taken` is told once, whatever becomes of it."""

    # ---- what the driver reports ------------------------------------------------------------------

    def begin(self, now_s: float) -> None:
        """The line was opened: nothing is known of what happened meanwhile."""
        self._now_s = self._poll_s = now_s
        self._welcome_s = NEVER
        self._reset_s = now_s
        self._unclean = self._echoes = 0  # status requests in a row
        self._answered_power_up: bool | None = (
            None  # None: not known; False: not known, and a reset did not help
        )
        self._stuck = False
        self._decoder.clear()
        self._start_over(now_s)

    def broken(self, now_s: float, trouble: Trouble, detail: str) -> None:
        """The line can not be used."""
        self._lose(now_s, trouble, detail)

    def heard(self, now_s: float, data: bytes) -> None:
        """What arrived; empty when only time has passed."""
        self._now_s = now_s
        for what in self._decoder.feed(now_s, data):
            self._hear(now_s, what)
        self._inside.pass_time(now_s)
        self._settle()

    def drain(self) -> list[Event]:
        """The events since the last call, in the order in which things happened."""
        return self._inside.drain()

    @property
    def refuses_everything(self) -> bool:
        """The unit said that it is inhibited and holds nothing, or it is out of reach."""
        return not self._alive or (self._inside.note is None and self._status is Says.INHIBITED)

    # ---- what is sent -----------------------------------------------------------------------------

    def due_s(self, now_s: float) -> float:
        """When `heard` and `send` are to be called next, whatever arrives."""
        times = (self._decoder.deadline_s, now_s + POLL_S, *(when(self) for when, _ in _RULES))
        return min(times)

    def send(self, now_s: float) -> int | None:
        """The byte that is to leave now; it counts as sent. None: nothing."""
        self._now_s = now_s
        return next((act(self, now_s) for when, act in _RULES if when(self) <= now_s), None)

    def _accept_due_s(self) -> float:
        note = self._inside.note
        return self._now_s if note and note.wanted and note.phase is Phase.HELD else NEVER

    def _accept(self, now_s: float) -> int:
        self._inside.accepted(now_s)
        return Tell.ACCEPT

    def _return_due_s(self) -> float:
        note = self._inside.note
        if note is None or note.phase is not Phase.RETURNING:
            return NEVER
        return self._now_s if note.ordered_s is None else note.ordered_s + RETURN_AGAIN_S

    def _return(self, now_s: float) -> int:
        if self._inside.note:
            self._inside.note.ordered_s = now_s
        return Tell.RETURN

    def _hold_due_s(self) -> float:
        note = self._inside.note
        if note is None or note.phase is not Phase.HELD or note.wanted or note.held_back:
            return NEVER
        return note.since_s + HOLD_AFTER_S

    def _hold_on(self, now_s: float) -> int:
        if self._inside.note:
            self._inside.note.held_back = True
        return self._hold

    def _welcome_due_s(self) -> float:
        return self._welcome_s

    def _welcome(self, now_s: float) -> int:
        self._welcome_s = NEVER
        self._forget_switch()
        return Tell.WELCOME

    def _reset_due_s(self) -> float:
        if self._inside.note or self._welcome_s != NEVER or not self._alive:
            return NEVER
        if self._answered_power_up is None and self._status is Says.INHIBITED:
            return self._now_s
        return self._reset_s if self._stuck or self._inside.troubles & _RESETTABLE else NEVER

    def _reset(self, now_s: float) -> int:
        if self._answered_power_up is None:
            self._answered_power_up = False
        self._reset_s = now_s + RESET_AGAIN_S
        self._forget_switch()
        self._switch_sent = Says.INHIBITED  # that is what a reset makes of it
        return Tell.RESET

    def _switch_due_s(self) -> float:
        """Only while no note is under way: nobody wrote what a unit does with one that it shall not take."""
        if not self._alive or self._inside.note or self._welcome_s != NEVER:
            return NEVER
        wanted = self._wanted()
        if self._status is None:
            return self._now_s if self._switch_sent is not wanted else NEVER
        if self._status is wanted:
            return NEVER
        return self._now_s if self._switch_sent is not wanted else self._switch_s + SWITCH_AGAIN_S

    def _switch(self, now_s: float) -> int:
        wanted = self._wanted()
        self._vain = self._vain + 1 if self._switch_sent is wanted else 0
        self._switch_sent, self._switch_s, self._status = wanted, now_s, None
        self._poll_s = now_s + POLL_SOON_S
        if self._vain >= VAIN_SWITCHES and wanted is Says.ENABLED:
            self._stuck = True
            detail = (
                "the unit stays inhibited; it is reset, else switch it off and on while this computer runs"
            )
            self._lose(now_s, Trouble.FAILED, detail)
        return wanted

    def _wanted(self) -> Says:
        """What the unit should say of itself; the orders have the same bytes."""
        return Says.ENABLED if self._inside.takes_any else Says.INHIBITED

    def _poll_due_s(self) -> float:
        """Not while a note is under way: an answer then only adds doubt. In trouble, the status has to tell."""
        quiet = self._inside.note is not None and not self._inside.troubles
        return NEVER if quiet or self._decoder.deadline_s != NEVER else self._poll_s

    def _poll(self, now_s: float) -> int:
        self._judge(now_s)
        self._polled, self._answered, self._resting, self._junk, self._echoed = (
            True,
            False,
            False,
            False,
            False,
        )
        soon = not self._inside.settled and not self._unclean and not self._inside.troubles
        self._poll_s = now_s + (POLL_SOON_S if soon else POLL_S)
        return Tell.STATUS

    # ---- what comes back --------------------------------------------------------------------------

    def _hear(self, now_s: float, what: Heard) -> None:
        if isinstance(what, Junk) or (isinstance(what, Escrow) and not what.whole and not self._ready):
            self._junk = True
            self._echoed = self._echoed or what == Junk(Tell.STATUS)
            return
        self._alive = self._answered = True
        if isinstance(what, PowerUp):
            self._heard_power_up(now_s)
        elif isinstance(what, Escrow):
            self._welcome_s = NEVER  # it works without
            self._answered_power_up = True
            self._forget_switch()
            self._inside.escrow(now_s, what)
        else:
            self._heard_word(now_s, what)

    def _heard_power_up(self, now_s: float) -> None:
        if self._welcome_s == NEVER:
            self._welcome_s = now_s + (WELCOME_LATER_S if self._inside.note else 0.0)
        self._inside.power_up()
        self._ready, self._stuck, self._answered_power_up, self._rested = False, False, True, 0
        self._forget_switch()

    def _heard_word(self, now_s: float, says: Says) -> None:
        if says in (Says.ENABLED, Says.INHIBITED):
            self._status, self._resting = says, True
            if says is Says.ENABLED:
                self._answered_power_up = True
        elif says is Says.ERROR_OVER:
            self._poll_s = now_s
        elif says in _RESETTABLE and says not in self._inside.troubles and says is not Says.HOST_FAILURE:
            self._reset_s = now_s + RESET_AGAIN_S
        self._inside.word(now_s, says)
        if says in _FAILURES:
            self._lose(now_s, Trouble.FAILED, f"the unit reports a failure: {_FAILURES[says]}")

    # ---- where we stand ---------------------------------------------------------------------------

    def _forget_switch(self) -> None:
        """Enable or inhibit: not known, has to be said again."""
        self._status = self._switch_sent = None
        self._switch_s, self._vain = -NEVER, 0
        self._resting = False

    def _start_over(self, now_s: float) -> None:
        self._ready = self._alive = False
        self._polled = self._answered = self._junk = self._echoed = False
        self._rested = 0  # status requests in a row that only a unit at rest answers so
        self._forget_switch()
        self._inside.start_over(now_s)

    def _judge(self, now_s: float) -> None:
        """The last status request had its time: what came of it?"""
        if not self._polled:
            return
        clean = self._answered and not self._junk
        self._unclean = 0 if clean else self._unclean + 1
        self._rested = self._rested + 1 if clean and self._resting else 0
        self._echoes = self._echoes + 1 if self._echoed else 0
        if self._echoes >= ECHO_POLLS:
            self._lose(now_s, Trouble.ECHO, "our own bytes come back; check for a loop-back plug or echo")
        elif self._unclean >= SILENT_POLLS and self._junk:
            detail = "bytes arrive that make no sense; check baud rate, parity, cable and protocol switch"
            self._lose(now_s, Trouble.GARBAGE, f"{detail} (ICT, 8E1)")
        elif self._unclean >= SILENT_POLLS and not self._answered:
            detail = f"no answer to {SILENT_POLLS} status requests; check power, cable and protocol switch"
            self._lose(now_s, Trouble.SILENT, f"{detail} (ICT)")

    def _settle(self) -> None:
        """Nothing is open and the unit is at ease: tell `Found`, and `AtRest` once it says that it is inhibited."""
        busy = self._inside.note or self._inside.troubles or self._welcome_s != NEVER
        if busy or self._stuck or self._junk or not self._resting:
            return
        if not self._ready and self._rested:
            self._ready, self._inside.starting, self._lost = True, False, None
            self._inside.tell(Found(device=self._device, identity="ICT bill acceptor (tells no identity)"))
        if self._ready and self._status is Says.INHIBITED and not self._inside.settled:
            self._inside.settled = True
            self._inside.tell(AtRest(device=self._device))

    def _lose(self, now_s: float, trouble: Trouble, detail: str) -> None:
        if (trouble, detail) != self._lost:
            self._lost = (trouble, detail)
            self._inside.tell(Lost(device=self._device, trouble=trouble, detail=f"{self._device}: {detail}"))
        elif trouble is Trouble.FAILED:
            return  # it says so in every status
        alive = self._alive and trouble is Trouble.FAILED
        self._start_over(now_s)
        self._alive = alive


# This leaves, from … on. The first line whose time has come.
_RULES: Final[tuple[tuple[Callable[[Ict], float], Callable[[Ict, float], int]], ...]] = (
    (Ict._accept_due_s, Ict._accept),
    (Ict._return_due_s, Ict._return),
    (Ict._welcome_due_s, Ict._welcome),
    (Ict._hold_due_s, Ict._hold_on),
    (Ict._reset_due_s, Ict._reset),
    (Ict._switch_due_s, Ict._switch),
    (Ict._poll_due_s, Ict._poll),
)
