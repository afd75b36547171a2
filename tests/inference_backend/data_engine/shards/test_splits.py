from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference_backend.data_engine.clip import Clip
from inference_backend.data_engine.prompts.prompt import Prompt
from inference_backend.data_engine.prompts.words import HELD_OUT_WORDS
from inference_backend.data_engine.shards.config import PackConfig, source_of
from inference_backend.data_engine.shards.splits import (
    MEASURED,
    NO_CURVES,
    PROMPT_HELD,
    PROMPT_TAUGHT,
    REJECTED,
    WORD_HELD,
    Splits,
    has_held_out_word,
)

CONFIG = PackConfig(validation_share=0.15, test_share=0.15)
SOMEWHERE = Path("a.npz")


def clip(i: int, text: str, speaker: str, source: str = "tts", **changes) -> Clip:
    return Clip(id=f"c{i}", prompt=Prompt(text), speaker=speaker, motion=SOMEWHERE,
                provenance={"source": source, **changes})  # fmt: skip


def corpus() -> list[Clip]:
    rng = np.random.default_rng(0)
    texts = [f"prompt {i}" for i in range(1500)] + ["happy", "sad", "S = man | E = angry"] * 100
    clips = [clip(i, texts[rng.integers(len(texts))], f"flite:v{rng.integers(40)}") for i in range(2000)]
    return clips + [clip(5000 + i, "", f"flite:v{rng.integers(40)}") for i in range(50)]


def placed(clips: list[Clip], config: PackConfig = CONFIG) -> dict[str, list[Clip]]:
    splits, found = Splits(iter(clips), config), {}
    for one in clips:
        split, reason = splits.of(one)
        found.setdefault(split or reason, []).append(one)
    return found


def test_no_speaker_and_no_prompt_is_on_both_sides():
    found = placed(corpus())
    held = found["validation"] + found["test"]
    assert not {c.speaker for c in found["train"]} & {c.speaker for c in held}
    assert not {c.prompt.text for c in found["train"] if c.prompt.text} & {c.prompt.text for c in held}
    assert "" in {c.prompt.text for c in held}  # no prompt is nobody's prompt
    assert "" in {c.prompt.text for c in found["train"]}


def test_few_clips_are_left_out_for_it():
    found = placed(corpus())
    left_out = len(found[PROMPT_HELD]) + len(found[PROMPT_TAUGHT])
    assert 0 < left_out < 0.35 * 2050  # many texts here come more than once
    assert len(found["train"]) > 0.5 * 2050
    unique = placed([clip(i, f"prompt {i}", f"v{i % 40}") for i in range(400)])
    assert {*unique} == {"train", "validation", "test"}


def test_a_clips_split_does_not_depend_on_order():
    clips = corpus()
    one, other = placed(clips), placed(clips[::-1])
    assert {k: sorted(c.id for c in v) for k, v in one.items()} == {
        k: sorted(c.id for c in v) for k, v in other.items()
    }


def test_spelling_does_not_hide_a_prompt():
    clips = [clip(0, "A Calm  woman.", "a"), clip(1, "a calm woman", "b"), clip(2, "other", "c")]
    found = placed(clips, PackConfig(train=("a", "c"), test=("b",)))
    assert len({"c0", "c1"} & {c.id for split in ("train", "test") for c in found.get(split, [])}) == 1


def test_held_out_words_never_reach_train():
    word = sorted(HELD_OUT_WORDS)[0]
    assert has_held_out_word(f"A {word.upper()}, old man")
    assert not has_held_out_word("a happy man")
    clips = [clip(0, f"a {word} man", "a"), clip(1, f"a {word} man", "b"), clip(2, "a happy man", "a")]
    found = placed(clips, PackConfig(train=("a",), test=("b",)))
    assert [c.id for c in found["train"]] == ["c2"]
    assert [c.id for c in found["test"]] == ["c1"]
    assert [c.id for c in found[WORD_HELD]] == ["c0"]


def test_clips_kept_for_measuring_stay_out_of_train():
    mixed = [clip(0, "x", "a", held_out=True), clip(1, "y", "a"), clip(2, "z", "b")]
    measured = [clip(3, "w", "c", held_out=True), clip(4, "v", "c", held_out=True)]
    found = placed(mixed + measured, PackConfig(train=("a", "b")))
    assert [c.id for c in found[MEASURED]] == ["c0"]
    assert [c.id for c in found["test"]] == ["c3", "c4"]


def test_a_source_of_one_speaker_teaches():
    for i in range(20):
        found = placed([clip(0, "x", f"grid:s{i}", "grid"), *(clip(j, f"y{j}", f"v{j}") for j in range(1, 30))])
        assert f"grid:s{i}" in {c.speaker for c in found["train"]}


def test_rejected_and_motionless_clips_are_left_out_and_clips_without_speaker_go_by_themselves():
    clips = [clip(i, f"p{i}", "", "wordless") for i in range(200)]
    clips += [clips[0].replace(id="r", rejected="It is blurred."), clips[0].replace(id="m", motion=None)]
    found = placed(clips)
    assert [c.id for c in found[REJECTED]] == ["r"]
    assert [c.id for c in found[NO_CURVES]] == ["m"]
    assert all(len(found[split]) > 10 for split in ("train", "validation", "test"))
    assert placed([], CONFIG) == {}


def test_wordless_clips_are_nobodys():
    clips = [clip(i, f"p{i}", "wordless:music", "", kind="wordless") for i in range(200)]
    found = placed(clips)
    assert all(len(found[split]) > 10 for split in ("train", "validation", "test"))


@pytest.mark.parametrize(
    ("provenance", "source"),
    [
        ({"teacher": "procedural", "kind": "speech", "voice": "flite:kal16"}, "tts"),
        ({"teacher": "procedural", "kind": "recording", "corpus": "grid_s1"}, "grid_s1"),
        ({"teacher": "procedural", "kind": "laughter"}, "laughter"),
        ({"teacher": "diffusers:wan", "kind": "speech"}, "diffusers"),
        ({"teacher": "folder"}, "folder"),
        ({}, "unknown"),
    ],
)
def test_a_clips_family_is_its_film_teacher_or_where_its_sound_is_from(provenance: dict, source: str):
    assert source_of(Clip("a", provenance=provenance)) == source
