"""Takes as the JSON that Audio2Face exports and its importers for Maya, Unreal and Blender read.

Keys: exportFps, trackPath, numPoses, numFrames, facsNames [P], weightMat [T][P]. Importers look keys up by name,
so the head travels beside them under a key of our own, `mienHead`: [T][3] pitch, yaw, roll in radians.
"""

from __future__ import annotations

import json
import logging
from typing import Any

import numpy as np

from ..contract import CHANNELS, FPS_RANGE, Take
from .columns import in_contract_order
from .files import BadFile

log = logging.getLogger(__name__)

_DEFAULT_FPS = 60.0  # exports of early versions do not say


def dumps(take: Take) -> bytes:
    """Write a take, values to seven decimals."""
    document = {
        "exportFps": int(take.fps) if float(take.fps).is_integer() else take.fps,
        "trackPath": str(take.meta.get("sound", "")),
        "numPoses": len(CHANNELS),
        "numFrames": len(take),
        "facsNames": list(CHANNELS),
        "weightMat": np.round(take.values.astype(np.float64), 7).tolist(),
        "mienHead": np.round(take.head.astype(np.float64), 7).tolist(),
        "mienMeta": take.meta,
    }
    return json.dumps(document).encode()


def loads(data: bytes, file_name: str = "The take") -> Take:
    """Read an export of ours or of Audio2Face; poses in any order, missing ones zero."""
    try:
        document: Any = json.loads(data)
        names = [str(name) for name in document["facsNames"]]
        weights = np.array(document["weightMat"], dtype=np.float64).reshape(-1, len(names))
        head = np.array(document.get("mienHead", np.zeros((len(weights), 3))), dtype=np.float32)
        fps = float(document.get("exportFps", 0) or 0)
        if len(weights) != len(document["weightMat"]) or head.shape != (len(weights), 3) or not len(weights):
            raise ValueError(f"{len(names)} names, {len(document['weightMat'])} frames")
        if not np.isfinite(head).all():
            raise ValueError("NaN in mienHead")
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise BadFile(f"{file_name} is not an Audio2Face export ({error}); export it again.") from error
    if not FPS_RANGE[0] <= fps <= FPS_RANGE[1]:
        log.warning("%s has no usable exportFps; taken as %g", file_name, _DEFAULT_FPS)
        fps = _DEFAULT_FPS
    meta = document.get("mienMeta")
    return Take(fps, in_contract_order(names, weights, file_name), head, meta if isinstance(meta, dict) else {})
