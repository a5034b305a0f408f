"""What passes between a kiosk and the central server, and how it is wrapped for the courier.

Every call is `POST {server}/v1/{call}` with a JSON body. Both ways the body is signed with Ed25519 by the
core and by the server, not by what carries it: a captured courier can delay and lose, but not forge, alter
or replay. The answer's signature covers the request's, so an old answer fits no new question.

    request   Kiosk-Id: K0001   Kiosk-Signature: hex(sign("kiosk-request-1\\0" + call + "\\0" + body))
    answer    Server-Signature: hex(sign("kiosk-answer-1\\0" + request signature + "\\0" + body))

Enrolment (`/v1/enrol`) is signed by the new key that it carries and has the kiosk id "-".
A server answers 200 for everything that it understood, also for a refusal; 400 not understood, 401 unknown
kiosk or bad signature, 413 too large, 429/503 come again later. Nothing is ever dropped because of a 4xx.
"""

from __future__ import annotations

import enum
from typing import Annotated, Final

import msgspec

from kiosk.money import Money

REQUEST_DOMAIN: Final = b"kiosk-request-1\0"
ANSWER_DOMAIN: Final = b"kiosk-answer-1\0"


MAX_PARCEL_BYTES: Final = (
    32 * 1024 * 1024
)  # a site bundle with all known arrears of a district is the largest


def request_bytes(call: str, body: bytes) -> bytes:
    """What the kiosk signs."""
    return REQUEST_DOMAIN + call.encode() + b"\0" + body


def answer_bytes(request_signature: str, body: bytes) -> bytes:
    """What the server signs; `request_signature` in hex as it was received."""
    return ANSWER_DOMAIN + request_signature.encode() + b"\0" + body


# ---------------------------------------------------------------------------------------------------
# Core ↔ courier (Unix socket, JSON lines)


class Send(msgspec.Struct, frozen=True, tag_field="type", tag="send"):
    """Core → courier: make this call once and tell what came of it. `parcel` names it in the answer.
    The courier never repeats by itself: whether and when to repeat is the core's decision."""

    parcel: str
    call: str
    body: str
    kiosk: str
    signature: str
    timeout_s: float


class Outcome(enum.Enum):
    ANSWERED = "answered"
    NOT_SENT = "not_sent"  # no connection was made: the server can not have seen it
    NO_ANSWER = "no_answer"  # it may have arrived


class Brought(msgspec.Struct, frozen=True, tag_field="type", tag="brought"):
    """Courier → core."""

    parcel: str
    outcome: Outcome
    status: int = 0
    body: str = ""
    signature: str = ""
    detail: str = ""  # for the operator


# ---------------------------------------------------------------------------------------------------
# enrol


class Enrol(msgspec.Struct, frozen=True):
    """`code`: one-time code from the office, 10 minutes, bound to a site. `public_key`: Ed25519, hex."""

    code: str
    public_key: str
    machine: str = ""  # serial number of the machine, for the list in the office
    # Who it was, of a kiosk that keeps key and journal: a server that lost its records takes it back as that.
    kiosk: str = ""
    epoch: int = 0


class Enrolled(msgspec.Struct, frozen=True):
    kiosk: str  # such as K0001
    epoch: int
    site: str
    server_key: str  # Ed25519 public key of the server, hex
    refused: str = ""  # not empty: nothing was enrolled, and why


# ---------------------------------------------------------------------------------------------------
# journal


class WireRecord(msgspec.Struct, frozen=True):
    """One journal record exactly as hashed; `body` is the canonical JSON text of the fact.
    `hash` = kiosk.journal.chain.record_hash of everything else."""

    kiosk: str
    epoch: int
    seq: int
    wall_ms: int
    boot: str
    boot_ms: int
    quality: str
    kind: str
    version: int
    body: str
    prev: str
    hash: str


class UploadJournal(msgspec.Struct, frozen=True):
    """Records `first`, `first`+1, … of one epoch, at most 500, and the signature over the last one's hash."""

    epoch: int
    records: tuple[WireRecord, ...]
    head_signature: str


