"""Between kiosk and server: time that passes when told to, a courier that delivers when told to, and the real
server (dock, checks, tables) on a database in memory. No sockets, no threads."""

from __future__ import annotations

import asyncio
import heapq
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from starlette.requests import Request

from central.dock import app
from central.dock.enrolment import enrol, issue
from central.dock.room import Room
from central.gateway import SandboxProvider
from central.ledger import DATABASE_FILE
from central.projections import PROJECTED
from kiosk.identity import Identity, Signer
from kiosk.parcels import Brought, Enrol, Outcome, Send

KIOSK: Final = Signer(b"\x4b" * 32)
SERVER: Final = Signer(b"\x53" * 32)
NOW_MS: Final = 1_795_000_000_000
KEPT: Final = ("record", *PROJECTED)  # what records leave on the server


# ---- time


class Timer:
    def __init__(self, then: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        self.then, self.arguments, self.off = then, arguments, False

    def cancel(self) -> None:
        self.off = True


class Loop:
    """What `kiosk.post` needs of asyncio. A second passes when somebody says so."""

    def __init__(self) -> None:
        self.s, self._count = 0.0, 0
        self._timers: list[tuple[float, int, Timer]] = []

    def call_later(self, delay_s: float, then: Callable[..., None], *arguments: Any) -> Timer:
        timer = Timer(then, arguments)
        self._count += 1
        heapq.heappush(self._timers, (self.s + delay_s, self._count, timer))
        return timer

    def call_soon(self, then: Callable[..., None], *arguments: Any) -> Timer:
        return self.call_later(0, then, *arguments)

    def next(self) -> Timer | None:
        """Time passes up to the next timer, which is due then."""
        while self._timers:
            self.s, _, timer = heapq.heappop(self._timers)
            if not timer.off:
                return timer
        return None


@contextmanager
def running(loop: Loop) -> Iterator[None]:
    before = asyncio.events._get_running_loop()
    asyncio.events._set_running_loop(loop)  # type: ignore[arg-type]
    try:
        yield
    finally:
        asyncio.events._set_running_loop(before)


# ---- the server


@dataclass
class Server:
    """`write` and `read` are those of `central.ledger.Ledger`, without its threads."""

    db: sqlite3.Connection
    now_ms: int = NOW_MS
    full: bool = False  # the disk, at the next commit
    point: Callable[[str], None] = field(default=lambda where: None)

    def fork(self) -> Server:
        return Server(copied(self.db), self.now_ms)

    async def write(self, job: Callable[[sqlite3.Connection], Any]) -> Any:
        self.point("before the server's commit")
        full, self.full = self.full, False
        self.db.execute("BEGIN IMMEDIATE")
        try:
            result = job(self.db)
            if full:
                raise sqlite3.OperationalError("model: no space left on device")
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")
        self.point("after the server's commit")
        return result

    async def read(self, job: Callable[[sqlite3.Connection], Any]) -> Any:
        return job(self.db)

    def answer(self, parcel: Send, body: bytes | None = None) -> Brought:
        """The dock's own answer to this request, as its courier brings it."""
        self.now_ms += 1
        ledger: Any = self
        secret = bytes(32)
        gateway = SandboxProvider(ledger, secret, lambda: self.now_ms)
        room = Room(ledger, SERVER, gateway, secret, lambda: self.now_ms)
        raw = parcel.body.encode() if body is None else body
        headers = {"kiosk-id": parcel.kiosk, "kiosk-signature": parcel.signature}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": raw, "more_body": False}

        scope = {
            "type": "http", "method": "POST", "path": f"/v1/{parcel.call}", "path_params": {"call": parcel.call},
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip
        with patch.object(app, "run_in_threadpool", at_once):
            response = finished(app.routes(room)[0].endpoint(Request(scope, receive)))
        text, signature = bytes(response.body).decode(), response.headers.get("server-signature", "")
        return Brought(parcel.parcel, Outcome.ANSWERED, response.status_code, text, signature)

    # ---- what can be seen

    def hashes(self) -> list[str]:
        """Of the records, in order. They have no gap."""
        rows = self.db.execute("SELECT seq, hash FROM record ORDER BY seq").fetchall()
        assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1)), "records with a gap"
        return [row["hash"] for row in rows]

    def kept(self) -> dict[str, list[tuple[Any, ...]]]:
        """What is in the tables, but for when it came."""
        found = {}
        for table in KEPT:
            columns = [row["name"] for row in self.db.execute(f"PRAGMA table_info({table})")]
            columns = [name for name in columns if name not in ("id", "received_ms")]
            rows = self.db.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()
            found[table] = sorted((tuple(row) for row in rows), key=repr)
        return found

    def problems(self) -> set[str]:
        return {row["kind"] for row in self.db.execute("SELECT kind FROM problem")}


async def at_once(job: Callable[..., Any], *arguments: Any) -> Any:
    return job(*arguments)


def finished(waiting: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that waits for nobody."""
    try:
        waiting.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("the server waited for something that is not in this world")


def copied(db: sqlite3.Connection) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    db.backup(copy)
    copy.row_factory = sqlite3.Row
    return copy


@cache
def _enrolled() -> tuple[sqlite3.Connection, Identity]:
    """The schema as the migrations make it, the seed, and one enrolled kiosk. Once per process: it takes seconds."""
    with tempfile.TemporaryDirectory() as state:
        seed = (sys.executable, "-m", "central", "seed", "--state", state)
        subprocess.run(seed, check=True, capture_output=True)
        with closing(sqlite3.connect(Path(state) / DATABASE_FILE)) as source:
            db = copied(source)
    ask = Enrol(issue(db, "lobby", "", NOW_MS), KIOSK.public_key, "model")
    said = enrol(db, ask, SERVER.public_key, NOW_MS)
    assert not said.refused, said.refused
    return db, Identity(said.kiosk, said.epoch, said.site, KIOSK.public_key, SERVER.public_key)


def new_server() -> Server:
    return Server(copied(_enrolled()[0]))


def identity() -> Identity:
    return _enrolled()[1]
