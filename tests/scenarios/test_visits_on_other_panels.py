"""The same visit with a real mouse on a 7 inch panel whose pixels are not square, and on a tall one."""

import pytest

from kiosk.display import VirtualDisplay
from kiosk.money import Money
from screens.theme import load_panels
from tests.scenarios.lobby import Lobby


@pytest.fixture(params=["official", "tall"])
def lobby(request, tmp_path):
    """Beside its namesake of the other files: one that stands on this panel."""
    with VirtualDisplay(*load_panels()[request.param].pixels) as display:
        lobby = Lobby(tmp_path, display, request.param)
        try:
            yield lobby
        finally:
            lobby.close()


def test_a_bill_typed_and_paid_with_notes(lobby):
    lobby.go("fee:water", "enter_account")
    lobby.type("1002003001")
    lobby.go("main", "check")
    lobby.confirm()
    lobby.go("tender:cash", "cash")
    lobby.insert(20, 10, 5, 1, 1, 1)
    lobby.take_receipt()
    receipt = lobby.receipts()[-1]
    assert (receipt.paid, receipt.to_prepaid) == (Money(3800), Money(50))
