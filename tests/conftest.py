"""The order of the tests."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright holds the thread's event loop while it is open, and other tests need one of their own."""
    items.sort(key=lambda item: "tests/browser" in item.path.as_posix())
