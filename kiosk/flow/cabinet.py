"""The cabinet around the screen: who comes near, who presses the button, what stands open, and the power.

Power:  on ── line says off ── FAILING ── stays off ── LEAVING ── all settled, or too long ── DOWN
        no new money from FAILING on; in LEAVING what is open is closed by its own rules; the mains undo each.
A line that never said "on" since the start is rather a cut wire: staff are called, nothing is switched off.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from hardware.panel.contract import CallPressed, GuardIs, Headphones, Lamp, MainsAre, SomebodyNear
from kiosk.contract import CallStaff, Intent
from kiosk.facts import Fact
from kiosk.facts.cabinet import DoorOpened, FellAsleep, GuardSeen, HeadsetIs, Power, PowerIs, WokeUp
from kiosk.facts.passing import StaffWanted, StopDecided
from kiosk.flow import calls, card, exceptions, offers, visit
from kiosk.flow.delays import Delay
from kiosk.flow.state import ChargeStage, PaperState, Payment, Stage, State
from kiosk.flow.stimuli import Given, TimeIsUp
from kiosk.flow.table import Consequence, Evolver, Facts, Machine, Row
from kiosk.rules.exceptions import ExceptionKind

PANEL, JACK = "panel", "jack"


# ---------------------------------------------------------------------------------------------------
# Decide


def _called(state: State, pressed: CallPressed | CallStaff, given: Given) -> Facts:
    yield from calls.by_a_person(state, given)
    if state.cabinet.asleep:
        yield WokeUp()


def _guard(state: State, guard: GuardIs, given: Given) -> Facts:
    what = guard.what.value
    if guard.open and what not in state.cabinet.open:
        yield DoorOpened(what, state.signed_in)
        if not state.signed_in:
            yield from exceptions.opened(state, ExceptionKind.TAMPER, what, "", given)
    yield GuardSeen(what, guard.open)


def _near(state: State, near: SomebodyNear, given: Given) -> Facts:
    yield WokeUp()


def _touched_awake(state: State, want: Intent, given: Given) -> Facts:
    """The finger was for the dark glass, not for what it can not see."""
    yield WokeUp()


def _headphones(state: State, told: Headphones, given: Given) -> Facts:
    yield HeadsetIs(told.plugged)


def _sleep(state: State, up: TimeIsUp, given: Given) -> Facts:
    if may_sleep(state):
        yield FellAsleep()


def may_sleep(state: State) -> bool:
    """Only where a sensor can wake it again."""
    plan = state.site.devices.panel
    works = plan is not None and plan.presence is not None and PANEL not in state.house.troubles
    return works and state.stage is Stage.HOME and not state.cabinet.asleep and not state.staff_wanted


def _mains(state: State, mains: MainsAre, given: Given) -> Facts:
    power = state.cabinet.power
    if mains.on:
        yield PowerIs(Power.ON)
    elif power is Power.UNTOLD:
        yield PowerIs(Power.SUSPECT)
        yield StaffWanted(True)
    elif power is Power.ON:
        yield PowerIs(Power.FAILING)


def _power(to: Power) -> Callable[[State, Any, Given], Facts]:
    def move(state: State, stimulus: Any, given: Given) -> Facts:
        yield PowerIs(to)

    return move


def _after(delay: Delay, power: Power) -> Callable[[State, TimeIsUp], bool]:
    return lambda state, up: up.delay is delay and state.cabinet.power is power


ROWS = (
    Row(CallStaff, _called, when=lambda s, _w: s.cabinet.asleep),
    Row(Intent, _touched_awake, when=lambda s, _w: s.cabinet.asleep),
    Row(CallPressed, _called),
    Row(GuardIs, _guard),
    Row(SomebodyNear, _near),
    Row(Headphones, _headphones),
    Row(MainsAre, _mains),
    Row(TimeIsUp, _sleep, when=lambda s, up: up.delay is Delay.SLEEP),
    Row(TimeIsUp, _power(Power.LEAVING), when=_after(Delay.POWER_DIP, Power.FAILING)),
    Row(TimeIsUp, _power(Power.DOWN), when=_after(Delay.POWER_LIMIT, Power.LEAVING)),
)


# ---------------------------------------------------------------------------------------------------
# Evolve


def _seen(state: State, fact: GuardSeen) -> State:
    others = state.cabinet.open - {fact.what}
    return _cabinet(state, open=others | {fact.what} if fact.open else others)


def _cabinet(state: State, **changes: Any) -> State:
    return replace(state, cabinet=replace(state.cabinet, **changes))


EVOLVE: dict[type[Fact], Evolver] = {
    DoorOpened: lambda s, f: s,  # it is told anew by the switch
    GuardSeen: _seen,
    PowerIs: lambda s, f: _cabinet(s, power=f.power),
    HeadsetIs: lambda s, f: _cabinet(s, headset=f.plugged),
    FellAsleep: lambda s, f: _cabinet(s, asleep=True),
    WokeUp: lambda s, f: _cabinet(s, asleep=False, woken=s.cabinet.woken + 1),
}


# ---------------------------------------------------------------------------------------------------
# What is wanted


def lamps(state: State) -> frozenset[Lamp]:
    """Where the customer's hand is wanted now, and whether staff are."""
    burning = set()
    if state.stage is Stage.CASH and offers.highest_note(state) is not None:
        burning.add(Lamp.SLOT)
    if state.stage in (Stage.ACCOUNT, Stage.SHOW_CODE) and state.house.scanners:
        burning.add(Lamp.SCANNER)
    if card.at_terminal(state):
        burning.add(Lamp.CARD)
    if state.printing or (state.stage is Stage.PAPER and _lies_there(state)):
        burning.add(Lamp.PRINTER)
    if state.staff_wanted:
        burning.add(Lamp.BEACON)
    return frozenset(burning)


