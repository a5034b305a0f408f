"""What belongs at a place of a configuration file, in words for whoever edits it: made from the types themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec.inspect as types


def expected(kind: type, keys: str) -> str:
    """`keys` as `fee[2].limit_yuan`. Empty where the type has no such place."""
    place = _at(kind, keys)
    return _words(place) if place is not None else ""


def known(kind: type, keys: str) -> list[str]:
    """The keys of the table at `keys`."""
    place = _plain(_at(kind, keys))
    return [field.encode_name for field in place.fields] if isinstance(place, types.StructType) else []


def _at(kind: type, keys: str) -> types.Type | None:
    place: types.Type | None = types.type_info(kind)
    for name, index in re.findall(r"([\w-]+)|\[(\d+|\.\.\.)\]", keys):
        place = _field(_plain(place), name) if name and not index else _item(_plain(place), index)
    return place


def _plain(kind: types.Type | None) -> types.Type | None:
    """Without its description; of "this or nothing", this."""
    while isinstance(kind, types.Metadata):
        kind = kind.type
    if isinstance(kind, types.UnionType):
        some = [member for member in kind.types if not isinstance(member, types.NoneType)]
        return _plain(some[0]) if len(some) == 1 else kind
    return kind


def _field(kind: types.Type | None, name: str) -> types.Type | None:
    if isinstance(kind, types.StructType):
        return next((field.type for field in kind.fields if field.encode_name == name), None)
    return kind.value_type if isinstance(kind, types.DictType) else None


def _item(kind: types.Type | None, index: str) -> types.Type | None:
    if isinstance(kind, types.TupleType):
        return kind.item_types[int(index)] if index.isdigit() else None
    if isinstance(kind, types.VarTupleType):
        return kind.item_type
    return kind.value_type if isinstance(kind, types.DictType) else None


def _words(kind: types.Type) -> str:
    if isinstance(kind, types.Metadata) and "description" in (kind.extra_json_schema or {}):
        return str((kind.extra_json_schema or {})["description"])
    match _plain(kind):
        case types.StrType() as text:
            most = f", at most {text.max_length} characters" if text.max_length else ""
            return f"a text in quotes{', not empty' if text.min_length else ''}{most}"
        case types.IntType() as number:
            return f"a whole number{_bounds(number)}, without quotes"
        case types.FloatType() as number:
            return f"a number{_bounds(number)}, without quotes"
        case types.BoolType():
            return "true or false, without quotes"
        case types.EnumType() as words:
            return _one_of(member.value for member in words.cls)
        case types.LiteralType() as words:
            return _one_of(words.values)
        case types.StructType() as table:
            return f"a table with {', '.join(field.encode_name for field in table.fields if field.required)}"
        case types.TupleType() as items:
            return f"a list of {len(items.item_types)} in square brackets"
        case types.VarTupleType() as items if isinstance(_plain(items.item_type), types.StructType):
            return "one or more tables, each headed by its name in two pairs of square brackets"
        case types.VarTupleType() as items:
            return f"a list in square brackets{_length(items)}; each of it {_words(items.item_type)}"
        case _:
            return ""


def _length(items: types.VarTupleType) -> str:
    if items.max_length:
        return f", of {items.min_length or 0} to {items.max_length}"
    return f", of at least {items.min_length}" if items.min_length else ""


def _bounds(number: types.IntType | types.FloatType) -> str:
    least = f"above {number.gt}" if number.gt is not None else f"at least {number.ge}"
    bounds = [least] * (number.ge is not None or number.gt is not None)
    bounds += [f"at most {number.le}"] * (number.le is not None)
    bounds += [f"a multiple of {number.multiple_of}"] * (number.multiple_of is not None)
    return f", {', '.join(bounds)}" if bounds else ""


def _one_of(values: Iterable[Any]) -> str:
    """As they are written in the file: a text in quotes."""
    return "one of " + ", ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values)
