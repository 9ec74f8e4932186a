"""CTranslate2's Whisper weights, read as openai-whisper's checkpoint: the same tensors under other names.

The file format is CTranslate2's model binary, version 6, as its `ModelSpec._serialize` writes it: version, name and
revision of the specification, then each variable as name, shape, type and bytes, all little-endian.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voicebot.errors import WeightsError

_VERSION = 6
_TYPES = ("<f4", "<i1", "<i2", "<i4", "<f2")

Tensors = dict[str, npt.NDArray[np.generic]]


class _Reader:
    """Takes values off the front of a buffer. Raises `struct.error` past its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, code: str) -> int:
        value: int = struct.unpack_from(f"<{code}", self._data, self._at)[0]
        self._at += struct.calcsize(f"<{code}")
        return value

    def bytes(self, size: int) -> memoryview:
        if self._at + size > len(self._data):
            raise struct.error("the file ends in the middle of a variable")
        self._at += size
        return memoryview(self._data)[self._at - size : self._at]

    def text(self) -> str:
        return bytes(self.bytes(self.number("H"))).rstrip(b"\0").decode()


def read_variables(path: Path) -> Tensors:
    """Every variable of a CTranslate2 model.bin by its name. Raises `WeightsError` where it is no Whisper."""
    try:
        reader = _Reader(path.read_bytes())
        version, name = reader.number("I"), reader.text()
        if version != _VERSION or name != "WhisperSpec":
            found = f"{name} in version {version}"
            raise WeightsError(f"{path}: is {found} of CTranslate2's format, not WhisperSpec in {_VERSION}.")
        reader.number("I")
        return dict(_variable(reader) for _ in range(reader.number("I")))
    except (OSError, struct.error, IndexError, ValueError) as error:
        raise WeightsError(f"{path}: cannot be read as a CTranslate2 model ({error}).") from None


def _variable(reader: _Reader) -> tuple[str, npt.NDArray[np.generic]]:
    name = reader.text()
    shape = tuple(reader.number("I") for _ in range(reader.number("B")))
    kind = np.dtype(_TYPES[reader.number("B")])
    return name, np.frombuffer(reader.bytes(reader.number("I")), dtype=kind).reshape(shape)


def dimensions(variables: Mapping[str, npt.NDArray[np.generic]]) -> dict[str, int]:
    """The fields of `whisper.model.ModelDimensions`, read off the shapes."""
    vocabulary, text_state = variables["decoder/embeddings/weight"].shape
    audio_context, audio_state = variables["encoder/position_encodings/encodings"].shape
    return {
        "n_mels": variables["encoder/conv1/weight"].shape[1],
        "n_audio_ctx": audio_context,
        "n_audio_state": audio_state,
        "n_audio_head": int(variables["encoder/num_heads"]),
        "n_audio_layer": _layers(variables, "encoder"),
        "n_vocab": vocabulary,
        "n_text_ctx": variables["decoder/position_encodings/encodings"].shape[0],
        "n_text_state": text_state,
        "n_text_head": int(variables["decoder/num_heads"]),
        "n_text_layer": _layers(variables, "decoder"),
    }


def state(variables: Mapping[str, npt.NDArray[np.generic]]) -> Tensors:
    """The tensors of openai-whisper's `model_state_dict`, float32. The projection to words is the token embedding."""
    made = {
        "encoder.positional_embedding": variables["encoder/position_encodings/encodings"],
        "decoder.positional_embedding": variables["decoder/position_encodings/encodings"],
        "decoder.token_embedding.weight": variables["decoder/embeddings/weight"],
    }
    for conv in ("conv1", "conv2"):
        made |= _linear(variables, f"encoder/{conv}", f"encoder.{conv}")
    made |= _norm(variables, "encoder/layer_norm", "encoder.ln_post")
    made |= _norm(variables, "decoder/layer_norm", "decoder.ln")
    for half in ("encoder", "decoder"):
        for layer in range(_layers(variables, half)):
            made |= _block(variables, f"{half}/layer_{layer}", f"{half}.blocks.{layer}")
    return {name: tensor.astype(np.float32) for name, tensor in made.items()}


def _layers(variables: Mapping[str, object], half: str) -> int:
    found = (re.match(rf"{half}/layer_(\d+)/", name) for name in variables)
    return len({match[1] for match in found if match})


def _block(source: Mapping[str, npt.NDArray[np.generic]], old: str, new: str) -> Tensors:
    made = _norm(source, f"{old}/self_attention/layer_norm", f"{new}.attn_ln")
    made |= _attention(source, f"{old}/self_attention", f"{new}.attn", ("query", "key", "value"))
    if f"{old}/attention/linear_0/weight" in source:
        made |= _norm(source, f"{old}/attention/layer_norm", f"{new}.cross_attn_ln")
        made |= _attention(source, f"{old}/attention", f"{new}.cross_attn", ("query",), ("key", "value"))
    made |= _norm(source, f"{old}/ffn/layer_norm", f"{new}.mlp_ln")
    made |= _linear(source, f"{old}/ffn/linear_0", f"{new}.mlp.0")
    return made | _linear(source, f"{old}/ffn/linear_1", f"{new}.mlp.2")


def _attention(source: Mapping[str, npt.NDArray[np.generic]], old: str, new: str, *stacks: tuple[str, ...]) -> Tensors:
    """CTranslate2 stacks the projections that read the same input; the one after the stacks is the way out. Keys have
    no bias in Whisper."""
    made = _linear(source, f"{old}/linear_{len(stacks)}", f"{new}.out")
    for number, names in enumerate(stacks):
        weights = np.split(source[f"{old}/linear_{number}/weight"], len(names))
        biases = np.split(source[f"{old}/linear_{number}/bias"], len(names))
        for name, weight, bias in zip(names, weights, biases, strict=True):
            made[f"{new}.{name}.weight"] = weight
            if name != "key":
                made[f"{new}.{name}.bias"] = bias
    return made


def _linear(source: Mapping[str, npt.NDArray[np.generic]], old: str, new: str) -> Tensors:
    return {f"{new}.{part}": source[f"{old}/{part}"] for part in ("weight", "bias")}


def _norm(source: Mapping[str, npt.NDArray[np.generic]], old: str, new: str) -> Tensors:
    return {f"{new}.weight": source[f"{old}/gamma"], f"{new}.bias": source[f"{old}/beta"]}
