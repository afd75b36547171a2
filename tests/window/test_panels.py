"""An evening with the panels beside the takes, in a real Blender's window: `python3 build.py test --window`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.window.conftest import Lived, Seen


@pytest.fixture(scope="module")
def evening(lived: Lived) -> tuple[Seen, Path]:
    """A session in the window."""
    return lived("panels")


@pytest.fixture(scope="module")
def seen(evening: tuple[Seen, Path]) -> Seen:
    """What it saw."""
    return evening[0]


def test_the_character_is_checked_and_its_table_edited_saved_and_loaded(evening: tuple[Seen, Path]):
    seen, folder = evening
    mapping = seen["mapping"]
    assert mapping["report"].startswith("52 of 52 channels and the head by neck, head will move.")
    assert mapping["rows"] >= 52
    assert mapping["off"] == ["jawOpen"]
    assert mapping["reset"] == [0, []]
    assert mapping["loaded"] == [mapping["rows"], ["jawOpen"]]
    saved = json.loads((folder / "demo.mien-mapping.json").read_text())
    assert "jawOpen" in json.dumps(saved)


def test_keys_go_into_a_strip_with_its_influence(seen: Seen):
    keys = seen["keys"]
    assert max(keys["whole"]) > 0.1
    assert keys["half"] == pytest.approx([value / 2 for value in keys["whole"]], abs=2e-3)
    [(_, name, start, influence, blending, muted)] = keys["strips"]
    assert (name, start, influence, blending, muted) == ("demo_speech", 1.0, 0.5, "REPLACE", False)
    assert keys["action"] == []


def test_a_layer_adds_to_the_neck_that_was_turned_by_hand(seen: Seen):
    layer = seen["layer"]
    turned = layer["by_hand"][0]
    assert abs(turned) > 0.5
    assert layer["by_hand"] == pytest.approx([turned] * len(layer["by_hand"]), abs=1e-3)
    assert max(layer["both"]) - min(layer["both"]) > 0.3 * (max(layer["alone"]) - min(layer["alone"])) > 0
    assert min(layer["both"]) > turned / 2 if turned > 0 else max(layer["both"]) < turned / 2
    assert [strip[4] for strip in layer["strips"]] == ["COMBINE"]
    assert layer["cleared"] == pytest.approx(layer["by_hand"], abs=1e-3)
    assert layer["strips_left"] == []


def test_gestures_are_where_they_were_put_and_go_as_they_came(seen: Seen):
    gestures = seen["gestures"]
    still, nodded, both = gestures["still"], gestures["nodded"], gestures["both"]
    assert still == pytest.approx([0, 0, 0], abs=1e-3)
    assert nodded[0] > 0.1
    assert nodded[1:] == pytest.approx([0, 0], abs=1e-3)
    assert both[0] == pytest.approx(nodded[0], abs=1e-3)
    assert both[1] > 0.1
    assert both[2] == pytest.approx(0, abs=1e-3)  # that marker names a style
    assert gestures["shake_left"] == pytest.approx([0, both[1], 0], abs=1e-3)
    assert gestures["undone"] == pytest.approx(both, abs=1e-3)
    assert gestures["none"] == pytest.approx([0, 0, 0], abs=1e-3)
    assert gestures["same_frame"]


def test_a_batch_is_performed_once_and_stopped(evening: tuple[Seen, Path]):
    seen, folder = evening
    batch = seen["batch"]
    names = ["anna_01", "anna_02 (furious)"]
    assert "missing does not exist" in batch["reason"]
    assert batch["checked"] == "All 2 lines can be performed."
    assert batch["said"] == "2 done."
    assert batch["states"] == ["done", "done", *([""] if batch["by_strips"] else [])]
    assert batch["takes"] == names
    assert [(strip[1], strip[2], strip[5]) for strip in batch["strips"]] == [
        (names[0], 101, False), (names[1], 301, False)
    ]  # fmt: skip
    assert {path.name for path in folder.glob("anna*.csv")} == {f"{name}.csv" for name in names}
    assert batch["again"] == "2 done before."
    assert "not begun" in batch["cancelled"]
    assert batch["takes_in_the_end"] == 2


def test_the_key_that_swaps_takes_is_changed_in_the_preferences(seen: Seen):
    assert seen["keys_of_swap"] == ["Y", "J"]


def test_no_python_error_is_in_blenders_log(evening: tuple[Seen, Path]):
    assert "Traceback" not in (evening[1] / "blender.log").read_text(errors="replace")
