"""Takes as FLAME coefficients, `*.flame.npz`, whose names are the parameters of the smplx package's FLAME layer.

Arrays: fps; expression float32 [T, E]; jaw_pose, neck_pose, global_orient, leye_pose and reye_pose [T, 3], axis-angle
in radians; eyelids [T, 2], left and right, how far they are shut, for models that have them apart (zero where the
map's expression shuts the eyes); meta, a JSON text. FLAME's axes are the contract's: x to the character's own left,
y up, z out of the face. The head's rotation is shared: global_orient turns the neck, neck_pose the head upon it, and
one after the other they are the whole rotation.

Sequences of others are read as well: expression (also exp, expr, expressions, exp_code), the jaw (jaw_pose, jaw, or its
place in pose or poses: 6 columns are global and jaw, 15 global, neck, jaw and eyes, 165 SMPL-X's), the head alike,
and fps (also mocap_frame_rate, mocap_framerate, frame_rate).
"""

from __future__ import annotations

import io
import json
import logging
import zipfile
import zlib
from collections.abc import Mapping

import numpy as np

from ..contract import CHANNELS, FPS_RANGE, INDEX, MAX_SOUND_S, Take
from . import rotations
from .files import MAX_BYTES, BadFile
from .flame_map import FlameMap

log = logging.getLogger(__name__)

SUFFIX = ".flame.npz"
NECK_SHARE = 0.4
"""The part of the head's rotation that the neck carries, as on rigs."""
_DEFAULT_FPS = 25.0
_EXPRESSION = ("expression", "exp", "expr", "expressions", "exp_code", "expression_params")
_JAW = ("jaw_pose", "jaw")
_EYELIDS = ("eyelids", "eyelid_params")
_FPS = ("fps", "mocap_frame_rate", "mocap_framerate", "frame_rate")
_POSES = ("pose", "poses", "full_pose", "fullpose")
# Columns of what a pose holds, by its width: the joints above the head one after the other, and the jaw.
_PLACES = {6: ((0,), 3), 15: ((0, 3), 6), 165: ((36, 45), 66)}
_RIDGE = 2e-3  # keeps channels apart that do nearly the same
_SWEEPS = 60
_GAZE = [INDEX[name] for name in CHANNELS if name.startswith("eyeLook")]
_TURNED_AWAY = 1.0  # radians: a mean orientation beyond this is the camera's


def dumps(take: Take, flame: FlameMap) -> bytes:
    """Write a take by a map."""
    values = take.values.astype(np.float64)
    whole = rotations.of_head(take.head)
    arrays = {
        "expression": values @ flame.expression,
        "jaw_pose": values @ flame.jaw,
        "eyelids": np.clip(values @ flame.eyelids, 0, 1),
        "global_orient": NECK_SHARE * whole,
        "neck_pose": (1 - NECK_SHARE) * whole,
        "leye_pose": values @ flame.left_eye,
        "reye_pose": values @ flame.right_eye,
    }
    buffer = io.BytesIO()
    np.savez(
        buffer,
        fps=np.float64(take.fps),
        meta=np.array(json.dumps({**take.meta, "flame_model": flame.model})),
        **{name: np.asarray(array, np.float32) for name, array in arrays.items()},  # type: ignore[arg-type]
    )
    return buffer.getvalue()


