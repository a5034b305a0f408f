"""The server reads leniently and on its own; here it is held against the kiosk's own facts of this version."""

import pytest

from central.projections import READERS
from kiosk.facts import DURABLE


def test_every_kind_is_known() -> None:
    assert set(DURABLE) <= set(READERS)


@pytest.mark.parametrize("kind", DURABLE)
def test_what_the_server_reads_is_a_field_of_the_fact(kind: str) -> None:
    shape, _ = READERS[kind]
    # One shape may serve several kinds: what has a default may be missing, nothing else.
    optional = shape.__struct_fields__[len(shape.__struct_fields__) - len(shape.__struct_defaults__) :]
    required = set(shape.__struct_fields__) - set(optional)
    assert required <= set(DURABLE[kind].__struct_fields__)
