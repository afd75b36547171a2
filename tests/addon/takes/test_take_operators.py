"""Every button beside the list: what it does, that it is one undo step, and what it says where it cannot."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

bpy = pytest.importorskip("bpy", reason="the add-on needs Blender")

from mien.addon import blender_versions, generation  # noqa: E402
from mien.addon.properties import progress_of, settings_of  # noqa: E402
from mien.addon.takes import keymap, panel, pictures, remaking, sound, storage, take_list  # noqa: E402
from mien.inference_backend import contract  # noqa: E402

from tests.addon import people  # noqa: E402
from tests.addon.takes.test_storage import kept  # noqa: E402


@pytest.fixture
def face(registered, sound_file):
    registered.render.fps = 30
    face = people.mesh_with_keys("Face", contract.CHANNELS)
    settings = settings_of(registered)
    settings.character, settings.sound_path = face, str(sound_file)
    return face


@pytest.fixture
def takes(face, sound_file):
    """Three takes of which the last plays, and the second played before."""
    for seed in range(3):
        kept(face, seed)
        face.mien_takes[-1].sound = str(sound_file)
    for index in range(3):
        face.mien_take_index = index
        bpy.ops.mien.switch_take()
    return face.mien_takes


@pytest.fixture
def backend(monkeypatch):
    """Answer every order at once, and remember what was asked."""
    asked = []

    class Job:
        def __init__(self, count, seed):
            self.takes = [people.random_take(contract, frames=15, seed=seed + k) for k in range(count)]

        def events(self):
            taken, self.takes = self.takes, []
            return iter(taken)

        def cancel(self):
            pass

    def submit(_start, audio, request, variations=1):
        asked.append((audio, request, variations))
        return Job(variations, request.seed)

    monkeypatch.setattr(generation, "submit", submit)
    return asked


def seeds():
    return [item.seed for item in bpy.data.objects["Face"].mien_takes]


def playing():
    return next((item.seed for item in bpy.data.objects["Face"].mien_takes if item.playing), None)


def jaw(seed):
    """Tell whether the face shows the take of a seed."""
    bpy.context.scene.frame_set(12)
    wanted = people.random_take(contract, seed=seed).channel("jawOpen")[7]
    return bpy.data.objects["Face"].data.shape_keys.key_blocks["jawOpen"].value == pytest.approx(wanted, abs=1e-4)


def fails(sentence, operator, **properties):
    with pytest.raises(RuntimeError, match=re.escape(sentence)):
        operator(**properties)


def test_without_takes_the_buttons_say_so(face):
    fails("'Face' has no takes yet; press Generate.", bpy.ops.mien.duplicate_take)
    fails("'Face' has no takes yet; press Generate.", bpy.ops.mien.add_take_sound)
    fails("no takes yet", bpy.ops.mien.regenerate_take)
    fails("There is no other take to compare with", bpy.ops.mien.toggle_take)


def test_a_click_in_the_list_plays_the_take(takes, face):
    face.mien_take_index = 0
    assert playing() == 0
    assert jaw(0)
    assert len(bpy.data.actions) == 3


def test_what_goes_wrong_on_a_click_is_said_in_the_panel(takes, face):
    takes[0].curves, count = "", len(takes[0].parts)
    takes[0].parts.clear()
    assert count
    face.mien_take_index = 0
    progress = progress_of(bpy.context)
    assert progress.failed
    assert "damaged" in progress.message
    assert playing() == 2


def test_ab_swaps_the_last_two_and_back(takes, face):
    for seed in (1, 2, 1):
        assert bpy.ops.mien.toggle_take() == {"FINISHED"}
        assert playing() == seed
        assert jaw(seed)
    assert face.mien_take_index == 1


@pytest.mark.parametrize(
    ("operator", "properties", "before", "after"),
    [
        ("toggle_take", {}, ([0, 1, 2], 2), ([0, 1, 2], 1)),
        ("duplicate_take", {}, ([0, 1, 2], 2), ([0, 1, 2, 2], 2)),
        ("delete_take", {}, ([0, 1, 2], 2), ([0, 1], 1)),
        ("move_take", {"direction": "UP"}, ([0, 1, 2], 2), ([0, 2, 1], 2)),
        ("regenerate_take", {}, ([0, 1, 2], 2), ([0, 1, 2, 3], 3)),
    ],
)
def test_one_undo_step_each(takes, backend, operator, properties, before, after):
    bpy.ops.ed.undo_push(message="before")
    assert (seeds(), playing()) == before
    getattr(bpy.ops.mien, operator)("EXEC_DEFAULT", True, **properties)
    assert (seeds(), playing()) == after
    bpy.ops.ed.undo()
    assert (seeds(), playing()) == before
    assert jaw(2)
    bpy.ops.ed.redo()
    assert (seeds(), playing()) == after


def test_a_duplicate_has_keys_and_shape_of_its_own(takes, face):
    takes[2].shaping.mouth = 1.5
    bpy.ops.mien.reset_take()
    curve = next(c for c in blender_versions.action_curves(face.data.shape_keys) if '"browInnerUp"' in c.data_path)
    curve.keyframe_points[7].co.y = 0.111
    bpy.ops.mien.duplicate_take()
    copy = face.mien_takes[3]
    assert copy.playing
    assert (copy.name, copy.shaping.mouth) == ("hello.003", 1.5)
    assert copy.uid != face.mien_takes[2].uid
    assert copy.parts[0].action != face.mien_takes[2].parts[0].action
    bpy.context.scene.frame_set(12)
    assert face.data.shape_keys.key_blocks["browInnerUp"].value == pytest.approx(0.111)


def test_deleting_leaves_no_action_behind_and_pinned_takes_stay(takes, face):
    bpy.ops.mien.pin_take()
    fails("The take 'hello.002' is pinned; unpin it to delete it.", bpy.ops.mien.delete_take)
    bpy.ops.mien.pin_take()
    for left in (2, 1, 0):
        bpy.ops.mien.delete_take()
        assert len(face.mien_takes) == left == len(bpy.data.actions)
    assert face.data.shape_keys.animation_data.action is None


def test_an_action_that_the_nla_uses_survives_its_take(takes, face):
    data = face.data.shape_keys.animation_data
    data.nla_tracks.new().strips.new("kept", 1, data.action)
    name = data.action.name
    bpy.ops.mien.delete_take()
    assert name in bpy.data.actions


def test_solo_mutes_the_strips_of_other_takes_and_back(takes, face):
    data = face.data.shape_keys.animation_data
    own = bpy.data.actions.new("hand")
    if not blender_versions.SLOTTED_ACTIONS:
        own.id_root = "KEY"
    strips = []
    for item in (takes[0], takes[1]):
        track = data.nla_tracks.new()
        strips.append(track.strips.new(item.name, 5, item.parts[0].action))
    hand = data.nla_tracks.new().strips.new("hand", 1, own)
    assert bpy.ops.mien.solo_take() == {"FINISHED"}
    assert [strip.mute for strip in (*strips, hand)] == [True, True, False]
    assert face.mien_takes[2].solo
    bpy.ops.mien.solo_take()
    assert [strip.mute for strip in (*strips, hand)] == [False, False, False]

    face.mien_take_index = 0
    before = [strip.mute for strip in (*strips, hand)]
    bpy.ops.mien.solo_take()  # it plays in the NLA: no action lies over it
    assert [strip.mute for strip in (*strips, hand)] == [False, True, False]
    assert data.action is None
    assert jaw(0)
    bpy.ops.mien.solo_take()
    assert [strip.mute for strip in (*strips, hand)] == before
    assert playing() == 0


def test_rating_and_moving_stop_at_the_ends(takes, face):
    bpy.ops.mien.rate_take(stars=4)
    assert face.mien_takes[2].rating == 4
    bpy.ops.mien.rate_take(stars=4)
    assert face.mien_takes[2].rating == 0
    bpy.ops.mien.move_take(direction="DOWN")
    assert (seeds(), face.mien_take_index) == ([0, 1, 2], 2)


def test_a_name_that_is_taken_gets_a_number_and_the_action_follows(takes, face):
    takes[2].name = "hello"
    assert takes[2].name == "hello.002"
    takes[2].name = "angry"
    assert takes[2].name == "angry"
    assert takes[2].parts[0].action.name == "angry"


def test_regenerating_asks_for_the_same_with_a_seed_not_tried_yet(takes, face, backend, sound_file):
    face.mien_take_index = 0
    face.mien_takes[0].shaping.brows = 0.25
    settings_of(bpy.context.scene).style = "something else"
    assert bpy.ops.mien.regenerate_take() == {"FINISHED"}
    [(audio, request, variations)] = backend
    wanted = storage.request_of(face.mien_takes[0])
    assert (audio, variations) == (sound_file, 1)
    assert request == dataclasses.replace(wanted, seed=3)
    new = face.mien_takes[3]
    assert (new.seed, new.style, new.playing, new.start_frame) == (3, "weary", True, 5.0)
    assert new.shaping.brows == 0.25


def test_regenerating_without_the_sound_says_where_it_was(takes, face, backend):
    takes[2].sound = "/nowhere/hello.wav"
    fails("'hello.002' (/nowhere/hello.wav) is gone", bpy.ops.mien.regenerate_take)


def test_the_sound_is_found_beside_the_file_that_was_moved(takes, face, tmp_path, sound_file):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    item = bpy.data.objects["Face"].mien_takes[2]
    item.sound = "/another/disk/hello.wav"
    assert remaking.sound_of(item) == sound_file


def test_four_variations_and_one_is_chosen(face, backend):
    assert bpy.ops.mien.generate(variations=4) == {"FINISHED"}
    assert backend[0][2] == 4
    assert (seeds(), playing()) == ([0, 1, 2, 3], 0)
    assert len({item.batch for item in face.mien_takes}) == 1
    assert "4 takes are in the list" in progress_of(bpy.context).message
    face.mien_takes[1].pinned = True
    face.mien_take_index = 2
    assert bpy.ops.mien.choose_take() == {"FINISHED"}
    assert (seeds(), playing()) == ([1, 2], 2)
    fails("came alone", bpy.ops.mien.choose_take)


def test_a_failure_while_landing_stores_nothing(face, backend, monkeypatch):
    from mien.addon import keying

    def refuse(*_, **__):
        raise keying.KeyingFailed("Blender refused the keys; nothing was changed.")

    monkeypatch.setattr(keying, "fill", refuse)
    fails("nothing was changed", bpy.ops.mien.generate, variations=2)
    assert len(face.mien_takes) == 0
    assert len(bpy.data.actions) == 0


def test_a_changed_shape_shows_at_once_and_only_on_the_take_that_plays(takes, face):
    brow = face.data.shape_keys.key_blocks["browInnerUp"]
    bpy.context.scene.frame_set(12)
    before = brow.value
    takes[2].shaping.brows = 0.5
    bpy.context.scene.frame_set(12)
    assert brow.value == pytest.approx(before / 2, abs=2e-3)
    takes[0].shaping.brows = 0.0
    bpy.context.scene.frame_set(12)
    assert brow.value == pytest.approx(before / 2, abs=2e-3)
    assert len(bpy.data.actions) == 3


def test_the_list_filters_and_sorts(takes):
    takes[0].rating, takes[2].rating = 2, 5
    takes[1].name = "Angry"
    assert take_list.ranks(list(takes), "RATING") == [1, 2, 0]
    assert take_list.ranks(list(takes), "NAME") == [1, 0, 2]
    assert take_list.ranks(list(takes), "LIST") == []
    assert [take_list._fits(item, "hello WEARY", 0) for item in takes] == [True, False, True]
    assert [take_list._fits(item, "", 3) for item in takes] == [False, False, True]


def test_sync_to_audio_is_set_by_its_button_alone(takes):
    scene = bpy.context.scene
    assert scene.sync_mode == "NONE"
    bpy.ops.mien.sync_to_audio()
    assert scene.sync_mode == "AUDIO_SYNC"
    assert not bpy.ops.mien.sync_to_audio.poll()


def test_the_preview_range_covers_the_take_and_is_left_again(takes, registered):
    before = (registered.frame_start, registered.frame_end, registered.frame_current)
    bpy.ops.mien.preview_take()
    assert registered.use_preview_range
    assert (registered.frame_preview_start, registered.frame_preview_end) == (5, 44)
    bpy.ops.mien.preview_take()
    assert not registered.use_preview_range
    assert (registered.frame_start, registered.frame_end, registered.frame_current) == before


def test_the_sound_goes_into_the_sequencer_once_and_in_sync(takes, registered):
    if not bpy.app.build_options.audaspace:
        fails("cannot put hello.wav into the sequencer", bpy.ops.mien.add_take_sound)
        assert not blender_versions.strips(registered)
        return
    bpy.ops.mien.add_take_sound()
    [strip] = blender_versions.strips(registered)
    assert blender_versions.strip_handles(strip)[0] == 5
    bpy.ops.mien.add_take_sound()
    assert len(blender_versions.strips(registered)) == 1
    face = bpy.data.objects["Face"]
    face.mien_takes[2].start_frame = 100
    assert sound.strip_of(registered, face.mien_takes[2]) is None
    bpy.ops.mien.add_take_sound()
    assert len(blender_versions.strips(registered)) == 2


def test_an_excerpt_is_trimmed_to_what_was_performed(takes, registered):
    item = bpy.data.objects["Face"].mien_takes[2]
    item.frames = 6
    request = dataclasses.replace(storage.request_of(item), start_s=0.2, duration_s=0.2)
    item.request = request.to_json()
    if not bpy.app.build_options.audaspace:
        pytest.skip("this Blender was built without sound")
    strip = sound.add_strip(registered, item)
    assert blender_versions.strip_handles(strip) == (5, 11)
    assert blender_versions.sound_start(strip) == pytest.approx(5 - 0.2 * 30)
    assert sound.strip_of(registered, item) is not None


def test_the_picture_shows_when_something_moves(face):
    take = people.random_take(contract, frames=90)
    take.values[:] = 0.0
    take.head[:] = 0.0
    take.values[45:60, contract.INDEX["jawOpen"]] = 0.9
    storage.store(face, take, storage.Facts("a", contract.Request()))
    picture = pictures.pixels_of(face.mien_takes[0], 2)
    mouth = picture[: pictures.TILE_PX // 5 - 1, :, 0].astype(int).max(axis=0) > 200
    inked = np.flatnonzero(mouth & (picture[2:12, :, 0].astype(int).max(axis=0) > 200))
    width = picture.shape[1]
    assert inked[0] / width == pytest.approx(45 / 90, abs=0.02)
    assert inked[-1] / width == pytest.approx(60 / 90, abs=0.02)
    face.mien_takes[0].shaping.mouth = 0.0
    assert not (pictures.pixels_of(face.mien_takes[0], 2)[2:12, :, 0] > 200).any()


def test_icons_are_drawn_once_for_a_take_and_its_shape(takes, monkeypatch):
    first = pictures.icons_of(takes[0], 2)
    assert len(first) == 2
    monkeypatch.setattr(pictures, "pixels_of", lambda *_: pytest.fail("drawn again"))
    assert pictures.icons_of(takes[0], 2) == first
    monkeypatch.undo()
    takes[0].shaping.mouth = 0.5
    assert pictures.icons_of(takes[0], 2) == first  # the same icons with new pixels
    takes[1].curves = ""
    assert pictures.icons_of(takes[1], 2) == []


class Layout:
    """Stands for Blender's layout; checks what it is asked to draw."""

    alignment = ui_units_x = scale_y = use_property_split = direction = stars = variations = None

    def __init__(self):
        self.seen = []

    def row(self, **_):
        return self

    column = row

    def separator(self, **_):
        pass

    def _icon(self, function, icon):
        assert icon in bpy.types.UILayout.bl_rna.functions[function].parameters["icon"].enum_items

    def label(self, text="", icon="NONE"):
        self._icon("label", icon)
        self.seen.append(text)

    def prop(self, owner, name, icon="NONE", **_):
        assert name in owner.bl_rna.properties
        self._icon("prop", icon)
        self.seen.append(name)

    def operator(self, name, icon="NONE", **_):
        assert hasattr(bpy.types, name.replace("mien.", "MIEN_OT_"))
        self._icon("operator", icon)
        self.seen.append(name)
        return self

    def menu(self, name, icon="NONE", **_):
        assert hasattr(bpy.types, name)
        self._icon("menu", icon)

    def template_list(self, name, _id, owner, items, _active_owner, active, **_):
        assert hasattr(bpy.types, name)
        assert hasattr(owner, items)
        assert hasattr(owner, active)

    def template_icon(self, icon_value, scale):
        assert icon_value >= 0  # 0 without a window
        self.seen.append("picture")


def test_panels_and_rows_draw_what_exists(takes, face):
    face.mien_takes[2].batch = "x"

    class Panel:
        layout = Layout()

    for cls in (panel.MIEN_PT_takes, panel.MIEN_PT_take_sound, panel.MIEN_MT_takes):
        cls.draw(Panel, bpy.context)
    seen = Panel.layout.seen
    assert {"mien.toggle_take", "mien.solo_take", "mien.choose_take", "mien.rate_take", "picture"} <= set(seen)
    assert {"Mouth", "Brows", "Eyes", "Cheeks", "Head", "weary", "hello.wav"} <= set(seen)
    assert panel.MIEN_PT_takes.poll(bpy.context)
    for item in face.mien_takes:
        take_list.MIEN_UL_takes.draw_item(None, bpy.context, Panel.layout, face, item, 0, face, "")
    assert keymap.key_name(bpy.context) == ""  # no keyboard in background mode


def test_a_scene_without_a_character_has_no_list(registered):
    assert not panel.MIEN_PT_takes.poll(bpy.context)
