"""The place of the world that is cut, and its staff: two invented persons, their badges and what they type."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from kiosk import badge
from kiosk import site as site_module
from kiosk.badge import Badge
from kiosk.identity import Signer
from kiosk.simulation import simulated
from tests.kiosk.office import ATTENDANT, SUPERVISOR
from tests.kiosk.world import DAY_MS, NOW_MS, own_numbers

SERVER: Final = Signer(b"\x5e" * 32)
SITE = msgspec.structs.replace(
    own_numbers(simulated(site_module.load(None), Path("nowhere"))),
    kiosk="K0001",
    server_key=SERVER.public_key,
)
PEOPLE: Final = (ATTENDANT, SUPERVISOR)
PIN, WRONG_PIN = "27", "31"  # how long a PIN has to be is the server's business
BADGES: Final = {
    person.number: badge.signed(
        Badge(person.number, "", NOW_MS - DAY_MS, NOW_MS + DAY_MS, f"b{person.number}"), SERVER
    ).text
    for person in PEOPLE
}
