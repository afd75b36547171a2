"""Lessons from a dictionary: rare words move to what they mean, captions stay what they were."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs PyTorch")

from inference_backend.data_engine.prompts.prompt import Attributes, Prompt  # noqa: E402
from inference_backend.generator.networks import WEIGHTS  # noqa: E402
from inference_backend.training import lexical  # noqa: E402
from inference_backend.training.lexical import LexicalConfig, Reader, learn_words  # noqa: E402

from .test_dictionary import wordnet  # noqa: E402, F401

pytestmark = pytest.mark.skipif(
    not (WEIGHTS / "tokenizer.json").is_file(), reason="the sentence encoder is not in this checkout"
)


class Bag(torch.nn.Module):
    """Token states that know nothing of their neighbours."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.table = torch.nn.Embedding(30522, 32)

    def forward(self, ids, mask):
        return self.table(ids)


def _near(encoder: Bag, one: str, other: str) -> float:
    with torch.no_grad():
        a, b = (lexical._meaning(encoder, *Reader(WEIGHTS).read_in([text], ["{}"])) for text in (one, other))
    return float((a * b).sum())


def test_synonyms_meet_and_captions_stay(wordnet: Path, monkeypatch):  # noqa: F811
    captions = [Prompt(text="a person speaks", attributes=Attributes())]
    monkeypatch.setattr(lexical, "sample", lambda count, seed: captions)
    encoder = Bag()
    before = copy.deepcopy(encoder)
    learn_words(encoder, WEIGHTS, wordnet, LexicalConfig(minutes=0.3, batch=8, captions=2, rate=0.01))
    assert _near(encoder, "chuffed", "glad") > _near(before, "chuffed", "glad") + 0.05
    ids, mask = Reader(WEIGHTS).read(["person speaks"])
    change = (encoder(ids, mask) - before(ids, mask)).square().mean() / before(ids, mask).var()
    assert change < 0.05


def test_a_word_is_told_from_its_frame():
    ids, _, own = Reader(WEIGHTS).read_in(["angry", "over the moon"], ["a person who is {}", "{}"])
    assert own.sum(1).tolist() == [1, 3]
    assert ids[0][own[0].bool()].tolist() == Reader(WEIGHTS).read(["angry"])[0][0, 1:-1].tolist()
