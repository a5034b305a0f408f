"""What the server last signed about this journal, kept in a file beside it.

The upload cursor lies in the journal itself: whoever puts an old copy back puts back the old cursor as well. This
file, written again as soon as the server has spoken, still knows how far the journal once reached."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import msgspec

from kiosk import codec
from kiosk.identity import Identity, signed_by, write_durably
from kiosk.journal.store import Damaged, Journal
from kiosk.parcels import witness_bytes

log = logging.getLogger(__name__)

WITNESS_FILE: Final = "witness.json"


class Witness(msgspec.Struct, frozen=True):
    """The server holds `kiosk`'s journal of `epoch` up to `seq`, whose hash is `hash`; signed by it."""

    kiosk: str
    epoch: int
    seq: int
    hash: str
    signature: str

    def signed(self, server_key: str) -> bool:
        data = witness_bytes(self.kiosk, self.epoch, self.seq, self.hash)
        return signed_by(server_key, data, self.signature)


def load(state: Path, identity: Identity) -> Witness | None:
    """None: the server has not spoken yet in this epoch. Raises Damaged."""
    path = state / WITNESS_FILE
    try:
        witness: Witness = codec.decode(path.read_bytes(), Witness)
    except FileNotFoundError:
        return None
    except codec.Malformed as error:
        raise Damaged(f"{path} can not be read: {error}. Remove it; the server tells it again") from error
    if (witness.kiosk, witness.epoch) != (identity.kiosk, identity.epoch):
        return None
    if not witness.signed(identity.server_key):
        raise Damaged(f"{path} is not signed by our server. Remove it; the server tells it again")
    return witness


def keep(state: Path, identity: Identity, witness: Witness) -> None:
    """Only ever forwards: that a server was restored from a backup makes what it once held no less true."""
    try:
        before = load(state, identity)
    except Damaged as error:
        log.error("%s", error)
        before = None
    if witness.signed(identity.server_key) and (before is None or witness.seq > before.seq):
        write_durably(state / WITNESS_FILE, codec.encode(witness))


def check(state: Path, journal: Journal) -> None:
    """Raises Damaged when the journal lacks what the server once acknowledged."""
    witness = load(state, journal.identity)
    if witness is None or witness.seq == 0:
        return
    name = f"{state / journal.path.name}"
    if witness.seq > journal.head.seq:
        raise Damaged(
            f"{name}: ends at record {journal.head.seq}, but the server acknowledged {witness.seq}: "
            "its tail was cut off, or an old copy was put back"
        )
    if journal.hash_at(witness.seq) != witness.hash:
        raise Damaged(
            f"{name}: record {witness.seq} is not the one that the server acknowledged: "
            "it was changed, or an old copy was put back and went on"
        )
