"""One face, large enough and turned to the camera."""

from __future__ import annotations

import numpy as np

from ..reconstruction.head import pose_angles
from ..reconstruction.tracker import Track
from .limits import JudgeConfig


def check(track: Track, limits: JudgeConfig) -> str:
    """Say why the faces in a film are not what is wanted, or nothing."""
    if not track.found.any():
        return "No face is in the picture."
    if (two := float((track.faces > 1).mean())) > limits.most_with_two_faces:
        return f"Two faces are in the picture for {two:.0%} of the film."
    if (gone := float((~track.found).mean())) > limits.most_without_face:
        return f"No face is in the picture for {gone:.0%} of the film."
    landmarks = track.landmarks[track.found]
    eyes_px = float(np.median(np.linalg.norm(landmarks[:, 33] - landmarks[:, 263], axis=1)))
    if eyes_px < limits.least_eyes_px:
        return f"The face is too small ({eyes_px:.0f} pixels between the eyes, {limits.least_eyes_px:.0f} are needed)."
    turned = np.degrees(np.abs(pose_angles(track.matrices[track.found])[:, :2]).max(1))
    if np.median(turned) > limits.most_turned_deg:
        return f"The face is turned {np.median(turned):.0f} degrees away from the camera."
    return ""
