"""The CCNET protocol machine and a clock that only the test turns; no line, no thread.

A conversation is written as steps of "what the machine must send < what the unit answers":

    talk.play("POLL < 19", "IDENTIFICATION < identity", "GET_COUNTER < 30", "STACK < nothing")

The answer is hexadecimal data of a frame, a name from `ANSWERS`, `nothing`, or `noise`.
"""

from __future__ import annotations

from hardware.acceptors.ccnet import Ccnet
from hardware.acceptors.ccnet_codes import Command
from hardware.contracts import Event
from kiosk.money import Money

NOTES = tuple(Money.yuan(yuan) for yuan in (1, 5, 10, 20, 50, 100))


def bill_table(*rows: tuple[int, str, int]) -> bytes:
    """24 rows of digits, letters, exponent; rows that are not given are empty."""
    return b"".join(bytes([d]) + c.encode() + bytes([e]) for d, c, e in rows).ljust(120, b"\0")


CNY = bill_table(*((d, "CNY", e) for d, e in ((1, 0), (5, 0), (1, 1), (2, 1), (5, 1), (1, 2))))
IDENTITY = b"SM-CN1234      " + b"21KC05001234" + bytes(range(7))
ANSWERS = {"identity": IDENTITY, "cny": CNY, "ok": b"\x00"}

IDENTIFIED = ("IDENTIFICATION < identity", "POLL < 19", "GET_BILL_TABLE < cny", "POLL < 19")
STARTED = ("POLL < 19", *IDENTIFIED, "GET_COUNTER < 0102")  # 258 notes
ENABLED = ("POLL < 19", "ENABLE_BILL_TYPES < ok", "POLL < 14")
IN_ESCROW = ("POLL < 15", "POLL < 8004")  # 50 yuan


class Conversation:
    def __init__(self, notes: tuple[Money, ...] = NOTES) -> None:
        self.ccnet = Ccnet("acceptor", ("CNY", "CHN"), notes)
        self.now_s = 1000.0
        self.ccnet.begin(self.now_s)
        self.acknowledged = False
        self.last = b""

    def sends(self) -> bytes:
        """Turn the clock to the next command and take it."""
        self.now_s = max(self.now_s, self.ccnet.due_s(self.now_s))
        self.last = self.ccnet.command(self.now_s)
        return self.last

    def hears(self, answer: str) -> None:
        self.now_s += 0.02
        self.acknowledged = False
        if answer in ("nothing", "noise"):
            self.ccnet.missed(self.now_s, garbled=answer == "noise")
        else:
            self.acknowledged = self.ccnet.heard(self.now_s, ANSWERS.get(answer) or bytes.fromhex(answer))

    def play(self, *steps: str) -> list[Event]:
        """Go through the steps; returns what was told since the last `play`."""
        for number, step in enumerate(steps, 1):
            expected, answer = step.split(" < ")
            sent = Command(self.sends()[0]).name
            assert sent == expected, f"step {number}, {step!r}: the machine sends {sent}"
            self.hears(answer)
        return self.ccnet.drain()

    def play_for(self, seconds: float, step: str) -> list[Event]:
        """The same step again and again."""
        until_s, told = self.now_s + seconds, []
        while self.now_s < until_s:
            told += self.play(step)
        return told

    def sent_for(self, seconds: float, answers: dict[str, str]) -> list[str]:
        """Names of the commands sent while each is answered by its name (or by `*`)."""
        until_s, sent = self.now_s + seconds, []
        while self.now_s < until_s:
            sent.append(Command(self.sends()[0]).name)
            self.hears(answers.get(sent[-1], answers.get("*", "nothing")))
        return sent


def started() -> Conversation:
    """At rest, found, refusing everything."""
    talk = Conversation()
    talk.play(*STARTED)
    return talk


def enabled(limit: int = 100) -> Conversation:
    """Idle and open for notes up to `limit` yuan."""
    talk = started()
    talk.ccnet.enable(Money.yuan(limit))
    talk.play(*ENABLED)
    return talk


def in_escrow() -> Conversation:
    """50 yuan lie in escrow, and the core knows."""
    talk = enabled()
    talk.play(*IN_ESCROW)
    return talk
