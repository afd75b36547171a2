"""A take lands in slices as it does at once, and whatever comes between them leaves all of it or nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

bpy = pytest.importorskip("bpy", reason="the add-on needs Blender")

from mien.addon import blender_versions, characters, fcurves, generation, operators, slices, sounds  # noqa: E402
from mien.addon.properties import progress_of, settings_of  # noqa: E402
from mien.addon.shaping import live  # noqa: E402
from mien.addon.takes import applying, landing, storage  # noqa: E402
from mien.inference_backend import contract  # noqa: E402

from tests.addon import people  # noqa: E402

FPS = 30


@pytest.fixture
def rig(registered):
    registered.render.fps = FPS
    made = people.armature(people.odd_bones(np.random.default_rng(0)))
    for name in ("Face", "Lashes"):
        people.bind(people.mesh_with_keys(name, contract.CHANNELS), made)
    bpy.context.view_layer.update()
    settings_of(registered).character = made
    return made


def made_of(*seeds):
    takes = [people.random_take(contract, fps=FPS, seed=seed) for seed in seeds]
    for take in takes:
        take.values[3, contract.INDEX["jawOpen"]] = 1.5  # widens a slider
    excerpt = sounds.Excerpt(Path("hello.wav"), 5.0)
    return generation.Made(generation.Order("Scene", "Rig", excerpt, contract.Request(fps=FPS), None), tuple(takes))


def landing_of(*seeds):
    scene = bpy.context.scene
    character = characters.find(bpy.data.objects["Rig"], scene)
    return landing.landing(scene, character, made_of(*(seeds or (0,))), "hello", 5.0)


def landed(*seeds):
    slices.whole(landing_of(*seeds))
    return bpy.data.objects["Rig"].mien_takes


def sliced(work, times=None):
    """Go on step by step, so many times, or to the end."""
    going = slices.begin(work)
    done = 0
    while times is None or done < times:
        done += 1
        if going.go_on(0.0):
            slices.end(going)
            break
    return done


def half_filled(work):
    """Begin, and go on until actions are half filled."""
    sliced(work, 1)
    while not any(blender_versions.UNFINISHED in action for action in bpy.data.actions):
        assert not slices.current.go_on(0.0)
    for _ in range(30):
        assert not slices.current.go_on(0.0)


def begin(work):
    """Begin, and go on until before any action is made."""
    sliced(work, 12)
    assert len(bpy.data.actions) == 0


def fails(sentence):
    with pytest.raises(contract.MienError, match=sentence):
        slices.current.go_on(60.0)


def animated():
    rig = bpy.data.objects.get("Rig")
    return [*([rig] if rig else []), *bpy.data.shape_keys]


def state():
    """Describe all that keying may change."""
    return (
        {action.name: (action.use_fake_user, action.users, runs(action)) for action in bpy.data.actions},
        [bool(owner.animation_data and owner.animation_data.action) for owner in animated()],
        [len(owner.animation_data.nla_tracks) if owner.animation_data else 0 for owner in animated()],
        [(block.slider_min, block.slider_max) for keys in bpy.data.shape_keys for block in keys.key_blocks],
        [(take.name, take.playing, take.fingerprint, take.keyed_as) for o in bpy.data.objects for take in o.mien_takes],
    )


def runs(action):
    """Read all keys of an action, with what decides how they are edited on."""
    handles = [slot.handle for slot in action.slots] if blender_versions.SLOTTED_ACTIONS else [0]
    curves = [curve for handle in handles for curve in blender_versions.curves_in(action, handle)]
    return [
        (curve.data_path, curve.array_index, curve.auto_smoothing, *(each.tobytes() for each in fcurves.run_of(curve)))
        for curve in curves
    ]


def test_in_slices_comes_the_same_as_at_once(rig):
    landed(0, 1)
    at_once, texts = state(), [take.curves for take in rig.mien_takes]
    rig.mien_takes.clear()
    for owner in animated():
        owner.animation_data_clear()
    for action in list(bpy.data.actions):
        bpy.data.actions.remove(action)
    for block in (block for keys in bpy.data.shape_keys for block in keys.key_blocks):
        block.slider_max = 1.0
    assert sliced(landing_of(0, 1)) > 100
    assert state() == at_once
    assert [take.curves for take in rig.mien_takes] == texts
    assert not any(blender_versions.UNFINISHED in action for action in bpy.data.actions)


def test_the_smoothing_of_handles_is_as_in_any_new_curve(rig):
    landed()
    probe = bpy.data.actions.new("probe")
    if blender_versions.SLOTTED_ACTIONS:
        new = blender_versions.place_curves((probe, probe.slots.new("OBJECT", "probe"))).new("location")
    else:
        new = probe.fcurves.new("location")
    wanted = new.auto_smoothing
    assert wanted != "NONE"
    action = rig.animation_data.action
    assert {smoothing for _, _, smoothing, *_ in runs(action)} == {wanted}


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.99])
def test_a_take_that_is_cancelled_while_it_is_keyed_leaves_nothing(rig, share):
    landed(0)
    before, steps = state(), sliced(landing_of(1))
    bpy.ops.mien.delete_take()
    applying.apply(bpy.context.scene, rig, rig.mien_takes[0])
    assert state()[0].keys() == before[0].keys()
    before = state()
    sliced(landing_of(1), int(share * steps))
    assert bpy.ops.mien.cancel() == {"FINISHED"}
    assert slices.current is None
    assert state() == before


@pytest.mark.parametrize("mode", ["ACTION", "STRIP", "LAYER", "ACTIVE"])
@pytest.mark.parametrize("density", ["EVERY", "SPARSE"])
def test_rekeying_that_is_stopped_leaves_the_keys_as_they_were(rig, mode, density):
    item = landed()[0]
    with live.paused():
        item.shaping.mode, item.shaping.density = mode, density
    applying.rekey(bpy.context.scene, rig, item)
    with live.paused():
        item.shaping.mouth = 0.5
    before = state()
    half_filled(applying.rekeying(bpy.context.scene, rig, item))
    slices.stop()
    assert state() == before
    sliced(applying.rekeying(bpy.context.scene, rig, item))
    assert state() != before


def lose_armature():
    bpy.data.objects.remove(bpy.data.objects["Rig"])


def lose_mesh():
    bpy.data.meshes.remove(bpy.data.meshes["Face"])


def leave_scene():
    for name in ("Rig", "Face", "Lashes"):
        bpy.context.scene.collection.objects.unlink(bpy.data.objects[name])


def purge():
    for action in [action for action in bpy.data.actions if not action.users]:
        bpy.data.actions.remove(action)


@pytest.mark.parametrize(
    ("begin", "lose"),
    [
        *((begun, lose) for begun in (begin, half_filled) for lose in (lose_armature, lose_mesh, leave_scene)),
        (half_filled, purge),
    ],
)
def test_what_is_deleted_meanwhile_is_missed_in_a_sentence_and_nothing_stays(rig, begin, lose):
    begin(landing_of())
    lose()
    fails(r"deleted|not in the scene|nothing was changed")
    assert len(bpy.data.actions) == 0
    assert not any(len(each.mien_takes) for each in bpy.data.objects)
    assert not any(keys.animation_data and keys.animation_data.action for keys in bpy.data.shape_keys)


def test_a_take_that_is_deleted_while_it_is_keyed_anew_stays_deleted(rig):
    item = landed()[0]
    with live.paused():
        item.shaping.mouth = 0.5
    half_filled(applying.rekeying(bpy.context.scene, rig, item))
    assert bpy.ops.mien.delete_take() == {"FINISHED"}
    fails("deleted")
    assert (len(rig.mien_takes), len(bpy.data.actions)) == (0, 0)


@pytest.mark.parametrize("mode", ["ACTION", "ACTIVE"])
def test_keys_that_are_edited_meanwhile_are_not_lost(rig, mode):
    item = landed()[0]
    with live.paused():
        item.shaping.mode, item.shaping.mouth = mode, 0.5
    if mode == "ACTIVE":
        applying.rekey(bpy.context.scene, rig, item)
    bpy.context.view_layer.update()
    handlers, names = list(bpy.app.handlers.depsgraph_update_post), {action.name for action in bpy.data.actions}
    half_filled(applying.rekeying(bpy.context.scene, rig, item))
    bpy.context.scene.frame_set(12)  # plays on: that is no edit
    rig.keyframe_insert("location", frame=7)
    bpy.context.view_layer.update()
    fails("edited while")
    place = blender_versions.active_place(rig)
    assert "location" in {curve.data_path for curve in blender_versions.place_curves(place)}
    assert {action.name for action in bpy.data.actions} == names
    assert list(bpy.app.handlers.depsgraph_update_post) == handlers


def test_a_file_that_is_saved_meanwhile_has_nothing_of_it(rig, tmp_path):
    item = landed()[0]
    rig.mien_takes[0].parts[0].action.use_fake_user = True
    with live.paused():
        item.shaping.mouth = 0.5
    actions = {action.name for action in bpy.data.actions}
    half_filled(applying.rekeying(bpy.context.scene, rig, item))
    assert {action.name for action in bpy.data.actions} != actions
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"), copy=True)
    with bpy.data.libraries.load(str(tmp_path / "a.blend")) as (there, _):
        assert set(there.actions) == actions


class Modal:
    """Stands for the running operator, which needs a window."""

    _timer = None
    scene, character, action_name, start_frame = "Scene", "Rig", "hello", 5.0

    def __init__(self, cls):
        self.cls, self.said = cls, []

    def report(self, kind, text):
        self.said.append((kind, text))

    def __getattr__(self, name):
        value = getattr(self.cls, name)
        return value.__get__(self) if callable(value) else value

    def tick(self, type_="TIMER", value="NOTHING"):
        return self.cls.modal(self, bpy.context, type("Event", (), {"type": type_, "value": value}))

    def to_filling(self):
        while not any(blender_versions.UNFINISHED in action for action in bpy.data.actions):
            assert self.tick() == {"PASS_THROUGH"}
        for _ in range(30):
            assert self.tick() == {"PASS_THROUGH"}

    def to_the_end(self):
        outcome = {"PASS_THROUGH"}
        while outcome == {"PASS_THROUGH"}:
            outcome = self.tick()
        return outcome


@pytest.fixture
def going(rig, monkeypatch):
    """Let the operator that keys a take be on its way."""
    monkeypatch.setattr(slices.Slices.go_on, "__defaults__", (0.0,))
    monkeypatch.setattr(generation, "last", made_of(0))
    operator = Modal(operators.MIEN_OT_apply_take)
    assert operator._begin(bpy.context) == {"RUNNING_MODAL"}
    operator.to_filling()
    return operator


def test_the_panel_shows_the_keying_and_then_what_came(going):
    progress = progress_of(bpy.context)
    assert (progress.running, progress.phase) == (True, "keying")
    assert 0.0 <= progress.fraction < 1.0
    assert not bpy.ops.mien.generate.poll()
    assert going.to_the_end() == {"FINISHED"}
    assert (progress.running, progress.failed) == (False, False)
    assert progress.message.startswith("40 frames")


def test_escape_leaves_nothing_and_others_events_go_through(going):
    assert going.tick("MOUSEMOVE") == {"PASS_THROUGH"}
    assert going.tick("ESC", "PRESS") == {"CANCELLED"}
    assert len(bpy.data.actions) == 0
    progress = progress_of(bpy.context)
    assert (progress.running, progress.message) == (False, slices.CANCELLED)


def test_opening_a_file_ends_it(going):
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    assert slices.current is None
    assert going.tick() == {"CANCELLED"}
    assert len(bpy.data.actions) == 0


def test_undo_meanwhile_leaves_nothing_half_keyed_and_the_take_still_comes(rig, monkeypatch):
    bpy.ops.ed.undo_push(message="before")
    monkeypatch.setattr(slices.Slices.go_on, "__defaults__", (0.0,))
    monkeypatch.setattr(generation, "last", made_of(0))
    operator = Modal(operators.MIEN_OT_apply_take)
    operator._begin(bpy.context)
    operator.to_filling()
    bpy.data.objects["Rig"].location.x = 3.0
    bpy.ops.ed.undo_push(message="moved, with an action half filled")
    bpy.data.objects["Rig"].location.x = 4.0
    bpy.ops.ed.undo_push(message="moved on")
    operator.tick()
    bpy.ops.ed.undo()
    assert bpy.data.objects["Rig"].location.x == 3.0
    assert (slices.current, len(bpy.data.actions)) == (None, 0)
    assert operator.to_the_end() == {"FINISHED"}
    rig = bpy.data.objects["Rig"]
    assert [take.playing for take in rig.mien_takes] == [True]
    assert not applying.is_edited(rig.mien_takes[0])


def test_a_shape_that_is_undone_is_not_keyed_any_more(rig, monkeypatch):
    monkeypatch.setattr(slices.Slices.go_on, "__defaults__", (0.0,))
    landed()
    bpy.ops.ed.undo_push(message="landed")
    before = state()
    with live.paused():
        rig.mien_takes[0].shaping.mouth = 0.5
    bpy.ops.ed.undo_push(message="mouth")
    operator = Modal(bpy.types.MIEN_OT_shape_take)
    operator.owner, operator.path = "Rig", rig.mien_takes[0].shaping.path_from_id()
    assert operator._begin(bpy.context) == {"RUNNING_MODAL"}
    operator.to_filling()
    bpy.ops.ed.undo()
    assert operator.tick() == {"CANCELLED"}
    assert state() == before


def test_takes_are_stored_only_at_the_end(rig):
    half_filled(landing_of(0, 1))
    assert len(storage.takes_of(rig)) == 0
