"""FLAME-format models that the tests make, from a face with ARKit-like shapes: no FLAME data is in them.

The mesh is thinned to FLAME's 5023 vertices, so that its topology is its own; jaw and eyes get joints and weights; the
expression space is the principal components of random combinations of the face's shapes, without the jaw's turn.
"""

from __future__ import annotations

import heapq
import json
import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from inference_backend.contract import CHANNELS, INDEX
from inference_backend.flame import source, surface, visibility
from inference_backend.flame.carrying import Carried
from inference_backend.flame.model import FlameModel
from inference_backend.formats.rotations import matrices

SKIN, EYEBALL = 3931, 546  # vertices of FLAME's skin and of each of its eyeballs
OPEN = np.array([0.35, 0.0, 0.0])  # the jaw's turn in a whole jawOpen, radians
ICT_SKIN = 11248  # ICT-FaceKit's vertices of face, head and neck come first

_OF_68 = {
    "chin": 8, "brow right": 21, "brow left": 22, "nose": 30, "lid right upper": 37, "lid right lower": 41,
    "lid left upper": 44, "lid left lower": 46, "corner right": 48, "lip upper": 51, "corner left": 54,
    "lip lower": 57,
}  # fmt: skip
"""Where our landmarks are among the usual 68."""


@dataclass(frozen=True)
class Face:
    """A face with 52 shapes: vertices [V, 3], faces [F, 3], shapes [52, V, 3], eyes [2, 3], in FLAME's axes, metres.

    landmarks: name -> vertex. fine: vertices of lids and lips, where meshes are dense.
    """

    vertices: np.ndarray
    faces: np.ndarray
    shapes: np.ndarray
    eyes: np.ndarray
    eye_radius: float
    landmarks: dict[str, int]
    fine: np.ndarray


@dataclass(frozen=True)
class Made:
    """A made model, and the shapes [52, V, 3] that its maker had on the same mesh."""

    model: FlameModel
    shapes: np.ndarray
    landmarks: dict[str, int]


def of_ict(folder: Path, components: int = 100, variety: float = 0.0) -> Made:
    """Make a model of ICT-FaceKit's face."""
    return made(ict_face(folder), components, variety)


def of_ict_and(folder: Path, carried: Carried, components: int = 100, variety: float = 0.0) -> Made:
    """Make a model of ICT-FaceKit's face that has also seen people do the shapes that were carried onto it."""
    only = of_ict(folder, components, variety)
    model, others = only.model, np.zeros_like(only.shapes)
    others[:, carried.skin] = carried.shapes
    opened = model.posed(model.template, OPEN) - model.template
    schools = [shapes.copy() for shapes in (only.shapes, others)]
    for shapes in schools:
        shapes[INDEX["jawOpen"]] -= opened
    expressions = _principal(model.template, schools, components, variety)
    return Made(FlameModel(**{**model._fields(), "expressions": expressions}), only.shapes, only.landmarks)


def procedural(components: int = 100, variety: float = 0.0) -> Made:
    """Make a model of another identity and topology out of the demo head."""
    return made(warped_demo_face(), components, variety)


def ict_face(folder: Path) -> Face:
    text = (folder / "generic_neutral_mesh.obj").read_text().splitlines()
    points = np.array([line.split()[1:4] for line in text if line.startswith("v ")], float) / 100
    quads = [[int(word.split("/")[0]) - 1 for word in line.split()[1:]] for line in text if line.startswith("f ")]
    faces = surface.triangles(np.array([[*face, -1][:4] for face in quads if max(face) < ICT_SKIN]))
    data = np.load(folder / "expression_deltas_f16.npz")
    deltas = dict(zip(data["names"].tolist(), data["deltas"].astype(float)[:, :ICT_SKIN] / 100, strict=True))
    shapes = np.stack([_ict_shape(deltas, name) for name in CHANNELS])
    eyes = np.stack([(points[a:b].min(0) + points[a:b].max(0)) / 2 for a, b in ((21451, 22221), (23021, 23791))])
    spots = json.loads((folder / "vertex_indices.json").read_text())["idx_to_landmark_verts"]
    landmarks = {name: spots[index] for name, index in _OF_68.items()}
    return Face(points[:ICT_SKIN], faces, shapes, eyes, 0.0145, landmarks, np.array(spots[36:68]))


