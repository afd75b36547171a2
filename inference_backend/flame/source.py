"""The demo character's head as the giver of the 52 shapes: its skin, in FLAME's axes, with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..contract import CHANNELS, MienError
from .surface import triangles
from .visibility import seen

ASSET = Path(__file__).parents[2] / "addon" / "assets" / "demo_head.npz"


@dataclass(frozen=True)
class Source:
    """A head of N vertices with 52 shapes, in FLAME's axes and metres.

    vertices [N, 3]; faces int [F, 3]; shapes [52, N, 3] in the contract's order; jaw [N], how far a vertex follows the
    jaw; eyes [2, 3], centres of the left and the right eye; upper, lower: the lips' vertices where they meet, from
    right to left, int [K]; visible, bool [N], what is not behind lips and lids.
    """

    vertices: np.ndarray
    faces: np.ndarray
    shapes: np.ndarray
    jaw: np.ndarray
    eyes: np.ndarray
    upper: np.ndarray
    lower: np.ndarray
    visible: np.ndarray

    @property
    def apart(self) -> float:
        """Distance between the eyes."""
        return float(np.linalg.norm(self.eyes[0] - self.eyes[1]))


def read(path: Path = ASSET) -> Source:
    """Read the demo head; raises MienError where its file is missing or is not one."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files if not name.startswith("hair/")}
        return _made(arrays)
    except FileNotFoundError as error:
        raise MienError(f"The demo character's file {path} is missing; `python3 build.py demo` makes it.") from error
    except (OSError, ValueError, KeyError) as error:
        raise MienError(f"{path} is not a demo character's file; `python3 build.py demo` makes one.") from error


def _made(arrays: dict[str, np.ndarray]) -> Source:
    vertices = _turned(arrays["head/vertices"])
    shapes = np.zeros((len(CHANNELS), len(vertices), 3))
    ends = np.cumsum(arrays["head/key_counts"])
    for shape, start, end in zip(shapes, ends - arrays["head/key_counts"], ends, strict=True):
        shape[arrays["head/key_vertices"][start:end]] = _turned(arrays["head/key_deltas"][start:end])
    bones = [str(name) for name in arrays["bone_names"]]
    heads = _turned(arrays["bone_heads"])
    middle = len(arrays["lips_upper"]) // 2
    faces, eyes = triangles(arrays["head/faces"].astype(int)), heads[[bones.index("eye.L"), bones.index("eye.R")]]
    balls, ball_faces = _turned(arrays["eyes/vertices"]), triangles(arrays["eyes/faces"].astype(int))
    hiding = np.concatenate([faces, ball_faces + len(vertices)])
    return Source(
        vertices,
        faces,
        shapes,
        arrays["head/weights"][:, bones.index("jaw")].astype(float),
        eyes,
        arrays["lips_upper"][middle],
        arrays["lips_lower"][middle],
        seen(np.concatenate([vertices, balls]), hiding, len(vertices), float(np.linalg.norm(eyes[0] - eyes[1]))),
    )


def _turned(points: np.ndarray) -> np.ndarray:
    """Turn Blender's axes (front -y, up z) into FLAME's."""
    x, y, z = points.astype(np.float64).T
    return np.stack([x, z, -y], axis=1)
