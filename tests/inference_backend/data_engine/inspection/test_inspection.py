from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile

from inference_backend.data_engine import shards
from inference_backend.data_engine.clip import Clip, making_of, write_part
from inference_backend.data_engine.inspection.rows import NothingThere, Row, left_out, rows
from inference_backend.data_engine.inspection.tally import tally
from inference_backend.data_engine.prompts.prompt import Attributes, Prompt
from inference_backend.data_engine.shards import PackConfig
from inference_backend.data_engine.shards.splits import REJECTED
from tests.inference_backend.data_engine import corpus

pytest.importorskip("matplotlib")
from inference_backend.data_engine.inspection import Report, inspect


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = corpus.stage(tmp_path_factory.mktemp("corpus") / "filter", 40, 1.2)
    part = folder / "part-00009"
    making_of(part).mkdir()
    reasons = ["The face is 31 pixels wide.", "The face is 44.5 pixels wide.", "Two <faces> are seen."]
    write_part([corpus.clip(900 + i, making_of(part), 0.4, rejected=r) for i, r in enumerate(reasons)], part)
    return folder


@pytest.fixture(scope="module")
def report(stage: Path) -> Report:
    return inspect(stage, stage.parent / "looked")


def test_totals_count_what_was_kept_and_why_the_rest_was_not(stage: Path):
    total = tally(rows(stage))
    assert (total.clips, total.rejected) == (40, 3)
    assert total.hours == pytest.approx(40 * 1.2 / 3600)
    assert total.rejects == {"The face is … pixels wide.": 2, "Two <faces> are seen.": 1}
    assert set(total.groups["speakers"]) == {"flite", "espeak"}
    for name in ("speakers", "language", "vocal", "emotion"):
        assert sum(group.clips for group in total.groups[name].values()) == 40
        assert sum(group.hours for group in total.groups[name].values()) == pytest.approx(total.hours)
    assert total.durations.sum() == total.durations[2] == 40  # 1 to 1.5 s
    assert len({row.attributes.vocal for row in total.samples}) == 4  # each that there is


def test_shards_tell_the_same_as_the_stage(stage: Path, tmp_path: Path):
    index = shards.pack(stage, tmp_path / "shards", PackConfig(clips_per_shard=9))
    packed, total = tally(rows(tmp_path / "shards")), tally(rows(stage))
    assert index["left_out"] == left_out(tmp_path / "shards") == {REJECTED: 3}
    assert packed.attributes == total.attributes
    assert {row.id for row in packed.samples} == {row.id for row in total.samples}
    assert sum(group.clips for group in packed.groups["split"].values()) == 40
    for one, other in zip(sorted(packed.samples, key=by_id), sorted(total.samples, key=by_id), strict=True):
        for name in ("samples", "values", "head"):
            assert np.array_equal(getattr(one.media(), name), getattr(other.media(), name))


def by_id(row: Row) -> str:
    return row.id


def test_the_text_names_the_totals(report: Report):
    text = report.text
    assert text.startswith("40 clips, 0.01 hours, ")
    assert re.search(r"^  whispers +\d+ +0\.0", text, re.M)
    assert re.search(r"^ +2  The face is … pixels wide\.", text, re.M)


def test_the_picture_is_not_empty(report: Report):
    image = pytest.importorskip("PIL.Image")
    pixels = np.asarray(image.open(report.picture).convert("RGB"))
    assert pixels.shape[1] == 1650
    assert len(np.unique(pixels[::3, ::3].reshape(-1, 3), axis=0)) > 50
    white = (pixels == 255).all(2).mean()
    assert 0.5 < white < 0.95


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sources: dict[str, list[str]] = {}
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sources.setdefault(tag, []).append(dict(attrs).get("src") or "")
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_needs_nothing_beside_it_and_plays_sounds(report: Report):
    text = report.page.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert page.open == []
    assert all(s.startswith("data:") for tag in ("img", "audio") for s in page.sources[tag])
    assert "http" not in text
    assert "Two &lt;faces&gt; are seen." in text
    sound = base64.b64decode(page.sources["audio"][0].partition(",")[2])
    samples, rate = soundfile.read(io.BytesIO(sound))
    assert (rate, samples.size > 16000) == (16000, True)
    assert len(text) < 2_000_000


def test_prompts_alone_can_be_inspected(tmp_path: Path):
    clips = [Clip(f"p{i}", Prompt(f"prompt {i}", Attributes(emotion="happy", level=0.5))) for i in range(30)]
    write_part(clips, tmp_path / "prompts" / "part-00000")
    report = inspect(tmp_path / "prompts", tmp_path / "out")
    assert report.total.clips == 30
    assert "<audio" not in report.page.read_text()
    assert "prompt " in report.page.read_text()


def test_films_get_a_still_and_broken_ones_do_not_matter(tmp_path: Path):
    av = pytest.importorskip("av")
    pytest.importorskip("PIL")
    film = tmp_path / "film.mp4"
    with av.open(str(film), "w") as out:
        stream = out.add_stream("mpeg4", 25)
        stream.width, stream.height = 64, 48
        for _ in range(10):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), "rgb24")))
        out.mux(stream.encode())
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")
    clips = [Clip("a", video=film), Clip("b", video=broken, rejected="It cannot be read.")]
    write_part(clips, tmp_path / "perform" / "part-00000")
    text = inspect(tmp_path / "perform", tmp_path / "out").page.read_text()
    assert text.count("data:image/jpeg") == 1


def test_a_folder_with_nothing_in_it_is_told_in_a_sentence(tmp_path: Path):
    with pytest.raises(NothingThere, match="neither parts of a stage nor shards"):
        inspect(tmp_path, tmp_path / "out")
