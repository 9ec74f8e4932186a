"""Reads tests/calls/calls.yaml: how each recording is made, and what each recorded call should come to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from voicebot.dialogue.session import Outcome
from voicebot.dialogue.turn import DecisionName
from voicebot.errors import ContentError
from voicebot.regression.line import SPEECH_LEVEL
from voicebot.regression.phonemes import BRITISH
from voicebot.routing.yaml_text import Entry, Fields, Items, Node, read_yaml

Background = Literal["babble", "traffic", "pink", "hold_music"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


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


class Step(_Strict):
    """What the caller does when the bot has asked: `play` a recording, press `keys`, keep `silence` at so many prompts.

    `decision` lists the decisions that the bot may come to upon it; empty where any will do.
    """

    play: str | None = None
    keys: str | None = Field(None, pattern=r"^[0-9*#]+$")
    silence: int | None = Field(None, ge=1, le=9)
    decision: Annotated[tuple[DecisionName, ...], BeforeValidator(_listed)] = ()

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if sum(each is not None for each in (self.play, self.keys, self.silence)) != 1:
            raise ValueError("a step is one of play, keys, silence")
        return self


class Expected(_Strict):
    """What the call comes to in the end. `intent` and `queue` are None where there is none or it does not matter."""

    intent: str | None = None
    queue: str | None = None
    outcome: Outcome


class RecordedCall(_Strict):
    """One call: when it rings (`at`, local time of the council, ISO 8601), what the caller does, what it comes to.

    After her last step she hangs up at the next prompt.
    """

    for_: str = Field(alias="for", min_length=1)
    at: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$")
    steps: tuple[Step, ...] = Field(min_length=1)
    expect: Expected


class Calls(_Strict):
    """The whole file. `confirm` is what a caller plays when the bot asks "Is it about …?" and is right."""

    at: str
    confirm: str
    babble: tuple[Murmur, ...]
    recordings: dict[Name, Recording]
    calls: dict[Name, RecordedCall]

    @model_validator(mode="before")
    @classmethod
    def _usual_time(cls, given: Any) -> Any:
        """Calls without a time of their own ring at the file's."""
        calls = given.get("calls") if isinstance(given, dict) else None
        if isinstance(calls, dict):
            rung = {
                name: {"at": given.get("at"), **call} if isinstance(call, dict) else call
                for name, call in calls.items()
            }
            return {**given, "calls": rung}
        return given

    @model_validator(mode="after")
    def _every_file_is_made(self) -> Self:
        played = {step.play for call in self.calls.values() for step in call.steps if step.play} | {self.confirm}
        unknown = sorted(played - {f"{name}.wav" for name in self.recordings})
        if unknown:
            raise ValueError(f"no recording is made for {', '.join(unknown)}")
        return self


def read_calls(path: Path) -> Calls:
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
        return Calls.model_validate(_plain(root))
    except ValidationError as error:
        told = [
            f"{path.name}:{_line(root, each['loc'])}: {_where(each['loc'])}{each['msg']}" for each in error.errors()
        ]
        raise ContentError("\n".join(told)) from None


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