def is_sequence(data: bytes) -> bool:
    """Tell whether an .npz holds FLAME coefficients and no take of ours."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.removesuffix(".npy") for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    return "values" not in names and any(name in names for name in _EXPRESSION)


def loads(data: bytes, flame: FlameMap, file_name: str = "The sequence") -> Take:
    """Read a sequence: channels by bounded least squares, frame for frame, through the map; raises BadFile."""
    arrays = _arrays(data, file_name)
    expression = _found(arrays, _EXPRESSION)
    if expression is None or expression.ndim != 2 or not len(expression):
        raise BadFile(f"{file_name} holds no FLAME expression [frames, components]; export it again.")
    fps = _fps(arrays, file_name)
    if len(expression) > MAX_SOUND_S * FPS_RANGE[1]:
        raise BadFile(f"{file_name} has {len(expression):,} frames, more than an hour; cut it.")
    try:
        parameters = np.concatenate([_fitted(expression, flame.components), *_posed(arrays, len(expression))], axis=1)
        head = _head(arrays, len(expression))
    except ValueError as error:
        raise BadFile(f"{file_name} has arrays that do not fit each other ({error}); export it again.") from error
    if not (np.isfinite(parameters).all() and np.isfinite(head).all()):
        raise BadFile(f"{file_name} holds NaN or infinite values; export it again.")
    values = channels_of(parameters, flame)
    _look(values, arrays, flame)
    return Take(fps, values.astype(np.float32), head.astype(np.float32), {})


def channels_of(parameters: np.ndarray, flame: FlameMap) -> np.ndarray:
    """Find the channels [T, 52], each 0 to 1, whose mesh is nearest to that of parameters [T, E + 5].

    Cyclic coordinate descent with bounds, all frames at once; what no channel does is left out.
    """
    rows = flame.parameters
    gram = rows @ flame.gram @ rows.T
    size = np.diag(gram).copy()
    size[_GAZE] = 0  # eyes turn by themselves; lids that follow them are no gaze
    able = np.flatnonzero(size > 1e-6 * size.max()) if size.max() > 0 else np.zeros(0, int)
    wanted = parameters @ flame.gram @ rows.T
    values = np.zeros((len(parameters), len(CHANNELS)))
    for _ in range(_SWEEPS):
        for channel in able:
            rest = wanted[:, channel] - values @ gram[:, channel] + values[:, channel] * size[channel]
            values[:, channel] = np.clip(rest / (size[channel] * (1 + _RIDGE)), 0, 1)
    return values


def _fitted(expression: np.ndarray, count: int) -> np.ndarray:
    """Cut or fill the components up to those of the map."""
    made = np.zeros((len(expression), count))
    shared = min(count, expression.shape[1])
    made[:, :shared] = expression[:, :shared]
    return made


def _posed(arrays: Mapping[str, np.ndarray], frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Find jaw [T, 3] and eyelids [T, 2]; zero where there are none."""
    jaw, eyelids = _found(arrays, _JAW), _found(arrays, _EYELIDS)
    if jaw is None and (pose := _pose(arrays)) is not None:
        first = _PLACES[pose.shape[1]][1]
        jaw = pose[:, first : first + 3]
    return _sized(jaw, frames, 3), _sized(eyelids, frames, 2)


def _head(arrays: Mapping[str, np.ndarray], frames: int) -> np.ndarray:
    """Find the head's rotation as pitch, yaw, roll, [T, 3]."""
    pose = _pose(arrays)
    parts = [arrays[name] for name in ("global_orient", "neck_pose") if name in arrays]
    if not parts and pose is not None:
        parts = [pose[:, first : first + 3] for first in _PLACES[pose.shape[1]][0]]
    whole = np.tile(np.eye(3), (frames, 1, 1))
    for part in parts:
        whole = whole @ rotations.matrices(_sized(part, frames, 3))
    mean = rotations.mean(whole)
    if rotations.angle(mean) > _TURNED_AWAY:
        whole = mean.T @ whole
    return rotations.head_of(whole)


def _look(values: np.ndarray, arrays: Mapping[str, np.ndarray], flame: FlameMap) -> None:
    """Set the gaze by the eyes' rotations, where there are any."""
    for side, name, gains in (("Left", "leye_pose", flame.left_eye), ("Right", "reye_pose", flame.right_eye)):
        turns = arrays.get(name)
        if turns is None or turns.shape != (len(values), 3) or not np.isfinite(turns).all():
            continue
        for ways, axis in ((("Up", "Down"), 0), (("In", "Out"), 1)):
            for way in ways:
                channel = INDEX[f"eyeLook{way}{side}"]
                gain = gains[channel, axis]
                values[:, channel] = np.clip(turns[:, axis] / gain, 0, 1) if gain else 0


def _pose(arrays: Mapping[str, np.ndarray]) -> np.ndarray | None:
    pose = _found(arrays, _POSES)
    return pose if pose is not None and pose.ndim == 2 and pose.shape[1] in _PLACES else None


def _found(arrays: Mapping[str, np.ndarray], names: tuple[str, ...]) -> np.ndarray | None:
    return next((arrays[name] for name in names if name in arrays), None)


def _sized(array: np.ndarray | None, frames: int, width: int) -> np.ndarray:
    if array is None:
        return np.zeros((frames, width))
    return np.broadcast_to(array.reshape(-1, width), (frames, width))


def _fps(arrays: Mapping[str, np.ndarray], file_name: str) -> float:
    found = _found(arrays, _FPS)
    fps = float(found.ravel()[0]) if found is not None and found.size else 0.0
    if FPS_RANGE[0] <= fps <= FPS_RANGE[1]:
        return fps
    log.warning("%s has no usable fps; taken as %g", file_name, _DEFAULT_FPS)
    return _DEFAULT_FPS


def _arrays(data: bytes, file_name: str) -> dict[str, np.ndarray]:
    wanted = {*_EXPRESSION, *_JAW, *_EYELIDS, *_FPS, *_POSES, "global_orient", "neck_pose", "leye_pose", "reye_pose"}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
                raise ValueError("too large unpacked")
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return {name: archive[name].astype(np.float64) for name in archive.files if name in wanted}
    except (ValueError, OSError, EOFError, KeyError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise BadFile(f"{file_name} is not a readable .npz file ({error}); export it again.") from error
