"""Public sets of utterances and their intents, read from the folder that `--data` names.

Banking77 (Casanueva et al. 2020, CC BY 4.0), CLINC150 with what is out of scope (Larson et al. 2019, CC BY 3.0) and
HWU64 (Liu et al. 2019, CC BY 4.0). The 10-shot training sets are one fixed draw for each, in the files of
github.com/jianguoz/Few-Shot-Intent-Detection, which also collects the published figures.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from voicebot.errors import ContentError
from voicebot.nlu.clean import clean
from voicebot.nlu.phrases.characters import unspeakable
from voicebot.routing.table import OUT_OF_SCOPE

Pair = tuple[str, str]
"""What was said, and the intent."""

_NO_NAME = re.compile(r"[^a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class PublicSet:
    """`phrases` are for training, `utterances` for the figures alone. `validation` is for choosing: an operating point,
    or a recipe; nothing is trained on it. Empty where the set has none."""

    phrases: tuple[Pair, ...]
    utterances: tuple[Pair, ...]
    validation: tuple[Pair, ...] = ()

    @property
    def intents(self) -> tuple[str, ...]:
        return tuple(sorted({intent for _, intent in self.phrases}))

    @property
    def refusing(self) -> bool:
        """Whether some of it is out of scope."""
        return OUT_OF_SCOPE in self.intents

    def for_choosing(self) -> PublicSet:
        """The same with the validation part in the place of the utterances, so that these stay unseen while a recipe is
        chosen. Raises `ContentError` where there is none."""
        if not self.validation:
            raise ContentError("there is no validation part. Leave --validation out, or name another with --only.")
        return replace(self, utterances=self.validation)

    def few(self, intents: int, utterances: int) -> PublicSet:
        """So many intents of it, out of scope among them where there is such a thing, and so many utterances of each:
        enough to see that everything works."""
        kept = [name for name in self.intents if name != OUT_OF_SCOPE][:intents]
        kept += [OUT_OF_SCOPE] * self.refusing

        def some(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
            each = {name: [pair for pair in pairs if pair[1] == name][:utterances] for name in kept}
            return tuple(pair for found in each.values() for pair in found)

        return PublicSet(some(self.phrases), some(self.utterances), some(self.validation))

    def with_names(self) -> PublicSet:
        """The same with each intent's own name as one more phrase ("card_about_to_expire": card about to expire), as a
        council's intents have a title. What is out of scope has no name that anybody would say."""
        said = {clean(words) for words, _ in self.phrases}
        names = [(name.replace("_", " "), name) for name in self.intents if name != OUT_OF_SCOPE]
        return replace(self, phrases=self.phrases + tuple(pair for pair in names if clean(pair[0]) not in said))


def write_intents(phrases: Sequence[Pair], folder: Path) -> int:
    """Write `phrases` as data staff would, one YAML file an intent. Words that stand there already are left out, for
    `intents/` may hold them once only; returns how many that are."""
    folder.mkdir(parents=True)
    said: set[str] = set()
    files: dict[str, list[str]] = {}
    for words, intent in phrases:
        speakable = "".join(" " if any(unspeakable(sign)) else sign for sign in words).strip()
        text = clean(speakable)
        if text and text not in said:
            said.add(text)
            files.setdefault(intent, []).append(speakable)
    for intent, kept in files.items():
        head = f"title: {intent}\nspoken: {intent}\nscope: a public set\nphrases:\n"
        # JSON's way of quoting is one of YAML's, and is safe for whatever words hold
        lines = "".join(f"  - {json.dumps(words, ensure_ascii=False)}\n" for words in kept)
        (folder / f"{intent}.yaml").write_text(head + lines, "utf-8")
    return len(phrases) - len(said)


def _banking77(data: Path) -> PublicSet:
    """All 10,003 phrases and 3,080 utterances of 77 intents."""
    folder = data / "banking77"
    return PublicSet(tuple(_csv(folder / "train.csv")), tuple(_csv(folder / "test.csv")))


def _clinc150(data: Path) -> PublicSet:
    """150 intents of 100 phrases, and 100 that are out of scope; 4,500 utterances, and 1,000 out of scope."""
    file = data / "clinc150" / "data_full.json"
    try:
        parts = json.loads(_text(file))
        found = {part: tuple((str(words), _name(label)) for words, label in pairs) for part, pairs in parts.items()}
        train, validation, test = (found[part] + found[f"oos_{part}"] for part in ("train", "val", "test"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContentError(f"{file}: not CLINC150's data_full.json ({error}). Fetch it again.") from error
    return PublicSet(train, test, validation)


def _ten_shot(name: str) -> Callable[[Path], PublicSet]:
    def read(data: Path) -> PublicSet:
        folder = data / "fewshot" / name
        return PublicSet(*(tuple(_aligned(folder / part)) for part in ("train_10", "test", "valid")))

    return read


def _clinc150_ten_shot(data: Path) -> PublicSet:
    """The validation part is that of the whole set."""
    folder = data / "fewshot" / "CLINC150"
    validation = tuple(pair for pair in _clinc150(data).validation if pair[1] != OUT_OF_SCOPE)
    return PublicSet(tuple(_aligned(folder / "train_10")), tuple(_aligned(folder / "test")), validation)


def _csv(file: Path) -> Iterator[Pair]:
    rows = csv.DictReader(StringIO(_text(file)))
    for row in rows:
        words, label = row.get("text"), row.get("category")
        if not words or not label:
            raise ContentError(f"{file}:{rows.line_num}: text or category is missing. Fetch the file again.")
        yield words, _name(label)


def _aligned(folder: Path) -> Iterator[Pair]:
    """`seq.in` has the words and `label` the intents, line by line."""
    words, labels = (_text(folder / name).rstrip("\n").split("\n") for name in ("seq.in", "label"))
    if len(words) != len(labels):
        many = f"{len(words)} lines in seq.in and {len(labels)} in label"
        raise ContentError(f"{folder}: {many}; they belong together. Fetch both again.")
    for text, label in zip(words, labels, strict=True):
        yield text, _name(label)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        fix = "Name the folder that holds banking77, clinc150 and fewshot with --data."
        raise ContentError(f"{file}: cannot be read ({error.strerror}). {fix}") from error
    except UnicodeDecodeError as error:
        raise ContentError(f"{file}: not UTF-8 text. Fetch it again.") from error


def _name(label: str) -> str:
    """A label as a name that an intent may have: "reverted_card_payment?" loses its question mark."""
    name = _NO_NAME.sub("", label.strip().lower())
    return OUT_OF_SCOPE if name == "oos" else name


SETS: dict[str, Callable[[Path], PublicSet]] = {
    "hwu64-10": _ten_shot("HWU64"),
    "banking77-10": _ten_shot("BANKING77"),
    "clinc150-10": _clinc150_ten_shot,
    "banking77": _banking77,
    "clinc150": _clinc150,
}
"""How each set is read; from the quickest to the slowest. Raise `ContentError` where a file is missing or damaged."""
