from __future__ import annotations

import re

import pytest

from inference_backend.data_engine.procedural.emotions import EMOTIONS
from inference_backend.data_engine.prompts import words


def test_clusters_are_those_that_the_teacher_can_act():
    assert set(words.CLUSTERS) == set(EMOTIONS) | {"focused"}
    assert set(words.LOOKS) == set(words.CLUSTERS) == set(words.HELD_OUT)


def test_tables_are_as_large_as_the_engine_promises():
    assert len(words.SUBJECTS) == 90
    assert set(words.SUBJECTS.values()) == set(words.PRONOUNS)
    assert {cluster: len(row) for cluster, row in words.TAUGHT.items()} == dict.fromkeys(words.CLUSTERS, 8)
    assert len({f.adjective for row in words.TAUGHT.values() for f in row}) == 200
    assert len(words.INTENSITIES) == len({i.adverb for i in words.INTENSITIES.values()}) == 36


def test_synonyms_are_further_words_of_every_cluster():
    assert set(words.SYNONYMS) == set(words.CLUSTERS)
    further = [f.adjective for row in words.SYNONYMS.values() for f in row]
    assert len(further) == len(set(further)) >= 300
    assert not set(further) & {
        f.adjective for table in (words.TAUGHT, words.HELD_OUT) for r in table.values() for f in r
    }


def test_intensities_are_spread_evenly_over_the_scale():
    levels = [i.level for i in words.INTENSITIES.values()]
    assert levels == sorted(levels)
    assert min(levels) <= 0.1
    assert max(levels) == 1
    assert [sum(words.level_group(level) == group for level in levels) for group in words.LEVELS] == [12, 12, 12]


def test_attributes_that_share_a_prompt_share_no_word():
    feelings, intensities = set(words.FEELINGS), set(words.INTENSITIES)
    assert not feelings & intensities


@pytest.mark.parametrize("old", ["jolly", "grinning", "dejected", "irate", "astounded", "horrified", "revolted",
                                 "exhausted", "thrilled", "anxious", "puzzled", "grave"])  # fmt: skip
def test_words_once_held_out_stay_held_out(old: str):
    assert old in words.HELD_OUT_WORDS


def test_stems_cover_every_inflection_of_held_out_words():
    for feeling in (f for row in words.HELD_OUT.values() for f in row):
        for word in filter(None, (feeling.adjective, feeling.noun, feeling.adverb)):
            assert any(word.startswith(stem) for stem in feeling.stems), word


def test_no_wording_holds_a_held_out_stem():
    stems = re.compile(r"\b(?:" + "|".join(words.HELD_OUT_STEMS) + ")")
    manners = [*words.DELIVERIES.values(), *words.GAZES.values(), *words.HEADS.values(), *words.DETAILS.values()]
    manners += [manner for gesture in words.GESTURES.values() for manner in gesture]
    phrases = [p for m in manners for p in (*m.finite, *m.phrases, *m.tags, *m.adverbs)]
    phrases += [p for row in (*words.LOOKS.values(), *words.TRACES.values(), *words.BLENDS.values()) for p in row]
    spoken = [f for table in (words.TAUGHT, words.SYNONYMS) for row in table.values() for f in row]
    phrases += [w for f in spoken for w in (f.adjective, f.noun, f.adverb)]
    phrases += [p for table in words.VOCALS.values() for row in table for p in row]
    phrases += [*words.SUBJECTS, *words.INTENSITIES, *(i.adverb for i in words.INTENSITIES.values())]
    assert not [p for p in phrases if stems.search(p)]


def test_blends_join_clusters_that_exist():
    for emotion, blend in words.BLENDS:
        assert emotion in words.CLUSTERS
        assert blend in words.CLUSTERS
        assert emotion != blend
