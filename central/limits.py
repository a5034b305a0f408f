"""How long a request may take to arrive, and how large a form may be: a stranger holds no connection and fills no disk.

uvicorn waits for ever for a request's head; Django writes a body of any length to disk before it asks whose it is."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_WITHIN_S: Final = 30.0  # head and body; a kiosk gives up after 10 s by itself (kiosk.post.CALL_S)
FORM_BYTES: Final = 64 * 1024  # the longest form of the office has a cause and a token


class TooLarge(Exception):
    """The body has more bytes than it may."""


class Disconnected(Exception):
    """The connection ended within the body."""


async def whole_body(receive: Receive, most_bytes: int) -> bytes:
    """Stops reading as soon as it is too much, whatever length was announced. Raises TooLarge, Disconnected."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        part = message.get("body", b"")
        size += len(part)
        if size > most_bytes:
            raise TooLarge
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


class SmallForms:
    """ASGI: what stands behind it gets each body whole and not too large, or does not hear of the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await whole_body(receive, FORM_BYTES)
        except TooLarge:
            await PlainTextResponse(f"more than {FORM_BYTES} bytes", 413)(scope, receive, send)
        except Disconnected:
            pass
        else:
            await self._app(scope, _beginning_with(body, receive), send)


def _beginning_with(body: bytes, receive: Receive) -> Receive:
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again


class ImpatientProtocol(H11Protocol):
    """uvicorn's, but a connection on which no whole request comes within `REQUEST_WITHIN_S` is closed."""

    _answered = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._expect_request()

    def on_response_complete(self) -> None:
        self._answered += 1
        self._expect_request()
        super().on_response_complete()

    def _expect_request(self) -> None:
        self.loop.call_later(REQUEST_WITHIN_S, self._close_unless_whole, self._answered, self.cycle)

    def _close_unless_whole(self, answered: int, last: Any) -> None:
        """Each head makes a cycle of its own, which knows whether its body is still coming."""
        if answered == self._answered and (self.cycle is last or self.cycle.more_body):
            self.transport.close()
