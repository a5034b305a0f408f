"""JSON for everything that leaves a process or reaches the disk: strict, typed, one spelling of each value.

`Money` is written as whole fen. Decoding refuses unknown fields only where the type says so, so that an
older reader can skip what a newer writer added."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from kiosk.money import Money

T = TypeVar("T")


class Malformed(ValueError):
    """The bytes are not the JSON that was expected; the text names the place (`$.pages[2].due`)."""


def _encode_hook(value: Any) -> Any:
    if isinstance(value, Money):
        return value.fen
    raise NotImplementedError(f"{type(value).__name__} has no JSON form here")


def _decode_hook(kind: type, value: Any) -> Any:
    if kind is Money:
        if type(value) is not int:
            raise ValueError(f"expected whole fen, got {value!r}")
        return Money(value)
    raise NotImplementedError(f"{kind.__name__} has no JSON form here")


_encoder = msgspec.json.Encoder(enc_hook=_encode_hook, order="deterministic")
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def encode(value: Any) -> bytes:
    """Canonical bytes: keys in a fixed order, no white space. The same value gives the same bytes."""
    return _encoder.encode(value)


def decode(data: bytes | str, kind: type[T] | Any) -> T | Any:
    """Raises Malformed, saying what was expected and where."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind, dec_hook=_decode_hook)
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from error


def convert(value: Any, kind: type[T] | Any) -> T | Any:
    """Plain data (as TOML gives it) → `kind`. Raises Malformed with the place."""
    try:
        return msgspec.convert(value, kind, dec_hook=_decode_hook)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Malformed(str(error)) from error
