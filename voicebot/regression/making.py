"""How the recordings of tests/calls are made, as its calls.yaml says under `recordings` and `babble`.

What each call should come to stands in the same file and is read as any other suite is (`suites/reading.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from voicebot.errors import ContentError
from voicebot.routing.yaml_text import Entry, Fields, Items, Node, read_yaml
from voicebot.speech.telephone import SPEECH_LEVEL
from voicebot.speech.voice.phonemes import BRITISH

Background = Literal["babble", "traffic", "pink", "hold_music"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]

ONLY_TOLD = frozenset({"accent", "noise", "tags"})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Recording(_Strict):
    """One file to be made.

    With `words`: spoken by `voice` at `speed` (0.5 to 2), `[1.2]` being a pause of so many seconds, `background` `snr`
    decibels below the voice. Without: `seconds` of `background` alone, or of an open line on which nobody speaks.
    `level` in dBFS is that of the voice, or of the background where it is alone. `before` and `after` are the seconds
    of line around the words.
    """

    for_: str = Field(alias="for", min_length=1)
    words: str = ""
    voice: str = ""
    speed: float = Field(1.0, ge=0.5, le=2.0)
    language: str = BRITISH
    background: Background | None = None
    snr: float = Field(12.0, ge=-10, le=60)
    level: float = Field(SPEECH_LEVEL, ge=-60, le=-10)
    seconds: float = Field(0.0, ge=0, le=60)
    before: float = Field(0.4, ge=0, le=10)
    after: float = Field(0.8, ge=0, le=10)

    @model_validator(mode="after")
    def _either_words_or_seconds(self) -> Self:
        if bool(self.words) == bool(self.seconds):
            raise ValueError("give either words, or seconds of a line on which nobody speaks")
        if bool(self.words) != bool(self.voice):
            raise ValueError("words need a voice, and a voice needs words")
        return self


class Murmur(_Strict):
    """One of the voices that talk at once in the background `babble`."""

    voice: str
    words: str


class Making(_Strict):
    """What is to be made. `babble`: the people who talk behind a caller."""

    babble: tuple[Murmur, ...] = ()
    recordings: dict[Name, Recording]


def read_making(path: Path) -> Making:
    """The file at `path`. Raises `ContentError` that lists every mistake with its line."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ContentError(f"{path} cannot be read: {error.strerror}.") from None
    root, issues = read_yaml(text, path.name)
    if issues or root is None:
        listed = "\n".join(str(each) for each in issues)
        raise ContentError(f"{path.name} cannot be used; correct what is listed:\n{listed}", issues)
    try:
        return Making.model_validate(_what_is_made(_plain(root)))
    except ValidationError as error:
        told = [
            f"{path.name}:{_line(root, each['loc'])}: {_where(each['loc'])}{each['msg']}" for each in error.errors()
        ]
        raise ContentError("\n".join(told)) from None


def _what_is_made(given: Any) -> Any:
    """Without calls, and without what is said of a recording only so that reports can be sliced."""
    if not isinstance(given, dict) or not isinstance(given.get("recordings"), dict):
        return given
    recordings = {
        name: {key: value for key, value in each.items() if key not in ONLY_TOLD} if isinstance(each, dict) else each
        for name, each in given["recordings"].items()
    }
    return {"recordings": recordings, "babble": given.get("babble", [])}


def _plain(node: Node) -> Any:
    if isinstance(node, Fields):
        return {entry.key: _plain(entry.value) for entry in node.entries}
    if isinstance(node, Items):
        return [_plain(each) for each in node.items]
    return node.text


def _line(node: Node, place: tuple[int | str, ...]) -> int:
    """The line of the value at `place`, or of the nearest thing around it that is there."""
    line = node.mark.line
    for part in place:
        entry: Entry | None = None
        if isinstance(node, Fields):
            entry = next((each for each in node.entries if each.key == part), None)
            if entry is None:
                return line
            line, node = entry.mark.line, entry.value
        elif isinstance(node, Items) and isinstance(part, int):
            node = node.items[part]
            line = node.mark.line
    return line


def _where(place: tuple[int | str, ...]) -> str:
    return f"{'.'.join(str(part) for part in place)}: " if place else ""
