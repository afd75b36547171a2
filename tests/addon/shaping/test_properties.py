"""The group of numbers becomes a Shape, and tells when it changes."""

from __future__ import annotations

import pytest

bpy = pytest.importorskip("bpy", reason="needs Blender's module")

from mien.addon.shaping import MIEN_PG_shaping, live, shape_of  # noqa: E402
from mien.rigs.shaping import Shape  # noqa: E402


@pytest.fixture
def group(registered):
    bpy.types.Object.shaping_of_this_test = bpy.props.PointerProperty(type=MIEN_PG_shaping)
    owner = bpy.data.objects.new("Owner", None)
    yield owner.shaping_of_this_test
    live.connect(None)
    del bpy.types.Object.shaping_of_this_test


def test_a_fresh_group_changes_nothing(group):
    assert shape_of(group) == Shape()
    assert group.parts == {"mouth", "brows", "eyes", "cheeks", "tongue", "blinks", "head"}


def test_numbers_arrive(group):
    group.mouth, group.blinks, group.offset_frames = 1.5, 0.0, -2.0
    group.use_range, group.first_frame, group.last_frame = True, 10, 20
    shape = shape_of(group)
    assert (shape.mouth, shape.blinks, shape.offset_frames) == (1.5, 0.0, -2.0)
    assert (shape.first_frame, shape.last_frame) == (10.0, 20.0)
    group.use_range = False
    assert shape_of(group).first_frame is None


def test_a_change_is_told_to_who_keys(group):
    told = []
    live.connect(lambda context, owner, changed: told.append((owner.name, changed.mouth)))
    group.mouth = 0.5
    assert told == [("Owner", 0.5)]
