from __future__ import annotations

import itertools
import re
from collections import Counter

import numpy as np
import pytest

from inference_backend.data_engine.prompts import sampling, words
from inference_backend.data_engine.prompts.grammar import differ_by_one_word
from inference_backend.data_engine.prompts.prompt import Attributes, Prompt

FIELDS = {"cluster": "emotion"}


@pytest.fixture(scope="module", params=[1, 7])
def thousand(request: pytest.FixtureRequest) -> list[Prompt]:
    return sampling.sample(1000, request.param)


def value(attributes: Attributes, name: str) -> str:
    if name == "level":
        return words.level_group(attributes.level) if attributes.intensity else ""
    return getattr(attributes, FIELDS.get(name, name))


def counts(prompts: list[Prompt], *names: str) -> np.ndarray:
    """Count values, or combinations of values, of attributes."""
    values = sampling.plan().values
    found = Counter(tuple(value(p.attributes, name) for name in names) for p in prompts)
    table = np.zeros([len(values[name]) for name in names])
    for key, count in found.items():
        table[tuple(values[name].index(v) for name, v in zip(names, key, strict=True))] = count
    return table


@pytest.mark.parametrize("name", sampling.REST)
def test_values_are_uniform_at_a_thousand_prompts(thousand: list[Prompt], name: str):
    resting, *others = counts(thousand, name)
    assert np.ptp(others) <= 0.2 * np.mean(others)
    assert np.abs(others / np.mean(others) - 1).max() <= 0.1
    assert abs(resting / 1000 / sampling.REST[name] - 1) <= 0.1


def test_words_subjects_and_clusters_are_exact_at_a_thousand_prompts(thousand: list[Prompt]):
    assert set(counts(thousand, "feeling")[1:]) == {4}
    assert set(counts(thousand, "subject")[1:]) == {7}
    assert set(counts(thousand, "cluster")[1:]) == {32}


@pytest.mark.parametrize(("count", "seed"), [(997, 1), (997, 5), (1500, 3)])
def test_any_number_of_prompts_is_as_even_as_whole_numbers_let_it(count: int, seed: int):
    prompts = [Prompt(attributes=a) for a in sampling.draw_attributes(count, seed)]
    for name in sampling.REST:
        others = counts(prompts, name)[1:]
        expected = count * (1 - sampling.REST[name]) / len(others)
        assert np.abs(others - expected).max() <= max(2.0, 0.1 * expected), name


def test_pairs_are_much_more_even_than_chance(thousand: list[Prompt]):
    plan, names = sampling.plan(), list(sampling.REST)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            if {one, other} in ({"cluster", "feeling"}, {"level", "intensity"}, {"cluster", "vocal"}):
                continue  # one follows from the other; or blends make exceptions
            expected = 1000 * plan.pairs[plan.spans[one], plan.spans[other]]
            found, possible = counts(thousand, one, other), expected > 1e-6
            if "feeling" not in (one, other):
                assert not found[~possible].any(), (one, other)
            error, part = (found - expected)[possible], (expected % 1)[possible]
            least, chance = np.mean(part * (1 - part)), np.mean(expected[possible])  # variances: whole numbers, lots
            assert np.mean(error**2) - least < 0.35 * (chance - least), (one, other)
            assert np.abs(error).max() <= max(4.0, 0.1 * expected[possible].max()), (one, other)


def test_emotion_and_level_of_intensity_are_balanced_together(thousand: list[Prompt]):
    table = counts(thousand, "cluster", "level")[2:]  # neither nothing nor neutral has a degree
    assert np.abs(table - 8).max() <= 2


def test_no_prompt_makes_nonsense(thousand: list[Prompt]):
    for attributes in (p.attributes for p in thousand):
        assert attributes.emotion not in ("", "neutral") or not attributes.intensity
        assert not attributes.feeling or words.FEELINGS[attributes.feeling].cluster == attributes.emotion
        assert not attributes.blend or (attributes.emotion, attributes.blend) in words.BLENDS
        if attributes.vocal == "laughs" and attributes.emotion in ("sad", "tearful", "angry", "disgusted"):
            assert attributes.blend in ("happy", "amused")


def test_level_is_what_the_intensity_word_means(thousand: list[Prompt]):
    for attributes in (p.attributes for p in thousand):
        word = words.INTENSITIES.get(attributes.intensity)
        assert attributes.level == (word.level if word else words.ABSENT_LEVEL)


def test_no_training_prompt_holds_a_held_out_word_in_any_inflection():
    stems = re.compile(r"\b(?:" + "|".join(words.HELD_OUT_STEMS) + ")", re.IGNORECASE)
    prompts = sampling.sample(2000, 11)
    assert not [p.text for p in prompts if stems.search(p.text)]
    assert not {p.attributes.feeling for p in prompts} & words.HELD_OUT_WORDS


def test_the_same_seed_gives_the_same_prompts_and_another_gives_others(thousand: list[Prompt]):
    assert sampling.sample(300, 1) == sampling.sample(300, 1) != sampling.sample(300, 2)


def test_a_longer_sample_begins_with_the_shorter_one():
    assert sampling.sample(1100, 6)[:300] == sampling.sample(300, 6)


def test_texts_hardly_repeat_and_forms_are_many(thousand: list[Prompt]):
    assert len({p.text for p in thousand}) >= 970
    assert len({p.form for p in thousand}) >= 180


def test_some_prompts_repeat_the_one_before_but_for_one_word(thousand: list[Prompt]):
    pairs = [(a, b) for a, b in itertools.pairwise(thousand) if differ_by_one_word(a.text, b.text)]
    assert len(pairs) >= 10
    assert all(a.attributes != b.attributes for a, b in pairs)
