"""Where the notes really are, whatever the simulated validator reports: the truth that tests compare with."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Note:
    """One piece of paper. `type` is its row in the bill table, None where the validator knows no such
    note; `reject` is the reason code with which the validator will push it out, None for a good one."""

    fen: int
    type: int | None = None
    reject: int | None = None


@dataclass
class Notes:
    """`inserted_fen` always equals inside + box + collected + returned."""

    inserted_fen: int = 0
    inside: list[Note] = field(default_factory=list)
    box: list[int] = field(default_factory=list)
    collected_fen: int = 0
    mouth: list[int] = field(default_factory=list)
    taken_back_fen: int = 0

    @property
    def inside_fen(self) -> int:
        return sum(note.fen for note in self.inside)

    @property
    def returned_fen(self) -> int:
        """All that came back to the customer, taken out of the mouth or not."""
        return sum(self.mouth) + self.taken_back_fen

    def insert(self, note: Note) -> None:
        self.inserted_fen += note.fen
        self.inside.append(note)

    def into_box(self) -> Note:
        note = self.inside.pop(0)
        self.box.append(note.fen)
        return note

    def back_to_mouth(self) -> None:
        self.mouth += [note.fen for note in self.inside]
        self.inside.clear()

    def customer_takes_back(self) -> None:
        self.taken_back_fen += sum(self.mouth)
        self.mouth.clear()

    def second_is_pulled_out(self) -> None:
        self.taken_back_fen += self.inside.pop().fen

    def collect(self) -> None:
        self.collected_fen += sum(self.box)
        self.box.clear()
