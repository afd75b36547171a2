"""Takes as the CSV of Epic's Live Link Face app, which Unreal, Maya, MotionBuilder and Blender tools import.

Columns: Timecode, BlendShapeCount, the 52 shapes in PascalCase, then yaw, pitch and roll of head and eyes: 61
values, rotations in radians.

Signs of the rotations. The app descends from Unreal's ARKit plug-in, where ToBlendShapeMap (AppleARKitConversion.h)
takes them from an FRotator of Apple's transform. Apple's +y rotation (to the face's own left), +x (down) and +z
(onto the own right shoulder) come out there as -Yaw, +Pitch and -Roll, in the same order of composition as ours.
Recordings of the app agree: where EyeLookOutLeft rises LeftEyeYaw falls, and EyeLookDown goes with +Pitch (takes
S07-001 and facial in alexdjulin/LiveLinkFace-CSV-Retarget-For-Motionbuilder). So HeadYaw = -yaw, HeadPitch = pitch,
HeadRoll = -roll.
"""

from __future__ import annotations

import csv
import io
import logging

import numpy as np

from ..contract import CHANNELS, FPS_RANGE, MAX_SOUND_S, Take
from . import timecode
from .columns import in_contract_order
from .files import BadFile

log = logging.getLogger(__name__)

_DEFAULT_FPS = 60.0
_HEAD = ("HeadPitch", "HeadYaw", "HeadRoll")
_HEAD_SIGNS = np.array([1, -1, -1], np.float32)  # of pitch, yaw, roll
_ROTATIONS = [f"{part}{axis}" for part in ("Head", "LeftEye", "RightEye") for axis in ("Yaw", "Pitch", "Roll")]

# Eye rotation per unit of eyeLook channel in radians, fitted to the recordings named above; their rolls are
# what Apple's order of composition makes of a gaze: yaw times pitch.
_YAW_GAIN, _UP_GAIN, _DOWN_GAIN = 0.60, 0.44, 0.61


def dumps(take: Take) -> bytes:
    """Write a take, values to eight decimals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["Timecode", "BlendShapeCount", *(name[0].upper() + name[1:] for name in CHANNELS), *_ROTATIONS])
    pitch, yaw, roll = (take.head * _HEAD_SIGNS).T
    head = np.stack([yaw, pitch, roll], axis=1)
    rows = np.concatenate([take.values, head, _eye(take, "Left", -1), _eye(take, "Right", 1)], axis=1)
    for frame, row in enumerate((rows + 0.0).tolist()):  # + 0.0: no negative zeros
        writer.writerow([timecode.write(frame, take.fps), len(row), *(f"{value:.8f}" for value in row)])
    return text.getvalue().encode()


def _eye(take: Take, side: str, outwards: int) -> np.ndarray:
    """Derive yaw, pitch and roll of an eye from its eyeLook channels, [T, 3]."""
    look = {way: take.channel(f"eyeLook{way}{side}") for way in ("In", "Out", "Up", "Down")}
    yaw = outwards * _YAW_GAIN * (look["Out"] - look["In"])
    pitch = _DOWN_GAIN * look["Down"] - _UP_GAIN * look["Up"]
    return np.stack([yaw, pitch, yaw * pitch], axis=1)


def loads(data: bytes, file_name: str = "The take") -> Take:
    """Read a recording of the app or of another tool: any order of columns, missing ones zero, dropped rows filled."""
    header, rows = _table(data, file_name)
    is_value = [name not in ("timecode", "blendshapecount") for name in header]
    names = [name for name, use in zip(header, is_value, strict=True) if use]
    numbers = _numbers(is_value, rows, file_name)
    codes = [row[header.index("timecode")] for row in rows] if "timecode" in header else []
    times = timecode.read(codes)
    if times is None:
        log.warning("%s has no usable time codes; taken as %g frames a second", file_name, _DEFAULT_FPS)
        times = np.arange(len(rows)) / _DEFAULT_FPS
    fps = timecode.rate(times) if len(times) > 1 else _DEFAULT_FPS
    if not FPS_RANGE[0] <= fps <= FPS_RANGE[1]:
        raise BadFile(f"{file_name} runs at {fps:.3g} frames a second by its time codes; export it again.")
    numbers = _evenly(numbers, times, fps, file_name)
    head = np.zeros((len(numbers), 3), np.float32)
    for axis, name in enumerate(_HEAD):
        if name.lower() in names:
            head[:, axis] = numbers[:, names.index(name.lower())] * _HEAD_SIGNS[axis]
    values = in_contract_order(names, numbers, file_name)
    if not np.isfinite(head).all():
        raise BadFile(f"{file_name} holds NaN or infinite values; export it again.")
    return Take(fps, values, head, {})


def _table(data: bytes, file_name: str) -> tuple[list[str], list[list[str]]]:
    """Split the text into a lower-case header and rows; semicolons with decimal commas are understood."""
    try:
        text = data.decode("utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        lines = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(cell.strip() for cell in row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{file_name} is not a readable CSV file ({error}); export it again.") from error
    if len(lines) < 2:
        raise BadFile(f"{file_name} has no rows of values; export it again.")
    if delimiter == ";":
        lines = [lines[0], *([cell.replace(",", ".") for cell in line] for line in lines[1:])]
    header = [name.strip().lower() for name in lines[0]]
    if len(lines) > 2 and len(lines[-1]) < len(header):
        lines.pop()  # the app was stopped while writing it
    return header, lines[1:]


def _numbers(is_value: list[bool], rows: list[list[str]], file_name: str) -> np.ndarray:
    numbers = np.empty((len(rows), sum(is_value)))
    for index, row in enumerate(rows):
        if len(row) < len(is_value):
            columns = f"{len(row)} of {len(is_value)} columns in row {index + 1}"
            raise BadFile(f"{file_name} has {columns}; export it again.")
        cells = [cell.strip() or "0" for cell, use in zip(row, is_value, strict=False) if use]
        try:
            numbers[index] = [float(cell) for cell in cells]
        except ValueError as error:
            raise BadFile(f"{file_name} has no number in row {index + 1} ({error}); export it again.") from error
    return numbers


def _evenly(numbers: np.ndarray, times: np.ndarray, fps: float, file_name: str) -> np.ndarray:
    """Fill rows that the recording dropped, so that row k lies at k / fps."""
    steps = np.rint(times * fps).astype(np.int64)
    if (steps == np.arange(len(steps))).all():
        return numbers
    if steps[-1] > MAX_SOUND_S * FPS_RANGE[1]:
        raise BadFile(f"{file_name} spans {times[-1] / 3600:.1f} hours by its time codes; export it again.")
    log.warning("%s dropped %d frames; filled in between", file_name, steps[-1] + 1 - len(steps))
    grid = np.arange(steps[-1] + 1) / fps
    return np.stack([np.interp(grid, times, column) for column in numbers.T], axis=1)
