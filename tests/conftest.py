"""What every test may use: the add-on as a package, a fresh Blender scene, real recordings."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# The extension is a package named by Blender; tests of its relative imports need a parent, so invent one.
mien = types.ModuleType("mien")
mien.__path__ = [str(ROOT)]
sys.modules["mien"] = mien

# Before anyone imports bpy: tests must not touch the user's own Blender settings.
USER_RESOURCES = tempfile.mkdtemp(prefix="mien-blender-")
os.environ["BLENDER_USER_RESOURCES"] = USER_RESOURCES
atexit.register(shutil.rmtree, USER_RESOURCES, ignore_errors=True)

STATUS = pytest.StashKey[int]()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remember how the tests went."""
    session.config.stash[STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave without ending Python where Blender is a module: 4.2 crashes then after a glTF, 4.5 can hang for ever."""
    if bpy := sys.modules.get("bpy"):
        for folder in (USER_RESOURCES, bpy.app.tempdir):
            shutil.rmtree(folder, ignore_errors=True)
        sys.stdout.flush()
        os._exit(config.stash.get(STATUS, 1))


@pytest.fixture
def scene() -> Iterator:
    """Give an empty Blender scene; objects and actions of earlier tests are gone."""
    bpy = pytest.importorskip("bpy")
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    return bpy.context.scene


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of real recordings, from MIEN_SHARED_DATA or beside the repository."""
    folder = Path(os.environ.get("MIEN_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no recordings in {folder}; set MIEN_SHARED_DATA to their folder")
    return folder
