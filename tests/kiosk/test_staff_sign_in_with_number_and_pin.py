"""Who is at the screen: number and PIN, slow after failures, never locked for good, and out again by itself."""

import logging

import pytest

from hardware import contracts as hw
from kiosk import codec, pins
from kiosk import contract as c
from kiosk.contract import How
from kiosk.facts.office import DayOpened, ItemSettled, SignedIn, SignedOut, SignInFailed
from kiosk.flow import commands as cmd
from kiosk.flow.delays import SIGN_IN_MOST_S, Delay, sign_in_pause_s
from kiosk.flow.permits import WHO, May
from kiosk.flow.stimuli import BundleCame, PinChecked
from kiosk.parcels import Role
from tests.kiosk.office import ATTENDANT, PIN, STAFF, SUPERVISOR, Office
from tests.kiosk.world import bill


@pytest.fixture
def kiosk(tmp_path):
    return Office(tmp_path)


def test_number_and_pin_open_the_menu_and_the_names_are_written_nowhere(kiosk):
    kiosk.sign_in()
    assert kiosk.page.title.values == {"name": ATTENDANT.name}
    kiosk.sign_out()
    assert [fact.person for fact in kiosk.facts(SignedIn, SignedOut)] == ["1001", "1001"]
    written = "".join(codec.encode(fact).decode() for fact in kiosk.facts())
    assert ATTENDANT.name not in written and PIN not in written


def test_the_pin_is_dots_on_the_glass_and_gone_from_memory_once_it_was_given(kiosk, caplog):
    caplog.set_level(logging.DEBUG)
    kiosk.want(c.OpenStaff())
    kiosk.enter("1001")
    kiosk.type(PIN)
    assert kiosk.page.typed == "●" * 6
    kiosk.want(c.EnterTyped())
    assert kiosk.last(cmd.CheckPin).pin == PIN and PIN not in repr(kiosk.engine.state)
    assert PIN not in caplog.text and all(PIN not in str(view) for view in kiosk.views)


@pytest.mark.parametrize("number", ["1001", "9999"])
def test_a_wrong_pin_and_an_unknown_number_sound_the_same(kiosk, number):
    kiosk.want(c.OpenStaff())
    kiosk.enter(number)
    kiosk.try_pin("000001", good=False)
    assert kiosk.page.problem.key == "desk.wrong" and not kiosk.facts(SignedIn)
    assert kiosk.last(cmd.CheckPin).verifier == (ATTENDANT.pin if number == "1001" else "")


def test_what_was_typed_as_an_unknown_number_is_not_written_it_may_be_a_pin(kiosk):
    kiosk.want(c.OpenStaff())
    kiosk.enter("271828")
    kiosk.try_pin("271828", good=True)  # even a check that says yes makes no person out of nobody
    assert [fact.person for fact in kiosk.facts(SignInFailed)] == [""] and not kiosk.facts(SignedIn)


def test_the_pause_grows_and_ends_and_is_never_for_good():
    pauses = [sign_in_pause_s(failures) for failures in range(1000)]
    assert pauses[:3] == [0, 0, 0] and pauses[3:6] == [5, 10, 20]
    assert pauses == sorted(pauses) and pauses[-1] == SIGN_IN_MOST_S


def test_a_pin_tried_a_thousand_times_is_slow_each_time_and_then_the_right_one_works(kiosk):
    kiosk.want(c.OpenStaff())
    kiosk.enter("1001")
    tried = 0
    for number in range(1000):
        kiosk.try_pin(f"{number:06d}")
        tried += 1
        if kiosk.engine.state.sign_in_waits:
            asked = kiosk.count(cmd.CheckPin)
            kiosk.want(c.EnterTyped())  # switched off: nothing is checked meanwhile
            kiosk.type("111111")
            kiosk.want(c.EnterTyped())
            assert kiosk.count(cmd.CheckPin) == asked and kiosk.page.submit.off is not None
            kiosk.time_is_up(Delay.SIGN_IN)
    assert len(kiosk.facts(SignInFailed)) == tried == 1000
    kiosk.try_pin(PIN, good=True)
    assert kiosk.page.title.key == "desk.menu" and kiosk.engine.state.sign_in_failures == 0


