"""Films: frames and their sound as one mp4 file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

_BLOCK = 1024  # samples of one frame of AAC
_OPTIONS = {
    "libx264": {"crf": "16", "preset": "fast"},
    "mpeg4": {"qmin": "2", "qmax": "4"},
}  # a tracker will look at it


def write_film(
    frames: np.ndarray, fps: float, path: Path, samples: np.ndarray | None = None, rate: int = 16000
) -> Path:
    """Write frames uint8 [T, H, W, 3] as H.264, or MPEG-4 where that encoder is absent, with mono sound as AAC.

    One thread encodes, so that the same frames give the same bytes on every machine.
    """
    import av

    height, width = (side // 2 * 2 for side in frames.shape[1:3])  # 4:2:0 halves both
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as film:
        codec = _encoder()
        picture: Any = film.add_stream(codec, rate=Fraction(fps).limit_denominator(1001), options=_OPTIONS[codec])
        picture.width, picture.height, picture.pix_fmt, picture.thread_count = width, height, "yuv420p", 1
        track: Any = None if samples is None else film.add_stream("aac", rate=rate, layout="mono")
        for image in frames:
            pixels = np.ascontiguousarray(image[:height, :width])
            film.mux(picture.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        film.mux(picture.encode())
        if samples is not None:
            _mux_sound(film, track, samples, rate)
    return path


def _encoder() -> str:
    import av.codec

    try:
        av.codec.Codec("libx264", "w")
    except ValueError:  # UnknownCodecError: a build without it
        return "mpeg4"
    return "libx264"


def _mux_sound(film: Any, track: Any, samples: np.ndarray, rate: int) -> None:
    import av

    for start in range(0, len(samples), _BLOCK):
        block = np.ascontiguousarray(samples[None, start : start + _BLOCK], dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        film.mux(track.encode(frame))
    film.mux(track.encode())
