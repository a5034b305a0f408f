"""An exception is opened by what happens, is somebody's until a time, and is closed with a cause, or with its item."""

import pytest
from msgspec.structs import replace

from hardware import contracts as hw
from hardware.panel.contract import Guarded, GuardIs
from kiosk import contract as c
from kiosk.contract import How
from kiosk.facts import ClaimIssued, KioskStarted
from kiosk.facts.office import DayClosed, ExceptionClosed, ExceptionOpened
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from kiosk.flow.opening import wrong
from kiosk.rules.exceptions import BY_ITSELF, ExceptionKind
from tests.kiosk.office import ATTENDANT, SUPERVISOR, Office
from tests.kiosk.world import DAY_MS, NO_PAPER, READY, bill, yuan

OUT, IN = hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor")
MINUTE_MS = 60_000


@pytest.fixture
def kiosk(tmp_path):
    return Office(tmp_path)


def lose(device):
    return hw.Lost(device=device, trouble=hw.Trouble.SILENT, detail="no answer")


def pays(kiosk, *notes):
    kiosk.to_cash(bill(f"{sum(notes)}.00", number=f"W{len(kiosk.facts())}"))
    kiosk.insert(*notes)
    kiosk.leave()


# ---- each kind is opened by what happens


def a_camera_away_for_long(kiosk):
    kiosk.hear(lose("camera"))
    kiosk.time_is_up(Delay.DEVICE_LOST)


def no_paper_for_long(kiosk):
    kiosk.hear(hw.PrinterSays(device="printer", state=NO_PAPER))
    kiosk.time_is_up(Delay.DEVICE_LOST)


def a_note_nobody_asked_for(kiosk):
    kiosk.hear(hw.Taken(device="acceptor", code=4, value=yuan(50)))


def a_count_with_a_note_too_few(kiosk):
    pays(kiosk, 20, 20)
    kiosk.sign_in()
    kiosk.hear(OUT, IN)
    kiosk.count_notes(1, n20=1)
    kiosk.sign_out()


def a_clock_set_back(kiosk):
    kiosk.clock.ms -= 6 * MINUTE_MS
    kiosk.hear(st.LinkChanged(True))


def a_clock_set_back_while_it_was_off(kiosk):
    kiosk.clock.ms -= DAY_MS
    kiosk.restart()


def a_clock_without_time(kiosk):
    kiosk.clock.quality = "none"
    kiosk.restart()


def a_door_opened(kiosk):
    kiosk.hear(GuardIs(device="panel", what=Guarded.DOOR, open=True))


def a_box_taken_out(kiosk):
    pays(kiosk, 20)
    kiosk.hear(OUT)


def a_day_open_for_too_long(kiosk):
    kiosk.sign_in()
    kiosk.open_day()
    kiosk.sign_out()
    kiosk.time_is_up(Delay.DAY_TOO_LONG)


def a_day_that_was_never_closed(kiosk):
    kiosk.sign_in()
    kiosk.open_day()
    kiosk.clock.ms += 2 * DAY_MS
    kiosk.restart()


OPENED = {
    "camera away": (a_camera_away_for_long, ExceptionKind.DEVICE, "camera"),
    "no paper": (no_paper_for_long, ExceptionKind.DEVICE, "printer"),
    "doubtful note": (a_note_nobody_asked_for, ExceptionKind.PAYMENT, None),
    "difference": (a_count_with_a_note_too_few, ExceptionKind.DIFFERENCE, "K0001-B000001"),
    "clock set back": (a_clock_set_back, ExceptionKind.CLOCK, "set_back"),
    "clock set back while off": (a_clock_set_back_while_it_was_off, ExceptionKind.CLOCK, "set_back"),
    "no time": (a_clock_without_time, ExceptionKind.CLOCK, "no_time"),
    "door": (a_door_opened, ExceptionKind.TAMPER, "door"),
    "box": (a_box_taken_out, ExceptionKind.TAMPER, "box_1"),
    "long day": (a_day_open_for_too_long, ExceptionKind.DAY, "1"),
    "never closed": (a_day_that_was_never_closed, ExceptionKind.DAY, "1"),
}


@pytest.mark.parametrize("happens, kind, subject", OPENED.values(), ids=OPENED)
def test_it_is_opened_once_with_its_rule_and_on_record(kiosk, happens, kind, subject):
    happens(kiosk)
    [fact] = kiosk.facts(ExceptionOpened)
    rule = kiosk.site.office.rule(kind)
    assert fact.exception_kind == kind.value and subject in (None, fact.subject)
    assert (fact.severity, fact.roles, fact.causes) == (rule.severity.value, rule.roles, rule.causes)
    assert fact.due_ms == fact.opened_ms + rule.limit_minutes * MINUTE_MS
    assert fact.exception == "K0001-E000001"
    kiosk.restart()
    kiosk.open_for_business(counter=kiosk.engine.state.unit_count or 0)
    assert len(kiosk.facts(ExceptionOpened)) == 1, "it is open after a restart, and not opened again"
    assert list(kiosk.engine.state.exceptions) == ["K0001-E000001"]


