from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the fakes beside this file, for the tests of the client as well


@pytest.fixture
def service():
    from fake_service import serving

    with serving() as running:
        running.wait_ready()
        yield running
