"""A badge held to the scanner fills the number in, the PIN is asked for all the same; one that is no good is told."""

import pytest
from msgspec.structs import replace

from hardware import contracts as hw
from kiosk import badge as badges
from kiosk import contract as c
from kiosk.badge import Badge
from kiosk.facts.office import BagHandedOver, SignedIn, SignInFailed
from kiosk.flow import stimuli as st
from kiosk.identity import Signer
from kiosk.parcels import Bundle
from tests.kiosk.office import ATTENDANT, PIN, SUPERVISOR, Office
from tests.kiosk.world import DAY_MS, NOW_MS, bill

SERVER = Signer(b"the server's key, of 32 bytes...")
STRANGER = Signer(b"a key that is nobody's, 32 bytes")
TODAY = Badge(ATTENDANT.number, "", NOW_MS - DAY_MS, NOW_MS + DAY_MS, "aa01")


@pytest.fixture
def kiosk(tmp_path):
    kiosk = Office(tmp_path)
    kiosk.site = replace(kiosk.site, server_key=SERVER.public_key)
    kiosk.restart()
    kiosk.open_for_business()
    return kiosk


def held(kiosk, badge=TODAY, signer=SERVER):
    text = badges.signed(badge, signer).text
    kiosk.hear(hw.CodeRead(device="camera", text=text))
    return kiosk.page


def site_demands_badges(kiosk):
    office = kiosk.site.office
    kiosk.site = replace(kiosk.site, office=replace(office, staff=replace(office.staff, badge="required")))
    kiosk.restart()
    kiosk.open_for_business()


def test_a_badge_fills_the_number_in_and_the_pin_is_still_asked_for(kiosk):
    kiosk.want(c.OpenStaff())
    assert kiosk.wanted.looking and kiosk.page.asks.key == "desk.badge_or_number"
    page = held(kiosk)
    assert page.asks.key == "desk.pin" and page.done[0].value == ATTENDANT.number
    assert not kiosk.facts(SignedIn) and not kiosk.wanted.looking
    kiosk.try_pin(PIN, good=True)
    assert kiosk.page.title.key == "desk.menu"
    [fact] = kiosk.facts(SignedIn)
    assert (fact.person, fact.badge) == (ATTENDANT.number, "aa01")


def test_a_badge_with_a_wrong_pin_counts_like_any_and_signs_nobody_in(kiosk):
    kiosk.want(c.OpenStaff())
    held(kiosk)
    for _ in range(3):
        kiosk.try_pin("000001", good=False)
    assert len(kiosk.facts(SignInFailed)) == 3 and kiosk.engine.state.sign_in_waits
    assert not kiosk.facts(SignedIn)


# What is held to the scanner, whose signature it carries, and what the page says.
REFUSED = {
    "yesterday's": (replace(TODAY, expires_ms=NOW_MS - 1), SERVER, "desk.badge_expired"),
    "good until this very moment": (replace(TODAY, expires_ms=NOW_MS), SERVER, "desk.badge_expired"),
    "another site's": (replace(TODAY, site="north"), SERVER, "desk.badge_elsewhere"),
    "forged": (TODAY, STRANGER, "desk.badge_forged"),
    "of nobody here": (replace(TODAY, person="7777"), SERVER, "desk.badge_revoked"),
}


@pytest.mark.parametrize("badge, signer, says", REFUSED.values(), ids=REFUSED)
def test_a_badge_that_is_no_good_is_refused_with_words(kiosk, badge, signer, says):
    kiosk.want(c.OpenStaff())
    page = held(kiosk, badge, signer)
    assert page.problem.key == says and page.title.key == "desk.sign_in" and not page.done


def test_a_badge_of_this_site_is_good_here(kiosk):
    kiosk.want(c.OpenStaff())
    assert held(kiosk, replace(TODAY, site="lobby")).asks.key == "desk.pin"


def test_a_badge_that_was_taken_back_is_refused_and_a_newer_one_is_not(kiosk):
    people = (replace(ATTENDANT, badges_from_ms=NOW_MS - 10), SUPERVISOR)
    kiosk.hear(st.BundleCame(Bundle(2, NOW_MS, "lobby", (), (), people)))
    kiosk.want(c.OpenStaff())
    assert held(kiosk).problem.key == "desk.badge_revoked"
    assert held(kiosk, replace(TODAY, issued_ms=NOW_MS - 10)).asks.key == "desk.pin"


