"""Whether a transcript is words that somebody said. Whisper writes "Thank you." when nobody speaks."""

from __future__ import annotations

import re
from typing import Literal

from voicebot.ports import Transcript
from voicebot.speech.engines.loops import LOOPED_COMPRESSION_RATIO, looks_looped

Verdict = Literal["nothing", "not_understood", "words"]

# Measured with `base` and `tiny.en` on telephone audio, without voice activity detection, so that Whisper had to write
# something: kitchen noise, street noise and hold music gave a log probability of -1.1 to -2.6 (better where it looped),
# digital silence "you" at -0.62 to -0.78 with a no-speech probability of 0.74 and more. Read sentences of British and
# American speakers gave -0.07 to -0.42, at 30 dB less level -0.11 to -0.33, with kitchen noise 5 dB below the speech
# -0.17 to -0.85; single spoken numbers -0.47 to -0.80, with a no-speech probability of 0.11 to 0.19.
LEAST_SPEECH_SECONDS = 0.25
LEAST_LOG_PROBABILITY = -1.2
# Both are Whisper's own (`no_speech_threshold`, `logprob_threshold` in openai-whisper's transcribe.py).
NO_SPEECH_PROBABILITY = 0.6
NO_SPEECH_LOG_PROBABILITY = -1.0
GHOST_LOG_PROBABILITY = -1.0
GHOST_NO_SPEECH_PROBABILITY = 0.5
GHOST_SPEECH_SECONDS = 0.3
SURE_OF_LANGUAGE = 0.8
UNSURE_OF_ENGLISH = -0.3
# Of what `base` heard in 666 utterances of tests/calls on a bad mobile line, 36 wordings that are no emergency were
# taken for one ("It's Grovehampton" as "It's going to happen"), 28 of them below this and 23 of those not unmistakable
# (`voicebot.dialogue.policy.UNMISTAKABLE`); of 30 true ones 9 were below it, all unmistakable. Of requests 3 in 100 are
# below it on clean lines, 6 on good mobile ones, 43 on bad ones.
UNSURE_OF_WORDS = -0.35

_GHOSTS = frozenset(
    {
        "you",
        "thank you",
        "thank you very much",
        "thank you so much",
        "thanks",
        "thank you bye",
        "thanks for watching",
        "thank you for watching",
        "thank you for listening",
        "bye",
        "bye bye",
        "goodbye",
        "please subscribe",
        "like and subscribe",
        "so",
        "the end",
        "i'm sorry",
        "i'm so sorry",
        "okay",
        "oh",
        "music",
        "applause",
        "silence",
        "blank audio",
    }
)
_GHOST_BEGINNINGS = ("subtitles by", "subtitled by", "transcribed by", "transcription by", "captions by", "amara org")
_WORD = re.compile(r"[^\W_]")


def trustworthy(transcript: Transcript) -> Verdict:
    """What to make of a transcript: nobody spoke, somebody spoke but these are not her words, or words.

    In order: less than 0.25 s of speech by voice activity detection, where the server has it: nothing. No letter or
    digit: nothing, or not understood where there was speech. Whisper's own test for silence (no-speech probability over
    0.6 and log probability under -1.0): nothing. The sentences that Whisper writes over silence: nothing, unless there
    was 0.3 s of speech for each word, a no-speech probability of 0.5 at most and a log probability of -1.0 at least. A
    loop, or a log probability under -1.2: not understood. What the thresholds were measured on stands above them.
    """
    speech = transcript.speech_seconds
    if speech is not None and speech < LEAST_SPEECH_SECONDS:
        return "nothing"
    if not _WORD.search(transcript.words):
        return "not_understood" if speech else "nothing"
    log_probability = transcript.average_log_probability
    if transcript.no_speech_probability > NO_SPEECH_PROBABILITY and log_probability < NO_SPEECH_LOG_PROBABILITY:
        return "nothing"
    if _is_ghost(transcript.words) and not _is_said_clearly(transcript):
        return "nothing"
    looped = transcript.compression_ratio > LOOPED_COMPRESSION_RATIO or looks_looped(transcript.words)
    if looped or log_probability < LEAST_LOG_PROBABILITY:
        return "not_understood"
    return "words"


def spoken_language(transcript: Transcript) -> str:
    """The language to act upon, ISO 639-1: "en" unless another was likely and decoding as English went less than well.

    On telephone audio `base` takes British English for Welsh with a probability of up to 0.95 while it writes the
    English words down without a mistake, so Welsh is never believed. A French caller gave "fr" with 0.98 and a log
    probability of -0.47; no English utterance of 82 gave any language but English and Welsh.
    """
    is_other = transcript.language not in {"", "en", "cy"} and transcript.language_probability >= SURE_OF_LANGUAGE
    return transcript.language if is_other and transcript.average_log_probability < UNSURE_OF_ENGLISH else "en"


def doubtful(transcript: Transcript) -> bool:
    """Whether the recogniser was unsure of the words, so that they should not be acted upon where that would cost
    much."""
    return transcript.average_log_probability < UNSURE_OF_WORDS


def _is_ghost(words: str) -> bool:
    """Whether the text is one of those that Whisper writes over silence, music and noise."""
    plain = " ".join(re.sub(r"[^\w']+", " ", words.lower()).split())
    return plain in _GHOSTS or plain.startswith(_GHOST_BEGINNINGS)


def _is_said_clearly(transcript: Transcript) -> bool:
    speech = transcript.speech_seconds
    return (
        (speech is None or speech >= GHOST_SPEECH_SECONDS * max(1, len(transcript.words.split())))
        and transcript.average_log_probability >= GHOST_LOG_PROBABILITY
        and transcript.no_speech_probability <= GHOST_NO_SPEECH_PROBABILITY
    )
