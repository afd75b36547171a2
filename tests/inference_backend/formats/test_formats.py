import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inference_backend import formats
from inference_backend.contract import CHANNELS, INDEX, BadRequest, MienError, Take
from inference_backend.formats import BadFile, audio2face, live_link, npz


def make_take(fps=30.0, frames=90, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.uniform(0, 1, (frames, 52)).astype(np.float32)
    head = rng.uniform(-0.6, 0.6, (frames, 3)).astype(np.float32)
    return Take(fps, values, head, {"style": "happy, “schön”", "seed": 3})


def npz_of(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


@pytest.mark.parametrize("extension", [".npz", ".csv", ".json", ".JSON"])
@pytest.mark.parametrize("fps", [24.0, 23.976023976023978, 25.0, 29.97002997002997, 30.0, 50.0, 60.0, 12.0, 17.5])
def test_what_is_written_is_read(tmp_path, extension, fps):
    take = make_take(fps)
    formats.write(take, tmp_path / f"take{extension}")
    read = formats.read(tmp_path / f"take{extension}")
    assert read.fps == pytest.approx(fps, rel=1e-5)
    assert np.allclose(read.values, take.values, atol=1e-6)
    assert np.allclose(read.head, take.head, atol=1e-6)
    if extension != ".csv":
        assert read.meta == take.meta
    assert [path.name for path in tmp_path.iterdir()] == [f"take{extension}"]


def test_npz_has_the_promised_keys(tmp_path):
    formats.write(make_take(), tmp_path / "take.npz")
    with np.load(tmp_path / "take.npz", allow_pickle=False) as stored:
        assert set(stored) == {"fps", "names", "values", "head", "meta"}
        assert stored["names"].tolist() == list(CHANNELS)
        assert stored["values"].dtype == stored["head"].dtype == np.float32
        assert json.loads(str(stored["meta"]))["seed"] == 3


def test_npz_columns_may_come_in_any_order_and_number():
    take = make_take()
    order = np.random.default_rng(1).permutation(51)  # without tongueOut
    names = [f"shapes.{CHANNELS[i].replace('Left', '_L').replace('Right', '_R')}" for i in order]
    read = npz.loads(npz_of(fps=24, names=names, values=take.values[:, order], extra=np.zeros(3)))
    assert np.allclose(read.values[:, :51], take.values[:, :51])
    assert not read.values[:, 51].any()
    assert not read.head.any()
    assert read.fps == 24


def test_pickles_are_refused():
    data = npz_of(fps=24, names=list(CHANNELS), values=np.array([{"a": 1}], dtype=object))
    with pytest.raises(BadFile):
        npz.loads(data)


def test_live_link_csv_is_as_the_app_writes_it():
    lines = live_link.dumps(make_take(fps=30.0, frames=40)).decode().splitlines()
    header = lines[0].split(",")
    assert header[:4] == ["Timecode", "BlendShapeCount", "EyeBlinkLeft", "EyeLookDownLeft"]
    assert header[53:57] == ["TongueOut", "HeadYaw", "HeadPitch", "HeadRoll"]
    assert header[-6:] == ["LeftEyeYaw", "LeftEyePitch", "LeftEyeRoll", "RightEyeYaw", "RightEyePitch", "RightEyeRoll"]
    assert len(header) == 63
    assert [line.split(",")[0] for line in (lines[1], lines[30], lines[31])] == [
        "00:00:00:00.000",
        "00:00:00:58.000",
        "00:00:01:00.000",
    ]
    assert all(line.split(",")[1] == "61" and len(line.split(",")) == 63 for line in lines[1:])


@pytest.mark.parametrize("fps", [12.0, 24000 / 1001, 24.0, 25.0, 30000 / 1001, 30.0, 60.0, 120.0])
def test_unreal_which_divides_frames_by_sixty_finds_every_row_at_its_time(fps):
    lines = live_link.dumps(make_take(fps=fps, frames=300)).decode().splitlines()[1:]
    parts = [[float(part) for part in line.split(",")[0].split(":")] for line in lines]
    times = [hours * 3600 + minutes * 60 + seconds + frames / 60.0 for hours, minutes, seconds, frames in parts]
    np.testing.assert_allclose(times, np.arange(300) / fps, atol=1e-5)
    assert live_link.loads(live_link.dumps(make_take(fps=fps, frames=300))).fps == pytest.approx(fps)


def column(data, name):
    lines = data.decode().splitlines()
    index = lines[0].split(",").index(name)
    return np.array([float(line.split(",")[index]) for line in lines[1:]])


def test_live_link_signs_follow_the_app():
    take = make_take()
    data = live_link.dumps(take)
    assert np.allclose(column(data, "HeadPitch"), take.head[:, 0], atol=1e-6)
    assert np.allclose(column(data, "HeadYaw"), -take.head[:, 1], atol=1e-6)
    assert np.allclose(column(data, "HeadRoll"), -take.head[:, 2], atol=1e-6)


# One row of a recording of the app (radians): eyeLook channels and what the app says of the left and right eye.
RECORDED = {
    "eyeLookOutLeft": 0.1421131641,
    "eyeLookUpLeft": 0.4678646922,
    "eyeLookInRight": 0.2466447949,
    "eyeLookUpRight": 0.4644206464,
}


def test_live_link_eyes_agree_with_a_recording():
    values = np.zeros((1, 52), np.float32)
    for name, value in RECORDED.items():
        values[0, INDEX[name]] = value
    data = live_link.dumps(Take(30.0, values, np.zeros((1, 3), np.float32)))
    # The recorded eyes rest 0.066 rad outwards, which our derived rotation leaves out.
    assert column(data, "LeftEyeYaw")[0] == pytest.approx(-0.1475610286 + 0.066, abs=0.01)
    assert column(data, "RightEyeYaw")[0] == pytest.approx(-0.0850049257 - 0.066, abs=0.01)
    assert column(data, "LeftEyePitch")[0] == pytest.approx(-0.2048996240, abs=0.01)
    assert column(data, "LeftEyeRoll")[0] > 0


def csv_of(codes, fps_column=None):
    rows = [f"{code},1,{number / 100}" for number, code in enumerate(codes)]
    return "\n".join(["Timecode,BlendShapeCount,JawOpen", *rows]).encode()


def test_a_recording_at_half_the_rate_of_its_time_code_is_understood():
    codes = [f"12:27:{47 + frame // 60}:{frame % 60:02d}.169" for frame in range(47, 200, 2)]
    assert live_link.loads(csv_of(codes)).fps == 30.0


def test_dropped_frames_are_filled_in():
    codes = [f"00:00:{frame // 30:02d}:{frame % 30:02d}" for frame in range(60) if frame not in (20, 21)]
    take = live_link.loads(csv_of(codes))
    assert take.fps == 30.0
    assert len(take) == 60
    assert 0.19 < take.channel("jawOpen")[20] < take.channel("jawOpen")[21] < 0.2


def test_midnight_is_passed():
    codes = [f"23:59:59:{frame:02d}" for frame in range(30)] + [f"00:00:00:{frame:02d}" for frame in range(30)]
    take = live_link.loads(csv_of(codes))
    assert (take.fps, len(take)) == (30.0, 60)


def test_other_csv_dialects_are_read():
    text = "\ufefftimecode;jawOpen;eyeBlink_L;unknown;HeadYaw\n00:00:00:00;0,5;1;;0,25\n00:00:00:01;0,75;0;;-0,25\n"
    take = live_link.loads(text.encode())
    assert take.channel("jawOpen").tolist() == [0.5, 0.75]
    assert take.channel("eyeBlinkLeft").tolist() == [1.0, 0.0]
    assert take.head[:, 1].tolist() == [-0.25, 0.25]


def test_a_last_line_cut_short_is_left_out():
    data = live_link.dumps(make_take(frames=60))
    assert len(live_link.loads(data[:-100])) == 59


def test_audio2face_json_is_as_it_exports():
    document = json.loads(audio2face.dumps(make_take(fps=24.0)))
    assert list(document)[:6] == ["exportFps", "trackPath", "numPoses", "numFrames", "facsNames", "weightMat"]
    assert document["exportFps"] == 24
    assert (document["numPoses"], document["numFrames"]) == (52, 90)
    assert len(document["weightMat"]) == 90
    assert len(document["weightMat"][0]) == 52


def test_an_audio2face_export_without_head_is_read():
    document = {"numPoses": 2, "numFrames": 3, "facsNames": ["jawOpen", "cheekPuff"], "weightMat": [[0.1, 0.2]] * 3}
    take = audio2face.loads(json.dumps(document).encode())
    assert take.fps == 60.0
    assert take.values[0, [INDEX["jawOpen"], INDEX["cheekPuff"]]].tolist() == pytest.approx([0.1, 0.2])


GOOD = {".npz": npz.dumps(make_take()), ".csv": live_link.dumps(make_take()), ".json": audio2face.dumps(make_take())}
WITHOUT_CHANNELS = {
    ".npz": npz_of(fps=24.0, names=["a"], values=np.zeros((2, 1))),
    ".csv": b"Timecode,a,b\n00:00:00:00,1,2\n",
    ".json": b'{"facsNames": ["a"], "weightMat": [[1]]}',
}
NOISE = np.random.default_rng(0).bytes(5000)


@pytest.mark.parametrize("extension", list(GOOD))
@pytest.mark.parametrize("broken", ["noise", "half", "empty", "nan", "no channels", "missing", "folder"])
def test_broken_files_get_one_sentence(tmp_path, extension, broken):
    path = tmp_path / f"take{extension}"
    good = GOOD[extension]
    if broken == "half" and extension == ".csv":
        pytest.skip("half a CSV is a shorter take")
    if broken == "folder":
        path.mkdir()
    elif broken == "nan":
        take = make_take()
        take.values[3, 5] = np.nan
        path.write_bytes({".npz": npz, ".csv": live_link, ".json": audio2face}[extension].dumps(take))
    elif broken == "no channels":
        path.write_bytes(WITHOUT_CHANNELS[extension])
    elif broken != "missing":
        path.write_bytes({"noise": NOISE, "half": good[: len(good) // 2], "empty": b""}[broken])
    with pytest.raises(BadFile) as caught:
        formats.read(path)
    assert str(caught.value).endswith(".")
    assert path.name in str(caught.value)


@pytest.mark.parametrize("name", ["take.fbx", "take", ".npz"])
def test_an_unknown_extension_is_refused(tmp_path, name):
    with pytest.raises(BadRequest, match=r"\.npz, \.csv .*\.json"):
        formats.write(make_take(), tmp_path / name)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(BadFile, match="There is no folder"):
        formats.write(make_take(), tmp_path / "nowhere" / "take.npz")


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "take.npz"
    path.write_bytes(b"old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(MienError, match="No space left"):
        formats.write(make_take(), path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="file modes differ on Windows")
def test_no_write_access_gets_a_sentence(tmp_path):
    (tmp_path / "take.csv").write_bytes(GOOD[".csv"])
    (tmp_path / "locked").mkdir(mode=0o555)
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o755)
    (tmp_path / "take.csv").chmod(0o444)
    script = (
        "import os, sys, pathlib\n"
        "from inference_backend import formats\n"
        "take = formats.read(pathlib.Path(sys.argv[1]) / 'take.csv')\n"
        "if os.geteuid() == 0: os.setgroups([]); os.setegid(65534); os.setreuid(65534, 65534)\n"
        "for name in ('locked/take.npz', 'take.csv'):\n"
        "    try: formats.write(take, pathlib.Path(sys.argv[1]) / name)\n"
        "    except formats.BadFile as error: print(error)\n"
    )
    root = Path(formats.__file__).parents[2]
    result = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, cwd=root)
    assert "may not be written" in result.stdout, result.stderr
    assert "write-protected" in result.stdout
    assert (tmp_path / "take.csv").read_bytes() == GOOD[".csv"]
