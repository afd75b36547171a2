"""FLAME coefficients: written by a map, read back through it; sequences of others; maps as files."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from inference_backend import formats, references
from inference_backend.contract import CHANNELS, INDEX, BadRequest, MienError, Take
from inference_backend.formats import BadFile, FlameMap, flame, flame_map, rotations


def some_map(components: int = 50) -> FlameMap:
    """Make a map in which each channel that FLAME can show has a direction of its own."""
    random = np.random.default_rng(3)
    expression = random.normal(size=(52, components)) / 3
    jaw, eyelids = np.zeros((52, 3)), np.zeros((52, 2))
    jaw[INDEX["jawOpen"], 0] = 0.35
    jaw[INDEX["jawLeft"], 1] = 0.1
    jaw[INDEX["jawRight"], 1] = -0.1
    looks = np.zeros((2, 52, 3))
    for side, name, sign in ((0, "Left", 1), (1, "Right", -1)):
        for way, turn in {"Up": (-0.4, 0), "Down": (0.4, 0), "In": (0, -0.5 * sign), "Out": (0, 0.5 * sign)}.items():
            looks[side, INDEX[f"eyeLook{way}{name}"], :2] = turn
            expression[INDEX[f"eyeLook{way}{name}"]] = 0
    expression[INDEX["tongueOut"]] = 0
    gram = np.diag([*np.full(components, 1.0), 4, 4, 4, 1, 1])
    return FlameMap(expression, jaw, eyelids, looks[0], looks[1], gram, "made.pkl")


def a_take(frames: int = 90, fps: float = 30.0) -> Take:
    time = np.arange(frames)[:, None] / fps
    values = 0.5 + 0.5 * np.sin(time * np.linspace(1, 7, 52) + np.arange(52))
    values *= np.arange(52) % 3 == 0
    values[:, INDEX["tongueOut"]] = 0
    for side in ("Left", "Right"):
        values[:, INDEX[f"eyeLookDown{side}"]] = np.clip(np.sin(2 * time[:, 0]), 0, 1)
        values[:, INDEX[f"eyeLookUp{side}"]] = np.clip(-np.sin(2 * time[:, 0]), 0, 1)
        values[:, INDEX[f"eyeLookIn{side}"]] = values[:, INDEX[f"eyeLookOut{side}"]] = 0
    head = np.stack([0.3 * np.sin(time[:, 0]), 0.5 * np.cos(time[:, 0]), 0.1 * time[:, 0]], axis=1)
    return Take(fps, values.astype(np.float32), head.astype(np.float32), {"style": "calm"})


def saved(path: Path, **arrays: object) -> Path:
    np.savez(path, **arrays)
    return path


@pytest.mark.parametrize("components", [50, 100])
@pytest.mark.parametrize("fps", [24.0, 25.0, 59.94])
def test_a_take_comes_back_through_its_map(tmp_path, components, fps):
    take, the_map = a_take(fps=fps), some_map(components)
    formats.write(take, tmp_path / "take.flame.npz", the_map)
    back = formats.read(tmp_path / "take.flame.npz", the_map)
    assert back.fps == pytest.approx(fps)
    assert abs(back.head - take.head).max() < 1e-5
    assert abs(back.values - take.values).max() < 0.06
    assert abs(back.values - take.values).mean() < 0.01


def test_the_arrays_are_those_of_the_flame_layer(tmp_path):
    take, the_map = a_take(), some_map(100)
    formats.write(take, tmp_path / "take.flame.npz", the_map)
    arrays = np.load(tmp_path / "take.flame.npz", allow_pickle=False)
    assert arrays["expression"].shape == (90, 100)
    for name in ("jaw_pose", "neck_pose", "global_orient", "leye_pose", "reye_pose"):
        assert arrays[name].shape == (90, 3)
    assert arrays["eyelids"].shape == (90, 2)
    assert arrays["jaw_pose"][:, 0] == pytest.approx(0.35 * take.channel("jawOpen"), abs=1e-6)
    # Looking down turns about +x, as a chin that drops.
    assert np.corrcoef(arrays["leye_pose"][:, 0], take.channel("eyeLookDownLeft"))[0, 1] > 0.8
    neck, head = (rotations.matrices(arrays[name]) for name in ("global_orient", "neck_pose"))
    assert abs(rotations.head_of(neck @ head) - take.head).max() < 1e-5


def test_flame_needs_its_map(tmp_path):
    with pytest.raises(BadRequest, match="--flame"):
        formats.write(a_take(), tmp_path / "take.flame.npz")
    with pytest.raises(BadRequest, match="--flame"):
        formats.check_target(tmp_path / "take.flame.npz")
    assert not list(tmp_path.iterdir())
    formats.write(a_take(), tmp_path / "take.flame.npz", some_map())
    with pytest.raises(BadFile, match="flame-fit"):
        formats.read(tmp_path / "take.flame.npz")


def test_several_takes_keep_the_long_extension():
    from inference_backend.generate_command import numbered

    assert [path.name for path in numbered(Path("a.flame.npz"), 2)] == ["a-1.flame.npz", "a-2.flame.npz"]
    assert [path.name for path in numbered(Path("a.npz"), 2)] == ["a-1.npz", "a-2.npz"]


@pytest.mark.parametrize("expression", ["expression", "exp", "expr", "expressions"])
@pytest.mark.parametrize("jaw", ["jaw_pose", "jaw", "pose", "poses"])
def test_sequences_of_others_are_references(tmp_path, expression, jaw):
    take, the_map = a_take(), some_map(50)
    values = take.values.astype(float)
    turned = values @ the_map.jaw
    held = {"jaw_pose": turned, "jaw": turned}
    held["pose"] = np.concatenate([rotations.of_head(take.head), turned], axis=1)
    held["poses"] = np.zeros((len(take), 165))
    held["poses"][:, 66:69], held["poses"][:, 45:48] = turned, rotations.of_head(take.head)
    path = saved(tmp_path / "seq.npz", **{expression: values @ the_map.expression, jaw: held[jaw]}, fps=30)
    back = references.read(path, flame_map=the_map)
    looks = [INDEX[name] for name in CHANNELS if "Look" in name]
    assert abs(np.delete(back.values - take.values, looks, axis=1)).max() < 0.08
    assert abs(back.values[:, looks]).max() == 0, "nothing was said of the eyes"
    if jaw in ("pose", "poses"):
        assert abs(back.head - take.head).max() < 1e-5


def test_other_numbers_of_components_fit(tmp_path):
    the_map = some_map(50)
    wide = np.pad(a_take().values @ the_map.expression, ((0, 0), (0, 50)))
    jaw = a_take().values @ the_map.jaw
    back = formats.read(saved(tmp_path / "wide.npz", expression=wide, jaw=jaw), the_map)
    assert abs(back.channel("mouthPucker") - a_take().channel("mouthPucker")).max() < 0.08
    assert back.fps == 25
    short = formats.read(saved(tmp_path / "short.npz", expression=wide[:, :10], jaw=jaw), the_map)
    assert short.values.shape == (90, 52)


def test_a_camera_that_looks_from_elsewhere_is_no_turn_of_the_head(tmp_path):
    the_map = some_map()
    flipped = rotations.matrices(np.array([[np.pi, 0, 0]]))
    turns = rotations.vectors(flipped @ rotations.matrices(rotations.of_head(a_take().head)))
    path = saved(tmp_path / "seq.npz", expression=a_take().values @ the_map.expression, global_orient=turns)
    assert abs(formats.read(path, the_map).head).max() < 0.7


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"expression": np.zeros(5)}, "no FLAME expression"),
        ({"expression": np.zeros((0, 5))}, "no FLAME expression"),
        ({"expression": np.full((9, 5), np.nan)}, "NaN"),
        ({"expression": np.zeros((9, 5)), "jaw": np.zeros((7, 3))}, "fit each other"),
        ({"expression": np.zeros((9, 5)), "jaw": np.zeros((9, 2))}, "fit each other"),
        ({"expression": np.array([["a"]])}, "not a readable"),
    ],
)
def test_bad_sequences_get_a_sentence(tmp_path, arrays, told):
    with pytest.raises(BadFile, match=told):
        formats.read(saved(tmp_path / "bad.npz", **arrays), some_map())


def test_pickles_in_sequences_are_not_opened(tmp_path):
    path = saved(tmp_path / "bad.npz", expression=np.array([{"a": 1}], object))
    with pytest.raises(BadFile, match="not a readable"):
        formats.read(path, some_map())


def test_maps_are_kept_as_files(tmp_path):
    the_map = some_map()
    flame_map.write(the_map, tmp_path / "m.npz")
    back = flame_map.read(tmp_path / "m.npz")
    for name in ("expression", "jaw", "eyelids", "left_eye", "right_eye", "gram"):
        assert getattr(back, name) == pytest.approx(getattr(the_map, name), abs=1e-6)
    assert back.model == "made.pkl"


def _changed(data: bytes, **changes: object) -> bytes:
    arrays = dict(np.load(io.BytesIO(data), allow_pickle=False))
    buffer = io.BytesIO()
    np.savez(buffer, **{key: value for key, value in {**arrays, **changes}.items() if value is not None})
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"mien_flame_map": None}, "no FLAME map"),
        ({"mien_flame_map": np.int64(9)}, "newer"),
        ({"expression": np.zeros((51, 50))}, "damaged"),
        ({"jaw": None}, "damaged"),
        ({"gram": np.full((55, 55), np.nan)}, "damaged"),
        ({"names": np.array(["a"] * 52)}, "damaged"),
    ],
)
def test_bad_maps_get_a_sentence(changes, told):
    with pytest.raises(BadFile, match=told):
        flame_map.loads(_changed(flame_map.dumps(some_map()), **changes), "m.npz")
    with pytest.raises(BadFile, match="not a readable"):
        flame_map.loads(flame_map.dumps(some_map())[:999], "m.npz")


def test_rotations_there_and_back():
    head = np.random.default_rng(1).uniform(-1.2, 1.2, (50, 3))
    assert rotations.head_of(rotations.matrices(rotations.of_head(head))) == pytest.approx(head)
    assert rotations.of_head(np.zeros((1, 3))) == pytest.approx(np.zeros((1, 3)))


def test_channels_stay_within_their_bounds():
    the_map = some_map()
    wild = np.random.default_rng(2).normal(size=(40, 55)) * 20
    values = flame.channels_of(wild, the_map)
    assert values.min() >= 0
    assert values.max() <= 1


def test_the_command_line_asks_for_the_map(tmp_path):
    from inference_backend import generate_command

    with pytest.raises(MienError, match="--flame"):
        generate_command.generate(tmp_path / "a.wav", out=[tmp_path / "a.flame.npz"])
