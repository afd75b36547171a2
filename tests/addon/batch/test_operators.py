"""The batch of the panel: from strips and tables, step by step, stopped, resumed."""

from __future__ import annotations

import time

import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import blender_versions, characters, sounds  # noqa: E402
from mien.addon.batch import orders, panel, session  # noqa: E402
from mien.addon.batch.settings import batch_of, progress_of  # noqa: E402
from mien.addon.export.settings import export_settings_of  # noqa: E402
from mien.addon.takes import storage  # noqa: E402
from mien.inference_backend.contract import BadSound  # noqa: E402

from tests.addon.batch.conftest import GOOD  # noqa: E402


class Sound:
    def __init__(self, path):
        self.filepath, self.library, self.packed_file = str(path), None, None


class Strip:
    """A sound strip as far as it is read; the wheel of Blender 4.2 can make none."""

    type, mute, channel = "SOUND", False, 1
    retiming_keys, speed_factor, sound_offset, animation_offset_start = (), 1.0, 0.0, 0.0

    def __init__(self, name, path, start):
        self.name, self.sound = name, Sound(path)
        self.frame_start = self.frame_final_start = self.left_handle = self.content_start = start
        self.frame_final_end = self.right_handle = start + 12


@pytest.fixture
def strips(cast, tmp_path, monkeypatch):
    """Four strips, one of them of nobody."""
    made = [
        Strip("Bob_001.wav", tmp_path / "sounds" / "bob_001.wav", 60),
        Strip("Anna_001.wav", tmp_path / "sounds" / "anna_001.wav", 10),
        Strip("Anna_002.wav", tmp_path / "sounds" / "anna_002.wav", 30),
        Strip("music.wav", tmp_path / "sounds" / "bob_001.wav", 1),
    ]
    monkeypatch.setattr(blender_versions, "strips", lambda _scene: made)
    return made


def takes_of(name):
    return list(storage.takes_of(storage.owner_of(characters.find(bpy.data.objects[name], bpy.context.scene))))


def stepped(batch, until=lambda batch: batch.finished):
    deadline = time.monotonic() + 60
    while not until(batch) and time.monotonic() < deadline:
        batch.step(bpy.context)
        time.sleep(0.01)
    assert until(batch)


def test_strips_become_lines_and_speakers_that_are_known_by_name(cast, strips):
    assert bpy.ops.mien.find_lines() == {"FINISHED"}
    settings = batch_of(cast)
    assert [(line.name, line.speaker) for line in settings.lines] == [
        ("music.wav", ""), ("Anna_001.wav", "Anna"), ("Anna_002.wav", "Anna"), ("Bob_001.wav", "Bob"),
    ]  # fmt: skip
    assert [(s.name, s.character.name, s.lines) for s in settings.speakers] == [("Anna", "Anna", 2), ("Bob", "Bob", 1)]


def test_choices_stay_when_lines_are_found_again(cast, strips):
    bpy.ops.mien.find_lines()
    settings = batch_of(cast)
    settings.speakers["Anna"].character = bpy.data.objects["Bob"]
    settings.speakers["Anna"].style = "weary"
    settings.lines["Anna_002.wav"].use = False
    settings.lines["Anna_001.wav"].style = "furious"
    bpy.ops.mien.find_lines()
    assert settings.speakers["Anna"].character.name == "Bob"
    assert settings.speakers["Anna"].style == "weary"
    assert not settings.lines["Anna_002.wav"].use
    assert settings.lines["Anna_001.wav"].style == "furious"


