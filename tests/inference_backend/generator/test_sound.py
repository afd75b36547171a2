import io
import os
import struct
import subprocess
import sys

import numpy as np
import pytest

from inference_backend.contract import BadSound
from inference_backend.generator import sound
from tests.inference_backend.generator.sounds import DURATION_S, bursts, encode, lag_ms

soundfile = pytest.importorskip("soundfile")

BY_PYAV = [
    ("wav", "pcm_s16le", 48000),
    ("wav", "pcm_s24le", 44100),
    ("wav", "pcm_f32le", 44100),
    ("wav", "pcm_s16le", 8000),
    ("wav", "pcm_s16le", 192000),
    ("aiff", "pcm_s16be", 48000),
    ("flac", "flac", 44100),
    ("mp3", "libmp3lame", 44100),
    ("m4a", "aac", 44100),
    ("m4a", "alac", 48000),
    ("mp4", "aac", 48000),
    ("mov", "aac", 48000),
    ("ogg", "libopus", 48000),
    ("webm", "libopus", 48000),
    ("mkv", "aac", 48000),
]
BY_SOUNDFILE = [kind for kind in BY_PYAV if kind[0] in ("wav", "aiff", "flac", "mp3", "ogg")]


@pytest.fixture
def without_pyav(monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)


@pytest.fixture
def wav(tmp_path):
    soundfile.write(tmp_path / "speech.wav", bursts(48000), 48000)
    return tmp_path / "speech.wav"


def check_alignment(path):
    samples, reference = sound.read(path).samples, bursts(16000)
    assert samples.dtype == np.float32
    assert abs(lag_ms(reference, samples)) < 2
    assert abs(len(samples) - len(reference)) <= (0.03 * 16000 if path.suffix == ".mkv" else 16)
    common = slice(0, min(len(samples), len(reference)))
    assert np.corrcoef(samples[common], reference[common])[0, 1] > 0.99


@pytest.mark.parametrize(("extension", "codec", "rate"), BY_PYAV)
def test_every_kind_is_read_in_time_with_pyav(tmp_path, extension, codec, rate):
    pytest.importorskip("av")
    check_alignment(encode(tmp_path / f"speech.{extension}", bursts(rate), rate, codec))


@pytest.mark.parametrize(("extension", "codec", "rate"), BY_SOUNDFILE)
def test_common_kinds_are_read_in_time_without_pyav(tmp_path, request, extension, codec, rate):
    pytest.importorskip("av")
    path = encode(tmp_path / f"speech.{extension}", bursts(rate), rate, codec)
    request.getfixturevalue("without_pyav")
    check_alignment(path)


def test_ogg_vorbis_is_read_in_time(tmp_path):
    soundfile.write(tmp_path / "speech.ogg", bursts(44100), 44100, format="OGG", subtype="VORBIS")
    check_alignment(tmp_path / "speech.ogg")


def test_an_open_file_is_read_like_its_path(wav):
    from_memory = sound.read(io.BytesIO(wav.read_bytes()))
    assert np.array_equal(from_memory.samples, sound.read(wav).samples)


@pytest.mark.parametrize("reader", ["pyav", "soundfile"])
@pytest.mark.parametrize("start_s", [0.0, 0.4567, 1.5, 41.2, 60.0])
def test_an_excerpt_is_that_part_of_the_whole(tmp_path, request, reader, start_s):
    if reader == "pyav":
        pytest.importorskip("av")
    else:
        request.getfixturevalue("without_pyav")
    soundfile.write(tmp_path / "long.flac", np.random.default_rng(0).uniform(-0.5, 0.5, 62 * 44100), 44100)
    whole = sound.read(tmp_path / "long.flac").samples
    part = sound.read(tmp_path / "long.flac", start_s, 1.25).samples
    first = round(start_s * 16000)
    assert len(part) == 20000
    assert np.allclose(part, whole[first : first + 20000], atol=1e-5)


def test_an_excerpt_ends_with_the_sound(wav):
    assert sound.read(wav, 1.0, 99.0).duration_s == pytest.approx(DURATION_S - 1, abs=1e-3)


def test_six_channels_are_mixed_down(tmp_path):
    channels = np.zeros((48000, 6), np.float32)
    channels[:, 2] = bursts(48000, 1.0)
    soundfile.write(tmp_path / "six.wav", channels, 48000, subtype="FLOAT")
    mixed = sound.read(tmp_path / "six.wav").samples
    assert np.corrcoef(mixed, bursts(16000, 1.0))[0, 1] > 0.999


def test_sound_that_starts_late_in_a_movie_keeps_its_place(tmp_path):
    av = pytest.importorskip("av")
    from fractions import Fraction

    with av.open(str(tmp_path / "late.mkv"), "w") as movie:
        video = movie.add_stream("mpeg4", rate=25)
        video.width = video.height = 64
        video.pix_fmt = "yuv420p"
        audio = movie.add_stream("pcm_s16le", rate=16000, layout="mono")
        for i in range(50):
            image = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            image.pts, image.time_base = i, Fraction(1, 25)
            movie.mux(video.encode(image))
        click = np.zeros((1, 16000), np.int16)
        click[0, 0] = 30000
        frame = av.AudioFrame.from_ndarray(click, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 16000, 12000, Fraction(1, 16000)
        movie.mux(audio.encode(frame))
        movie.mux(video.encode(None))
    assert np.argmax(sound.read(tmp_path / "late.mkv").samples) == pytest.approx(12000, abs=16)


def three_hours(path):
    count = 3 * 3600 * 16000 * 2
    with path.open("wb") as file:
        file.write(b"RIFF" + struct.pack("<I", 36 + count) + b"WAVEfmt ")
        file.write(struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16) + b"data" + struct.pack("<I", count))
        file.truncate(44 + count)  # sparse: three hours of silence take no room on the disk


