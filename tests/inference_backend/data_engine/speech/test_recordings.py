from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from inference_backend.data_engine.speech.recordings import Recordings

SHARED = Path(__file__).parents[5] / "shared" / "data"


@pytest.fixture
def corpus(tmp_path: Path) -> Recordings:
    """Twenty clips of 6 s: tone, pause, tone; the pause lies from 2.9 to 3.1 s."""
    folder = tmp_path / "librispeech"
    folder.mkdir()
    labels = {}
    time = np.arange(6 * 16000) / 16000
    sound = np.where((time > 2.9) & (time < 3.1), 0.0, 0.2 * np.sin(2 * np.pi * 200 * time))
    for i in range(20):
        soundfile.write(folder / f"{i:02d}-1.opus", sound, 16000, format="OGG", subtype="OPUS")
        rows = [[0.0, 2.9, "AA"], [2.9, 3.1, "SIL"], [3.1, 6.0, "IY"]]
        labels[f"{i:02d}-1"] = {"text": "ah ee", "phones": rows}
    (folder / "phones.json").write_text(json.dumps(labels))
    return Recordings(tmp_path)


def test_every_tenth_clip_is_kept_for_measuring_and_every_tenth_for_tuning(corpus: Recordings):
    splits = {p.path.stem: p.split for p in corpus.phrases["librispeech"]}
    assert [s for s, v in splits.items() if v == "measure"] == ["00-1", "10-1"]
    assert [s for s, v in splits.items() if v == "tune"] == ["05-1", "15-1"]


def test_phrases_are_cut_in_pauses_and_phones_move_with_them(corpus: Recordings):
    phrase = corpus.phrases["librispeech"][1]
    track = phrase.track()
    assert (phrase.start_s, phrase.end_s) == (pytest.approx(3.0), 6.0) or phrase.end_s <= 6.0
    pause = next(p for p in track.phones if p.name == "SIL")
    middle = track.samples[round((pause.start_s + 0.02) * 16000) : round((pause.end_s - 0.02) * 16000)]
    assert np.abs(middle).max() < 0.5 * np.abs(track.samples).max()


def test_recordings_of_the_shared_corpora_say_who_and_whose():
    if not SHARED.is_dir():
        pytest.skip("../shared/data is absent")
    recordings = Recordings(SHARED)
    rng = np.random.default_rng(0)
    drawn = [recordings.draw(rng) for _ in range(200)]
    assert len({p.speaker for p in drawn}) > 50
    assert all(p.provenance()["attribution"] for p in drawn)
    assert np.mean([p.end_s - p.start_s for p in drawn]) < 7
    for phrase in drawn[:5]:
        track = phrase.track()
        assert 1.0 < track.seconds < 13
        assert track.phones[-1].end_s <= track.seconds + 0.05
