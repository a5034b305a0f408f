"""What stands above each page."""

from __future__ import annotations

from typing import Final

from kiosk import contract
from kiosk.contract import AnyPage, PaperStage

OWN: Final = (
    contract.StaffEntry,
    contract.StaffBoard,
    contract.HelpMenu,
    contract.HelpText,
)  # bring theirs along
TITLES: Final[dict[type, str]] = {
    contract.Home: "home.title",
    contract.EnterAccount: "account.title",
    contract.LookingUp: "account.looking_title",
    contract.ChooseBills: "bills.title",
    contract.ChooseHowMuch: "amount.title",
    contract.TypeHowMuch: "amount.title",
    contract.CheckItems: "check.title",
    contract.PayBy: "pay_by.title",
    contract.CashRunning: "cash.title",
    contract.ShowCode: "code.title",
    contract.UseCard: "card.title",
    contract.Working: "working.title",
    contract.Unknown: "unknown.title",
    contract.ReceiptPage: "receipt.title",
    contract.ClaimPage: "claim.title",
    contract.ThankYou: "thanks.title",
    contract.OutOfService: "out.title",
    contract.Approving: "approve.page_title",
    contract.HelpOffer: "help.title",
    contract.HelpHow: "help.how_title",
    contract.SayContact: "say.contact_title",
    contract.SayDone: "say.done_title",
}


def key(page: AnyPage) -> str:
    """Of the phrase. It says nothing that is not so: no paper to be taken where none came out, nothing paid where
    only a claim is left."""
    usual = TITLES[type(page)]
    if isinstance(page, contract.ReceiptPage | contract.ClaimPage) and page.stage is PaperStage.NOT_PRINTED:
        return f"{usual}_not_printed"
    if isinstance(page, contract.ThankYou) and page.amount is None:
        return f"{usual}_claim"
    return usual
