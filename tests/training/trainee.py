"""A trainee in the flow's world: the situation makes the devices of the world misbehave as simulators would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hardware import contracts as hw
from kiosk import contract as c
from kiosk.facts import KioskStarted, NoteDoubtful
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.training import situations
from kiosk.training.record import Practice
from kiosk.training.run import Attempt
from kiosk.training.situations import Event
from tests.kiosk.office import PIN, STAFF, SUPERVISOR, Office
from tests.kiosk.world import NO_PAPER, NOW_MS, READY, account_of, bundle, code_of, customer, taken, yuan


class Trainee(Office):
    """`begin("note-jam")`, then what a person does; `verdict()` asks the judge, as the terminal does."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, name="T0001")
        self.armed: dict[str, Any] = {}
        self.told: list[str] = []
        self.seconds = 0.0

    def begin(self, name: str) -> None:
        before = len(self.facts())
        assert isinstance(self.facts()[0], KioskStarted)
        self.attempt = Attempt(
            name, situations.load()[name], "1001", lambda: self.facts()[before:], self.cause,
            c.Language.ZH, self.told.append, lambda: self.seconds,
        )  # fmt: skip
        assert self.verdict() is None

    def verdict(self) -> Practice | None:
        return self.attempt.look()

    # ---- what happens by itself

    def cause(self, event: Event) -> None:
        match event.device, event.do:
            case "network", "unplug":
                self.hear(st.LinkChanged(False))
            case "network", "plug":
                self.hear(st.LinkChanged(True), st.Uploaded(NOW_MS))
            case "printer", "paper_out":
                self.hear(hw.PrinterSays(device="printer", state=NO_PAPER))
            case "acceptor", ("when" | "wrong_type") as do:
                self.armed[do] = event.given
            case other:
                raise AssertionError(f"the world knows no {other}")

    def slip_in(self, amount: int) -> None:
        """A note, and whatever was armed for it."""
        self.hold(amount)
        if "when" in self.armed:
            assert self.armed.pop("when")["then"] == "jam"
            self.hear(hw.Jammed(device="acceptor", where=hw.JamIn.VALIDATOR))
        elif "wrong_type" in self.armed:
            code = self.armed.pop("wrong_type")["code"]
            value = next(yuan(y) for y in (1, 5, 10, 20, 50, 100) if code_of(y) == code)
            self.hear(hw.Taken(device="acceptor", code=code, value=value))
        else:
            self.hear(taken(amount))

    # ---- what a person does

    def look_up(self, *, fee: str = "water", **spoilt: str) -> None:
        """An account whose customer lacks what is `spoilt`."""
        from msgspec.structs import replace

        from tests.kiosk.world import bill

        account = account_of(self.site.fee(fee))
        self.want(c.ChooseFee(fee))
        self.type(account)
        self.want(c.SubmitAccount())
        found = replace(customer(bill(fee=fee), account=account), **spoilt)
        self.hear(st.BillsCame(self.last(cmd.FetchBills).lookup, found))

    def know_offline(self, *bills: Any) -> None:
        from msgspec.structs import replace

        self.hear(st.BundleCame(replace(bundle(*bills), people=STAFF.people)))

    def approve(self, granted: bool = True) -> None:
        self.want(c.ApproverHere())
        self.enter(SUPERVISOR.number)
        self.enter(PIN)
        self.hear(st.PinChecked(self.last(cmd.CheckPin).attempt, True))
        self.want(c.Approve("bill_seen") if granted else c.RefuseApproval())

    def load_paper(self) -> None:
        self.hear(hw.PrinterSays(device="printer", state=READY))

    def settle_the_doubtful_note(self) -> None:
        self.settle(self.facts(NoteDoubtful)[0].note, c.How.PAID)
