"""Reading records back, and proving them: chain, bodies, postings, signatures, one record after the other.

`Check` is what `kiosk journal verify` runs from end to end and what the running kiosk goes on with in slices.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from kiosk import codec
from kiosk.facts import DURABLE, Durable, Signed
from kiosk.identity import SEAL_BYTES, Identity, Signer, signed_by
from kiosk.journal.chain import head_bytes, record_hash
from kiosk.journal.fold import BEGINNING, Head
from kiosk.parcels import WireRecord

FIELDS: Final = WireRecord.__struct_fields__
COLUMNS: Final = ", ".join(FIELDS)


class Damaged(Exception):
    """The journal can not be opened and verified. It is never replaced; the text names record and reason."""


def read(
    connection: apsw.Connection, path: Path, after: int = 0, limit: int = -1
) -> Iterator[tuple[WireRecord, bytes]]:
    """Records in order with their signatures over the head (empty on most), with sequence above `after`.

    Raises Damaged where a row can not be read."""
    # The signature as bytes, here and in `Check`: a flipped bit may leave what is no text.
    sql = f"SELECT {COLUMNS}, CAST(signature AS BLOB) FROM record WHERE seq > ? ORDER BY seq LIMIT ?"
    try:
        for *row, signature in connection.execute(sql, (after, limit)):
            record = msgspec.convert(dict(zip(FIELDS, row, strict=True)), WireRecord)
            after = record.seq
            yield record, signature
    except (apsw.Error, UnicodeError, msgspec.ValidationError) as error:
        raise Damaged(f"{path}: record {after + 1} can not be read: {error}") from error


def fact_of(record: WireRecord) -> Durable:
    """Raises Damaged for a body that this software can not read."""
    kind = DURABLE.get(record.kind)
    if kind is None:
        raise Damaged(f"record {record.seq} is of kind {record.kind!r}, which this software does not know")
    try:
        fact: Durable = codec.decode(record.body, kind)
    except codec.Malformed as error:
        raise Damaged(f"record {record.seq} ({record.kind}): {error}") from error
    return fact


def check_link(record: WireRecord, head: Head, identity: Identity) -> Head:
    """The head after this record. Raises Damaged if it is not the one that was written after `head`."""
    if record.seq != head.seq + 1:
        wrong = f"follows record {head.seq}: records are missing or out of order"
    elif (record.kiosk, record.epoch) != (identity.kiosk, identity.epoch):
        wrong = f"is of kiosk {record.kiosk} epoch {record.epoch}, this is {identity.kiosk} epoch {identity.epoch}"
    elif record.prev != head.hash:
        wrong = f"does not continue record {head.seq}: something before it was changed"
    elif record_hash(record) != record.hash:
        wrong = "was changed after it was written"
    else:
        return Head(record.seq, record.hash)
    raise Damaged(f"record {record.seq} ({record.kind}) {wrong}")


class Check:
    """Goes through the journal from the first record, as far as it is asked to. Stands at `head`."""

    def __init__(self, connection: apsw.Connection, path: Path, identity: Identity, signer: Signer) -> None:
        self.head = BEGINNING
        self.signatures = 0  # and seals
        self._seal = signer.seal
        self._connection, self._path, self._identity = connection, path, identity
        self._posting = 0  # rowid of the last one: they lie in the order of their records
        self._signed = True  # whether the last record is

    def go_on(self, limit: int = -1) -> Iterator[tuple[Head, Durable]]:
        """The next records with all that belongs to them. Raises Damaged naming the record."""
        for record, signature in read(self._connection, self._path, self.head.seq, limit):
            self.head = check_link(record, self.head, self._identity)
            fact = fact_of(record)
            self._check_postings(record, fact)
            self._check_signatures(record, fact, signature)
            yield self.head, fact

    def ends_at(self, head: Head) -> None:
        """Nothing is behind `head`, nothing is missing before it. Raises Damaged."""
        if self.head != head:
            raise Damaged(f"{self._path}: the chain ends at record {self.head.seq}, expected {head.seq}")
        for _, seq, _, _ in self._next_postings(1, head.seq):
            raise Damaged(f"{self._path}: there is a posting of record {seq} that is not of its body")
        if not self._signed:
            raise Damaged(
                f"{self._path}: the last record {head.seq} is not signed: records were cut off or added"
            )

    def _check_postings(self, record: WireRecord, fact: Durable) -> None:
        expected = [(record.seq, p.account.value.encode(), p.amount.fen) for p in fact.postings]
        if not expected:
            return
        found = self._next_postings(len(expected), record.seq)
        if [tuple(row[1:]) for row in found] != expected:
            raise Damaged(
                f"{self._path}: the postings of record {record.seq} ({record.kind}) are not those of its body"
            )
        self._posting = found[-1][0]

    def _next_postings(self, count: int, seq: int) -> list[tuple[Any, ...]]:
        sql = "SELECT rowid, seq, CAST(account AS BLOB), fen FROM posting WHERE rowid > ? ORDER BY rowid LIMIT ?"
        try:
            return list(self._connection.execute(sql, (self._posting, count)))
        except (apsw.Error, UnicodeError) as error:
            raise Damaged(f"{self._path}: the postings of record {seq} can not be read: {error}") from error

    def _check_signatures(self, record: WireRecord, fact: Durable, signature: bytes) -> None:
        name = f"record {record.seq} ({record.kind})"
        if isinstance(fact, Signed) and not self._ours(fact.proof.encode(), fact.signature):
            raise Damaged(f"{self._path}: {name} carries a signature that is not ours")
        self._signed = bool(signature)
        if self._signed:
            head = head_bytes(record.kiosk, record.epoch, record.seq, record.hash)
            text = signature.decode(errors="replace")
            sealed = len(text) == 2 * SEAL_BYTES
            if not (text == self._seal(head) if sealed else self._ours(head, text)):
                raise Damaged(f"{self._path}: the {'seal' if sealed else 'signature'} at {name} is not ours")
            self.signatures += 1

    def _ours(self, data: bytes, signature: str) -> bool:
        # Hex in capitals says the same, but it is not what was written.
        return signature == signature.lower() and signed_by(self._identity.public_key, data, signature)
