"""Each situation of config/training/ is played to its good end; what goes wrong is missed, and both are recorded."""

import json
import socket

import pytest

from hardware import contracts as hw
from hardware.control import Request
from hardware.shelf import Shelf
from hardware.simulators import world_at
from kiosk import contract as c
from kiosk.facts import ClaimIssued, NoteDoubtful
from kiosk.facts.visitor import StaffCalled
from kiosk.parcels import ChargeIs
from kiosk.rules.load import BadConfiguration
from kiosk.training import record, situations
from kiosk.training.judge import progress
from kiosk.training.record import Practice
from tests.kiosk.office import SUPERVISOR
from tests.kiosk.world import bill
from tests.training.trainee import Trainee

ALL = situations.load()


@pytest.fixture
def trainee(tmp_path):
    return Trainee(tmp_path)


def incomplete_data(trainee):
    trainee.look_up(fee="tuition", identity="")
    assert trainee.page.problem.key == "check.unknown_identity"
    trainee.want(c.CallStaff(), c.Back(), c.Back())
    trainee.sign_in()
    call = trainee.facts(StaffCalled)[0]
    for _ in ("answer", "end"):
        line = next(line for line in trainee.page.lines if line.label.key == f"desk.waits_{call.where}")
        trainee.want(line.button.intent)


def system_notice(trainee):
    assert c.Banner.OFFLINE in trainee.engine.view.banners
    trainee.know_offline(bill("86.00"))
    trainee.want(c.ChooseFee("water"))
    trainee.type("1" * 10)
    trainee.want(c.SubmitAccount())
    trainee.want(c.AllRight(), c.ChooseTender(c.Tender.CASH))
    trainee.insert(50, 20, 10, 5, 1)
    trainee.leave()
    assert c.Banner.OFFLINE in trainee.engine.view.banners and trainee.verdict() is None
    assert c.Banner.OFFLINE not in trainee.engine.view.banners, "it is back once the customer has left"


def special_invoice(trainee):
    trainee.to_check(bill("8600.00", fee="tuition"), fee="tuition")
    trainee.want(c.AllRight())
    trainee.approve()
    trainee.want(c.ChooseTender(c.Tender.CODE))
    trainee.charge_is(trainee.show_code(), ChargeIs.CONFIRMED, "8600.00")
    trainee.leave()


def note_jam(trainee):
    trainee.to_cash(bill("36.00"))
    trainee.slip_in(20)
    assert trainee.verdict() is None and trainee.wanted.accept_up_to is None
    trainee.hear(hw.Cleared(device="acceptor"), hw.Returned(device="acceptor"))
    trainee.insert(20, 10, 5, 1)
    trainee.leave()


def paper_out(trainee):
    trainee.to_cash(bill("36.00"))
    trainee.insert(20, 10, 5, 1)
    assert trainee.verdict() is None
    trainee.load_paper()
    trainee.leave()


def doubtful_note(trainee):
    trainee.to_cash(bill("36.00"))
    trainee.slip_in(20)
    trainee.want(c.StopPaying(), c.StopForSure())
    trainee.leave()
    trainee.sign_in(SUPERVISOR)
    trainee.settle_the_doubtful_note()


GOOD_ENDS = {
    "incomplete-data": incomplete_data,
    "system-notice": system_notice,
    "special-invoice": special_invoice,
    "note-jam": note_jam,
    "paper-out": paper_out,
    "doubtful-note": doubtful_note,
}


def test_every_situation_has_its_story():
    assert GOOD_ENDS.keys() == ALL.keys()


@pytest.mark.parametrize("name", GOOD_ENDS)
def test_played_to_its_good_end(trainee, name):
    trainee.begin(name)
    GOOD_ENDS[name](trainee)
    trainee.seconds = 75.0
    made = trainee.verdict()
    assert made is not None, f"{trainee.told}, {[type(f).__name__ for f in trainee.facts()]}"
    steps = len(ALL[name].step)
    assert (made.by, made.situation, made.result, made.why) == ("1001", name, "done", "")
    assert (made.reached, made.of, made.seconds) == (steps, steps, 75)
    assert sum("✓" in line for line in trainee.told) == steps and "完成" in trainee.told[-1]


