"""Stories of records on their way: whatever the line does, at the end the server holds each record once.

The records are those of a money story; journal, post, outbox and the whole server are the real ones.
"""

from __future__ import annotations

import logging
import random
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from kiosk import codec
from kiosk import facts as f
from kiosk.journal.store import Journal, NotWritten
from kiosk.outbox import Outbox
from kiosk.parcels import Brought, JournalHead, Outcome, Send, UploadJournal, request_bytes
from kiosk.post import Post
from kiosk.rules.retention import load_retention
from tests.crash import faults, staff, stories
from tests.crash.books import DoesNotAddUp, require
from tests.crash.ledgers import Ledger, copied
from tests.crash.line import KIOSK, Loop, Server, identity, new_server, running
from tests.crash.things import Clock, Story, Things, Unit
from tests.crash.world import World
from tests.kiosk.honest_world import Bank, Cut
from tests.kiosk.world import NOW_MS

for name in ("post", "upload", "outbox", "witness"):
    logging.getLogger(f"kiosk.{name}").setLevel(logging.CRITICAL + 1)  # what goes wrong here is meant to
MOVES_OF_A_STORY: Final = 60
STAFF_COME = 0.5
MOST_ROUNDS: Final = 400
NEVER: Final = frozenset(
    {
        "fork",
        "broken_batch",
        "told_twice",
        "note_odd",
        "payment_odd",
        "void_odd",
        "sum_differs",
        "not_understood",
    }
)  # found by the server


class Watched(Journal):
    """The real one; each commit is a place where the core may die, and may be refused by the disk."""

    point: Callable[[str], None]
    refuses: Callable[[], bool]

    def _commit(self, *statements: Any) -> None:
        self.point("before the write")
        if self.refuses():
            raise NotWritten("model: input/output error")
        super()._commit(*statements)
        self.point("after the write")


@dataclass
class Lasting:
    """What a cut of the kiosk leaves."""

    home: Path
    server: Server
    commits: dict[int, list[f.Durable]]  # of the money story, by the last record before each
    clock: Clock = field(default_factory=Clock)
    story: Story = field(default_factory=Story)
    late: list[Send] = field(default_factory=list)  # given up by the kiosk, may still arrive
    backup: Server | None = None
    restored: bool = False  # from that backup, and the kiosk has not heard of it yet

    def fork(self) -> Lasting:
        home = copied(self.home)
        clock = Clock(self.clock.ms, self.clock.boot, self.clock.since_ms)
        return Lasting(home, self.server.fork(), self.commits, clock, Story(self.story.page),
                       self.late.copy(), self.backup, self.restored)  # fmt: skip

    def fingerprint(self) -> tuple[Any, ...]:
        """Two cuts between which nothing here changed are one cut."""
        log = self.home / "journal.db-wal"
        written = log.stat().st_size if log.exists() else 0
        return len(self.server.hashes()), written, len(self.late), self.restored


Hook = Callable[["Uploads", str], None]


