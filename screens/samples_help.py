"""Views of the help that stands above a page, for the gallery and the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kiosk import contract as c
from kiosk.contract import Button, Language, Message, Money


def _press(intent: c.AnyIntent, key: str) -> Button:
    return Button(intent, Message(f"button.{key}"))


GO_ON: Final = _press(c.LeaveHelp(), "help_go_on")
CALL: Final = _press(c.CallStaff(), "help_call")
HOW: Final = _press(c.OpenHelp("how"), "help_how")


def _how(stage: str, inside: Money | None = None) -> c.HelpHow:
    return c.HelpHow(tuple(Message(f"help.how_{stage}_{n}") for n in (1, 2, 3)), GO_ON, inside)


PAGES: Final[dict[str, Callable[[Language], c.AnyPage]]] = {
    "help_offer": lambda la: c.HelpOffer(Message("help.because_wrong_entries"), CALL, HOW, GO_ON),
    "help_offer_money": lambda la: c.HelpOffer(
        Message("help.because_no_progress"), CALL, HOW, GO_ON, Money(2000)
    ),
    "help_offer_called": lambda la: c.HelpOffer(Message("help.called"), None, HOW, GO_ON),
    "help_how_account": lambda la: _how("account"),
    "help_how_cash": lambda la: _how("cash", Money(10000)),
}