def test_every_kind_has_a_story_here():
    elsewhere = {ExceptionKind.COMPLAINT, ExceptionKind.JOURNAL}  # below; and at the server
    assert {kind for _, kind, _ in OPENED.values()} == set(ExceptionKind) - elsewhere


def test_an_opinion_of_a_customer_is_answered_by_somebody(kiosk):
    subject = kiosk.site.advice[c.Language.ZH].subject[0].id
    kiosk.want(c.OpenHelp("say_contact", subject))
    kiosk.want(c.SayIt(contact=False))
    [fact] = kiosk.facts(ExceptionOpened)
    assert fact.exception_kind == "complaint" and fact.subject.startswith("K0001")


@pytest.mark.parametrize(
    "happens",
    [
        lambda k: k.hear(lose("camera")),  # for a moment
        lambda k: (k.hear(lose("camera")), k.hear(hw.Found(device="camera", identity="sim"))),
        lambda k: (setattr(k.clock, "ms", k.clock.ms - 4 * MINUTE_MS), k.hear(st.LinkChanged(True))),
        lambda k: (k.sign_in(), k.hear(GuardIs(device="panel", what=Guarded.DOOR, open=True))),
        lambda k: (pays(k, 20), k.sign_in(), k.hear(OUT, IN)),
        lambda k: k.restart(),
    ],
    ids=["a moment", "back again", "a few minutes", "signed in", "box by staff", "restart"],
)
def test_what_is_ordinary_opens_nothing(kiosk, happens):
    happens(kiosk)
    assert not kiosk.facts(ExceptionOpened) and kiosk.facts(KioskStarted)


def test_a_device_that_came_back_in_time_is_not_waited_for(kiosk):
    kiosk.hear(lose("camera"), hw.Found(device="camera", identity="sim"))
    assert Delay.DEVICE_LOST not in {timer.delay for timer in kiosk.wanted.timers}


def test_two_devices_are_two_exceptions(kiosk):
    kiosk.hear(lose("camera"), lose("printer"))
    kiosk.time_is_up(Delay.DEVICE_LOST)
    kiosk.time_is_up(Delay.DEVICE_LOST)
    assert {fact.subject for fact in kiosk.facts(ExceptionOpened)} == {"camera", "printer"}


# ---- it is shown, and closed with a cause


def open_page(kiosk, person=ATTENDANT):
    kiosk.sign_in(person)
    line = next(line for line in kiosk.page.lines if line.label.key.startswith("desk.exceptions"))
    kiosk.want(line.button.intent)
    kiosk.want(kiosk.page.lines[0].button.intent)
    return kiosk.page


def causes(page):
    closing = (line.button for line in page.lines if line.button)
    return {b.intent.cause: b for b in closing if isinstance(b.intent, c.CloseException)}


def test_who_is_responsible_closes_it_with_a_cause(kiosk):
    a_camera_away_for_long(kiosk)
    page = open_page(kiosk)
    assert set(causes(page)) == set(kiosk.site.office.rule(ExceptionKind.DEVICE).causes)
    kiosk.want(causes(page)["replaced"].intent)
    [closed] = kiosk.facts(ExceptionClosed)
    assert (closed.exception, closed.cause, closed.by) == ("K0001-E000001", "replaced", ATTENDANT.number)
    assert kiosk.page.title.key == "desk.exceptions" and not kiosk.engine.state.exceptions


PAPER_OUT = hw.PrinterSays(device="printer", state=hw.PrinterState(paper=hw.Paper.OUT))


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        (lose("camera"), ("doctor.device_camera", "doctor.trouble_silent", "no answer")),
        (
            hw.Jammed(device="acceptor", where=hw.JamIn.CASH_BOX),
            ("doctor.device_acceptor", "doctor.trouble_box_jam", ""),
        ),
        (PAPER_OUT, ("doctor.device_printer", "doctor.trouble_paper_out", "")),
    ],
)
def test_a_device_and_what_is_wrong_with_it_stand_there_in_words(kiosk, fault, shown):
    kiosk.hear(fault)
    kiosk.time_is_up(Delay.DEVICE_LOST)
    line = next(line for line in open_page(kiosk).lines if line.label.key == "desk.device_fault")
    assert (line.label.values["device_keys"], line.label.values["trouble_keys"], line.value) == shown


