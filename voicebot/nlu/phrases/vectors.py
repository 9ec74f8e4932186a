"""What the sentence encoder makes of phrases, kept from one check to the next: most phrases are those of last time, and
the encoder takes minutes for ten thousand."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voicebot.nlu.encoder import Vectors, load_encoder
from voicebot.nlu.manifest import encoder_hash
from voicebot.nlu.phrases.findings import Tell

CACHE = "phrase-vectors.npz"
"""Beside the weights that it is made with. It may be deleted at any time."""

_MOST = 60_000
"""Vectors kept, 800 bytes each; where there are more, only those of the last check stay."""

_BATCH = 512
_SIZE = 384
"""Numbers in a vector of all-MiniLM-L6-v2."""

Known = dict[bytes, npt.NDArray[np.float16]]


def phrase_vectors(texts: Sequence[str], weights: Path, tell: Tell) -> Vectors:
    """(texts, 384), each of length 1, of clean `texts`; `weights` holds `minilm`. Raises `WeightsError`."""
    kept = weights / CACHE
    made_by = encoder_hash(weights / "minilm")
    keys = np.array([hashlib.sha256(f"{made_by}\n{text}".encode()).digest()[:16].hex() for text in texts], dtype="S32")
    known = _read(kept)
    out = np.zeros((len(texts), _SIZE), np.float32)
    new = [at for at, key in enumerate(keys.tolist()) if key not in known]
    for at, key in enumerate(keys.tolist()):
        if key in known:
            out[at] = known[key]
    if new:
        encoder = load_encoder(weights / "minilm")
        for start in range(0, len(new), _BATCH):
            tell(f"Reading what {len(new):,} phrases mean", start / len(new))
            rows = new[start : start + _BATCH]
            out[rows] = encoder.encode([texts[row] for row in rows])
        found = dict(zip(keys.tolist(), out.astype(np.float16), strict=True))
        _write(kept, found if len(known) + len(new) > _MOST else known | found)
    # half precision is what is kept; a second check must find what the first one found
    return out.astype(np.float16).astype(np.float32)


def _read(file: Path) -> Known:
    """What earlier checks kept; nothing where there is none, or it was damaged."""
    try:
        with np.load(file, allow_pickle=False) as found:
            keys, vectors = found["keys"], found["vectors"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}
    if vectors.shape != (len(keys), _SIZE) or vectors.dtype != np.float16:
        return {}
    return dict(zip(keys.tolist(), vectors, strict=True))


def _write(file: Path, known: Known) -> None:
    """Whole or not at all; a folder that cannot be written to only makes the next check slower."""
    part = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with part.open("wb") as opened:
            np.savez(opened, keys=np.array(list(known), "S32"), vectors=np.stack(list(known.values())))
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)
