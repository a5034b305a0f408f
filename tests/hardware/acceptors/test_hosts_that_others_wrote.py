"""Given a host that somebody else wrote to the same protocol, then the simulated unit serves it as a real one would.

What such hosts say is here as bytes, from the protocols: commands with a byte too many, no acknowledgement, set-up that
we never send, other orders, other starts of the sequence, writes in pieces. Public hosts do each of these
(docs/proof/strangers.md). A session reads:

    > 33 41 < 10      the host says, the unit answers; checks and lengths are added
    > 34 | 00 …       the write is cut there
    < 81 05 …         more may follow
    0.3 s             time goes by
    insert fen=1000   hands
"""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from hardware.acceptors import (
    ccnet_sim_settings,
    ebds_sim_settings,
    ict_sim_settings,
    id003_sim_settings,
    ssp_sim_settings,
)
from hardware.acceptors.ccnet_sim import CcnetSim
from hardware.acceptors.ebds_sim import EbdsSim
from hardware.acceptors.ict_sim import IctSim
from hardware.acceptors.id003_sim import Id003Sim
from hardware.acceptors.ssp_sim import SspSim
from tests.hardware.acceptors import ccnet_by_hand, ebds_sim_by_hand, id003_sim_by_hand, ssp_sim_by_hand
from tests.hardware.acceptors.sim_bench import PATIENCE_S, SimBench


class Tongue(NamedTuple):
    sim: Callable[..., Any]
    settings: Callable[[], msgspec.Struct]
    frame: Callable[[bytes], bytes]  # what stands in a session → what goes over the wire
    said: Callable[[bytes], bytes]  # and back, from a whole frame


def _unstuffed(raw: bytes) -> bytes:
    return raw[1:].replace(b"\x7f\x7f", b"\x7f")


TONGUES = {
    "ccnet": Tongue(CcnetSim, ccnet_sim_settings.Settings, ccnet_by_hand.frame, lambda raw: raw[3:-2]),
    "ssp": Tongue(  # the byte with the flag, then the data
        SspSim,
        ssp_sim_settings.Settings,
        lambda said: ssp_sim_by_hand.frame(said[1:], said[0] >> 7),
        lambda raw: _unstuffed(raw)[:1] + _unstuffed(raw)[2:-2],
    ),
    "id003": Tongue(Id003Sim, id003_sim_settings.Settings, id003_sim_by_hand.frame, lambda raw: raw[2:-2]),
    "ebds": Tongue(  # the control byte, then the data
        EbdsSim,
        ebds_sim_settings.Settings,
        lambda said: ebds_sim_by_hand.frame(said[0], said[1:]),
        lambda raw: raw[2:-2],
    ),
    "ict": Tongue(IctSim, ict_sim_settings.Settings, bytes, bytes),  # bytes are bytes
}

