"""A kiosk without glass and devices: real engine, journal, post and outbox, and the socket for the real courier."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from central.ledger import DATABASE_FILE, connect
from central.totals import totals
from kiosk import contract as c
from kiosk import site as site_module
from kiosk.contract import Hello
from kiosk.core import COURIER_USER
from kiosk.courier.enrol import enrol
from kiosk.facts import Account
from kiosk.flow.stimuli import WriteFailed
from kiosk.identity import load_identity, load_signer
from kiosk.journal.store import JOURNAL_FILE
from kiosk.links import Link, Peer, allowed_users
from kiosk.outbox import Outbox
from kiosk.parcels import MAX_PARCEL_BYTES, Brought, WireRecord
from kiosk.post import Pace, Post
from kiosk.simulation import simulated
from tests.central.support import Server
from tests.kiosk.world import Clock, Kiosk, bill, own_numbers

PATIENCE_S = 120.0
QUICK = Pace(answer=20.0, heartbeat=0.2, offline_heartbeat=0.1, retry_first=0.02, retry_most=0.1)
ACCOUNTS = {  # of the books → of the server's totals
    Account.CODE_CLEARING: "code_clearing_fen",
    Account.IN_QUESTION: "in_question_fen",
    Account.CUSTOMER: "customer_fen",
    Account.PREPAID: "prepaid_fen",
    Account.CHANGE_OWED: "change_owed_fen",
    Account.DOUBTFUL: "doubtful_fen",
}


def address(server: Server) -> tuple[str, int]:
    url = urlsplit(server.url)
    assert url.hostname and url.port
    return url.hostname, url.port


class Enrolled(Kiosk):
    """The core of `tests.kiosk.world` on the state folder of a kiosk that is enrolled at a real server."""

    def __init__(self, state: Path) -> None:
        self.folder = state
        self.clock = Clock()
        self.signer, self.identity = load_signer(state), load_identity(state)
        self.site = replace(own_numbers(simulated(site_module.load(None), state)), kiosk=self.identity.kiosk)
        self.commands, self.views, self.wanted = [], [], None
        self._open()
        self.open_for_business()


class Terminal:
    """Its event loop runs only within `start`, `until` and `upload`: everything else stands still meanwhile."""

    def __init__(self, state: Path, run: Path, server: Server, pace: Pace = QUICK) -> None:
        self.state, self.server, self.pace = state, server, pace
        self._run, self._runner = run, asyncio.Runner()
        self.parted: list[str] = []
        self.power_up()

    @classmethod
    def enrolled(cls, state: Path, run: Path, server: Server) -> Terminal:
        enrol(state, server.url, server.code(), JOURNAL_FILE)
        return cls(state, run, server)

    def power_up(self) -> None:
        """A core that has just been started, not connected yet."""
        self.kiosk = Enrolled(self.state)
        self.journal = self.kiosk.journal
        self.id = self.kiosk.identity.kiosk
        self._open_post()

    def _open_post(self) -> None:
        self.post = Post(self.kiosk.identity, self.kiosk.signer, lambda online: None)
        self.outbox = Outbox(
            self.post,
            self.journal,
            self.state,
            self.kiosk.clock,
            lambda: ((), False),
            lambda server_ms: None,
            lambda bundle: None,
            lambda: None,
            self._parts,
            "test",
            self.kiosk.site.retention.kiosk,
            self.pace,
        )
        kind = Brought | Hello
        self.link = Link(
            self._run / "courier.sock",
            kind,
            self._said,
            self.post.connected,
            self.post.gone,
            allowed_users(COURIER_USER),
            MAX_PARCEL_BYTES,
        )

    def _parts(self, why: str) -> None:
        self.parted.append(why)
        self.kiosk.hear(WriteFailed(why))

    def _said(self, courier: Peer, message: Brought | Hello) -> None:
        if isinstance(message, Brought):
            self.post.brought(message)
        else:
            self.outbox.beat()

    # ---- on and off

    def start(self) -> Terminal:
        async def open_() -> None:
            await self.link.open()
            self.outbox.start()

        self.run(open_())
        return self

    def stop(self) -> None:
        async def close() -> None:
            self.outbox.stop()
            await self.link.close()
            while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
                for task in tasks:  # whoever is connected, as when a process ends
                    task.cancel()
                await asyncio.wait(tasks)

        self.run(close())
        self._runner.close()
        self._runner = asyncio.Runner()
        self._open_post()

    def close(self) -> None:
        self.stop()
        self.journal.close()
        self._runner.close()

    def restart(self) -> None:
        """The core died and is back."""
        self.stop()
        self.journal.close()
        self.power_up()
        self.start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    # ---- what happens

    def pay(self, visits: int = 1) -> None:
        """Whole visits in cash: one bill, four notes, a receipt."""
        for _ in range(visits):
            self.kiosk.to_cash(bill("36.00", number=f"W{self.journal.head.seq}"))
            self.kiosk.insert(20, 10, 5, 1)
            self.kiosk.print_out()
            self.kiosk.want(c.Done(), c.Done())

    def upload(self) -> None:
        async def nudge() -> None:
            self.outbox.upload()

        self.run(nudge())

    def until(self, true: Callable[[], Any], what: str) -> None:
        async def wait() -> None:
            end = time.monotonic() + PATIENCE_S
            while not true():
                assert time.monotonic() < end, f"waited in vain: {what}"
                await asyncio.sleep(0.01)

        self.run(wait())

    def settle(self) -> None:
        """Until the cursor stands at the head."""
        self.until(lambda: self.journal.uploaded == self.journal.head, "everything is uploaded")

    # ---- what is true

    def stored(self, table: str = "record", epoch: int = 1) -> list[WireRecord]:
        names = ", ".join(WireRecord.__struct_fields__)
        where = f"FROM {table} WHERE kiosk = ? AND epoch = ? ORDER BY seq"
        return [WireRecord(*row) for row in self.server.rows(f"SELECT {names} {where}", self.id, epoch)]

    def agree(self) -> None:
        """The server has exactly our records, each once in effect, and every sum is ours."""
        assert self.stored() == list(self.journal.records())
        assert self.journal.uploaded == self.journal.head
        db = connect(self.server.state / DATABASE_FILE, writes=False)
        theirs = totals(db)[self.id]
        db.close()
        ours = self.journal.balances()
        assert sum(theirs["cash_box_fen"].values()) == ours[Account.CASH_BOX]
        assert sum(theirs["fees"].values()) == -ours[Account.FEE]
        assert {name: theirs[name] for name in ACCOUNTS.values()} == {
            name: ours[account] if account in (Account.CODE_CLEARING, Account.IN_QUESTION) else -ours[account]
            for account, name in ACCOUNTS.items()
        }
        assert theirs["fork_records"] == 0
        assert theirs["receipts"] == sum(r.kind == "receipt_issued" for r in self.journal.records())
