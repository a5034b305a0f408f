"""Given a cash register that somebody else wrote to ZVT, then the simulated terminal serves it: another currency,
fields in another order, no steps and no lines wanted, the end of the day. Orders are bytes, from the protocol."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator

import pytest

from hardware.terminals.zvt_frames import Decoder, Sign, encode
from hardware.terminals.zvt_sim import ZvtSim
from tests.hardware.panel.panel_places import wait_until

PATIENCE_S = 60.0  # only ever waited out when a test fails
DONE = bytes.fromhex("80 00 00")
REGISTER_IN_EURO = "06 00 06 00 00 00 ba 09 78"


class Register:
    """Acknowledges all that it is told, and waits for the end of each order."""

    def __init__(self, folder) -> None:
        self.sim = ZvtSim("terminal", folder / "terminal", pace_s=0, card_s=60)
        self.sim.start()
        self._port = os.open(folder / "terminal", os.O_RDWR | os.O_NOCTTY)
        self._decoder = Decoder()
        self._heard: list[bytes | Sign] = []

    def order(self, text: str, card: str | None = None) -> list[str]:
        """Which messages come for it, by their control fields, and how the last one goes on."""
        self._say(bytes.fromhex(text))
        said = [self._next()]
        if said == [DONE] and card is not None:
            wait_until(lambda: self.sim.state()["shows"] == "insert card")
            self.sim.do("insert_card", card=card)
        while said[0] == DONE and said[-1][:2] not in (b"\x06\x0f", b"\x06\x1e"):
            said.append(self._next())
            self._say(DONE)
        return [message[:2].hex(" ") for message in said[:-1]] + [said[-1].hex(" ")]

    def acknowledged(self, text: str) -> bool:
        self._say(bytes.fromhex(text))
        return self._next() == DONE

    def _say(self, message: bytes) -> None:
        os.write(self._port, encode(message))
        while self._hear() is not Sign.ACK:
            pass

    def _next(self) -> bytes:
        while not isinstance(message := self._hear(), bytes):
            pass
        os.write(self._port, b"\x06")
        return message

    def _hear(self) -> bytes | Sign:
        while not self._heard:
            assert select.select([self._port], [], [], PATIENCE_S)[0], "nothing came"
            self._heard = self._decoder.feed(os.read(self._port, 4096))
        return self._heard.pop(0)

    def close(self) -> None:
        os.close(self._port)
        self.sim.stop()


@pytest.fixture
def register(tmp_path) -> Iterator[Register]:
    register = Register(tmp_path)
    yield register
    register.close()


def test_a_whole_day_in_another_currency(register: Register) -> None:
    ready = "06 0f 0a 19 00 29 52 50 00 41 49 09 78"
    assert register.order(REGISTER_IN_EURO) == ["80 00", ready]
    assert register.order("05 01 03 00 00 00") == ["80 00", "06 0f 0b f0 f0 f7 53 49 4d 20 31 2e 30 00"]
    paid = register.order("06 01 0c 19 40 49 09 78 04 00 00 00 00 12 50", card="good")
    assert paid[0] == "80 00" and "04 0f" in paid and "06 d1" in paid and paid[-1] == "06 0f 00"
    refused = register.order("06 01 07 04 00 00 00 00 03 00", card="no_credit")
    assert refused[-2:] == ["04 0f", "06 1e 01 71"]
    assert register.sim.state()["charged_fen"] == [1250]
    for order in ("06 10 03 00 00 00", "06 50 03 00 00 00"):
        assert register.order(order) == ["80 00", "04 0f", "06 0f 00"]
    assert register.order("06 20 03 00 00 00") == [
        "80 00",
        "06 1e 01 83",
    ]  # the day is closed, nothing to repeat


@pytest.mark.parametrize(("wants", "told"), [("08", "04 ff"), ("02", "06 d1")])
def test_steps_and_lines_come_only_where_they_are_wanted(register: Register, wants: str, told: str) -> None:
    register.order(f"06 00 04 00 00 00 {wants}")
    paid = register.order("06 01 07 04 00 00 00 00 12 50", card="good")
    assert set(paid) & {"04 ff", "06 d1"} == {told}


def test_who_names_no_currency_is_told_none(register: Register) -> None:
    assert register.order("06 00 04 00 00 00 00")[-1] == "06 0f 07 19 00 29 52 50 00 41"


@pytest.mark.parametrize("order", ["06 70 00", "06 93 03 00 00 00"], ids=["diagnosis", "initialisation"])
def test_what_needs_the_host_is_done(register: Register, order: str) -> None:
    register.order(REGISTER_IN_EURO)
    assert register.order(order)[-1] == "06 0f 00"


@pytest.mark.parametrize("order", ["06 02 00", "06 18 00", "06 91 00", "06 b0 00"])
def test_what_is_only_acknowledged(register: Register, order: str) -> None:
    assert register.acknowledged(order)


@pytest.mark.parametrize("order", ["06 02 00", "06 18 00"], ids=["logged off", "reset"])
def test_who_is_not_registered_gets_no_payment(register: Register, order: str) -> None:
    register.order(REGISTER_IN_EURO)
    register.acknowledged(order)
    assert register.order("06 01 07 04 00 00 00 00 12 50") == ["84 6b 00"]


@pytest.mark.parametrize(
    ("order", "answer"),
    [("06 00 06 00 00 00 00 08 40", ["80 00", "06 1e 01 6f"]), ("06 30 00", ["84 83 00"])],
    ids=["dollars", "a reversal"],
)
def test_what_it_cannot_do_is_refused_by_the_protocols_own_code(register, order, answer) -> None:
    assert register.order(order) == answer