class JournalHead(msgspec.Struct, frozen=True):
    """The server's head for this kiosk after its commit. The kiosk moves its cursor to (`seq`, `hash`) only if
    that is in its own journal. `fork`: the server holds two histories of this epoch."""

    epoch: int
    seq: int
    hash: str
    fork: bool = False
    problems: tuple[str, ...] = ()
    server_ms: int = 0
    kept: int = 0  # all up to this record is held, on the main history or a branch; 0: go by `seq`


# ---------------------------------------------------------------------------------------------------
# bills


class Bill(msgspec.Struct, frozen=True):
    """One bill. `due_ms`: last day for payment, UTC milliseconds. `version` changes with its contents."""

    number: str
    fee: str
    period: str  # such as 2026-10
    amount: Money
    due_ms: int
    region: str = ""
    account: str = ""  # masked; of another account of the same customer
    # What the server makes of it on the day `reckoned`: amount, late fee, less concessions. The kiosk reckons too.
    total: Money | None = None
    reckoned: str = ""


class Customer(msgspec.Struct, frozen=True):
    """Masked by the server (house rule, accessibility.md §2.5): the kiosk never learns the whole."""

    account: str
    name: str  # masked
    identity: str  # masked, may be empty
    contact: str  # masked, may be empty
    bills: tuple[Bill, ...]
    # Items of the six-step check that the server itself finds wrong: name (not that of the number), identity, contact.
    doubts: tuple[str, ...] = ()
    marks: dict[str, str] = {}  # what concessions ask for → last day it holds, empty for no end
    reference: str = ""  # by which the office finds the account again; means nothing outside


class AskBills(msgspec.Struct, frozen=True):
    """`nonce`, here and below, makes each question one of its own: yesterday's answer does not fit it."""

    fee: str
    account: str
    nonce: str = ""
    receipt: str = ""  # the number that the next receipt would have


class BillsFound(msgspec.Struct, frozen=True):
    """`customer` None: no such account."""

    customer: Customer | None
    server_ms: int = 0
    receipt_used: bool = False  # a receipt with the number that was asked about is on record


# ---------------------------------------------------------------------------------------------------
# charges by payment code


class AskCharge(msgspec.Struct, frozen=True):
    """Charge `amount` to the payment code. Idempotent by `charge`: the same id is never charged twice."""

    charge: str  # UUIDv7, made by the kiosk and written to its journal before this is sent
    payment: str
    bill: str
    amount: Money
    code: str


class AskChargeState(msgspec.Struct, frozen=True):
    """What became of `charge`? If the server never heard of it, it closes the id for good (`NEVER`), so that
    a request that is still on its way can not charge afterwards."""

    charge: str
    nonce: str = ""


class ChargeIs(enum.Enum):
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    UNKNOWN = "unknown"  # the provider has not said yet: ask again
    NEVER = "never"  # never arrived, never will


class ChargeState(msgspec.Struct, frozen=True):
    charge: str
    state: ChargeIs
    amount: Money
    provider: str = ""
    provider_reference: str = ""
    reason: str = ""  # of a decline: code_used, code_expired, no_funds, limit, wrong_code, other


# ---------------------------------------------------------------------------------------------------
# telephone numbers that somebody left with an opinion

SEALED_PATTERN: Final = r"^[0-9a-f]{96,512}$"  # an X25519 sealed box around a telephone number


class LeaveContact(msgspec.Struct, frozen=True):
    """`sealed` (`kiosk.identity.sealed_for` the server), of which a record holds nothing but the `digest`."""

    digest: str
    sealed: Annotated[str, msgspec.Meta(pattern=SEALED_PATTERN)]


class ContactTaken(msgspec.Struct, frozen=True):
    """`taken` False: no record that is here names this digest. `digest` as asked, so that no other answer fits."""

    digest: str
    taken: bool


# ---------------------------------------------------------------------------------------------------
# receipt numbers


class AskNumbers(msgspec.Struct, frozen=True):
    """`block`: which one of this epoch, from 1. The same block is always the same numbers, however often asked."""

    block: int
    nonce: str = ""