def bad_wav(path, value):
    samples = bursts(16000)
    samples[20000] = value
    soundfile.write(path, samples, 16000, subtype="FLOAT")


BAD = {
    "empty.wav": (lambda p: p.write_bytes(b""), "is empty"),
    "zero.wav": (lambda p: soundfile.write(p, np.zeros(0), 16000), "zero length"),
    "tiny.wav": (lambda p: soundfile.write(p, np.zeros(160), 16000), "at least 0.05 s"),
    "nan.wav": (lambda p: bad_wav(p, np.nan), "NaN or infinite"),
    "inf.wav": (lambda p: bad_wav(p, -np.inf), "NaN or infinite"),
    "three_hours.wav": (three_hours, "longer than 60 minutes"),
    "noise.wav": (lambda p: p.write_bytes(np.random.default_rng(0).bytes(40000)), "not a sound"),
    "folder": (lambda p: p.mkdir(), "is a folder"),
    "missing.wav": (lambda p: None, "There is no file"),
}


@pytest.mark.parametrize("reader", ["pyav", "soundfile"])
@pytest.mark.parametrize("name", BAD)
def test_bad_files_get_one_sentence(tmp_path, request, reader, name):
    if reader == "soundfile":
        request.getfixturevalue("without_pyav")
    make, expected = BAD[name]
    make(tmp_path / name)
    with pytest.raises(BadSound, match=expected) as caught:
        sound.read(tmp_path / name)
    assert name in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_sound_that_hides_its_length_is_stopped_while_decoding(tmp_path, monkeypatch):
    monkeypatch.setattr(sound, "MAX_SOUND_S", 2.0)
    monkeypatch.setattr(sound, "_check_declared", lambda *_: None)
    soundfile.write(tmp_path / "long.wav", np.zeros(16000 * 30), 16000)
    with pytest.raises(BadSound, match="longer than"):
        sound.read(tmp_path / "long.wav")


def test_three_hours_give_a_short_excerpt(tmp_path):
    three_hours(tmp_path / "long.wav")
    assert sound.read(tmp_path / "long.wav", 9000.0, 2.0).duration_s == 2.0


def test_an_excerpt_past_the_end_is_refused(wav):
    with pytest.raises(BadSound, match=r"starts at 20 s, but speech.wav ends at 3.10 s"):
        sound.read(wav, 20.0)


def test_an_excerpt_of_no_length_is_refused(wav):
    with pytest.raises(BadSound, match=r"at least 0\.05 s"):
        sound.read(wav, 1.0, 0.0)


def test_a_movie_without_sound_is_refused(tmp_path):
    av = pytest.importorskip("av")
    with av.open(str(tmp_path / "silent.mp4"), "w") as movie:
        stream = movie.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        image = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        movie.mux([*stream.encode(image), *stream.encode(None)])
    with pytest.raises(BadSound, match=r"silent.mp4 has no audio stream"):
        sound.read(tmp_path / "silent.mp4")


@pytest.mark.parametrize(("extension", "codec"), [("flac", "flac"), ("m4a", "aac"), ("mov", "aac")])
def test_a_truncated_file_is_refused(tmp_path, extension, codec):
    pytest.importorskip("av")
    path = encode(tmp_path / f"cut.{extension}", bursts(44100), 44100, codec)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(BadSound, match=r"breaks off|not a sound"):
        sound.read(path)


def test_a_damaged_mp3_is_refused(tmp_path):
    pytest.importorskip("av")
    path = encode(tmp_path / "bad.mp3", bursts(44100), 44100, "libmp3lame")
    data = bytearray(path.read_bytes())
    data[4000:-2000] = np.random.default_rng(0).bytes(len(data) - 6000)
    path.write_bytes(data)
    with pytest.raises(BadSound, match=r"damaged|breaks off"):
        sound.read(path)


@pytest.mark.parametrize("extension", ["m4a", "mp4", "mov", "mkv"])
def test_without_pyav_the_sentence_names_it(tmp_path, request, extension):
    pytest.importorskip("av")
    path = encode(tmp_path / f"speech.{extension}", bursts(44100), 44100, "aac")
    request.getfixturevalue("without_pyav")
    with pytest.raises(BadSound, match=r"pip install av.*wav"):
        sound.read(path)


def test_a_playlist_opens_nothing_else(tmp_path, wav):
    pytest.importorskip("av")
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:3,\nfile://{wav}\n#EXT-X-ENDLIST\n")
    with pytest.raises(BadSound):
        sound.read(playlist)


@pytest.mark.skipif(sys.platform == "win32", reason="file modes differ on Windows")
def test_a_file_without_permission_gets_a_sentence(wav):
    wav.chmod(0)
    script = (
        "import sys, pathlib\n"
        "from inference_backend.contract import BadSound\n"
        "from inference_backend.generator import sound\n"
        "import os\n"
        "if os.geteuid() == 0: os.seteuid(65534)\n"
        "try: sound.read(pathlib.Path(sys.argv[1]))\n"
        "except BadSound as error: print(error)\n"
    )
    for folder in (wav.parent, wav.parent.parent, wav.parent.parent.parent):
        folder.chmod(0o755)
    result = subprocess.run([sys.executable, "-c", script, wav], capture_output=True, text=True, cwd=os.getcwd())
    assert "may not be read" in result.stdout, result.stderr


def test_real_speech_is_read(shared_data):
    read = sound.read(shared_data / "jfk" / "jfk.wav")
    assert read.duration_s == pytest.approx(11.0, abs=0.01)
    assert 0.1 < np.abs(read.samples).max() <= 1.0
