"""What people practise with never leaves the machine."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from kiosk.parcels import is_training


def must_stay_here(kiosk: str, server: str) -> bool:
    """Whether nothing of this kiosk may go to this server: it is for practice, and the server is elsewhere."""
    return is_training(kiosk) and not on_this_machine(server)


def on_this_machine(server: str) -> bool:
    """By its address alone; only `localhost` counts as a name, which no name server is asked about (RFC 6761)."""
    host = urlsplit(server).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
