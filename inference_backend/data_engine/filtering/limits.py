"""What a clip must keep to: the settings of the filter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class JudgeConfig:
    """Limits of the filter; pixels are those of the picture as the tracker gets it, 960 at its longest side."""

    model: str = ""  # path of the tracker's model; "": found or downloaded
    shortest_s: float = 0.5
    longest_s: float = 60.0
    most_without_face: float = 0.1  # shares of the film
    most_with_two_faces: float = 0.05
    least_eyes_px: float = 40.0  # between the eyes' outer corners
    most_turned_deg: float = 35.0  # median over the film
    least_sharpness: float = 0.02
    most_change: float = 0.12  # mean difference between pictures, of full scale: more is a cut
    quietest_db: float = -55.0  # of the loudest tenth of a second, against full scale
    least_sounding: float = 0.03  # share of the sound within 40 dB of its loudest
    allowed_lag_s: float = 0.2
    least_follow: float = 0.15  # GRID's true pairs: 95 in 100 reach 0.35
    least_follow_unspoken: float = -0.2
    most_better_elsewhere: float = 0.25  # correlation that a lag beyond the allowed ones may gain
