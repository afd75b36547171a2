"""R-precision of made pairs, and towers that learn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy", reason="measures need scipy")

from inference_backend.contract import INDEX
from inference_backend.data_engine.prompts.prompt import Attributes, Prompt
from inference_backend.generator.networks import WEIGHTS
from inference_backend.training.evaluation.performances import Acted
from inference_backend.training.evaluation.stage import Stage

torch = pytest.importorskip("torch", reason="the evaluator needs torch")
text_motion = pytest.importorskip("inference_backend.training.evaluation.text_motion")

needs_weights = pytest.mark.skipif(
    not (WEIGHTS / "sentence_encoder.onnx").is_file(), reason="the sentence encoder is not in this checkout"
)
SHOWN = {"happy": "mouthSmileLeft", "sad": "mouthFrownLeft", "angry": "browDownLeft", "surprised": "eyeWideLeft",
         "weary": "eyeBlinkLeft", "disgusted": "noseSneerLeft", "afraid": "mouthStretchLeft",
         "proud": "browOuterUpLeft"}  # fmt: skip


def test_precision_of_pairs_of_strangers_and_of_opposites():
    vectors = np.random.default_rng(0).normal(size=(64, 16))
    assert text_motion.precision(vectors, vectors)["R@1"] == 1.0
    assert text_motion.precision(vectors, vectors)["match"] == 0.0
    strangers = text_motion.precision(vectors, np.random.default_rng(1).normal(size=(64, 16)), rounds=40)
    assert strangers["R@3"] == pytest.approx(3 / 32, abs=0.06)
    assert strangers["R@1"] < strangers["R@2"] < strangers["R@3"]
    assert text_motion.precision(vectors, -vectors)["R@3"] == 0.0


def given(count, seed):
    rng = np.random.default_rng(seed)
    for i in range(count):
        emotion = list(SHOWN)[i % len(SHOWN)]
        level = (i // len(SHOWN) % 4 + 1) / 4
        motion = rng.uniform(0, 0.05, (160, 55)).astype(np.float32)
        motion[:, INDEX[SHOWN[emotion]]] += 0.7 * level
        word = ("slight", "mild", "strong", "extreme")[round(4 * level) - 1]
        yield Acted(Prompt(f"a person with a {word} {emotion} look", Attributes(emotion=emotion)), motion)


@needs_weights
def test_the_towers_learn_which_motion_a_text_means(tmp_path: Path):
    stage = Stage(tmp_path, WEIGHTS)
    model = text_motion.TextMotion()
    text_motion.train(model, list(given(192, 0)), stage, epochs=12)
    fresh = list(given(32, 1))
    texts, moved = [a.prompt.text for a in fresh], [a.motion for a in fresh]
    found = text_motion.precision(*text_motion.embedded(model, WEIGHTS, texts, moved))
    assert found["R@3"] > 0.5  # chance is 0.09
    wrong = text_motion.precision(*text_motion.embedded(model, WEIGHTS, texts, moved[1:] + moved[:1]))
    assert wrong["R@3"] < 0.2


def test_a_kept_evaluator_is_used_again_and_another_recipe_trains_anew(tmp_path: Path, monkeypatch):
    trained = []
    monkeypatch.setattr(text_motion, "examples", lambda stage: [])
    monkeypatch.setattr(text_motion, "train", lambda model, given, stage: trained.append(model))
    first = text_motion.load(Stage(tmp_path, WEIGHTS))
    again = text_motion.load(Stage(tmp_path, WEIGHTS))
    assert len(trained) == 1
    assert torch.equal(first.query.weight, again.query.weight)
    text_motion.load(Stage(tmp_path, WEIGHTS, corpus=tmp_path / "another"))
    assert len(trained) == 2
    (tmp_path / "sentence_encoder.onnx").write_bytes(b"another encoder")
    text_motion.load(Stage(tmp_path, tmp_path, corpus=tmp_path / "another"))
    assert len(trained) == 3
