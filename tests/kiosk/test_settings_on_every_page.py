"""Text size, contrast and language can be changed on whatever page one is, move nothing, and end with the visit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk import contract as c
from kiosk.flow.delays import Delay
from tests.kiosk.world import Kiosk, bill, held, taken, yuan

OWN = (c.Language.EN, c.TextSize.XLARGE, c.Contrast.BLACK)
USUAL = (c.Language.ZH, c.TextSize.LARGE, c.Contrast.DAY)


def look(kiosk: Kiosk) -> tuple[c.Language, c.TextSize, c.Contrast]:
    view = kiosk.engine.view
    assert view is not None
    return view.language, view.text_size, view.contrast


def choose(kiosk: Kiosk, look: tuple[c.Language, c.TextSize, c.Contrast]) -> None:
    kiosk.want(c.SetLanguage(look[0]), c.SetTextSize(look[1]), c.SetContrast(look[2]))


# What happens next → the page that stands then. One visit with cash, from the first page to the last.
VISIT: list[tuple[Callable[[Kiosk], None], type]] = [
    (lambda k: None, c.Home),
    (lambda k: k.want(c.OpenHelp("topics")), c.HelpMenu),
    (lambda k: k.want(c.OpenHelp("privacy")), c.HelpText),
    (lambda k: k.want(c.OpenHelp("say")), c.HelpMenu),
    (lambda k: k.want(c.LeaveHelp()), c.Home),
    (lambda k: k.want(c.ChooseFee("water")), c.EnterAccount),
    (lambda k: k.to_check(bill("36.00")), c.CheckItems),
    (lambda k: k.want(c.AllRight()), c.PayBy),
    (lambda k: k.want(c.ChooseTender(c.Tender.CODE)), c.ShowCode),
    (lambda k: k.want(c.Back()), c.PayBy),
    (lambda k: k.want(c.ChooseTender(c.Tender.CASH)), c.CashRunning),
    (lambda k: k.insert(20), c.CashRunning),
    (lambda k: k.want(c.StopPaying()), c.CashRunning),  # it asks whether to stop
    (lambda k: k.want(c.GoOnPaying()), c.CashRunning),
    (lambda k: k.hear(held(10)), c.CashRunning),  # a note is between slot and box
    (lambda k: k.hear(taken(10)), c.CashRunning),
    (lambda k: k.insert(5, 1), c.ReceiptPage),
    (lambda k: k.print_out(), c.ReceiptPage),
    (lambda k: k.want(c.Done()), c.ThankYou),
]


def test_on_every_page_of_a_visit_and_not_beyond_it(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    for step, (happens, page) in enumerate(VISIT):
        happens(kiosk)
        assert isinstance(kiosk.page, page), (step, kiosk.page)
        before = kiosk.page
        if isinstance(before, c.CashRunning) and before.asking_to_stop:
            assert kiosk.engine.view.back is None, "two buttons answer the question, not three"
        for chosen in (OWN, USUAL, OWN):
            choose(kiosk, chosen)
            assert look(kiosk) == chosen, step
        assert type(kiosk.page) is type(before), "the page stays"
        if isinstance(before, c.CashRunning):
            assert (kiosk.page.inserted, kiosk.page.remaining) == (before.inserted, before.remaining)
    assert kiosk.page.amount == yuan(36)
    kiosk.time_is_up(Delay.THANKS)
    assert isinstance(kiosk.page, c.Home) and look(kiosk) == USUAL


@pytest.mark.parametrize("way", [c.Back(), c.PayAnother()], ids=["another fee", "another bill"])
def test_who_goes_on_with_something_else_keeps_them(tmp_path: Path, way: c.AnyIntent) -> None:
    kiosk = Kiosk(tmp_path)
    choose(kiosk, OWN)
    kiosk.want(c.ChooseFee("water"))
    if isinstance(way, c.PayAnother):
        kiosk.to_cash(bill("36.00"))
        kiosk.insert(20, 10, 5, 1)
        kiosk.print_out()
        kiosk.want(c.Done())
    kiosk.want(way)
    assert isinstance(kiosk.page, c.Home) and look(kiosk) == OWN


def test_who_chose_them_at_the_first_page_and_went_away_leaves_none_behind(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    assert Delay.LOOK not in {timer.delay for timer in kiosk.wanted.timers}
    choose(kiosk, OWN)
    kiosk.time_is_up(Delay.LOOK)
    assert isinstance(kiosk.page, c.Home) and look(kiosk) == USUAL
    assert Delay.LOOK not in {timer.delay for timer in kiosk.wanted.timers}


def test_whoever_only_looked_around_leaves_no_settings_behind(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    choose(kiosk, OWN)
    kiosk.want(c.ChooseFee("water"))
    kiosk.time_is_up(Delay.IDLE)
    kiosk.want(c.Done())
    assert isinstance(kiosk.page, c.Home) and look(kiosk) == USUAL