NUMBER_DIGITS: Final = 8
TRAINING: Final = "T"  # begins each kiosk id and each series of receipt numbers of practice, and no real one


def is_training(kiosk: str) -> bool:
    """Whether this id is of a kiosk that people practise on: T0001. No real server gives such a one."""
    return kiosk.startswith(TRAINING)


def spelled(series: str, number: int) -> str:
    """A receipt number as it stands on paper: `A00000012`."""
    return f"{series}{number:0{NUMBER_DIGITS}d}"


class NumbersAre(msgspec.Struct, frozen=True):
    block: int
    series: str
    first: int
    last: int


# ---------------------------------------------------------------------------------------------------
# site bundle


class FeeSwitch(msgspec.Struct, frozen=True):
    fee: str
    open: bool
    limit: Money | None = None


class Role(enum.Enum):
    CASHIER = "cashier"  # 收费员
    RECORDER = "recorder"  # 记账员
    ATTENDANT = "attendant"  # 引导员
    SUPERVISOR = "supervisor"  # 班组长


class Person(msgspec.Struct, frozen=True):
    """One of the staff. `pin` is a verifier (`kiosk.pins`), never the PIN."""

    number: str
    name: str
    roles: tuple[Role, ...]
    pin: str
    badges_from_ms: int = 0  # badges that were issued earlier are revoked


class Bundle(msgspec.Struct, frozen=True):
    """What a kiosk needs without network: which fees are open, the known arrears, and its staff."""

    version: int
    made_ms: int
    site: str
    fees: tuple[FeeSwitch, ...]
    customers: tuple[KnownCustomer, ...]
    people: tuple[Person, ...] = ()
    rules: str = (
        ""  # JSON of `config/fees.toml` (`kiosk.rules.load`): replaces the kiosk's own; empty: that holds
    )


class KnownCustomer(msgspec.Struct, frozen=True):
    fee: str
    customer: Customer
    person: str = ""  # the same word for all accounts of one person; empty: nothing is known


class AskBundle(msgspec.Struct, frozen=True):
    have: int  # version that the kiosk holds, 0 for none
    nonce: str = ""


class BundleIs(msgspec.Struct, frozen=True):
    """`bundle` is the JSON text of a Bundle, `signature` the server's over "kiosk-bundle-1\\0" + bundle,
    so that it can be verified again at each start. Empty when the kiosk has the newest."""

    bundle: str = ""
    signature: str = ""


BUNDLE_DOMAIN: Final = b"kiosk-bundle-1\0"


# ---------------------------------------------------------------------------------------------------
# heartbeat


class DeviceHealth(msgspec.Struct, frozen=True):
    device: str
    state: str  # ok, or the trouble's name
    detail: str = ""


class Heartbeat(msgspec.Struct, frozen=True):
    at_ms: int
    version: str
    head_seq: int
    acked_seq: int
    devices: tuple[DeviceHealth, ...]
    staff_called: bool = False
    calls_since_ms: int = 0
    parted: str = ""  # not empty: why our journal is not the one that the server holds
    broken: str = (
        ""  # not empty: why nothing can be written; what is out of the ordinary then has no other way here
    )


class Closing(msgspec.Struct, frozen=True):
    """Somebody in the office closed an exception of this kiosk; told until the kiosk has written it."""

    exception: str
    cause: str
    by: str


class HeartbeatSeen(msgspec.Struct, frozen=True):
    server_ms: int
    bundle: int  # newest bundle version
    head_seq: int  # what the server holds of this kiosk's journal
    head_hash: str
    head_signature: str  # the server's over `witness_bytes`: what it can not deny later
    call: str = ""  # the open call that somebody in the office answered
    answered_by: str = ""
    closings: tuple[Closing, ...] = ()


WITNESS_DOMAIN: Final = b"kiosk-witness-1\0"


def witness_bytes(kiosk: str, epoch: int, seq: int, hash_: str) -> bytes:
    """What the server signs: I hold this kiosk's journal up to `seq`."""
    return WITNESS_DOMAIN + f"{kiosk}\n{epoch}\n{seq}\n{hash_}".encode()