def _lies_there(state: State) -> bool:
    return any(paper.stage is PaperState.PRINTED for paper in state.visit_papers)


# ---------------------------------------------------------------------------------------------------
# Consequences: the power goes, and what is open is brought to its end


def _leaving(state: State) -> bool:
    """Where nothing can be written, nothing can be closed: it waits for the next start."""
    return state.cabinet.power is Power.LEAVING and not state.house.broken


def _paid_in_part(state: State) -> Payment | None:
    """A payment by cash that takes no more notes: it is closed by the fee's rule."""
    payment = state.payment
    if payment is None or payment.stopping or not payment.credited or state.note_inside or state.charge:
        return None
    return payment


def _stop(state: State, given: Given) -> Facts:
    payment = _paid_in_part(state)
    assert payment is not None
    yield StopDecided(payment.id)


def _can_go(state: State) -> bool:
    """Nothing of this person moves any more, and all paper is out; what is not can be photographed till the end."""
    if state.visit is None or state.money_inside or state.printing:
        return False
    return all(paper.stage is PaperState.PRINTED for paper in state.visit_papers)


def _go(state: State, given: Given) -> Facts:
    yield from visit.leave(state, "power_failed", given)


def _settled(state: State) -> bool:
    charging = any(charge.stage is ChargeStage.REQUESTED for charge in state.charges.values())
    nobody = state.visit is None or bool(state.house.broken)
    return nobody and not (state.note_inside or state.printing or charging)


def _down(state: State, given: Given) -> Facts:
    yield PowerIs(Power.DOWN)


MACHINE = Machine(
    ROWS,
    EVOLVE,
    consequences=(
        Consequence(lambda s: _leaving(s) and _paid_in_part(s) is not None, _stop),
        Consequence(lambda s: _leaving(s) and _can_go(s), _go),
        Consequence(lambda s: s.cabinet.power is Power.LEAVING and _settled(s), _down),
    ),
)
