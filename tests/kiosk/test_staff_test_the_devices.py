"""The device test at the screen: an attendant walks through the same steps, the core keeps the report."""

import pytest

from hardware import contracts as hw
from hardware.panel import contract as panel
from hardware.panel.contract import Lamp
from kiosk import contract as c
from kiosk.contract import CheckAnswer
from kiosk.doctor.checks import KEYS
from kiosk.doctor.report import Verdict
from kiosk.facts import Account, NoteDoubtful, NoteReturned
from kiosk.facts.checkup import DevicesExamined
from kiosk.flow import commands as cmd
from kiosk.flow.delays import Delay
from kiosk.money import Money
from tests.kiosk.office import Office
from tests.kiosk.world import held, taken


@pytest.fixture
def kiosk(tmp_path):
    kiosk = Office(tmp_path)
    kiosk.sign_in()
    return kiosk


def begin(kiosk, device):
    kiosk.go("devices")
    kiosk.want(c.StaffGo("checkup", device))


def say(kiosk, answer):
    kiosk.want(c.AnswerCheck(answer))


def report(kiosk):
    return kiosk.facts(DevicesExamined)[-1]


def results(kiosk):
    return {o.check: o.result.value for device in report(kiosk).devices for o in device.steps}


def test_any_note_comes_back_and_is_written_as_every_other(kiosk):
    begin(kiosk, "acceptor")
    assert kiosk.page.note.key == "doctor.note" and kiosk.wanted.accept_up_to == Money.yuan(100)
    kiosk.hear(held(50))
    assert isinstance(kiosk.last(cmd.GiveBackNote), cmd.GiveBackNote) and not kiosk.count(cmd.TakeNote)
    assert kiosk.page.lines[1] == c.StaffLine(c.Message("doctor.held"), "¥50.00", look=True)
    kiosk.hear(hw.Returned(device="acceptor", code=4))
    assert results(kiosk) == {"acceptor.there": "good", "acceptor.note": "good"}
    assert kiosk.wanted.accept_up_to is None and len(kiosk.facts(NoteReturned)) == 1
    assert kiosk.balance(Account.CASH_BOX) == kiosk.balance(Account.DOUBTFUL) == Money(0)


def test_a_note_that_is_taken_all_the_same_is_doubtful_and_an_alarm(kiosk):
    begin(kiosk, "acceptor")
    kiosk.hear(held(20), taken(20))
    assert kiosk.page.problem.key == "doctor.note_kept"
    say(kiosk, CheckAnswer.SKIP)
    assert report(kiosk).verdict is Verdict.NOT_READY
    assert [(a.says, a.detail) for a in report(kiosk).alarms] == [("doctor.alarm_note", "¥20.00")]
    assert [fact.in_box for fact in kiosk.facts(NoteDoubtful)] == [True]
    assert kiosk.page.problem.key == "doctor.alarm_note" and kiosk.page.lines[0].value == "¥20.00"


def test_the_page_its_code_and_whether_it_is_legible(kiosk):
    begin(kiosk, "all")
    token = kiosk.last(cmd.PrintTestPage).job
    kiosk.hear(hw.Printed(device="printer", job=token))
    assert kiosk.page.note.key == "doctor.legible"
    say(kiosk, CheckAnswer.YES)
    assert kiosk.page.note.key == "doctor.code" and kiosk.wanted.looking
    kiosk.hear(hw.CodeRead(device="camera", text="134567890123456789"))
    assert kiosk.page.lines[1].label.key == "doctor.another_code" and not kiosk.count(cmd.SendCharge)
    kiosk.hear(hw.CodeRead(device="camera", text=token))
    say(kiosk, CheckAnswer.STOP)
    done = results(kiosk)
    assert done["printer.page"] == done["printer.legible"] == done["camera.code"] == "good"
    assert done["panel.door"] == "not_tested" and "panel.door" in report(kiosk).missing


def test_a_scanner_that_is_tested_alone_has_its_page_printed_for_it(kiosk):
    begin(kiosk, "camera")
    token = kiosk.last(cmd.PrintTestPage).job
    no_paper = hw.PrinterState(paper=hw.Paper.OUT)
    kiosk.hear(
        hw.NotPrinted(device="printer", job=token, unknown=False, state=no_paper, detail="paper is out")
    )
    assert kiosk.page.problem.key == "doctor.failed" and kiosk.page.lines[1].value == "paper is out"
    say(kiosk, CheckAnswer.AGAIN)
    kiosk.hear(hw.Printed(device="printer", job=token))
    kiosk.hear(hw.CodeRead(device="camera", text=token))
    assert results(kiosk) == {"camera.there": "good", "camera.code": "good"}
    assert kiosk.count(cmd.PrintTestPage) == 2
    assert kiosk.page.lines[-1].label.key == "doctor.recorded"


