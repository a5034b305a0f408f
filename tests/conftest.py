"""For all tests: how they are spread over the workers.

Tests that share what a file sets up stay on one worker, all others go wherever one is free. The few that drive a
whole kiosk take longest and begin first, beside them the quick ones, so that a small mistake shows within
seconds; at the end those that start processes or a display."""

from __future__ import annotations

import pytest


def _shares(item: pytest.Item) -> bool:
    fixtures = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    return any(one.scope == "module" for defined in fixtures.values() for one in defined)


def _place(item: pytest.Item) -> int:
    slow = item.get_closest_marker("slow") is not None
    return 0 if slow and _shares(item) else 2 if slow else 1


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _shares(item):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    items.sort(key=_place)
