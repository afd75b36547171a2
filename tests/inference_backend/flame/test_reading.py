"""Models are read without running what their files carry; bad files get a sentence."""

from __future__ import annotations

import contextlib
import pickle
import pickletools
import sys
import types
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy", reason="fitting to FLAME needs the extra data")

from inference_backend.contract import MienError
from inference_backend.flame import reading
from inference_backend.flame.model import FlameModel
from inference_backend.flame.unpickling import BadModel
from tests.inference_backend.flame import made_models

COUNT = 600


@pytest.fixture(scope="module")
def small() -> FlameModel:
    """A model of FLAME's form whose numbers mean nothing."""
    random = np.random.default_rng(0)
    weights = random.uniform(size=(COUNT, 5))
    return FlameModel(
        "small", random.normal(size=(COUNT, 3)), random.integers(0, COUNT, (1100, 3)),
        random.normal(size=(COUNT, 3, 20)), random.normal(size=(COUNT, 3, 36)),
        np.where(random.uniform(size=(5, COUNT)) < 0.02, 0.1, 0.0), weights / weights.sum(axis=1, keepdims=True),
        np.array([-1, 0, 1, 1, 1]),
    )  # fmt: skip


def same(one: FlameModel, other: FlameModel) -> None:
    for name in ("template", "faces", "expressions", "correctives", "regressor", "weights", "parents"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_a_pickle_of_numpy_and_scipy_is_read(small, tmp_path):
    made_models.write_pickle(small, tmp_path / "m.pkl")
    same(reading.read(tmp_path / "m.pkl"), small)
    assert reading.read(tmp_path / "m.pkl", components=7).count == 7


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_all_protocols_and_orders_of_numbers_are_read(small, tmp_path, protocol):
    arrays = made_models.arrays_of(small)
    arrays["v_template"] = np.asfortranarray(arrays["v_template"])
    arrays["weights"] = arrays["weights"].astype(">f8")
    arrays["J_regressor"] = arrays["J_regressor"].tocsr()
    (tmp_path / "m.pkl").write_bytes(pickle.dumps(arrays, protocol))
    same(reading.read(tmp_path / "m.pkl"), small)


def test_arrays_of_chumpy_are_read_without_chumpy(small, tmp_path, monkeypatch):
    class Ch:
        def __init__(self, x):
            self.x = x

    class Select:
        def __init__(self, a, idxs, shape):
            self.a, self.idxs, self.preferred_shape = a, idxs, shape

    monkeypatch.setitem(sys.modules, "chumpy", types.ModuleType("chumpy"))
    for name, kind in (("chumpy.ch", Ch), ("chumpy.reordering", Select)):
        module = types.ModuleType(name)
        kind.__module__, kind.__qualname__ = name, kind.__name__
        setattr(module, kind.__name__, kind)
        monkeypatch.setitem(sys.modules, name, module)
    arrays = made_models.arrays_of(small)
    rows = np.arange(small.template.size)
    arrays["v_template"] = Select(Ch(small.template.ravel()), rows, small.template.shape)
    arrays["shapedirs"] = Ch(arrays["shapedirs"])
    data = pickle.dumps(arrays, 2)
    for name in ("chumpy.ch", "chumpy.reordering", "chumpy"):
        monkeypatch.setitem(sys.modules, name, None)
    (tmp_path / "m.pkl").write_bytes(data)
    same(reading.read(tmp_path / "m.pkl"), small)


def test_an_npz_is_read(small, tmp_path):
    arrays = made_models.arrays_of(small)
    arrays["J_regressor"] = arrays["J_regressor"].toarray()
    np.savez(tmp_path / "m.npz", **arrays)
    same(reading.read(tmp_path / "m.npz"), small)


class _Evil:
    def __init__(self, call, *args):
        self.call, self.args = call, args

    def __reduce__(self):
        return self.call, self.args


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("call", ["os.system", "builtins.eval", "builtins.getattr", "numpy.load", "subprocess.Popen"])
def test_a_malicious_pickle_runs_nothing(small, tmp_path, protocol, call):
    import importlib

    module, name = call.rsplit(".", 1)
    mark = tmp_path / "ran"
    evil = _Evil(getattr(importlib.import_module(module), name), f"__import__('pathlib').Path({str(mark)!r}).touch()")
    if call in ("os.system", "subprocess.Popen"):
        evil.args = (f"touch {mark}",) if call == "os.system" else (["touch", str(mark)],)
    arrays = {**made_models.arrays_of(small), "extra": evil}
    (tmp_path / "m.pkl").write_bytes(pickle.dumps(arrays, protocol))
    with pytest.raises(BadModel, match="could run code; it was not read"):
        reading.read(tmp_path / "m.pkl")
    assert not mark.exists()


def test_globals_of_dotted_names_are_refused(tmp_path):
    for line in (b"cchumpy.ch\nCh.__init__\n.", b"cnumpy\nload\n.", b"ccopyreg\n__newobj__\n.", b"cos\nsystem\n."):
        (tmp_path / "m.pkl").write_bytes(line)
        with pytest.raises(BadModel, match="was not read"):
            reading.read(tmp_path / "m.pkl")


def test_truncated_and_foreign_files_get_a_sentence(small, tmp_path):
    made_models.write_pickle(small, tmp_path / "m.pkl")
    whole = (tmp_path / "m.pkl").read_bytes()
    for data in (whole[: len(whole) // 2], whole[:-1], whole[:3], b"hello", b"\x80\x04K\x01.", b"PK\x03\x04rest"):
        (tmp_path / "bad.pkl").write_bytes(data)
        with pytest.raises(MienError, match=r"bad\.pkl"):
            reading.read(tmp_path / "bad.pkl")


def test_damage_anywhere_never_ends_in_a_traceback(small, tmp_path):
    arrays = made_models.arrays_of(small)
    data = pickle.dumps({**arrays, "shapedirs": arrays["shapedirs"][:, :, 298:302]}, 2)
    places = [place for _, _, place in pickletools.genops(data) if place is not None]
    random = np.random.default_rng(4)
    for _ in range(150):
        broken = bytearray(data)
        broken[int(random.choice(places))] = int(random.integers(256))
        (tmp_path / "bad.pkl").write_bytes(bytes(broken))
        with contextlib.suppress(MienError):
            reading.read(tmp_path / "bad.pkl")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"v_template": None}, "lacks v_template"),
        ({"v_template": np.zeros((COUNT - 1, 3))}, "of 599 vertices has"),
        ({"posedirs": np.zeros((COUNT - 1, 3, 36))}, "posedirs of 599 x 3 x 36"),
        ({"weights": np.zeros((COUNT, 24))}, "weights of 600 x 24"),
        ({"weights": np.full((COUNT, 5), np.nan)}, "NaN"),
        ({"v_template": np.zeros((8, 3))}, "8 vertices, which is no FLAME head"),
        ({"shapedirs": np.zeros((COUNT, 3, 200))}, "--identity"),
        ({"f": np.full((9, 3), COUNT)}, "faces of vertices"),
        ({"kintree_table": np.array([[-1, 2, 1, 1, 1], range(5)])}, "order"),
        ({"shapedirs": "text"}, "cannot be read"),
        ({"v_template": np.array([None] * 9, object)}, "cannot be read"),
    ],
)
def test_what_is_no_flame_model_gets_a_sentence(small, tmp_path, changes, told):
    made_models.write_pickle(small, tmp_path / "m.pkl", **changes)
    with pytest.raises(BadModel, match=told):
        reading.read(tmp_path / "m.pkl")


def test_missing_empty_and_folder(tmp_path):
    (tmp_path / "empty.pkl").touch()
    for path in (tmp_path / "none.pkl", tmp_path / "empty.pkl", tmp_path):
        with pytest.raises(MienError):
            reading.read(Path(path))


def test_the_command_says_one_sentence(small, tmp_path):
    import subprocess

    made_models.write_pickle(small, tmp_path / "m.pkl", weights=np.zeros((COUNT - 1, 5)))
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "inference_backend", "flame-fit", str(tmp_path / "m.pkl")]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "weights of 599 x 5" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["m.pkl"]
