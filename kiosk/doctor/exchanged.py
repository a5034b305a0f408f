"""Cables that were exchanged: a device that is not heard on its own port may answer on that of another one.

Only what is itself not heard is tried elsewhere, and only where nobody answers as it should, so that no device that
works is spoken to in a strange tongue."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from msgspec.structs import replace

from hardware.contracts import Device
from hardware.shelf import Shelf


def exchanged(shelf: Shelf, unheard: Collection[str], answers: Callable[[Device], bool]) -> dict[str, str]:
    """Device → the one on whose port it answers. `unheard`: by name, those whose port is there and can be opened.
    `answers`: start it, wait, close it again. A scanner only ever talks: on its port each of them may be."""
    ports = _ports(shelf)
    places = [other for other in ports if other in unheard or other == "scanner"]
    found: dict[str, str] = {}
    for name in unheard:
        for other in places:
            device = _there(shelf, name, ports[other]) if other != name else None
            if device is not None and answers(device):
                found[name] = other
                break
    return found


def _ports(shelf: Shelf) -> dict[str, str]:
    return dict(_serial(shelf))


def _serial(shelf: Shelf) -> Iterator[tuple[str, str]]:
    """Of the devices on serial lines."""
    if shelf.acceptor and shelf.acceptor.driver != "pulse":
        yield "acceptor", shelf.acceptor.port
    if shelf.printer and shelf.printer.transport == "serial":
        yield "printer", shelf.printer.port
    if shelf.scanner and shelf.scanner.driver == "serial":
        yield "scanner", shelf.scanner.port
    if shelf.terminal:
        yield "terminal", shelf.terminal.port


def _there(shelf: Shelf, name: str, port: str) -> Device | None:
    """The driver of `name` on another port; None for one that does not answer by itself."""
    if name == "acceptor" and shelf.acceptor and shelf.acceptor.driver != "pulse":
        return replace(shelf.acceptor, port=port).build(name)
    if name == "printer" and shelf.printer and shelf.printer.transport == "serial" and shelf.printer.status:
        assert shelf.profile is not None
        return replace(shelf.printer, port=port).build(name, shelf.profile)
    if name == "terminal" and shelf.terminal:
        return replace(shelf.terminal, port=port).build(name)
    return None
