"""The simulated acceptor that answers to a driver of `hardware.shelf`, set as the same plan says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from hardware.acceptors.ccnet_sim import CcnetSim
from hardware.acceptors.ccnet_sim_settings import Settings as CcnetSettings
from hardware.acceptors.ebds_sim import EbdsSim
from hardware.acceptors.ebds_sim_settings import Settings as EbdsSettings
from hardware.acceptors.ict_sim import IctSim
from hardware.acceptors.ict_sim_settings import Settings as IctSettings
from hardware.acceptors.id003_sim import Id003Sim
from hardware.acceptors.pulse_cable_sim import PulseCableSim
from hardware.acceptors.pulse_sim import Settings as PulseSettings
from hardware.acceptors.ssp_sim import SspSim
from hardware.acceptors.ssp_sim_settings import Settings as SspSettings
from hardware.shelf import AcceptorPlan
from hardware.simulated import Simulator

UNKNOWN_FEN: Final = (
    7  # what a type of the sheet is worth in the simulated unit when we do not take it: no note
)


# A real CCNET unit takes 1 to 40 s. There are hosts that ask once a second and wait until they have seen it initialise.
INIT_S: Final = 1.2


def _sheet(plan: AcceptorPlan) -> tuple[int, ...]:
    """Each type needs a value of its own, or nobody could tell which note was inserted."""
    return tuple(yuan * 100 or UNKNOWN_FEN + at for at, yuan in enumerate(plan.rom_yuan))


def _ccnet(link: Path, init_s: float) -> Simulator:
    return CcnetSim("acceptor", link, CcnetSettings(init_s=init_s))


def _ssp(plan: AcceptorPlan, link: Path) -> Simulator:
    if not plan.ssp_key:
        return SspSim("acceptor", link)
    return SspSim("acceptor", link, SspSettings(encryption="required", fixed_key=plan.ssp_key.upper()))


def _ict(plan: AcceptorPlan, link: Path) -> Simulator:
    return IctSim("acceptor", link, IctSettings(notes_fen=_sheet(plan), hold_codes=(int(plan.hold, 16),)))


def _ebds(plan: AcceptorPlan, link: Path) -> Simulator:
    return EbdsSim("acceptor", link, EbdsSettings(notes_fen=_sheet(plan)))


def _pulse(plan: AcceptorPlan, link: Path) -> Simulator:
    wiring = plan.pulse
    assert wiring is not None
    settings = PulseSettings(
        pulse_ms=wiring.pulse_ms,
        pause_ms=wiring.pause_ms,
        fen_per_pulse=wiring.yuan_per_pulse * 100,
        notes_fen=tuple(note.fen for note in plan.notes),
        idle_level=0 if wiring.active else 1,
    )
    return PulseCableSim("acceptor", link, settings)


_MAKERS: Final[dict[str, Callable[[AcceptorPlan, Path], Simulator]]] = {
    "ssp": _ssp,
    "id003": lambda plan, link: Id003Sim("acceptor", link),
    "ict": _ict,
    "ebds": _ebds,
    "pulse": _pulse,
}


def acceptor_sim(plan: AcceptorPlan | None, link: Path, init_s: float = INIT_S) -> Simulator:
    """Without a plan, the one that is configured where nobody changed anything. `init_s`: ccnet only."""
    if plan is None or plan.driver == "ccnet":
        return _ccnet(link, init_s)
    return _MAKERS[plan.driver](plan, link)
