"""The command line and the same from Python, on a scene of two characters."""

from __future__ import annotations

import dataclasses
import io
import json

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import batch, characters, service  # noqa: E402
from mien.addon.batch import command  # noqa: E402
from mien.addon.styles import library, places  # noqa: E402
from mien.addon.takes import storage  # noqa: E402
from mien.inference_backend import contract, formats  # noqa: E402
from mien.inference_backend.formats.style_file import Part, SavedStyle  # noqa: E402
from mien.inference_backend.generator import style_space  # noqa: E402

from tests.addon import people  # noqa: E402
from tests.addon.batch.conftest import GOOD  # noqa: E402


def ran(path, *options):
    out = io.StringIO()
    code = command.main([str(path), *map(str, options)], out)
    return code, out.getvalue()


def record_of(tmp_path, folder=""):
    return json.loads((tmp_path / folder / "takes.record.json").read_text())


def takes_of(name):
    return list(storage.takes_of(storage.owner_of(characters.find(bpy.data.objects[name], bpy.context.scene))))


def test_lines_land_in_the_lists_of_their_characters(cast, table, tmp_path):
    code, said = ran(table(GOOD))
    assert code == command.ALL_GOOD, said
    assert [(t.name, t.style, t.seed, t.start_frame) for t in takes_of("Anna")] == [
        ("anna_001", "weary", 1, 10), ("anna_002", "happy", 2, 40),
    ]  # fmt: skip
    assert [t.name for t in takes_of("Bob")] == ["bob_001"]
    assert "[1/3] anna_001: 0.5 s on Anna" in said
    assert "3 done; 2 s of sound" in said
    cast.frame_set(40 + 3)  # Anna plays her last line
    wanted = people.random_take(contract, frames=12, fps=24.0).channel("jawOpen")[3]
    assert bpy.data.objects["Anna Face"].data.shape_keys.key_blocks["jawOpen"].value == pytest.approx(wanted, abs=1e-3)


def test_one_bad_line_does_not_stop_the_rest(cast, table, tmp_path):
    text = (
        GOOD.replace("sounds/anna_002.wav", "sounds/lost.wav")
        + "Carl,sounds/bob_001.wav,,0,1\nBob,sounds/bob_001.wav,,x,1\n"
    )
    code, said = ran(table(text))
    assert code == command.SOME_FAILED
    states = [(r["number"], r["state"]) for r in record_of(tmp_path)["results"]]
    assert states == [(2, "done"), (3, "failed"), (4, "done"), (5, "failed"), (6, "failed")]
    assert "anna_002" not in said
    assert "lost: FAILED: The sound file" in said
    assert "no object 'Carl'" in said
    assert "seed must be a number" in said
    assert "2 done, 3 failed" in said


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        ("character\nAnna\n", (), "needs a column 'sound'"),
        (GOOD, ("--export", "max"), "no form 'max'"),
        (GOOD, ("--scene", "Other"), "no scene 'Other'"),
        (GOOD, ("--save",), "name a file after --save"),
    ],
)
def test_bad_input_has_an_exit_code_of_its_own(cast, table, text, options, sentence):
    code, said = ran(table(text), *options)
    assert code == command.BAD_INPUT
    assert sentence in said
    assert takes_of("Anna") == []


def test_unknown_options_and_help(cast, table, capsys):
    assert ran(table(GOOD), "--nothing")[0] == command.BAD_INPUT
    assert ran(table(GOOD), "--help")[0] == command.ALL_GOOD
    assert "--resume" in capsys.readouterr().out


def test_files_hold_each_line_alone(cast, table, tmp_path):
    code, said = ran(table(GOOD), "--out", tmp_path / "out", "--export", "csv,godot,unreal", "--place", "strips")
    assert code == command.ALL_GOOD, said
    names = {f"{line}.{suffix}" for line in ("anna_001", "anna_002", "bob_001") for suffix in ("csv", "glb", "fbx")}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {*names, "takes.record.json"}
    take = formats.read(tmp_path / "out" / "anna_002.csv")
    np.testing.assert_allclose(take.values, people.random_take(contract, frames=12, fps=24.0).values, atol=2e-4)
    people.fresh_scene(24)
    bpy.ops.import_scene.fbx(filepath=str(tmp_path / "out" / "anna_002.fbx"), anim_offset=0.0)
    (face,) = [o for o in bpy.context.scene.objects if o.type == "MESH"]
    action = face.data.shape_keys.animation_data.action
    assert tuple(action.frame_range) == (40, 51)