def test_without_paper_it_is_said_and_done_again_with_paper(kiosk):
    begin(kiosk, "printer")
    first = kiosk.last(cmd.PrintTestPage).job
    state = hw.PrinterState(paper=hw.Paper.OUT)
    kiosk.hear(hw.NotPrinted(device="printer", job=first, unknown=False, state=state, detail="paper is out"))
    assert kiosk.page.problem.key == "doctor.failed"
    assert kiosk.page.lines[1] == c.StaffLine(c.Message("doctor.it_says"), "paper is out", look=True)
    say(kiosk, CheckAnswer.AGAIN)
    assert kiosk.count(cmd.PrintTestPage) == 2
    kiosk.hear(hw.Printed(device="printer", job=first))
    say(kiosk, CheckAnswer.NO)
    say(kiosk, CheckAnswer.SKIP)
    assert results(kiosk)["printer.legible"] == "bad" and "printer" in report(kiosk).without


def test_lamps_one_by_one_and_a_button_that_calls_nobody(kiosk):
    kiosk.hear(hw.Found(device="panel", identity="sim"))
    begin(kiosk, "panel")
    for lamp in Lamp:
        assert kiosk.wanted.lamps == {lamp}
        say(kiosk, CheckAnswer.YES)
    kiosk.hear(panel.CallPressed(device="panel"))
    assert not kiosk.engine.state.staff_wanted
    for is_open in (True, False):
        assert kiosk.page.note.key == "doctor.door"
        kiosk.hear(panel.GuardIs(device="panel", what=panel.Guarded.DOOR, open=is_open))
        assert (kiosk.page.lines[-1].label.key == "doctor.and_back") is is_open
    assert kiosk.page.note.key == "doctor.cash_box"
    kiosk.time_is_up(Delay.CHECKUP)
    assert kiosk.page.problem.key == "doctor.too_late"
    kiosk.time_is_up(Delay.STAFF_IDLE)
    assert results(kiosk)["panel.door"] == "good" and results(kiosk)["panel.cash_box"] == "bad"
    assert results(kiosk)["panel.presence"] == "not_tested" and isinstance(kiosk.page, c.Home)


def test_keys_are_tested_and_not_obeyed(kiosk):
    kiosk.hear(hw.Found(device="keypad", identity="sim"))
    begin(kiosk, "keypad")
    assert kiosk.wanted.keys_are_tested
    *keys, last = KEYS
    for key in keys:
        kiosk.hear(panel.KeyPressed(device="keypad", key=key))
    assert kiosk.page.lines[1].value == KEYS[last]
    kiosk.hear(panel.KeyPressed(device="keypad", key=last))
    assert results(kiosk)["keypad.keys"] == "good" and not kiosk.wanted.keys_are_tested


def test_a_device_that_is_away_is_named_and_the_last_test_of_each_is_kept_over_a_restart(kiosk):
    begin(kiosk, "acceptor")
    kiosk.hear(held(10), hw.Returned(device="acceptor", code=3))
    kiosk.go("devices")
    kiosk.hear(hw.Lost(device="printer", trouble=hw.Trouble.SILENT, detail="/dev/kiosk/printer: no answer"))
    assert [line.label.key for line in kiosk.page.lines if "trouble" in line.label.key] == [
        "doctor.trouble_silent"
    ]
    begin(kiosk, "printer")
    assert kiosk.page.problem.key == "doctor.failed" and "silent" in kiosk.page.lines[1].value
    say(kiosk, CheckAnswer.SKIP)
    assert report(kiosk).verdict is Verdict.READY_WITHOUT and "acceptor" not in report(kiosk).without
    kiosk.sign_out()
    kiosk.restart()
    kiosk.open_for_business()
    kiosk.sign_in()
    lines = {line.label.key: line.value for line in kiosk.go("devices").lines}
    assert lines["doctor.device_acceptor"].startswith("2 / 2") and lines["doctor.device_jack"] == "—"
    assert lines["doctor.device_printer"].startswith("0 / 3")


def test_nobody_who_is_not_signed_in_begins_a_test(tmp_path):
    kiosk = Office(tmp_path)
    kiosk.want(c.OpenStaff(), c.StaffGo("checkup", "all"))
    assert kiosk.engine.state.house.examination is None
    kiosk.want(c.Back(), c.ChooseFee("water"), c.StaffGo("checkup", "all"), c.AnswerCheck(CheckAnswer.YES))
    assert kiosk.engine.state.house.examination is None and not kiosk.facts(DevicesExamined)
