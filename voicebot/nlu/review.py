"""Groups utterances by likeness, so that a person labels twenty callers at once instead of one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from voicebot.nlu.clean import clean
from voicebot.nlu.encoder import Encoder, Vectors, load_encoder
from voicebot.nlu.manifest import current_hash, is_usable, read_info
from voicebot.nlu.registry import load_tuned

LIKE = 0.5
"""Least cosine between any two utterances of a group (complete linkage). Measured on our 960 held-out utterances, which
are harder to part than real calls because hardly two of them say the same: with the tuned encoder 60 in 100 come into a
group of two and more, and 85 in 100 of those belong to their group's commonest intent (at 0.6: 33 and 88; at 0.4: 83
and 81). With the encoder as published it is 49 and 66."""

_BATCH = 64

Tell = Callable[[str], None]


def review_encoder(models: Path, weights: Path) -> Encoder:
    """The encoder as the current model tuned it, for it puts together what belongs to one intent; as it was published
    where there is no model that can be used. `weights` holds `minilm`. Raises `WeightsError`, `ModelError`."""
    name = current_hash(models)
    if name is not None and is_usable(models, name, weights):
        return load_tuned(models, read_info(models, name), weights)
    return load_encoder(weights / "minilm")


def group(words: Sequence[str], costs: Sequence[float], encoder: Encoder, tell: Tell) -> list[list[int]]:
    """Places in `words`, in groups of which any two are alike. The group that cost callers most comes first, and within
    it the utterance that did; equals keep their order. `costs` are 0 or more, see `voicebot.nlu.thresholds`."""
    of_group: defaultdict[int, list[int]] = defaultdict(list)
    for at, number in enumerate(_clusters(words, encoder, tell)):
        of_group[number].append(at)
    groups = [sorted(members, key=lambda at: -costs[at]) for members in of_group.values()]
    return sorted(groups, key=lambda members: (-sum(costs[at] for at in members), min(members)))


def _clusters(words: Sequence[str], encoder: Encoder, tell: Tell) -> Sequence[int]:
    """The number of each one's group."""
    if len(words) < 2:  # scikit-learn wants two to compare
        return range(len(words))
    texts = [clean(each) for each in words]
    parts: list[Vectors] = []
    for start in range(0, len(texts), _BATCH):
        tell(f"Reading what {len(texts)} utterances mean: {start / len(texts):.0%}")
        parts.append(encoder.encode(texts[start : start + _BATCH]))
    clusters = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="complete", distance_threshold=1 - LIKE
    )
    return [int(number) for number in clusters.fit_predict(np.concatenate(parts))]
