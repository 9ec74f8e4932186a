"""Words to speech with Kokoro-82M, on one processor thread, the same bytes each time."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np

from voicebot.errors import VoicebotError, WeightsError
from voicebot.speech.telephone import Audio
from voicebot.speech.voice.phonemes import BRITISH, Pronouncer
from voicebot.speech.weights import require

RATE = 24_000
"""Samples per second that Kokoro makes."""

LONGEST = 510
"""Phonemes that Kokoro takes at once; its voices hold one style vector for each length."""

# The ids of Kokoro's own vocabulary (config.json of Kokoro-82M), given as runs of symbols with consecutive ids.
_RUNS = (
    (1, ";:,.!?"),
    (9, "—…"),
    (16, " \u0303"),
    (24, "AI"),
    (31, "O"),
    (33, "Q"),
    (39, "W"),
    (41, "Yᵊabcdef"),
    (50, "hijklmnopqrstuvwxyzɑɐɒæ"),
    (76, "ɔɕç"),
    (81, "ðʤə"),
    (85, "ɚɛɜ"),
    (92, "ɡ"),
    (99, "ɥ"),
    (102, "ɪ"),
    (112, "ŋɳɲ"),
    (116, "ø"),
    (119, "θœ"),
    (123, "ɹ"),
    (125, "ɾ"),
    (128, "ʁ"),
    (131, "ʃ"),
    (133, "ʧ"),
    (135, "ʊʋ"),
    (138, "ʌ"),
    (147, "ʒʔ"),
    (156, "ˈˌː"),
    (177, "ᵻ"),
)
_IDS = {symbol: first + step for first, symbols in _RUNS for step, symbol in enumerate(symbols)}

_QUIET = 0.01
_MARGIN_SECONDS = 0.03


def tokens(phonemes: str) -> list[int]:
    """The ids of `phonemes`; what Kokoro has no symbol for is left out."""
    return [_IDS[symbol] for symbol in phonemes if symbol in _IDS]


class Kokoro:
    """Kokoro's model and voices in a folder of weights."""

    rate = RATE

    def __init__(self, weights: Path) -> None:
        """Raises `WeightsError` where weights are missing, `VoicebotError` where the extra `voice` is not installed."""
        self._model = require("kokoro", weights) / "model.onnx"
        self._voices = require("kokoro-voices", weights)
        self._pronouncer = Pronouncer()
        try:
            self._runtime: Any = importlib.import_module("onnxruntime")
        except ImportError as error:
            raise VoicebotError("onnxruntime is not installed. Run `pip install -e '.[voice]'`.") from error
        self._session: Any = None

    def speak(self, words: str, voice: str, speed: float = 1.0, language: str = BRITISH) -> Audio:
        """`words` at 24 kHz, silence at both ends cut off.

        `voice` is a file of the weights, such as `bf_emma`, or several blended into another person, such as
        `bf_emma+bf_alice`; `speed` 0.5 to 2, above 1 is faster. Raises `WeightsError` where there is no such voice,
        `VoicebotError` where the words are more than Kokoro takes at once.
        """
        ids = tokens(self._pronouncer.phonemes(words, language))
        if not 0 < len(ids) < LONGEST:
            raise VoicebotError(
                f"{len(ids)} phonemes in one piece, Kokoro takes 1 to {LONGEST - 1}; put a pause in between."
            )
        given = {
            "tokens": np.array([[0, *ids, 0]], dtype=np.int64),
            "style": self._style(voice, len(ids)),
            "speed": np.array([speed], dtype=np.float32),
        }
        return _trimmed(np.asarray(self._run(given), dtype=np.float64))

    def _style(self, voice: str, length: int) -> Any:
        blended = [self._one_style(each, length) for each in voice.split("+")]
        return np.mean(blended, axis=0, dtype=np.float32)

    def _one_style(self, voice: str, length: int) -> Any:
        path = self._voices / f"{voice}.bin"
        if not path.is_file():
            there = ", ".join(sorted(file.stem for file in self._voices.glob("*.bin")))
            raise WeightsError(f"There is no voice {voice!r} in {self._voices}; there are {there}.")
        return np.fromfile(path, dtype=np.float32).reshape(-1, 1, 256)[length]

    def _run(self, given: dict[str, Any]) -> Any:
        if self._session is None:
            options = self._runtime.SessionOptions()
            options.intra_op_num_threads = 1
            options.inter_op_num_threads = 1
            self._session = self._runtime.InferenceSession(
                str(self._model), sess_options=options, providers=["CPUExecutionProvider"]
            )
        return self._session.run(None, given)[0]


def _trimmed(audio: Audio) -> Audio:
    """`audio` without the silence at its ends, so that pauses are as long as the text file says."""
    loud = np.flatnonzero(np.abs(audio) > _QUIET * np.abs(audio).max())
    margin = int(_MARGIN_SECONDS * RATE)
    return audio[max(int(loud[0]) - margin, 0) : int(loud[-1]) + margin] if loud.size else audio
