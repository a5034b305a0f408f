"""The ICT protocol machine and a clock that only the test turns; no line, no thread.

A conversation is written as steps: what the machine must send next, what the unit says, how much time passes.

    talk.play(">0C", "<5E", "<81 42", ">02", "wait 10", "<10")
"""

from __future__ import annotations

from hardware.acceptors.ict import Ict
from hardware.contracts import AtRest, Event, Found, Held
from kiosk.money import Money

NOTES = (*(Money.yuan(yuan) for yuan in (1, 5, 10, 20, 50)), None, Money.yuan(100))  # 45h is not taken here
PATIENCE_S = 40.0  # a machine that sends nothing for longer never will
QUIET = "nothing"
WELL = {"0C": "as switched"}  # answers of a unit that does as it is told

AT_REST = AtRest(device="acceptor")
FOUND = Found(device="acceptor", identity="ICT bill acceptor (tells no identity)")
STARTED = (">0C", "<3E", ">5E", ">0C", "<5E")  # a unit that works, left open by an earlier process
ENABLED = (">3E", ">0C", "<3E")


class Conversation:
    def __init__(self, notes: tuple[Money | None, ...] = NOTES, hold: int = 0x18) -> None:
        self.ict = Ict("acceptor", notes, hold)
        self.now_s = 1000.0
        self.switched = "5E"  # the last order
        self.ict.begin(self.now_s)

    def sends(self, within_s: float = PATIENCE_S) -> str:
        """Turn the clock to the next byte and take it."""
        until_s = self.now_s + within_s
        while True:
            self.ict.heard(self.now_s, b"")
            byte = self.ict.send(self.now_s)
            if byte is not None:
                if byte in (0x3E, 0x5E):
                    self.switched = f"{byte:02X}"
                return f"{byte:02X}"
            due_s = max(self.now_s + 0.001, self.ict.due_s(self.now_s))
            if due_s > until_s:
                self.now_s = until_s
                self.ict.heard(self.now_s, b"")
                return QUIET
            self.now_s = due_s

    def hears(self, data: str) -> None:
        self.now_s += 0.002
        self.ict.heard(self.now_s, bytes.fromhex(data))

    def play(self, *steps: str) -> list[Event]:
        """Go through the steps; returns what was told since the last `play`."""
        for number, step in enumerate(steps, 1):
            if step.startswith(">"):
                sent = self.sends()
                assert sent == step[1:], f"step {number}, {step!r}: the machine sends {sent}"
            elif step.startswith("<"):
                self.hears(step[1:])
            else:
                self.now_s += float(step.removeprefix("wait "))
                self.ict.heard(self.now_s, b"")
        return self.ict.drain()

    def sent_for(self, seconds: float, answers: dict[str, str] | None = None) -> list[str]:
        """What is sent meanwhile, while each byte gets the answer given for it."""
        until_s, sent = self.now_s + seconds, []
        while (byte := self.sends(until_s - self.now_s)) != QUIET:
            sent.append(byte)
            if answers and byte in answers:
                self.hears(self.switched if answers is WELL else answers[byte])
        return sent


def started() -> Conversation:
    """Found, at rest, inhibited."""
    talk = Conversation()
    assert talk.play(*STARTED) == [FOUND, AT_REST]
    return talk


def enabled(limit: int = 100) -> Conversation:
    """Open for notes up to `limit` yuan."""
    talk = started()
    talk.ict.enable(Money.yuan(limit))
    talk.play(*ENABLED)
    return talk


def held(code: int = 2) -> Conversation:
    """A note lies in escrow, and the core knows; 42h is 10 yuan."""
    talk = enabled()
    told = talk.play(f"<81 {0x40 + code:02X}")
    assert [type(event) for event in told] == [Held]
    return talk


def accepted(code: int = 2) -> Conversation:
    talk = held(code)
    talk.ict.take()
    assert talk.play(">02") == []
    return talk
