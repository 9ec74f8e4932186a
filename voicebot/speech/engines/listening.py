"""From samples to a transcript, the same for every Whisper library: gate, cut, decode, doubt, decode again."""

from __future__ import annotations

import time
from collections.abc import Sequence

from voicebot.ports import Transcript
from voicebot.speech.activity import EDGE_PROBABILITY, find_speech
from voicebot.speech.audio import SAMPLE_RATE, Samples
from voicebot.speech.engines.base import Decoded, Encoded, Whisper
from voicebot.speech.engines.loops import compression_ratio, looks_looped, says_twice, truncate_loop
from voicebot.speech.engines.windows import FULL_SECONDS, Window, cut

# Whisper's own threshold for a decoding that failed (`logprob_threshold` in openai-whisper's transcribe.py).
POOR_LOG_PROBABILITY = -1.0
RETRY_TEMPERATURE = 0.4
# Below this the same encoding is decoded once more with beams, as many as openai-whisper's command takes. `base` on 244
# recordings of tests/calls, greedy against beams for these alone: word error rate on a bad mobile line 23.9 and 22.8 %,
# the likeliest intent right in 87.3 and 88.5 % (22 % decoded again); as before on clean and mobile lines (1 and 2 %).
UNSURE_LOG_PROBABILITY = -0.5
BEAMS = 5
# Fast British speech reads as 6 tokens a second; spelt-out numbers as 8.
TOKENS_A_SECOND = 8
TOKENS_AT_LEAST = 16
TOKENS_AT_MOST = 220
WARM_UP_SECONDS = 3.0


class ListeningEngine:
    """An `Engine` made of a loaded Whisper model."""

    def __init__(self, whisper: Whisper, model: str, *, cut_windows: bool = True) -> None:
        self._whisper = whisper
        self._model = model
        self._cut_windows = cut_windows

    def transcribe(self, samples: Samples, hints: Sequence[str] = ()) -> Transcript:
        """Transcribe mono samples at 16 kHz, shape (n,). Audio in which the voice activity detector finds no speech is
        never decoded, since Whisper would write words all the same: it comes back without words."""
        started = time.perf_counter()
        activity = find_speech(samples)
        prompt = ", ".join(hints)
        heard: list[tuple[Window, Decoded]] = []
        language = ("en", 0.0)
        longest = 0.0
        parts = find_speech(samples, EDGE_PROBABILITY) if activity.segments else activity
        for window in cut(parts, len(samples)):
            encoded, decoded = self._listen(window, samples, prompt)
            heard.append((window, decoded))
            if window.seconds > longest:
                longest, language = window.seconds, encoded.language()
        written = [decoded.text for _, decoded in heard if decoded.text]
        words = " ".join(truncate_loop(text) for text in written)
        return Transcript(
            words=words,
            average_log_probability=_average(heard),
            no_speech_probability=min((decoded.no_speech_probability for _, decoded in heard), default=1.0),
            language=language[0],
            language_probability=language[1],
            # Of what was written before a loop was cut out of it, so that the gate knows that there was one.
            compression_ratio=max((compression_ratio(text) for text in written), default=0.0),
            audio_seconds=len(samples) / SAMPLE_RATE,
            speech_seconds=activity.seconds,
            seconds=time.perf_counter() - started,
            model=self._model,
        )

    def warm_up(self, speech: Samples) -> None:
        """Run the whole path once, the decoder included, so that the first caller does not wait for it."""
        encoded = self._whisper.encode(speech, WARM_UP_SECONDS)
        encoded.language()
        encoded.decode(token_limit=TOKENS_AT_LEAST)
        self.transcribe(speech)

    def _listen(self, window: Window, samples: Samples, prompt: str) -> tuple[Encoded, Decoded]:
        """Decode one window: greedily, with beams where that is unsure. What is doubtful is decoded again from the full
        30 seconds, what still loops once more at a temperature. What loops even then is cut by the caller."""
        audio, limit = window.of(samples), _token_limit(window.seconds)
        width = window.cut_seconds if self._cut_windows else FULL_SECONDS
        encoded = self._whisper.encode(audio, width)
        decoded = encoded.decode(token_limit=limit, prompt=prompt)
        if width < FULL_SECONDS and _is_doubtful(decoded):
            encoded = self._whisper.encode(audio, FULL_SECONDS)
            decoded = encoded.decode(token_limit=limit)
            prompt = ""
        if _has_looped(decoded):
            decoded = encoded.decode(temperature=RETRY_TEMPERATURE, token_limit=limit)
        elif decoded.average_log_probability < UNSURE_LOG_PROBABILITY:
            decoded = _better(decoded, encoded.decode(token_limit=limit, prompt=prompt, beams=BEAMS))
        return encoded, decoded


def _better(greedy: Decoded, beams: Decoded) -> Decoded:
    """Beams find likelier words as a rule, and a loop now and then."""
    is_likelier = beams.average_log_probability > greedy.average_log_probability
    return beams if is_likelier and not _is_doubtful(beams) else greedy


def _token_limit(seconds: float) -> int:
    return max(TOKENS_AT_LEAST, min(TOKENS_AT_MOST, round(seconds * TOKENS_A_SECOND)))


def _has_looped(decoded: Decoded) -> bool:
    return looks_looped(decoded.text)


def _is_doubtful(decoded: Decoded) -> bool:
    return (
        not decoded.finished
        or decoded.average_log_probability < POOR_LOG_PROBABILITY
        or _has_looped(decoded)
        or says_twice(decoded.text)
    )


def _average(heard: Sequence[tuple[Window, Decoded]]) -> float:
    """Mean log probability of a token over all windows."""
    tokens = sum(decoded.tokens + 1 for _, decoded in heard)
    total = sum(decoded.average_log_probability * (decoded.tokens + 1) for _, decoded in heard)
    return total / tokens if tokens else 0.0