def test_who_knows_an_own_pin_guesses_no_quicker_at_another_ones(kiosk):
    for _ in range(2):
        kiosk.give_pin(SUPERVISOR, "000001", good=False)
        kiosk.sign_out()
    kiosk.sign_in(ATTENDANT)
    kiosk.sign_out()
    kiosk.give_pin(SUPERVISOR, "000002", good=False)
    assert kiosk.engine.state.sign_in_waits, "the third in a row"
    kiosk.sign_out()
    kiosk.time_is_up(Delay.SIGN_IN)
    kiosk.sign_in(SUPERVISOR)
    assert kiosk.engine.state.sign_in_failures == 0


def test_pulling_the_plug_does_not_shorten_the_pause(kiosk):
    kiosk.want(c.OpenStaff())
    kiosk.enter("1001")
    for _ in range(4):
        kiosk.try_pin("000001")
        if kiosk.engine.state.sign_in_waits and kiosk.engine.state.sign_in_failures < 4:
            kiosk.time_is_up(Delay.SIGN_IN)
    kiosk.restart()
    kiosk.open_for_business()
    [timer] = [timer for timer in kiosk.wanted.timers if timer.delay is Delay.SIGN_IN]
    assert timer.seconds == sign_in_pause_s(4)


def test_an_answer_to_an_attempt_of_before_signs_nobody_in(kiosk):
    kiosk.want(c.OpenStaff())
    kiosk.enter("1001")
    kiosk.enter(PIN)
    check = kiosk.last(cmd.CheckPin)
    kiosk.want(c.Back(), c.Back())
    kiosk.hear(PinChecked(check.attempt, True))
    assert isinstance(kiosk.page, c.Home) and not kiosk.facts(SignedIn)


def test_who_walks_away_is_signed_out_and_the_next_customer_sees_the_first_page(kiosk):
    kiosk.want(c.SetLanguage(c.Language.EN))
    kiosk.sign_in()
    kiosk.time_is_up(Delay.STAFF_IDLE)
    assert isinstance(kiosk.page, c.Home) and kiosk.facts(SignedOut)[0].because == "idle"
    assert kiosk.engine.view.language is c.Language.ZH


def test_each_touch_of_staff_begins_the_time_anew(kiosk):
    kiosk.sign_in()
    [before] = [timer for timer in kiosk.wanted.timers if timer.delay is Delay.STAFF_IDLE]
    kiosk.go("papers")
    [after] = [timer for timer in kiosk.wanted.timers if timer.delay is Delay.STAFF_IDLE]
    assert before != after


def test_a_restart_signs_out(kiosk):
    kiosk.sign_in()
    kiosk.restart()
    assert isinstance(kiosk.page, c.Home)


def test_while_staff_are_at_it_no_customer_begins_and_no_note_is_taken(kiosk):
    kiosk.sign_in()
    kiosk.want(c.ChooseFee("water"))
    assert kiosk.page.title.key == "desk.menu" and kiosk.wanted.accept_up_to is None


def test_during_a_visit_the_staff_area_does_not_open(kiosk):
    """The same gesture is how staff cancel the payment that runs: number and PIN, and no sign-in from them."""
    kiosk.to_cash(bill())
    kiosk.give_pin(SUPERVISOR)
    for room in ("items", "collect", "menu"):
        assert kiosk.go(room).title.key == "cancel.title"
    assert not kiosk.facts(SignedIn)
    kiosk.want(c.Back())
    assert isinstance(kiosk.page, c.CashRunning)