def test_one_letter_changed_is_forged(kiosk):
    kiosk.want(c.OpenStaff())
    text = badges.signed(TODAY, SERVER).text
    longer = text.replace(str(TODAY.expires_ms), str(TODAY.expires_ms + DAY_MS))
    for other in (longer, text.replace("1001", "2001", 1), text[:-1] + ("0" if text[-1] != "0" else "1")):
        kiosk.hear(hw.CodeRead(device="camera", text=other))
        assert kiosk.page.problem.key == "desk.badge_forged"


@pytest.mark.parametrize(
    "text", ["", "hello", "134567890123456789", "ID1;;;;;;", "ID1;1001;;x;1;a;00", "ID1;" * 300]
)
def test_what_is_no_badge_is_told_so(kiosk, text):
    kiosk.want(c.OpenStaff())
    kiosk.hear(hw.CodeRead(device="camera", text=text))
    assert kiosk.page.problem.key == "desk.badge_none"


def test_a_signature_for_something_else_of_the_server_is_no_badge(kiosk):
    kiosk.want(c.OpenStaff())
    other = replace(TODAY, signature=SERVER.sign(b"kiosk-bundle-1\0" + TODAY.says.encode()))
    kiosk.hear(hw.CodeRead(device="camera", text=other.text))
    assert kiosk.page.problem.key == "desk.badge_forged"


# ---- a site that demands badges


def test_a_site_may_demand_badges_then_no_number_is_typed(kiosk):
    site_demands_badges(kiosk)
    kiosk.want(c.OpenStaff())
    assert kiosk.page.asks.key == "desk.badge_only" and kiosk.page.submit.off.key == "desk.badge_needed"
    kiosk.enter(ATTENDANT.number)
    assert kiosk.page.problem.key == "desk.badge_needed" and kiosk.page.title.key == "desk.sign_in"
    held(kiosk)
    kiosk.try_pin(PIN, good=True)
    assert kiosk.page.title.key == "desk.menu"


def test_a_kiosk_without_a_time_lets_in_who_types(kiosk):
    """It can not tell whether a badge has expired, and somebody has to set its clock."""
    site_demands_badges(kiosk)
    kiosk.clock.quality = "none"
    kiosk.want(c.OpenStaff())
    kiosk.enter(ATTENDANT.number)
    assert kiosk.page.asks.key == "desk.pin"


# ---- where else a number is asked for


def test_the_second_person_shows_a_badge_too_and_never_the_first_ones(kiosk):
    kiosk.to_cash(bill("20.00"))
    kiosk.insert(20)
    kiosk.leave()
    kiosk.hear(hw.BoxOut(device="acceptor"), hw.BoxIn(device="acceptor"))
    kiosk.sign_in(SUPERVISOR)
    kiosk.count_notes(1, n20=1)
    kiosk.want(kiosk.go("bags").main.intent)
    assert kiosk.wanted.looking
    assert held(kiosk, replace(TODAY, person=SUPERVISOR.number)).problem.key == "desk.same_person"
    assert held(kiosk, replace(TODAY, expires_ms=1)).problem.key == "desk.badge_expired"
    held(kiosk)
    kiosk.try_pin(PIN, good=True)
    assert kiosk.facts(BagHandedOver)[0].to == ATTENDANT.number


def test_a_supervisor_approves_with_a_badge(kiosk):
    kiosk.to_check(bill("6000.00", fee="tuition"), fee="tuition")
    kiosk.want(c.AllRight(), c.ApproverHere())
    assert kiosk.wanted.looking
    assert held(kiosk, replace(TODAY, site="north")).problem.key == "desk.badge_elsewhere"
    held(kiosk, replace(TODAY, person=SUPERVISOR.number))
    kiosk.try_pin(PIN, good=True)
    assert kiosk.page.note.key == "approve.how"


def test_a_badge_on_any_other_page_does_nothing(kiosk):
    held(kiosk)
    assert isinstance(kiosk.page, c.Home)
    kiosk.sign_in(SUPERVISOR)
    held(kiosk)
    assert kiosk.engine.state.signed_in == SUPERVISOR.number
