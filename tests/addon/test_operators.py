"""Generate, cancel, undo; and bad input gets a sentence and changes nothing."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Vector  # noqa: E402
from mien.addon import characters, demo_character, export, generation, operators, service  # noqa: E402
from mien.addon.properties import progress_of, settings_of  # noqa: E402
from mien.inference_backend import contract  # noqa: E402

from tests.addon import people  # noqa: E402


class PlayedJob:
    """A job whose events the test decides, a batch for each call."""

    def __init__(self, *batches):
        self.batches = list(batches)
        self.cancelled = False

    def events(self):
        if self.cancelled:
            return iter([contract.Cancelled("The take was cancelled.")])
        return iter(self.batches.pop(0) if self.batches else [])

    def cancel(self):
        self.cancelled = True


@pytest.fixture
def backend(monkeypatch):
    """Play the backend: what it was asked, and how it answers."""

    class Played:
        asked = []

        def answers(self, *batches):
            self.job = PlayedJob(*batches)

        def submit(self, start, audio, request, variations=1):
            self.asked.append((start, audio, request))
            return self.job

    played = Played()
    played.asked = []
    played.answers([contract.Progress(0.5, "performing")], [people.random_take(contract, frames=15, fps=24.0)])
    monkeypatch.setattr(generation, "submit", played.submit)
    return played


@pytest.fixture
def ready(registered, sound_file):
    """A character and a sound, chosen."""
    face = people.mesh_with_keys("Face", contract.CHANNELS)
    bpy.context.view_layer.objects.active = face
    settings = settings_of(registered)
    settings.sound_path = str(sound_file)
    settings.style = "strong happy"
    settings.start_frame = 5
    return registered


def everything():
    """What must not change when something goes wrong."""
    scene = bpy.context.scene
    return (
        {a.name for a in bpy.data.actions}, {o.name for o in scene.objects},
        [bool(k.animation_data and k.animation_data.action) for k in bpy.data.shape_keys],
        (scene.render.fps, scene.render.fps_base, scene.frame_start, scene.frame_end, scene.frame_current),
    )  # fmt: skip


def fails(sentence, *args, operator=None):
    with pytest.raises(RuntimeError, match=re.escape(sentence)):
        (operator or bpy.ops.mien.generate)(*args)


def test_generate_keys_the_take(ready, backend):
    assert bpy.ops.mien.generate() == {"FINISHED"}
    [(_, audio, request)] = backend.asked
    assert (audio.name, request.style, request.fps, request.start_s) == ("hello.wav", "strong happy", 24.0, 0.0)
    face = bpy.data.objects["Face"]
    take = people.random_take(contract, frames=15, fps=24.0)
    for k in (0, 7, 14):
        ready.frame_set(5 + k)
        value = face.data.shape_keys.key_blocks["jawOpen"].value
        assert value == pytest.approx(take.channel("jawOpen")[k], abs=1e-4)
    assert face.data.shape_keys.animation_data.action.name == "hello"
    progress = progress_of(bpy.context)
    assert (progress.running, progress.failed) == (False, False)
    assert "15 frames" in progress.message
    assert "No head bone" in progress.message


def test_the_request_follows_the_scenes_rate_and_the_settings(ready, backend):
    ready.render.fps, ready.render.fps_base = 30, 1.001
    settings = settings_of(ready)
    settings.strength, settings.head_motion, settings.seed = 0.5, 0.0, 7
    bpy.ops.mien.generate()
    request = backend.asked[0][2]
    assert request.fps == pytest.approx(30 / 1.001)
    assert (request.strength, request.head_motion, request.seed) == (0.5, 0.0, 7)


def test_one_undo_step_removes_exactly_the_take(ready, backend):
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.mien.generate("EXEC_DEFAULT", True) == {"FINISHED"}
    assert bpy.data.objects["Face"].data.shape_keys.animation_data.action
    bpy.ops.ed.undo()
    assert len(bpy.data.actions) == 0
    assert bpy.data.objects["Face"].data.shape_keys.animation_data is None
    assert settings_of(bpy.context.scene).style == "strong happy"
    bpy.ops.ed.redo()
    assert [a.name for a in bpy.data.actions] == ["hello"]


def test_the_take_can_be_applied_again_elsewhere(ready, backend):
    bpy.ops.mien.generate()
    bpy.ops.mien.apply_take(scene=ready.name, character="Face", start_frame=100.0, action_name="again")
    ready.frame_set(100)
    first = people.random_take(contract, frames=15, fps=24.0).channel("jawOpen")[0]
    assert bpy.data.objects["Face"].data.shape_keys.key_blocks["jawOpen"].value == pytest.approx(first, abs=1e-4)


def test_sentences_before_anything_is_sent(ready, backend, tmp_path):
    settings = settings_of(ready)
    before = everything()

    settings.sound_path = str(tmp_path / "no.wav")
    fails("no.wav does not exist; choose another one.")
    settings.sound_path = ""
    fails("Choose a sound file.")
    settings.source = "STRIP"
    fails("Choose a sound strip of the sequencer.")
    settings.strip = "gone"
    fails("The sequencer has no sound strip 'gone'")
    settings.source, settings.sound_path = "FILE", str(tmp_path / "hello.wav")
    settings.style = "x" * 10000
    fails("The style text has 10,000 characters")
    settings.style = ""
    bpy.context.view_layer.objects.active = None
    fails("Choose a character")
    assert backend.asked == []
    assert everything() == before


def test_a_mesh_without_matching_keys_gets_a_sentence(ready, backend):
    plain = people.mesh_with_keys("Plain", ["smirk", "wink"])
    plain.location.x = 9
    bpy.context.view_layer.update()
    settings_of(ready).character = plain
    before = everything()
    fails("'Plain' has no shape keys with ARKit names such as jawOpen")
    assert everything() == before


def test_an_empty_style_is_fine(ready, backend):
    settings_of(ready).style = "  "
    assert bpy.ops.mien.generate() == {"FINISHED"}
    assert backend.asked[0][2].style == ""


@pytest.mark.parametrize(
    "failure",
    [
        contract.BackendFailed("The backend stopped before the take was done; press Generate to start it again."),
        contract.BadSound("hello.wav has no sound in it; choose another file."),
    ],
)
def test_a_backend_that_fails_midway_changes_nothing(ready, backend, failure):
    backend.answers([contract.Progress(0.3, "performing")], [failure])
    before = everything()
    fails(str(failure))
    assert everything() == before
    progress = progress_of(bpy.context)
    assert (progress.message, progress.failed, progress.running) == (str(failure), True, False)
    assert generation.current is None


def test_only_one_take_at_a_time(ready, backend):
    generation.begin(generation.place(bpy.context))
    fails("A take is being made; wait for it, or press Cancel.")
    assert len(backend.asked) == 1


def test_cancel_ends_the_wait_without_a_take(ready, backend):
    before = everything()
    fails("No take is being made.", operator=bpy.ops.mien.cancel)
    current = generation.begin(generation.place(bpy.context))
    assert bpy.ops.mien.cancel() == {"FINISHED"}
    assert current.step()
    assert isinstance(current.outcome, contract.Cancelled)
    generation.finish(bpy.context)
    progress = progress_of(bpy.context)
    assert (progress.message, progress.failed) == ("The take was cancelled.", False)
    assert everything() == before
    assert bpy.ops.mien.generate.poll()


def test_a_character_deleted_meanwhile_gets_a_sentence(ready, backend):
    def delete_then_answer():
        bpy.data.objects.remove(bpy.data.objects["Face"])
        return iter([people.random_take(contract)])

    backend.job.events = delete_then_answer
    fails("'Face' was deleted or renamed meanwhile")
    assert len(bpy.data.actions) == 0
    assert progress_of(bpy.context).failed


def test_progress_is_shown_and_put_away(ready, backend):
    current = generation.begin(generation.place(bpy.context))
    current.step()
    generation.show(bpy.context, current)
    progress = progress_of(bpy.context)
    assert (progress.running, progress.fraction, progress.phase) == (True, 0.5, "performing")
    generation.finish(bpy.context)
    assert (progress.running, progress.fraction, progress.phase) == (False, 0.0, "")
    assert backend.job.cancelled


def test_opening_another_file_cancels(ready, backend):
    generation.begin(generation.place(bpy.context))

    class Waiting:
        _timer = None
        _remove_timer = operators.MIEN_OT_generate._remove_timer

    operators.MIEN_OT_generate.cancel(Waiting(), bpy.context)
    assert backend.job.cancelled
    assert generation.current is None


def test_modal_ends_by_applying_the_take(ready, backend):
    class Event:
        type, value = "TIMER", "NOTHING"

    class Waiting:
        _timer = None
        _remove_timer = operators.MIEN_OT_generate._remove_timer
        _end = operators.MIEN_OT_generate._end
        reports = []

        def report(self, kind, text):
            self.reports.append((kind, text))

    generation.begin(generation.place(bpy.context))
    waiting = Waiting()
    modal = operators.MIEN_OT_generate.modal
    assert modal(waiting, bpy.context, Event) == {"PASS_THROUGH"}
    assert progress_of(bpy.context).phase == "performing"
    assert modal(waiting, bpy.context, Event) == {"FINISHED"}
    assert bpy.data.objects["Face"].data.shape_keys.animation_data.action.name == "hello"

    backend.answers()
    generation.begin(generation.place(bpy.context))
    Event.type, Event.value = "ESC", "PRESS"
    assert modal(waiting, bpy.context, Event) == {"RUNNING_MODAL"}
    Event.type = "TIMER"
    assert modal(waiting, bpy.context, Event) == {"CANCELLED"}
    assert waiting.reports == [({"INFO"}, "The take was cancelled.")]


def test_register_twice(scene):
    from mien import addon

    for _ in range(2):
        addon.register()
        assert hasattr(bpy.types.Scene, "mien")
        assert hasattr(bpy.types, "MIEN_OT_generate")
        addon.unregister()
        assert not hasattr(bpy.types.Scene, "mien")
        assert not hasattr(bpy.types.WindowManager, "mien")
        assert not hasattr(bpy.types, "MIEN_OT_generate")


def test_unregister_cancels_what_is_under_way(scene, backend, sound_file):
    from mien import addon

    addon.register()
    bpy.context.view_layer.objects.active = people.mesh_with_keys("Face", contract.CHANNELS)
    settings_of(scene).sound_path = str(sound_file)
    generation.begin(generation.place(bpy.context))
    addon.unregister()
    assert backend.job.cancelled
    assert generation.current is None


def test_export_writes_the_character(ready, backend, tmp_path):
    bpy.ops.mien.generate()
    for extension in ("fbx", "glb"):
        path = tmp_path / f"out.{extension}"
        assert bpy.ops.mien.export(filepath=str(path)) == {"FINISHED"}
        assert path.stat().st_size > 1000
    fails("choose another one", operator=lambda: bpy.ops.mien.export(filepath=str(tmp_path / "no" / "out.fbx")))
    assert export.frame_range(characters.find(bpy.data.objects["Face"], ready)) == (5, 19)


def test_the_built_in_backend_is_started_with_blenders_python(registered):
    from mien.addon import preferences

    launch = preferences.launch_of(bpy.context)
    assert launch.python == sys.executable
    assert any((folder / "numpy").is_dir() for folder in launch.site_packages)
    assert (launch.extension_root / "inference_backend").is_dir()


def test_a_blender_for_whose_python_mien_brings_no_runtime_says_so(registered, monkeypatch, tmp_path):
    from mien.addon import preferences

    monkeypatch.setattr(preferences, "_site_packages", lambda: [tmp_path])
    with pytest.raises(
        contract.MienError, match=rf"Python {preferences._VERSION} of this Blender; .* choose Own Python"
    ):
        preferences.launch_of(bpy.context)


def test_stop_backend_needs_one(registered):
    assert service.running() is None
    fails("The backend does not run.", operator=bpy.ops.mien.stop_backend)


def test_the_demo_character_is_added_and_chosen(registered):
    if not demo_character.ASSET.is_file():
        pytest.skip("the demo character is not baked; `python3 build.py demo` does it")
    assert bpy.ops.mien.add_demo_character() == {"FINISHED"}
    assert Path(bpy.context.scene.mien.sound_path).is_file()
    found = characters.find(settings_of(registered).character, registered)
    assert found.unmapped == ()
    assert found.bones.head == "head"


needs_demo = pytest.mark.skipif(not demo_character.ASSET.is_file(), reason="the demo character is not baked")


@needs_demo
def test_the_demo_character_does_not_stand_in_what_is_there(registered):
    bpy.ops.mesh.primitive_cube_add(size=2)
    bpy.ops.mesh.primitive_cube_add(size=1, location=(1.6, 0, 0))
    bpy.ops.mien.add_demo_character()
    rig = settings_of(registered).character
    bpy.context.view_layer.update()
    left = min((mesh.matrix_world @ Vector(c)).x for mesh in rig.children for c in mesh.bound_box)
    assert left == pytest.approx(2.1 + 0.3, abs=1e-3)
    bpy.ops.mien.add_demo_character()
    assert settings_of(registered).character.location.x > rig.location.x + 0.3


@needs_demo
def test_the_demo_character_stays_at_the_origin_of_an_empty_scene(registered):
    bpy.ops.mien.add_demo_character()
    assert tuple(settings_of(registered).character.location) == (0, 0, 0)