@pytest.mark.parametrize("place", ["active", "strips", "list"])
def test_where_takes_go(cast, table, tmp_path, place):
    code, said = ran(table(GOOD), "--place", place, "--export", "glb", "--out", tmp_path / "out")
    assert code == command.ALL_GOOD, said
    jaw = people.random_take(contract, frames=12, fps=24.0).channel("jawOpen")
    face = bpy.data.objects["Anna Face"].data.shape_keys.key_blocks["jawOpen"]

    def at(frame):
        cast.frame_set(frame)
        return face.value

    plays = [at(10 + 3) == pytest.approx(jaw[3], abs=1e-3), at(40 + 3) == pytest.approx(jaw[3], abs=1e-3)]
    assert plays == {"active": [False, True], "strips": [True, True], "list": [False, False]}[place]
    assert len(takes_of("Anna")) == 2
    if place == "list":
        assert [a.name for a in bpy.data.actions] == []


def test_hand_animation_is_as_before_where_only_the_list_is_asked_for(cast, table, tmp_path):
    rig = bpy.data.objects["Anna"]
    rig.keyframe_insert("location", frame=1)
    before = rig.animation_data.action
    assert ran(table(GOOD), "--place", "list", "--export", "fbx", "--out", tmp_path / "out")[0] == 0
    assert rig.animation_data.action == before
    assert list(bpy.data.actions) == [before]


def test_strips_of_lines_that_overlap_lie_in_tracks_of_their_own_under_animation_by_hand(cast, table):
    rig = bpy.data.objects["Anna"]
    rig.keyframe_insert("location", frame=1)
    by_hand = rig.animation_data.action
    assert ran(table(GOOD.replace(",40", ",15")), "--place", "strips")[0] == 0
    keys = bpy.data.objects["Anna Face"].data.shape_keys
    assert [[s.frame_start for s in track.strips] for track in keys.animation_data.nla_tracks] == [[10], [15]]
    assert rig.animation_data.action == by_hand
    assert keys.animation_data.action is None


def test_the_scene_stays_at_its_frame(cast, table, tmp_path):
    cast.frame_set(17)
    before = (cast.frame_start, cast.frame_end, cast.render.fps)
    ran(table(GOOD), "--export", "glb,csv", "--out", tmp_path / "out")
    assert cast.frame_current == 17
    assert (cast.frame_start, cast.frame_end, cast.render.fps) == before


def test_resume_leaves_out_what_is_done(cast, table, tmp_path):
    options = ("--out", tmp_path / "out", "--export", "csv", "--resume")
    assert ran(table(GOOD.replace("bob_001", "lost")), *options)[0] == command.SOME_FAILED
    (tmp_path / "out" / "anna_002.csv").unlink()
    first = (tmp_path / "out" / "anna_001.csv").stat().st_mtime_ns
    code, said = ran(table(GOOD), *options)
    assert code == command.ALL_GOOD, said
    assert "3 lines on 'Scene', 1 of them done before" in said
    assert "2 done, 1 done before" in said
    assert (tmp_path / "out" / "anna_001.csv").stat().st_mtime_ns == first
    assert (tmp_path / "out" / "bob_001.csv").is_file()
    assert "0 lines" not in ran(table(GOOD), *options)[1]
    assert [r["state"] for r in record_of(tmp_path, "out")["results"]] == ["kept"] * 3


def test_resume_does_a_line_again_whose_row_or_sound_changed(cast, table, tmp_path):
    options = ("--out", tmp_path / "out", "--export", "csv", "--resume")
    assert ran(table(GOOD), *options)[0] == 0
    sound = tmp_path / "sounds" / "anna_001.wav"
    sound.write_bytes(sound.read_bytes() + bytes(2))
    said = ran(table(GOOD.replace("happy", "furious")), *options)[1]
    assert "1 of them done before" in said


