"""The core of the kiosk: money, rules, flow, journal. Imports no Kivy and opens no network socket;
`kiosk.courier` is a process of its own and the only part that talks to the network."""

from typing import Final

SOFTWARE: Final = "0.1.0"
