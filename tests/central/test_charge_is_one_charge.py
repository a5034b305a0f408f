"""One id is one charge, for ever; what nobody knows is said to be unknown."""

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from central.dock import charges
from central.dock.room import Caller, Room
from central.gateway import SandboxProvider
from central.ledger import Ledger
from kiosk.identity import Signer, new_id
from kiosk.money import Money
from kiosk.parcels import AskCharge, AskChargeState, ChargeIs, ChargeState
from tests.central.support import TIMEOUT_S, PaperKiosk

AMOUNT = Money(3750)


def code(suffix: str = "0000") -> str:
    return "13" + f"{random.SystemRandom().randrange(10**12):012d}" + suffix


def order(code: str, charge: str = "", amount: Money = AMOUNT) -> AskCharge:
    return AskCharge(charge or new_id(), "pay-1", "W1", amount, code)


def charge(kiosk: PaperKiosk, ask: AskCharge) -> ChargeState:
    state: ChargeState = kiosk.ask("charge", ask, ChargeState)
    return state


def state(kiosk: PaperKiosk, id: str) -> ChargeState:
    answer: ChargeState = kiosk.ask("charge_state", AskChargeState(id), ChargeState)
    return answer


def test_asked_twice_charged_once(kiosk: PaperKiosk) -> None:
    ask = order(code())

    first, second, looked = charge(kiosk, ask), charge(kiosk, ask), state(kiosk, ask.charge)

    assert (first.state, first.amount, first.provider) == (ChargeIs.CONFIRMED, AMOUNT, "sandbox")
    assert first.provider_reference
    assert first == second == looked
    assert len(kiosk.server.rows("SELECT 1 FROM sandbox_charge WHERE id = ?", ask.charge)) == 1


def test_the_same_id_for_another_order_is_refused_and_says_nothing_of_the_first(kiosk: PaperKiosk) -> None:
    ask = order(code())
    charge(kiosk, ask)

    other = charge(kiosk, order(ask.code, ask.charge, Money(9900)))

    assert (other.state, other.reason) == (ChargeIs.UNKNOWN, "other_contents")
    assert "charge_id_reused" in kiosk.server.problems(kiosk.id)
    assert state(kiosk, ask.charge).amount == AMOUNT


def test_an_id_of_another_kiosk_tells_nothing(new_kiosk: Callable[[], PaperKiosk]) -> None:
    mine, theirs = new_kiosk(), new_kiosk()
    ask = order(code())
    charge(mine, ask)
    assert state(theirs, ask.charge).state is ChargeIs.UNKNOWN
    assert theirs.server.problems(theirs.id) == {"charge_id_reused"}
    assert charge(theirs, ask).state is ChargeIs.UNKNOWN


def test_an_order_that_never_arrived_is_closed_for_good(kiosk: PaperKiosk) -> None:
    ask = order(code())

    assert state(kiosk, ask.charge).state is ChargeIs.NEVER
    assert charge(kiosk, ask).state is ChargeIs.NEVER  # it was only late
    assert state(kiosk, ask.charge).state is ChargeIs.NEVER
    booked = kiosk.server.rows("SELECT ends, amount_fen FROM sandbox_charge WHERE id = ?", ask.charge)
    assert [tuple(row) for row in booked] == [("never", 0)], "closed at the provider as well"


def test_a_code_pays_once(kiosk: PaperKiosk) -> None:
    used = code()
    assert charge(kiosk, order(used)).state is ChargeIs.CONFIRMED

    second = charge(kiosk, order(used))

    assert (second.state, second.reason) == (ChargeIs.DECLINED, "code_used")


@pytest.mark.parametrize(
    ("suffix", "reason"),
    [
        ("9901", "no_funds"),
        ("9902", "code_expired"),
        ("9903", "code_used"),
        ("9904", "wrong_code"),
        ("9905", "limit"),
    ],
)
def test_a_decline_has_its_reason(kiosk: PaperKiosk, suffix: str, reason: str) -> None:
    answer = charge(kiosk, order(code(suffix)))
    assert (answer.state, answer.reason) == (ChargeIs.DECLINED, reason)


