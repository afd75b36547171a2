from __future__ import annotations

import tempfile

from fake_service import wav_bytes

from inference_backend.generator import sound
from inference_backend.server.uploaded_sound import UploadedSound


def uploaded(data, name="hello.wav"):
    file = tempfile.SpooledTemporaryFile(max_size=1024)  # noqa: SIM115
    file.write(data)
    file.seek(0)
    return UploadedSound(file, name)


def test_it_reads_as_the_file_does():
    data = wav_bytes()
    with uploaded(data) as source:
        assert source.read() == data
        assert source.seek(-4, 2) == len(data) - 4
        assert source.read(9) == data[-4:]
        assert source.tell() == len(data)


def test_a_decoder_takes_it_for_a_file_to_read():
    with uploaded(wav_bytes(0.5)) as source:
        assert sound.read(source).duration_s == 0.5


def test_it_ends_when_interrupted():
    with uploaded(wav_bytes()) as source:
        source.read(100)
        source.interrupt()
        assert source.read(100) == b""


def test_closing_it_closes_the_file():
    source = uploaded(b"")
    source.close()
    assert source._file.closed
