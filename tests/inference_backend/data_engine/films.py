"""Films that tests write: pictures, times and sound as wanted."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

RATE = 16000


def pictures(path: Path) -> list[np.ndarray]:
    """Decode a film's pictures, uint8 [H, W, 3]."""
    import av

    with av.open(str(path)) as container:
        return [np.ascontiguousarray(f.to_ndarray(format="rgb24")) for f in container.decode(video=0)]


def write(path: Path, frames: list[np.ndarray], times_s: list[float], sound: np.ndarray | None = None) -> Path:
    """Write pictures shown from these times on, with mono sound at 16 kHz."""
    import av

    milliseconds = Fraction(1, 1000)
    with av.open(str(path), "w") as container:
        film = container.add_stream("libx264", rate=25, options={"crf": "15", "preset": "veryfast"})
        film.height, film.width = frames[0].shape[:2]
        film.pix_fmt = "yuv420p"
        film.codec_context.time_base = milliseconds
        voice = None if sound is None else container.add_stream("aac", rate=RATE, layout="mono")
        for picture, time_s in zip(frames, times_s, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = round(time_s * 1000), milliseconds
            container.mux(film.encode(frame))
        container.mux(film.encode())
        if voice is not None and sound is not None:
            _write_sound(container, voice, sound)
    return path


def _write_sound(container, voice, sound: np.ndarray) -> None:
    import av

    for start in range(0, len(sound), 1024):
        block = np.ascontiguousarray(sound[None, start : start + 1024].astype(np.float32))
        frame = av.AudioFrame.from_ndarray(block, format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        container.mux(voice.encode(frame))
    container.mux(voice.encode())


def turn_upright(path: Path) -> Path:
    """Have an mp4 shown turned by a quarter clockwise: its header's matrix (ISO 14496-12) says so, not its pictures."""
    raw = path.read_bytes()
    fixed = [1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30]
    quarter = [0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30]
    at = raw.index(b"tkhd")
    old, new = (b"".join(n.to_bytes(4, "big", signed=True) for n in matrix) for matrix in (fixed, quarter))
    path.write_bytes(raw[:at] + raw[at:].replace(old, new, 1))
    return path
