"""Tables as spreadsheets write them."""

from __future__ import annotations

import pytest

pytest.importorskip("bpy")  # the add-on's folder can be imported without it, its batches cannot

from mien.addon.batch import table


def only(text):
    (line,) = table.parse(text).lines
    return line


def test_all_columns_are_read():
    line = only(
        "name,character,sound,style,seed,start_frame,range,output,strength,head_motion,lips,upper,gaze,blinks\n"
        'L1,Anna,a.wav,"weary, nodding",7,12.5,2.5-8,a.fbx; b.csv,0.5,0.1,1.2,0.3,0.4,0\n'
    )
    assert (line.number, line.name, line.character, line.sound, line.style) == (
        2,
        "L1",
        "Anna",
        "a.wav",
        "weary, nodding",
    )
    assert (line.seed, line.start_frame, line.start_s, line.end_s) == (7, 12.5, 2.5, 8.0)
    assert line.outputs == ("a.fbx", "b.csv")
    assert dict(line.amounts) == {
        "strength": 0.5, "head_motion": 0.1, "lips": 1.2, "upper": 0.3, "gaze": 0.4, "blinks": 0.0,
    }  # fmt: skip
    assert line.problem == ""


def test_what_is_left_out_has_its_default():
    line = only("Sound\nvoices/Anna 01.wav\n")
    assert (line.name, line.character, line.seed, line.start_frame, line.end_s) == ("Anna 01", "", 0, None, None)
    assert line.outputs == ()


def test_spreadsheets_of_other_countries_are_read():
    line = only("\ufeffsound;strength;range\na.wav;0,5;1,5-2,25\n".lstrip("\ufeff"))
    assert dict(line.amounts) == {"strength": 0.5}
    assert (line.start_s, line.end_s) == (1.5, 2.25)
    assert only("sound\tseed\na.wav\t3\n").seed == 3


@pytest.mark.parametrize(("cell", "wanted"), [("2-", (2.0, None)), ("-3.5", (0.0, 3.5)), ("1..2", (1.0, 2.0))])
def test_open_ranges(cell, wanted):
    line = only(f"sound,range\na.wav,{cell}\n")
    assert (line.start_s, line.end_s) == wanted


def test_cues_are_seconds_and_styles():
    line = only('sound,cues\na.wav,"8 : whispering, slowly | 3,2: furious;"\n')
    assert line.cues == ((3.2, "furious"), (8.0, "whispering, slowly"))
    assert only("sound,cues\na.wav,\n").cues == ()


def test_empty_rows_and_remarks_are_skipped_and_rows_keep_their_numbers():
    lines = table.parse("sound,style\n\n# later,\na.wav,weary\n,\nb.wav,\n").lines
    assert [(line.number, line.sound) for line in lines] == [(4, "a.wav"), (6, "b.wav")]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (",,,", None),
        ("a.wav,x,,", "seed must be a number"),
        ("a.wav,1.5,,", "whole number"),
        ("a.wav,1,soon,", "range must be seconds"),
        ("a.wav,1,8-2,", "ends before it begins"),
        ("a.wav,1,,loud", "strength must be a number"),
        (",1,,", "names no sound"),
        ("a.wav,1,,,later: calm", "cues must be seconds and styles"),
        ("a.wav,1,,,2:", "cues must be seconds and styles"),
    ],
)
def test_a_bad_row_is_a_problem_of_that_row_alone(row, sentence):
    lines = table.parse(f"sound,seed,range,strength,cues\n{row}\ngood.wav,1,,\n").lines
    assert lines[-1].problem == ""
    if sentence:
        assert sentence in lines[0].problem


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("sound\n", "no rows"),
        ("character,style\nAnna,x\n", "needs a column 'sound'"),
        ("sound,strenght\na.wav,1\n", "did you mean 'strength'"),
        ("sound,Sound\na,b\n", "twice"),
    ],
)
def test_a_table_that_is_wrong_as_a_whole(text, sentence):
    with pytest.raises(table.BadTable, match=sentence):
        table.parse(text)


def test_other_columns_are_told(tmp_path):
    read = table.parse("sound,spoken text,notes\na.wav,Hello,\n")
    assert read.ignored == ("spoken text", "notes")


def test_files_that_are_no_table(tmp_path):
    with pytest.raises(table.BadTable, match="There is no table"):
        table.read(tmp_path / "no.csv")
    (tmp_path / "utf16.csv").write_bytes("sound\nä.wav\n".encode("utf-16"))
    with pytest.raises(table.BadTable, match="UTF-8"):
        table.read(tmp_path / "utf16.csv")
