import pytest

from kiosk.display import VirtualDisplay
from tests.scenarios.lobby import Lobby


@pytest.fixture(scope="module")
def lobby(tmp_path_factory):
    """One kiosk for all stories of a file: bills that one story pays are not due in the next."""
    with VirtualDisplay(1280, 800) as display:
        lobby = Lobby(tmp_path_factory.mktemp("lobby"), display)
        try:
            yield lobby
        finally:
            lobby.close()


@pytest.fixture(autouse=True)
def _at_home(lobby):
    lobby.ready()
    yield
    lobby.agree()
