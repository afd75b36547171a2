from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the fakes beside this file, for the tests of the client as well


@pytest.fixture
def service():
    """A service of the test's own."""
    yield from _ready_service()


@pytest.fixture(scope="module")
def standing_service():
    """A service for tests that leave no trace in it."""
    yield from _ready_service()


def _ready_service():
    from fake_service import serving

    with serving() as running:
        running.wait_ready()
        yield running