SESSIONS = {
    "ccnet, a byte too many behind each command, nothing acknowledged but a note": """
        > 33 41 < 10
        > 30 41 < 00
        > 33 41 < 13
        0.3 s
        > 33 41 < 19
        > 34 ff ff ff ff ff ff < 00
        > 33 41 < 14
        insert fen=1000
        > 33 41 < 15
        0.2 s
        > 33 41 < 80 02
        > 35 < 00
        0.3 s
        > 33 41 < 81 02
        > 33 41 < 81 02
        > 00
        > 33 41 < 14
    """,
    "ccnet, everything is asked and set before the first note, each answer acknowledged, writes in pieces": """
        > 33 < 10
        > 00
        > 30 < 00
        > 33 < 13
        > 00
        > 31 < 00 00 00 00 00 00
        > 00
        > 32 00 00 00 < 00
        > | 37 < 53 4d 2d 43 4e …
        > 00
        > 41 < 01 43 4e 59 00 05 43 4e 59 00 01 43 4e 59 01 …
        > 00
        0.3 s
        > 33 < 19
        > 34 00 | 00 3f 00 | 00 3f < 00
        > 31 < 00 00 3f 00 00 00
        > 33 < 14
    """,
    "ccnet, enabled at once behind the reset and without escrow, and never again: notes go straight in": """
        > 33 < 10
        > 00
        > 30 < 00
        > 34 ff ff ff 00 00 00 < 00
        > 31 < ff ff ff 00 00 00
        > 00
        0.3 s
        > 33 < 14
        insert fen=2000
        > 33 < 15
        0.6 s
        > 33 < 81 03
        > 00
        > 33 < 14
    """,
    "ccnet, held, given back, pushed out; an answer that was not understood is asked for again": """
        > 30 < 00
        0.3 s
        > 34 00 00 3f 00 00 3f < 00
        insert fen=100
        0.2 s
        > 33 < 80 00
        > 38 < 00
        > 33 < 1a
        > 36 < 00
        0.2 s
        > 33 < 82 00
        > ff
        > 33 < 82 00
        > 00
        > 33 < 14
        pull_note
        insert_bad reason="optic" fen=100
        0.2 s
        > 33 < 1c 67
        > ff
        > 33 < 1c 67
    """,
    "ccnet, notes go in without escrow": """
        > 30 < 00
        0.3 s
        > 34 00 00 3f 00 00 00 < 00
        insert fen=10000
        0.2 s
        > 33 < 17
        0.3 s
        > 33 < 81 05
        > 00
        > 33 < 14
    """,
    "ssp, no SYNC and the flag begins at 0": """
        0.3 s
        > 00 05 < 00 f0 00 30 31 30 30 43 4e 59 …
        > 80 02 3f 00 < 80 f0
        > 00 0a < 00 f0
        > 80 07 < 80 f0 f1
        > 00 07 < 00 f0
    """,
    "ssp, all that may be asked of a validator": """
        0.3 s
        > 80 11 < 80 f0
        > 00 06 09 < 00 f8
        > 80 06 06 < 80 f0
        > 00 0c < 00 f0 00 29 8a a6
        > 80 0d < 80 f0 00 30 31 30 30 43 4e 59 00 00 01 06
        > 00 0e < 00 f0 06 01 05 0a 14 32 64 …
        > 80 0f < 80 f0 06 02 02 02 02 02 02
        > 00 17 < 00 f0 10
        > 80 18 < 80 f5
        > 00 08 < 00 f5
        > 80 20 < 80 f0 …
        > 00 21 < 00 f0 43 4e 59 …
        > 80 23 < 80 f0 00 …
        > 00 25 < 00 f0 fe
        > 80 4f < 80 f0 00 …
        > 00 54 ff 00 00 00 < 00 f0
        > 80 03 < 80 f0
        > 00 04 < 00 f0
        > 80 58 < 80 f0 05 …
        > 00 56 < 00 fa
    """,
    "ssp, a key is agreed on and all goes on in clear": """
        0.3 s
        > 80 11 < 80 f0
        > 00 4a c5 05 8f 3a 00 00 00 00 < 00 f0
        > 80 4b 8d a6 13 00 00 00 00 00 < 80 f0
        > 00 4c fe b4 10 00 00 00 00 00 < 00 f0 …
        > 80 05 < 80 f0 00 …
        > 00 02 ff ff < 00 f0
        > 80 0a < 80 f0
        > 00 07 < 00 f0 f1
    """,
    "ssp, a question that was lost comes again, in pieces, and is carried out once": """
        0.3 s
        > 80 11 < 80 f0
        > 00 02 ff ff < 00 f0
        > 80 0a < 80 f0
        > 00 07 < 00 f0 f1
        insert fen=500
        0.2 s
        > 80 07 < 80 f0 ef 02
        > 80 | 07 < 80 f0 ef 02
        > 00 18 < 00 f0
        > 80 08 < 80 f0
        > 00 07 < 00 f0 ed
        0.2 s
        > 80 07 < 80 f0 ec
        > 00 17 < 00 f0 08
    """,
    "id003, every setting is sent, those for bar codes too, and interrupts are asked for": """
        > 11 < 40
        > 88 < 88 46 4c …
        > 40 < 50
        > 11 < 1b
        > c0 82 00 < c0 82 00
        > c1 00 00 < c1 00 00
        > c4 00 < c4 00
        > c5 00 00 < c5 00 00
        > c3 00 < c3 00
        > c6 01 12 < c6 01 12
        > c7 00 < c7 00
        > c2 01 < 4b
        > 8a < 8a 61 2d 01 00 …
        > 86 < 86 01 12
        > 87 < 87 00
        1 s
        > 11 < 11
        insert fen=1000
        > 11 < 12
        0.2 s
        > 11 < 13 63
        > 42 < 50
        0.3 s
        > 11 < 15
        > 50
        > 11 < 16
    """,
    "id003, the settings are left as they are, a note is stacked at the lever and one given back": """
        > 11 < 40
        > 40 < 50
        > c3 00 < c3 00
        1 s
        insert fen=100
        0.2 s
        > 11 < 13 61
        > 41 < 50
        0.2 s
        > 11 < 15
        > 50
        0.2 s
        > 11 < 16
        0.2 s
        insert fen=500
        0.2 s
        > 11 < 13 62
        > 44 < 50
        > 11 < 19
        > 43 < 50
        > 11 < 18
    """,
    "ebds, no escrow, no policy, and the toggle begins at 1": """
        > 11 7f 00 00 < 21 01 10 01 00 01 02
        1 s
        > 10 7f 00 00 < 20 01 10 00 00 01 02
        insert fen=1000
        > 11 7f 00 00 < 21 02 10 00 00 01 02
        0.3 s
        > 10 7f 20 00 < 20 08 10 00 00 01 02
        0.4 s
        > 11 7f 00 00 < 21 11 10 18 00 01 02
        > 10 7f 00 00 < 20 01 10 00 00 01 02
    """,
    "ebds, a reset first, then nothing for seconds; the order to stack stands in every message": """
        > 60 7f 7f 7f
        3 s
        > 10 7f 30 00 < 20 01 10 01 00 01 02
        1 s
        > 11 7f 30 00 < 21 01 10 00 00 01 02
        insert fen=2000
        0.2 s
        > 10 7f 10 00 < 20 04 10 20 00 01 02
        > 11 7f 30 00 < 21 08 10 00 00 01 02
        0.4 s
        > 10 7f 30 00 < 20 11 10 20 00 01 02
    """,
    "ebds, the order to stack stands in every message, yet the note is shown before it goes": """
        > 10 7f 30 00 < 20 01 10 01 00 01 02
        1 s
        > 11 7f 30 00 < 21 01 10 00 00 01 02
        insert fen=2000
        > 10 7f 30 00 < 20 02 10 00 00 01 02
        0.3 s
        > 11 7f 30 00 < 21 04 10 20 00 01 02
        > 10 7f 30 00 < 20 08 10 00 00 01 02
        0.4 s
        > 11 7f 30 00 < 21 11 10 20 00 01 02
        > 10 7f 30 00 < 20 01 10 00 00 01 02
    """,
    "ebds, what the unit is, its table of notes one by one, and each note in full": """
        > 10 00 00 10 < 20 01 10 01 20 01 02
        1 s
        > 61 00 00 00 < 61 …
        > 60 00 00 08 < 60 43 4e 59 2d 53 49 4d …
        > 61 00 00 0d < 61 00 00 00 00 00 00
        > 60 00 00 05 < 20 01 10 02 20 01 02
        > 71 02 7f 10 10 01 < 71 02 01 10 00 00 01 02 01 43 4e 59 30 30 31 2b 30 30 …
        > 70 02 7f 10 10 06 < 70 02 01 10 00 00 01 02 06 43 4e 59 30 30 31 2b 30 32 …
        > 71 02 7f 10 10 07 < 71 02 01 10 00 00 01 02 07 00 00 00 …
        > 70 03 7f 10 10 08 00 00 00 < 20 01 10 00 00 01 02
        insert fen=1000
        > 11 7f 10 10 < 21 02 10 00 00 01 02
        0.3 s
        0.2 s
        > 10 7f 10 10 < 20 01 12 00 00 01 02
        pull_note
        insert fen=2000
        0.2 s
        > 11 7f 10 10 < 71 02 04 10 00 00 01 02 00 43 4e 59 30 30 32 2b 30 31 …
        > 10 7f 30 10 < 20 08 10 00 00 01 02
        0.4 s
        > 11 7f 10 10 < 71 02 11 10 00 00 01 02 00 43 4e 59 30 30 32 2b 30 31 …
        > 10 7f 10 10 < 20 01 10 00 00 01 02
    """,
    "ict, each of the two bytes of a start is answered": """
        < 80 8f
        > 02 | 02
        > 0c < 3e
        insert fen=1000
        0.3 s
        tick
        < 81 42
        > 02
        0.3 s
        0.2 s
        tick
        < 10
    """,
    "ict, it came too late for the start and asks for another": """
        < 80 8f
        3 s
        tick
        > 0c < 5e
        > 30 < 80 8f
        > 02
        > 3e
        > 0c < 3e
        > 5e
        > 0c < 5e
    """,
}


