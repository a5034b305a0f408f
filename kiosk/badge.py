"""Badges of the staff: a QR code that the server signed. It says who somebody is; the PIN says that it is they.

    ID1;person;site;issued;expires;badge;signature      times in UTC milliseconds; site empty: every one

Shared by the server that makes them and the kiosk that reads them.
"""

from __future__ import annotations

from typing import Final

import msgspec

from kiosk.identity import Signer, signed_by

BADGE_DOMAIN: Final = b"kiosk-badge-1\0"
FIELDS: Final = 7
MOST_CHARS: Final = 500


class NoBadge(ValueError):
    """The text is no badge."""


class Badge(msgspec.Struct, frozen=True):
    person: str
    site: str
    issued_ms: int
    expires_ms: int
    badge: str
    signature: str = ""

    @property
    def says(self) -> str:
        """What the signature covers."""
        return f"ID1;{self.person};{self.site};{self.issued_ms};{self.expires_ms};{self.badge}"

    @property
    def text(self) -> str:
        """What the QR code says."""
        return f"{self.says};{self.signature}"

    def signed_by(self, server_key: str) -> bool:
        return signed_by(server_key, BADGE_DOMAIN + self.says.encode(), self.signature)


def signed(badge: Badge, signer: Signer) -> Badge:
    return msgspec.structs.replace(badge, signature=signer.sign(BADGE_DOMAIN + badge.says.encode()))


def read(text: str) -> Badge:
    """Raises NoBadge."""
    parts = text.strip().split(";")
    if len(text) > MOST_CHARS or len(parts) != FIELDS or parts[0] != "ID1":
        raise NoBadge("this is no badge")
    try:
        issued_ms, expires_ms = int(parts[3]), int(parts[4])
    except ValueError:
        raise NoBadge("the times of this badge are no numbers") from None
    return Badge(parts[1], parts[2], issued_ms, expires_ms, parts[5], parts[6].lower())
