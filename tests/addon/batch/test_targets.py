"""Which files come of each line."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("bpy")

from mien.addon.batch.lines import Line
from mien.addon.batch.targets import plan

OUT = Path("/out")


def names(lines, *forms):
    return [[(t.path.relative_to(OUT).as_posix(), t.engine) for t in p.targets] for p in plan(lines, OUT, forms)]


def test_nothing_is_written_unless_it_is_asked_for():
    assert names([Line(2, "a")]) == [[]]


def test_files_are_named_after_lines_and_never_twice_the_same():
    lines = [Line(2, "a/b"), Line(3, "a/b"), Line(4, "a_b_2"), Line(5, "c")]
    assert names(lines, "csv") == [
        [("a_b.csv", "ANY")],
        [("a_b_2.csv", "ANY")],
        [("a_b_2_2.csv", "ANY")],
        [("c.csv", "ANY")],
    ]


def test_forms_of_one_extension_are_told_apart():
    assert names([Line(2, "a")], "unreal", "unity", "godot") == [
        [("a_unreal.fbx", "UNREAL"), ("a_unity.fbx", "UNITY"), ("a.glb", "GODOT")]
    ]


def test_a_line_names_its_own_files():
    line = Line(2, "a", outputs=("x/y.fbx", "z"))
    assert names([line], "unreal", "json") == [[("x/y.fbx", "UNREAL"), ("z.fbx", "UNREAL"), ("z.json", "ANY")]]


def test_a_file_of_two_lines_is_a_problem_of_the_second():
    one, two = plan([Line(2, "a", outputs=("x.csv",)), Line(3, "b", outputs=("x.csv",))], OUT)
    assert one.line.problem == ""
    assert "written by line 2 too" in two.line.problem


def test_an_unknown_extension_is_a_problem():
    (planned,) = plan([Line(2, "a", outputs=("x.ma",))], OUT)
    assert "not 'x.ma'" in planned.line.problem