def _ict_shape(deltas: dict[str, np.ndarray], channel: str) -> np.ndarray:
    short = channel.replace("Left", "_L").replace("Right", "_R")
    for names in ([channel], [short], [f"{channel}_L", f"{channel}_R"]):
        if all(name in deltas for name in names):
            return np.sum([deltas[name] for name in names], axis=0)
    return np.zeros((ICT_SKIN, 3))


def warped_demo_face() -> Face:
    """Make another person of the demo head: longer, narrower, with a bigger nose and other cheeks; cut at the neck."""
    head = source.read()

    def warp(points: np.ndarray) -> np.ndarray:
        x, y, z = ((points - head.eyes.mean(axis=0)) / 0.1).T
        nose = np.exp(-((x / 0.22) ** 2) - ((y + 0.35) / 0.25) ** 2) * np.clip(z, 0, None)
        aside = np.sqrt(x**2 + 0.01)
        cheek = np.exp(-(((aside - 0.45) / 0.3) ** 2) - ((y + 0.35) / 0.35) ** 2) * np.clip(z + 0.4, 0, 1)
        chin = np.clip(-y - 0.6, 0, None)
        moved = np.stack([0.94 * x + 0.05 * x / aside * cheek, 1.06 * y - 0.1 * chin, z + 0.3 * nose + 0.08 * chin])
        return 0.1 * moved.T + [0.0, 0.02, 0.05]

    step = 1e-4
    axes = [(warp(head.vertices + step * unit) - warp(head.vertices - step * unit)) / (2 * step) for unit in np.eye(3)]
    shapes = np.einsum("cva,avd->cvd", head.shapes, np.stack(axes))
    spots = _spots_of(head)
    kept = head.vertices[:, 1] > head.vertices[head.lower].mean(axis=0)[1] - 0.11
    rows = np.cumsum(kept) - 1
    faces = rows[head.faces[kept[head.faces].all(axis=1)]]
    ring = np.linalg.norm(head.vertices[:, None] - head.eyes[None], axis=2).min(axis=1) < 0.016
    return Face(
        warp(head.vertices)[kept], faces, shapes[:, kept], warp(head.eyes), 0.0125,
        {name: int(rows[v]) for name, v in spots.items()},
        rows[np.concatenate([head.upper, head.lower, np.flatnonzero(ring)])],
    )  # fmt: skip


def _spots_of(head: source.Source) -> dict[str, int]:
    """Choose the landmarks' vertices on the demo head."""
    middle = len(head.upper) // 2
    size = np.linalg.norm(head.shapes, axis=2) * head.visible
    rim = np.flatnonzero(visibility.rim(head.faces, head.visible))
    spots = {"corner right": head.upper[0], "corner left": head.upper[-1], "lip upper": head.upper[middle]}
    spots |= {"lip lower": head.lower[middle], "chin": size[INDEX["jawOpen"]].argmax()}
    for side, eye, sign in (("left", head.eyes[0], 1), ("right", head.eyes[1], -1)):
        near = rim[np.linalg.norm(head.vertices[rim] - eye, axis=1) < 0.02]
        for part, way in (("upper", 1), ("lower", -1)):
            away = abs(head.vertices[near, 0] - eye[0]) - way * (head.vertices[near, 1] - eye[1])
            spots[f"lid {side} {part}"] = near[away.argmin()]
        raised = size[INDEX["browInnerUp"]] * (sign * head.vertices[:, 0] > 0.005)
        spots[f"brow {side}"] = raised.argmax()
    return {name: int(vertex) for name, vertex in spots.items()}


