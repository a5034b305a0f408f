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

PAGES: Final[dict[type, Builder]] = {
    contract.Home: home.build,
    contract.EnterAccount: account.build,
    contract.LookingUp: account.build_looking_up,
    contract.ChooseBills: bills.build,
    contract.ChooseHowMuch: amount.build_choose,
    contract.TypeHowMuch: amount.build_type,
    contract.CheckItems: check.build,
    contract.PayBy: pay_by.build,
    contract.CashRunning: cash.build,
    contract.ShowCode: code.build,
    contract.UseCard: card.build,
    contract.Working: working.build,
    contract.Unknown: working.build_unknown,
    contract.ReceiptPage: receipt.build,
    contract.ClaimPage: receipt.build_claim,
    contract.ThankYou: thanks.build,
    contract.OutOfService: out.build,
    contract.Approving: working.build_approving,
    contract.HelpOffer: help.build_offer,
    contract.HelpHow: help.build_how,
    contract.HelpMenu: help_menu.build,
    contract.HelpText: help_menu.build_text,
    contract.SayContact: opinion.build_contact,
    contract.SayDone: opinion.build_done,
    contract.StaffEntry: staff_entry.build,
    contract.StaffBoard: staff_board.build,
}
