"""What is sent for a take: the request and the sound, as a multipart form. No bpy here."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import urllib3.filepost

from ..inference_backend.contract import BadSound, Request


@contextlib.contextmanager
def open_sound(audio: Path | bytes) -> Iterator[tuple[str, BinaryIO, int]]:
    """Open a sound for sending: its name, itself and its size in bytes."""
    if isinstance(audio, bytes):
        yield "sound.wav", io.BytesIO(audio), len(audio)
        return
    try:
        sound = audio.open("rb")
    except FileNotFoundError:
        raise BadSound(f"The sound file {audio} does not exist; choose another one.") from None
    except OSError as error:
        raise BadSound(f"The sound file {audio} cannot be read ({error.strerror}); choose another one.") from error
    with sound:
        yield audio.name, sound, audio.stat().st_size


class Form:
    """The multipart body, sent piece by piece: a film must not be held in Blender's memory."""

    def __init__(self, request: Request, name: str, sound: BinaryIO, size: int) -> None:
        boundary = urllib3.filepost.choose_boundary()
        quoted = name.translate({ord('"'): "%22", ord("\r"): "%0D", ord("\n"): "%0A"})
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="request"\r\n\r\n{request.to_json()}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="audio"; filename="{quoted}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._sound = sound
        self._size = size

    def __len__(self) -> int:
        return len(self._head) + self._size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        left = self._size
        while left:
            piece = self._sound.read(min(left, 1 << 20))
            if not piece:
                raise BadSound("The sound file became shorter while it was read; try again when nothing writes to it.")
            left -= len(piece)
            yield piece
        yield self._tail
