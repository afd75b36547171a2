"""Show a keyed performance without opening Blender: a contact sheet of moments, and a movie with its sound."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..inference_backend.contract import MienError
from .preview_scene import Quality, preview_scene, render_frame

OnFraction = Callable[[float], None]
"""Called with the share done, 0..1, after each picture."""

SHEET, MOVIE = Quality(320, 4, fine=True), Quality(288, 2)
COLUMNS = 4
CAPTION_PX, CAPTION_COLOUR, PAPER = 34, (235, 235, 230), (24, 26, 30)
AUDIO_RATE_HZ, AUDIO_BLOCK = 48_000, 1024


def contact_sheet(
    context: bpy.types.Context,
    character_objects: Sequence[bpy.types.Object],
    frames: Sequence[int],
    out_png: Path,
    captions: Sequence[str],
    on_progress: OnFraction = lambda fraction: None,
) -> None:
    """Render these scene frames, each over its caption, as one labelled picture; needs Pillow."""
    with (
        tempfile.TemporaryDirectory() as folder,
        preview_scene(context, character_objects, SHEET) as scene,
    ):
        pictures = _render(scene, frames, Path(folder), on_progress)
        _paste(pictures, captions, out_png)


def movie(
    context: bpy.types.Context,
    character_objects: Sequence[bpy.types.Object],
    frame_start: int,
    frame_end: int,
    fps: float,
    sound_path: Path | None,
    out_mp4: Path,
    *,
    sound_start_s: float = 0.0,
    step: int = 1,
    quality: Quality | None = None,
    on_progress: OnFraction = lambda fraction: None,
) -> None:
    """Render the scene frames frame_start..frame_end as a movie whose first picture meets the sound at sound_start_s.

    step 2 renders every second frame and shows each twice as long, so that picture and sound stay together. Needs
    PyAV. Raises MienError where the sound cannot be read.
    """
    frames, quality = range(frame_start, frame_end + 1, step), quality or MOVIE
    with (
        tempfile.TemporaryDirectory() as folder,
        preview_scene(context, character_objects, quality) as scene,
    ):
        pictures = _render(scene, frames, Path(folder), on_progress)
        _encode(pictures, Fraction(fps).limit_denominator(1001) / step, sound_path, sound_start_s, out_mp4)


def _render(scene: bpy.types.Scene, frames: Sequence[int], folder: Path, on_progress: OnFraction) -> list[Path]:
    pictures = []
    for done, frame in enumerate(frames):
        pictures.append(folder / f"{done:06d}.png")
        render_frame(scene, frame, pictures[-1])
        on_progress((done + 1) / len(frames))
    return pictures


def _paste(pictures: Sequence[Path], captions: Sequence[str], out_png: Path) -> None:
    from PIL import Image, ImageDraw, ImageFont

    rows = -(-len(pictures) // COLUMNS)
    cell = SHEET.px + CAPTION_PX
    sheet = Image.new("RGB", (min(COLUMNS, len(pictures)) * SHEET.px, rows * cell), PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=16)
    for place, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        x, y = place % COLUMNS * SHEET.px, place // COLUMNS * cell
        with Image.open(picture) as image:
            sheet.paste(image.convert("RGB"), (x, y))
        pen.text((x + SHEET.px / 2, y + SHEET.px + CAPTION_PX / 2), caption, CAPTION_COLOUR, font, anchor="mm")
    out_png.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(out_png)


def _encode(
    pictures: Sequence[Path], rate: Fraction, sound_path: Path | None, sound_start_s: float, out_mp4: Path
) -> None:
    import av

    sound = None if sound_path is None else _samples(sound_path, sound_start_s, float(len(pictures) / rate))
    out_mp4.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(out_mp4), "w", options={"movflags": "+faststart"}) as container:
        film: Any = container.add_stream("libx264", rate=rate, options={"crf": "20", "preset": "veryfast"})
        film.height, film.width = _height_and_width(pictures[0])
        film.pix_fmt = "yuv420p"
        track: Any = None if sound is None else container.add_stream("aac", rate=AUDIO_RATE_HZ, layout="mono")
        for picture in _pictures(pictures):
            container.mux(film.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(film.encode())
        if sound is not None:
            _encode_sound(container, track, sound)


def _height_and_width(picture: Path) -> tuple[int, int]:
    from PIL import Image

    with Image.open(picture) as image:
        return image.height, image.width


def _pictures(paths: Sequence[Path]) -> Any:
    from PIL import Image

    for path in paths:
        with Image.open(path) as image:
            yield np.asarray(image.convert("RGB"))


def _samples(sound_path: Path, start_s: float, duration_s: float) -> np.ndarray:
    """Decode an excerpt as mono float32 at AUDIO_RATE_HZ, padded with silence to the duration."""
    import av.error

    resampler = av.AudioResampler(format="flt", layout="mono", rate=AUDIO_RATE_HZ)
    blocks = [np.zeros((1, 0), np.float32)]
    try:
        with av.open(str(sound_path)) as container:
            for frame in container.decode(audio=0):
                blocks += [block.to_ndarray() for block in resampler.resample(frame)]
            blocks += [block.to_ndarray() for block in resampler.resample(None)]
    except (av.error.FFmpegError, IndexError, OSError) as error:
        raise MienError(f"{sound_path} cannot be read as sound; give the file that the take was made from.") from error
    wanted = round(duration_s * AUDIO_RATE_HZ)
    first = round(start_s * AUDIO_RATE_HZ)
    sound = np.concatenate(blocks, axis=1)[:, first : first + wanted]
    return np.pad(sound, ((0, 0), (0, wanted - sound.shape[1])))


def _encode_sound(container: Any, track: Any, sound: np.ndarray) -> None:
    import av

    for start in range(0, sound.shape[1], AUDIO_BLOCK):
        block = np.ascontiguousarray(sound[:, start : start + AUDIO_BLOCK])
        frame = av.AudioFrame.from_ndarray(block, format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = AUDIO_RATE_HZ, start, Fraction(1, AUDIO_RATE_HZ)
        container.mux(track.encode(frame))
    container.mux(track.encode())
