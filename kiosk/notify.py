"""sd_notify in a few lines (the packages for it are dead or need a C build, pi-firmware.md §2.1).

Ping from where the work happens: a timer thread that always pings proves nothing."""

from __future__ import annotations

import os
import socket


def notify(message: str) -> None:
    """`READY=1`, `WATCHDOG=1`, `STATUS=…`, `STOPPING=1`. Nothing happens outside systemd."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        try:
            channel.sendto(message.encode(), address)
        except OSError:
            pass  # systemd is restarting itself: the next ping arrives


def watchdog_s() -> float | None:
    """Seconds between pings that systemd expects, halved for safety; None when it expects none."""
    try:
        return int(os.environ["WATCHDOG_USEC"]) / 2_000_000
    except (KeyError, ValueError):
        return None
