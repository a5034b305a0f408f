"""A server, or somebody in its place, that sends a byte now and then: the courier keeps its hands free."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.courier.__main__ import Courier
from kiosk.parcels import MAX_PARCEL_BYTES, Outcome, Send

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n"


@pytest.fixture(params=[b".", b"." * 1_000_000], ids=["it drips", "it pours"])
def endless(request: pytest.FixtureRequest) -> Iterator[str]:
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(HEAD)
            while not stop.wait(0.02):
                connection.sendall(request.param)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    stop.set()
    thread.join()
    listener.close()


def test_each_call_ends_in_its_time(endless: str) -> None:
    courier = Courier(Path("unused"), endless, "")
    brought = courier._delivered(Send("p", "heartbeat", "{}", "K0001", "00", timeout_s=0.3))
    assert brought.outcome is Outcome.NO_ANSWER and not brought.body
    assert "did not end in time" in brought.detail or str(MAX_PARCEL_BYTES // 2) in brought.detail