@pytest.mark.parametrize("cause", ["", "because", "answered"])
def test_without_a_cause_of_its_kind_it_stays_open(kiosk, cause):
    a_camera_away_for_long(kiosk)
    open_page(kiosk)
    kiosk.want(c.CloseException("K0001-E000001", cause))
    assert kiosk.page.problem.key == "desk.cause_needed" and kiosk.engine.state.exceptions


def test_who_is_not_responsible_does_not_close_it(kiosk):
    a_door_opened(kiosk)
    page = open_page(kiosk)
    assert all(button.off.key == "desk.not_allowed" for button in causes(page).values())
    kiosk.want(c.CloseException("K0001-E000001", "false_alarm"))
    assert kiosk.page.problem.key == "desk.not_allowed" and not kiosk.facts(ExceptionClosed)
    assert kiosk.page.problem.values == {"roles_keys": "desk.role_supervisor"}  # whom to ask
    kiosk.sign_out()
    kiosk.want(*[causes(open_page(kiosk, SUPERVISOR))["false_alarm"].intent])
    assert kiosk.facts(ExceptionClosed)[0].by == SUPERVISOR.number


def test_nobody_closes_it_from_the_first_page(kiosk):
    a_camera_away_for_long(kiosk)
    kiosk.want(c.CloseException("K0001-E000001", "replaced"))
    assert not kiosk.facts(ExceptionClosed)


def test_what_is_overdue_is_marked_on_the_list_and_in_the_menu(kiosk):
    a_camera_away_for_long(kiosk)
    kiosk.sign_in()
    assert not [line for line in kiosk.page.lines if line.label.key == "desk.exceptions_late"]
    kiosk.sign_out()
    kiosk.clock.ms += kiosk.site.office.rule(ExceptionKind.DEVICE).limit_minutes * MINUTE_MS
    kiosk.sign_in()
    [line] = [line for line in kiosk.page.lines if line.label.key == "desk.exceptions_late"]
    assert line.look and line.label.values["late"] == 1
    kiosk.want(line.button.intent)
    assert kiosk.page.lines[0].look and kiosk.page.lines[0].label.key == "desk.exception_late"


def test_a_device_that_is_still_away_after_it_was_closed_is_told_again_later(kiosk):
    a_camera_away_for_long(kiosk)
    kiosk.want(causes(open_page(kiosk))["false_alarm"].intent)
    kiosk.sign_out()
    assert len(kiosk.facts(ExceptionOpened)) == 1
    kiosk.time_is_up(Delay.DEVICE_LOST)
    assert [fact.exception[-2:] for fact in kiosk.facts(ExceptionOpened)] == ["01", "02"]


# ---- or at the office


def test_the_office_closes_it_too_and_what_it_said_is_written_once(kiosk):
    a_camera_away_for_long(kiosk)
    for _ in range(3):  # it is told until the kiosk has written it
        kiosk.hear(st.OfficeCloses("K0001-E000001", "replaced", "clerk"))
    [closed] = kiosk.facts(ExceptionClosed)
    assert (closed.cause, closed.by) == ("replaced", "office:clerk") and not kiosk.engine.state.exceptions
    kiosk.restart()
    assert not kiosk.engine.state.exceptions


def test_who_was_first_closed_it(kiosk):
    a_camera_away_for_long(kiosk)
    kiosk.want(causes(open_page(kiosk))["repaired"].intent)
    kiosk.hear(st.OfficeCloses("K0001-E000001", "replaced", "clerk"))
    assert [(fact.cause, fact.by) for fact in kiosk.facts(ExceptionClosed)] == [
        ("repaired", ATTENDANT.number)
    ]


def test_somebody_who_looks_at_it_sees_that_the_office_closed_it(kiosk):
    a_camera_away_for_long(kiosk)
    page = open_page(kiosk)
    kiosk.hear(st.OfficeCloses("K0001-E000001", "replaced", "clerk"))
    assert kiosk.page.title.key == "desk.exceptions" and not kiosk.page.lines
    kiosk.want(causes(page)["repaired"].intent)
    assert len(kiosk.facts(ExceptionClosed)) == 1


