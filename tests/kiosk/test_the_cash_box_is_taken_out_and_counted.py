"""Each box is an epoch: taken out with or without a witness, counted blind, and a difference stays on the list."""

import pytest

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.contract import How
from kiosk.facts import Account, BoxRemoved, BoxReturned, ClaimIssued, NoteDoubtful
from kiosk.facts.office import BoxCounted, BoxGone, ItemSettled, worth
from kiosk.flow import commands as cmd
from tests.kiosk.office import ATTENDANT, SUPERVISOR, Office
from tests.kiosk.world import bill, yuan

OUT, IN = hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor")
FOUND = hw.Found(device="acceptor", identity="sim")


def at_rest(counter, serial=""):
    return hw.AtRest(device="acceptor", counter=counter, serial_number=serial)


@pytest.fixture
def kiosk(tmp_path):
    return Office(tmp_path)


def paid(kiosk, *notes):
    """A customer pays with these notes and goes."""
    kiosk.to_cash(bill(f"{sum(notes)}.00", number=f"W{len(kiosk.facts())}"))
    kiosk.insert(*notes)
    kiosk.leave()


def test_an_attendant_counts_what_the_records_expect_and_the_box_is_closed_without_an_item(kiosk):
    paid(kiosk, 20, 20, 10)
    kiosk.sign_in()
    kiosk.hear(OUT, IN)
    page = kiosk.count_notes(1, n20=2, n10=1)
    [counted] = kiosk.facts(BoxCounted)
    assert (counted.by, counted.boxes, counted.expected) == ("1001", (1,), {"1000": 1, "2000": 2})
    assert counted.agrees and page.note.key == "desk.result_agrees" and not kiosk.engine.state.items
    assert kiosk.balance(Account.CASH_BOX) == yuan(0) and kiosk.balance(Account.OFFICE) == yuan(50)
    slip = kiosk.last(cmd.PrintPaper)
    assert slip.issued == counted and counted.collection == "K0001-B000001"
    kiosk.journal.verify()


def test_the_expected_notes_are_on_no_page_before_the_count_is_entered(kiosk):
    paid(kiosk, 50, 20)
    kiosk.sign_in()
    kiosk.hear(OUT, IN)
    seen = len(kiosk.views)
    kiosk.count_notes(1, n50=1, n20=1)
    before_the_result = [str(view.page) for view in kiosk.views[seen:] if "desk.result" not in str(view.page)]
    kiosk.want(c.Back())
    assert len(before_the_result) > 10
    assert not [page for page in before_the_result if "70.00" in page and "counted_sum" not in page]


def test_a_note_less_than_expected_is_a_difference_that_a_supervisor_closes(kiosk):
    paid(kiosk, 20, 20)
    kiosk.hear(OUT, IN)
    kiosk.sign_in()
    page = kiosk.count_notes(1, n20=1)
    assert page.note.key == "desk.result_differs"
    [counted] = kiosk.facts(BoxCounted)
    assert counted.difference == yuan(-20) and kiosk.balance(Account.DIFFERENCE) == yuan(20)
    [item] = kiosk.engine.state.items.values()
    # an attendant sees it, and is refused
    kiosk.want(c.StaffGo("item", item.id))
    kiosk.settle(item.id, How.NOT_OWED)
    assert kiosk.page.main.off.key == "desk.not_allowed" and not kiosk.facts(ItemSettled)
    kiosk.want(c.SignOut())
    kiosk.sign_in(SUPERVISOR)
    kiosk.want(c.StaffGo("item", item.id))
    kiosk.settle(item.id, How.NOT_OWED)
    assert kiosk.facts(ItemSettled)[0].by == "2001" and not kiosk.engine.state.items
    assert kiosk.balance(Account.DIFFERENCE) == yuan(20), "looked into is not found again"


