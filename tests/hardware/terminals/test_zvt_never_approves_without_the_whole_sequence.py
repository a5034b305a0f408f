"""Whatever a line brings, in whatever order: no approval out of nothing, no order twice, no exception."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.contracts import Trouble
from hardware.terminals import zvt_fields as f
from hardware.terminals.contract import (
    CardApproved,
    CardDeclined,
    CardDoubtful,
    CardUnknown,
    Mark,
    TerminalAtRest,
)
from hardware.terminals.zvt import ABORT, AUTHORISE, COMPLETION, DONE, INTERMEDIATE, STATUS, Zvt
from hardware.terminals.zvt_frames import Decoder, apdu, encode, parts
from kiosk.money import Money

DUE = Money(3750)
ANSWERS = (CardApproved, CardDeclined, CardDoubtful, CardUnknown)


def status(result: int, fen: int, trace: int) -> bytes:
    data = bytes((f.RESULT, result, f.AMOUNT)) + f.bcd(fen, 6) + bytes((f.TRACE,)) + f.bcd(trace, 3)
    return data + bytes((f.TERMINAL,)) + bytes.fromhex("52500041")


class Table:
    """The machine, with a hand that answers. Every frame of the machine is acknowledged unless told otherwise."""

    def __init__(self) -> None:
        self.zvt = Zvt("terminal", 156)
        self.now_s = 0.0
        self.events: list[object] = []
        self.orders: list[int] = []
        self.marks: list[Mark] = []
        self._decoder = Decoder()
        self.zvt.begin(self.now_s)
        self.collect()

    def collect(self) -> None:
        said = self._decoder.feed(self.zvt.take_out())
        self.orders += [told[0] for one in said if isinstance(one, bytes) and (told := parts(one))]
        fresh = self.zvt.drain()
        self.events += fresh
        self.marks += [event.mark for event in fresh if isinstance(event, TerminalAtRest)]
        if self.zvt.trouble is not None:
            trouble, detail = self.zvt.trouble
            self.zvt.broken(self.now_s, trouble, detail)
            self.zvt.begin(self.now_s)
            self._decoder.clear()

    def hear(self, data: bytes) -> None:
        self.now_s += 0.01
        self.zvt.heard(self.now_s, data)
        self.collect()

    def say(self, command: int, data: bytes = b"") -> None:
        self.hear(b"\x06")
        self.hear(encode(apdu(command, data)))

    def wait(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self.now_s = min(end_s, max(self.zvt.due_s, self.now_s + 0.01))
            self.zvt.tick(self.now_s)
            self.collect()

    def to_rest(self, trace: int = 41) -> None:
        self.say(DONE)
        self.say(COMPLETION, bytes((f.TERMINAL,)) + bytes.fromhex("52500041"))
        self.hear(b"\x06")
        self.say(DONE)
        self.say(STATUS, status(0, 100, trace))
        self.say(COMPLETION)
        self.hear(b"\x06")

    def pay(self, payment: str = "p1") -> None:
        self.zvt.pay(self.now_s, payment, DUE, self.marks[-1] if self.marks else Mark("", 0))
        self.collect()

    @property
    def answers(self) -> list[object]:
        return [event for event in self.events if isinstance(event, ANSWERS)]


def test_the_sequence_as_it_should_be():
    table = Table()
    table.to_rest()
    table.pay()
    table.say(DONE)
    table.say(STATUS, status(0, 3750, 42))
    assert table.answers == []
    table.say(COMPLETION)
    assert [type(answer) for answer in table.answers] == [CardApproved]


def test_a_payment_whose_acknowledgement_is_lost_is_not_ordered_twice():
    """ZVT numbers nothing: a terminal that is quick would charge the second one, too."""
    table = Table()
    table.to_rest()
    table.pay()
    table.hear(encode(apdu(DONE)))
    table.wait(20.0)
    table.hear(encode(apdu(STATUS, status(0, 3750, 42))))
    table.say(COMPLETION)
    assert table.orders.count(AUTHORISE) == 1
    assert [type(answer) for answer in table.answers] == [CardApproved]


def test_a_payment_that_nobody_acknowledges_is_unknown_and_not_ordered_again():
    table = Table()
    table.to_rest()
    table.pay()
    table.wait(30.0)
    assert table.orders.count(AUTHORISE) == 1
    assert [type(answer) for answer in table.answers] == [CardUnknown]


def test_a_payment_that_arrived_damaged_is_ordered_again():
    table = Table()
    table.to_rest()
    table.pay()
    table.hear(b"\x15")
    assert table.orders.count(AUTHORISE) == 2
    table.say(DONE)
    table.say(STATUS, status(0, 3750, 42))
    table.say(COMPLETION)
    assert [type(answer) for answer in table.answers] == [CardApproved]


def test_a_terminal_that_is_busy_may_be_so_with_this_very_payment():
    table = Table()
    table.to_rest()
    table.pay()
    table.hear(encode(b"\x84\x9c\x00"))
    assert [type(answer) for answer in table.answers] == [CardUnknown]
    table.say(0x849C)  # its record can not be read either: that is no empty record
    assert [mark.trace for mark in table.marks] == [41]


def test_an_abort_after_an_accepted_status_decides_nothing():
    table = Table()
    table.to_rest()
    table.pay()
    table.say(DONE)
    table.say(STATUS, status(0, 3750, 42))
    table.say(ABORT, b"\x6c")
    assert [type(answer) for answer in table.answers] == [CardUnknown]


def test_a_completion_without_a_status_decides_nothing():
    table = Table()
    table.to_rest()
    table.pay()
    table.say(DONE)
    table.say(COMPLETION)
    assert [type(answer) for answer in table.answers] == [CardUnknown]


def test_the_end_of_the_command_before_told_again_ends_nothing():
    table = Table()
    table.to_rest()
    table.pay()
    table.hear(encode(apdu(STATUS, status(0, 3750, 42))))
    table.hear(encode(apdu(COMPLETION)))  # before our order was even acknowledged
    assert table.answers == []


def test_an_old_transaction_is_no_approval():
    table = Table()
    table.to_rest()
    table.pay()
    table.say(DONE)
    table.say(STATUS, status(0, 3750, 41))
    table.say(COMPLETION)
    assert [type(answer) for answer in table.answers] == [CardDoubtful]


def test_an_id_that_was_ordered_is_not_ordered_again_whatever_came_of_it():
    table = Table()
    table.to_rest()
    table.pay()
    table.zvt.broken(table.now_s, Trouble.NO_PORT, "pulled out")
    table.zvt.begin(table.now_s)
    table.collect()
    table.to_rest()
    table.pay()
    table.wait(1)
    assert table.orders.count(AUTHORISE) == 1
    assert [type(answer) for answer in table.answers] == [CardUnknown, CardUnknown]


def test_a_record_that_moved_since_the_core_wrote_it_down_is_not_paid_upon():
    table = Table()
    table.to_rest()
    table.zvt.pay(table.now_s, "p1", DUE, Mark("52500041", 40))
    table.collect()
    assert [type(answer) for answer in table.answers] == [CardDeclined]
    assert AUTHORISE not in table.orders


commands = st.sampled_from(
    [DONE, STATUS, INTERMEDIATE, COMPLETION, ABORT, 0x06D1, 0x8400, 0x84A0, 0x0601, 0x1234]
)
datas = st.binary(max_size=12) | st.builds(
    status, st.sampled_from([0, 0x6C, 0xFF]), st.sampled_from([3750, 3751, 0]), st.integers(40, 44)
)
steps = st.lists(
    st.tuples(st.just("say"), commands, datas)
    | st.tuples(st.just("hear"), st.just(0), st.sampled_from([b"\x06", b"\x15"]) | st.binary(max_size=40))
    | st.tuples(st.just("wait"), st.sampled_from([0, 1, 7, 200]), st.just(b""))
    | st.tuples(st.sampled_from(["pay", "cancel", "query", "rest"]), st.integers(0, 3), st.just(b"")),
    max_size=40,
)


@settings(max_examples=100, deadline=None)
@given(steps)
def test_any_order_of_messages_verbs_and_silences(game):
    table = Table()
    table.to_rest()
    accepted = 0  # statuses that accept our amount and were followed by a completion
    last: bytes = b""
    asked: list[str] = []
    for what, number, data in game:
        if what == "say":
            accepted += number == COMPLETION and last[:2] == bytes((f.RESULT, 0))
            last = data if number == STATUS else last
            table.say(number, data)
        elif what == "hear":
            table.hear(data)
        elif what == "wait":
            table.wait(number)
        elif what == "rest":
            table.to_rest()
            accepted += 1  # its own status and completion may answer a query
        elif what == "pay":
            asked.append(f"p{number}")
            table.pay(f"p{number}")
        elif what == "query":
            asked.append(f"p{number}")
            table.zvt.query(table.now_s, f"p{number}", DUE, Mark("52500041", 41))
        else:
            table.zvt.cancel(table.now_s, f"p{number}")
        table.collect()
    approvals = [event for event in table.events if isinstance(event, CardApproved)]
    assert len(approvals) <= accepted
    assert all(approval.amount == DUE for approval in approvals)
    assert table.orders.count(AUTHORISE) <= len(set(asked)) * 3  # each frame is said three times at most
    table.wait(400)
    table.zvt.broken(table.now_s, Trouble.NO_PORT, "the end")
    table.collect()
    assert len(table.answers) == len(asked), "each pay and each query has exactly one answer"


def test_a_terminal_that_falls_silent_is_waited_for_three_minutes_then_it_is_unknown():
    """T4: that long may somebody look for the card, then for the PIN. Each word of it begins the time anew."""
    table = Table()
    table.to_rest()
    table.pay()
    table.say(DONE)
    table.wait(170)
    table.say(INTERMEDIATE, b"\x0a")
    table.hear(b"\x06")
    table.wait(170)
    assert table.answers == []
    table.wait(11)
    assert [type(answer) for answer in table.answers] == [CardUnknown]
    assert table.orders.count(AUTHORISE) == 1