def made(face: Face, components: int, variety: float = 0.0) -> Made:
    """Make a FLAME-format model of a face."""
    kept, faces = thinned(face.vertices, face.faces, SKIN, _importance(face), set(face.landmarks.values()))
    rows = {old: new for new, old in enumerate(kept.tolist())}
    skin, shapes = face.vertices[kept], face.shapes[:, kept]
    pivot = _pivot(skin, shapes[INDEX["jawOpen"]])
    ball, ball_faces = _ball(face.eye_radius)
    template = np.concatenate([skin, ball + face.eyes[0], ball + face.eyes[1]])
    faces = np.concatenate([faces, ball_faces + SKIN, ball_faces + SKIN + EYEBALL])
    shapes = np.concatenate([shapes, np.zeros((len(CHANNELS), 2 * EYEBALL, 3))], axis=1)
    weights = _weights(template, shapes[INDEX["jawOpen"]], pivot)
    base = np.array([0.0, template[:, 1].min(), template[:SKIN, 2].mean()])
    joints = np.array([base, base + np.array([0, 0.05, 0]), pivot, *face.eyes])
    bare = FlameModel(
        "made", template, faces, np.zeros((len(template), 3, 0)), np.zeros((len(template), 3, 36)),
        _regressor(template, joints), weights, np.array([-1, 0, 1, 1, 1]),
    )  # fmt: skip
    turned = bare.posed(template, OPEN) - template
    left = shapes.copy()
    left[INDEX["jawOpen"]] -= turned
    correctives = _correctives(0.5 * left[INDEX["jawOpen"]])
    left[INDEX["jawOpen"]] *= 0.5
    expressions = _principal(template, [left], components, variety)
    fields = {**bare._fields(), "expressions": expressions, "correctives": correctives}
    return Made(FlameModel(**fields), shapes, {name: rows[v] for name, v in face.landmarks.items()})


def _importance(face: Face) -> np.ndarray:
    """Tell where a mesh needs its detail, [V]: where shapes move it, and at lids and lips."""
    size = np.linalg.norm(face.shapes, axis=2)
    fine = face.vertices[face.fine]
    away = np.linalg.norm(face.vertices[:, None] - fine[None], axis=2).min(axis=1)
    return (size / np.maximum(size.max(axis=1, keepdims=True), 1e-3)).max(axis=0) + 6 * np.exp(-((away / 0.008) ** 2))


def _principal(template: np.ndarray, schools: list[np.ndarray], components: int, variety: float) -> np.ndarray:
    """Find what people have in common who each do one school's shapes [52, V, 3], [V, 3, components]."""
    random = np.random.default_rng(5)
    samples = []
    for number in range(900):
        amounts = np.zeros(len(CHANNELS))
        amounts[random.choice(len(CHANNELS), random.integers(1, 7), replace=False)] = 1
        amounts *= random.uniform(0, 1.2, len(CHANNELS))
        sample = np.tensordot(amounts, schools[number % len(schools)], axes=1)
        if variety:
            waves = random.normal(size=(12, 3)) * 60
            field = np.cos(template @ waves.T + random.uniform(0, 6.3, 12)) @ random.normal(size=12) / 12**0.5
            sample *= np.exp(variety * field)[:, None]
        samples.append(sample.ravel())
    centred = np.array(samples) - np.mean(samples, axis=0)
    sizes, mixes = np.linalg.eigh(centred @ centred.T)  # far fewer samples than coordinates
    largest = np.argsort(-sizes)[:components]
    scaled = (mixes[:, largest].T @ centred) / len(samples) ** 0.5
    return np.moveaxis(scaled.reshape(components, len(template), 3), 0, -1)


def _correctives(offset: np.ndarray) -> np.ndarray:
    """Make pose correctives that give `offset` where the jaw is open, linear in its rotation's entries."""
    change = (matrices(OPEN[None])[0] - np.eye(3)).ravel()
    correctives = np.zeros((*offset.shape, 36))
    correctives[:, :, 9:18] = offset[:, :, None] * change / (change @ change)
    return correctives


