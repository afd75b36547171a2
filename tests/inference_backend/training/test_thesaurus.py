"""Further words of feeling: near to known ones in the dictionary, read like them, and never held out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs PyTorch")

from inference_backend.data_engine.prompts import words
from inference_backend.training.thesaurus import further_words

ADJECTIVES = (
    "00000001 00 a 02 happy 0 gladsome 0 001 & 00000002 a 0000 | showing joy  \n"
    "00000002 00 s 03 rejoicing 0 jolly 0 cuboid 0 001 & 00000001 a 0000 | joyful indeed  \n"
    "00000003 00 a 02 angry 0 wroth 0 000 | showing anger  \n"
)


@pytest.fixture
def wordnet(tmp_path: Path) -> Path:
    """Write a dictionary of three sets of synonyms."""
    for name, rows in (("adj", ADJECTIVES), ("noun", ""), ("adv", ""), ("verb", "")):
        (tmp_path / f"data.{name}").write_text(rows, encoding="utf-8")
    return tmp_path


def _read(text: str) -> np.ndarray:
    """One state: a known word is read as its cluster, "cuboid" as nothing that is known."""
    clusters = {f.adjective: c for table in (words.TAUGHT, words.SYNONYMS) for c, row in table.items() for f in row}
    clusters |= {"gladsome": "happy", "rejoicing": "happy", "jolly": "happy", "wroth": "happy"}
    said = [words.CLUSTERS.index(clusters[word]) for word in text.split() if word in clusters]
    states = np.zeros((1, len(words.CLUSTERS) + 1), np.float32)
    states[0, said or -1] = 1
    return states


def test_words_are_found_where_dictionary_and_encoder_agree(wordnet: Path):
    found = further_words(wordnet, _read)
    assert found["happy"] == ["gladsome", "rejoicing"]  # jolly measures, cuboid is read as no feeling
    assert found["angry"] == []  # "wroth" is read otherwise
    assert set(found) == set(words.CLUSTERS)
