"""Reads the journal off the drive of a machine that is switched off, and holds it against what was seen outside."""

from __future__ import annotations

import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hardware.simulated import Json
from kiosk import facts as f
from kiosk.clock import SystemClock
from kiosk.identity import load_identity, load_signer
from kiosk.journal.store import Damaged, Journal
from tests.crash import ext4_mounts as ext4
from tests.crash.block_drive import Pages, lay_out
from tests.crash.powercut.parts import tool
from tests.crash.powercut.visitor import Seen

FILES: Final = ("journal.db", "journal.db-wal")
_MENDED: Final = (0, 1)  # exit codes of e2fsck: nothing to do, or all corrected


class Lost(Exception):
    """The text says what."""


@dataclass
class Auditor:
    """`before`: the records that an earlier look has found; they may never go."""

    folder: Path
    state: Path  # with the keys of the kiosk
    before: list[f.Durable] = field(default_factory=list)

    def look(self, pages: Pages, seen: Seen, acceptor: Json, printer: Json, *, at_rest: bool = False) -> None:
        """Raises Lost. `at_rest`: nothing was under way, so that all must be equal to the fen."""
        facts = self._records(pages)
        if facts[: len(self.before)] != self.before:
            raise Lost(
                f"{len(self.before)} records were there after an earlier cut; now {len(facts)}, not the same"
            )
        self.before = facts
        credited = [x.value.fen for x in facts if isinstance(x, f.NoteCredited)]
        doubtful = [x for x in facts if isinstance(x, f.NoteDoubtful)]
        settled = {x.note for x in facts if isinstance(x, f.NoteCredited | f.NoteReturned | f.NoteDoubtful)}
        moving = [x.value.fen for x in facts if isinstance(x, f.NoteHeld) and x.note not in settled]
        in_doubt = [x.value.fen for x in doubtful if x.value is not None]
        shown = sum(seen.shown.values())
        if sum(credited) < shown:
            raise Lost(
                f"the screen said that {shown} fen are inside, the journal has credited {sum(credited)}"
            )
        box: Counter[int] = Counter(acceptor["box"])
        unknown = box - Counter([*credited, *in_doubt, *moving])
        if unknown:
            raise Lost(f"in the box and not in the journal: {sorted(unknown.elements())} fen")
        issued = {x.receipt for x in facts if isinstance(x, f.ReceiptIssued)}
        issued |= {x.claim for x in facts if isinstance(x, f.ClaimIssued)}
        if seen.papers - issued:
            raise Lost(f"shown on the screen and not issued: {sorted(seen.papers - issued)}")
        nameless = [piece["text"] for piece in printer["pieces"] if piece["text"]
                    and not any(number in piece["text"] for number in issued)]  # fmt: skip
        if nameless:
            raise Lost(f"on paper and not in the journal: {nameless[0]!r}")
        in_box = Counter([*credited, *(x.value.fen for x in doubtful if x.value is not None and x.in_box)])
        inserted = acceptor["inserted_fen"]
        if in_box - box:
            raise Lost(f"booked in the box and not there: {sorted((in_box - box).elements())} fen")
        if at_rest and (moving or inserted != sum(credited) + sum(in_doubt) + acceptor["returned_fen"]):
            raise Lost(f"inserted {inserted}; credited {sum(credited)}, returned {acceptor['returned_fen']}, "
                       f"doubtful {sum(in_doubt)}, open {sum(moving)}")  # fmt: skip

    def summary(self) -> str:
        count = Counter(map(type, self.before))
        kinds: dict[type[f.Durable], str] = {
            f.PaymentOpened: "payments",
            f.NoteCredited: "notes credited",
            f.NoteReturned: "returned",
            f.NoteDoubtful: "doubtful",
            f.ReceiptIssued: "receipts",
            f.KioskStarted: "starts",
        }
        return f"{len(self.before)} records: " + ", ".join(f"{count[x]} {name}" for x, name in kinds.items())

    def _records(self, pages: Pages) -> list[f.Durable]:
        """From a copy: the machine itself finds the drive as the cut left it."""
        image = self.folder / "look.img"
        lay_out(pages, image, ext4.SIZE)
        mended = subprocess.run(
            [tool("e2fsck"), "-f", "-y", str(image)], capture_output=True, text=True, check=False
        )
        if mended.returncode not in _MENDED:
            raise Lost(f"e2fsck -y ends with {mended.returncode}: {mended.stdout[-200:]}")
        for name in FILES:
            (self.folder / name).unlink(missing_ok=True)
            command = [tool("debugfs"), "-R", f"dump /{name} {self.folder / name}", str(image)]
            subprocess.run(command, capture_output=True, check=True)
        try:
            identity, signer = load_identity(self.state), load_signer(self.state)
            journal = Journal.open(self.folder / FILES[0], identity, signer, SystemClock())
            try:
                journal.verify()
                return list(journal.replay())
            finally:
                journal.close()
        except Damaged as damaged:
            raise Lost(str(damaged)) from damaged
