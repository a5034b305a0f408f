"""The EBDS host as a state machine without I/O: replies, verbs and time go in, messages and events come out.

There is one message and one reply. The driver asks `due_s` when the next may be sent and `command` what, then
reports `heard` or `missed`.

Toggle. A reply carries the toggle of the message that it answers. A message is sent again as it was until such
a reply comes; a message with the other toggle acknowledges it. So the acknowledgement of a stacked note is
withheld by repeating the message, until the core has written the note down.

Start. Nobody knows the toggle that the unit saw last, so the first reply may be an old one. Only what it says
of the end of a note and of power-up is believed; the rest is asked again with the other toggle. If the unit
takes the first message for a new one it regards the reply before it as acknowledged: a note stacked in that
moment is then left to the core, which finds its intent open when the unit is at rest. Where the line fails
later the toggle is kept, and nothing is lost.

EBDS; acceptors.md §7 and §8.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hardware.acceptors.ebds_codes import Order, Reply, Says, message, parse_reply
from hardware.acceptors.ebds_inside import NOTE_ON_ITS_WAY, OUT_OF_ORDER, RECALLED, Inside, is_at_rest
from hardware.contracts import AtRest, Event, Found, Lost, Trouble
from kiosk.money import Money

POLL_S: Final = 0.1  # between messages: the shortest by Pyramid's RS_232 rev G
# Between a message and an order: the shortest by Pyramid's later netPyramid-RS-232 (RS232Config.PollRate). A unit that
# misses it loses nothing: it is told again, with the same toggle, after POLL_S.
ORDER_S: Final = 0.05
POLL_LOST_S: Final = 1.0  # between messages to a unit out of reach: no hurry
SILENT_S: Final = 1.5  # three messages; nobody may be asked for notes that nothing answers to
FRESH_S: Final = 1.0  # an order is given to a note seen no longer ago than this, or seen again first
HOLD_LIMIT_S: Final = 60.0  # a core that has not decided by then never will: give the note back


class Ebds:
    """One validator. `notes`: the denominations behind the indices 1 to 7 of its dataset, in that order, None for
    one that is not taken."""

    _message: bytes
    _answered: bool
    _believes: bool
    _mask: frozenset[int]

    def __init__(self, device: str, notes: Sequence[Money | None]) -> None:
        self._device = device
        self._inside = Inside(device, notes)
        self._lost: tuple[Trouble, str] | None = None
        self._toggle = 0
        self.begin(0.0)

    # ---- verbs, as in the contract ----------------------------------------------------------------

    def enable(self, limit: Money) -> None:
        """A wish that stays: carried out whenever the unit is ready for it, also again after trouble."""
        self._inside.limit = limit

    def disable(self) -> None:
        self._inside.limit = None

    def take(self) -> None:
        self._inside.decide(Order.STACK)

    def give_back(self) -> None:
        self._inside.decide(Order.RETURN)

    def confirm(self) -> None:
        self._inside.confirm()

    # ---- what the driver reports ------------------------------------------------------------------

    def begin(self, now_s: float) -> None:
        """The line was opened: nothing is known of what happened meanwhile."""
        self._out_of_reach = False
        self._garbled = False  # something arrived since `_since_s`, and made no sense
        self._since_s = now_s  # of the last reply that made sense, or of the last verdict without one
        self._poll_s = self._sent_s = now_s
        self._forget_line()
        self._start_over()

    def broken(self, now_s: float, trouble: Trouble, detail: str) -> None:
        """The line can not be used."""
        self._out_of_reach = True
        self._lose(trouble, detail)

    def heard(self, now_s: float, data: bytes) -> None:
        """A frame came for the last message."""
        if data == self._message:
            self._heard_echo(now_s)
            return
        reply = parse_reply(data)
        if reply is None or reply.toggle != self._toggle:
            self._no_sense(now_s, garbled=True)
            return
        self._since_s = self._seen_s = now_s
        self._garbled = self._out_of_reach = False
        if self._answered:
            return  # the same reply, while its acknowledgement is withheld
        self._answered = True
        if self._believes:
            self._enter(now_s, reply)
        else:
            self._believes = True
            self._says = reply.says & RECALLED
            self._inside.recall(reply.says, reply.index)

    def missed(self, now_s: float, garbled: bool) -> None:
        """No reply came, or (`garbled`) bytes that made no frame."""
        self._no_sense(now_s, garbled)

    def drain(self) -> list[Event]:
        """The events since the last call, in the order in which things happened."""
        return self._inside.drain()

    @property
    def refuses_everything(self) -> bool:
        """The unit was told to take nothing and has nothing, or it is out of reach."""
        return self._out_of_reach or (
            self._believes and self._answered and not self._mask and not self._says & NOTE_ON_ITS_WAY
        )

    # ---- what is sent -----------------------------------------------------------------------------

    def due_s(self, now_s: float) -> float:
        """When the next message may be sent."""
        if self._has_order and not self._out_of_reach:
            return min(self._poll_s, self._sent_s + ORDER_S)
        return self._poll_s

    @property
    def _has_order(self) -> bool:
        """The next message may carry one."""
        note = self._inside.note
        waits = note is not None and note.order is not Order.NOTHING and not note.sent
        return waits and self._answered and bool(self._says & Says.ESCROWED)

    def command(self, now_s: float) -> bytes:
        """Control byte and data of the next message; the reply, or the lack of one, must be reported."""
        self._sent_s = now_s
        self._poll_s = now_s + (POLL_LOST_S if self._out_of_reach else POLL_S)
        if not self._message:
            self._message = message(self._toggle, self._mask, Order.NOTHING)
        elif self._answered and not self._inside.withholds:
            self._toggle, self._answered = 1 - self._toggle, False
            if not self._says & NOTE_ON_ITS_WAY:  # a mask that changes meanwhile could send a note back
                self._mask = self._wanted()
            self._message = message(self._toggle, self._mask, self._order(now_s))
        return self._message

    def _order(self, now_s: float) -> Order:
        note = self._inside.note
        if note is None or note.sent or not self._says & Says.ESCROWED or now_s > self._seen_s + FRESH_S:
            return Order.NOTHING
        if now_s >= note.since_s + HOLD_LIMIT_S:
            self._inside.decide(Order.RETURN)
        if note.order is not Order.NOTHING:
            self._inside.order_left()
        return note.order

    def _wanted(self) -> frozenset[int]:
        """The denominations that the unit should accept now."""
        limit = self._inside.limit
        if limit is None or not self._ready:
            return frozenset()
        return frozenset(index for index, value in self._inside.table.items() if value <= limit)

    # ---- what comes back --------------------------------------------------------------------------

    def _enter(self, now_s: float, reply: Reply) -> None:
        before, self._says = self._says, reply.says
        if reply.says & ~before & Says.POWER_UP:
            before &= Says.STACKED  # everything is new, but the note that was told already is not another one
            self._ready = False
        risen = reply.says & ~before
        self._inside.enter(now_s, reply.says, risen, reply.index)
        if risen & OUT_OF_ORDER:
            what = "a failure" if reply.says & Says.FAILURE else "that its transport is open"
            self._lose(Trouble.FAILED, f"the unit reports {what}; close it, or call service")
        self._settle(reply)

    def _heard_echo(self, now_s: float) -> None:
        self._since_s, self._out_of_reach, self._poll_s = now_s, True, now_s + POLL_LOST_S
        self._forget_line()
        self._lose(Trouble.ECHO, "our own bytes come back; check for a loop-back plug or an echoing line")

    # ---- where we stand ---------------------------------------------------------------------------

    def _forget_line(self) -> None:
        """It is not known whether the last message arrived: the next has its toggle, and no order."""
        self._message = b""
        self._answered = False  # the last message has its reply
        self._believes = False  # a reply to a new toggle was heard, so replies are of now
        self._says = Says(0)
        self._mask = frozenset()
        self._seen_s = float("-inf")

    def _start_over(self) -> None:
        self._ready = False
        self._inside.start_over()

    def _settle(self, reply: Reply) -> None:
        """Tell `Found` and `AtRest` once everything is known that they promise."""
        if not is_at_rest(reply.says):
            return
        if not self._ready:
            self._ready, self._inside.starting, self._lost = True, False, None
            identity = f"EBDS model {reply.model:02X}h revision {reply.revision:02X}h"
            self._inside.tell(Found(device=self._device, identity=identity))
        if not self._inside.settled:
            self._inside.settle()
            self._inside.tell(AtRest(device=self._device))

    def _lose(self, trouble: Trouble, detail: str) -> None:
        if (trouble, detail) != self._lost:
            self._lost = (trouble, detail)
            self._inside.tell(Lost(device=self._device, trouble=trouble, detail=f"{self._device}: {detail}"))
        self._start_over()

    def _no_sense(self, now_s: float, garbled: bool) -> None:
        """Nothing that makes sense came back. After a while that is a verdict, and one again as long as it lasts."""
        self._garbled = self._garbled or garbled
        if now_s - self._since_s < SILENT_S:
            return
        self._out_of_reach = True
        self._forget_line()
        if self._garbled:
            detail = "bytes arrive that make no sense; check baud rate, cable and protocol switch (EBDS, 7E1)"
            self._lose(Trouble.GARBAGE, detail)
        else:
            detail = "no answer; check power, cable and protocol switch (EBDS)"
            self._lose(Trouble.SILENT, detail)
        self._since_s, self._garbled = now_s, False
