"""Four faces on the last page, a complaint or suggestion with a case number. Nobody is held up by it, nobody is
named by it, and a telephone number stands in the journal only sealed."""

import pytest

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.contacts import Contacts
from kiosk.facts.visitor import OpinionGiven, VisitRated
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.flow.delays import Delay
from kiosk.identity import load_signer, sealed_for
from kiosk.site import load
from kiosk.visitor_paper import opinion_document
from tests.kiosk.world import NO_PAPER, Kiosk, bill

PHONE = "13800138000"


@pytest.fixture
def kiosk(tmp_path):
    return Kiosk(tmp_path)


def to_thanks(kiosk, number="W1"):
    kiosk.to_cash(bill("20.00", number=number))
    kiosk.insert(20)
    kiosk.print_out()
    kiosk.want(c.Done())
    assert isinstance(kiosk.page, c.ThankYou)


def say(kiosk, number=0):
    """Open what an opinion can be about and choose one of them."""
    kiosk.want(c.OpenHelp("say"))
    kiosk.want(kiosk.page.choices[number].button.intent)


def seal(kiosk, key):
    order = kiosk.last(cmd.SealContact)
    kiosk.hear(st.ContactSealed(order.attempt, Contacts(kiosk.folder).put(sealed_for(key, order.contact))))


# ---- four faces


def test_a_face_is_written_with_the_visit_and_nothing_else(kiosk):
    to_thanks(kiosk)
    visit = kiosk.engine.state.visit.id
    assert [face.button.intent.rating for face in kiosk.page.faces] == list(c.Rating)
    kiosk.want(c.Rate(c.Rating.FAIR))
    assert kiosk.page.rated.key == "thanks.rated" and not kiosk.page.faces
    kiosk.want(c.Rate(c.Rating.BAD))  # once
    [rated] = kiosk.facts(VisitRated)
    assert (rated.visit, rated.rating) == (visit, c.Rating.FAIR)
    assert set(rated.__struct_fields__) == {"visit", "rating", "rated_ms"}


def test_who_does_not_care_for_faces_is_gone_as_soon_as_ever(kiosk):
    to_thanks(kiosk)
    kiosk.want(c.Done())
    assert isinstance(kiosk.page, c.Home) and kiosk.facts(VisitRated) == []
    to_thanks(kiosk, "W2")
    kiosk.time_is_up(Delay.THANKS)
    assert isinstance(kiosk.page, c.Home)


def test_faces_mean_nothing_before_the_last_page(kiosk):
    kiosk.to_check()
    kiosk.want(c.Rate(c.Rating.BAD))
    assert kiosk.facts(VisitRated) == []


# ---- something to say


def test_a_complaint_gets_a_case_number_on_the_screen_and_on_paper(kiosk):
    to_thanks(kiosk)
    visit = kiosk.engine.state.visit.id
    kiosk.want(c.Rate(c.Rating.BAD))
    kiosk.want(kiosk.page.say.intent)
    kiosk.want(kiosk.page.choices[2].button.intent)
    assert isinstance(kiosk.page, c.SayContact) and kiosk.page.subject == "钱或账单不对"
    kiosk.want(kiosk.page.without.intent)
    [said] = kiosk.facts(OpinionGiven)
    assert (said.case, said.visit, said.topic, said.contact_digest) == ("K0001-V000001", visit, "money", "")
    assert kiosk.page.number == said.case and kiosk.page.qr.startswith(said.proof) and said.signature
    assert kiosk.last(cmd.PrintPaper).issued == said and kiosk.page.status.key == "say.printing"
    kiosk.print_out()
    assert kiosk.page.status.key == "say.printed"
    kiosk.want(c.LeaveHelp())
    assert isinstance(kiosk.page, c.ThankYou)


