"""Markers become cues: which ones count, and from when on."""

from __future__ import annotations

from mien.addon.styles import timeline
from mien.inference_backend.contract import Cue


def plain(start_s, name):
    return Cue(start_s, style=name)


def test_markers_that_blender_named_are_no_styles():
    assert timeline.named([(5, "F_05"), (9, "Marker"), (9, "Marker.001"), (12, " "), (14, "furious ")]) == [
        (14, "furious")
    ]


def test_prefixed_markers_leave_all_others_out():
    marks = [(1, "scene 3"), (30, "Style: tender, nods"), (10, "style:weary")]
    assert timeline.named(marks) == [(10, "weary"), (30, "tender, nods")]


def test_times_are_seconds_of_the_sound_and_the_last_mark_before_it_rules_from_its_start():
    marks = [(-50, "calm"), (1, "weary"), (49, "furious"), (97, "tender")]
    assert timeline.cues(marks, 25.0, 24.0, plain) == (
        Cue(0.0, style="weary"),
        Cue(1.0, style="furious"),
        Cue(3.0, style="tender"),
    )


def test_marks_beyond_any_sound_are_left_out():
    assert timeline.cues([(24 * 4000, "late")], 0.0, 24.0, plain) == ()
