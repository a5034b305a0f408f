"""Whoever may not sign in can still send: endless bodies, heads that never end, bodies that drip."""

import asyncio
import socket
from urllib.parse import urlsplit

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from central import limits
from central.limits import FORM_BYTES, ImpatientProtocol, SmallForms
from tests.central.support import TIMEOUT_S, PaperKiosk, Server

PATIENCE_S = 0.3  # instead of half a minute


def _open(server: Server) -> socket.socket:
    at = urlsplit(server.url)
    return socket.create_connection((at.hostname, at.port), timeout=TIMEOUT_S)


def _status(connection: socket.socket) -> int:
    line = b""
    while not line.endswith(b"\r\n"):
        byte = connection.recv(1)
        assert byte, f"closed after {line!r}"
        line += byte
    return int(line.split()[1])


@pytest.mark.parametrize("path", ["/sign-in", "/language", "/nothing-here"])
def test_a_form_of_a_gigabyte_is_refused_after_its_first_pieces(server: Server, path: str) -> None:
    with _open(server) as stranger:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {2**30}\r\n\r\n"
        stranger.sendall(head.encode() + b"a" * (FORM_BYTES + 1))
        assert _status(stranger) == 413


def test_a_form_of_the_office_still_arrives(server: Server, kiosk: PaperKiosk) -> None:
    fields = {"back": "/", "to": "en", "padding": "x" * (FORM_BYTES // 2)}
    answer = server.http.request(
        "POST", server.url + "/language", fields=fields, encode_multipart=False, redirect=False
    )
    assert answer.status == 403  # Django read it, and misses its token


async def _said(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def _bank(request: Request) -> PlainTextResponse:
    """Takes its time."""
    await asyncio.sleep(3 * PATIENCE_S)
    return await _said(request)


def _served(ask) -> list[object]:
    """What `ask(reader, writer)` says, for a server that is as ours but for its pages."""

    async def serve() -> list[object]:
        app = Starlette(
            routes=[
                Mount(
                    "/",
                    SmallForms(
                        Starlette(
                            routes=[
                                Route("/", _said, methods=["POST"]),
                                Route("/bank", _bank, methods=["POST"]),
                            ]
                        )
                    ),
                )
            ]
        )
        sock = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, http=ImpatientProtocol, log_level="warning"))
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        running = asyncio.create_task(server.serve(sockets=[sock]))
        reader, writer = await asyncio.open_connection(*sock.getsockname())
        try:
            return await asyncio.wait_for(ask(reader, writer), TIMEOUT_S)
        finally:
            writer.close()
            server.should_exit = True
            await running

    return asyncio.run(serve())


WHOLE = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok"


@pytest.mark.parametrize("begun", [b"", b"POST / HT", WHOLE.partition(b"\r\n\r\n")[0]])
def test_a_head_that_never_ends_is_hung_up(monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    monkeypatch.setattr(limits, "REQUEST_WITHIN_S", PATIENCE_S)

    async def ask(reader, writer):
        writer.write(begun)
        return [await reader.read()]

    assert _served(ask) == [b""]


def test_a_second_head_that_never_ends_is_hung_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUEST_WITHIN_S", PATIENCE_S)

    async def ask(reader, writer):
        writer.write(WHOLE)
        first = await reader.readuntil(b"\r\n\r\n2")
        writer.write(b"POST / HT")
        return [first.split()[1], await reader.read()]

    assert _served(ask) == [b"200", b""]


def test_a_body_that_drips_is_hung_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUEST_WITHIN_S", PATIENCE_S)

    async def ask(reader, writer):
        writer.write(WHOLE[:-1])
        return [await reader.read()]

    assert _served(ask) == [b""]


def test_a_request_that_is_being_answered_is_not_hung_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUEST_WITHIN_S", PATIENCE_S)

    async def ask(reader, writer):
        writer.write(WHOLE.replace(b"POST /", b"POST /bank"))
        return [(await reader.readline()).split()[1]]

    assert _served(ask) == [b"200"]
