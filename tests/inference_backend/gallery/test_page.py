"""The page: what it lists, what it leaves out, and how it plays in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mien.inference_backend.gallery import page
from mien.inference_backend.gallery.clip import Clip, Section

from tests.inference_backend.gallery.browser import Browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CLIPS = tuple(Clip("bread", "man", style, "man", heading=style) for style in ("happy", "<b>sad</b>", "angry"))
SECTION = Section("one", "One & only", "Look at the <mouth>.", CLIPS, together=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / page.FILMS).mkdir()
    for clip in CLIPS[:2]:
        (tmp_path / page.FILMS / f"{clip.name('look')}.mp4").write_bytes(b"film")
    return tmp_path


def test_only_films_that_are_there_are_shown_and_texts_are_escaped(folder: Path) -> None:
    text = page.write([SECTION], folder, "look").read_text(encoding="utf-8")
    assert text.count("<figure ") == 2
    assert "&lt;b&gt;sad&lt;/b&gt;" in text
    assert "One &amp; only" in text
    assert "<mouth>" not in text
    assert CLIPS[2].name("look") not in text
    assert "http" not in text.replace("http-equiv", "")


def test_a_section_without_films_is_left_out(folder: Path) -> None:
    empty = Section("two", "Nothing yet", "", (Clip("news", "man", "bored", "man"),))
    assert "Nothing yet" not in page.write([SECTION, empty], folder, "look").read_text(encoding="utf-8")


def test_a_whole_page_clears_out_old_films_and_a_part_keeps_them(folder: Path) -> None:
    old = folder / page.FILMS / "old.mp4"
    old.write_bytes(b"film")
    page.write([SECTION], folder, "look", partial=True)
    assert old.exists()
    page.write([SECTION], folder, "look")
    assert [path.stem for path in sorted(old.parent.iterdir())] == sorted(clip.name("look") for clip in CLIPS[:2])


def _film(path: Path, shade: int) -> None:
    import av

    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        film: Any = container.add_stream("libx264", rate=Fraction(20))
        film.width = film.height = 64
        film.pix_fmt = "yuv420p"
        for k in range(40):
            picture = np.full((64, 64, 3), shade + 2 * k, np.uint8)
            container.mux(film.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(film.encode())


@pytest.fixture
def browser(folder: Path) -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium to open the page in")
    pytest.importorskip("av", reason="no av to make films with")
    for clip, shade in zip(CLIPS, (20, 80, 140), strict=True):
        _film(folder / page.FILMS / f"{clip.name('look')}.mp4", shade)
    opened = Browser(CHROMIUM, page.write([SECTION], folder, "look"))
    yield opened
    opened.close()


PLAYING = "[...document.querySelectorAll('video')].map(v => !v.paused)"
HEARD = "[...document.querySelectorAll('video')].map(v => !v.muted)"


def test_films_play_by_keys_in_a_browser(browser: Any) -> None:
    assert browser.run("new Promise(d => { const v = [...document.querySelectorAll('video')]; const t = setInterval("
                       "() => { if (v.every(x => x.readyState >= 1)) { clearInterval(t); d(v.map(x => x.duration)) } },"
                       " 50) })") == pytest.approx([2.0] * 3, abs=0.1)  # fmt: skip
    browser.run("document.querySelectorAll('figure')[1].focus()")
    browser.press(" ", "Space", " ")
    assert browser.run(PLAYING) == [False, True, False]
    assert (
        browser.run("new Promise(d => setTimeout(() => d(document.querySelectorAll('video')[1].currentTime), 500))") > 0
    )
    browser.press("ArrowRight", "ArrowRight")
    browser.press("p", "KeyP", "p")
    assert browser.run(PLAYING) == [True, True, True]
    assert browser.run(HEARD) == [False, False, True]
    browser.press("m", "KeyM", "m")
    assert browser.run(HEARD) == [True, False, False]
    browser.press("Escape", "Escape")
    assert browser.run(PLAYING) == [False, False, False]


def test_the_button_plays_a_row_from_its_start(browser: Any) -> None:
    browser.run("document.querySelector('button').click()")
    assert browser.run(PLAYING) == [True, True, True]
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")
