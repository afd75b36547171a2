import contextlib
import json
import os
import subprocess
import sys
import threading
import wave
from pathlib import Path

import numpy as np
import pytest

from inference_backend import formats
from inference_backend.contract import CHANNELS, BadRequest, Cue

typer = pytest.importorskip("typer")
pytest.importorskip("onnxruntime")

from inference_backend import generate_command  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "inference_backend" / "generator" / "weights" / "generator.json"
needs_weights = pytest.mark.skipif(not WEIGHTS.is_file(), reason="the weights are not in this checkout")


def run(*arguments, cwd=ROOT, code=None, **options):
    command = ["-c", code] if code else ["-m", "inference_backend"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    options = {"capture_output": True, **options}
    return subprocess.run(
        [sys.executable, *command, *map(str, arguments)], cwd=cwd, env=env, text=True, timeout=120, **options
    )


@pytest.fixture(scope="module")
def speech(tmp_path_factory):
    """Two and a half seconds of a syllable-like buzz."""
    path = tmp_path_factory.mktemp("sound") / "speech.wav"
    t = np.arange(40000) / 16000
    buzz = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 20)) * np.clip(np.sin(2 * np.pi * 2 * t), 0, 1)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes((buzz * 9000).astype("<i2").tobytes())
    return path


@needs_weights
def test_generate_writes_every_form_of_the_same_take(tmp_path, speech):
    outs = [tmp_path / f"take.{extension}" for extension in ("npz", "csv", "json")]
    options = [part for out in outs for part in ("--out", out)]
    result = run("generate", speech, "--style", "happy", "--fps", 24, "--seed", 3, *options)
    assert result.returncode == 0, result.stderr
    npz, csv, document = map(formats.read, outs)
    assert npz.fps == csv.fps == document.fps == 24
    assert npz.values.shape == (60, len(CHANNELS))
    assert np.allclose(npz.values, csv.values, atol=1e-6)
    assert np.allclose(npz.values, document.values, atol=1e-6)
    assert np.allclose(npz.head, csv.head, atol=1e-6)
    assert npz.meta["request"]["seed"] == 3
    assert npz.meta["sound"] == "speech.wav"
    assert "acting" in result.stderr
    assert len(result.stdout.splitlines()) == 3


