"""A unit set to encryption: a key is agreed on, everything is encrypted and counted, and both may lose it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.acceptors.essp import FIXED_KEY, Aes, is_prime
from hardware.acceptors.ssp_driver import SspAcceptor
from hardware.acceptors.ssp_frames import Decoder
from hardware.acceptors.ssp_sim import SspSim
from hardware.acceptors.ssp_sim_settings import Settings
from hardware.contracts import AtRest, Found, Held, Lost, Returned, Taken, Trouble
from kiosk.money import Money
from tests.hardware.acceptors.no_time import NOTES, Kiosk, World

TWENTY = Money.yuan(20)
ENCRYPTED = 0x7E


def unit(**settings: str) -> World:
    made = Settings(**({"encryption": "required"} | settings))  # type: ignore[arg-type]
    return World(lambda clock, cable: SspSim("acceptor", Path(), made, clock=clock, port=cable.make))


def kiosk_at(sim: World, key: int | None = FIXED_KEY) -> Kiosk:
    driver = SspAcceptor("acceptor", "", 9600, ["CNY"], NOTES, key, line=sim.cable, clock=sim.clock)
    return Kiosk(sim, driver)


def opened(sim: World, kiosk: Kiosk) -> None:
    kiosk.hears(AtRest)
    kiosk.driver.enable(TWENTY)
    sim.until(lambda: sim.state()["state"] == "idle" and bool(sim.state()["enabled"]), "open for notes")


def pays(sim: World, kiosk: Kiosk) -> None:
    sim.until(lambda: sim.state()["state"] == "idle" and bool(sim.state()["enabled"]), "open for notes")
    sim.do("insert", fen=2000)
    kiosk.hears(Held)
    kiosk.take()
    assert kiosk.hears(Taken).value == TWENTY


def test_notes_are_taken_and_given_back_and_nothing_goes_in_clear() -> None:
    sim = unit()
    said: list[bytes] = []
    hear = sim.sim._on_bytes
    kiosk = kiosk_at(sim)
    sim.cable._hear = lambda data: (said.append(data), hear(data))[1]
    opened(sim, kiosk)
    for _ in range(3):
        pays(sim, kiosk)
    sim.until(lambda: sim.state()["state"] == "idle", "idle")
    sim.do("insert", fen=1000)
    kiosk.hears(Held)
    kiosk.give_back()
    kiosk.hears(Returned)
    assert sim.state()["box"] == [2000] * 3
    codes = [frame.data[0] for data in said for frame in Decoder().feed(data)]
    assert set(codes) <= {0x11, 0x4A, 0x4B, 0x4C, ENCRYPTED}
    kiosk.close()


def test_a_plain_host_is_told_what_the_unit_wants() -> None:
    kiosk = kiosk_at(unit(), key=None)
    lost = kiosk.hears(Lost)
    assert lost.trouble is Trouble.WRONG_DEVICE and "eSSP" in lost.detail


def test_another_fixed_key_is_never_understood_and_takes_no_money() -> None:
    sim = unit(fixed_key="FEDCBA9876543210")
    kiosk = kiosk_at(sim)
    assert kiosk.hears(Lost).trouble in (Trouble.SILENT, Trouble.GARBAGE)
    sim.for_s(60.0)
    assert not kiosk.all(Found) and not sim.state()["enabled"]


def test_a_unit_that_only_speaks_plain_ssp_is_named() -> None:
    kiosk = kiosk_at(unit(encryption="none"))
    assert kiosk.hears(Lost).trouble is Trouble.WRONG_DEVICE


@pytest.mark.parametrize("fault", ["desync", "lose_key", "power"])
@pytest.mark.parametrize("moment", ["idle", "holding", "stacking", "past_lever"])
def test_counts_go_apart_or_the_key_is_lost(fault: str, moment: str) -> None:
    sim = unit()
    kiosk = kiosk_at(sim)
    opened(sim, kiosk)

    def strike() -> None:
        if fault != "power":
            sim.do(fault)
            return
        sim.do("power_cut")
        sim.for_s(3.0)
        sim.do("power_on")

    if moment == "idle":
        strike()
    else:
        sim.do("insert", fen=2000)
        kiosk.hears(Held)
        if moment != "holding":
            kiosk.take()
            sim.until(lambda: sim.state()["state"] in (moment, "past_lever", "idle"), moment)
        strike()
    sim.for_s(40.0)
    if sim.state()["mouth"]:
        sim.do("pull_note")
    taken = sum(event.value.fen for event in kiosk.all(Taken) if event.value)
    assert taken <= sum(sim.state()["box"])
    assert sim.state()["counter"] == kiosk.all(AtRest)[-1].counter
    pays(sim, kiosk)


@pytest.mark.parametrize("fault", ["drop_replies", "corrupt", "deaf", "repeat"])
def test_the_same_packet_again_is_the_same_bytes_and_one_note(fault: str) -> None:
    sim = unit()
    kiosk = kiosk_at(sim)
    opened(sim, kiosk)
    for _ in range(3):
        sim.until(lambda: sim.state()["state"] == "idle", "idle")
        sim.do("insert", fen=2000)
        kiosk.hears(Held)
        sim.do(fault, times=2)
        kiosk.take()
        kiosk.hears(Taken)
    sim.until(lambda: sim.state()["state"] == "idle", "idle")
    assert sim.state()["box"] == [2000] * len(kiosk.all(Taken))


def test_the_cipher_is_the_one_of_the_standard() -> None:
    """FIPS 197, appendix C.1."""
    cipher = Aes(bytes(range(16)))
    clear = bytes.fromhex("00112233445566778899aabbccddeeff")
    assert cipher.encrypt(clear).hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"
    assert cipher.decrypt(cipher.encrypt(clear)) == clear


def test_primes_are_primes() -> None:
    small = [number for number in range(2000) if is_prime(number)]
    assert len(small) == 303 and small[-1] == 1999
    assert is_prime(982451653) and is_prime((1 << 61) - 1)
    assert not is_prime(3215031751) and not is_prime(341550071728321), "they fool the first bases"
