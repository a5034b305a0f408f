"""Issued before it is printed, printed only when the printer says so, printed again only with a mark."""

import pytest

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.facts import PrintDone, PrintFailed, PrintStarted, ReceiptIssued
from kiosk.flow import commands as cmd
from kiosk.flow.delays import Delay
from kiosk.receipts import document
from tests.kiosk.world import NO_PAPER, READY, Kiosk, bill


@pytest.fixture
def kiosk(tmp_path):
    return Kiosk(tmp_path)


def pay(kiosk, number="W1"):
    kiosk.to_cash(bill("36.00", number=number))
    kiosk.insert(20, 10, 5, 1)


def says(state):
    return hw.PrinterSays(device="printer", state=state)


def test_the_receipt_is_in_the_journal_before_the_first_byte_is_sent(kiosk):
    seen = []
    do = kiosk.do
    kiosk.do = lambda command: (seen.append((type(command), {type(f) for f in kiosk.facts()})), do(command))
    pay(kiosk)
    kind, on_disk = seen[-1]
    assert kind is cmd.PrintPaper and {ReceiptIssued, PrintStarted} <= on_disk


def test_without_the_printers_word_it_is_not_printed(kiosk):
    pay(kiosk)
    assert kiosk.page.stage is c.PaperStage.PRINTING and kiosk.page.done is None
    assert not kiosk.facts(PrintDone)


def test_out_of_paper_before_printing_shows_the_number_and_prints_once_paper_is_in(kiosk):
    kiosk.hear(says(NO_PAPER))
    assert c.Banner.NO_RECEIPTS in kiosk.engine.view.banners
    pay(kiosk)
    assert kiosk.page.stage is c.PaperStage.NOT_PRINTED and kiosk.page.qr
    assert kiosk.page.status.key == "receipt.not_printed_no_paper"
    assert kiosk.count(cmd.PrintPaper) == 0
    kiosk.hear(says(READY))
    assert kiosk.last(cmd.PrintPaper).attempt == 1


def test_a_job_that_was_not_sent_comes_out_by_itself_when_the_printer_is_ready_again(kiosk):
    pay(kiosk)
    job = kiosk.last(cmd.PrintPaper).job
    kiosk.hear(says(NO_PAPER), hw.NotPrinted(device="printer", job=job, unknown=False, state=NO_PAPER))
    assert kiosk.page.again.off is not None
    kiosk.hear(says(READY))
    assert kiosk.last(cmd.PrintPaper).attempt == 2


def test_a_job_that_may_be_on_paper_is_offered_again_and_marked(kiosk):
    pay(kiosk)
    job = kiosk.last(cmd.PrintPaper).job
    kiosk.hear(hw.NotPrinted(device="printer", job=job, unknown=True, state=NO_PAPER))
    kiosk.hear(says(NO_PAPER), says(READY))
    assert kiosk.count(cmd.PrintPaper) == 1 and kiosk.page.stage is c.PaperStage.PERHAPS
    kiosk.want(c.PrintAgain())
    again = kiosk.last(cmd.PrintPaper)
    text = [
        b.text for b in document(kiosk.site, again.issued, again.attempt).blocks if isinstance(b, hw.Text)
    ]
    assert again.attempt == 2 and "补打 第2次" in text
    kiosk.hear(hw.Printed(device="printer", job=job))  # the first job's late word is not the second's
    assert kiosk.page.stage is c.PaperStage.PRINTING
    kiosk.print_out()
    assert kiosk.page.stage is c.PaperStage.PRINTED


def test_a_core_that_died_while_printing_does_not_print_again_by_itself(kiosk):
    pay(kiosk)
    kiosk.restart()
    kiosk.open_for_business()
    assert kiosk.page.stage is c.PaperStage.PERHAPS and kiosk.count(cmd.PrintPaper) == 0
    assert kiosk.facts(PrintFailed)[0].perhaps


def test_papers_that_never_came_out_stay_on_the_list_after_the_visit_and_a_restart(kiosk):
    kiosk.hear(says(NO_PAPER))
    pay(kiosk)
    kiosk.want(c.Done())
    assert kiosk.page.message.key == "thanks.things", "there is no paper to take along"
    kiosk.time_is_up(Delay.THANKS)
    assert isinstance(kiosk.page, c.Home)
    kiosk.restart()
    assert isinstance(kiosk.page, c.Home) and list(kiosk.engine.state.papers) == ["K0001-00000001"]


def test_receipt_numbers_have_no_gaps_and_survive_a_restart(kiosk):
    for number in ("W1", "W2", "W3"):
        pay(kiosk, number)
        kiosk.print_out()
        kiosk.want(c.Done(), c.Done())
        kiosk.restart()
        kiosk.open_for_business()
    assert [f.receipt for f in kiosk.facts(ReceiptIssued)] == [f"K0001-0000000{n}" for n in (1, 2, 3)]