@needs_weights
def test_flame_coefficients_go_out_and_come_in_as_a_reference(tmp_path, speech):
    random, none = np.random.default_rng(1), np.zeros((52, 3))
    expression = random.normal(size=(52, 50)) / 3
    jaw = none.copy()
    jaw[CHANNELS.index("jawOpen"), 0] = 0.35
    the_map = formats.FlameMap(expression, jaw, np.zeros((52, 2)), none, none, np.eye(55), "made.pkl")
    formats.flame_map.write(the_map, tmp_path / "map.npz")
    out, plain = tmp_path / "take.flame.npz", tmp_path / "take.npz"
    assert "--flame" in run("generate", speech, "--out", out).stderr
    flame = ["--flame", tmp_path / "map.npz"]
    made = run("generate", speech, "--style", "furious", "--fps", 50, "--out", out, "--out", plain, *flame)
    assert made.returncode == 0, made.stderr
    arrays = np.load(out, allow_pickle=False)
    assert arrays["fps"] == 50
    assert np.allclose(arrays["expression"], formats.read(plain).values @ expression, atol=1e-4)
    styled, neutral = tmp_path / "styled.npz", tmp_path / "neutral.npz"
    assert "flame-fit" in run("generate", speech, "--reference", out, "--out", styled).stderr
    env = {**os.environ, "MIEN_FLAME_MAP": str(tmp_path / "map.npz"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "inference_backend", "generate", str(speech), "--reference", str(out)]
    subprocess.run([*command, "--out", str(styled)], cwd=ROOT, env=env, check=True, capture_output=True, timeout=120)
    run("generate", speech, "--out", neutral)
    assert abs(formats.read(styled).values - formats.read(neutral).values).max() > 0.1


@needs_weights
def test_without_out_the_take_lies_beside_the_sound(tmp_path, speech):
    sound = tmp_path / "line.01.wav"
    sound.write_bytes(speech.read_bytes())
    assert run("generate", sound, "--duration-s", 1.0, "--start-s", 0.5).returncode == 0
    assert len(formats.read(tmp_path / "line.01.npz")) == 30


@needs_weights
def test_the_seed_decides(tmp_path, speech):
    takes = []
    for number, seed in enumerate((1, 1, 2)):
        run("generate", speech, "--seed", seed, "--out", tmp_path / f"{number}.npz")
        takes.append(formats.read(tmp_path / f"{number}.npz"))
    assert np.array_equal(takes[0].values, takes[1].values)
    assert not np.array_equal(takes[0].head, takes[2].head)


@needs_weights
def test_variations_under_cues_and_amounts_are_numbered(tmp_path, speech):
    amounts = ("--lips", 0.5, "--upper", 2, "--gaze", 0, "--blinks", 0, "--head-motion", 0)
    cues = ("--style", "happy", "--cue", "0.5: furious", "--cue", "1.8:", "--fade", 0.2)
    outs = ("--out", tmp_path / "take.npz", "--out", tmp_path / "take.csv")
    result = run("generate", speech, *cues, *amounts, "--seed", 7, "--variations", 2, *outs)
    assert result.returncode == 0, result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["take-1.csv", "take-1.npz", "take-2.csv", "take-2.npz"]
    first, second = (formats.read(tmp_path / f"take-{k}.npz") for k in (1, 2))
    assert [take.meta["request"]["seed"] for take in (first, second)] == [7, 8]
    assert not np.array_equal(first.values, second.values)
    for take in (first, second):
        still = [i for i, name in enumerate(CHANNELS) if name.startswith(("eyeLook", "eyeBlink"))]
        assert not take.values[:, still].any()
        assert not take.head.any()
        assert [cue["style"] for cue in take.meta["request"]["cues"]] == ["furious", ""]


@pytest.mark.parametrize(
    ("text", "cue"),
    [("3.2: furious", Cue(3.2, "furious")), ("0:calm, as at 5:00", Cue(0.0, "calm, as at 5:00")), (" 7 :", Cue(7.0))],
)
def test_a_cue_is_a_time_and_a_style(text, cue):
    assert generate_command.cue_of(text) == cue


@pytest.mark.parametrize("text", ["", "furious", "3.2", "soon: furious", "nan: furious", "inf: sad", "-1: sad"])
def test_what_is_no_cue_is_refused(text):
    with pytest.raises(BadRequest):
        generate_command.cue_of(text)


@needs_weights
def test_generating_needs_nothing_of_training(tmp_path, speech):
    code = (
        "import sys\n"
        "from inference_backend.__main__ import main\n"
        "try: main()\n"
        "except SystemExit as leaving: assert not leaving.code, leaving.code\n"
        "heavy = {'torch', 'scipy', 'matplotlib', 'onnx', 'transformers', 'pandas'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    result = run("generate", speech, "--out", tmp_path / "take.npz", code=code)
    assert result.returncode == 0, result.stderr


MISTAKES = {
    "missing sound": (["{tmp}/nothing.wav"], "There is no file"),
    "folder": (["{tmp}"], "is a folder"),
    "this folder": (["."], "is a folder"),
    "extension": (["{speech}", "--out", "{tmp}/take.fbx"], "needs the extension"),
    "no such folder": (["{speech}", "--out", "{tmp}/nowhere/take.npz"], "There is no folder"),
    "fps": (["{speech}", "--fps", "1000"], "fps must be a number from 1 to 240"),
    "strength": (["{speech}", "--strength", "7"], "strength must be"),
    "seed": (["{speech}", "--seed", "-1"], "seed must be"),
    "long style": (["{speech}", "--style", "x" * 10000], "shorten it"),
    "late excerpt": (["{speech}", "--start-s", "9"], "start earlier"),
    "cue": (["{speech}", "--cue", "furious"], 'as in "3.2: furious"'),
    "amount": (["{speech}", "--gaze", "2.5"], "gaze must be a number from 0 to 2"),
    "variations": (["{speech}", "--variations", "0"], "There can be 1 to 16 variations"),
    "fade": (["{speech}", "--fade", "-1"], "fade_s must be"),
    "weights": (["{speech}", "--reference-weight", "2"], "give a weight for each"),
    "style weight": (["{speech}", "--style", "sad", "--style-weight", "-1"], "weight of a part of a mix must be"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_get_one_sentence_and_leave_nothing(tmp_path, speech, mistake):
    arguments, expected = MISTAKES[mistake]
    filled = [argument.format(tmp=tmp_path, speech=speech) for argument in arguments]
    out = [] if "--out" in filled else ["--out", tmp_path / "take.npz"]
    result = run("generate", *filled, *out)
    assert result.returncode == 1
    assert expected in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_help_shows_every_command_without_loading_them():
    code = (
        "import sys\n"
        "from inference_backend.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'onnxruntime', 'scipy', 'starlette'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    result = run("--help", code=code)
    assert result.returncode == 0, result.stderr
    for command in ("generate", "style", "serve", "bench", "data", "train", "export", "evaluate"):
        assert f" {command} " in result.stdout


@pytest.mark.parametrize(
    ("package", "arguments", "extra"),
    [("torch", ["train", "{tmp}", "--out", "{tmp}/runs"], "train"), ("onnxruntime", ["generate", "{speech}"], "cpu")],
)
def test_a_missing_package_is_named_with_its_extra(tmp_path, speech, package, arguments, extra):
    code = f"import sys; sys.modules['{package}'] = None; from inference_backend.__main__ import main; main()"
    filled = [argument.format(tmp=tmp_path, speech=speech) for argument in arguments]
    result = run(*filled, code=code)
    assert result.returncode == 1
    assert f"package {package} is missing" in result.stderr
    assert f".[{extra}]" in result.stderr
    assert "Traceback" not in result.stderr


def test_options_of_other_rooms_are_passed_on():
    result = run("evaluate", "--help")
    assert result.returncode == 0, result.stderr
    assert "--recordings" in result.stdout


def test_every_command_of_training_is_to_be_had():
    from inference_backend import __main__ as whole
    from inference_backend.training import commands as room

    asked, there = (set(typer.main.get_command(part.app).commands) for part in (room, whole))  # type: ignore[attr-defined]
    assert {"train", "fit-mouth", "fit-reader", "blend", "ship", "distil", "export"} <= asked <= there


def test_commands_within_other_rooms_are_passed_on():
    pytest.importorskip("scipy", reason="the data engine's packages are not installed")
    result = run("data", "run", "--help")
    assert "--hours" in result.stdout, result.stderr
    assert run("data", "no-such-command").returncode == 2


@needs_weights
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_gets_a_bar(tmp_path, speech):
    import pty

    ours, theirs = pty.openpty()
    shown: list[bytes] = []
    reader = threading.Thread(target=drain, args=(ours, shown))
    reader.start()
    result = run("generate", speech, "--out", tmp_path / "take.npz", capture_output=False, stderr=theirs)
    os.close(theirs)
    reader.join(10)
    assert result.returncode == 0
    assert b"acting" in b"".join(shown)


def drain(terminal: int, into: list[bytes]) -> None:
    with contextlib.suppress(OSError):  # the terminal is gone
        while piece := os.read(terminal, 4096):
            into.append(piece)


@needs_weights
def test_bench_measures_everything(tmp_path, speech):
    result = run("bench", "--json", speech)
    assert result.returncode == 0, result.stderr
    measured = json.loads(result.stdout)
    assert measured["sound_s"] == 10.0
    assert measured["warm"]["times_real_time"] == pytest.approx(10 / measured["warm"]["seconds"], rel=0.01)
    assert sum(measured["stages_s"].values()) == pytest.approx(measured["warm"]["seconds"], rel=0.5)
    assert measured["cold"]["seconds_to_first_take"] > measured["cold"]["load_s"] > 0
    assert 50 < measured["cold"]["peak_memory_mb"] < 4000
    assert measured["provider"] in ("CPU", "CUDA", "Dml", "CoreML")
    assert {"reading the sound", "writing"} < set(measured["stages_s"])
