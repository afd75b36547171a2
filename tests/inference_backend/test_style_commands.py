"""The commands on saved styles, with a model that mixes by a rule that the tests know."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("typer")
from typer.testing import CliRunner

from inference_backend import formats, style_commands
from inference_backend.contract import MienError, Request, Take
from inference_backend.formats import style_file
from inference_backend.generator import pipeline, style_space


class FakeGenerator:
    """Styles are [letters of a text, mean jaw of a reference, 1], mixed by weight."""

    def style_of(self, request: Request) -> np.ndarray:
        points = np.array([self._point(i) for i in request.mix])
        weights = np.array([i.weight for i in request.mix])
        return (weights / weights.sum() @ points).astype(np.float32)

    @staticmethod
    def _point(ingredient) -> list[float]:
        if ingredient.vector:
            return list(ingredient.vector)
        if ingredient.text:
            return [len(ingredient.text), 0, 1]
        take = formats.npz.loads(base64.b64decode(ingredient.reference))
        return [0, float(take.channel("jawOpen").mean()), 1]


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Install the fake; the list holds its version."""
    version = ["mien-2"]
    monkeypatch.setattr(pipeline, "load", FakeGenerator)
    monkeypatch.setattr(style_space, "installed", lambda: version[0])
    return version


@pytest.fixture
def performance(tmp_path: Path) -> Path:
    values = np.zeros((90, 52), np.float32)
    values[::2] = 0.5
    formats.write(Take(30.0, values, np.zeros((90, 3), np.float32)), tmp_path / "take.npz")
    return tmp_path / "take.npz"


def run(*arguments) -> str:
    done = CliRunner().invoke(style_commands.app, list(map(str, arguments)), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_texts_and_references_are_mixed_and_told(tmp_path: Path, performance: Path):
    out = tmp_path / "teacher.mien-style"
    said = run("save", out, "--text", "weary", "--text-weight", 1, "--reference", performance, "--reference-weight", 3)
    style = style_file.read(out)
    np.testing.assert_allclose(style.vector, [0.25 * 5, 0.75 * 0.25, 1])
    assert (style.name, style.model) == ("teacher", "mien-2")
    assert '75% [take.npz, 3.0 s], 25% "weary"' in said
    shown = run("show", out)
    assert '25% "weary"' in shown
    assert "mien-2: used as it is" in shown


def test_a_saved_style_can_be_mixed_again(tmp_path: Path):
    first, second = tmp_path / "a.mien-style", tmp_path / "b.mien-style"
    run("save", first, "--text", "weary")
    run("save", second, "--style-file", first, "--text", "angry!!", "--name", "both")
    style = style_file.read(second)
    np.testing.assert_allclose(style.vector, [6, 0, 1])
    assert style.name == "both"
    assert {part.text for part in style.made_of} == {"weary", "angry!!"}


def test_another_model_reads_texts_again_and_says_so(tmp_path: Path, model: list[str], performance: Path):
    texts, film = tmp_path / "texts.mien-style", tmp_path / "film.mien-style"
    run("save", texts, "--text", "weary")
    run("save", film, "--reference", performance)
    model[0] = "mien-3"
    assert "read again by mien-3" in run("show", texts)
    assert "of no use to mien-3" in run("show", film)
    run("save", tmp_path / "new.mien-style", "--style-file", texts)
    assert style_file.read(tmp_path / "new.mien-style").model == "mien-3"
    with pytest.raises(MienError, match="mien-3 cannot read; save it again"):
        run("save", tmp_path / "other.mien-style", "--style-file", film)


MISTAKES = {
    "nothing": ([], "needs something to be made of"),
    "weights": (["--text", "sad", "--text-weight", "1", "--text-weight", "2"], "--text: 1 given, but 2 weights"),
    "negative": (["--text", "sad", "--text-weight", "-1"], "weight of a part of a mix must be a number from 0"),
    "none": (["--text", "sad", "--text-weight", "0"], "weights of a mix are 0"),
    "no text": (["--text", "  "], "one of a style text"),
    "no file": (["--reference", "nowhere.npz"], "no file nowhere.npz"),
    "no style": (["--style-file", "nowhere.mien-style"], "no file nowhere.mien-style"),
    "a name": (["--text", "sad", "--name", "x" * 200], "name of a style needs 1 to 100"),
    "excerpt": (["--reference", "{take}", "--reference-start-s", "2"], "1.0 s, but a reference needs"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_get_a_sentence_and_leave_nothing(tmp_path: Path, performance: Path, mistake: str):
    arguments, sentence = MISTAKES[mistake]
    with pytest.raises(MienError, match=sentence):
        run("save", tmp_path / "a.mien-style", *(a.format(take=performance) for a in arguments))
    assert list(tmp_path.iterdir()) == [performance]


def test_the_extension_is_ours(tmp_path: Path):
    with pytest.raises(MienError, match=r"a\.json needs the extension \.mien-style"):
        run("save", tmp_path / "a.json", "--text", "sad")
