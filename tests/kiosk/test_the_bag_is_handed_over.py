"""What was counted goes from one hand into another: two persons, only what was counted, all of it, and once."""

import pytest
from msgspec.structs import replace

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.books import since_close
from kiosk.facts import Account
from kiosk.facts.office import BagHandedOver, DayClosed, SignInFailed
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.office_papers import office_document
from kiosk.parcels import Bundle
from tests.kiosk.office import ATTENDANT, PIN, STAFF, SUPERVISOR, Office
from tests.kiosk.world import NOW_MS, bill, yuan

OUT, IN = hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor")
OTHER = replace(ATTENDANT, number="1002", name="周立")
NOBODY = replace(ATTENDANT, number="1003", roles=())


@pytest.fixture
def kiosk(tmp_path):
    """Two yuan-20 notes were counted by the attendant, who is signed in."""
    kiosk = Office(tmp_path)
    kiosk.hear(st.BundleCame(Bundle(2, NOW_MS, "lobby", (), (), (*STAFF.people, OTHER, NOBODY))))
    count_a_box(kiosk, 20, 20)
    return kiosk


def count_a_box(kiosk, *notes, person=ATTENDANT):
    kiosk.to_cash(bill(f"{sum(notes)}.00", number=f"W{len(kiosk.facts())}"))
    kiosk.insert(*notes)
    kiosk.leave()
    kiosk.hear(OUT, IN)
    kiosk.sign_in(person)
    kiosk.count_notes(kiosk.engine.state.boxes[0].box, n20=notes.count(20), n10=notes.count(10))


def hands_over(kiosk, to=SUPERVISOR, good=True):
    """As on the glass: the page of bags, then the other person's number and PIN."""
    kiosk.want(kiosk.go("bags").main.intent)
    kiosk.enter(to.number)
    if kiosk.page.asks.key == "desk.pin":
        kiosk.try_pin(PIN, good)
    return kiosk.page


def test_two_persons_sign_and_the_slip_names_both(kiosk):
    page = hands_over(kiosk)
    [fact] = kiosk.facts(BagHandedOver)
    assert (fact.by, fact.to) == (ATTENDANT.number, SUPERVISOR.number)
    assert fact.collections == ("K0001-B000001",) and fact.notes == {"2000": 2}
    assert fact.handover == "K0001-H000001" and fact.signature
    assert page.title.key == "desk.handed_over" and not kiosk.engine.state.bags
    kiosk.print_out()  # the slip of the count was first
    texts = str(office_document(kiosk.site, fact, 1))
    assert all(part in texts for part in ("K0001-H000001", "K0001-B000001", "¥40.00", "1001", "2001"))
    assert kiosk.last(cmd.PrintPaper).issued.number == fact.handover
    kiosk.journal.verify()


def test_the_first_person_stays_signed_in(kiosk):
    hands_over(kiosk)
    assert kiosk.engine.state.signed_in == ATTENDANT.number


def test_several_collections_go_in_one_bag(kiosk):
    kiosk.sign_out()
    count_a_box(kiosk, 10)
    hands_over(kiosk)
    [fact] = kiosk.facts(BagHandedOver)
    assert len(fact.collections) == 2 and fact.notes == {"1000": 1, "2000": 2}


# ---- what is refused


def test_the_same_person_can_not_be_both(kiosk):
    page = hands_over(kiosk, to=ATTENDANT)
    assert page.problem.key == "desk.same_person" and page.asks.key == "desk.second"
    assert not kiosk.facts(BagHandedOver)


def test_a_wrong_pin_counts_like_any_and_waits_like_any(kiosk):
    kiosk.want(kiosk.go("bags").main.intent)
    kiosk.enter(SUPERVISOR.number)
    for _ in range(3):
        kiosk.try_pin("123123", good=False)
    assert [fact.person for fact in kiosk.facts(SignInFailed)] == [SUPERVISOR.number] * 3
    assert kiosk.engine.state.sign_in_waits and not kiosk.facts(BagHandedOver)
    before = kiosk.count(cmd.CheckPin)
    kiosk.enter(PIN)
    assert kiosk.count(cmd.CheckPin) == before, "while it waits no PIN is looked at"


@pytest.mark.parametrize(
    "who, says", [(NOBODY, "desk.not_allowed"), (replace(OTHER, number="9"), "desk.wrong")]
)
def test_who_may_not_or_is_not_known_takes_nothing(kiosk, who, says):
    page = hands_over(kiosk, to=who, good=who is NOBODY)
    assert page.problem.key == says and not kiosk.facts(BagHandedOver)


def test_only_who_counted_hands_it_over(kiosk):
    kiosk.sign_out()
    kiosk.sign_in(OTHER)
    page = kiosk.go("bags")
    assert page.main.off.key == "desk.bag_not_yours" and page.lines[0].look
    kiosk.want(c.HandOver(("K0001-B000001",)))
    assert kiosk.page.problem.key == "desk.bag_not_yours"


@pytest.mark.parametrize("collections", [(), ("K0001-B000002",), ("K0001-B000001", "2"), ("2",)])
def test_a_bag_that_was_never_counted_can_not_be_handed_over(kiosk, collections):
    kiosk.sign_out()
    kiosk.to_cash(bill("10.00", number="X"))
    kiosk.insert(10)
    kiosk.leave()
    kiosk.hear(OUT, IN)  # box 2 is out and not counted
    kiosk.sign_in()
    page = kiosk.go("bags")
    assert page.lines[-1].label.key == "desk.bag_not_counted_yet"
    kiosk.want(c.HandOver(collections))
    assert kiosk.page.problem.key == "desk.bag_not_counted" and not kiosk.facts(BagHandedOver)


def test_what_was_handed_over_is_not_handed_over_twice(kiosk):
    hands_over(kiosk)
    page = kiosk.go("bags")
    assert page.main is None and page.note.key == "desk.bags_none"
    kiosk.want(c.HandOver(("K0001-B000001",)))
    assert len(kiosk.facts(BagHandedOver)) == 1


def test_who_signed_out_meanwhile_hands_over_nothing(kiosk):
    kiosk.want(kiosk.go("bags").main.intent)
    kiosk.enter(SUPERVISOR.number)
    kiosk.enter(PIN)
    check = kiosk.last(cmd.CheckPin)
    kiosk.want(c.SignOut())
    kiosk.hear(st.PinChecked(check.attempt, True))
    assert not kiosk.facts(BagHandedOver) and isinstance(kiosk.page, c.Home)


# ---- what the close says of it


def test_the_close_says_what_was_handed_over_and_what_was_not(kiosk):
    hands_over(kiosk)
    kiosk.sign_out()
    count_a_box(kiosk, 10)
    kiosk.close_day()
    [closed] = kiosk.facts(DayClosed)
    assert (closed.figures.handovers, closed.figures.handed_over) == (1, yuan(40))
    assert closed.figures.collected == yuan(50)
    assert closed.standing.bags == ("K0001-B000002",)
    assert kiosk.balance(Account.OFFICE) == yuan(50), "the office has it, whoever holds it"


def test_a_bag_waits_over_a_restart_and_over_the_close(kiosk):
    kiosk.close_day()
    kiosk.restart()
    kiosk.open_for_business(counter=2)
    assert since_close(kiosk.journal).standing.bags == tuple(kiosk.engine.state.bags) == ("K0001-B000001",)
    kiosk.sign_in()
    hands_over(kiosk)
    assert since_close(kiosk.journal).standing.bags == tuple(kiosk.engine.state.bags) == ()
