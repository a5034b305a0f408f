"""What the outside shall be like while the state is this: not commands but conditions, so that after a restart,
a reconnect or a lost message it is simply applied again."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hardware.panel.contract import Lamp
from kiosk.contract import Tender
from kiosk.facts.cabinet import Power
from kiosk.flow import cabinet, checkup, exceptions, help, offers, stock
from kiosk.flow.delays import Delay, ask_charge_s, sign_in_pause_s
from kiosk.flow.state import ApprovalStep, ChargeStage, PaperState, Room, Stage, State, default_settings
from kiosk.money import Money

QUIET_STAGES = frozenset(
    {Stage.HOME, Stage.CHARGING, Stage.THANKS}
)  # no idle question: nothing to ask, or no way out


class Timer(msgspec.Struct, frozen=True):
    delay: Delay
    key: str
    seconds: float


class Wanted(msgspec.Struct, frozen=True):
    accept_up_to: Money | None  # None: the acceptor refuses everything
    looking: bool  # whether scanners read
    keys_are_tested: bool  # those of the number pad; else they go to the screens
    lamps: frozenset[Lamp]
    numbers: int | None  # block of receipt numbers that is to be asked for
    power_off: bool  # the mains have failed and everything is settled
    timers: tuple[Timer, ...]


def wanted(state: State) -> Wanted:
    test = checkup.want(state)
    return Wanted(
        accept_up_to=offers.highest_note(state) if state.stage is Stage.CASH else checkup.note_limit(state),
        looking=test.look or state.stage in (Stage.ACCOUNT, Stage.SHOW_CODE) or _reads_for_staff(state),
        keys_are_tested=test.keys,
        lamps=test.lamps or cabinet.lamps(state),
        numbers=stock.wanted(state),
        power_off=state.cabinet.power is Power.DOWN,
        timers=tuple(_timers(state)),
    )


def _reads_for_staff(state: State) -> bool:
    """Where a person's badge or the code of a receipt is asked for."""
    if state.visit is not None and state.visit.approval is not None:
        return state.visit.approval.step is ApprovalStep.NUMBER
    return state.desk is not None and state.desk.room in (Room.NUMBER, Room.SECOND, Room.VOID)


def _timers(state: State) -> Iterator[Timer]:
    visit = state.visit
    if visit is not None:
        here = f"{visit.id}:{visit.stage.value}:{visit.touches}"
        if visit.stage is Stage.LOOKING_UP:
            yield _timer(Delay.LOOKUP, visit.lookup)
        if visit.stage is Stage.THANKS and state.aside is None:
            yield _timer(Delay.THANKS, here)
        papers = state.visit_papers
        taken = visit.stage is Stage.PAPER and papers and all(p.stage is PaperState.PRINTED for p in papers)
        if taken and state.aside is None:
            yield _timer(Delay.PAPER_TAKEN, here)
        if state.house.broken and state.money_inside:
            if not visit.put_away:
                yield _timer(Delay.STRANDED, visit.id)
        elif visit.stage not in QUIET_STAGES and not state.printing:
            if not visit.idle:
                approving = visit.approval is not None
                yield Timer(Delay.IDLE, here, (Delay.APPROVAL if approving else Delay.IDLE).seconds)
            elif not state.money_inside:
                yield _timer(Delay.IDLE_ANSWER, here)
        if help.may_be_stuck(state):
            yield _timer(Delay.STUCK, help.where_it_stands(state))
        if visit.stage is Stage.CASH and state.money_inside:
            yield _timer(Delay.ABANDONED, here)
    elif state.stage is Stage.HOME and state.settings != default_settings(state.site):
        look = state.settings
        yield _timer(Delay.LOOK, f"{look.language.value}:{look.text_size.value}:{look.contrast.value}")
    if state.aside is not None and state.stage in help.NO_IDLE_QUESTION:
        yield _timer(Delay.HELP_IDLE, f"{state.aside.room.value}:{state.aside.item}:{state.aside.touches}")
    check = checkup.step(state)
    if check is not None and state.house.examination is not None:
        yield Timer(Delay.CHECKUP, f"{state.house.examination.tries}", check.limit_s)
    elif state.stage is Stage.STAFF and state.desk is not None:
        yield _timer(Delay.STAFF_IDLE, f"{state.desk.room.value}:{state.desk.touches}")
    if state.sign_in_waits:
        failures = state.sign_in_failures
        yield Timer(Delay.SIGN_IN, f"{failures}", sign_in_pause_s(failures))
    if cabinet.may_sleep(state):
        yield _timer(Delay.SLEEP, f"{state.cabinet.woken}")
    if state.cabinet.power is Power.FAILING:
        yield _timer(Delay.POWER_DIP, "")
    elif state.cabinet.power is Power.LEAVING:
        yield _timer(Delay.POWER_LIMIT, "")
    if state.note is not None and not state.house.acceptor.present:
        yield _timer(Delay.NOTE_AWAY, state.note.id)
    for delay, key, seconds in exceptions.watched(state):
        yield Timer(delay, key, seconds)
    if state.printing is not None:
        yield _timer(Delay.PRINT, state.printing.job)
    for charge in state.charges.values():
        by_card, ordered = charge.tender is Tender.CARD, charge.stage is ChargeStage.REQUESTED
        if ordered:
            yield _timer(Delay.CARD if by_card else Delay.CHARGE, charge.id)
        elif state.can_ask(charge):
            yield Timer(Delay.ASK_CHARGE, f"{charge.id}:{charge.asked}", ask_charge_s(charge.asked))
        looks_for_card = by_card and ordered
        if charge is state.charge and visit and not visit.waited_long and not looks_for_card:
            yield _timer(Delay.CHARGE_LONG, charge.id)


def _timer(delay: Delay, key: str) -> Timer:
    return Timer(delay, key, delay.seconds)