class Uploads:
    """One life of the kiosk's sending side after another."""

    def __init__(self, lasting: Lasting, chance: random.Random, hook: Hook | None = None) -> None:
        self.lasting, self.chance, self.hook = lasting, chance, hook
        self.deaths: list[int] = []
        self.points = self.died = 0
        self.disk_refuses = False
        self.loop = Loop()
        self.comes_up()

    # ---- the kiosk's life

    def comes_up(self) -> None:
        lasting = self.lasting
        lasting.clock.starts_again()
        lasting.server.point = self.point
        self.loop = Loop()
        self.waiting: list[Send] = []  # for the line
        self.answers: list[Brought] = []
        path, who = lasting.home / "journal.db", identity()
        if not path.exists():
            Journal.create(path, who)
        journal = Watched.open(path, who, KIOSK, lasting.clock)
        assert isinstance(journal, Watched)
        journal.point, journal.refuses = self.point, self.refused
        self.journal = journal
        self.post = Post(who, KIOSK, lambda reached: None)
        courier: Any = self
        self.post.connected(courier)
        self.outbox = Outbox(
            self.post, journal, lasting.home, lasting.clock, lambda: ((), False), self.all_is_there,
            lambda bundle: None, lambda: None, self.parted, "model", load_retention().kiosk,
        )  # fmt: skip
        self.lives(self.outbox.start)

    def dies(self, why: str) -> None:
        self.died += 1
        self.lasting.story.tell("CUT", why)
        self.lasting.late += self.waiting
        self.goes()
        self.comes_up()

    def goes(self) -> None:
        self.journal.point = lambda where: None
        self.journal.close()

    def lives(self, step: Callable[[], Any]) -> None:
        try:
            with running(self.loop):
                step()
        except Cut as cut:
            self.dies(str(cut))
        except DoesNotAddUp:
            raise
        except Exception as error:
            raise DoesNotAddUp(f"the core raised {error!r}\n{traceback.format_exc(limit=-4)}") from error
        self.holds()

    def point(self, where: str) -> None:
        self.points += 1
        if self.hook is not None:
            self.hook(self, where)
        if self.deaths and self.points >= self.deaths[0]:
            self.deaths.pop(0)
            raise Cut(where)

    def refused(self) -> bool:
        refuses, self.disk_refuses = self.disk_refuses, False
        if refuses:
            self.lasting.story.tell("disk", "refuses a write")
        return refuses

    # ---- the courier

    def send(self, parcel: Send) -> None:
        self.point(f"before {parcel.call} is sent")
        self.lasting.story.tell("core sends", parcel.call)
        self.waiting.append(parcel)
        self.point(f"after {parcel.call} was sent")

    def all_is_there(self, server_ms: int) -> None:
        held, written = len(self.lasting.server.hashes()), self.journal.head.seq
        require(self.lasting.restored or held >= written, f"told that all is there: {held} of {written}")

    def parted(self, why: str) -> None:
        raise DoesNotAddUp(f"there is one history, and the kiosk says: {why}")

    # ---- what happens

    def writes(self) -> None:
        """A commit of the money story, and what the core does after each."""
        commit = self.lasting.commits.get(self.journal.head.seq)
        if commit is not None:
            self.lasting.story.tell("journal", commit)
            try:
                self.journal.append(commit)
            except NotWritten:
                return
            self.outbox.upload()

    def brought(self, brought: Brought) -> None:
        self.point("before the answer is heard")
        self.lasting.story.tell(
            "line", f"brings {brought.outcome.value} {brought.status or ''} {brought.detail}"
        )
        self.post.brought(brought)

    def second_passes(self) -> None:
        timer = self.loop.next()
        if timer is not None:
            timer.then(*timer.arguments)

    def served(self, parcel: Send) -> Brought:
        answer = self.lasting.server.answer(parcel)
        self.lasting.story.tell("server", f"answers {parcel.call}: {answer.status} {answer.body[:120]}")
        return answer

    def kind(self) -> tuple[Any, ...]:
        """Without numbers: what is where."""
        held, lasting = len(self.lasting.server.hashes()), self.lasting
        cursor, written = self.journal.uploaded.seq, self.journal.head.seq
        return (
            [parcel.call for parcel in self.waiting], [answer.status for answer in self.answers], bool(lasting.late),
            (cursor < held) - (cursor > held), held == written, lasting.restored, lasting.server.full,
        )  # fmt: skip

    # ---- what must be true

    def holds(self) -> None:
        """After each step: the server holds a beginning of this journal, and the cursor is a record of it."""
        held = self.lasting.server.hashes()
        written = [record.hash for record in self.journal.records()]
        ours = written[: len(held)] == held
        require(
            ours, f"the server's {len(held)} records are not the first of the {len(written)} written ones"
        )
        cursor = self.journal.uploaded
        if cursor.seq <= len(held) and not self.answers:
            self.lasting.restored = False  # the kiosk knows by now, or there was nothing to know
        require(
            cursor.seq == 0 or (cursor.seq <= len(written) and written[cursor.seq - 1] == cursor.hash),
            f"the cursor stands at {cursor}, which is no record of this journal",
        )
        require(
            self.lasting.restored or cursor.seq <= len(held),
            f"the cursor stands at {cursor.seq}, the server holds {len(held)}",
        )

    def gets_well(self) -> None:
        """The line works; everything that was given up and still may arrive does so first."""
        lasting = self.lasting
        self.deaths.clear()
        self.disk_refuses, lasting.server.full = False, False
        lasting.story.tell("line", "works again")
        for parcel in lasting.late:
            self.served(parcel)
        lasting.late.clear()
        for _ in range(MOST_ROUNDS):
            self.lives(self._one_round)
            if (
                not self.waiting
                and len(lasting.server.hashes()) == self.journal.head.seq == self.journal.uploaded.seq
            ):
                return
        raise DoesNotAddUp(
            f"the upload does not come to its end: {self.journal.head.seq} written, cursor "
            f"{self.journal.uploaded.seq}, on the server {len(lasting.server.hashes())}"
        )

    def _one_round(self) -> None:
        if self.answers:
            self.post.brought(self.answers.pop(0))
        elif self.waiting:
            self.post.brought(self.served(self.waiting.pop(0)))
        else:
            self.second_passes()

    def everything_is_there_once(self) -> None:
        """The tables are those of a server that got the whole journal at one go over a perfect line."""
        server, perfect = self.lasting.server, new_server()
        records = tuple(self.journal.records())
        for start in range(0, len(records), 100):
            perfect.answer(upload_of(self.journal, records[start : start + 100]))
        for (table, rows), (_, expected) in zip(server.kept().items(), perfect.kept().items(), strict=True):
            require(rows == expected, f"table {table}: {different(rows, expected)}")
        wrong = server.problems() & NEVER
        require(not wrong, f"the server complains: {wrong}")
        self.journal.verify()


