"""What journals of earlier epochs still owe the server goes up with the keys of their own time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from kiosk.clock import SystemClock
from kiosk.courier.direct import Direct, NoAnswer
from kiosk.identity import Signer, load_identity, load_signer
from kiosk.journal.store import Journal
from kiosk.parcels import JournalHead
from kiosk.upload import NOWHERE, after_answer, batch

KEPT: Final = "*-epoch-*.db"


class Handed(msgspec.Struct, frozen=True):
    """`missing` records of a kept journal are not at the server; `why`, if something went wrong."""

    journal: str
    missing: int
    why: str = ""


def hand_over(state: Path, direct: Direct) -> Iterator[Handed]:
    """May be called again at any time: what was taken is not sent again, and nothing is deleted.

    Raises Damaged, NotEnrolled: a kept journal or its key is not usable."""
    for path in sorted(state.glob(KEPT)):
        own = path.with_suffix("")
        identity, signer = load_identity(own), load_signer(own)
        journal = Journal.open(path, identity, signer, SystemClock())
        try:
            why = _send_all(journal, direct, signer)
            yield Handed(path.name, journal.head.seq - journal.uploaded.seq, why)
        finally:
            journal.close()


def _send_all(journal: Journal, direct: Direct, signer: Signer) -> str:
    """Why it ended early, or empty."""
    us, began_again = journal.identity, False
    while (body := batch(journal)) is not None:
        try:
            answer: JournalHead = direct.call("journal", body, JournalHead, us.kiosk, signer, us.server_key)
        except NoAnswer as error:
            return str(error)
        to = after_answer(journal, answer, body)
        if to is None and not began_again:
            to, began_again = NOWHERE, True
        if to is None or to == journal.uploaded:
            return "; ".join(answer.problems) or "the server took nothing"
        journal.move_uploaded(to.seq, to.hash)
    return ""