def _pivot(skin: np.ndarray, opened: np.ndarray) -> np.ndarray:
    """Find the point about which jawOpen turns the chin, at FLAME's angle."""
    chin = np.linalg.norm(opened, axis=1) > 0.85 * np.linalg.norm(opened, axis=1).max()
    turn = matrices(OPEN[None])[0]
    a, b = skin[chin].mean(axis=0), (skin + opened)[chin].mean(axis=0)
    y, z = np.linalg.solve((np.eye(3) - turn)[1:, 1:], (b - turn @ a)[1:])
    return np.array([0.0, y, z])


def _weights(template: np.ndarray, opened: np.ndarray, pivot: np.ndarray) -> np.ndarray:
    full = (template - pivot) @ (matrices(OPEN[None])[0] - np.eye(3)).T
    weights = np.zeros((len(template), 5))
    weights[:SKIN, 2] = np.clip((opened * full).sum(1) / np.maximum((full**2).sum(1), 1e-8), 0, 1)[:SKIN]
    height = (template[:, 1] - template[:, 1].min()) / np.ptp(template[:, 1])
    weights[:, 0] = np.clip(1 - height / 0.15, 0, 1) * (1 - weights[:, 2])
    weights[:, 1] = 1 - weights[:, 0] - weights[:, 2]
    weights[SKIN:] = 0
    weights[SKIN : SKIN + EYEBALL, 3] = weights[SKIN + EYEBALL :, 4] = 1
    return weights


def _regressor(template: np.ndarray, joints: np.ndarray) -> np.ndarray:
    rows = np.zeros((5, len(template)))
    for joint in range(3):
        near = np.argsort(np.linalg.norm(template[:SKIN] - joints[joint], axis=1))[:200]
        system = np.vstack([template[near].T, np.ones(200)])
        rows[joint, near] = np.linalg.lstsq(system, np.append(joints[joint], 1.0), rcond=None)[0]
    rows[3, SKIN : SKIN + EYEBALL] = rows[4, SKIN + EYEBALL :] = 1 / EYEBALL
    return rows


def _ball(radius: float) -> tuple[np.ndarray, np.ndarray]:
    rings, segments = 17, 32
    down = np.linspace(0, np.pi, rings + 2)[1:-1, None]
    around = np.linspace(0, 2 * np.pi, segments, endpoint=False)[None]
    body = np.stack(np.broadcast_arrays(np.sin(down) * np.cos(around), np.sin(down) * np.sin(around), np.cos(down)), -1)
    points = np.concatenate([body.reshape(-1, 3), [[0, 0, 1], [0, 0, -1]]])
    k = np.arange(segments)
    after = (k + 1) % segments
    quads = [
        np.stack([r * segments + k, (r + 1) * segments + k, (r + 1) * segments + after, r * segments + after], axis=1)
        for r in range(rings - 1)
    ]
    last = (rings - 1) * segments
    caps = [[len(points) - 2, a, b, -1] for a, b in zip(k, after, strict=True)]
    caps += [[len(points) - 1, last + b, last + a, -1] for a, b in zip(k, after, strict=True)]
    return radius * points, surface.triangles(np.concatenate([*quads, caps]))


