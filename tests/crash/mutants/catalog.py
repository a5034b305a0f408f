"""The rules of the house, each broken on purpose: data for `script/mutants`, in catalog.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

ROOT: Final = Path(__file__).parents[3]
CATALOG: Final = Path(__file__).with_name("catalog.toml")


class DoesNotFit(Exception):
    """The text that a mutation replaces is not there exactly once; the sentence names both."""


class Mutation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`old` is in `file` exactly once; with `new` in its place, `test` fails."""

    name: str
    file: str
    old: str
    new: str
    test: str

    def applied(self, tree: Path) -> str:
        """The broken text of the file. Raises DoesNotFit."""
        text = (tree / self.file).read_text()
        count = text.count(self.old)
        if count != 1:
            raise DoesNotFit(
                f"{CATALOG.name}: {self.name!r}: its old text is {count} times in {self.file}, not once; "
                "the code has changed, so must the mutation"
            )
        return text.replace(self.old, self.new)


class _Catalog(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mutation: tuple[Mutation, ...]


def load() -> tuple[Mutation, ...]:
    return msgspec.toml.decode(CATALOG.read_bytes(), type=_Catalog).mutation