def test_all_lines_are_performed_at_their_frames_and_play_side_by_side(cast, strips):
    bpy.ops.mien.find_lines()
    settings = batch_of(cast)
    settings.speakers["Anna"].style = "weary"
    settings.lines["Anna_002.wav"].style = "happy"
    settings.seed = 5
    assert bpy.ops.mien.run_batch() == {"FINISHED"}
    assert [(t.name, t.style, t.start_frame, t.seed) for t in takes_of("Anna")] == [
        ("Anna_001.wav", "weary", 10, 5), ("Anna_002.wav", "happy", 30, 5),
    ]  # fmt: skip
    assert [line.state for line in settings.lines] == ["", "done", "done", "done"]
    assert progress_of(bpy.context).message == "3 done."
    face = bpy.data.objects["Anna Face"].data.shape_keys.key_blocks["jawOpen"]
    seen = []
    for frame in (13, 33):
        cast.frame_set(frame)
        seen.append(face.value)
    assert seen[0] == pytest.approx(seen[1], abs=1e-5)
    assert seen[0] > 0.01


def test_what_is_done_is_left_out_until_it_changes(cast, strips):
    bpy.ops.mien.find_lines()
    bpy.ops.mien.run_batch()
    bpy.ops.mien.find_lines()
    bpy.ops.mien.run_batch()
    assert progress_of(bpy.context).message == "3 done before."
    assert len(takes_of("Anna")) == 2
    batch_of(cast).lines["Anna_001.wav"].style = "furious"
    bpy.ops.mien.run_batch()
    assert progress_of(bpy.context).message == "1 done, 2 done before."
    batch_of(cast).only_new = False
    bpy.ops.mien.run_batch()
    assert progress_of(bpy.context).message == "3 done."


def test_a_strip_that_fails_does_not_stop_the_rest(cast, strips, monkeypatch):
    bpy.ops.mien.find_lines()
    original = sounds.of_strip

    def of_strip(context, name):
        if name == "Anna_001.wav":
            raise BadSound("The strip plays at another speed.")
        return original(context, name)

    monkeypatch.setattr(orders.sounds, "of_strip", of_strip)
    bpy.ops.mien.run_batch()
    lines = batch_of(cast).lines
    assert (lines["Anna_001.wav"].state, lines["Anna_001.wav"].message) == (
        "failed",
        "The strip plays at another speed.",
    )
    assert lines["Bob_001.wav"].state == "done"
    assert progress_of(bpy.context).message == "2 done, 1 failed."
    assert progress_of(bpy.context).failed


def test_a_table_in_the_panel(cast, table, tmp_path):
    settings = batch_of(cast)
    settings.source, settings.table_path = "TABLE", str(table(GOOD))
    settings.forms, export_settings_of(cast).folder = {"csv"}, str(tmp_path / "sounds")
    settings.place = "LIST"
    bpy.ops.mien.find_lines()
    assert [line.name for line in settings.lines] == ["anna_001", "anna_002", "bob_001"]
    assert bpy.ops.mien.run_batch() == {"FINISHED"}
    assert len(takes_of("Anna")) == 2
    assert (tmp_path / "sounds" / "bob_001.csv").is_file()
    assert list(bpy.data.actions) == []


@pytest.mark.parametrize("stop", ["operator", "load", "undo"])
def test_a_stopped_batch_leaves_what_is_done_and_nothing_running(cast, strips, stop):
    bpy.ops.mien.find_lines()
    batch = session.begin(bpy.context)
    stepped(batch, lambda b: b.record.count("done") == 1)
    if stop == "operator":
        assert bpy.ops.mien.cancel_batch() == {"FINISHED"}
    else:
        for handler in list(bpy.app.handlers.undo_pre if stop == "undo" else bpy.app.handlers.load_pre):
            handler(cast, None)
    assert session.current is None
    assert batch.finished
    assert len(takes_of("Anna")) == 1
    assert "1 done, 2 not begun" in progress_of(bpy.context).message
    bpy.ops.mien.run_batch()
    assert progress_of(bpy.context).message == "2 done, 1 done before."


