"""Who waits at a kiosk is seen in the office, and the kiosk hears that somebody is coming; opinions are listed."""

from central import visitors
from central.ledger import write_beside
from kiosk.identity import new_id, sealed_digest, sealed_for
from kiosk.parcels import ContactTaken, Heartbeat, HeartbeatSeen, LeaveContact
from tests.central.support import PaperKiosk, Server
from tests.central.test_office_shows_it import Person

BEAT = Heartbeat(1, "1", 1, 1, (), True)


def called(kiosk: PaperKiosk, where: str = "check") -> str:
    call = new_id()
    kiosk.journal.write(
        "staff_called", call=call, called_ms=1_795_000_000_000, visit=new_id(), where=where, because="caller"
    )
    kiosk.upload()
    return call


def test_a_clerk_answers_and_the_kiosk_hears_it(server: Server, kiosk: PaperKiosk) -> None:
    call = called(kiosk)
    page = server.page("/visitors").data.decode()
    assert kiosk.id in page and "核对" in page
    assert kiosk.ask("heartbeat", BEAT, HeartbeatSeen).call == ""

    clerk = Person(server)
    clerk.sign_in()
    clerk.post(f"/visitors/{kiosk.id}/{call}/answer", "/visitors")
    seen = kiosk.ask("heartbeat", BEAT, HeartbeatSeen)
    assert (seen.call, seen.answered_by) == (call, "demo")

    # when the kiosk has written it down, it is not told any more, and the time until then counts
    kiosk.journal.write("call_answered", call=call, by="demo", waited_ms=42_000)
    kiosk.upload()
    assert kiosk.ask("heartbeat", BEAT, HeartbeatSeen).call == ""
    assert "42 s" in server.page("/visitors").data.decode()
    kiosk.journal.write("call_ended", call=call, by="")
    kiosk.upload()
    [row] = server.rows("SELECT * FROM staff_call WHERE call = ?", call)
    assert row["ended_ms"] > 0 and row["waited_ms"] == 42_000 and row["answered_by"] == "demo"


def test_only_who_may_answers(server: Server, kiosk: PaperKiosk) -> None:
    call = called(kiosk)
    answer = Person(server).post(f"/visitors/{kiosk.id}/{call}/answer", "/visitors")
    assert answer.status == 302 and answer.headers["Location"].startswith("/sign-in")
    assert server.rows("SELECT * FROM call_answer WHERE call = ?", call) == []


def test_a_call_that_is_over_or_never_was_can_not_be_answered(server: Server, kiosk: PaperKiosk) -> None:
    call = called(kiosk)
    kiosk.journal.write("call_ended", call=call, by="")
    kiosk.upload()
    for wanted in (call, "never"):
        write_beside(server.state, lambda db, wanted=wanted: visitors.answer(db, kiosk.id, wanted, "demo", 1))
        assert server.rows("SELECT * FROM call_answer WHERE call = ?", wanted) == []


def test_only_who_answers_an_opinion_opens_its_telephone_number(server: Server, kiosk: PaperKiosk) -> None:
    number = f"{kiosk.id}-V000007"
    sealed = sealed_for(kiosk.server_key, "13800138000")
    kiosk.journal.write(
        "opinion_given",
        case=number,
        topic="money",
        topic_name="钱或账单不对",
        contact_digest=sealed_digest(sealed),
    )
    left = LeaveContact(sealed_digest(sealed), sealed)
    assert not kiosk.ask("contact", left, ContactTaken).taken, "no record names it yet"
    kiosk.upload()
    other = sealed_for(kiosk.server_key, "13900139000")
    assert not kiosk.ask("contact", LeaveContact(left.digest, other), ContactTaken).taken
    assert kiosk.ask("contact", left, ContactTaken).taken and kiosk.ask("contact", left, ContactTaken).taken
    where = f"/visitors/{kiosk.id}/{number}/contact"
    assert Person(server).post(where, "/visitors").status == 302, "not without signing in"
    assert "13800138000" not in server.page("/visitors").data.decode()
    clerk = Person(server)
    clerk.sign_in()
    assert "13800138000" in clerk.post(where, "/visitors").data.decode()
    assert "13800138000" not in clerk.get("/visitors").data.decode()

    # when it was answered, nobody opens it any more
    problem = server.rows("SELECT id FROM problem WHERE kiosk = ? AND subject = ?", kiosk.id, number)[0]["id"]
    clerk.post(f"/problems/{problem}/settle", "/problems")
    assert "13800138000" not in clerk.post(where, "/visitors").data.decode()


def test_ratings_and_opinions_are_listed_without_anybody_s_name(server: Server, kiosk: PaperKiosk) -> None:
    kiosk.journal.write("visit_rated", visit=new_id(), rating="bad", rated_ms=1)
    kiosk.journal.write(
        "opinion_given", case=f"{kiosk.id}-V000001", topic="waiting", topic_name="等太久",
    )  # fmt: skip
    kiosk.upload()
    page = server.page("/visitors").data.decode()
    assert "不满意" in page and f"{kiosk.id}-V000001" in page and "等太久" in page
    assert server.problems(kiosk.id) == {"opinion"}
    assert f"{kiosk.id}-V000001" in server.page("/problems").data.decode()
