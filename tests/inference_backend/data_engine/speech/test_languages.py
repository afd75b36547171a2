from __future__ import annotations

import numpy as np
import pytest

from inference_backend.data_engine.speech import alphabets, espeak, festival, languages, texts, voices
from inference_backend.data_engine.speech.phones import BILABIALS, PHONE_ID, ROUNDED, SILENCE


def test_lips_of_other_alphabets():
    assert alphabets.from_espeak("y:", False) == ("UW",)
    assert alphabets.from_espeak("ts.h", False) == ("CH",)
    assert alphabets.from_espeak("pF", False) == ("P", "F")
    assert alphabets.from_espeak("ph", False) == ("P",)
    assert alphabets.from_espeak("_:", False) == (SILENCE,)
    assert alphabets.from_espeak("a", True) == ("AE",)
    assert alphabets.from_espeak("a", False) == ("AA",)
    assert alphabets.from_festival("nf", "it") == ("V",)
    assert alphabets.from_festival("r~", "cs") == ("R", "ZH")
    assert alphabets.from_festival("th", "hi") == ("T",)
    assert alphabets.from_festival("mm", "ru") == ("M",)


@pytest.mark.parametrize("language", list(languages.SENTENCES))
def test_every_language_is_spoken_with_closed_lips_where_it_is_written_so(language: str):
    if not espeak.installed():
        pytest.skip("espeak-ng is not installed")
    voice = next(v for v in voices.catalogue() if v.language == language and v.engine == "espeak")
    text = " ".join(languages.SENTENCES[language][:6])
    spoken = voices.speak(voice.name, [text])[0]
    names = [p.name for p in spoken.phones]
    said = [n for n in names if n != SILENCE]
    assert set(names) <= set(PHONE_ID)
    assert len(said) / len(text) > 0.4  # read, not spelled out or skipped
    assert 6 < len(said) / (len(spoken.samples) / spoken.rate) < 22
    assert BILABIALS & set(said)
    assert ROUNDED & set(said)


@pytest.mark.parametrize("name", list(festival.VOICES))
def test_every_voice_of_festival_speaks_its_language(name: str):
    if not festival.installed(name):
        pytest.skip(f"festival's voice {name} is not installed")
    language = festival.VOICES[name].language
    text = "My mother made a map." if language == "en" else languages.SENTENCES[language][0]
    first, second = voices.speak(f"festival:{name}", [text, text])
    assert np.array_equal(first.samples, second.samples)
    said = [p.name for p in first.phones if p.name != SILENCE]
    assert len(said) > 0.4 * len(text)
    assert BILABIALS & set(said)
    assert first.phones[-1].end_s == pytest.approx(len(first.samples) / first.rate, abs=0.15)


def test_lines_differ_and_read_well():
    rng = np.random.default_rng(0)
    lines = [texts.sentence(rng) for _ in range(3000)]
    assert len(set(lines)) > 2900
    assert sum(line.endswith("?") for line in lines) > 300
    assert sum(line.endswith("!") for line in lines) > 200
    assert sum(any(c.isdigit() for c in line) for line in lines) > 100
    assert not [line for line in lines if "  " in line or " a a" in line or "{" in line]
    assert not set(lines) & set(texts.HELD_OUT)
