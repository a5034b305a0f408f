"""State → view: what stands on the glass and may be pressed. Pure; decides nothing.

Here is what every page has around it; each other file has the pages of one matter: `finding`, `paying` and `papers` for
the way of a customer, `desk` and what uses it for the staff."""

from __future__ import annotations

from collections.abc import Callable

from kiosk import contract as c
from kiosk.contract import Message
from kiosk.facts.cabinet import Power
from kiosk.flow import cabinet
from kiosk.flow.delays import Delay
from kiosk.flow.state import ApprovalStep, HelpRoom, Stage, State
from kiosk.money import Money
from kiosk.present import amount, approval, check, finding, help, papers, paying, staff
from kiosk.present.buttons import button

CLOSING = (Power.LEAVING, Power.DOWN)
STEPS = 5  # choose, say for what, check, pay, take the receipt: `poster.step_<n>`
STEP_OF = {
    Stage.HOME: 1,
    Stage.ACCOUNT: 2,
    Stage.LOOKING_UP: 2,
    Stage.BILLS: 2,
    Stage.AMOUNT: 2,
    Stage.CHECK: 3,
    Stage.APPROVING: 3,
    Stage.PAY_BY: 4,
    Stage.CASH: 4,
    Stage.SHOW_CODE: 4,
    Stage.CHARGING: 4,
    Stage.PAPER: 5,
}


def present(state: State, number: int, now_ms: int) -> c.View:
    signing = state.visit is not None and state.visit.approval is not None
    page = approval.page(state, now_ms) if signing else PAGES[state.stage](state, now_ms)
    if state.aside is not None:
        page = help.page(state, state.aside)
    if state.house.broken and state.stage not in (Stage.PAPER, Stage.STAFF):
        page = _out_of_service(state)
    if not state.house.broken and state.stage is Stage.HOME and state.cabinet.power in CLOSING:
        page = c.OutOfService(Message("out.power"), "", state.site.house.service_phone)
    step = STEP_OF.get(state.stage) if not isinstance(page, c.OutOfService) else None
    return c.View(
        number=number,
        page=page,
        language=state.settings.language,
        text_size=state.settings.text_size,
        contrast=state.settings.contrast,
        step=(step, STEPS) if step else None,
        back=_back(state),
        staff_called=state.staff_wanted,
        banners=_banners(state),
        idle=_idle(state),
        help=_help(state),
        headset=state.cabinet.headset and cabinet.JACK not in state.house.troubles,
        asleep=state.cabinet.asleep,
    )


def _back(state: State) -> c.Button | None:
    """The way back, as long as it costs nobody anything."""
    if state.aside is not None:
        return None if state.aside.room is HelpRoom.OFFER else button(c.Back(), "back")
    if state.stage in (Stage.HOME, Stage.CHARGING, Stage.PAPER, Stage.THANKS):
        return None
    if state.house.broken and state.money_inside:
        return None
    signing = state.visit is not None and state.visit.approval is not None
    if state.stage is Stage.CASH and state.money_inside and not signing:
        if state.visit and state.visit.asking_to_stop:  # the page itself asks: stop or go on
            return None
        return button(c.StopPaying(), "stop_paying")
    return button(c.Back(), "back")


def _banners(state: State) -> tuple[c.Banner, ...]:
    found = [c.Banner.TRAINING] if state.site.training else []
    if not state.house.online:
        found.append(c.Banner.OFFLINE)
    if state.house.printer is None or not state.house.printer.ready:
        found.append(c.Banner.NO_RECEIPTS)
    if state.staff_wanted:
        coming = state.call is not None and state.call.answered_by
        found.append(c.Banner.STAFF_COMING if coming else c.Banner.STAFF_CALLED)
    if state.site.simulated and not state.site.training:
        found.append(c.Banner.SIMULATED)
    return tuple(found)


def _help(state: State) -> c.Button | None:
    """Everywhere for a customer; while a note moves, its page is the one to look at."""
    if state.stage is Stage.STAFF or state.house.broken or state.aside is not None or state.cabinet.asleep:
        return None
    approval = state.visit.approval if state.visit else None
    if approval is not None and approval.step is not ApprovalStep.WAIT:
        return None
    off = Message("help.not_now") if state.note is not None else None
    return button(c.OpenHelp(HelpRoom.TOPICS.value), "help", off)


def _idle(state: State) -> c.IdleQuestion | None:
    if state.visit is None or not state.visit.idle:
        return None
    leave = None if state.money_inside else button(c.Done(), "leave")
    return c.IdleQuestion(int(Delay.IDLE_ANSWER.seconds), button(c.StillHere(), "stay"), leave)


def _out_of_service(state: State) -> c.OutOfService:
    """With money inside, its claim stands on the screen alone: nothing can be written, so nothing can be issued
    or printed. The number is that of the payment, which is in the journal with each note that was credited."""
    phone = state.site.house.service_phone
    payment, visit = state.payment, state.visit
    if payment is None or not state.money_inside or (visit is not None and visit.put_away):
        return c.OutOfService(Message("out.journal"), "", phone)
    inside = payment.credited + (state.note.value if state.note else Money(0))
    inside += state.charge.amount if state.charge else Money(0)
    number = payment.id[-8:].upper()
    return c.OutOfService(
        reason=Message("out.journal_with_charge") if state.charge else Message("out.journal_with_money"),
        number=number,
        service_phone=phone,
        amount=inside,
        qr=f"X1;{state.site.kiosk};{payment.id};{inside.fen}",
        done=button(c.Done(), "noted"),
    )


PAGES: dict[Stage, Callable[[State, int], c.AnyPage]] = {
    Stage.HOME: finding.home,
    Stage.ACCOUNT: finding.account,
    Stage.LOOKING_UP: finding.looking_up,
    Stage.BILLS: finding.choose_bills,
    Stage.AMOUNT: amount.page,
    Stage.CHECK: check.page,
    Stage.APPROVING: approval.page,
    Stage.PAY_BY: paying.pay_by,
    Stage.CASH: paying.cash,
    Stage.SHOW_CODE: paying.show_code,
    Stage.CHARGING: paying.charging,
    Stage.PAPER: papers.page,
    Stage.THANKS: papers.thanks,
    Stage.STAFF: staff.page,
}