@pytest.mark.parametrize("name", GOOD_ENDS)
def test_doing_nothing_is_missed_when_the_time_is_over(trainee, name):
    trainee.begin(name)
    trainee.seconds = ALL[name].minutes * 60
    assert trainee.verdict() is None
    trainee.seconds += 1
    made = trainee.verdict()
    assert (made.result, made.why, made.reached) == ("missed", "time", 0)
    assert ALL[name].step[0].says.zh in trainee.told[-1], "it says what was not done"


def test_refusing_what_had_to_be_approved_is_missed_at_once(trainee):
    trainee.begin("special-invoice")
    trainee.to_check(bill("8600.00", fee="tuition"), fee="tuition")
    trainee.want(c.AllRight())
    trainee.approve(granted=False)
    made = trainee.verdict()
    assert (made.result, made.why, made.reached) == ("missed", "never 0", 1) and "没有批准" in trainee.told[
        -1
    ]


def test_paying_another_customers_bill_does_not_help_who_lacks_data(trainee):
    trainee.begin("incomplete-data")
    trainee.look_up(fee="tuition", identity="")
    trainee.want(c.Back())
    trainee.to_cash(bill("36.00"))
    assert trainee.verdict().why == "never 0"


def test_a_jam_that_is_never_cleared_stays_unfinished(trainee):
    trainee.begin("note-jam")
    trainee.to_cash(bill("36.00"))
    trainee.slip_in(20)
    assert trainee.verdict() is None
    assert trainee.attempt.play(lambda seconds: True).why == "stopped"
    assert trainee.attempt.end("missed", "stopped").reached == 2


def test_a_slip_about_another_note_is_not_the_one_that_was_meant():
    situation = ALL["doubtful-note"]

    def slip(note):
        return ClaimIssued("T0001-C000001", "T0001", "p", note, None, "note_doubtful", 1, c.Language.ZH)

    doubtful = NoteDoubtful("a", "p", 3, None, True, "another_note")
    assert progress(situation, [doubtful, slip("b")]).reached == 1
    assert progress(situation, [doubtful, slip("b"), slip("a")]).reached == 2


# ---- the files


def test_what_happens_by_itself_can_happen_to_the_simulated_devices(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        target = free.getsockname()[1]
    world = world_at(tmp_path / "d", (0, target), Shelf())
    world.start()
    try:
        for situation in ALL.values():
            for event in situation.event:
                world.act(Request(event.do, event.device, event.given))
    finally:
        world.stop()


GOOD = """
name = { zh = "名", en = "n" }
happens = { zh = "事", en = "h" }
task = { zh = "做", en = "t" }
minutes = 5
[[step]]
facts = ["note_doubtful"]
says = { zh = "一", en = "1" }
[[step]]
facts = ["claim_issued"]
same = { subject = "note" }
says = { zh = "二", en = "2" }
"""


@pytest.mark.parametrize(
    "old, new, says",
    [
        ('"note_doubtful"', '"note_doubtfull"', "step[0].facts"),
        ("subject =", "subjekt =", "no field 'subjekt'"),
        ('= "note"', '= "nota"', "no step before it"),
        ("minutes = 5", "minutes = 0", "line 5"),
        ("[[step]]", '[[event]]\nafter = "x"\ndevice = "printer"\ndo = "y"\n[[step]]', "event.after"),
    ],
)
def test_a_mistake_in_a_situation_is_named(tmp_path, old, new, says):
    (tmp_path / "s.toml").write_text(GOOD)
    assert situations.load(tmp_path).keys() == {"s"}
    (tmp_path / "s.toml").write_text(GOOD.replace(old, new, 1))
    with pytest.raises(BadConfiguration) as wrong:
        situations.load(tmp_path)
    assert says in str(wrong.value) and "s.toml" in str(wrong.value)


def test_who_practised_what_stays_on_record_also_when_a_line_is_torn(tmp_path):
    made = Practice("2026-11-22T08:00:00+00:00", "1001", "note-jam", "done", "", 6, 6, 93)
    record.add(tmp_path, made)
    record.add(tmp_path, made)
    file = tmp_path / record.RECORD_FILE
    file.write_bytes(file.read_bytes()[:-20])
    record.add(tmp_path, made)
    assert json.loads(file.read_bytes().splitlines()[0])["by"] == "1001"
    assert record.read(tmp_path) == [made, made]
