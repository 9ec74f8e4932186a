"""The sentence encoder all-MiniLM-L6-v2 in plain PyTorch: words in, one vector of length 1 out.

Written out here because importing `transformers` costs every worker four seconds at start and 150 MB for the one
architecture that is needed. The names of the parameters are those of the published weights (BERT: Devlin et al. 2019;
MiniLM: Wang et al. 2020), so `model.safetensors` loads as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from voicebot.errors import WeightsError

Vectors = npt.NDArray[np.float32]

MAX_TOKENS = 128
"""About 95 words. Nobody says more in one breath; what is beyond is cut off."""

_EPSILON = 1e-12
"""Layer normalisation, from the published config.json."""


class _Attention(nn.Module):
    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(size, size) for _ in range(3))
        self.dense = nn.Linear(size, size)
        self.norm = nn.LayerNorm(size, eps=_EPSILON)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, size = x.shape
        query, key, value = (
            part(x).view(batch, length, self.heads, -1).transpose(1, 2) for part in (self.query, self.key, self.value)
        )
        if torch.is_grad_enabled():  # on a processor the fused way back takes a third of the whole training
            mixed = _attended(query, key, value, mask)
        else:
            mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return self.norm(x + self.dense(mixed.transpose(1, 2).reshape(batch, length, size)))  # type: ignore[no-any-return]


def _attended(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    likeness = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5
    mixed: Tensor = likeness.masked_fill(~mask, -torch.inf).softmax(-1).to(value.dtype) @ value
    return mixed


class _Layer(nn.Module):
    def __init__(self, size: int, heads: int, inner: int) -> None:
        super().__init__()
        self.attention = _Attention(size, heads)
        self.widen = nn.Linear(size, inner)
        self.narrow = nn.Linear(inner, size)
        self.norm = nn.LayerNorm(size, eps=_EPSILON)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = self.attention(x, mask)
        return self.norm(x + self.narrow(functional.gelu(self.widen(x))))  # type: ignore[no-any-return]


class MiniLM(nn.Module):
    """`size` 384, `layers` 6, `heads` 12, `inner` 1536 in the published model."""

    def __init__(self, vocabulary: int, positions: int, size: int, layers: int, heads: int, inner: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, size)
        self.positions = nn.Embedding(positions, size)
        self.types = nn.Embedding(2, size)
        self.norm = nn.LayerNorm(size, eps=_EPSILON)
        self.layers = nn.ModuleList(_Layer(size, heads, inner) for _ in range(layers))
        self.pool = nn.Parameter(torch.zeros(size))

    def lower(self, tokens: Tensor, layers: int) -> Tensor:
        """(batch, length) token numbers → what the first `layers` layers make of them, (batch, length, size)."""
        x = self.norm(self.words(tokens) + self.positions.weight[: tokens.shape[1]] + self.types.weight[0])
        return self._through(x, tokens != 0, 0, layers)

    def upper(self, x: Tensor, kept: Tensor, layers: int) -> Tensor:
        """The rest of the way after `lower`; `kept` (batch, length) is False at padding. (batch, size), each of length
        1.

        The words' vectors are averaged, each by how much it matters: `pool` learns that in the training, so that the
        point of a long call is not lost among the rest. With zeros, as published, all matter alike."""
        x = self._through(x, kept, layers, len(self.layers))
        matters = torch.softmax((x @ self.pool).masked_fill(~kept, -torch.inf), dim=-1)
        return functional.normalize((x * matters.unsqueeze(-1)).sum(1), dim=-1)

    def _through(self, x: Tensor, kept: Tensor, first: int, last: int) -> Tensor:
        mask = kept[:, None, None, :]
        for number in range(first, last):
            x = self.layers[number](x, mask)
        return x

    def forward(self, tokens: Tensor) -> Tensor:
        """`tokens` (batch, length) with 0 as padding → the last layer pooled (batch, size), scaled to length 1."""
        return self.upper(self.lower(tokens, 0), tokens != 0, 0)


_PARTS = {
    "attention.self.query": "attention.query",
    "attention.self.key": "attention.key",
    "attention.self.value": "attention.value",
    "attention.output.dense": "attention.dense",
    "attention.output.LayerNorm": "attention.norm",
    "intermediate.dense": "widen",
    "output.dense": "narrow",
    "output.LayerNorm": "norm",
}


def _published_names(layers: int) -> Iterator[tuple[str, str]]:
    yield "embeddings.word_embeddings.weight", "words.weight"
    yield "embeddings.position_embeddings.weight", "positions.weight"
    yield "embeddings.token_type_embeddings.weight", "types.weight"
    for kind in ("weight", "bias"):
        yield f"embeddings.LayerNorm.{kind}", f"norm.{kind}"
        for number in range(layers):
            for theirs, ours in _PARTS.items():
                yield f"encoder.layer.{number}.{theirs}.{kind}", f"layers.{number}.{ours}.{kind}"


class Encoder:
    """The network with its tokenizer. `encode` may be called from many threads at once."""

    def __init__(self, network: MiniLM, tokenizer: Tokenizer) -> None:
        self.network = network.eval()
        self._tokenizer = tokenizer

    def tokens(self, texts: Sequence[str]) -> Tensor:
        """(texts, longest) token numbers, padded with 0."""
        rows = [each.ids for each in self._tokenizer.encode_batch(list(texts))]
        longest = max(len(row) for row in rows)
        return torch.tensor([row + [0] * (longest - len(row)) for row in rows])

    def encode(self, texts: Sequence[str], batch: int = 64) -> Vectors:
        """(texts, 384), each of length 1. Texts of like length go together, because padding costs as much as words."""
        out = np.zeros((len(texts), self.network.words.embedding_dim), np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        with torch.inference_mode():
            for start in range(0, len(order), batch):
                rows = order[start : start + batch]
                out[rows] = self.network(self.tokens([texts[row] for row in rows])).numpy()
        return out


def load_encoder(folder: Path) -> Encoder:
    """The encoder in `folder` (config.json, tokenizer.json, model.safetensors). Raises `WeightsError`."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        weights = load_file(folder / "model.safetensors")
        network = _network(config, weights)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise WeightsError(
            f"{folder}: the sentence encoder cannot be loaded ({error}). Run `voicebot models fetch`."
        ) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return Encoder(network, tokenizer)


def _network(config: Mapping[str, int], weights: Mapping[str, Tensor]) -> MiniLM:
    layers = config["num_hidden_layers"]
    with torch.device("meta"):  # no time spent on drawing random numbers that are replaced at once
        network = MiniLM(
            config["vocab_size"],
            config["max_position_embeddings"],
            config["hidden_size"],
            layers,
            config["num_attention_heads"],
            config["intermediate_size"],
        )
    state = {ours: weights[theirs] for theirs, ours in _published_names(layers)}
    network.load_state_dict({**state, "pool": torch.zeros(config["hidden_size"])}, assign=True)
    return network