def test_the_same_sum_in_other_notes_is_a_difference_too(kiosk):
    paid(kiosk, 20)
    kiosk.hear(OUT, IN)
    kiosk.sign_in()
    assert kiosk.count_notes(1, n10=2).note.key == "desk.result_differs"
    assert kiosk.facts(BoxCounted)[0].difference == yuan(0) and len(kiosk.engine.state.items) == 1


def test_a_box_taken_out_with_nobody_signed_in_waits_until_a_person_counts_it(kiosk):
    paid(kiosk, 20)
    kiosk.hear(OUT)
    assert kiosk.facts(BoxRemoved)[0].by == "" and kiosk.engine.state.boxes[0].by == ""
    kiosk.restart()
    kiosk.open_for_business(counter=1)
    kiosk.sign_in()
    [line] = kiosk.go("collect").lines
    assert line.look and (line.label.key, line.label.values) == ("desk.box_unattended", {"box": 1})
    kiosk.count_notes(1, n20=1)
    assert not kiosk.engine.state.boxes and kiosk.facts(BoxCounted)[0].agrees


def test_who_is_signed_in_while_it_is_taken_out_is_written_down(kiosk):
    paid(kiosk, 20)
    kiosk.sign_in()
    kiosk.hear(OUT)
    assert kiosk.facts(BoxRemoved)[0].by == ATTENDANT.number


def test_while_the_box_is_out_cash_is_closed_and_the_code_goes_on(kiosk):
    kiosk.hear(OUT)
    ways = {way.tender: way.off for way in kiosk.page.ways}
    assert ways[c.Tender.CASH].key == "pay_by.box_out" and ways[c.Tender.CODE] is None
    kiosk.restart()  # the records know it, before the acceptor says so again
    kiosk.hear(hw.Found(device="camera", identity="sim"), FOUND)
    ways = {way.tender: way.off for way in kiosk.page.ways}
    assert ways[c.Tender.CASH].key == "pay_by.box_out"
    kiosk.hear(IN, at_rest(0))
    assert all(way.off is None for way in kiosk.page.ways if way.tender is c.Tender.CASH)


# What the acceptor says when it is there again, after two notes of one unit → how the box is known to be gone.
COMES_BACK = [
    pytest.param([at_rest(2, "A")], None, id="same unit, same count"),
    pytest.param([at_rest(0, "A")], BoxGone.COUNTER, id="it counts from zero again"),
    pytest.param([at_rest(7, "A")], BoxGone.COUNTER, id="it counts notes that nobody knows"),
    pytest.param([at_rest(2, "B")], BoxGone.UNIT, id="another unit"),
    pytest.param([at_rest(None, "B")], BoxGone.UNIT, id="another unit without a counter"),
    pytest.param([at_rest(None, "A")], None, id="nothing to compare"),
    pytest.param([at_rest(None, "")], None, id="nothing known at all"),
    pytest.param([IN, at_rest(2, "A")], BoxGone.PUT_BACK, id="a box was put in"),
]


@pytest.mark.parametrize("off", ["kiosk", "acceptor"])
@pytest.mark.parametrize("says, how", COMES_BACK)
def test_a_box_that_was_changed_unseen_is_noticed_by_what_the_unit_says(kiosk, says, how, off):
    kiosk.hear(at_rest(0, "A"))
    paid(kiosk, 20, 10)
    if off == "kiosk":
        kiosk.restart()
    else:
        kiosk.hear(hw.Lost(device="acceptor", trouble=hw.Trouble.SILENT, detail="sim"))
    kiosk.hear(FOUND, *says)
    removed = kiosk.facts(BoxRemoved)
    assert [fact.how for fact in removed] == ([how] if how else [])
    assert all(fact.notes == {"1000": 1, "2000": 1} and fact.by == "" for fact in removed)
    assert len(kiosk.facts(BoxReturned)) == len(removed)
    assert bool(kiosk.engine.state.boxes) == bool(how)