def test_a_telephone_number_is_kept_sealed_beside_the_records_and_only_the_server_opens_it(kiosk, tmp_path):
    server = load_signer(tmp_path / "server", create=True)
    say(kiosk)
    kiosk.type(PHONE[:10])
    assert kiosk.page.send.off.key == "say.phone_short"
    kiosk.type(PHONE[10:])
    kiosk.want(kiosk.page.send.intent)
    kiosk.want(c.EraseAll())  # it is being sealed: nothing changes under it
    seal(kiosk, server.public_key)
    [said] = kiosk.facts(OpinionGiven)
    assert kiosk.page.contact == "138****8000"
    sealed = Contacts(kiosk.folder).sealed(said.contact_digest)
    assert server.opened(sealed) == PHONE
    for record in kiosk.journal.records():  # not even a part of it, nor what could be opened
        assert not [part for part in (PHONE[:7], PHONE[4:], "****8000", sealed) if part in record.body]
    other = load_signer(tmp_path / "other", create=True)
    with pytest.raises(ValueError):
        other.opened(sealed)


def test_where_it_can_not_be_kept_the_opinion_counts_and_the_page_says_that_no_number_was_left(kiosk):
    say(kiosk)
    kiosk.type(PHONE)
    kiosk.want(kiosk.page.send.intent)
    kiosk.hear(st.ContactSealed(kiosk.last(cmd.SealContact).attempt, ""))
    assert kiosk.facts(OpinionGiven) and kiosk.page.contact == ""


@pytest.mark.parametrize(
    "typed, problem, may_send",
    [
        ("", None, False),
        ("1380013800", None, False),
        (PHONE, None, True),
        ("01012345678", None, True),
        ("057112345678", None, True),
        ("12345678901", "say.phone_wrong", False),
        ("99999999999", "say.phone_wrong", False),
    ],
)
def test_what_can_not_be_a_telephone_number_is_not_sent(kiosk, typed, problem, may_send):
    say(kiosk)
    kiosk.type(typed)
    shown = kiosk.page.problem
    assert (shown.key if shown else None) == problem
    assert (kiosk.page.send.off is None) == may_send
    kiosk.want(c.SayIt(True))
    assert kiosk.count(cmd.SealContact) == may_send


def test_only_digits_and_not_too_many(kiosk):
    say(kiosk)
    kiosk.want(*(c.PressKey(key) for key in ("1", "x", "２", "12", "", "3")))
    assert kiosk.page.typed == "13"
    kiosk.want(c.EraseKey())
    kiosk.type("9" * 20)
    assert kiosk.page.typed == "1" + "9" * 11


def test_without_paper_the_number_and_a_code_stay_on_the_screen(kiosk):
    kiosk.hear(hw.PrinterSays(device="printer", state=NO_PAPER))
    say(kiosk)
    kiosk.want(c.SayIt(False))
    assert kiosk.page.status.key == "say.kept" and kiosk.page.qr
    assert kiosk.count(cmd.PrintPaper) == 0 and kiosk.engine.state.unprinted == ()


def test_numbers_go_on_after_a_restart(kiosk):
    say(kiosk)
    kiosk.want(c.SayIt(False))
    kiosk.restart()
    kiosk.open_for_business()
    say(kiosk)
    kiosk.want(c.SayIt(False))
    assert [said.case for said in kiosk.facts(OpinionGiven)] == ["K0001-V000001", "K0001-V000002"]


def test_who_walks_away_in_the_middle_has_said_nothing(kiosk):
    say(kiosk)
    kiosk.type("138")
    kiosk.time_is_up(Delay.HELP_IDLE)
    assert isinstance(kiosk.page, c.Home) and kiosk.engine.state.aside is None
    assert kiosk.facts(OpinionGiven) == []


def test_it_can_be_said_in_the_middle_of_paying_with_the_money_inside(kiosk):
    kiosk.to_cash(bill("37.50"))
    kiosk.insert(20)
    say(kiosk)
    kiosk.want(c.SayIt(False), c.LeaveHelp())
    assert isinstance(kiosk.page, c.CashRunning) and kiosk.page.inserted.fen == 2000


def test_the_slip_bears_the_number_and_what_it_is_about(kiosk):
    say(kiosk)
    kiosk.want(c.SayIt(False))
    [said] = kiosk.facts(OpinionGiven)
    values = [b.value for b in opinion_document(load(None), said, 1).blocks if isinstance(b, hw.Pair)]
    assert said.case in values and said.topic_name in values
