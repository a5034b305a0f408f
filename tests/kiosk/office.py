"""A kiosk with staff: two invented persons, who sign in, count and close as on the glass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from kiosk import contract as c
from kiosk.books import added_up, receipt_of
from kiosk.flow import commands as cmd
from kiosk.flow import stimuli as st
from kiosk.parcels import Bundle, Person, Role
from tests.kiosk.world import NOW_MS, Kiosk

ATTENDANT = Person("1001", "林晓梅", (Role.ATTENDANT,), "attendant's verifier")
SUPERVISOR = Person("2001", "高志远", (Role.SUPERVISOR,), "supervisor's verifier")
PIN = "271828"
OVERRIDE = "customers_wait"
STAFF = Bundle(1, NOW_MS, "lobby", (), (), (ATTENDANT, SUPERVISOR))


class Office(Kiosk):
    """`sign_in()`, `count_notes(1, n20=2)`, `open_day()`, `close_day()`: what a person does, answers included."""

    def __init__(self, folder: Path, *, name: str = "K0001") -> None:
        super().__init__(folder, name=name)

    def open_for_business(self, counter: int | None = 0) -> None:
        super().open_for_business(counter)
        self.hear(st.BundleCame(STAFF))

    def enter(self, typed: str) -> None:
        self.type(typed)
        self.want(c.EnterTyped())

    def give_pin(self, person: Person = ATTENDANT, pin: str = PIN, good: bool = True) -> None:
        """Number and PIN; the check outside says `good`."""
        self.want(c.OpenStaff())
        self.enter(person.number)
        self.try_pin(pin, good)

    def try_pin(self, pin: str = PIN, good: bool = False) -> None:
        self.enter(pin)
        check = self.last(cmd.CheckPin)
        self.hear(st.PinChecked(check.attempt, good))

    def sign_in(self, person: Person = ATTENDANT) -> None:
        self.give_pin(person)
        assert self.page.title.key == "desk.menu"

    def go(self, room: str) -> Any:
        self.want(c.StaffGo(room))
        return self.page

    def count_notes(self, *boxes: int, **notes: int) -> Any:
        """`count_notes(1, n20=2)`: two notes of ¥20 were in box 1, and none of any other."""
        self.go("collect")
        self.want(c.CountBoxes(boxes))
        while isinstance(self.page, c.StaffEntry):
            fen = int(self.page.asks.values["note_fen"])
            self.enter(str(notes.get(f"n{fen // 100}", 0)))
        self.want(c.EnterTyped())
        return self.page

    def add_up(self) -> None:
        """What the core does outside of the flow."""
        self.hear(added_up(self.journal, self.last(cmd.AddUpDay).purpose))

    def open_day(self, override: str = OVERRIDE) -> None:
        """With a reason, where a point of the opening list is not right."""
        self.go("opening")
        self.want(c.OpenDay() if self.page.main.off is None else c.OpenDay(override))
        self.add_up()

    def at_a_site(self, **day: Any) -> None:
        """The same kiosk after a restart, at a site whose `[day]` is other than the packaged one."""
        office = self.site.office
        self.site = replace(self.site, office=replace(office, day=replace(office.day, **day)))
        self.restart()
        self.open_for_business(counter=self.engine.state.unit_count or 0)

    def close_day(self) -> Any:
        self.go("day")
        self.want(c.CloseDay())
        self.add_up()
        return self.page

    def settle(self, item: str, how: c.How, second: Person = ATTENDANT) -> None:
        """An open item; where that is a correction, a second person signs too."""
        self.want(c.SettleItem(item, how))
        if isinstance(self.page, c.StaffEntry) and self.page.asks.key == "desk.second":
            self.enter(second.number)
            self.try_pin(good=True)

    def make_void(self, receipt: str, reason: str = "wrong_account", second: Person = ATTENDANT) -> None:
        """By the supervisor, who stays signed in; a second person signs."""
        self.sign_in(SUPERVISOR)
        self.go("void")
        self.enter(receipt[-8:].lstrip("0"))
        asked = self.last(cmd.FindReceipt)
        self.hear(st.ReceiptFound(asked.lookup, receipt_of(self.journal, asked.number)))
        self.want(c.VoidReceipt(reason))
        self.enter(second.number)
        self.try_pin(good=True)

    def sign_out(self) -> None:
        self.want(c.SignOut())
        assert isinstance(self.page, c.Home), self.page

    def leave(self) -> None:
        """The customer takes the paper and goes."""
        self.print_out()
        self.want(c.Done(), c.Done())
        assert isinstance(self.page, c.Home), self.page
