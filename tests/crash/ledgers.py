"""Where the facts are kept: in memory for most stories, in the real journal on real SQLite for a share of them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Final

from kiosk import codec, day_report
from kiosk import facts as f
from kiosk.books import added_up
from kiosk.clock import Clock
from kiosk.facts.office import Purpose
from kiosk.flow.machine import evolve
from kiosk.flow.state import State
from kiosk.flow.stimuli import DayAddedUp
from kiosk.identity import Identity, Signer
from kiosk.journal import snapshot
from kiosk.journal.store import Journal, NotWritten
from tests.crash.books import Books, require

MEMORY: Final = Path("/dev/shm")  # a cut inside SQLite is for power.py; here the disk does as it is told
SIGNER: Final = Signer(b"\x4b" * 32)
IDENTITY: Final = Identity("K0001", 1, "lobby", SIGNER.public_key, Signer(b"\x53" * 32).public_key)


def folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="crash-", dir=MEMORY if MEMORY.is_dir() else None))


def copied(home: Path) -> Path:
    """All that a cut leaves of a folder between two commits; the files may be open."""
    copy = folder()
    for path in home.iterdir():
        shutil.copyfile(path, copy / path.name)
    return copy


@dataclass
class Ledger:
    """The journal's interface in memory, each fact through its bytes and back. `fault` is what the disk does
    at the next write: "full" refuses until it is repaired, "once" refuses once, "perhaps" reports an error
    and may have written all the same, which nobody knows before the next start; "unreadable" refuses to open
    until it is repaired."""

    facts: list[f.Durable] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)  # how many facts there were after each commit
    books: Books = field(default_factory=Books)
    fault: str = ""
    perhaps: list[f.Durable] = field(default_factory=list)

    def fork(self) -> Ledger:
        return Ledger(self.facts.copy(), self.ends.copy(), self.books.fork(), self.fault, self.perhaps)

    def append(self, facts: Sequence[f.Durable]) -> list[f.Durable]:
        through = [codec.decode(codec.encode(fact), type(fact)) for fact in facts]
        require(list(facts) == through, f"comes back from the disk as another fact: {facts} {through}")
        if self.fault == "full":
            raise NotWritten("model: no space left on device")
        if self.fault:
            self.perhaps = through if self.fault == "perhaps" else []
            self.fault = ""
            raise NotWritten("model: input/output error")
        self.perhaps = []  # the place on the disk is taken by what follows
        return self._commit(through)

    def _commit(self, facts: list[f.Durable]) -> list[f.Durable]:
        written = self.write(facts)
        self.books.commit(written)
        self.facts += written
        self.ends.append(len(self.facts))
        return written

    def start(self, was_written: bool, clock: Clock) -> None:
        """A new life of the core: what the disk said it had not written is there after all, or is not."""
        self.open(clock)
        if self.perhaps and was_written:
            self._commit(self.perhaps)
        self.perhaps = []

    # ---- what `OnDisk` does otherwise

    def write(self, facts: list[f.Durable]) -> list[f.Durable]:
        return facts

    def open(self, clock: Clock) -> None:
        pass

    def recover(self, empty: State) -> State:
        return reduce(evolve, self.facts, empty)

    def added_up(self, purpose: Purpose) -> DayAddedUp:
        """What the core does outside of the flow."""
        report = day_report.fold(self.facts)
        return DayAddedUp(purpose, report.figures, report.standing, 0)

    def verify(self) -> None:
        pass

    def gone(self) -> None:
        """This world is over."""


@dataclass
class OnDisk(Ledger):
    """The same with the real journal underneath: chained, signed, on SQLite, opened again by each life. A fork
    is a copy of its files."""

    home: Path = field(default_factory=folder)
    journal: Journal | None = None

    @property
    def path(self) -> Path:
        return self.home / "journal.db"

    def fork(self) -> OnDisk:
        home = copied(self.home)
        return OnDisk(
            self.facts.copy(), self.ends.copy(), self.books.fork(), self.fault, self.perhaps, home
        )  # fmt: skip

    def open(self, clock: Clock) -> None:
        if self.journal is not None:
            self.journal.close()
        if not self.path.exists():
            Journal.create(self.path, IDENTITY)
        self.journal = Journal.open(self.path, IDENTITY, SIGNER, clock)

    def write(self, facts: list[f.Durable]) -> list[f.Durable]:
        assert self.journal is not None, "the core is up"
        return self.journal.append(facts)

    def recover(self, empty: State) -> State:
        """By the journal itself, and a snapshot whenever one is possible: the next life begins with it."""
        assert self.journal is not None, "the core is up"
        found = self.journal.recover(empty)
        require(
            found == super().recover(empty), "the journal makes of its records another state than its facts"
        )
        if self.facts and self.journal.recovered is not None and snapshot.possible(found, empty):
            self.journal.keep(self.journal.recovered)
        return found

    def added_up(self, purpose: Purpose) -> DayAddedUp:
        assert self.journal is not None, "the core is up"
        return added_up(self.journal, purpose)

    def verify(self) -> None:
        assert self.journal is not None, "the core is up"
        records, _ = self.journal.verify()
        require(records == len(self.facts), f"{len(self.facts)} facts were written, {records} are verified")
        balances = self.journal.balances()
        for account, fen in self.books.balances.items():
            require(balances[account] == fen, f"{account}: {fen} by hand, {balances[account]} in the journal")

    def gone(self) -> None:
        if self.journal is not None:
            self.journal.close()
            self.journal = None
        shutil.rmtree(self.home, ignore_errors=True)