def test_resume_does_a_line_again_that_the_saved_file_lacks(cast, table, tmp_path):
    blend = tmp_path / "scene.blend"
    options = ("--out", tmp_path / "out", "--export", "csv", "--resume", "--save", blend)
    assert ran(table(GOOD), *options)[0] == 0
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    assert [t.name for t in takes_of("Anna")] == ["anna_001", "anna_002"]
    owner = storage.owner_of(characters.find(bpy.data.objects["Anna"], bpy.context.scene))
    storage.cut(owner, 1)
    said = ran(table(GOOD), *options)[1]
    assert "2 of them done before" in said
    assert [t.name for t in takes_of("Anna")] == ["anna_001", "anna_002"]


def test_a_record_that_is_broken_is_bad_input(cast, table, tmp_path):
    (tmp_path / "takes.record.json").write_text("{")
    code, said = ran(table(GOOD), "--resume")
    assert code == command.BAD_INPUT
    assert "delete it to begin afresh" in said


def test_check_finds_mistakes_and_performs_nothing(cast, table):
    code, said = ran(table(GOOD.replace("Bob", "Bib").replace("anna_002", "lost")), "--check")
    assert code == command.SOME_FAILED
    assert "did you mean 'Bob'?" in said
    assert "2 of 3 lines have a problem" in said
    assert service.running() is None
    assert ran(table(GOOD), "--check")[0] == command.ALL_GOOD
    assert takes_of("Anna") == []


def test_a_backend_that_always_dies_ends_the_batch_after_a_few_tries(cast, table, tmp_path, monkeypatch):
    monkeypatch.setenv("STUB_MODE", "die")
    text = GOOD + "Bob,sounds/bob_001.wav,,1,5\n" * 20
    code, said = ran(table(text))
    assert code == command.SOME_FAILED
    assert "The backend failed 3 times in a row" in said
    assert record_of(tmp_path)["waiting"] > 15
    assert takes_of("Anna") == takes_of("Bob") == []


def test_a_backend_that_fails_once_fails_no_line(cast, table, monkeypatch):
    from mien.addon import generation

    original, launches = generation.launched, []

    def launched(order):
        launches.append(order)
        monkeypatch.setenv("STUB_MODE", "die" if len(launches) == 1 else "take")
        return original(order)

    monkeypatch.setattr(generation, "launched", launched)
    code, said = ran(table(GOOD))
    assert code == command.ALL_GOOD, said
    assert len(launches) == 4


def test_a_line_whose_take_cannot_be_keyed_is_reported_and_not_kept(cast, table, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "anna_001.csv").mkdir()  # a folder where the file should be
    code, said = ran(table(GOOD), "--out", tmp_path / "out", "--export", "csv")
    assert code == command.SOME_FAILED
    assert [t.name for t in takes_of("Anna")] == ["anna_002"]
    assert "anna_001: FAILED" in said


def test_an_interruption_saves_what_is_done(cast, table, tmp_path, monkeypatch):
    original = command.Batch.step

    def step(self, context):
        if self.record.count("done") == 1:
            raise KeyboardInterrupt
        return original(self, context)

    monkeypatch.setattr(command.Batch, "step", step)
    code, said = ran(table(GOOD))
    assert code == command.STOPPED
    assert "interrupted; go on with --resume" in said
    assert "1 done, 2 not begun" in said
    monkeypatch.setattr(command.Batch, "step", original)
    assert ran(table(GOOD), "--resume")[0] == command.ALL_GOOD
    assert len(takes_of("Anna")) == 2


def test_the_same_from_python(cast, table, tmp_path):
    done = batch.run(table(GOOD), out=tmp_path / "out", export=["csv"], place="list")
    assert done.record.count("done") == 3
    assert [entry.frames for entry in done.record.entries] == [12, 12, 12]
    assert (tmp_path / "out" / "bob_001.csv").is_file()


def test_without_a_name_the_only_character_is_meant(cast, table):
    code, said = ran(table("sound\nsounds/bob_001.wav\n"))
    assert "the scene has 2 of them" in said
    for name in ("Bob", "Bob Face"):
        bpy.data.objects.remove(bpy.data.objects[name])
    code, said = ran(table("sound\nsounds\\bob_001.wav\n"))
    assert code == command.ALL_GOOD, said
    assert len(takes_of("Anna")) == 1


