"""The one way to the database file: a single writer thread that commits for many, and readers beside it.

SQLite in WAL with synchronous=FULL: what was answered is on the disk. The standard library's sqlite3 is used
on purpose and not apsw: Django opens the same file in the same process, and two copies of SQLite in one
process drop each other's POSIX locks (sqlite.org/howtocorrupt.html §2.2). Since that SQLite may be older than
3.51.3, every write and checkpoint, also one by another process, happens under one lock file, which rules
out the WAL-reset race.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]

DATABASE_FILE: Final = "central.sqlite3"
LOCK_FILE: Final = "write.lock"
JOBS_PER_COMMIT: Final = 64  # one flush to disk serves at most this many waiting kiosks
BUSY_TIMEOUT_S: Final = 30.0  # a migration by another process may hold the file this long


class Closed(Exception):
    """The server is stopping; nothing was written, the kiosk comes again."""


def connect(path: Path, *, writes: bool) -> sqlite3.Connection:
    """A connection in autocommit; the caller opens its transactions. Only a writer may checkpoint."""
    connection = sqlite3.connect(path, BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
    if not writes:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("PRAGMA query_only=ON")
    return connection


@contextlib.contextmanager
def write_lock(state: Path) -> Iterator[None]:
    """Held for each write of whichever process, see above."""
    with open(state / LOCK_FILE, "ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Ledger:
    """Database of a state folder. Start after the migrations have run; `close` when done."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._path = state / DATABASE_FILE
        self._jobs: queue.SimpleQueue[tuple[Job[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._open = True
        self._local = threading.local()
        self._readers = ThreadPoolExecutor(2, "central-reader")
        self._writer = threading.Thread(target=self._write_all, name="central-writer", daemon=True)
        self._writer.start()

    def submit(self, job: Job[T]) -> Future[T]:
        """Runs `job` in a commit; the result comes after the flush to disk. An error undoes that job alone."""
        done: Future[T] = Future()
        with self._gate:
            if not self._open:
                raise Closed("the server is stopping")
            self._jobs.put((job, done))
        return done

    async def write(self, job: Job[T]) -> T:
        return await asyncio.wrap_future(self.submit(job))

    async def read(self, job: Job[T]) -> T:
        return await asyncio.wrap_future(self._readers.submit(self._read, job))

    def look(self, job: Job[T]) -> T:
        """`read` for a thread that may wait."""
        return self._readers.submit(self._read, job).result()

    def close(self) -> None:
        """Finishes what was submitted."""
        with self._gate:
            self._open = False
            self._jobs.put(None)
        self._writer.join()
        self._readers.shutdown()

    def _read(self, job: Job[T]) -> T:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self._path, writes=False)
        return job(connection)

    def _write_all(self) -> None:
        connection = connect(self._path, writes=True)
        running = True
        while running:
            batch = []
            entry = self._jobs.get()
            while entry is not None:
                batch.append(entry)
                if len(batch) == JOBS_PER_COMMIT or self._jobs.empty():
                    break
                entry = self._jobs.get()
            running = entry is not None
            if batch:
                with write_lock(self._state):
                    _commit(connection, batch)
        connection.close()


def write_beside(state: Path, job: Job[T]) -> T:
    """One commit by a command, beside a server that may be running."""
    done: Future[T] = Future()
    with write_lock(state):
        connection = connect(state / DATABASE_FILE, writes=True)
        _commit(connection, [(job, done)])
        connection.close()
    return done.result()


def _commit(connection: sqlite3.Connection, batch: list[tuple[Job[Any], Future[Any]]]) -> None:
    results: list[tuple[Future[Any], Any, BaseException | None]] = []
    try:
        connection.execute("BEGIN IMMEDIATE")
        for job, done in batch:
            connection.execute("SAVEPOINT job")
            try:
                results.append((done, job(connection), None))
                connection.execute("RELEASE job")
            except Exception as error:
                connection.execute("ROLLBACK TO job")
                connection.execute("RELEASE job")
                results.append((done, None, error))
        connection.execute("COMMIT")
    except sqlite3.Error as error:  # disk full or failing: nobody gets a yes
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        results = [(done, None, error) for _, done in batch]
    for done, result, trouble in results:
        if trouble is None:
            done.set_result(result)
        else:
            done.set_exception(trouble)
