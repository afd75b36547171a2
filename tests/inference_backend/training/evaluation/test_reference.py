"""Reference transfer of one who copies what it is shown, and of one who does not look."""

from __future__ import annotations

import base64

import numpy as np
import pytest

pytest.importorskip("scipy", reason="measures need scipy")

from inference_backend.contract import Take
from inference_backend.data_engine.prompts.prompt import Attributes
from inference_backend.data_engine.speech.phones import Phone
from inference_backend.data_engine.speech.track import Track
from inference_backend.formats import npz
from inference_backend.training.evaluation import lines, reference
from inference_backend.training.evaluation.performances import EIGHT, act
from inference_backend.training.evaluation.probe import Probe
from inference_backend.training.evaluation.stage import Skipped, Stage
from inference_backend.training.evaluation.system import Line

LINE = Line(Track(np.zeros(32000, np.float32), [Phone(0.1, 1.9, "AH")]), "made up")


class Copyist:
    name = "copyist"

    def generate(self, heard, request, on_progress=None):
        shown = npz.loads(base64.b64decode(request.mix[0].reference))
        return Take(request.fps, shown.values, shown.head)


class Blind:
    name = "blind"

    def generate(self, heard, request, on_progress=None):
        frames = round(heard.duration_s * request.fps)
        return Take(request.fps, np.zeros((frames, 52), np.float32), np.zeros((frames, 3), np.float32))


@pytest.fixture
def stage(tmp_path, monkeypatch):
    shown = [(e, act(LINE, Attributes(emotion=e, level=0.8), i)) for e in EIGHT for i in range(12)]
    probe = Probe([motion for _, motion in shown], [e for e, _ in shown], EIGHT)
    monkeypatch.setattr(lines, "held_out", lambda *a, **k: [LINE])
    monkeypatch.setattr(reference, "probe_of", lambda stage, among: probe)
    (tmp_path / reference.READER).touch()
    return Stage(tmp_path, tmp_path, quick=True)


def test_who_copies_is_right_as_often_as_the_teacher(stage):
    found = reference.measure(Copyist(), stage)
    assert found["right"] == found["teacher"] > 0.8
    assert found["of"] == 16
    assert np.trace(found["confusion"]) == round(found["right"] * 16)


def test_who_does_not_look_is_right_by_chance(stage):
    assert reference.measure(Blind(), stage)["right"] == pytest.approx(1 / 8)


def test_weights_without_a_reader_are_skipped(stage):
    (stage.weights / reference.READER).unlink()
    with pytest.raises(Skipped, match="read no references"):
        reference.measure(Copyist(), stage)