def thinned(
    vertices: np.ndarray, faces: np.ndarray, wanted: int, importance: np.ndarray, fixed: set[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Collapse edges, those first that are least missed, until `wanted` vertices are left.

    What is missed is the distance to the planes around (Garland and Heckbert 1997), and length where shapes move.

    Returns the vertices that stay, int [wanted], and the faces over them.
    """
    around: list[set[int]] = [set() for _ in vertices]
    of_vertex: list[set[int]] = [set() for _ in vertices]
    corners = faces.tolist()
    for index, face in enumerate(corners):
        for a, b in zip(face, face[1:] + face[:1], strict=True):
            around[a].add(b)
            around[b].add(a)
            of_vertex[a].add(index)
    edge = surface.border(faces, len(vertices))
    flat = np.cross(vertices[faces[:, 1]] - vertices[faces[:, 0]], vertices[faces[:, 2]] - vertices[faces[:, 0]])
    area = np.linalg.norm(flat, axis=1, keepdims=True)
    flat /= np.maximum(area, 1e-14)
    planes = np.column_stack([flat, -(flat * vertices[faces[:, 0]]).sum(1)])
    quadrics, sizes = np.zeros((len(vertices), 4, 4)), np.full(len(vertices), 1e-14)
    for k in range(3):
        np.add.at(sizes, faces[:, k], area[:, 0])
        np.add.at(quadrics, faces[:, k], area[:, :, None] * planes[:, :, None] * planes[:, None, :])
    whole = np.column_stack([vertices, np.ones(len(vertices))])

    def cost(a: int, b: int) -> float:
        length = float(((vertices[a] - vertices[b]) ** 2).sum())
        missed = whole[b] @ quadrics[a] @ whole[b] / sizes[a]
        return missed + 0.05 * length * (0.05 + importance[a]) ** 2

    heap = [(cost(a, b), a, b) for a in range(len(vertices)) for b in around[a]]
    heapq.heapify(heap)
    alive, dead = len(vertices), np.zeros(len(vertices), bool)
    while alive > wanted:
        _, gone, stays = heapq.heappop(heap)
        if dead[gone] or dead[stays] or stays not in around[gone] or edge[gone] or gone in fixed:
            continue
        if len(around[gone] & around[stays]) != 2 or _flips(vertices, corners, of_vertex[gone], gone, stays):
            continue
        for index in list(of_vertex[gone]):
            if stays in corners[index]:
                for v in corners[index]:
                    of_vertex[v].discard(index)
                corners[index] = []
            else:
                corners[index] = [stays if v == gone else v for v in corners[index]]
                of_vertex[stays].add(index)
        for v in around[gone]:
            around[v].discard(gone)
            if v != stays:
                around[v].add(stays)
                around[stays].add(v)
                heapq.heappush(heap, (cost(v, stays), v, stays))
                heapq.heappush(heap, (cost(stays, v), stays, v))
        quadrics[stays] += quadrics[gone]
        sizes[stays] += sizes[gone]
        dead[gone], alive = True, alive - 1
    rows = np.cumsum(~dead) - 1
    return np.flatnonzero(~dead), rows[np.array([face for face in corners if face])]


def _flips(vertices: np.ndarray, corners: list, ring: set[int], gone: int, stays: int) -> bool:
    """Tell whether a collapse would turn a face over."""
    for index in ring:
        if stays not in corners[index]:
            before = vertices[corners[index]]
            after = vertices[[stays if v == gone else v for v in corners[index]]]
            one, other = (np.cross(p[1] - p[0], p[2] - p[0]) for p in (before, after))
            if one @ other < 0.3 * np.linalg.norm(one) * np.linalg.norm(other):
                return True
    return False


def arrays_of(model: FlameModel) -> dict[str, object]:
    """Give a model's arrays as FLAME's own files name them, identity before expression."""
    identity = np.zeros((len(model.template), 3, 300))
    return {
        "v_template": model.template,
        "f": model.faces.astype(np.uint32),
        "shapedirs": np.concatenate([identity, model.expressions], axis=2),
        "posedirs": model.correctives,
        "J_regressor": sparse.csc_matrix(model.regressor),
        "weights": model.weights,
        "kintree_table": np.array([[4294967295, 0, 1, 1, 1], [0, 1, 2, 3, 4]], dtype=np.uint32),
        "bs_style": "lbs",
    }


def write_pickle(model: FlameModel, path: Path, **changes: object) -> None:
    """Write a model as FLAME's own files are: a pickled dictionary of arrays."""
    arrays = {**arrays_of(model), **changes}
    path.write_bytes(pickle.dumps({key: value for key, value in arrays.items() if value is not None}, protocol=2))