def test_a_note_that_the_restart_itself_decides_is_no_other_count(kiosk):
    kiosk.hear(at_rest(5, "A"))
    paid(kiosk, 10)
    kiosk.to_cash(bill("40.00", number="W9"))
    kiosk.hold(20, counter=6)
    kiosk.restart()
    kiosk.hear(FOUND, at_rest(7, "A"))
    assert kiosk.page.inserted == yuan(20) and not kiosk.facts(BoxRemoved)


def test_an_empty_box_that_changed_unseen_is_no_collection(kiosk):
    kiosk.hear(at_rest(3, "A"))
    kiosk.restart()
    kiosk.hear(FOUND, at_rest(99, "B"))
    assert not kiosk.facts(BoxRemoved)


def test_after_a_reported_change_the_unit_may_count_from_zero(kiosk):
    kiosk.hear(at_rest(3, "A"))
    paid(kiosk, 20)
    kiosk.hear(OUT, IN, at_rest(0, "A"))
    paid(kiosk, 10)
    kiosk.restart()
    kiosk.hear(FOUND, at_rest(1, "A"))
    assert len(kiosk.facts(BoxRemoved)) == 1


def test_doubtful_notes_and_notes_without_a_value_are_counted_and_named_on_the_slip(kiosk):
    kiosk.to_cash(bill("100.00"))
    kiosk.insert(20)
    kiosk.hold(10)
    kiosk.hear(hw.Taken(device="acceptor", code=4, value=yuan(50)))  # another note than was read
    kiosk.hear(hw.Taken(device="acceptor", code=17, value=None))  # outside of our table
    kiosk.want(c.StopPaying(), c.StopForSure())
    kiosk.leave()
    kiosk.hear(OUT, IN)
    [removed] = kiosk.facts(BoxRemoved)
    assert (removed.notes, removed.unknown) == ({"2000": 1, "5000": 1}, 1)
    kiosk.sign_in()
    kiosk.count_notes(1, n20=1, n50=1, n100=1)
    [counted] = kiosk.facts(BoxCounted)
    assert set(counted.doubtful) == {claim.claim for claim in kiosk.facts(ClaimIssued)}
    assert counted.unknown == 1 and not counted.agrees, "whose hundred that is has to be found out"
    assert counted.difference == yuan(100)


def test_change_that_is_owed_and_papers_that_never_came_out_stand_on_the_slip(kiosk):
    kiosk.hear(hw.Lost(device="printer", trouble=hw.Trouble.NO_PORT, detail="sim"))
    kiosk.to_cash(bill("80.00", "property"), fee="property")
    kiosk.insert(100)
    kiosk.want(c.Done(), c.Done())
    kiosk.hear(OUT, IN)
    kiosk.sign_in()
    kiosk.count_notes(1, n100=1)
    [counted] = kiosk.facts(BoxCounted)
    assert counted.change_owed == yuan(20)
    assert set(counted.unprinted) == {"K0001-00000001", "K0001-C000001"}
    assert "K0001-B000001" in kiosk.engine.state.unprinted, "its own slip waits as well"


def test_boxes_that_lie_together_are_counted_together(kiosk):
    paid(kiosk, 20)
    kiosk.hear(OUT, IN)
    paid(kiosk, 20, 5)
    kiosk.hear(OUT, IN)
    kiosk.sign_in()
    assert kiosk.go("collect").main.intent == c.CountBoxes((1, 2))
    kiosk.count_notes(1, 2, n20=2, n5=1)
    assert kiosk.facts(BoxCounted)[0].agrees and not kiosk.engine.state.boxes


def test_a_count_can_be_corrected_and_a_box_that_is_not_there_can_not_be_counted(kiosk):
    paid(kiosk, 5)
    kiosk.hear(OUT, IN)
    kiosk.sign_in()
    kiosk.want(c.CountBoxes((2,)), c.CountBoxes((1, 1)), c.CountBoxes(()))
    assert kiosk.page.title.key == "desk.menu"
    kiosk.want(c.CountBoxes((1,)))
    kiosk.want(c.EnterTyped())
    assert kiosk.page.problem.key == "desk.count_missing"
    kiosk.enter("3")
    kiosk.want(c.Back())
    kiosk.enter("0")
    assert [line.value for line in kiosk.page.done] == ["0"]