@pytest.mark.parametrize(
    "happens, number, cause",
    [
        (a_camera_away_for_long, "K0001-E000001", ""),
        (a_camera_away_for_long, "K0001-E000001", "answered"),
        (a_camera_away_for_long, "K0001-E000009", "repaired"),
        (a_note_nobody_asked_for, "K0001-E000001", "settled"),
        (lambda k: (a_camera_away_for_long(k), k.hear(st.WriteFailed("full"))), "K0001-E000001", "repaired"),
    ],
    ids=["no cause", "another kind's", "unknown", "closes by itself", "nothing can be written"],
)
def test_what_the_office_may_not_close_stays_open(kiosk, happens, number, cause):
    happens(kiosk)
    kiosk.hear(st.OfficeCloses(number, cause, "clerk"))
    assert not kiosk.facts(ExceptionClosed) and kiosk.engine.state.exceptions


# ---- what closes with what it is about


def test_doubtful_money_keeps_its_own_settling_and_closes_its_exception(kiosk):
    a_note_nobody_asked_for(kiosk)
    page = open_page(kiosk, SUPERVISOR)
    assert not causes(page) and page.note.key == "desk.exception_by_itself"
    kiosk.want(c.CloseException("K0001-E000001", "false_alarm"))
    assert not kiosk.facts(ExceptionClosed), "not without its item"
    kiosk.want(page.main.intent)
    kiosk.settle(next(iter(kiosk.engine.state.items)), How.PAID)
    [closed] = kiosk.facts(ExceptionClosed)
    assert (closed.cause, closed.by) == ("settled", SUPERVISOR.number)


def test_change_owed_is_no_exception_its_slip_says_all(kiosk):
    kiosk.to_cash(bill("80.00", "property"), fee="property")
    kiosk.insert(100)
    assert kiosk.facts(ClaimIssued) and not kiosk.facts(ExceptionOpened)


def test_a_long_day_ends_with_its_close(kiosk):
    a_day_open_for_too_long(kiosk)
    kiosk.sign_in()
    kiosk.close_day()
    assert kiosk.facts(DayClosed) and kiosk.facts(ExceptionClosed)[0].cause == "day_closed"
    assert not kiosk.engine.state.exceptions


def test_a_day_opened_over_one_that_was_never_closed_ends_its_exception_too(kiosk):
    a_day_that_was_never_closed(kiosk)
    kiosk.open_for_business()
    kiosk.sign_in()
    kiosk.open_day()
    assert kiosk.facts(DayClosed)[0].late and kiosk.facts(ExceptionClosed)[0].cause == "day_closed"


# ---- the rest


def test_a_clock_that_went_back_is_not_right_until_somebody_saw_to_it(kiosk):
    a_clock_set_back(kiosk)
    assert wrong(kiosk.engine.state) == ("clock.back",)
    kiosk.want(causes(open_page(kiosk))["time_set"].intent)
    assert wrong(kiosk.engine.state) == ()


def test_while_nothing_can_be_written_none_is_opened_and_staff_see_why(kiosk):
    kiosk.hear(st.WriteFailed("the disk is full"))
    before = len(kiosk.facts())
    a_door_opened(kiosk)
    kiosk.hear(lose("camera"))
    assert Delay.DEVICE_LOST not in {timer.delay for timer in kiosk.wanted.timers}
    assert not kiosk.facts(ExceptionOpened) and len(kiosk.facts()) >= before


def test_a_printer_that_is_ready_again_was_no_exception(kiosk):
    kiosk.hear(
        hw.PrinterSays(device="printer", state=NO_PAPER), hw.PrinterSays(device="printer", state=READY)
    )
    assert not [timer for timer in kiosk.wanted.timers if timer.delay is Delay.DEVICE_LOST]


# ---- the rules themselves


def with_rule(kiosk, kind, **changes):
    office = kiosk.site.office
    rules = tuple(replace(rule, **changes) if rule.kind is kind else rule for rule in office.exception)
    return replace(office, exception=rules)


ROLES = frozenset({"attendant", "supervisor"})


def test_rules_that_contradict_themselves_are_named(kiosk):
    office = kiosk.site.office
    assert not list(office.faults(ROLES))
    device, payment = ExceptionKind.DEVICE, ExceptionKind.PAYMENT
    assert payment in BY_ITSELF
    for changed, says in (
        (with_rule(kiosk, device, causes=()), "never be closed"),
        (with_rule(kiosk, device, causes=("nonsense",)), "nonsense"),
        (with_rule(kiosk, device, roles=("janitor",)), "janitor"),
        (with_rule(kiosk, payment, causes=("repaired",)), "takes no cause"),
        (replace(office, exception=office.exception[1:]), "none for 'device'"),
        (replace(office, exception=(*office.exception, office.exception[0])), "'device' is there twice"),
        (replace(office, cause=(*office.cause, office.cause[0])), "there twice"),
    ):
        assert says in " ".join(fault.what for fault in changed.faults(ROLES)), says
