"""A fold on disk, so that a start reads only the records after it. It can always be made again from the records.

One file beside the journal: the kiosk's signature in hex, then what it covers. The file is replaced as a whole and
never repaired: one that is torn, flipped, of another kiosk or epoch, or made by other rules is ignored. It is only
made while nobody is being served, so that nothing of a visit is in it; the site is never in it.
"""

from __future__ import annotations

import hashlib
import logging
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

import kiosk
from hardware import contracts
from kiosk import SOFTWARE, codec
from kiosk.flow.state import State
from kiosk.identity import Identity, Signer, signed_by, write_durably
from kiosk.journal.fold import Fold, Head
from kiosk.money import Money

log = logging.getLogger(__name__)

DOMAIN: Final = b"kiosk-snapshot-1\0"
SIGNATURE: Final = 128  # characters of hex before the text
LEFT_OUT: Final = frozenset(
    {"site", "settings", "house", "visit"}
)  # configuration, surroundings, the customer

_Kept: Any = msgspec.defstruct(
    "_Kept",
    [(f.encode_name, f.type) for f in msgspec.structs.fields(State) if f.name not in LEFT_OUT],
    frozen=True,
    forbid_unknown_fields=True,
)


class _Snapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kiosk: str
    epoch: int
    rules: str
    head: Head
    state: _Kept


def _fen(value: Any) -> Any:
    if isinstance(value, Money):
        return value.fen
    raise NotImplementedError(f"{type(value).__name__} in the state has no form in a snapshot")


# Not the codec's, which sorts: the order of open payments and papers counts.
_encoder = msgspec.json.Encoder(enc_hook=_fen)


@cache
def rules() -> str:
    """Changes with the release, and with every line of the sources that give the state its shape and its contents:
    a corrected rule must not go on with what the wrong one made, even where the release forgot its new number."""
    digest = hashlib.sha256(SOFTWARE.encode())
    package = Path(kiosk.__file__).parent
    for path in (Path(contracts.__file__), *sorted(package.rglob("*.py"))):
        digest.update(b"\0" + path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def possible(state: State, empty: State) -> bool:
    """Whether what a snapshot leaves out is as at the beginning."""
    return all(getattr(state, name) == getattr(empty, name) for name in LEFT_OUT)


def write(path: Path, fold: Fold, identity: Identity, signer: Signer) -> None:
    """Of a fold that is `possible`. Raises OSError; what was there before is then still there."""
    kept = _Kept(**{name: getattr(fold.state, name) for name in _Kept.__struct_fields__})
    text = _encoder.encode(_Snapshot(identity.kiosk, identity.epoch, rules(), fold.head, kept))
    write_durably(path, signer.sign(DOMAIN + text).encode() + text)


def read(path: Path, empty: State, identity: Identity) -> Fold | None:
    """None: there is none that may be believed; the log says why. Whether the records agree is not known yet."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        return _ignored(path, str(error))
    signature, text = data[:SIGNATURE], data[SIGNATURE:]
    # Hex in capitals says the same, but it is not what was written.
    if signature != signature.lower() or not signed_by(
        identity.public_key, DOMAIN + text, signature.decode("latin-1")
    ):
        return _ignored(path, "it is not as this kiosk signed it")
    try:
        found: _Snapshot = codec.decode(text, _Snapshot)
    except codec.Malformed as error:
        return _ignored(path, f"made by other software: {error}")
    if (found.kiosk, found.epoch) != (identity.kiosk, identity.epoch):
        return _ignored(path, f"it is of kiosk {found.kiosk} epoch {found.epoch}")
    if found.rules != rules():
        return _ignored(path, "made by other software")
    kept = {name: getattr(found.state, name) for name in _Kept.__struct_fields__}
    return Fold(found.head, msgspec.structs.replace(empty, **kept))


def _ignored(path: Path, why: str) -> Fold | None:
    log.warning("%s is ignored, all records are read: %s", path, why)
    return None
