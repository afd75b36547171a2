from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from inference_backend.contract import MienError
from inference_backend.data_engine.speech import espeak, festival, voices
from inference_backend.data_engine.speech.phones import Phone
from inference_backend.data_engine.speech.track import from_spoken

ENGINES = {name.partition(":")[0]: name for name in reversed(voices.available())}


@pytest.mark.parametrize("engine", ["flite", "espeak", "festival"])
def test_phones_cover_the_sound_and_stops_are_quiet(engine: str):
    if engine not in ENGINES:
        pytest.skip(f"{engine} is not installed")
    spoken = voices.speak(ENGINES[engine], ["a papa, a papa, a papa"])[0]
    assert sum(p.name == "P" for p in spoken.phones) == 6
    for before, after in zip(spoken.phones, spoken.phones[1:], strict=False):
        assert after.start_s >= before.start_s
    level = lambda p: np.abs(spoken.samples[int(p.start_s * spoken.rate) : int(p.end_s * spoken.rate)]).mean()  # noqa: E731
    stops = np.mean([level(p) for p in spoken.phones if p.name == "P"])
    vowels = np.mean([level(p) for p in spoken.phones if p.name in ("AA", "AH", "AE", "AO")])
    assert stops < 0.5 * vowels


def test_stretch_makes_speech_slower():
    name = ENGINES.get("espeak") or ENGINES.get("flite")
    if name is None:
        pytest.skip("no speech engine is installed")
    fast, slow = (voices.speak(name, ["good morning everybody"], s)[0] for s in (0.8, 1.4))
    assert len(slow.samples) > 1.3 * len(fast.samples)


def test_resampling_a_voice_keeps_phones_on_their_sounds():
    spoken = voices.Spoken(np.zeros(1000, np.float32), 1000, [Phone(0.1, 0.5, "AA")], "x")
    longer = from_spoken(spoken, 1.2)
    assert len(longer.samples) == 1.2 * 16000
    assert longer.phones[0].start_s == pytest.approx(0.12)


def test_an_absent_voice_gets_a_sentence():
    with pytest.raises(MienError, match="not installed"):
        voices.speak("flite:nobody", ["hello"])


def test_espeak_is_started_again_after_it_died():
    if not espeak.installed():
        pytest.skip("espeak-ng is not installed")
    before = espeak.speak("en-us", "once more")
    espeak._process(os.getpid())._child.kill()
    with pytest.raises(MienError, match="ended while it spoke"):
        espeak.speak("en-us", "once more")
    assert np.array_equal(espeak.speak("en-us", "once more").samples, before.samples)


@pytest.mark.parametrize("name", ["kal_diphone", "suo_fi_lj_diphone"])
def test_festival_speaks_where_temporary_files_lie_in_a_folder_of_any_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if not festival.installed(name):
        pytest.skip(f"the voice {name} of festival is not installed")
    before = festival.speak(name, "papa")
    (tmp_path / "kääntäjä 日本").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "kääntäjä 日本"))
    assert np.array_equal(festival.speak(name, "papa").samples, before.samples)
