"""Parts on systems that obey or do not, and the report that is written."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("scipy", reason="measures need scipy")
pytest.importorskip("matplotlib", reason="the report draws with matplotlib")

from inference_backend.contract import CHANNELS, INDEX, Take
from inference_backend.data_engine.speech.phones import SILENCE, Phone
from inference_backend.data_engine.speech.track import Track
from inference_backend.generator.sound import Sound
from inference_backend.training.evaluation import captured, control, lines, run, sounds
from inference_backend.training.evaluation.captured import agreement
from inference_backend.training.evaluation.stage import Skipped, Stage
from inference_backend.training.evaluation.system import Line


class Obedient:
    """Smiles as much as a text says happy, nods where it says so; seeds move the brows a little."""

    name, provider = "obedient", "CPU"
    LEVELS = {"faint": 0.1, "slight": 0.2, "moderate": 0.4, "strong": 0.7, "extreme": 0.9}

    def generate(self, heard: Sound, request, on_progress=None) -> Take:
        frames = round(heard.duration_s * request.fps)
        rng = np.random.default_rng(request.seed)
        values = np.zeros((frames, len(CHANNELS)), np.float32)
        values[:, INDEX["browInnerUp"]] = 0.05 * rng.random()
        level = next((v for word, v in self.LEVELS.items() if word in request.style), 0.5) * request.strength / 2
        for name in ("browDownLeft", "cheekSquintLeft", "eyeWideLeft", "noseSneerLeft", "eyeSquintLeft"):
            values[:, INDEX[name]] = level
        for i, unit in enumerate(("mouthSmile", "mouthFrown", "mouthStretch", "mouthDimple", "eyeBlink")):
            values[:, INDEX[f"{unit}Left"]] = level if i else level / 2
        head = np.zeros((frames, 3), np.float32)
        if "nod" in request.style:
            head[:, 0] = 0.1 * np.sin(2 * np.pi * 2 * np.arange(frames) / request.fps)
        return Take(request.fps, values, head)


LINE = Line(Track(np.zeros(48000, np.float32), [Phone(0.0, 3.0, SILENCE)]), "made up")


@pytest.fixture
def stage(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "held_out", lambda *a, **k: [LINE])
    return Stage(tmp_path / "out", tmp_path, quick=True)


def test_intensity_of_one_who_obeys_rises(stage):
    found = control.intensity(Obedient(), stage)
    assert found["least"]["words"] == pytest.approx(1)
    assert found["least"]["slider_own"] == pytest.approx(1)


def test_intensity_of_one_who_does_not_listen_is_nothing(stage):
    deaf = Obedient()
    deaf.LEVELS = {}
    assert control.intensity(deaf, stage)["mean"]["words"] == 0.0


def test_a_swapped_word_moves_its_own_region_alone(stage, monkeypatch):
    monkeypatch.setattr(control, "SWAPS", (("he talks", "he talks and nods", "head"),))
    (row,) = control.swaps(Obedient(), stage)
    assert row["head"] > 1
    assert row["gaze"] == row["lips"] == 0


def test_seeds_that_differ_more_make_effects_smaller(stage, monkeypatch):
    monkeypatch.setattr(control, "EFFECTS", ("strong happy", "slight happy"))
    found = control.effects(Obedient(), stage)
    assert found["least"] > 2
    assert found["diversity"]["upper"] > 0
    assert found["diversity"]["head"] == 0


def test_a_mouth_that_moves_in_silence_is_seen(stage):
    class Chatterer(Obedient):
        def generate(self, heard, request, on_progress=None):
            take = super().generate(heard, request)
            values = take.values * 0
            values[:, INDEX["jawOpen"]] = 0.3 + 0.2 * np.sin(np.arange(len(values)))
            return Take(take.fps, values, take.head)

    class Statue(Obedient):
        def generate(self, heard, request, on_progress=None):
            take = super().generate(heard, request)
            return Take(take.fps, take.values * 0, take.head)

    loud, still = sounds.stillness(Chatterer(), stage), sounds.stillness(Statue(), stage)
    assert loud["silence"]["open"] == 1.0
    assert loud["pauses"]["jaw_sd"] > 0.1
    assert still["silence"] == {"jaw_max": 0.0, "jaw_sd": 0.0, "speed": 0.0, "open": 0.0}


def test_agreement_of_a_face_with_itself_and_with_half_of_itself():
    true = np.random.default_rng(0).uniform(0, 0.5, (150, len(CHANNELS)))
    same, half = agreement(true, true), agreement(0.5 * true, true)
    assert (same["aperture_r"], same["aperture_range"]) == pytest.approx((1, 1))
    assert same["LBE"] == same["MOD"] == same["UDD"] == 0
    assert half["jaw_range"] == pytest.approx(0.5)
    assert half["LBE"] > half["MBE"] > 0.05


def test_a_report_is_written_with_what_was_left_out(stage, monkeypatch):
    monkeypatch.setattr(run.pipeline, "load", lambda folder: Obedient())
    (stage.weights / "generator.json").write_text('{"version": "made up"}', encoding="utf-8")
    found = run.evaluate(stage, [Obedient()], only=("captured", "stillness", "reference", "intensity", "head"))
    assert found["systems"]["mien"]["stillness"]["silence"]["open"] >= 0
    assert "stillness" in found["systems"]["obedient"]
    assert "head" not in found["systems"]["obedient"]  # of lips alone it is asked
    assert "captured faces are absent" in found["skipped"]["captured (mien)"]
    assert "reference_reader" in found["skipped"]["reference (mien)"]
    assert json.loads((stage.out / "report.json").read_text(encoding="utf-8"))["bars"] == found["bars"]
    html = (stage.out / "report.html").read_text(encoding="utf-8")
    assert "Left out, and why" in html
    assert "data:image/png;base64," in html
    assert "not measured" in html
    assert "http" not in html  # it needs nothing beside it


def test_single_parts_join_the_report_of_the_same_weights(stage, monkeypatch):
    monkeypatch.setattr(run.pipeline, "load", lambda folder: Obedient())
    settings = stage.weights / "generator.json"
    settings.write_text('{"version": "made up"}', encoding="utf-8")
    run.evaluate(stage, only=("stillness",))
    both = run.evaluate(stage, only=("seams",))
    assert {"stillness", "seams"} <= set(both["systems"]["mien"])
    settings.write_text('{"version": "another"}', encoding="utf-8")
    assert "stillness" not in run.evaluate(stage, only=("seams",))["systems"]["mien"]


def test_an_unknown_part_is_named(stage):
    with pytest.raises(run.UnknownPart, match="'lisp'"):
        run.evaluate(stage, only=("lisp",))


def test_parts_without_voices_are_skipped(stage, monkeypatch):
    monkeypatch.setattr(lines, "held_out", lambda *a, **k: [])
    with pytest.raises(Skipped, match="no speech engine"):
        control.intensity(Obedient(), stage)


def test_faces_of_other_speakers_are_measured_by_folder(stage, tmp_path):
    soundfile = pytest.importorskip("soundfile")
    stage.recordings = tmp_path
    with pytest.raises(Skipped, match="other speakers"):
        captured.strangers(Obedient(), stage)
    folder = tmp_path / "grid_s2"
    (folder / "audio").mkdir(parents=True)
    soundfile.write(folder / "audio" / "one.opus", np.zeros(24000, np.float32), 16000, format="OGG", subtype="OPUS")
    times, names = np.arange(38) / 25, ["_neutral", *CHANNELS[:51]]
    scores = np.random.default_rng(0).uniform(0, 0.5, (38, 52)).astype(np.float32)
    turned = np.tile(np.eye(4, dtype=np.float32), (38, 1, 1))
    np.savez(folder / "curves.npz", names=names, clips=["one"], **{"one/t": times, "one/bs": scores, "one/mat": turned})
    found = captured.strangers(Obedient(), stage)
    assert found["grid_s2"]["clips"] == 1
    assert abs(found["all"]["aperture_r"]) < 0.5  # nobody opened the mouth


def test_lists_take_one_line_and_stay_what_they_were():
    report = {"a": [1, 2.5, 3], "b": {"c": [[1, 0], [0, 1]], "d": ["x, y", "z"]}}
    text = run.as_text(report)
    assert json.loads(text) == report
    assert '"a": [1, 2.5, 3]' in text


@pytest.mark.parametrize("name", ["actor.onnx", "generator.json", "known_words.npz"])
def test_other_weights_are_measured_anew(tmp_path, name):
    for file in ("actor.onnx", "generator.json", "known_words.npz"):
        (tmp_path / file).write_bytes(b"one")
    before = run._fingerprint(tmp_path)
    (tmp_path / name).write_bytes(b"another")
    assert run._fingerprint(tmp_path) != before
