"""What a receipt proves by itself: the text of its QR code, which anybody can check with the kiosk's public key,
also without a network. Shared by the kiosk that prints it and the server that shows the e-receipt.

    R2;number;paid;to the fee;issued;bill;payer;signature      amounts in fen, time in UTC milliseconds
"""

from __future__ import annotations

import hashlib
import re
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

import msgspec

from kiosk.identity import signed_by
from kiosk.money import Money

PAYER_DOMAIN: Final = b"kiosk-payer-1\0"
FIELDS: Final = {"R1": 7, "R2": 8}  # R1 names no payer
MOST_CHARS: Final = 1000
_NUMBER: Final = re.compile(r"[0-9]{1,13}")  # fen within `Money`, times before the year 2287


class NoProof(ValueError):
    """The text is no QR text of a receipt; says what is wrong with it."""


class ReceiptProof(msgspec.Struct, frozen=True):
    signed: str  # what the signature covers
    receipt: str
    paid: Money
    to_fee: Money
    issued_ms: int
    bill: str
    payer: str
    signature: str

    def signed_by(self, public_key: str) -> bool:
        return signed_by(public_key, self.signed.encode(), self.signature)

    def paid_by(self, account: str, customer: str) -> bool:
        """Whether account and name, as they stand masked on the paper, are those that were signed."""
        return bool(self.payer) and self.payer == payer(account, customer)


def payer(account: str, customer: str) -> str:
    """A short hash of who paid, as printed: a receipt can not be shown for somebody else's bill."""
    text = PAYER_DOMAIN + f"{account}\n{customer}".encode()
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def link(page: str, text: str) -> str:
    """`page`: address of the e-receipts; empty: the bare text."""
    return f"{page}?c={quote(text, safe=';')}" if page else text


def read(text: str) -> ReceiptProof:
    """From the text itself or from the link that a phone reads. Raises NoProof."""
    text = _unlinked(text.strip()).encode(errors="replace").decode()  # a command line may hold half a letter
    parts = text.split(";")
    if len(text) > MOST_CHARS or len(parts) != FIELDS.get(parts[0], -1):
        raise NoProof("this is not the QR text of a receipt")
    if not all(_NUMBER.fullmatch(part) for part in parts[2:5]):
        raise NoProof("amounts or time of this QR text are no numbers")
    signed, _, signature = text.rpartition(";")
    paid, to_fee, issued_ms = (int(part) for part in parts[2:5])
    who = parts[6] if parts[0] == "R2" else ""
    return ReceiptProof(
        signed, parts[1], Money(paid), Money(to_fee), issued_ms, parts[5], who, signature.lower()
    )


def _unlinked(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        return text
    try:
        return "".join(parse_qs(urlsplit(text).query).get("c", []))
    except ValueError:  # an address that can be none
        return ""