@pytest.mark.parametrize(("suffix", "end"), [("9911", ChargeIs.CONFIRMED), ("9921", ChargeIs.DECLINED)])
def test_unknown_until_the_provider_says(kiosk: PaperKiosk, suffix: str, end: ChargeIs) -> None:
    ask = order(code(suffix))
    assert charge(kiosk, ask).state is ChargeIs.UNKNOWN

    give_up = time.monotonic() + TIMEOUT_S
    while (now := state(kiosk, ask.charge)).state is ChargeIs.UNKNOWN and time.monotonic() < give_up:
        time.sleep(0.1)

    assert now.state is end
    assert charge(kiosk, ask).state is end


def test_the_code_is_nowhere_on_the_servers_disk(kiosk: PaperKiosk) -> None:
    ask = order(code())
    charge(kiosk, ask)
    for file in kiosk.server.state.iterdir():
        assert ask.code.encode() not in file.read_bytes(), file


class _PowerCut(Exception):
    pass


def test_charged_but_the_server_died_before_it_could_say_so(schema: Path, tmp_path: Path) -> None:
    copytree(schema, tmp_path / "state")
    ledger = Ledger(tmp_path / "state")
    who, ask = Caller("K0001", 1, "lobby", True), order(code("9939"))

    async def cut(seconds: float) -> None:
        raise _PowerCut

    def room(sleep: Callable[[float], object] = asyncio.sleep) -> Room:
        gateway = SandboxProvider(ledger, b"s" * 32, lambda: 0, sleep)
        return Room(ledger, Signer(b"\5" * 32), gateway, b"s" * 32, lambda: 0)

    with pytest.raises(_PowerCut):
        asyncio.run(charges.charge(room(cut), who, ask))
    after = asyncio.run(charges.state(room(), who, AskChargeState(ask.charge)))
    ledger.close()

    assert after.state is ChargeIs.CONFIRMED


def test_the_server_died_before_the_provider_heard_of_it(schema: Path, tmp_path: Path) -> None:
    copytree(schema, tmp_path / "state")
    ledger = Ledger(tmp_path / "state")
    who, ask = Caller("K0001", 1, "lobby", True), order(code())
    provider = SandboxProvider(ledger, b"s" * 32, lambda: 0)

    class Dead(SandboxProvider):
        async def charge(self, *_: object) -> object:
            raise _PowerCut

    dead = Room(ledger, Signer(b"\5" * 32), Dead(ledger, b"s" * 32, lambda: 0), b"s" * 32, lambda: 0)
    alive = Room(ledger, dead.signer, provider, dead.secret, dead.now_ms)
    with pytest.raises(_PowerCut):
        asyncio.run(charges.charge(dead, who, ask))

    # Nobody can say here whether the first request will still reach the provider: it is closed there.
    assert asyncio.run(charges.charge(alive, who, ask)).state is ChargeIs.NEVER
    assert asyncio.run(provider.charge(ask.charge, ask.amount, ask.code)).state is ChargeIs.NEVER
    ledger.close()


def test_a_server_that_forgot_a_charge_asks_the_provider_before_it_says_never(
    schema: Path, tmp_path: Path
) -> None:
    """Restored from a backup it never heard of the charge. The provider, with a book of its own, did take the money."""
    names = ("provider", "before", "restored")
    books = {name: Ledger(Path(copytree(schema, tmp_path / name))) for name in names}
    provider = SandboxProvider(books["provider"], b"s" * 32, lambda: 0)
    signer, who, ask = Signer(b"\5" * 32), Caller("K0001", 1, "lobby", True), order(code())
    rooms = {name: Room(books[name], signer, provider, b"s" * 32, lambda: 0) for name in names}
    first = asyncio.run(charges.charge(rooms["before"], who, ask))

    found = [asyncio.run(charges.state(rooms["restored"], who, AskChargeState(ask.charge))) for _ in range(2)]
    unheard = [asyncio.run(charges.state(rooms["restored"], who, AskChargeState("other"))) for _ in range(2)]

    assert found == [first, first] and first.state is ChargeIs.CONFIRMED
    assert [answer.state for answer in unheard] == [ChargeIs.NEVER] * 2
    listed = books["restored"].look(lambda db: db.execute("SELECT kind, subject FROM problem").fetchall())
    assert [tuple(row) for row in listed] == [("charge_differs", ask.charge)]
    # and a request that was on its way all the time still charges nothing
    late = asyncio.run(charges.charge(rooms["restored"], who, order(code(), "other")))
    assert late.state is ChargeIs.NEVER
    for book in books.values():
        book.close()
