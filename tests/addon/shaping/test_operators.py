"""Moving a slider keys the take that plays; the buttons key, reset and clear; each is one undo step."""

from __future__ import annotations

import pytest

bpy = pytest.importorskip("bpy", reason="needs Blender's module")

from mien.addon import characters  # noqa: E402
from mien.addon.properties import settings_of  # noqa: E402
from mien.addon.shaping import choosing, live, panel  # noqa: E402
from mien.addon.takes import applying, storage  # noqa: E402
from mien.inference_backend import contract  # noqa: E402

from tests.addon import people  # noqa: E402


@pytest.fixture
def face(registered):
    face = people.mesh_with_keys("Face", contract.CHANNELS)
    settings_of(registered).character = face
    owner = storage.owner_of(characters.find(face, registered))
    fps = registered.render.fps / registered.render.fps_base
    take = people.random_take(contract, fps=fps)
    item = storage.store(owner, take, storage.Facts("Line", contract.Request(fps=fps)))
    applying.apply(bpy.context.scene, owner, item)
    live.connect(lambda context, owner, group: applying.rekeying(context.scene, owner, owner.mien_takes[0]))
    yield face
    live.connect(None)


def jaw(frame=10):
    bpy.context.scene.frame_set(frame)
    return bpy.data.objects["Face"].data.shape_keys.key_blocks["jawOpen"].value


def test_a_slider_moves_the_face_at_once(face):
    before, actions = jaw(), len(bpy.data.actions)
    item = bpy.data.objects["Face"].mien_takes[0]
    item.shaping.mouth = 0.5
    assert jaw() == pytest.approx(0.5 * before, abs=1e-4)
    item.shaping.mouth = 0.0
    assert jaw() == 0.0
    assert len(bpy.data.actions) == actions
    item.shaping.mouth = 1.0
    assert jaw() == pytest.approx(before, abs=1e-6)


def test_offset_and_sparse_keys(face):
    before = jaw(10)
    group = bpy.data.objects["Face"].mien_takes[0].shaping
    group.offset_frames = 3.0
    assert jaw(13) == pytest.approx(before, abs=1e-5)
    group.density, group.max_error = "SPARSE", 0.02
    assert jaw(13) == pytest.approx(before, abs=0.02)
    action = bpy.data.objects["Face"].data.shape_keys.animation_data.action
    assert action is not None


def test_into_the_active_action_only_on_demand(face):
    group = bpy.data.objects["Face"].mien_takes[0].shaping
    before = jaw()
    group.mode = "ACTIVE"
    group.mouth = 0.5
    assert jaw() == pytest.approx(before)
    assert bpy.ops.mien.key_take() == {"FINISHED"}
    assert jaw() == pytest.approx(0.5 * before, abs=1e-4)


def test_a_strip_and_back(face):
    group = bpy.data.objects["Face"].mien_takes[0].shaping
    before = jaw()
    group.mode = "STRIP"
    data = bpy.data.objects["Face"].data.shape_keys.animation_data
    assert data.action is None
    assert jaw() == pytest.approx(before, abs=1e-5)
    group.influence = 0.5
    assert jaw() == pytest.approx(0.5 * before, abs=1e-4)
    group.mode = "ACTION"
    assert data.action is not None
    assert jaw() == pytest.approx(before, abs=1e-5)


def test_reset_sets_all_back_and_keys_once(face):
    group = bpy.data.objects["Face"].mien_takes[0].shaping
    before = jaw()
    group.mouth, group.offset_frames = 0.2, 5.0
    told = []

    def rekeying(context, owner, group):
        told.append(group)
        return applying.rekeying(context.scene, owner, owner.mien_takes[0])

    live.connect(rekeying)
    assert bpy.ops.mien.reset_shaping() == {"FINISHED"}
    assert len(told) == 1
    assert jaw() == pytest.approx(before, abs=1e-5)


def test_clear_stops_the_take_and_keeps_it(face):
    assert bpy.ops.mien.clear() == {"FINISHED"}
    assert jaw() == 0.0
    item = bpy.data.objects["Face"].mien_takes[0]
    assert not item.playing
    applying.apply(bpy.context.scene, bpy.data.objects["Face"], item)
    assert jaw() > 0.0


def test_one_undo_step_takes_back_a_clear(face):
    before = jaw()
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.mien.clear("EXEC_DEFAULT", True)
    assert jaw() == 0.0
    bpy.ops.ed.undo()
    assert jaw() == pytest.approx(before, abs=1e-5)


def test_without_a_take_the_buttons_say_so(registered):
    settings_of(registered).character = people.mesh_with_keys("Face", contract.CHANNELS)
    with pytest.raises(RuntimeError, match="press Generate"):
        bpy.ops.mien.key_take()


class Layout:
    """Stands for Blender's layout; checks what it is asked to draw."""

    def __init__(self, drawn):
        self.drawn = drawn

    def column(self, **_):
        return self

    row = column

    def prop(self, owner, name, **_):
        assert name in owner.bl_rna.properties
        self.drawn.append(name)

    def operator(self, name, icon="NONE", **_):
        assert hasattr(bpy.types, name.replace("mien.", "MIEN_OT_"))
        assert icon in bpy.types.UILayout.bl_rna.functions["operator"].parameters["icon"].enum_items
        self.drawn.append(name)


def drawn(cls):
    class Panel:
        layout = Layout([])

    assert cls.poll(bpy.context)
    cls.draw(Panel(), bpy.context)
    return Panel.layout.drawn


def test_the_panels_draw_in_every_state(face):
    group = bpy.data.objects["Face"].mien_takes[0].shaping
    assert set(choosing.GAINS) <= set(drawn(panel.MIEN_PT_shape))
    group.use_range = True
    assert "first_frame" in drawn(panel.MIEN_PT_shape)
    group.mode, group.density = "STRIP", "SPARSE"
    assert {"blend", "influence", "max_error", "mien.key_take", "mien.clear"} <= set(drawn(panel.MIEN_PT_keys))
