"""What may leave the machine: nothing that people practise with, and nothing that is not encrypted."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from kiosk.parcels import is_training


def why_not(kiosk: str, server: str) -> str:
    """Why nothing of this kiosk may go to this server; empty: it may. On the way to a server elsewhere a payment code
    could be read and used by somebody else, if it were not encrypted."""
    if on_this_machine(server):
        return ""
    if is_training(kiosk):
        return f"{kiosk} is for practice and never calls {server}: only a server on this machine"
    if urlsplit(server).scheme != "https":
        return f"{server} is elsewhere and not encrypted: write its address with https://"
    return ""


def on_this_machine(server: str) -> bool:
    """By its address alone; only `localhost` counts as a name, which no name server is asked about (RFC 6761)."""
    host = urlsplit(server).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
