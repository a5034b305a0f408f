"""The whole house for practice, as `kiosk train` starts it: real core, server, simulators, screens and mouse."""

import threading

import pytest

from kiosk.contract import Language
from kiosk.display import VirtualDisplay
from kiosk.identity import load_identity
from kiosk.printing import TRAINING_MARK
from kiosk.training import record, session, situations
from tests.scenarios.lobby import Lobby

pytestmark = pytest.mark.slow
A_NEW_WORLD_S = 2 * session.READY_S  # all processes stop and start again, beside other tests


@pytest.fixture(scope="module")
def lobby(tmp_path_factory):
    with VirtualDisplay(1280, 800) as display:
        lobby = Lobby(tmp_path_factory.mktemp("practice"), display, training=True)
        try:
            yield lobby
        finally:
            lobby.close()


@pytest.fixture(autouse=True)
def _at_home():
    """Nothing to agree about with a server: each situation begins a new world."""


def test_no_paper_is_practised_on_the_real_glass_and_recorded(lobby):
    told: list[str] = []
    verdict: list[bool] = []
    name = "paper-out"
    arguments = (
        lobby.house,
        name,
        situations.load()[name],
        "1001",
        Language.ZH,
        told.append,
        threading.Event(),
    )
    trainee = threading.Thread(target=lambda: verdict.append(session._one(*arguments)))
    trainee.start()
    lobby.until(
        lambda: told and lobby.devices.look("printer")["paper"] == "out", "it has begun", A_NEW_WORLD_S
    )
    lobby.until(
        lambda: {"training", "no_receipts"} <= set(lobby.look()["banners"]), "what stands above the page"
    )
    lobby.to_cash("W1002003001")
    lobby.insert(20, 10, 5, 1, 1, 1)
    lobby.page("receipt")
    lobby.devices.do("printer", "load_paper")
    trainee.join(60)
    assert verdict == [True], told
    assert load_identity(lobby.place.state).kiosk == "T0001"
    receipt = next(piece["text"] for piece in lobby.pieces() if "T0000" in piece["text"])
    assert receipt.count(TRAINING_MARK) == 2
    [made] = record.read(lobby.place.home)
    assert (made.by, made.situation, made.result, made.reached) == ("1001", name, "done", 3)
    logs = "".join(file.read_text("utf-8", "replace") for file in lobby.place.logs.iterdir())
    assert logs, "the processes have said something"
    for personal in (
        "1002003001",
        "张",
        "110199",
        "1990000",
    ):  # account, name, first digits of ID and telephone
        assert personal not in logs
