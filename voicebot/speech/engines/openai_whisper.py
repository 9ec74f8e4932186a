"""Whisper by the openai-whisper package: PyTorch, 32-bit floats on a processor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
import whisper
from whisper.decoding import DecodingOptions, DecodingTask
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import get_tokenizer

from voicebot.speech.audio import SAMPLE_RATE, Samples
from voicebot.speech.engines import checkpoint
from voicebot.speech.engines.base import Decoded

# Whisper takes 223 tokens before the speech (half of its context). Of 22 spoken places of tests/calls 20 were known
# with all 46 names of the shipped table as hints, 19 with the first 400 characters of them.
_PROMPT_CHARACTERS = 800


class OpenAIWhisper:
    """A `Whisper` made from a folder of CTranslate2 weights. `threads` is how many cores one utterance may take (it is
    PyTorch's setting, for the whole process)."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        torch.set_num_threads(threads)
        variables = checkpoint.read_variables(folder / "model.bin")
        model = Whisper(ModelDimensions(**checkpoint.dimensions(variables)))
        tensors = {name: torch.from_numpy(tensor) for name, tensor in checkpoint.state(variables).items()}
        model.load_state_dict(tensors)
        self._model = model.eval()

    @torch.inference_mode()
    def encode(self, samples: Samples, window_seconds: float) -> OpenAIEncoded:
        """See `Whisper.encode`."""
        position = SAMPLE_RATE // 50
        length = -(-int(window_seconds * SAMPLE_RATE) // position) * position
        padded = np.pad(samples[:length], (0, max(0, length - len(samples))))
        mel = whisper.log_mel_spectrogram(padded, self._model.dims.n_mels).unsqueeze(0)
        return OpenAIEncoded(self._model, _encode(self._model, mel))


class OpenAIEncoded:
    """An `Encoded` of PyTorch; `features` has shape (1, positions, state)."""

    def __init__(self, model: Whisper, features: torch.Tensor) -> None:
        self._model = model
        self._features = features

    @torch.inference_mode()
    def language(self) -> tuple[str, float]:
        """See `Encoded.language`."""
        if not self._model.is_multilingual:
            return "en", 1.0
        tokenizer = get_tokenizer(True, num_languages=self._model.num_languages)
        logits = self._model.logits(torch.tensor([[tokenizer.sot]]), self._features)[0, 0]
        chances = logits[list(tokenizer.all_language_tokens)].softmax(dim=-1)
        best = int(chances.argmax())
        return tokenizer.all_language_codes[best], float(chances[best])

    @torch.inference_mode()
    def decode(self, *, token_limit: int, prompt: str = "", temperature: float = 0.0, beams: int = 1) -> Decoded:
        """See `Encoded.decode`."""
        options = DecodingOptions(
            language="en",
            temperature=temperature,
            beam_size=beams if beams > 1 else None,
            sample_len=token_limit,
            prompt=prompt[:_PROMPT_CHARACTERS] or None,
            without_timestamps=True,
            fp16=False,
        )
        result = _EncodedTask(self._model, options).run(self._features)[0]
        return Decoded(
            text=result.text.strip(),
            tokens=len(result.tokens),
            finished=len(result.tokens) < token_limit,
            average_log_probability=float(result.avg_logprob),
            no_speech_probability=float(result.no_speech_prob),
        )


class _EncodedTask(DecodingTask):  # type: ignore[misc]
    """Decoding of features that are encoded already, of any length; the package takes short ones for a spectrogram."""

    def _get_audio_features(self, mel: torch.Tensor) -> torch.Tensor:
        return mel


def _encode(model: Whisper, mel: torch.Tensor) -> torch.Tensor:
    """`whisper.model.AudioEncoder.forward` for a window of any length up to 30 s: it takes as many of the positions as
    there are, where the package insists on all 1,500."""
    encoder = model.encoder
    states = functional.gelu(encoder.conv2(functional.gelu(encoder.conv1(mel)))).permute(0, 2, 1)
    states = states + encoder.positional_embedding[: states.shape[1]]
    for block in encoder.blocks:
        states = block(states)
    encoded: torch.Tensor = encoder.ln_post(states)
    return encoded
