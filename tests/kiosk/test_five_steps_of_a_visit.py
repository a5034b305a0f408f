"""Where one is in a visit, as a tall glass and a voice say it: five steps in their order, the same ones that the
samples of the gallery show."""

import pytest

from kiosk import contract as c
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from screens import samples
from tests.kiosk.world import Kiosk, bill, customer, taken

SAMPLES = {"home": c.Home, "account_empty": c.EnterAccount, "looking_up": c.LookingUp, "check": c.CheckItems,
           "pay_by": c.PayBy, "cash_start": c.CashRunning, "receipt_printing": c.ReceiptPage}  # fmt: skip


@pytest.fixture
def kiosk(tmp_path):
    return Kiosk(tmp_path)


def test_each_page_says_the_step_that_the_samples_show(kiosk):
    said = {}

    def look():
        said[type(kiosk.page)] = kiosk.engine.view.step

    look()
    kiosk.want(c.ChooseFee("water"))
    look()
    kiosk.type("1002003001")
    kiosk.want(c.SubmitAccount())
    look()
    kiosk.hear(st.BillsCame(kiosk.last(cmd.FetchBills).lookup, customer(bill("70.00"), account="1002003001")))
    look()
    kiosk.want(c.AllRight())
    look()
    kiosk.want(c.ChooseTender(c.Tender.CASH))
    look()
    for note in (50, 20):
        kiosk.hold(note)
        kiosk.hear(taken(note))
    look()

    shown = {kind: samples.view(name, c.Language.ZH).step for name, kind in SAMPLES.items()}
    assert said == shown
    assert sorted({step for step, _ in said.values()}) == [1, 2, 3, 4, 5]
    assert list(said.values()) == sorted(said.values())
