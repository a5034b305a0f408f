"""Small honest models of what stands around the core: a note validator with its driver, a bank behind a slow
line, a printer. They know what is physically true, so that a test can hold the journal against it."""

from __future__ import annotations

from dataclasses import dataclass, field

from hardware import contracts as hw
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.money import Money
from kiosk.parcels import ChargeIs, ChargeState

NOTES_YUAN = (1, 5, 10, 20, 50, 100)
Mail = list[st.Stimulus]


@dataclass
class Unit:
    """The validator. It survives the core; power cuts and impatience move the note that is inside."""

    counts: bool  # keeps a counter of stacked notes that can be read
    at: str = "idle"  # idle, escrow, stacking, stacked (in the box, not acknowledged), box_out
    note: int = 0  # code of the note inside
    counter: int = 0
    box: list[int] = field(default_factory=list)  # yuan; with the boxes that were taken away
    inserted: list[int] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)

    @property
    def yuan(self) -> int:
        return NOTES_YUAN[self.note]

    @property
    def reading(self) -> int | None:
        return self.counter if self.counts else None

    def insert(self, code: int) -> None:
        self.at, self.note = "escrow", code
        self.inserted.append(self.yuan)

    def push_back(self) -> None:
        self.at = "idle"
        self.returned.append(self.yuan)

    def into_box(self) -> None:
        self.at = "stacked"
        self.box.append(self.yuan)
        self.counter += 1

    def alone(self, onward: bool, forgets: bool) -> None:
        """Nobody speaks to it for a while. `onward`: a note past the lever goes into the box; `forgets`: a
        unit that says "stacked" only once, acknowledged or not."""
        if self.at == "escrow" and onward:
            self.push_back()
        elif self.at == "stacking":
            self.into_box() if onward else self.push_back()
        if self.at == "stacked" and forgets:
            self.at = "idle"


class AcceptorDriver:
    """One life of a driver as `hardware.contracts` and ccnet.py describe it: each thing is told once, the first
    decision about a held note counts, and a `Taken` is acknowledged only once it was confirmed."""

    def __init__(self, unit: Unit, mail: Mail) -> None:
        self.unit, self.mail = unit, mail
        self.limit: Money | None = None
        self.connected = True
        self._table = False  # the bill table was read
        self._pending = False  # a `Taken` was told and not acknowledged by us
        self._begin()

    def _begin(self) -> None:
        self._found, self._order, self._told = False, "", False
        self._look(first=True)

    def tell(self, event: hw.Event) -> None:
        if self.connected:
            self.mail.append(event)

    def _look(self, first: bool = False) -> None:
        """The unit shows another state than before, or is seen for the first time."""
        if not self.connected:
            return
        unit = self.unit
        if unit.at == "escrow" and not self._told:
            self._told = True
            counter = None if first else unit.reading
            self.tell(
                hw.Held(device="acceptor", code=unit.note, value=Money.yuan(unit.yuan), counter=counter)
            )
        elif unit.at == "stacked" and not self._pending:
            self._pending, self.confirmed = True, False
            value = Money.yuan(unit.yuan) if self._table else None
            self.tell(hw.Taken(device="acceptor", code=unit.note, value=value, recovered=first))
        elif unit.at == "idle":
            self._told, self._order, self._pending = False, "", False
            if not self._found:
                self._found = self._table = True
                self.tell(hw.Found(device="acceptor", identity="model"))
            self.tell(hw.AtRest(device="acceptor", counter=unit.reading))

    # ---- verbs

    def take(self) -> None:
        self._decide("stack")

    def give_back(self) -> None:
        self._decide("return")

    def _decide(self, order: str) -> None:
        if self.connected and self._told and self.unit.at == "escrow" and not self._order:
            self._order = order

    def confirm(self) -> None:
        self.confirmed = True

    # ---- what happens to it

    @property
    def takes(self) -> tuple[int, ...]:
        """Codes of the notes that may be inserted now."""
        if not self.connected or not self._found or self.unit.at != "idle" or self.limit is None:
            return ()
        return tuple(code for code, yuan in enumerate(NOTES_YUAN) if Money.yuan(yuan) <= self.limit)

    def insert(self, code: int) -> None:
        self.unit.insert(code)
        self._look()

    def goes_on(self, well: bool) -> None:
        """The unit gets on with what it does; not `well`: the note comes back, or is not decided upon in time."""
        unit = self.unit
        if unit.at == "escrow" and self._order == "stack" and well:
            unit.at = "stacking"
        elif unit.at == "escrow" or (unit.at == "stacking" and not well):
            unit.push_back()
            self.tell(hw.Returned(device="acceptor"))
            self._look()
        elif unit.at == "stacking":
            unit.into_box()
            self._look()
        elif unit.at == "stacked" and self._pending and self.confirmed and self.connected:
            unit.at = "idle"
            self._look()

    def box_out(self) -> None:
        self.unit.at = "box_out"
        self.tell(hw.BoxOut(device="acceptor"))

    def box_in(self) -> None:
        self.unit.at = "idle"
        self.tell(hw.BoxIn(device="acceptor"))
        self._look()

    def pulled_out(self) -> None:
        self.tell(hw.Lost(device="acceptor", trouble=hw.Trouble.SILENT, detail="model"))
        self.connected = False

    def plugged_in(self) -> None:
        self.connected = True
        self._begin()

    def power_cut(self, onward: bool, forgets: bool) -> None:
        """Only the unit loses power: a note before the lever comes back, one behind it stays."""
        if self.unit.at == "escrow":
            self.unit.push_back()
        self.unit.alone(onward, forgets)
        self.tell(hw.PoweredUp(device="acceptor", having=hw.PoweredUpWith.NOTHING))
        if self.connected:
            self._table = False
            self._begin()


