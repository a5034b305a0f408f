"""What a kiosk asks about its site: bills, the signed bundle, the heartbeat."""

from __future__ import annotations

import sqlite3

from central import editions, exceptions, fees, owed, problems, visitors
from central import numbers as stock
from central.dock import journal
from central.dock.room import Caller, Room
from kiosk import codec
from kiosk.identity import Signer
from kiosk.money import Money
from kiosk.parcels import (
    BUNDLE_DOMAIN,
    AskBills,
    AskBundle,
    AskNumbers,
    BillsFound,
    Bundle,
    BundleIs,
    ContactTaken,
    FeeSwitch,
    Heartbeat,
    HeartbeatSeen,
    LeaveContact,
    NumbersAre,
    Person,
    Role,
    witness_bytes,
)
from kiosk.rules.load import packed


async def bills(room: Room, who: Caller, ask: AskBills) -> BillsFound:
    def look(db: sqlite3.Connection) -> BillsFound:
        used = db.execute(
            "SELECT 1 FROM paper WHERE kiosk = ? AND number = ?", (who.kiosk, ask.receipt)
        ).fetchone()
        customer = owed.of_account(db, ask.fee, ask.account, room.now_ms())
        return BillsFound(customer, room.now_ms(), used is not None)

    return await room.ledger.read(look)


async def bundle(room: Room, who: Caller, ask: AskBundle) -> BundleIs:
    newest = await room.ledger.read(editions.newest)
    if ask.have == newest:
        return BundleIs()
    return await room.ledger.write(lambda db: make_bundle(db, who.site, room.signer, room.now_ms()))


def make_bundle(db: sqlite3.Connection, site: str, signer: Signer, now_ms: int) -> BundleIs:
    """The newest bundle of a site; made and signed once per edition."""
    version = editions.newest(db)
    row = db.execute(
        "SELECT text, signature FROM bundle WHERE site = ? AND version = ?", (site, version)
    ).fetchone()
    if row is not None:
        return BundleIs(row["text"], row["signature"])
    switches = tuple(
        FeeSwitch(
            fee["code"], bool(fee["open"]), None if fee["limit_fen"] is None else Money(fee["limit_fen"])
        )
        for fee in db.execute("SELECT code, open, limit_fen FROM fee ORDER BY place")
    )
    customers = owed.known(db)
    people = tuple(
        Person(
            row["number"],
            row["name"],
            codec.decode(row["roles"], tuple[Role, ...]),
            row["pin"],
            row["badges_from_ms"],
        )
        for row in db.execute(
            "SELECT * FROM person WHERE site IN ('', ?) AND roles <> '[]' ORDER BY number", (site,)
        )
    )
    text = codec.encode(Bundle(version, now_ms, site, switches, customers, people, packed(fees.rules(db))))
    signature = signer.sign(BUNDLE_DOMAIN + text)
    db.execute("DELETE FROM bundle WHERE site = ?", (site,))  # nobody asks for an older one
    db.execute(
        "INSERT INTO bundle (site, version, text, signature) VALUES (?, ?, ?, ?)",
        (site, version, text.decode(), signature),
    )
    return BundleIs(text.decode(), signature)


async def numbers(room: Room, who: Caller, ask: AskNumbers) -> NumbersAre:
    now_ms = room.now_ms()
    return await room.ledger.write(lambda db: stock.hand_out(db, who.kiosk, who.epoch, ask.block, now_ms))


async def contact(room: Room, who: Caller, ask: LeaveContact) -> ContactTaken:
    now_ms = room.now_ms()
    return ContactTaken(
        ask.digest, await room.ledger.write(lambda db: visitors.leave_contact(db, who.kiosk, ask, now_ms))
    )


async def heartbeat(room: Room, who: Caller, beat: Heartbeat) -> HeartbeatSeen:
    now_ms = room.now_ms()

    def job(db: sqlite3.Connection) -> HeartbeatSeen:
        db.execute(
            "UPDATE kiosk SET last_seen_ms = ?, beat_ms = ?, version = ?, beat_head_seq = ?, beat_acked_seq = ?,"
            " devices = ?, staff_called = ?, calls_since_ms = ? WHERE id = ?",
            (
                now_ms, beat.at_ms, beat.version, beat.head_seq, beat.acked_seq,
                codec.encode(beat.devices).decode(), beat.staff_called, beat.calls_since_ms, who.kiosk,
            ),
        )  # fmt: skip
        if beat.parted:
            problems.note(db, who.kiosk, "journal_parted", f"{who.epoch}/{beat.parted}", beat.parted, now_ms)
        if beat.broken:
            subject = f"{who.epoch}/{now_ms}"  # each time of its own: it may be repaired and break again
            problems.note_once_open(db, who.kiosk, "journal_broken", subject, beat.broken, now_ms)
        head = journal.head_of(db, who.kiosk, who.epoch, now_ms)
        signed = room.signer.sign(witness_bytes(who.kiosk, who.epoch, head.seq, head.hash))
        call, by = visitors.answered(db, who.kiosk)
        closings = exceptions.closings(db, who.kiosk)
        return HeartbeatSeen(now_ms, editions.newest(db), head.seq, head.hash, signed, call, by, closings)

    return await room.ledger.write(job)
