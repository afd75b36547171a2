"""The sentence encoder (all-MiniLM-L6-v2), taught rare words, as an ONNX file with its tokenizer and known words."""

from __future__ import annotations

import logging
import shutil
import tempfile
from pathlib import Path

import torch
from torch import Tensor, nn

from ..generator.style_text import SentenceEncoder
from .lexical import LexicalConfig, learn_words
from .quantize import store_as_int8
from .vocabulary import keep

log = logging.getLogger(__name__)


class TokenStates(nn.Module):
    """Token ids and mask [B, L] -> the last hidden states [B, L, 384]."""

    def __init__(self, encoder: nn.Module):
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Encode a padded batch of tokens."""
        return self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state


def export_sentence_encoder(model: Path, out: Path, dictionary: Path | None = None, minutes: float = 25.0) -> None:
    """Write sentence_encoder.onnx (weights as int8), tokenizer.json and the known words from a folder in HF's form.

    dictionary: folder of WordNet's files, from which the encoder learns for so many minutes first.
    """
    from transformers import AutoModel

    encoder = TokenStates(AutoModel.from_pretrained(model, attn_implementation="eager").eval())
    if dictionary is not None and minutes > 0:
        learn_words(encoder, model, dictionary, LexicalConfig(minutes=minutes))
    ids, mask = torch.ones(2, 9, dtype=torch.int64), torch.ones(2, 9, dtype=torch.int64)
    axes = {0: "batch", 1: "length"}
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder, "full.onnx")
        torch.onnx.export(
            encoder, (ids, mask), full, input_names=["ids", "mask"], output_names=["tokens"], dynamo=False,
            dynamic_axes={"ids": axes, "mask": axes, "tokens": axes}, opset_version=17,
        )  # fmt: skip
        store_as_int8(full, out / "sentence_encoder.onnx")
    shutil.copy(model / "tokenizer.json", out / "tokenizer.json")
    keep(out, SentenceEncoder(out, threads=1), dictionary)
    log.info("sentence encoder: %.1f MB", (out / "sentence_encoder.onnx").stat().st_size / 1e6)
