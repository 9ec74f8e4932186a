"""Whisper by faster-whisper: CTranslate2, 8-bit integers on a processor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer

from voicebot.speech.audio import SAMPLE_RATE, Samples
from voicebot.speech.engines.base import Decoded

# Whisper takes 223 (half of its context). Of 22 spoken places of tests/calls 20 were known with all 46 names of the
# shipped table as hints, 18 with the first 100 tokens of them.
_PROMPT_TOKENS = 220


class FasterWhisper:
    """A `Whisper` from a folder of CTranslate2 weights. `threads` is how many cores one utterance may take."""

    def __init__(self, folder: Path, *, threads: int, compute_type: str = "int8") -> None:
        model = WhisperModel(
            str(folder), device="cpu", compute_type=compute_type, cpu_threads=threads, local_files_only=True
        )
        self._model = model
        self._tokenizer = Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language="en")

    def encode(self, samples: Samples, window_seconds: float) -> FasterEncoded:
        """See `Whisper.encode`."""
        extractor = self._model.feature_extractor
        length = _whole_positions(window_seconds)
        padded = np.pad(samples[:length], (0, max(0, length - len(samples))))
        features = extractor(padded, padding=extractor.hop_length)[:, : length // extractor.hop_length]
        return FasterEncoded(self._model.model, self._tokenizer, self._model.encode(np.ascontiguousarray(features)))


class FasterEncoded:
    """An `Encoded` of CTranslate2."""

    def __init__(
        self, model: ctranslate2.models.Whisper, tokenizer: Tokenizer, features: ctranslate2.StorageView
    ) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._features = features

    def language(self) -> tuple[str, float]:
        """See `Encoded.language`."""
        if not self._model.is_multilingual:
            return "en", 1.0
        token, probability = self._model.detect_language(self._features)[0][0]
        return token.strip("<|>"), float(probability)

    def decode(self, *, token_limit: int, prompt: str = "", temperature: float = 0.0, beams: int = 1) -> Decoded:
        """See `Encoded.decode`."""
        tokens = [*_previous(self._tokenizer, prompt), *self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]
        result: Any = self._model.generate(
            self._features,
            [tokens],
            beam_size=beams,
            # CTranslate2 writes half of `max_length` at most: the other half is for the prompt.
            max_length=max(2 * token_limit, len(tokens) + token_limit),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=[-1],
            sampling_temperature=temperature or 1.0,
            sampling_topk=0 if temperature else 1,
        )[0]
        written = result.sequences_ids[0]
        # CTranslate2 divides by the tokens without the end mark; Whisper counts it.
        average = result.scores[0] * len(written) / (len(written) + 1)
        return Decoded(
            text=self._tokenizer.decode(written).strip(),
            tokens=len(written),
            finished=len(written) < token_limit,
            average_log_probability=float(average),
            no_speech_probability=float(result.no_speech_prob),
        )


def _whole_positions(seconds: float) -> int:
    """Samples in a window, a multiple of the encoder's position of 20 ms."""
    position = SAMPLE_RATE // 50
    return -(-int(seconds * SAMPLE_RATE) // position) * position


def _previous(tokenizer: Tokenizer, prompt: str) -> list[int]:
    """The prompt as Whisper takes it: as if it had been said before."""
    return [tokenizer.sot_prev, *tokenizer.encode(" " + prompt.strip())[:_PROMPT_TOKENS]] if prompt.strip() else []
