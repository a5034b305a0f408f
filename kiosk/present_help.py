"""State → view for the help that stands above the page of the customer. The money inside is shown on each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kiosk import contract as c
from kiosk.contract import Message
from kiosk.flow.state import Aside, HelpRoom, Stage, State
from kiosk.money import Money

STEPS_SHOWN: Final = 3  # sentences of `help.how_<stage>_<n>` for each page that has them
HOW: Final = (
    *(Stage.HOME, Stage.ACCOUNT, Stage.BILLS, Stage.CHECK, Stage.PAY_BY, Stage.CASH, Stage.SHOW_CODE),
    *(Stage.CHARGING, Stage.PAPER),
)


def page(state: State, aside: Aside) -> c.AnyPage:
    return ROOMS[aside.room](state, aside)


def _button(intent: c.AnyIntent, key: str, off: Message | None = None) -> c.Button:
    return c.Button(intent, Message(f"button.{key}"), off)


def inside(state: State) -> Money | None:
    """What this person has paid in and is not settled yet."""
    payment = state.payment
    return payment.credited if payment is not None and payment.credited else None


def _go_on() -> c.Button:
    return _button(c.LeaveHelp(), "help_go_on")


def _offer(state: State, aside: Aside) -> c.AnyPage:
    return c.HelpOffer(
        reason=Message("help.called" if state.staff_wanted else f"help.because_{aside.item}"),
        call=None if state.staff_wanted else _button(c.CallStaff(), "help_call"),
        how=_button(c.OpenHelp(HelpRoom.HOW.value), "help_how") if aside.at in HOW else None,
        go_on=_go_on(),
        inside=inside(state),
    )


def _how(state: State, aside: Aside) -> c.AnyPage:
    stage = aside.at.value if aside.at in HOW else Stage.HOME.value
    steps = tuple(Message(f"help.how_{stage}_{n}") for n in range(1, STEPS_SHOWN + 1))
    return c.HelpHow(steps, _go_on(), inside(state))


ROOMS: Final[dict[HelpRoom, Callable[[State, Aside], c.AnyPage]]] = {
    HelpRoom.OFFER: _offer,
    HelpRoom.HOW: _how,
}