def upload_of(journal: Journal, records: tuple[Any, ...]) -> Send:
    signature = journal.head_signature(records[-1].seq, records[-1].hash)
    body = codec.encode(UploadJournal(journal.identity.epoch, records, signature))
    signed = KIOSK.sign(request_bytes("journal", body))
    return Send("perfect", "journal", body.decode(), journal.identity.kiosk, signed, 1)


def different(rows: list[Any], expected: list[Any]) -> str:
    missing, odd = [r for r in expected if r not in rows], [r for r in rows if r not in expected]
    return f"missing {missing[:2]}, odd {odd[:2]}, {len(rows)} rows instead of {len(expected)}"


# ---- what the line does


def write(u: Uploads) -> None:
    u.writes()


def second(u: Uploads) -> None:
    u.second_passes()


def _taken(u: Uploads) -> Send | None:
    return u.waiting.pop(u.chance.randrange(len(u.waiting))) if u.waiting else None


def served(u: Uploads) -> None:
    """The server answers; the answer is still under way."""
    parcel = _taken(u)
    if parcel is not None:
        u.answers.append(u.served(parcel))


def served_twice(u: Uploads) -> None:
    """A box between here and there sends the request again."""
    if u.waiting:
        parcel = u.waiting[0]
        u.lasting.story.tell("line", f"delivers {parcel.call} twice")
        u.served(parcel)
        served(u)


def answer_heard(u: Uploads) -> None:
    """Any of them: not the order in which they were given."""
    if u.answers:
        u.brought(u.answers.pop(u.chance.randrange(len(u.answers))))


def answer_heard_twice(u: Uploads) -> None:
    if u.answers:
        answer = u.answers.pop(0)
        u.brought(answer)
        u.brought(answer)


def answer_lost(u: Uploads) -> None:
    if u.answers:
        answer = u.answers.pop(0)
        u.brought(Brought(answer.parcel, Outcome.NO_ANSWER, detail="the answer was lost"))


