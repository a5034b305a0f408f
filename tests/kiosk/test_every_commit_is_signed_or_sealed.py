"""Each commit ends with a proof of all before it: a signature where a paper goes out, else a seal, which costs less."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from kiosk.identity import SEAL_BYTES, Signer
from kiosk.journal.store import Damaged, Journal
from tests.kiosk.world import Kiosk, bill

SIGNED, SEALED = 128, 2 * SEAL_BYTES  # characters of hex


@pytest.fixture
def kiosk(tmp_path: Path) -> Kiosk:
    kiosk = Kiosk(tmp_path)
    kiosk.to_cash(bill("30.00"))
    kiosk.insert(20, 10)
    kiosk.journal.close()
    return kiosk


def proof_after(path: Path, kind: str) -> int:
    """Length of the proof at the end of the commit in which the first record of this kind was written."""
    db = apsw.Connection(str(path))
    length = db.execute(
        "SELECT length(signature) FROM record WHERE signature != '' AND seq >= "
        "(SELECT min(seq) FROM record WHERE kind = ?) ORDER BY seq LIMIT 1",
        (kind,),
    ).get
    db.close()
    assert isinstance(length, int)
    return length


def opened(kiosk: Kiosk, signer: Signer) -> Journal:
    return Journal.open(kiosk.journal.path, kiosk.identity, signer, kiosk.clock)


def test_a_receipt_is_signed_and_a_note_is_sealed(kiosk: Kiosk) -> None:
    assert proof_after(kiosk.journal.path, "note_stacking") == SEALED
    assert proof_after(kiosk.journal.path, "receipt_issued") == SIGNED


def test_a_commit_that_somebody_added_has_no_seal_of_ours(kiosk: Kiosk) -> None:
    """Whole in itself, chained to the rest, sealed with the forger's own key."""
    stranger = Signer(b"somebody else's key, 32 bytes ok")
    with_other_key = opened(kiosk, stranger)
    last = list(with_other_key.replay())[-1]
    with_other_key.append([last])
    with_other_key.close()

    journal = opened(kiosk, kiosk.signer)
    with pytest.raises(Damaged, match=r"(seal|signature) at record"):
        journal.verify()
    journal.close()
