"""The packaged zip as a user meets it: validated, installed, enabled, used with its own backend, disabled."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

pytest.importorskip("bpy")
pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="reads what a process has loaded from /proc, which Linux has"
)

HERE = Path(__file__).resolve().parent
SPEECH = HERE.parent / "addon" / "assets" / "demo_speech.wav"
BPY = Path(str(importlib.metadata.distribution("bpy").locate_file("bpy")))
LIMIT_BYTES = 150e6


@pytest.fixture(scope="module")
def package() -> Path:
    if "MIEN_PACKAGE" not in os.environ:
        pytest.skip("no package: `build.py test` makes one and names it in MIEN_PACKAGE")
    return Path(os.environ["MIEN_PACKAGE"])


@pytest.fixture(scope="module")
def blender_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has bpy and what bpy requires, as Blender's own has, and nothing else."""
    home = tmp_path_factory.mktemp("blender") / "python"
    venv.create(home, symlinks=True)
    there = next((home / "lib").glob("python*/site-packages"))
    for distribution in _closure("bpy"):
        for top in {file.parts[0] for file in importlib.metadata.files(distribution) or []} - {"..", "__pycache__"}:
            _bring(BPY.parent / top, there / top)
    return home / "bin" / "python"


def _bring(source: Path, target: Path) -> None:
    if source.name == "bpy":  # a gigabyte
        target.symlink_to(source)
    elif source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy2(source, target)


def _closure(name: str) -> set[str]:
    names = {name}
    for requirement in map(Requirement, importlib.metadata.requires(name) or []):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            names |= _closure(requirement.name)
    return names


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("resources")


@pytest.fixture(scope="module")
def session(package: Path, blender_python: Path, resources: Path) -> dict[str, Any]:
    """What a first session saw; it ran in a process of its own, with an empty user folder."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    env["BLENDER_USER_RESOURCES"] = str(resources)
    command = [blender_python, "-P", HERE / "extension_session.py", package, SPEECH, resources / "take.fbx"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_blender_finds_the_package_valid(package: Path):
    tool = next(BPY.glob("*/scripts/addons_core/bl_pkg/cli/blender_ext.py"))
    done = subprocess.run([sys.executable, tool, "validate", package], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert package.stat().st_size < LIMIT_BYTES


def test_the_package_holds_what_runs_and_nothing_else(package: Path):
    names = zipfile.ZipFile(package).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"__init__.py", "blender_manifest.toml", "LICENSE", "addon", "inference_backend", "rigs", "wheels"}
    assert "addon/assets/demo_head.npz" in names
    assert any(name.endswith(".onnx") for name in names)
    for python in ("cp311", "cp313"):
        assert any(name.startswith("wheels/onnxruntime") and python in name for name in names)
    assert not [name for name in names if "numpy" in name or "torch" in name]


def test_the_extension_installs_enables_and_generates(session: dict[str, Any], resources: Path):
    assert session["enabled"]
    assert session["source"].startswith(str(resources / "extensions" / "user_default" / "mien"))
    assert session["generated"] == ["FINISHED"]
    jaw = session["jaw"]
    assert max(jaw) - min(jaw) > 0.1


def test_the_backend_runs_from_the_wheels_that_the_package_carries(session: dict[str, Any], resources: Path):
    wheels = str(resources / "extensions" / ".local")
    installed = [library for library in session["libraries"] if "site-packages" in library]
    for package in ("onnxruntime", "tokenizers", "_soundfile"):
        assert any(library.startswith(wheels) and package in library for library in installed)
    others = [library for library in installed if not library.startswith(wheels)]
    assert [library for library in others if "numpy" not in library] == []


def test_the_take_is_exported(session: dict[str, Any], resources: Path):
    assert session["exported"] == ["FINISHED"]
    assert (resources / "take.fbx").read_bytes().startswith(b"Kaydara FBX Binary")


def test_disabling_leaves_nothing_running(session: dict[str, Any]):
    assert session["operators_left"] == []
    assert not Path(f"/proc/{session['backend_pid']}").exists()
