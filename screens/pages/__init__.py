"""One file per page. A page is a function: it draws itself on a sheet and says what it wants in the bottom bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from kiosk import contract
from screens.pages import (
    account,
    amount,
    bills,
    card,
    cash,
    check,
    code,
    help,
    help_menu,
    home,
    opinion,
    out,
    pay_by,
    receipt,
    staff_board,
    staff_entry,
    thanks,
    working,
)
from screens.sheet import Foot, Sheet

Builder = Callable[[Sheet, Any], Foot]

PAGES: Final[dict[type, tuple[str, Builder]]] = {  # page → key of its title, how it is drawn
    contract.Home: ("home.title", home.build),
    contract.EnterAccount: ("account.title", account.build),
    contract.LookingUp: ("account.looking_title", account.build_looking_up),
    contract.ChooseBills: ("bills.title", bills.build),
    contract.ChooseHowMuch: ("amount.title", amount.build_choose),
    contract.TypeHowMuch: ("amount.title", amount.build_type),
    contract.CheckItems: ("check.title", check.build),
    contract.PayBy: ("pay_by.title", pay_by.build),
    contract.CashRunning: ("cash.title", cash.build),
    contract.ShowCode: ("code.title", code.build),
    contract.UseCard: ("card.title", card.build),
    contract.Working: ("working.title", working.build),
    contract.Unknown: ("unknown.title", working.build_unknown),
    contract.ReceiptPage: ("receipt.title", receipt.build),
    contract.ClaimPage: ("claim.title", receipt.build_claim),
    contract.ThankYou: ("thanks.title", thanks.build),
    contract.OutOfService: ("out.title", out.build),
    contract.Approving: ("approve.page_title", working.build_approving),
    contract.HelpOffer: ("help.title", help.build_offer),
    contract.HelpHow: ("help.how_title", help.build_how),
    contract.HelpMenu: ("help.topics", help_menu.build),  # both bring a title of their own
    contract.HelpText: ("help.answer", help_menu.build_text),
    contract.SayContact: ("say.contact_title", opinion.build_contact),
    contract.SayDone: ("say.done_title", opinion.build_done),
    contract.StaffEntry: ("desk.sign_in", staff_entry.build),  # both bring a title of their own
    contract.StaffBoard: ("desk.menu", staff_board.build),
}
