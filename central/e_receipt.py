"""The e-receipt: what a phone shows that read the QR code of a receipt. Whoever has the code may see its paper."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from kiosk import codec
from kiosk.receipt_proof import NoProof, ReceiptProof, read


class Shown(msgspec.Struct, frozen=True):
    """`verdict`: good, void, forged, not_here (signed by a kiosk of ours, its record has not come yet), no_receipt.
    `stub`: the receipt as it was issued; None unless good or void."""

    verdict: str
    why: str = ""
    proof: ReceiptProof | None = None
    kiosk: str = ""
    stub: dict[str, Any] | None = None


def keys(db: sqlite3.Connection) -> dict[str, str]:
    """Public keys of all kiosks and epochs: `K0001/1` → hex. With them a receipt is checked without a network."""
    rows = db.execute("SELECT kiosk, epoch, public_key FROM kiosk_key ORDER BY kiosk, epoch")
    return {f"{row['kiosk']}/{row['epoch']}": row["public_key"] for row in rows}


def signer_of(proof: ReceiptProof, known: dict[str, str]) -> str:
    """Which kiosk signed it; empty: none of these."""
    return next((name for name, key in known.items() if proof.signed_by(key)), "")


def look_up(db: sqlite3.Connection, text: str) -> Shown:
    try:
        proof = read(text)
    except NoProof as error:
        return Shown("no_receipt", str(error))
    kiosk = signer_of(proof, keys(db)).partition("/")[0]
    if not kiosk:
        return Shown("forged", "no kiosk of ours has signed this", proof)
    paper = db.execute(
        "SELECT state, payment FROM paper WHERE kiosk = ? AND number = ? AND sort = 'receipt'",
        (kiosk, proof.receipt),
    ).fetchone()
    if paper is None:
        return Shown("not_here", "", proof, kiosk)
    stub = _stub(db, kiosk, paper["payment"], proof.receipt)
    return Shown("void" if paper["state"] == "void" else "good", "", proof, kiosk, stub)


def _stub(db: sqlite3.Connection, kiosk: str, payment: str, receipt: str) -> dict[str, Any] | None:
    rows = db.execute(
        "SELECT body FROM record JOIN trace USING (kiosk, epoch, seq)"
        " WHERE kind = 'receipt_issued' AND kiosk = ? AND trace.payment = ?",
        (kiosk, payment),
    )
    stubs = (codec.decode(row["body"], dict[str, Any]) for row in rows)
    return next((stub for stub in stubs if stub.get("receipt") == receipt), None)
