"""The ID-003 protocol machine and a clock that only the test turns; no line, no thread.

A conversation is written as steps of "what the machine must send < what the unit answers":

    talk.play("POLL < 1a", "VERSION < version", "STACK < ack", "HOLD < nothing")

The answer is hexadecimal data of a frame, a name from `ANSWERS`, `same` (the bytes that were sent),
`nothing`, or `noise`.
"""

from __future__ import annotations

from hardware.acceptors.id003 import Id003
from hardware.acceptors.id003_codes import Command
from hardware.contracts import Event
from kiosk.money import Money

NOTES = tuple(Money.yuan(yuan) for yuan in (1, 5, 10, 20, 50, 100))


def currency_table(*rows: tuple[int, int, int], first: int = 0x61) -> bytes:
    """Rows of country, value, exponent under codes 61h, 62h, …"""
    return b"\x8a" + b"".join(bytes([first + at, *row]) for at, row in enumerate(rows))


CNY = currency_table(*((0x2D, v, e) for v, e in ((1, 0), (5, 0), (1, 1), (2, 1), (5, 1), (1, 2))))
VERSION = b"\x88" + b"U(CHN)-05-SS ID003-05V123-45 01JAN24 AB12"
ANSWERS = {"version": VERSION, "cny": CNY, "ack": b"\x50", "invalid": b"\x4b"}

SETTINGS = ("DENOMINATIONS", "SECURITY", "MODE", "DIRECTION", "INHIBIT")
ACCEPTED = {
    "RESET": "ack",
    "VERSION": "version",
    "CURRENCIES": "cny",
    "HOLD": "ack",
    "STACK": "ack",
    **dict.fromkeys(SETTINGS, "same"),
}
SET_UP = (
    "POLL < 1b",
    *(f"{setting} < same" for setting in SETTINGS),
)
READ = ("VERSION < version", "POLL < 1a", "CURRENCIES < cny")


def alternating(*steps: str, poll: str) -> tuple[str, ...]:
    """The steps, each behind a poll with that answer."""
    return tuple(s for step in steps for s in (f"POLL < {poll}", step))


RESET_AND_READ = (
    "RESET < ack",
    *alternating(*SET_UP[1:], poll="1b"),
    *alternating(*READ[::2], poll="1a"),
)
STARTED = ("POLL < 1a", *RESET_AND_READ)
ENABLED = ("POLL < 1a", "INHIBIT < same", "POLL < 11")
IN_ESCROW = ("POLL < 12", "POLL < 1365")  # 50 yuan


class Conversation:
    def __init__(self, notes: tuple[Money, ...] = NOTES, currencies: tuple[str, ...] = ("CNY",)) -> None:
        self.id003 = Id003("acceptor", currencies, notes)
        self.now_s = 1000.0
        self.id003.begin(self.now_s)
        self.acknowledged = False
        self.last = b""

    def sends(self) -> bytes:
        """Turn the clock to the next command and take it."""
        self.now_s = max(self.now_s, self.id003.due_s(self.now_s))
        self.last = self.id003.command(self.now_s)
        return self.last

    def hears(self, answer: str) -> None:
        self.now_s += 0.02
        self.acknowledged = False
        if answer in ("nothing", "noise"):
            self.id003.missed(self.now_s, garbled=answer == "noise")
            return
        data = self.last if answer == "same" else ANSWERS.get(answer) or bytes.fromhex(answer)
        self.acknowledged = self.id003.heard(self.now_s, data)

    def play(self, *steps: str) -> list[Event]:
        """Go through the steps; returns what was told since the last `play`."""
        for number, step in enumerate(steps, 1):
            expected, answer = step.split(" < ")
            sent = Command(self.sends()[0]).name
            assert sent == expected, f"step {number}, {step!r}: the machine sends {sent}"
            self.hears(answer)
        return self.id003.drain()

    def sent_for(self, seconds: float, answers: dict[str, str]) -> list[str]:
        """Names of the commands sent while each is answered by its name (or by `*`)."""
        until_s, sent = self.now_s + seconds, []
        while self.now_s < until_s:
            sent.append(Command(self.sends()[0]).name)
            self.hears(answers.get(sent[-1], answers.get("*", "nothing")))
        return sent

    def runs_until_at_rest(self, state: str = "1a") -> list[Event]:
        """A unit that initialises for a moment and then rests, answering everything."""
        self.sent_for(0.5, ACCEPTED | {"POLL": state})
        self.sent_for(2, ACCEPTED | {"POLL": "1b"})
        self.sent_for(2, ACCEPTED | {"POLL": state})
        return self.id003.drain()


def started(notes: tuple[Money, ...] = NOTES) -> Conversation:
    """At rest, found, refusing everything."""
    talk = Conversation(notes)
    talk.play(*STARTED)
    talk.now_s += 1  # the unit has followed the last INHIBIT
    return talk


def enabled(limit: int = 100, notes: tuple[Money, ...] = NOTES) -> Conversation:
    """Idle and open for notes up to `limit` yuan."""
    talk = started(notes)
    talk.id003.enable(Money.yuan(limit))
    talk.play(*ENABLED)
    return talk


def in_escrow() -> Conversation:
    """50 yuan lie in escrow, and the core knows."""
    talk = enabled()
    talk.play(*IN_ESCROW)
    return talk


def stacking() -> Conversation:
    """The core has taken the 50 yuan; they are on their way."""
    talk = in_escrow()
    talk.id003.take()
    talk.play("STACK < ack", "POLL < 14")
    return talk
