"""One table says who may do what; two persons sign what is a correction; the documents show the same table."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.facts import NoteDoubtful
from kiosk.facts.office import ItemSettled, SignInFailed
from kiosk.flow import stimuli as st
from kiosk.flow.permits import WHO, May, granted, why_not
from kiosk.flow.second import SIGNINGS
from kiosk.flow.state import Act
from kiosk.parcels import Bundle, Person, Role
from screens.words import Words
from tests.kiosk.office import ATTENDANT, PIN, SUPERVISOR, Office
from tests.kiosk.world import NOW_MS, bill, yuan

ROOT = Path(__file__).resolve().parents[2]
CASHIER = Person("3001", "苏敏", (Role.CASHIER,), "v")
RECORDER = Person("4001", "何平", (Role.RECORDER,), "v")
BOTH = Person("5001", "罗成", (Role.CASHIER, Role.SUPERVISOR), "v")
NOBODY = Person("6001", "石磊", (), "v")
PEOPLE = (ATTENDANT, SUPERVISOR, CASHIER, RECORDER, BOTH, NOBODY)


@pytest.fixture
def kiosk(tmp_path):
    kiosk = Office(tmp_path)
    kiosk.hear(st.BundleCame(Bundle(2, NOW_MS, "lobby", (), (), PEOPLE)))
    return kiosk


def a_note_in_doubt(kiosk):
    kiosk.hear(hw.Taken(device="acceptor", code=4, value=yuan(50)))
    return kiosk.facts(NoteDoubtful)[0].note


# ---- the table


def rows_of(document, head):
    """Cells of the table that begins with this."""
    text = (ROOT / document).read_text("utf-8")
    table = text[text.index(head) :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in table if line.startswith("|")]


def names(cell):
    return re.findall(r"`(\w+)`", cell)


def test_the_table_of_the_operations_manual_is_the_one_that_holds():
    head, _, *rows = rows_of("docs/operations.md", "| right |")
    roles = [Role(name) for cell in head[1:] for name in names(cell)]
    yes = {
        May(names(right)[0]): {r for r, c in zip(roles, cells, strict=True) if c == "yes"}
        for right, *cells in rows
    }
    assert yes == WHO


def test_the_table_of_the_rules_is_the_one_that_holds():
    _, _, *rows = rows_of("docs/rules.md", "| rule | who |")
    assert {May(names(right)[0]): set(map(Role, names(who))) for right, who, _ in rows} == WHO


def test_whoever_has_several_roles_may_what_each_of_them_may():
    assert granted(BOTH, May.VOID) and granted(BOTH, May.REFUND)
    assert not any(granted(NOBODY, right) for right in May)


def test_the_last_look_at_an_act_of_two_knows_who_began_it():
    """Behind the page that refuses the own number at once."""
    assert why_not(SUPERVISOR, May.VOID_SECOND, ATTENDANT.number) == ""
    assert why_not(SUPERVISOR, May.VOID_SECOND, SUPERVISOR.number) == "desk.same_person"


def test_every_act_of_two_has_a_right_for_each_part_and_one_place_for_the_second():
    assert set(SIGNINGS) == set(Act)
    for signing in SIGNINGS.values():
        assert why_not(SUPERVISOR, signing.second, SUPERVISOR.number) == "desk.same_person"
        assert not why_not(RECORDER, signing.second, SUPERVISOR.number)
        assert why_not(NOBODY, signing.second, SUPERVISOR.number) == "desk.not_allowed"
        assert any(why_not(person, signing.first) for person in (RECORDER, ATTENDANT))


# ---- corrections need two


@pytest.mark.parametrize("second", [CASHIER, RECORDER, ATTENDANT, BOTH])
def test_a_doubtful_note_is_settled_by_two(kiosk, second):
    note = a_note_in_doubt(kiosk)
    kiosk.sign_in(SUPERVISOR)
    kiosk.want(c.StaffGo("item", note))
    assert kiosk.page.note.key == "desk.item_how_two"
    kiosk.settle(note, c.How.PAID, second)
    [fact] = kiosk.facts(ItemSettled)
    assert (fact.by, fact.second) == (SUPERVISOR.number, second.number)
    assert kiosk.page.title.key == "desk.items" and kiosk.engine.state.signed_in == SUPERVISOR.number


def test_back_from_the_second_pin_asks_for_another_number_for_the_same_item(kiosk):
    note = a_note_in_doubt(kiosk)
    kiosk.sign_in(SUPERVISOR)
    kiosk.want(c.SettleItem(note, c.How.PAID))
    kiosk.enter(RECORDER.number)
    kiosk.want(c.Back())
    assert kiosk.page.asks.key == "desk.second"
    kiosk.enter(CASHIER.number)
    kiosk.try_pin(PIN, good=True)
    assert kiosk.facts(ItemSettled)[0].second == CASHIER.number


def gone_by_itself(kiosk):
    """As when the acceptor comes back and says that the customer has the note."""
    kiosk.engine.state = replace(kiosk.engine.state, items={})
    kiosk.hear(st.LinkChanged(False))


def test_an_item_that_finds_its_answer_while_two_sign_is_settled_by_nobody(kiosk):
    note = a_note_in_doubt(kiosk)
    kiosk.sign_in(SUPERVISOR)
    kiosk.want(c.SettleItem(note, c.How.PAID))
    kiosk.enter(CASHIER.number)
    gone_by_itself(kiosk)
    kiosk.try_pin(PIN, good=True)
    assert kiosk.page.title.key == "desk.items" and not kiosk.facts(ItemSettled)


def test_an_item_that_finds_its_answer_while_somebody_looks_leaves_the_list(kiosk):
    note = a_note_in_doubt(kiosk)
    kiosk.sign_in(SUPERVISOR)
    kiosk.want(c.StaffGo("item", note))
    gone_by_itself(kiosk)
    assert kiosk.page.title.key == "desk.items"


def test_one_person_alone_settles_nothing(kiosk):
    note = a_note_in_doubt(kiosk)
    kiosk.sign_in(SUPERVISOR)
    kiosk.want(c.SettleItem(note, c.How.PAID))
    kiosk.enter(SUPERVISOR.number)
    assert kiosk.page.problem.key == "desk.same_person"
    kiosk.enter(NOBODY.number)
    kiosk.try_pin(PIN, good=True)
    assert kiosk.page.problem.key == "desk.not_allowed"
    kiosk.enter(CASHIER.number)
    kiosk.try_pin(PIN, good=False)
    assert kiosk.page.problem.key == "desk.wrong" and len(kiosk.facts(SignInFailed)) == 1
    kiosk.want(c.Back(), c.Back())
    assert kiosk.page.title.key == "desk.items"
    assert kiosk.engine.state.items and not kiosk.facts(ItemSettled)


@pytest.mark.parametrize("person", [CASHIER, RECORDER, ATTENDANT])
def test_only_a_supervisor_begins_to_settle(kiosk, person):
    note = a_note_in_doubt(kiosk)
    kiosk.sign_in(person)
    kiosk.want(c.StaffGo("item", note))
    assert kiosk.page.main.off.key == "desk.not_allowed"
    kiosk.settle(note, c.How.PAID, SUPERVISOR)
    assert not kiosk.facts(ItemSettled)


def test_a_right_that_is_taken_away_before_the_second_signed(kiosk):
    note = a_note_in_doubt(kiosk)
    kiosk.sign_in(SUPERVISOR)
    kiosk.want(c.SettleItem(note, c.How.PAID))
    kiosk.enter(CASHIER.number)
    lesser = (replace(SUPERVISOR, roles=(Role.RECORDER,)), CASHIER)
    kiosk.hear(st.BundleCame(Bundle(3, NOW_MS, "lobby", (), (), lesser)))
    kiosk.try_pin(PIN, good=True)
    assert not kiosk.facts(ItemSettled) and kiosk.page.title.key == "desk.items"


@pytest.mark.parametrize("person, may", [(CASHIER, True), (SUPERVISOR, True), (ATTENDANT, False)])
def test_change_owed_is_paid_for_its_slip_by_who_may(kiosk, person, may):
    kiosk.to_cash(bill("80.00", "property"), fee="property")
    kiosk.insert(100)
    kiosk.leave()
    [item] = kiosk.engine.state.items
    kiosk.sign_in(person)
    kiosk.want(c.SettleItem(item, c.How.PAID))
    assert bool(kiosk.facts(ItemSettled)) is may


# ---- what else a role opens


@pytest.mark.parametrize("person", PEOPLE)
def test_the_day_the_box_and_the_devices_are_open_to_who_may(kiosk, person):
    kiosk.sign_in(SUPERVISOR)
    kiosk.open_day()
    kiosk.sign_out()
    kiosk.hear(hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor"))
    kiosk.sign_in(person)
    assert (kiosk.go("day").main.off is None) is granted(person, May.CLOSE_DAY)
    kiosk.go("collect")
    kiosk.want(c.CountBoxes((1,)))
    counts = isinstance(kiosk.page, c.StaffEntry)
    assert counts is granted(person, May.COLLECT)
    kiosk.want(c.Back())
    assert (kiosk.go("void").submit.off is None) is granted(person, May.VOID)


# ---- who is refused reads who may


def refused_to_settle(kiosk):
    note = a_note_in_doubt(kiosk)
    kiosk.sign_in(CASHIER)
    kiosk.want(c.StaffGo("item", note))
    return kiosk.page.main.off


def refused_to_close_the_day(kiosk):
    kiosk.sign_in(SUPERVISOR)
    kiosk.open_day()
    kiosk.sign_out()
    kiosk.sign_in(RECORDER)
    return kiosk.go("day").main.off


def refused_to_test_devices(kiosk):
    kiosk.sign_in(CASHIER)
    return kiosk.go("devices").main.off


def refused_to_pay_out(kiosk):
    kiosk.to_cash(bill("80.00", "property"), fee="property")
    kiosk.insert(100)
    kiosk.leave()
    [item] = kiosk.engine.state.items
    kiosk.sign_in(ATTENDANT)
    kiosk.want(c.StaffGo("item", item))
    return kiosk.page.main.off


def refused_to_sign_as_the_second(kiosk):
    note = a_note_in_doubt(kiosk)
    kiosk.sign_in(SUPERVISOR)
    kiosk.want(c.SettleItem(note, c.How.PAID))
    kiosk.enter(NOBODY.number)
    kiosk.try_pin(PIN, good=True)
    return kiosk.page.problem


REFUSED = {
    refused_to_settle: ("班组长", "supervisor"),
    refused_to_close_the_day: ("收费员、引导员、班组长", "cashier, attendant, supervisor"),
    refused_to_test_devices: ("引导员、班组长", "attendant, supervisor"),
    refused_to_pay_out: ("收费员、班组长", "cashier, supervisor"),
    refused_to_sign_as_the_second: (
        "收费员、记账员、引导员、班组长",
        "cashier, bookkeeper, attendant, supervisor",
    ),
}


@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: refused.__name__)
def test_who_is_refused_reads_whom_to_ask(kiosk, refused):
    zh, en = REFUSED[refused]
    message = refused(kiosk)
    assert Words(c.Language.ZH).message(message).endswith(f"请找：{zh}")
    assert Words(c.Language.EN).message(message).endswith(f"Ask: {en}")