@dataclass
class Order:
    amount: Money
    state: ChargeIs


class Bank:
    """The server and the payment provider behind it: one id is one charge, whatever arrives how often."""

    def __init__(self, mail: Mail) -> None:
        self.mail = mail
        self.orders: dict[str, Order] = {}
        self.calls: list[cmd.SendCharge | cmd.QueryCharge] = []  # on their way, answer outstanding
        self.late: list[cmd.SendCharge | cmd.QueryCharge] = []  # given up by the kiosk, may still arrive

    @property
    def taken_fen(self) -> int:
        return sum(o.amount.fen for o in self.orders.values() if o.state is ChargeIs.CONFIRMED)

    @property
    def undecided(self) -> list[str]:
        return [charge for charge, order in self.orders.items() if order.state is ChargeIs.UNKNOWN]

    def arrives(self, call: cmd.SendCharge | cmd.QueryCharge, outcome: ChargeIs) -> ChargeState:
        order = self.orders.get(call.charge)
        if order is None and isinstance(call, cmd.SendCharge):
            order = self.orders[call.charge] = Order(call.amount, outcome)
        elif order is None:
            order = self.orders[call.charge] = Order(Money(0), ChargeIs.NEVER)
        return ChargeState(call.charge, order.state, order.amount, "model", "ref", "")

    def ends(self, call: cmd.SendCharge | cmd.QueryCharge, how: str, outcome: ChargeIs) -> None:
        """`how`: answered, not_sent, lost_request, lost_answer (the kiosk can not tell these two apart), late,
        or lied: the courier says that nothing was sent, and it was."""
        self.calls.remove(call)
        if how in ("answered", "lost_answer", "lied"):
            answer = self.arrives(call, outcome)
        if how == "late":
            self.late.append(call)
        if how == "answered":
            self.mail.append(st.ChargeCame(answer))
        else:
            self.mail.append(st.ChargeSilent(call.charge, how not in ("not_sent", "lied"), "model"))


class PrinterDriver:
    """Answers each job once. `paper` remembers what really came out, over all lives."""

    def __init__(self, mail: Mail, paper: list[tuple[str, int]]) -> None:
        self.mail, self.paper = mail, paper
        self.state = hw.PrinterState(paper=hw.Paper.OK)
        self.jobs: list[tuple[str, str, int]] = []
        mail.append(hw.Found(device="printer", identity="model"))
        mail.append(hw.PrinterSays(device="printer", state=self.state))

    def changes(self, state: hw.PrinterState | None) -> None:
        """None: unplugged, and back with the last state at the next change."""
        if state is None:
            self.mail.append(hw.Lost(device="printer", trouble=hw.Trouble.NO_PORT, detail="model"))
        else:
            self.state = state
            self.mail.append(hw.PrinterSays(device="printer", state=state))

    def goes_on(self, how: str) -> None:
        """`how`: printed, not_sent, or perhaps_out and perhaps_in for a job of which nothing can be told."""
        job, number, attempt = self.jobs.pop(0)
        if how in ("printed", "perhaps_out"):
            self.paper.append((number, attempt))
        if how == "printed":
            self.mail.append(hw.Printed(device="printer", job=job))
        else:
            unknown = how != "not_sent"
            self.mail.append(hw.NotPrinted(device="printer", job=job, unknown=unknown, state=self.state))


class Cut(Exception):
    """The core died here."""