class Session:
    def __init__(self, folder: Path, tongue: Tongue) -> None:
        self._tongue = tongue
        self._bench: SimBench[Any] = SimBench(
            folder, lambda link, clock: tongue.sim("acceptor", link, tongue.settings(), clock=clock)
        )

    def play(self, text: str) -> None:
        for line in text.strip().splitlines():
            self._step(line.strip())
        assert self._bench.hears_nothing(), "more was said than a host would understand"

    def _step(self, line: str) -> None:
        if line[0] in "<>":
            said, _, answer = line.partition("<")
            if said:
                self._say(said.removeprefix(">"))
            if answer:
                self._hear(answer, line)
            else:
                self._bench.flush()
        elif line.endswith(" s"):
            self._bench.later(float(line.removesuffix(" s")))
        elif line == "tick":
            self._bench.sim.tick()
        else:
            action, *given = line.split()
            self._bench.do(
                action, **{name: _value(value) for name, _, value in (g.partition("=") for g in given)}
            )

    def _say(self, text: str) -> None:
        frame = self._tongue.frame(bytes.fromhex(text.replace("|", "")))
        cuts = text.count("|")
        for piece in range(cuts + 1):
            self._bench.send(frame[len(frame) * piece // (cuts + 1) : len(frame) * (piece + 1) // (cuts + 1)])
            self._bench.flush()

    def _hear(self, text: str, line: str) -> None:
        expected, more = text.replace("…", ""), "…" in text
        size, heard = len(bytes.fromhex(expected)), b""
        while len(heard) < size:
            heard += self._frame()
        assert (heard[:size] if more else heard).hex(" ") == expected.strip(), line

    def _frame(self) -> bytes:
        """A frame is whole as soon as what it says makes just this frame."""
        raw = b""
        while not (said := self._tongue.said(raw)) or self._tongue.frame(said) != raw:
            assert select.select([self._bench.port], [], [], PATIENCE_S)[0], (
                f"nothing more after {raw.hex(' ')}"
            )
            raw += os.read(self._bench.port, 1)
        return said

    def close(self) -> None:
        self._bench.close()


def _value(text: str) -> Any:
    return int(text) if text.isdigit() else text.strip('"')


@pytest.mark.parametrize("situation", SESSIONS)
def test_a_host_that_somebody_else_wrote_is_served(tmp_path: Path, situation: str) -> None:
    session = Session(tmp_path, TONGUES[situation.partition(",")[0]])
    try:
        session.play(SESSIONS[situation])
    finally:
        session.close()
