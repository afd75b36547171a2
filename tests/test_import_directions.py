"""Who may know whom: the rooms' imports, read from the sources and from a running interpreter."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BLENDER = {"bpy", "bpy_extras", "bpy_types", "mathutils", "aud", "bl_ext", "addon_utils", "gpu", "bmesh"}
HEAVY = {"torch", "scipy", "matplotlib", "av", "onnx", "transformers"}
BACKEND = "inference_backend"

# Room -> the rooms, or modules of rooms, that it may import besides itself.
MAY_IMPORT = {
    "__init__": {"addon"},
    "addon": {
        "rigs",
        f"{BACKEND}.contract",
        f"{BACKEND}.formats",
        f"{BACKEND}.generator.style_space",
        f"{BACKEND}.references",
    },
    "rigs": {f"{BACKEND}.contract"},
    f"{BACKEND}.contract": set(),
    f"{BACKEND}.formats": {f"{BACKEND}.contract"},
    f"{BACKEND}.generator": {f"{BACKEND}.contract", f"{BACKEND}.formats.npz"},
    f"{BACKEND}.server": {f"{BACKEND}.generator", f"{BACKEND}.contract", f"{BACKEND}.formats.npz"},
    f"{BACKEND}.flame": {f"{BACKEND}.contract", f"{BACKEND}.formats", f"{BACKEND}.progress_bar"},
    f"{BACKEND}.bench": {f"{BACKEND}.generator", f"{BACKEND}.contract", f"{BACKEND}.formats.npz"},
    f"{BACKEND}.data_engine": {
        f"{BACKEND}.contract",
        f"{BACKEND}.generator.contacts",
        f"{BACKEND}.generator.features",
        f"{BACKEND}.generator.sample_rate",
        f"{BACKEND}.generator.sound",
        f"{BACKEND}.generator.style",
    },
    f"{BACKEND}.training": {
        f"{BACKEND}.bench",
        f"{BACKEND}.contract",
        f"{BACKEND}.data_engine",
        f"{BACKEND}.formats",
        f"{BACKEND}.generator",
    },
    f"{BACKEND}.gallery": {
        f"{BACKEND}.contract",
        f"{BACKEND}.data_engine",
        f"{BACKEND}.formats",
        f"{BACKEND}.generator",
        f"{BACKEND}.references",
        f"{BACKEND}.training",
    },
    BACKEND: {BACKEND},  # the command line
}
SERVING = ["addon", "rigs", *(f"{BACKEND}.{room}" for room in ("contract", "formats", "generator", "server"))]


@dataclass(frozen=True)
class Import:
    """One name that a file imports."""

    file: Path
    line: int
    target: str
    relative: bool
    deferred: bool

    @property
    def room(self) -> str:
        """Room of the importing file."""
        return room_of(".".join(self.file.relative_to(ROOT).with_suffix("").parts))

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.target}"


def room_of(module: str) -> str:
    """Name the room of a dotted module: addon, rigs, inference_backend.server, ..."""
    candidates = [room for room in MAY_IMPORT if module == room or module.startswith(f"{room}.")]
    return max(candidates, key=len, default=module)


def sources() -> list[Path]:
    rooms = [path for room in ("addon", "rigs", BACKEND) for path in sorted((ROOT / room).rglob("*.py"))]
    return [ROOT / "__init__.py", *rooms]


def imports_of(file: Path) -> Iterator[Import]:
    """Read a file's imports as absolute dotted names, modules rather than the names in them."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    package = file.relative_to(ROOT).parent.parts
    deferred = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or _is_for_types(node)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name, False, id(node) in deferred)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            stem = [*base, *(node.module.split(".") if node.module else [])]
            for alias in node.names:
                target = [*stem, alias.name] if _is_module(stem, alias.name) else stem
                yield Import(file, node.lineno, ".".join(target), node.level > 0, id(node) in deferred)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def _is_module(stem: list[str], name: str) -> bool:
    place = ROOT.joinpath(*stem, name)
    return place.is_dir() or place.with_suffix(".py").is_file()


ALL = [each for file in sources() for each in imports_of(file)]


def test_the_walk_sees_the_rooms():
    seen = {each.room for each in ALL}
    assert {"addon", "rigs", f"{BACKEND}.generator", f"{BACKEND}.server"} <= seen
    assert any(each.relative and each.target == f"{BACKEND}.contract" for each in ALL)


def test_rooms_know_only_whom_they_may():
    wrong = []
    for each in ALL:
        if not each.relative or room_of(each.target) == each.room:
            continue
        allowed = MAY_IMPORT[each.room]
        if not any(each.target == room or each.target.startswith(f"{room}.") for room in allowed):
            wrong.append(str(each))
    assert wrong == []


def test_own_rooms_are_imported_relatively():
    # addon/demo.py is run as a script, from outside the package that Blender makes
    names = {"addon", "rigs", BACKEND, "mien"}
    assert [str(each) for each in ALL if not each.relative and each.target.split(".")[0] in names] == []


def test_only_the_addon_knows_blender():
    blender = [each for each in ALL if each.target.split(".")[0] in BLENDER]
    assert [str(each) for each in blender if each.room != "addon"] == []
    plain = {ROOT / "addon" / f"{name}.py" for name in ("backend", "client", "reply", "upload", "wire")}
    assert all(file.exists() for file in plain)
    assert [str(each) for each in blender if each.file in plain] == []


def test_nothing_that_serves_names_torch():
    assert [str(each) for each in ALL if each.room in SERVING and each.target.split(".")[0] == "torch"] == []


def test_nothing_that_serves_imports_heavy_packages_at_once():
    heavy = [each for each in ALL if each.target.split(".")[0] in HEAVY and not each.deferred]
    assert [str(each) for each in heavy if each.room in [*SERVING, BACKEND]] == []


WALK = """
import importlib, pkgutil, sys
top = importlib.import_module(sys.argv[1])
for found in pkgutil.walk_packages(getattr(top, "__path__", []), top.__name__ + "."):
    importlib.import_module(found.name)
print(*sys.modules)
"""


@pytest.mark.parametrize("room", ["generator", "server", "formats", "__main__"])
def test_running_interpreter_has_no_heavy_packages(room: str):
    done = subprocess.run(
        [sys.executable, "-c", WALK, f"{BACKEND}.{room}"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert {name.split(".")[0] for name in done.stdout.split()} & (HEAVY | BLENDER) == set()
