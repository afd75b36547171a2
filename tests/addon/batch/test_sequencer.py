"""What the names of strips say."""

from __future__ import annotations

import pytest

pytest.importorskip("bpy")

from mien.addon.batch import sequencer
from mien.addon.batch.lines import BadLine


class Strip:
    type, mute, channel = "SOUND", False, 1

    def __init__(self, name):
        self.name = name


@pytest.mark.parametrize(
    ("pattern", "name", "speaker", "style"),
    [
        ("{character}_*", "Anna_001.wav", "Anna", ""),
        ("{character}_*", "anna_001_take2.flac.003", "anna", ""),
        ("{character} ({style}) *", "Anna Lee (furious, nodding) 012.wav", "Anna Lee", "furious, nodding"),
        ("*-{character}-*", "sc01-Bob-004", "Bob", ""),
        ("{character}", "Bob", "Bob", ""),
        ("{character}_*", "music", "", ""),
        ("[{character}] *", "[Bob] hello", "Bob", ""),
    ],
)
def test_names_are_taken_apart(pattern, name, speaker, style):
    found = sequencer._of(Strip(name), sequencer.rule(pattern))
    assert (found.strip, found.speaker, found.style) == (name, speaker, style)


@pytest.mark.parametrize("pattern", ["", "*", "{style}_*", "{character}{character}", "{character} {style} {style}"])
def test_patterns_that_are_none(pattern):
    with pytest.raises(BadLine, match=r"needs \{character\} once"):
        sequencer.rule(pattern)
