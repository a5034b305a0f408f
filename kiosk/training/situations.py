"""What staff practise, as data: one file each in `config/training/`. A mistake in one names file, line and key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from kiosk.facts import DURABLE
from kiosk.rules.load import BadConfiguration, read
from kiosk.rules.terms import NonEmpty, Part, Words

PACKAGED: Final = Path(__file__).resolve().parents[2] / "config" / "training"

Given = dict[str, Any]


class Event(Part, frozen=True):
    """Something that a simulated device does by itself. `after`: kind of the first record that it waits for; empty:
    at once. `do` and `given`: as on the control channel of the devices."""

    device: NonEmpty
    do: NonEmpty
    given: Given = msgspec.field(default_factory=dict)
    after: str = ""


class Sign(Part, frozen=True):
    """A record of one of these kinds. `where`: what stands in it; `same`: its field → field of the step before it
    that has one of this name, so that it is about the same note, call or payment."""

    facts: Annotated[tuple[NonEmpty, ...], Meta(min_length=1)]
    says: Words
    where: dict[str, str | int | bool] = msgspec.field(default_factory=dict)
    same: dict[str, str] = msgspec.field(default_factory=dict)


class Situation(Part, frozen=True):
    """`step`: the signs of success, in this order; `never`: after one of these it is missed."""

    name: Words
    happens: Words
    task: Words
    minutes: Annotated[int, Meta(ge=1, le=60)]
    step: Annotated[tuple[Sign, ...], Meta(min_length=1)]
    event: tuple[Event, ...] = ()
    never: tuple[Sign, ...] = ()


def load(folder: Path = PACKAGED) -> dict[str, Situation]:
    """By the name of the file, in alphabetical order. Raises BadConfiguration."""
    found = {path.stem: _checked(path, read(path, Situation)) for path in sorted(folder.glob("*.toml"))}
    if not found:
        raise BadConfiguration(f"{folder}: there is no situation here; each is a file such as note-jam.toml")
    return found


def _checked(path: Path, situation: Situation) -> Situation:
    """A misspelt kind or field would never be met, and everybody would miss the situation."""
    for event in situation.event:
        if event.after and event.after not in DURABLE:
            raise BadConfiguration(f"{path}: key `event.after`: {event.after!r} is no kind of record")
    earlier: set[str] = set()
    for key, signs in (("step", situation.step), ("never", situation.never)):
        for number, sign in enumerate(signs):
            at = f"{path}: key `{key}[{number}]"
            for kind in sign.facts:
                if kind not in DURABLE:
                    raise BadConfiguration(f"{at}.facts`: {kind!r} is no kind of record")
                there = {field.encode_name for field in msgspec.structs.fields(DURABLE[kind])}
                for field in sorted({*sign.where, *sign.same} - there):
                    raise BadConfiguration(f"{at}`: a record {kind!r} has no field {field!r}")
            for field in sorted(set(sign.same.values()) - earlier):
                raise BadConfiguration(f"{at}.same`: no step before it has a field {field!r}")
            if key == "step":
                kinds = [msgspec.structs.fields(DURABLE[kind]) for kind in sign.facts]
                earlier |= set.intersection(*({field.encode_name for field in fields} for fields in kinds))
    return situation
