"""Teaches the sentence encoder this council's intents: phrases of one intent are drawn together, others apart.

Each intent has a prototype, a direction among the vectors; a phrase's vector is pushed towards its own prototype and
away from all others by cross-entropy over scaled cosines (normalised softmax: Zhai and Wu 2019). Prototypes begin as
the mean vector of the intent's phrases, so that a few passes are enough. Only the upper layers learn: the lower half
is then worked out once for all passes, and the change is small enough to keep with the model.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from voicebot.nlu.encoder import Encoder, MiniLM, Vectors

Progress = Callable[[str, float], None]
"""Told what is being done, and how much of all the work is behind, 0 to 1."""

Labels = npt.NDArray[np.int64]

_BATCH = 64
"""Phrases at a time where nothing is learnt."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """Settings of the training; chosen by cross-validation (docs/understanding.md). `layers`: so many of the lower ones
    stay as they were published. `again`: the share of the phrases, those that were least understood in the pass before,
    that the second and later passes go through."""

    layers: int = 3
    epochs: int = 3
    again: float = 0.35
    batch: int = 64
    rate: float = 3e-4
    prototype_rate: float = 2e-3
    decay: float = 0.01
    scale: float = 20.0
    words_dropped: float = 0.1
    warm_up: float = 0.1
    seed: int = 0


class Lowers:
    """What the layers that do not learn make of each phrase, worked out once. Half precision: 15 kB a phrase.
    `published` (texts, size): the vectors as they are before anything is learnt."""

    def __init__(self, encoder: Encoder, texts: Sequence[str], keep: int, cores: int = 1) -> None:
        """`cores`: so many threads work side by side, a batch each; one batch over several would have them wait for
        each other wherever the machine has other work."""
        self.keep = keep
        self.rows: list[Tensor] = [torch.empty(0)] * len(texts)
        self.published = torch.zeros(len(texts), encoder.network.words.embedding_dim)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))

        def work_out(part: list[int]) -> None:
            with torch.inference_mode(), _quick():
                tokens = encoder.tokens([texts[index] for index in part])
                states = encoder.network.lower(tokens, keep).to(torch.bfloat16)
                for index, row, kept in zip(part, states, tokens != 0, strict=True):
                    self.rows[index] = row[kept].clone()
            self.published[part] = torch.from_numpy(self.vectors(encoder, part))

        with ThreadPoolExecutor(cores) as pool:
            deque(pool.map(work_out, _chunks(order, _BATCH)), maxlen=0)  # raises what one of them raised

    def batch(
        self, indices: Sequence[int], dropped: float = 0.0, random: np.random.Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        """States (batch, longest, size) and which of them are no padding. `random` leaves out the share `dropped`."""
        rows = [self.rows[index] for index in indices]
        if random is not None:
            rows = [_drop_words(row, dropped, random) for row in rows]
        states = nn.utils.rnn.pad_sequence(rows, batch_first=True).float()
        lengths = torch.tensor([len(row) for row in rows])
        return states, torch.arange(states.shape[1])[None, :] < lengths[:, None]

    def vectors(self, encoder: Encoder, indices: Sequence[int]) -> Vectors:
        """(indices, size), each of length 1: as `encoder.encode`, but for the way that is behind already."""
        out = np.zeros((len(indices), encoder.network.words.embedding_dim), np.float32)
        order = sorted(range(len(indices)), key=lambda at: len(self.rows[indices[at]]))
        with torch.inference_mode(), _quick():
            for part in _chunks(order, _BATCH):
                found = encoder.network.upper(*self.batch([indices[at] for at in part]), self.keep)
                out[part] = functional.normalize(found.float(), dim=-1).numpy()
        return out


def _chunks(order: Sequence[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(order), size):
        yield list(order[start : start + size])


def tune(
    encoder: Encoder,
    lowers: Lowers,
    indices: Sequence[int],
    labels: Labels,
    classes: int,
    tuning: Tuning,
    progress: Callable[[float], None],
) -> None:
    """Change `encoder`'s upper layers in place, from phrases `indices` of `lowers`; `labels` numbers every phrase."""
    torch.manual_seed(tuning.seed)
    random = np.random.default_rng(tuning.seed)
    network = encoder.network
    learning = _learning(network, lowers.keep)
    prototypes = nn.Parameter(_means(lowers.published, indices, labels, classes))
    groups = [
        {"params": learning, "lr": tuning.rate, "weight_decay": tuning.decay},
        {"params": [network.pool, prototypes], "lr": tuning.prototype_rate, "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, fused=True)
    again = round(tuning.again * len(indices))
    steps = -(-len(indices) // tuning.batch) + (tuning.epochs - 1) * -(-again // tuning.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _slope(step, steps, tuning.warm_up))
    truth = torch.from_numpy(labels)
    done = 0
    losses = np.zeros(len(labels), np.float32)
    for epoch in range(tuning.epochs):
        chosen = list(indices) if epoch == 0 else sorted(indices, key=lambda index: -losses[index])[:again]
        for batch in _batches(lowers, chosen, tuning.batch, random):
            states, kept = lowers.batch(batch, tuning.words_dropped, random)
            with _quick():
                found = network.upper(states, kept, lowers.keep)
            logits = tuning.scale * found.float() @ functional.normalize(prototypes, dim=-1).T
            each = functional.cross_entropy(logits, truth[batch], reduction="none")
            losses[batch] = each.detach().numpy()
            loss = each.mean()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
            done += 1
            progress(done / steps)
    network.requires_grad_(False)


def _quick() -> torch.autocast:
    """Half precision where the processor multiplies bfloat16 in hardware; elsewhere it is slower than full."""
    is_quick = bool(torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported())
    return torch.autocast("cpu", torch.bfloat16, enabled=is_quick)


def _learning(network: MiniLM, keep: int) -> list[nn.Parameter]:
    network.requires_grad_(False)
    upper = network.layers[keep:]
    upper.requires_grad_(True)
    network.pool.requires_grad_(True)
    return list(upper.parameters())


def _means(vectors: Tensor, indices: Sequence[int], labels: Labels, classes: int) -> Tensor:
    chosen = list(indices)
    sums = torch.zeros(classes, vectors.shape[1])
    return functional.normalize(sums.index_add_(0, torch.from_numpy(labels[chosen]), vectors[chosen]), dim=-1)


def _slope(step: int, steps: int, warm_up: float) -> float:
    """Learning rate relative to its peak: up in a line, then down in a line to 0."""
    rise = max(1.0, warm_up * steps)
    return min((step + 1) / rise, max(0.0, (steps - step) / max(1.0, steps - rise)))


def _batches(lowers: Lowers, indices: Sequence[int], size: int, random: np.random.Generator) -> Iterator[list[int]]:
    """Shuffled, but phrases of like length together: padding costs as much as words."""
    shuffled = random.permutation(np.asarray(indices))
    batches: list[list[int]] = []
    for block in _chunks(shuffled.tolist(), size * 16):
        block.sort(key=lambda index: len(lowers.rows[index]))
        batches += _chunks(block, size)
    for number in random.permutation(len(batches)):
        yield batches[number]


def _drop_words(states: Tensor, share: float, random: np.random.Generator) -> Tensor:
    """Leave out some tokens, as a recogniser loses words; never the first, which stands for the whole sentence."""
    kept = torch.from_numpy(random.random(len(states)) >= share)
    kept[0] = True
    return states[kept]


def learned(network: MiniLM, keep: int) -> dict[str, Tensor]:
    """The layers that learned, in half precision, to be kept with the model."""
    return {
        name: tensor.detach().to(torch.bfloat16).contiguous()
        for name, tensor in network.state_dict().items()
        if _is_upper(name, keep)
    }


def _is_upper(name: str, keep: int) -> bool:
    parts = name.split(".")
    return name == "pool" or (parts[0] == "layers" and int(parts[1]) >= keep)


def put_back(network: MiniLM, saved: dict[str, Tensor], keep: int) -> None:
    """Load what `learned` gave. Raises `ValueError` where it does not fit."""
    wanted = {name: tensor.shape for name, tensor in network.state_dict().items() if _is_upper(name, keep)}
    if {name: tensor.shape for name, tensor in saved.items()} != wanted:
        raise ValueError("the tuned layers do not fit the encoder")
    network.load_state_dict({name: tensor.float() for name, tensor in saved.items()}, strict=False)
