"""The SSP protocol machine and a clock that only the test turns; no line, no thread.

A conversation is written as steps of "what the machine must send < what the unit answers":

    talk.play("POLL < F0 EF 03", "HOLD < F0", "POLL < nothing", "again < F0 EE 03")

The answer is hexadecimal data of a frame, a name from `ANSWERS`, `nothing`, or `noise`. `again` is the very
packet of before; every other step must come with the other sequence flag, SYNC with the flag set.
"""

from __future__ import annotations

from hardware.acceptors.ssp import REPLY_S, Ssp
from hardware.acceptors.ssp_codes import Command
from hardware.acceptors.ssp_frames import Decoder, Frame
from hardware.contracts import Event
from kiosk.money import Money

NOTES = tuple(Money.yuan(yuan) for yuan in (1, 5, 10, 20, 50, 100))


def setup(
    values: tuple[int, ...] = (1, 5, 10, 20, 50, 100), country: str = "CNY", multiplier: int = 100
) -> str:
    """The answer to SETUP REQUEST as hexadecimal text."""
    count = len(values)
    parts = (
        b"\xf0\x00" + b"0100" + country.encode() + bytes((0, 0, 1, count)),
        bytes(value & 0xFF for value in values) + bytes((2,)) * count,
        multiplier.to_bytes(3, "big") + b"\x06" + country.encode() * count,
        b"".join(value.to_bytes(4, "little") for value in values),
    )
    return b"".join(parts).hex()


def counters(stacked: int) -> str:
    """The answer to GET COUNTERS: five counters, the first of which is that of stacked notes."""
    return (b"\xf0\x05" + b"".join(n.to_bytes(4, "little") for n in (stacked, 7, 0, 0, 9))).hex()


ANSWERS = {"cny": setup(), "serial": "F0 00298AA6", "ok": "F0", "disabled": "F0 E8", "258": counters(258)}

SCRIPT = ("PROTOCOL_VERSION < ok", "SETUP_REQUEST < cny", "SERIAL_NUMBER < serial")
HELLO = ("SYNC < ok", "REJECT < F5", *SCRIPT)
ENABLED = ("SET_INHIBITS < ok", "ENABLE < ok", "POLL < F0")
IN_ESCROW = ("POLL < F0 EF 00", "POLL < F0 EF 05")  # 50 yuan


class Conversation:
    def __init__(self, notes: tuple[Money, ...] = NOTES) -> None:
        self.ssp = Ssp("acceptor", ("CNY", "CHN"), notes)
        self.now_s = 1000.0
        self.ssp.begin(self.now_s)
        self.wire = b""
        self.out = Frame(False, b"\x00")

    def sends(self) -> str:
        """Turn the clock to the next packet and take it. Gives the name of the command, or `again`."""
        self.now_s = max(self.now_s, self.ssp.due_s(self.now_s))
        before, self.wire = self.wire, self.ssp.packet(self.now_s)
        if self.wire == before and self.unanswered:
            return "again"
        (frame,) = Decoder().feed(self.wire)
        command = Command(frame.data[0])
        assert frame.flag is (command is Command.SYNC or not self.out.flag), (
            "each new command toggles the flag"
        )
        self.out = frame
        return command.name

    unanswered = False

    def hears(self, answer: str) -> None:
        self.unanswered = answer in ("nothing", "noise")
        if self.unanswered:
            self.now_s += REPLY_S
            self.ssp.missed(self.now_s, garbled=answer == "noise")
        else:
            self.now_s += 0.02
            data = bytes.fromhex(ANSWERS.get(answer, answer))
            assert self.ssp.heard(self.now_s, Frame(self.out.flag, data))

    def play(self, *steps: str) -> list[Event]:
        """Go through the steps; returns what was told since the last `play`."""
        for number, step in enumerate(steps, 1):
            expected, answer = step.split(" < ")
            sent = self.sends()
            assert sent == expected, f"step {number}, {step!r}: the machine sends {sent}"
            self.hears(answer)
        return self.ssp.drain()

    def play_for(self, seconds: float, step: str) -> list[Event]:
        """The same step again and again."""
        until_s, told = self.now_s + seconds, []
        while self.now_s < until_s:
            told += self.play(step)
        return told

    def play_until(self, step: str, final: str) -> list[Event]:
        """`step` as often as it takes until the machine goes on to `final`. Fails after a minute."""
        until_s, (expected, answer), (last, last_answer) = (
            self.now_s + 60,
            step.split(" < "),
            final.split(" < "),
        )
        while (sent := self.sends()) != last:
            assert sent == expected and self.now_s < until_s, f"the machine sends {sent}, not {last}"
            self.hears(answer)
        self.hears(last_answer)
        return self.ssp.drain()

    def sent_for(self, seconds: float, answers: dict[str, str]) -> list[str]:
        """Names of what was sent while each is answered by its name (or by `*`)."""
        until_s, sent = self.now_s + seconds, []
        while self.now_s < until_s:
            sent.append(self.sends())
            self.hears(answers.get(sent[-1], answers.get("*", "nothing")))
        return sent


def started() -> Conversation:
    """At rest, found, refusing everything; 258 notes were stacked."""
    talk = Conversation()
    talk.play(*HELLO)
    talk.play_until("POLL < disabled", "GET_COUNTERS < 258")
    return talk


def enabled(limit: int = 100) -> Conversation:
    """Open for notes up to `limit` yuan."""
    talk = started()
    talk.ssp.enable(Money.yuan(limit))
    talk.play(*ENABLED)
    return talk


def in_escrow() -> Conversation:
    """50 yuan lie in escrow, and the core knows."""
    talk = enabled()
    talk.play(*IN_ESCROW)
    return talk


def taking() -> Conversation:
    """50 yuan were accepted, and the unit shows that it stacks."""
    talk = in_escrow()
    talk.ssp.take()
    talk.play("POLL < F0 CC")
    return talk
