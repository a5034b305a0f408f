"""The network cable between kiosk and server is pulled, slow, or dies at the worst moment."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from hardware.network_sim import MOST_CONNECTIONS, NetworkPlug
from hardware.simulated import NotPossible

PATIENCE_S = 20  # only ever waited out when a test fails


class Server(socketserver.ThreadingTCPServer):
    """Answers each piece with the same in capital letters, and remembers what it got."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Shout)
        self.port = self.server_address[1]
        self.got = b""
        self.ended = threading.Semaphore(0)

    def wait_for_end(self) -> None:
        assert self.ended.acquire(timeout=PATIENCE_S)


class Shout(socketserver.BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        try:
            while piece := self.request.recv(65536):
                self.server.got += piece
                self.request.sendall(piece.upper())
        except OSError:
            pass
        finally:
            self.server.ended.release()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def plug(server: Server) -> Iterator[NetworkPlug]:
    plug = NetworkPlug("network", 0, server.port)
    plug.start()
    yield plug
    plug.stop()


def connected(plug: NetworkPlug) -> socket.socket:
    return socket.create_connection(("127.0.0.1", plug.listen_port), timeout=PATIENCE_S)


def all_that_comes(client: socket.socket) -> bytes:
    """Until the connection ends, however it ends."""
    got = b""
    try:
        while piece := client.recv(65536):
            got += piece
    except ConnectionError:
        pass
    return got


def test_what_goes_in_comes_out_both_ways_and_the_end_of_the_request_too(
    plug: NetworkPlug, server: Server
) -> None:
    letter = b"a note for the office\n" * 50_000
    with connected(plug) as client:
        threading.Thread(target=lambda: (client.sendall(letter), client.shutdown(socket.SHUT_WR))).start()
        assert all_that_comes(client) == letter.upper()
    assert server.got == letter
    state = plug.state()
    assert (state["bytes_up"], state["bytes_down"]) == (len(letter), len(letter))


def test_a_pulled_cable_ends_what_is_open_and_refuses_what_is_new(plug: NetworkPlug, server: Server) -> None:
    with connected(plug) as client:
        client.sendall(b"one")
        assert client.recv(3) == b"ONE"
        assert plug.do("unplug")["connections"] == 0
        assert all_that_comes(client) == b""
    server.wait_for_end()
    with pytest.raises(ConnectionRefusedError):
        connected(plug)
    # and plugged in again it is there at the same port
    port = plug.listen_port
    assert plug.do("plug")["listen_port"] == port
    with connected(plug) as client:
        client.sendall(b"two")
        assert client.recv(3) == b"TWO"


def test_no_power_is_no_network_whatever_the_cable_does(plug: NetworkPlug) -> None:
    plug.power_cut()
    plug.do("unplug")
    plug.do("plug")
    with pytest.raises(ConnectionRefusedError):
        connected(plug)
    plug.power_on()
    connected(plug).close()


def test_a_swallowed_answer_is_a_request_that_arrived(plug: NetworkPlug, server: Server) -> None:
    plug.do("swallow_answers", times=2)
    for _ in range(2):
        with connected(plug) as client:
            client.sendall(b"pay")
            assert all_that_comes(client) == b""
        server.wait_for_end()
    assert server.got == b"paypay"
    with connected(plug) as client:
        client.sendall(b"pay")
        assert client.recv(3) == b"PAY"


@pytest.mark.parametrize("limit", [0, 1, 700])
def test_a_request_is_cut_in_the_middle(plug: NetworkPlug, server: Server, limit: int) -> None:
    plug.do("cut_after", bytes=limit)
    with connected(plug) as client:
        client.sendall(b"x" * 1000)
        all_that_comes(client)
    server.wait_for_end()
    assert server.got == b"x" * limit
    assert plug.state()["faults"] == {}


def test_an_answer_is_cut_in_the_middle(plug: NetworkPlug, server: Server) -> None:
    plug.do("cut_after", bytes=300, way="down")
    with connected(plug) as client:
        client.sendall(b"x" * 1000)
        assert all_that_comes(client) == b"X" * 300


def test_a_slow_network_is_slow_and_nothing_else(plug: NetworkPlug) -> None:
    plug.do("delay", ms=150)
    with connected(plug) as client:
        began = time.monotonic()
        client.sendall(b"slow")
        assert client.recv(4) == b"SLOW"
        assert time.monotonic() - began >= 0.3  # there and back


def test_a_cable_can_be_pulled_while_bytes_are_delayed(plug: NetworkPlug, server: Server) -> None:
    plug.do("delay", ms=60_000)
    with connected(plug) as client:
        client.sendall(b"never")
        plug.do("unplug")
        assert all_that_comes(client) == b""
    assert server.got == b""


def test_behaving_again_ends_all_faults(plug: NetworkPlug) -> None:
    plug.do("delay", ms=60_000)
    plug.do("swallow_answers", times=5)
    plug.do("cut_after", bytes=0)
    assert len(plug.state()["faults"]) == 3
    assert plug.do("behave")["faults"] == {}
    with connected(plug) as client:
        client.sendall(b"fine")
        assert client.recv(4) == b"FINE"


def test_a_server_that_is_not_there_ends_the_connection() -> None:
    with socket.socket() as reserved:  # bound and never listening: nobody answers there
        reserved.bind(("127.0.0.1", 0))
        plug = NetworkPlug("network", 0, reserved.getsockname()[1])
        plug.start()
        with connected(plug) as client:
            assert all_that_comes(client) == b""
        plug.stop()


def test_more_connections_than_it_holds_are_ended_at_once(plug: NetworkPlug) -> None:
    held = [connected(plug) for _ in range(MOST_CONNECTIONS)]
    for client in held:
        client.sendall(b"a")
        assert client.recv(1) == b"A"
    with connected(plug) as one_more:
        assert all_that_comes(one_more) == b""
    held[0].sendall(b"b")
    assert held[0].recv(1) == b"B"
    for client in held:
        client.close()


def test_a_taken_port_is_an_error_at_start_and_a_reason_when_plugging(
    plug: NetworkPlug, server: Server
) -> None:
    second = NetworkPlug("second", plug.listen_port, server.port)
    with pytest.raises(OSError, match="in use"):
        second.start()
    second.stop()
    plug.do("unplug")
    with socket.socket() as thief:
        thief.bind(("127.0.0.1", plug.listen_port))
        thief.listen()
        with pytest.raises(NotPossible, match=str(plug.listen_port)):
            plug.do("plug")
    assert plug.do("plug")["plugged"]


@pytest.mark.parametrize(
    ("action", "given", "says"),
    [
        ("plug", {}, "in already"),
        ("power_on", {}, "power already"),
        ("cut", {}, "there are: behave, cut_after"),
        ("delay", {}, "ms"),
        ("delay", {"ms": -1}, ">= 0"),
        ("cut_after", {"bytes": 1, "way": "sideways"}, "sideways"),
    ],
)
def test_what_can_not_be_done_is_refused_with_a_reason(
    plug: NetworkPlug, action: str, given: dict[str, object], says: str
) -> None:
    with pytest.raises(NotPossible, match=says):
        plug.do(action, **given)
