"""Whatever protocol the configuration names, the core sees the same life of a note."""

import queue
import time
import tomllib
from pathlib import Path

import msgspec
import pytest

from hardware.acceptors.sims import acceptor_sim
from hardware.contracts import AtRest, Found, Held, Lost, PulseSeen, Returned, Taken, Trouble
from hardware.shelf import AcceptorPlan, Shelf
from hardware.simulated import NotPossible
from kiosk.money import Money
from kiosk.site import BadConfiguration, load

CONFIG = Path(__file__).parents[3] / "config" / "devices.toml"
NOTES = (1, 5, 10, 20, 50, 100)
PATIENCE_S = 60.0
WITH_ESCROW = ("ccnet", "ssp", "id003", "ict", "ebds")
# What the commented lines of config/devices.toml say for each driver.
MORE = {
    "ict": {"rom_yuan": [100, 0, 50, 20, 10, 5, 1]},
    "ebds": {"rom_yuan": [1, 0, 5, 10, 20, 50, 100]},
    "pulse": {
        "pulse": {
            "pulse_line": 17,
            "inhibit_line": 27,
            "inhibit_level": 1,
            "yuan_per_pulse": 5,
            "pulse_ms": 50,
            "pause_ms": 100,
        },
        "notes_yuan": [5, 10, 20],
    },
}


def plan(driver: str, port: Path) -> AcceptorPlan:
    table = tomllib.loads(CONFIG.read_text())["acceptor"] | {"driver": driver, "port": str(port)}
    return msgspec.convert(table | MORE.get(driver, {}), AcceptorPlan)


class Lobby:
    def __init__(self, driver: str, folder: Path) -> None:
        made = plan(driver, folder / "acceptor")
        self.sim = acceptor_sim(made, folder / "acceptor")
        self.sim.start()
        self.events: queue.SimpleQueue = queue.SimpleQueue()
        self.acceptor = made.build("acceptor")
        self.acceptor.start(self.events.put)

    def until(self, kind):
        """The next event of this kind; those before it are passed over."""
        while not isinstance(event := self.events.get(timeout=PATIENCE_S), kind):
            pass
        return event

    def insert(self, fen: int) -> None:
        """As soon as the slot draws it in: it takes it, and nothing else is moving."""
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                if fen in self.sim.state()["enabled"]:
                    self.sim.do("insert", fen=fen)
                    return
            except NotPossible:
                pass
            assert time.monotonic() < end, self.sim.state()
            time.sleep(0.05)

    def close(self) -> None:
        self.acceptor.close()
        self.sim.stop()


@pytest.fixture(params=WITH_ESCROW)
def lobby(request, tmp_path):
    lobby = Lobby(request.param, tmp_path)
    yield lobby
    lobby.close()


def test_one_note_is_taken_and_the_next_goes_back(lobby):
    lobby.until(Found)
    lobby.until(AtRest)
    assert lobby.acceptor.capabilities.escrow
    lobby.acceptor.enable(Money.yuan(50))
    lobby.insert(2000)
    held = lobby.until(Held)
    assert held.value == Money.yuan(20)
    lobby.acceptor.take(held.note)
    assert lobby.until(Taken).value in (Money.yuan(20), None)
    lobby.acceptor.confirm()
    lobby.insert(1000)
    second = lobby.until(Held)
    assert second.value == Money.yuan(10)
    lobby.acceptor.take(held.note)  # comes late, for the note before
    lobby.acceptor.give_back(second.note)
    lobby.until(Returned)
    state = lobby.sim.state()
    assert state["box"] == [2000] and state["inserted_fen"] == 3000


def test_an_acceptor_by_pulses_says_that_it_has_no_escrow(tmp_path):
    lobby = Lobby("pulse", tmp_path)
    lobby.until(AtRest)
    assert not lobby.acceptor.capabilities.escrow
    assert lobby.sim.state()["enabled"] == [], "inhibited until the core wants money"
    lobby.acceptor.enable(Money.yuan(20))
    lobby.insert(1000)
    assert [lobby.until(PulseSeen).count for _ in range(2)] == [1, 2]
    taken = lobby.until(Taken)
    assert (taken.value, taken.code, taken.was_held) == (Money.yuan(10), 2, False)
    lobby.sim.do("unplug")
    assert lobby.until(Lost).trouble is Trouble.NO_PORT
    lobby.sim.do("plug")
    lobby.until(Found)
    lobby.close()


def test_every_kind_is_written_down_in_the_packaged_file(tmp_path):
    text = CONFIG.read_text()
    told = text.split("driver = ", 1)[1].split("\n", 1)[0]
    drivers = msgspec.inspect.type_info(AcceptorPlan).fields[0].type.values
    assert all(name in told for name in drivers)
    commented = text.replace("# [acceptor.pulse]", "[acceptor.pulse]")
    for key in (
        "pulse_line",
        "inhibit_line",
        "inhibit_level",
        "yuan_per_pulse",
        "pulse_ms",
        "pause_ms",
        "active",
    ):
        commented = commented.replace(f"# {key} ", f"{key} ")
    commented = commented.replace('driver = "ccnet"', 'driver = "pulse"')
    made = msgspec.convert(tomllib.loads(commented), Shelf).acceptor
    assert made.pulse.pulse_line == 17


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("rom_yuan = [1, 5, 10]", "rom_yuan"),
        ('hold = "5A"', "hold"),
        (
            "[acceptor.pulse]\npulse_line = 1\ninhibit_line = 2\ninhibit_level = 1\nyuan_per_pulse = 1\n"
            "pulse_ms = 50\npause_ms = 100\n",
            "pulse",
        ),
    ],
)
def test_what_belongs_to_another_driver_is_refused_by_name(tmp_path, line, word):
    text = CONFIG.read_text().replace("box_notes = 500 ", f"box_notes = 500\n{line}\n# ")
    (tmp_path / "devices.toml").write_text(text)
    with pytest.raises(BadConfiguration, match=word):
        load(tmp_path)
