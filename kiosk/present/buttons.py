"""A button of a customer's page: its words are `button.<key>`."""

from __future__ import annotations

from kiosk import contract as c
from kiosk.contract import Message


def button(intent: c.AnyIntent, key: str, off: Message | None = None) -> c.Button:
    return c.Button(intent, Message(f"button.{key}"), off)