def test_walking_away_from_a_count_leaves_the_box_on_the_list(kiosk):
    paid(kiosk, 5)
    kiosk.hear(OUT, IN)
    kiosk.sign_in()
    kiosk.want(c.CountBoxes((1,)))
    kiosk.enter("3")
    kiosk.want(c.SignOut())
    assert isinstance(kiosk.page, c.Home) and len(kiosk.engine.state.boxes) == 1


# How a supervisor settles each kind of item, and what the office has paid out and what is missing afterwards.
@pytest.mark.parametrize(
    "how, office, missing", [(How.PAID, -50, 0), (How.NOT_OWED, 0, -50)], ids=["paid back", "not owed"]
)
def test_a_doubtful_note_in_the_box_is_settled_by_a_supervisor(kiosk, how, office, missing):
    kiosk.hear(hw.Taken(device="acceptor", code=4, value=yuan(50)))
    kiosk.sign_in(SUPERVISOR)
    kiosk.settle(kiosk.facts(NoteDoubtful)[0].note, how)
    assert kiosk.balance(Account.DOUBTFUL) == yuan(0) and kiosk.balance(Account.CASH_BOX) == yuan(50)
    assert (kiosk.balance(Account.OFFICE), kiosk.balance(Account.DIFFERENCE)) == (yuan(office), yuan(missing))


@pytest.mark.parametrize("how, office, missing", [(How.PAID, -20, 20), (How.NOT_OWED, 0, 0)])
def test_a_note_that_is_nowhere_is_settled_and_never_settles_itself_afterwards(kiosk, how, office, missing):
    kiosk.to_cash()
    kiosk.hold(20, counter=7)
    kiosk.restart()
    kiosk.hear(FOUND, at_rest(None))
    kiosk.want(c.StopPaying(), c.StopForSure())
    kiosk.hear(hw.PrinterSays(device="printer", state=hw.PrinterState(paper=hw.Paper.OUT)))
    kiosk.want(c.Done(), c.Done())
    kiosk.open_for_business(counter=None)
    kiosk.sign_in(SUPERVISOR)
    kiosk.settle(kiosk.facts(NoteDoubtful)[0].note, how)
    kiosk.hear(at_rest(8))
    assert len(kiosk.facts(ItemSettled)) == 1 and kiosk.balance(Account.IN_QUESTION) == yuan(0)
    assert (kiosk.balance(Account.OFFICE), kiosk.balance(Account.DIFFERENCE)) == (yuan(office), yuan(missing))


def test_change_is_always_owed(kiosk):
    kiosk.to_cash(bill("80.00", "property"), fee="property")
    kiosk.insert(100)
    kiosk.leave()
    [item] = kiosk.engine.state.items.values()
    kiosk.sign_in(SUPERVISOR)
    kiosk.settle(item.id, How.NOT_OWED)
    assert not kiosk.facts(ItemSettled)
    kiosk.settle(item.id, How.PAID)
    assert kiosk.balance(Account.CHANGE_OWED) == yuan(0) and kiosk.balance(Account.OFFICE) == yuan(-20)


def test_everything_open_is_the_same_after_a_restart(kiosk):
    paid(kiosk, 20, 5)
    kiosk.hear(OUT, IN, hw.Taken(device="acceptor", code=17, value=None))
    before = kiosk.engine.state
    kiosk.restart()
    after = kiosk.engine.state
    assert (after.boxes, after.items, after.box_notes, after.box_unknown, after.box) == (
        before.boxes,
        before.items,
        before.box_notes,
        before.box_unknown,
        before.box,
    )
    assert worth(after.boxes[0].notes) == yuan(25)