def test_without_a_sign_in_nothing_of_the_staff_can_be_done(kiosk):
    kiosk.hear(hw.BoxOut(device="acceptor"), hw.Taken(device="acceptor", code=17, value=None))
    item = next(iter(kiosk.engine.state.items))
    tries = (
        c.CountBoxes((1,)), c.SettleItem(item, How.PAID), c.OpenDay(), c.CloseDay(), c.StaffGo("items"),
        c.PrintNumber("K0001-C000001"),
    )  # fmt: skip
    for where in ("at home", "before the PIN"):
        if where == "before the PIN":
            kiosk.want(c.OpenStaff())
            kiosk.enter("2001")
        for want in tries:
            kiosk.want(want)
        assert kiosk.engine.state.boxes and kiosk.engine.state.items, where
        assert not kiosk.facts(ItemSettled, DayOpened) and not kiosk.count(cmd.AddUpDay), where


def test_every_right_has_its_row_and_only_a_supervisor_settles():
    assert set(WHO) == set(May) and all(Role.SUPERVISOR in roles for roles in WHO.values())
    assert WHO[May.SETTLE] == WHO[May.VOID] == WHO[May.APPROVE] == {Role.SUPERVISOR}


def test_a_right_that_is_taken_away_while_signed_in_is_gone_at_once(kiosk):
    kiosk.hear(hw.Taken(device="acceptor", code=17, value=None))
    kiosk.sign_in(SUPERVISOR)
    lesser = type(STAFF)(2, STAFF.made_ms, STAFF.site, (), (), (ATTENDANT,))
    kiosk.hear(BundleCame(lesser))
    kiosk.settle(next(iter(kiosk.engine.state.items)), How.PAID)
    assert not kiosk.facts(ItemSettled)


def test_a_supervisor_prints_again_what_never_came_out(kiosk):
    kiosk.hear(hw.Lost(device="printer", trouble=hw.Trouble.NO_PORT, detail="sim"))
    kiosk.to_cash(bill("20.00"))
    kiosk.insert(20)
    kiosk.want(c.Done(), c.Done())
    kiosk.sign_in()
    [line] = kiosk.go("papers").lines
    assert line.button.off.key == "desk.printer_not_ready"
    kiosk.open_for_business()
    kiosk.want(c.PrintNumber("K0001-00000001"))
    kiosk.print_out()
    assert not kiosk.go("papers").lines


# ---- PINs


WEAK = ["", "12345", "1" * 13, "111111", "123456", "654321", "890123", "135791", "121212", "123123", "112211",
        "147258", "963741", "159357", "789456", "123321", "271172", "112233",
        "880715", "19880715", "12345a", "１２３４５６"]  # fmt: skip


@pytest.mark.parametrize("pin", WEAK)
def test_a_weak_pin_is_refused_when_it_is_set(pin):
    assert pins.weak(pin)
    with pytest.raises(ValueError, match="weak PIN"):
        pins.verifier(pin)


def test_a_pin_with_the_own_number_in_it_is_weak():
    assert pins.weak("271001", "1001") and not pins.weak("271828", "1001")


def test_a_verifier_matches_its_pin_alone_and_says_nothing_about_it():
    made = pins.verifier(PIN)
    assert pins.matches(PIN, made) and not pins.matches("271829", made) and PIN not in made
    assert made != pins.verifier(PIN), "each has a salt of its own"


@pytest.mark.parametrize(
    "verifier", ["", "scrypt", "scrypt$2$8$1$zz$00", "md5$1$1$1$00$00", "scrypt$3$8$1$00$00"]
)
def test_a_verifier_that_can_not_be_read_matches_nothing_and_breaks_nothing(verifier):
    assert not pins.matches(PIN, verifier)


def test_scrypt_is_the_one_of_the_rfc():
    """RFC 7914 §12, second vector, through our own format."""
    n, r, p = 1024, 8, 16
    expected = (
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    )
    made = f"scrypt${n}${r}${p}${b'NaCl'.hex()}${expected[:64]}"
    assert pins.matches("password", made)
