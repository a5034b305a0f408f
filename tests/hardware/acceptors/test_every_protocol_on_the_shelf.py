"""Whatever protocol the configuration names, the core sees the same life of a note."""

import queue
import time
from pathlib import Path

import pytest

from hardware.acceptors.ccnet_sim import CcnetSim
from hardware.acceptors.ict_sim import IctSim
from hardware.acceptors.id003_sim import Id003Sim
from hardware.acceptors.ssp_sim import SspSim
from hardware.contracts import AtRest, Found, Held, Returned, Taken
from hardware.shelf import AcceptorPlan
from hardware.simulated import NotPossible
from kiosk.money import Money
from kiosk.site import BadConfiguration, load

NOTES = (1, 5, 10, 20, 50, 100)
PATIENCE_S = 60.0
SIMULATORS = {"ccnet": CcnetSim, "ssp": SspSim, "id003": Id003Sim, "ict": IctSim}


def plan(driver: str, port: Path) -> AcceptorPlan:
    rom = NOTES if driver == "ict" else ()
    return AcceptorPlan(driver, str(port), 9600, ("CNY",), NOTES, 500, rom)


class Lobby:
    def __init__(self, driver: str, folder: Path) -> None:
        self.sim = SIMULATORS[driver]("acceptor", folder / "acceptor")
        self.sim.start()
        self.sim.power_on() if not self.sim.state()["powered"] else None
        self.events: queue.SimpleQueue = queue.SimpleQueue()
        self.acceptor = plan(driver, folder / "acceptor").build("acceptor")
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


@pytest.fixture(params=SIMULATORS)
def lobby(request, tmp_path):
    lobby = Lobby(request.param, tmp_path)
    yield lobby
    lobby.close()


def test_one_note_is_taken_and_the_next_goes_back(lobby):
    lobby.until(Found)
    lobby.until(AtRest)
    lobby.acceptor.enable(Money.yuan(50))
    lobby.insert(2000)
    assert lobby.until(Held).value == Money.yuan(20)
    lobby.acceptor.take(1)
    assert lobby.until(Taken).value in (Money.yuan(20), None)
    lobby.acceptor.confirm()
    lobby.insert(1000)
    assert lobby.until(Held).value == Money.yuan(10)
    lobby.acceptor.give_back(2)
    lobby.until(Returned)
    state = lobby.sim.state()
    assert state["box"] == [2000] and state["inserted_fen"] == 3000


def test_the_table_of_a_rom_belongs_to_ict_and_to_no_other(tmp_path):
    text = (Path(__file__).parents[3] / "config" / "devices.toml").read_text()
    (tmp_path / "devices.toml").write_text(text.replace("# rom_yuan", "rom_yuan"))
    with pytest.raises(BadConfiguration, match="rom_yuan"):
        load(tmp_path)