def test_blenders_commands_are_given_a_window(cast, monkeypatch):
    """Blender calls them without one, and exporters ask the context what is selected."""
    seen = []
    monkeypatch.setattr(command, "main", lambda arguments, out: seen.append((arguments, bpy.context.window)) or 7)
    with bpy.context.temp_override(window=None):
        assert bpy.context.window is None
        assert not hasattr(bpy.context, "selected_objects")
        assert command._run(["takes.csv"]) == 7
    assert seen == [(["takes.csv"], bpy.data.window_managers[0].windows[0])]


def requests_of(name):
    return [storage.request_of(item) for item in takes_of(name)]


def test_check_tells_what_cannot_be_written(cast, table, tmp_path, monkeypatch):
    from mien.addon.export import writing

    monkeypatch.setattr(writing, "_is_there", lambda _module, name: name != "usd_export")
    (tmp_path / "taken").write_text("a file")
    text = GOOD.replace("start_frame\n", "start_frame,output\n")
    text = (
        text.replace(",1,10\n", ",1,10,a.usd\n")
        .replace(",2,40\n", ",2,40,taken/b.csv\n")
        .replace(",0,5\n", ",0,5,c.csv\n")
    )
    code, said = ran(table(text), "--check", "--out", tmp_path)
    assert code == command.SOME_FAILED
    assert "row 2 anna_001: This Blender has no exporter for .usd files" in said
    assert f"row 3 anna_002: {tmp_path / 'taken'} is a file" in said
    assert "2 of 3 lines have a problem" in said
    code, said = ran(table(text), "--out", tmp_path)  # nor is such a line sent to the backend
    assert (code, takes_of("Anna")) == (command.SOME_FAILED, [])
    assert "c.csv" in said


def test_check_makes_no_folder(cast, table, tmp_path):
    assert ran(table(GOOD), "--check", "--export", "csv", "--out", tmp_path / "new" / "out")[0] == command.ALL_GOOD
    assert not (tmp_path / "new").exists()
    assert ran(table(GOOD), "--export", "csv", "--out", tmp_path / "new" / "out")[0] == command.ALL_GOOD
    assert (tmp_path / "new" / "out" / "anna_001.csv").is_file()


def test_styles_by_name_bring_their_amounts_and_the_lines_own_win(cast, table, tmp_path, monkeypatch):
    monkeypatch.setattr(places, "own_folder", lambda: tmp_path / "styles")
    vector = np.arange(4, dtype=np.float32)
    film = SavedStyle.of("Film", style_space.installed(), vector, [Part(1, reference="a.mp4")])
    film = dataclasses.replace(film, amounts={"lips": 0.5, "gaze": 1.5})
    library.save(film, places.own_folder())
    text = (
        "character,sound,style,lips,cues\n"
        "Anna,sounds/anna_001.wav,Film,0.8,0.2: Film | 0.4: furious\n"
        "Anna,sounds/anna_002.wav,films,,\n"
    )
    assert ran(table(text))[0] == command.ALL_GOOD
    mixed, plain = requests_of("Anna")
    points = (contract.Ingredient(vector=(0, 1, 2, 3)),)
    assert (mixed.style, mixed.mix, mixed.lips, mixed.gaze) == ("", points, 0.8, 1.5)
    assert mixed.cues == (contract.Cue(0.2, mix=points), contract.Cue(0.4, style="furious"))
    assert (plain.style, plain.mix, plain.cues) == ("films", (), ())
    assert "2 of them done before" in ran(table(text), "--resume", "--save", tmp_path / "a.blend")[1]
    library.save(dataclasses.replace(film, amounts={}), places.own_folder())  # a style that was changed is done anew
    assert "1 of them done before" in ran(table(text), "--resume", "--save", tmp_path / "a.blend")[1]


def test_markers_change_styles_where_that_is_asked_for(cast, table):
    cast.timeline_markers.new("furious", frame=16)
    text = GOOD.replace("start_frame\n", "start_frame,cues\n").replace(",2,40\n", ",2,40,0.1: calm\n")
    assert ran(table(text))[0] == command.ALL_GOOD
    assert [request.cues for request in requests_of("Anna")] == [(), (contract.Cue(0.1, style="calm"),)]
    assert ran(table(text), "--markers")[0] == command.ALL_GOOD
    cues = [request.cues for request in requests_of("Anna")][2:]
    assert cues == [(contract.Cue(6 / 24, style="furious"),), (contract.Cue(0.1, style="calm"),)]
