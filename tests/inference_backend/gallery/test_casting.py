"""Who plays a prompt: its subject chooses, whatever pronouns follow."""

from __future__ import annotations

import pytest
from mien.inference_backend.gallery.casting import member_for, sex_of
from mien.rigs.demo_cast import CAST


@pytest.mark.parametrize(
    ("prompt", "member"),
    [
        ("A male presenter talks with a high stressed demeanor.", "presenter"),
        ("She speaks with an exuberant smile.", "woman"),
        ("He speaks with a strong fearful demeanor.", "man"),
        ("A little boy cries.", "boy"),
        ("A teen girl sings with delicate head tone on the high notes.", "girl"),
        ("An elderly man is disgusted.", "grandfather"),
        ("A grandmother, keeping his letter in her hand, smiles.", "grandmother"),
        ("A male professor looks sad.", "grandfather"),
        ("A person speaks with a low happy expression, keeping his gaze forward.", "man"),
        ("furious", "woman"),
    ],
)
def test_subject_chooses(prompt: str, member: str) -> None:
    assert member_for(prompt) == member
    assert member in CAST


def test_the_noun_counts_before_pronouns() -> None:
    assert sex_of("A woman mocks him.") == "she"
    assert sex_of("A person shrugs.") == "they"
