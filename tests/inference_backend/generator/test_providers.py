"""Bound runs, which GPUs get, on the host's memory: the same results as plain runs, whatever comes in between."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from inference_backend.contract import Request
from inference_backend.generator import providers
from inference_backend.generator.networks import WEIGHTS, Networks
from inference_backend.generator.pipeline import Generator
from inference_backend.generator.sound import Sound

needs_weights = pytest.mark.skipif(
    not (WEIGHTS / "actor.onnx").is_file(), reason="the weights are not in this checkout"
)


class Recorded:
    """A session of a provider, which tells how it was run."""

    def __init__(self, provider: str):
        self._provider = provider

    def get_providers(self):
        return [self._provider, "CPUExecutionProvider"]

    def run(self, outputs, feed):
        return []


@pytest.fixture(scope="module")
def listener():
    return providers.session(WEIGHTS / "listener.onnx")


def feed(frames: int, seed: int) -> dict[str, np.ndarray]:
    return {"mel": np.random.default_rng(seed).normal(size=(1, 2 * frames, 80)).astype(np.float32)}


@pytest.mark.parametrize("provider", ["CPUExecutionProvider", "DmlExecutionProvider", "CoreMLExecutionProvider"])
def test_other_providers_run_plainly(provider):
    session = Recorded(provider)
    assert providers.runner(session) == session.run


def test_cuda_runs_bound():
    run = providers.runner(Recorded("CUDAExecutionProvider"))
    assert isinstance(run.__self__, providers.Bound)


@needs_weights
def test_bound_runs_equal_plain_ones(listener):
    bound = providers.Bound(listener, "cpu")
    names = ["contacts", "audio"]  # in the order asked for, which is not the network's
    kept = []
    for frames, seed in ((50, 0), (50, 1), (30, 2), (50, 3)):
        fed = feed(frames, seed)
        before = fed["mel"].copy()
        kept.append((bound.run(names, fed), listener.run(names, fed)))
        np.testing.assert_array_equal(fed["mel"], before)
    for given, expected in kept:  # the earlier results too: no later run writes into them
        for a, b in zip(given, expected, strict=True):
            np.testing.assert_array_equal(a, b)


@needs_weights
def test_buffers_are_bound_once_for_a_shape(listener, monkeypatch):
    bound = providers.Bound(listener, "cpu")
    shapes = []
    bind = bound._bind
    monkeypatch.setattr(bound, "_bind", lambda names, fed: shapes.append(fed["mel"].shape) or bind(names, fed))
    for frames in (50, 30, 50, 30, 50):
        bound.run(["audio"], feed(frames, 0))
    assert shapes == [(1, 100, 80), (1, 60, 80)]


@needs_weights
def test_few_shapes_are_kept(listener):
    bound = providers.Bound(listener, "cpu")
    for frames in range(10, 60, 2):
        bound.run(["audio"], feed(frames, 0))
        assert len(bound._bindings) <= providers._MOST_SHAPES


@needs_weights
def test_inputs_need_not_be_contiguous(listener):
    mel = feed(40, 0)["mel"][:, ::2]
    plain = listener.run(["audio"], {"mel": mel})[0]
    np.testing.assert_array_equal(providers.Bound(listener, "cpu").run(["audio"], {"mel": mel})[0], plain)


@needs_weights
def test_a_take_is_the_same_bound(monkeypatch):
    heard = Sound(np.random.default_rng(0).normal(0, 0.1, 16000 * 6).astype(np.float32))
    request = Request(style="happy")
    plain = Generator(Networks()).variations(heard, request, 2)
    monkeypatch.setattr(providers, "_MEMORY", {"CPU": "cpu"})
    bound = Networks()
    assert isinstance(bound._run_actor.__self__, providers.Bound)
    for a, b in zip(Generator(bound).variations(heard, request, 2), plain, strict=True):
        np.testing.assert_array_equal(a.values, b.values)
        np.testing.assert_array_equal(a.head, b.head)
