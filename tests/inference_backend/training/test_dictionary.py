"""The dictionary: what is read of WordNet's files, and which texts mean the same."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs PyTorch")

from inference_backend.training.dictionary import meanings, near_to, same_in_meaning

LICENCE = "  1 This software and database is being provided to you under the following license.  \n"
ADJECTIVES = (
    '00001740 00 a 01 glad 0 001 & 00002000 a 0000 | showing joy; "a glad face"  \n'
    "00002000 00 s 02 over_the_moon 0 chuffed(p) 0 002 & 00001740 a 0000 + 00003000 n 0101 | very pleased indeed  \n"
)
NOUNS = (
    "00003000 12 n 01 gladness 0 000 | a feeling of joy  \n"
    "00004000 06 n 01 hammer 0 000 | a tool to drive nails with  \n"
)  # fmt: skip


@pytest.fixture
def wordnet(tmp_path: Path) -> Path:
    """Write a dictionary of four entries, one of them about no person."""
    for name, rows in (("adj", ADJECTIVES), ("noun", NOUNS), ("adv", ""), ("verb", "")):
        (tmp_path / f"data.{name}").write_text(LICENCE + rows, encoding="utf-8")
    return tmp_path


def test_meanings_about_people_are_read(wordnet):
    read = meanings(wordnet)
    assert list(read) == ["data.adj 00001740", "data.adj 00002000", "data.noun 00003000"]
    chuffed = read["data.adj 00002000"]
    assert chuffed.words == ("over the moon", "chuffed")
    assert chuffed.definition == "very pleased indeed"
    assert chuffed.similar == ("data.adj 00001740",)
    assert read["data.adj 00001740"].definition == "showing joy"


def test_words_mean_their_definitions_synonyms_and_heads(wordnet):
    pairs = list(same_in_meaning(meanings(wordnet)))
    said = {(word, same) for word, same, _ in pairs}
    assert {("over the moon", "chuffed"), ("chuffed", "glad"), ("chuffed", "very pleased indeed")} <= said
    assert ("gladness", "a feeling of joy") in said
    assert {cluster for word, _, cluster in pairs if word in ("glad", "chuffed")} == {"data.adj 00001740"}


def test_another_folder_is_no_dictionary(tmp_path):
    with pytest.raises(FileNotFoundError):
        meanings(tmp_path)


def test_adjectives_stand_near_to_known_ones(wordnet):
    near = near_to(meanings(wordnet), {"chuffed", "gladness"})
    assert near == {"over the moon", "chuffed", "glad"}
    assert near_to(meanings(wordnet), {"glad"}) == near
    assert near_to(meanings(wordnet), {"gladness"}) == set()  # no adjective