def answer_altered(u: Uploads) -> None:
    if u.answers:
        answer = u.answers.pop(0)
        body = answer.body.replace('"seq":', '"seq":1')
        u.brought(Brought(answer.parcel, Outcome.ANSWERED, 200, body, answer.signature, "altered on the way"))


def answer_forged(u: Uploads) -> None:
    """A courier that was taken over keeps the records and says that they arrived."""
    parcel = _taken(u)
    if parcel is not None and parcel.call == "journal":
        last = codec.decode(parcel.body, UploadJournal).records[-1]
        body = codec.encode(JournalHead(last.epoch, last.seq, last.hash, server_ms=NOW_MS)).decode()
        u.brought(Brought(parcel.parcel, Outcome.ANSWERED, 200, body, "00" * 64, "forged"))


def not_sent(u: Uploads) -> None:
    parcel = _taken(u)
    if parcel is not None:
        u.brought(Brought(parcel.parcel, Outcome.NOT_SENT, detail="no connection"))


def request_lost(u: Uploads) -> None:
    parcel = _taken(u)
    if parcel is not None:
        u.brought(Brought(parcel.parcel, Outcome.NO_ANSWER, detail="the request was lost"))


def request_late(u: Uploads) -> None:
    parcel = _taken(u)
    if parcel is not None:
        u.lasting.late.append(parcel)
        u.brought(Brought(parcel.parcel, Outcome.NO_ANSWER, detail="the request is late"))


def late_arrives(u: Uploads) -> None:
    late = u.lasting.late
    if late:
        parcel = late.pop(u.chance.randrange(len(late)))
        u.lasting.story.tell("line", f"delivers a late {parcel.call}")
        u.served(parcel)


def request_altered(u: Uploads) -> None:
    parcel = _taken(u)
    if parcel is not None:
        body = bytearray(parcel.body.encode())
        body[u.chance.randrange(len(body))] ^= 1
        u.lasting.story.tell("line", f"alters a {parcel.call}")
        u.answers.append(u.lasting.server.answer(parcel, bytes(body)))


def server_full(u: Uploads) -> None:
    u.lasting.server.full = True


def server_saves(u: Uploads) -> None:
    u.lasting.backup = u.lasting.server.fork()


def server_restored(u: Uploads) -> None:
    if u.lasting.backup is not None:
        u.lasting.story.tell("office", "puts an older backup of the server back")
        u.lasting.server = u.lasting.backup.fork()
        u.lasting.server.point, u.lasting.restored = u.point, True


def clock(u: Uploads) -> None:
    u.lasting.clock.jumps(u.chance.choice((1_000, NOW_MS, NOW_MS + 3 * faults.YEAR_MS)))


def disk(u: Uploads) -> None:
    u.disk_refuses = True


def death(u: Uploads) -> None:
    u.dies("power")


MOVES: Final[tuple[Callable[[Uploads], None], ...]] = (
    *(write,) * 6, *(served,) * 4, *(answer_heard,) * 4, second, second, served_twice, answer_heard_twice, answer_lost,
    answer_altered, answer_forged, not_sent, request_lost, request_late, late_arrives, request_altered, server_full,
    server_saves, server_restored, clock, disk, death,
)  # fmt: skip


def play(u: Uploads, moves: int = MOVES_OF_A_STORY) -> None:
    for _ in range(moves):
        move = u.chance.choice(MOVES)
        u.lives(lambda move=move: move(u))


def send_off(u: Uploads) -> None:
    u.gets_well()
    u.everything_is_there_once()
    u.goes()


def money_story(chance: random.Random, number: int = 0) -> dict[int, list[f.Durable]]:
    """The commits of a visit, and of what staff do then, each by the number of records before it."""
    things = Things(Unit(chance.random() < 0.5), Bank([]), Ledger(), number=number)
    world = World(things, chance)
    world.comes_up()
    world.events()
    stories.visit(world)
    if chance.random() < STAFF_COME:
        staff.shift(world)
    stories.ending(world)
    facts, marks = things.ledger.facts, [0, *things.ledger.ends]
    return {begin: facts[begin:end] for begin, end in pairwise(marks)}