def test_the_scene_may_vanish_meanwhile(cast, strips):
    bpy.ops.mien.find_lines()
    batch = session.begin(bpy.context)
    cast.name = "Renamed"
    stepped(batch)
    session.finish(bpy.context)
    assert batch.record.count("failed") == 3
    assert "deleted or renamed" in batch.record.entries[0].message


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda s: None, "Find Lines first"),
        (lambda s: setattr(s, "source", "TABLE"), "Choose a table"),
        (lambda s: bpy.ops.mien.find_lines() and s.speakers.clear(), "No strip is named like"),
        (
            lambda s: bpy.ops.mien.find_lines() and [setattr(x, "character", None) for x in s.speakers],
            "Give the speakers",
        ),
        (lambda s: bpy.ops.mien.find_lines() and setattr(s, "forms", {"csv"}), "Choose an export folder"),
    ],
)
def test_the_button_says_why_it_cannot_be_pressed(cast, strips, change, sentence):
    change(batch_of(cast))
    with pytest.raises(RuntimeError, match=sentence):
        bpy.ops.mien.run_batch()


def test_a_pattern_that_is_none_gets_a_sentence(cast, strips):
    batch_of(cast).pattern = "*"
    with pytest.raises(RuntimeError, match="character"):
        bpy.ops.mien.find_lines()


def test_every_line_state_has_an_icon():
    assert {"", "waiting", "done", "kept", "failed"} <= set(panel._ICONS)


def test_real_strips_of_the_sequencer(cast, tmp_path):
    editor = cast.sequence_editor_create()
    collection = editor.strips if hasattr(editor, "strips") else editor.sequences
    try:
        for channel, (name, start) in enumerate((("Bob_001", 40), ("Anna_001", 5)), 1):
            collection.new_sound(name, str(tmp_path / "sounds" / f"{name.lower()}.wav"), channel, start)
    except RuntimeError as error:
        pytest.skip(f"this Blender has no sound strips ({error})")
    bpy.ops.mien.find_lines()
    bpy.ops.mien.run_batch()
    assert progress_of(bpy.context).message == "2 done."
    assert [(t.name, t.start_frame) for name in ("Anna", "Bob") for t in takes_of(name)] == [
        ("Anna_001", 5), ("Bob_001", 40),
    ]  # fmt: skip


def test_lines_are_checked_in_the_list(cast, strips, tmp_path):
    bpy.ops.mien.find_lines()
    settings = batch_of(cast)
    (tmp_path / "sounds" / "anna_002.wav").unlink()
    assert bpy.ops.mien.check_lines() == {"FINISHED"}
    assert [line.name for line in settings.lines if line.state == "failed"] == ["Anna_002.wav"]
    assert "does not exist" in settings.lines["Anna_002.wav"].message
    assert settings.lines[settings.line_index].name == "Anna_002.wav"
    assert progress_of(bpy.context).message == "1 of 3 lines have a problem."
    assert (takes_of("Anna"), takes_of("Bob")) == ([], [])
    settings.lines["Anna_002.wav"].use = False
    bpy.ops.mien.check_lines()
    assert progress_of(bpy.context).message == "All 2 lines can be performed."


def test_markers_change_the_style_of_strips(cast, strips):
    cast.timeline_markers.new("furious", frame=16)
    bpy.ops.mien.find_lines()
    batch_of(cast).use_markers = True
    stepped(session.begin(bpy.context))
    session.finish(bpy.context)
    first = storage.request_of(takes_of("Anna")[0])
    assert [(cue.start_s, cue.style) for cue in first.cues] == [(6 / 24, "furious")]


def test_names_that_fit_nothing_have_a_sentence_of_their_own(cast, strips):
    batch_of(cast).pattern = "{character} says *"
    bpy.ops.mien.find_lines()
    assert "No strip is named like {character} says *" in session.disabled_reason(bpy.context)
    batch_of(cast).pattern = "{character}"
    bpy.ops.mien.find_lines()
    assert len(batch_of(cast).speakers) == 4


def test_the_only_speaker_is_the_only_character(cast, strips):
    for name in ("Bob", "Bob Face"):
        bpy.data.objects.remove(bpy.data.objects[name])
    strips[:] = [strip for strip in strips if strip.name.startswith("Bob")]
    bpy.ops.mien.find_lines()
    assert [(s.name, s.character.name) for s in batch_of(cast).speakers] == [("Bob", "Anna")]
