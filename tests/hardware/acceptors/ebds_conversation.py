"""The EBDS protocol machine and a clock that only the test turns; no line, no thread.

A conversation is written as steps of "what the machine must send < what the unit answers":

    talk.play("poll < IDLE", "poll < ESCROWED 5", "stack < STACKING", "again < nothing")

Sent is a new message (the other toggle) that asks nothing, `stack` or `return`, or `again` the one before, as it
was. The answer is the flags of a reply (BOX_PRESENT is added; `-BOX_PRESENT` takes it out) and the index of a
denomination, all with the toggle of the message; `old` in front of it turns the toggle. Or it is hexadecimal
behind `raw`, `echo`, `nothing`, or `noise`.
"""

from __future__ import annotations

from hardware.acceptors.ebds import Ebds
from hardware.acceptors.ebds_codes import Says
from hardware.contracts import Event
from kiosk.money import Money

NOTES = tuple(Money.yuan(yuan) for yuan in (1, 5, 10, 20, 50, 100))
ORDERS = {0x1C: "poll", 0x3C: "stack", 0x5C: "return"}
STARTED = ("poll < IDLE", "poll < IDLE")
ANSWERED_S = 0.02  # after the message
IN_ESCROW = ("poll < ACCEPTING", "poll < ESCROWED 5")  # 50 yuan


def reply(text: str, toggle: int) -> bytes:
    words = text.split()
    says, index = Says.BOX_PRESENT, 0
    for word in words:
        if word.isdigit():
            index = int(word)
        elif word.startswith("-"):
            says &= ~Says[word[1:]]
        elif word != "old":
            says |= Says[word]
    data = bytearray(int(says).to_bytes(4, "little"))
    data[2] |= index << 3
    return bytes([0x20 | toggle ^ (words[:1] == ["old"])]) + bytes(data) + b"\x54\x05"


class Conversation:
    def __init__(self, notes: tuple[Money, ...] = NOTES) -> None:
        self.ebds = Ebds("acceptor", notes)
        self.now_s = 1000.0
        self.ebds.begin(self.now_s)
        self.last = b""

    @property
    def mask(self) -> int:
        """The denominations that the last message takes."""
        return self.last[1]

    def sends(self) -> str:
        """Turn the clock to the next message and take it."""
        self.now_s = max(self.now_s, self.ebds.due_s(self.now_s))
        before, self.last = self.last, self.ebds.command(self.now_s)
        assert len(self.last) == 4 and self.last[0] in (0x10, 0x11) and self.last[3] == 0x04, self.last.hex()
        return "again" if self.last == before else ORDERS[self.last[2]]

    def hears(self, answer: str) -> None:
        self.now_s += ANSWERED_S
        if answer in ("nothing", "noise"):
            self.ebds.missed(self.now_s, garbled=answer == "noise")
        elif answer == "echo":
            self.ebds.heard(self.now_s, self.last)
        elif answer.startswith("raw "):
            self.ebds.heard(self.now_s, bytes.fromhex(answer[4:]))
        else:
            self.ebds.heard(self.now_s, reply(answer, self.last[0] & 1))

    def play(self, *steps: str) -> list[Event]:
        """Go through the steps; returns what was told since the last `play`."""
        for number, step in enumerate(steps, 1):
            expected, answer = step.split(" < ")
            sent = self.sends()
            assert sent == expected, f"step {number}, {step!r}: the machine sends {sent} {self.last.hex(' ')}"
            self.hears(answer)
        return self.ebds.drain()

    def sent_for(self, seconds: float, answer: str) -> list[str]:
        """What is sent while each message gets the same answer."""
        until_s, sent = self.now_s + seconds, []
        while self.now_s < until_s:
            sent.append(self.sends())
            self.hears(answer)
        return sent


def started(notes: tuple[Money, ...] = NOTES) -> Conversation:
    """At rest, found, refusing everything."""
    talk = Conversation(notes)
    talk.play(*STARTED)
    return talk


def enabled(limit: int = 100, notes: tuple[Money, ...] = NOTES) -> Conversation:
    """Idle and open for notes up to `limit` yuan."""
    talk = started(notes)
    talk.ebds.enable(Money.yuan(limit))
    talk.play("poll < IDLE")
    return talk


def in_escrow() -> Conversation:
    """50 yuan lie in escrow, and the core knows."""
    talk = enabled()
    talk.play(*IN_ESCROW)
    return talk


def stacking() -> Conversation:
    """The core has taken the 50 yuan; they are on their way."""
    talk = in_escrow()
    talk.ebds.take()
    talk.play("stack < STACKING 5")
    return talk
