"""The build script: pins, what is shipped, what it says when something is missing, and how it counts tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import build


def test_every_dependency_is_pinned_exactly():
    listed = [pin for group in build.PINS.values() for pin in group]
    listed += [pin for needs in build.BLENDERS.values() for pin in needs["pins"]]
    assert len(listed) > 40
    assert [pin for pin in listed if pin.count("==") != 1 or ";" in pin or "*" in pin] == []


def test_every_platform_ships_exactly_one_runtime():
    for platform in build.PLATFORMS.values():
        assert len(platform.runtime) == 1
        assert platform.runtime[0].startswith("onnxruntime")


def test_staged_sources_run_without_the_rooms_left_out(tmp_path: Path):
    staged = tmp_path / "mien"
    build.stage_sources(staged)
    assert sorted(path.name for path in staged.iterdir()) == sorted(build.ROOMS_SHIPPED)
    assert not (staged / "inference_backend" / "training").exists()
    assert not list(staged.rglob("__pycache__"))
    code = (
        "import inference_backend.__main__, inference_backend.server; from inference_backend.generator import pipeline"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; print(pipeline.__file__)"],
        cwd=staged,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(staged))


@pytest.mark.parametrize(("version", "line"), [((3, 11), "5.0"), ((3, 13), "5.2")])
def test_the_newest_blender_that_fits_the_python_is_taken(monkeypatch, version, line):
    monkeypatch.setattr(sys, "version_info", _Version(version))
    assert build.own_blender() == line


def test_any_other_python_gets_a_sentence(monkeypatch):
    monkeypatch.setattr(sys, "version_info", _Version((3, 12)))
    with pytest.raises(build.BuildFailed, match=r"Python 3\.11 or 3\.13 and this is 3\.12"):
        build.own_blender()


class _Version(tuple):
    major = property(lambda self: self[0])
    minor = property(lambda self: self[1])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere Blender's module links to nothing extra")
def test_missing_system_libraries_are_named_to_a_user_who_is_not_root(monkeypatch):
    monkeypatch.setattr(build, "SYSTEM_LIBRARIES", {"libc.so.6": "libc6", "libAbsentHere.so.9": "libabsent9"})
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(build.BuildFailed, match=r"sudo apt-get install .* libabsent9$"):
        build.need_system_libraries(build.Steps())


def test_a_failing_step_says_why(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(build, "WORK", tmp_path)
    with pytest.raises(build.BuildFailed, match=r"(?s)the disk is full.*“writing” failed \(exit code 3\)"):
        build.Steps().run("writing", [sys.executable, "-c", "print('the disk is full'); raise SystemExit(3)"])


def test_an_environment_that_is_complete_is_left_alone(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(build, "ROOT", tmp_path)
    environment = build.Environment("env", "/no/such/python", ("a==1",))
    environment.python.parent.mkdir(parents=True)
    environment.python.touch()
    (tmp_path / "env" / "pins.sha256").write_text(environment.digest)
    assert environment.ensure(build.Steps()) == environment.python
    with pytest.raises(OSError, match="python"):
        build.Environment("env", "/no/such/python", ("a==2",)).ensure(build.Steps())


@pytest.fixture
def packages(monkeypatch, tmp_path: Path) -> Path:
    """A folder that pip installs from, instead of any index."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "packages"))
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "WORK", tmp_path / "work")
    monkeypatch.setattr(build.Environment, "python", Path(sys.executable))  # making one takes long
    (tmp_path / "packages").mkdir()
    return tmp_path / "packages"


def test_what_has_no_wheel_for_this_machine_is_skipped_by_name(packages: Path):
    (packages / "some_thing-1.0-cp311-cp311-elsewhere_9.whl").touch()
    outcome = suite_that_needs("some-thing==1.0")
    assert (outcome.failed, outcome.skipped) == (0, 1)
    assert "no wheel of some-thing==1.0 for this machine" in outcome.reasons[0]
    assert suite_that_needs("some-thing==2.0").failed  # of 2.0 there is no wheel to be seen at all


def test_an_index_that_does_not_answer_fails_the_suite(monkeypatch, packages: Path):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    outcome = suite_that_needs("some-thing==1.0")
    assert (outcome.failed, outcome.skipped) == (1, 0)
    assert outcome.reasons[0].startswith("The step “installing 1 packages into .env” failed")


def suite_that_needs(pin: str) -> build.Outcome:
    environment = build.Environment(".env", sys.executable, (pin,))
    [outcome] = build.run_suite("suite", lambda: environment.ensure(build.Steps()), [], {})
    return outcome


def test_a_python_that_is_not_here_is_skipped_by_name(monkeypatch):
    monkeypatch.setitem(build.BLENDERS, "1.0", {"python": "3.2", "pins": []})
    [outcome] = build.run_suite("Blender 1.0", lambda: build.blender_environment("1.0").python, [], {})
    assert (outcome.failed, outcome.skipped) == (0, 1)
    assert outcome.reasons == ("Blender 1.0 needs Python 3.2, which is not on this machine.",)


def test_a_suite_that_could_not_run_fails_the_whole():
    failed = build.Outcome("Blender 5.0", "", failed=1, reasons=("The step failed.",))
    with pytest.raises(build.BuildFailed, match="Tests failed"):
        build.report([build.Outcome("plain", "", passed=9), failed], build.Steps())


@pytest.mark.parametrize(
    ("body", "counts", "reason"),
    [
        ("def test_a(): pass\ndef test_b(): assert 0", (1, 1, 0), None),
        ("import os\ndef test_a(): os._exit(7)", (0, 1, 0), "ended with exit code 7"),
        ("import time\ndef test_a(): time.sleep(60)", (0, 1, 0), "ran out of time"),
        ("import pytest\npytest.importorskip('no_such_module')", (0, 0, 1), "no_such_module"),
        ("import atexit, os\natexit.register(os._exit, 9)\ndef test_a(): pass", (1, 1, 0), "ended with exit code 9"),
        ("import no_such_module", (0, 1, 0), None),
    ],
)
def test_tests_are_counted_however_they_end(monkeypatch, tmp_path: Path, body, counts, reason):
    monkeypatch.setattr(build, "WORK", tmp_path / "work")
    file = tmp_path / "test_it.py"
    file.write_text(body)
    outcome = build.run_pytest("suite", Path(sys.executable), [file], dict(os.environ), timeout_s=15)
    assert (outcome.passed, outcome.failed, outcome.skipped) == counts
    assert reason is None or reason in " ".join(outcome.reasons)


def test_tests_are_sorted_by_what_they_need():
    sorted_files = build.sort_tests()
    assert Path(__file__) in sorted_files["plain"]
    assert Path(__file__).with_name("test_extension.py") in sorted_files["blender"]
    assert [file.name for file in sorted_files["window"]] == ["test_day.py", "test_panels.py"]
