"""One ASGI process, two rooms: `/v1/…` is the dock, everything else the office."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import socket
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import uvicorn
from django.core.asgi import get_asgi_application
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from central import purge
from central.dock import app as dock
from central.dock.room import Room
from central.gateway import SandboxProvider
from central.ledger import Ledger
from central.limits import ImpatientProtocol, SmallForms
from central.office import desk
from central.office.setup import HERE, STATIC_URL
from kiosk.identity import Signer, load_signer
from kiosk.rules.load import BadConfiguration

log = logging.getLogger(__name__)

CODE_SECRET_DOMAIN: Final = b"central-code-secret-1\0"
PURGE_CHECK_S: Final = 3600.0  # not at the start: whoever restores a backup may want to look at it first
STOP_WITHIN_S: Final = 10  # a charge that waits for the provider may still be answered


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def code_secret(signer: Signer) -> bytes:
    """Derived from the server's key (Ed25519 signatures are deterministic), so that there is one secret to keep."""
    return hashlib.sha256(bytes.fromhex(signer.sign(CODE_SECRET_DOMAIN))).digest()


def build(state: Path, training: bool = False) -> Starlette:
    """The office must be configured and migrated."""
    ledger = Ledger(state)
    signer = load_signer(state, create=True)
    secret = code_secret(signer)
    room = Room(ledger, signer, SandboxProvider(ledger, secret, now_ms), secret, now_ms, training)
    desk.open_desk(ledger, signer)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        letting_go = asyncio.create_task(_let_go_daily(state))
        yield
        letting_go.cancel()
        ledger.close()

    return Starlette(
        routes=[
            *dock.routes(room),
            Mount(STATIC_URL, StaticFiles(directory=HERE / "static")),
            Mount("/", SmallForms(get_asgi_application())),
        ],
        lifespan=life,
    )


async def _let_go_daily(state: Path) -> None:
    """Personal data whose time is over goes although nobody thinks of it."""
    while True:
        await asyncio.sleep(PURGE_CHECK_S)
        try:
            counts = await asyncio.to_thread(purge.daily, state, now_ms)
        except (sqlite3.Error, BadConfiguration, OSError) as error:
            log.error("personal data was not let go, it is tried again in an hour: %s", error)
        else:
            if counts is not None:
                log.info("personal data was let go: %s", counts)


def listen(host: str, port: int) -> socket.socket:
    """Port 0 takes a free one. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((host, port))
    sock.listen(128)
    return sock


def serve(state: Path, sock: socket.socket, training: bool = False) -> None:
    """Until SIGINT or SIGTERM."""
    config = uvicorn.Config(
        build(state, training),
        http=ImpatientProtocol,
        log_level="warning",
        access_log=False,
        # Who asks is decided by the connection alone: nobody may name himself loopback.
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )
    uvicorn.Server(config).run(sockets=[sock])
