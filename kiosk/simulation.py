"""A site whose devices are simulated."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from hardware.shelf import TerminalPlan
from kiosk.site import Site

YUAN: Final = 156  # ISO 4217


def simulated(plan: Site, folder: Path) -> Site:
    """The same devices on the lines of `hardware.simulators`, which stand in `folder`, and a card terminal. Whoever
    tries it out may pay at once: nobody has to open the day first."""
    replace = msgspec.structs.replace
    shelf, office = plan.devices, plan.office
    return replace(
        plan,
        simulated=True,
        office=replace(office, day=replace(office.day, must_be_opened=False)),
        devices=replace(
            shelf,
            acceptor=shelf.acceptor and replace(shelf.acceptor, port=str(folder / "acceptor")),
            printer=shelf.printer and replace(shelf.printer, port=str(folder / "printer")),
            camera=shelf.camera and replace(shelf.camera, source=str(folder / "camera")),
            scanner=shelf.scanner and replace(shelf.scanner, port=str(folder / "scanner")),
            panel=shelf.panel and replace(shelf.panel, source=str(folder / "panel")),
            keypad=shelf.keypad and replace(shelf.keypad, port=str(folder / "keypad")),
            jack=shelf.jack and replace(shelf.jack, port=str(folder / "jack")),
            terminal=TerminalPlan("zvt", str(folder / "terminal"), 9600, YUAN),
        ),
    )
