"""Reads a journal beside the core that writes it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.clock import SystemClock
from kiosk.identity import load_identity, load_signer
from kiosk.journal.store import JOURNAL_FILE, Damaged, Journal


@contextmanager
def opened(state: Path) -> Iterator[Journal]:
    """The core holds the file for itself, so a copy is read. Raises NotEnrolled, Damaged."""
    identity, signer = load_identity(state), load_signer(state)
    with tempfile.TemporaryDirectory(prefix="kiosk-journal-") as folder:
        copy = Path(folder) / JOURNAL_FILE
        for suffix in ("", "-wal"):
            original = state / (JOURNAL_FILE + suffix)
            if original.exists():
                shutil.copyfile(original, copy.with_name(copy.name + suffix))
        if not copy.exists():
            raise Damaged(
                f"{state / JOURNAL_FILE} is missing although this kiosk is enrolled as {identity.kiosk}"
            )
        journal = Journal.open(copy, identity, signer, SystemClock())
        try:
            yield journal
        finally:
            journal.close()
