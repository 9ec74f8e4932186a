"""`voicebot suite add`: drafts calls of a suite from recordings, or from a stored call."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from voicebot import bootstrap
from voicebot.commands.moments import moment
from voicebot.commands.output import emit, json_option, progress
from voicebot.commands.why import stored_call
from voicebot.config import Settings, load_settings
from voicebot.dialogue.actions import Expecting
from voicebot.dialogue.events import Heard
from voicebot.errors import ContentError, RecordingError
from voicebot.regression.suites.drafting import Draft, DraftStep, name_from, with_draft
from voicebot.regression.suites.drafts import Ears, Take, draft_of_call, expect_of, spoken_words, takes
from voicebot.regression.suites.files import CALLS, find_files, read_suite_text
from voicebot.regression.telephone_wav import read_callers_side
from voicebot.routing.loader import load_table
from voicebot.routing.source import BOM
from voicebot.routing.yaml_text import Fields, read_yaml
from voicebot.speech.gate import trustworthy
from voicebot.storage.deletions import still_kept
from voicebot.storage.queries import show_call
from voicebot.storage.redaction import redact

OURS = Path("tests/calls")
FETCH_SECONDS = 8.0


@click.command()
@click.argument("recordings", nargs=-1, type=click.Path(path_type=Path), metavar="[RECORDING…]")
@click.option("--call", "call_id", help="A stored call in place of recordings: its id, or the beginning of it.")
@click.option(
    "--suite", "folder", type=click.Path(path_type=Path), default=OURS, show_default=True, help="The suite's folder."
)
@click.option("--one-call", is_flag=True, help="The recordings are what one caller says, one after the other.")
@click.option("--at", "at", help="When she rings (local time), such as 2026-12-24T12:30; default the suite's, or now.")
@json_option
def add(
    recordings: tuple[Path, ...], call_id: str | None, folder: Path, one_call: bool, at: str | None, as_json: bool
) -> None:
    """Draft an entry of a suite for each RECORDING: what is said in it, as the recogniser hears it, and what becomes of
    such a caller today. Check both: they are what the bot makes of it, not what is right.

    A recording of both sides of a call is cut to the caller's turns. Words are redacted before they are written, sound
    is not. Of a stored call the sound is only there as long as it is kept.

    \b
    Examples:
      voicebot suite add pothole.mp3 --suite calls
      voicebot suite add bins.wav didbury.wav yes.wav --one-call --suite calls
      voicebot suite add --call CA0123456789ab --suite calls
    """
    if bool(recordings) == (call_id is not None):
        raise click.UsageError("give either RECORDINGs or --call")
    say = progress(as_json)
    settings = load_settings()
    suite = _Suite(folder, moment(at) if at else None)
    if call_id is not None:
        _add_call(suite, settings, call_id, say)
    else:
        _add_recordings(suite, settings, recordings, one_call, say)
    suite.write()
    if as_json:
        emit([{"call": each.name, "files": [step.file for step in each.steps if step.file]} for each in suite.drafts])
    for each in suite.drafts:
        say(f"{suite.path}: drafted {each.name}; check its words and what it expects")


class _Suite:
    """The folder that drafts are put into. Nothing is written before `write`."""

    def __init__(self, folder: Path, at: datetime | None) -> None:
        found = find_files(folder)[0] if folder.is_dir() else None
        there = list(folder.glob("*.y*ml")) if found is None and folder.is_dir() else []
        if there:
            raise ContentError(f"{folder} has several YAML files; name the one with the calls {CALLS}")
        self.folder = folder
        self.path = (found.yaml if found is not None else None) or folder / CALLS
        text, issues = read_suite_text(self.path) if self.path.is_file() else ("", ())
        if text is None:
            raise ContentError(str(issues[0]))
        begun = self.path.is_file() and self.path.read_bytes().startswith(BOM.encode())
        self._text = f"{BOM}{text}" if begun else text
        self.drafts: list[Draft] = []
        self._sounds: dict[str, bytes] = {}
        root = read_yaml(text, self.path.name)[0] if text else None
        head = {each.key: each.value for each in root.entries} if isinstance(root, Fields) else {}
        calls = head.get("calls")
        self._names = {each.key for each in calls.entries} if isinstance(calls, Fields) else set()
        self._has_time = "at" in head
        self.given = at

    @property
    def at(self) -> datetime | None:
        """When drafted calls ring; None where the suite's own time will do."""
        return self.given if self.given is not None or self._has_time else _now()

    def name(self, words: str) -> str:
        return name_from(words, self._names)

    def keep(self, wav: bytes, words: str) -> str:
        """The name of the file that the sound will have; b"" is one that somebody must record."""
        there = {each.stem for each in self.folder.iterdir()} if self.folder.is_dir() else set()
        name = f"{name_from(words, there | {Path(each).stem for each in self._sounds})}.wav"
        self._sounds[name] = wav
        return name

    def put(self, draft: Draft) -> None:
        self._text = with_draft(self._text, self.path.name, draft)
        self._names.add(draft.name)
        self.drafts.append(draft)

    def write(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for name, wav in self._sounds.items():
                if wav:
                    (self.folder / name).write_bytes(wav)
            beside = self.path.with_name(f".{self.path.name}.new")
            beside.write_text(self._text, encoding="utf-8", newline="")
            os.replace(beside, self.path)
        except OSError as error:
            raise ContentError(f"{self.folder} cannot be written to: {error.strerror}.") from None


def _now() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


# --- recordings ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    """One thing that she says; `file` where it lies in the suite already."""

    take: Take
    file: str = ""


def _add_recordings(
    suite: _Suite, settings: Settings, recordings: Sequence[Path], one_call: bool, say: Callable[[str], None]
) -> None:
    ears = Ears(bootstrap.recogniser(settings), trustworthy, redact)
    table = load_table(settings.routing)
    calls = []
    for path in recordings:
        say(f"listening to {path}")
        side, rate = read_callers_side(path)
        found = takes(side, rate, ears)
        inside = len(found) == 1 and side.channel is None and path.resolve().parent == suite.folder.resolve()
        calls.append([_Said(each, path.name if inside else "") for each in found])
    if ears.why:
        say(f"{ears.why} Fill in the words by hand, or start it (`voicebot recogniser`) and draft again.")
    understand = _understander(settings, say)
    for said in [[each for call in calls for each in call]] if one_call else calls:
        words = [each.take.words for each in said]
        expected = expect_of(words, suite.at or _now(), table, understand)
        name = suite.name(" ".join(each for each in words if each))
        files = [each.file or suite.keep(each.take.wav, each.take.words or "") for each in said]
        steps = tuple(DraftStep(file, each) for file, each in zip(files, words, strict=True))
        suite.put(Draft(name, "Drafted from a recording.", suite.at, "", steps, (), expected))


def _understander(settings: Settings, say: Callable[[str], None]) -> Callable[[str, Expecting], Heard]:
    """The model takes seconds to load, and is not needed where nothing was heard."""
    loaded: list[Callable[[str, Expecting], Heard]] = []

    def understand(words: str, expecting: Expecting) -> Heard:
        if not loaded:
            say("loading the model")
            loaded.append(bootstrap.understander_in_use(settings).understand)
        return loaded[0](words, expecting)

    return understand


# --- a stored call -------------------------------------------------------------------------------------------------


def _add_call(suite: _Suite, settings: Settings, beginning: str, say: Callable[[str], None]) -> None:
    call = stored_call(settings, beginning)
    engine = bootstrap.open_storage(settings)
    summary = show_call(engine, call.call_id)
    if summary is None:
        raise click.ClickException(f"no call {call.call_id} is stored any more")
    words = spoken_words(call)
    heard = [turn["number"] for turn in summary["turns"] if turn["seconds"]["fetch"] > 0]
    urls = still_kept(engine, call.call_id)
    spoken = [turn["number"] for turn in summary["turns"] if turn["event"] in ("Heard", "NotUnderstood")]
    kept = dict(zip(heard, urls, strict=True)) if len(heard) == len(urls) else {}
    wavs = _fetched([kept.get(number) for number in spoken[: len(words)]], settings)
    files = [suite.keep(wav or b"", each) for wav, each in zip(wavs or [b""] * len(words), words, strict=True)]
    if words and wavs is None:
        say("the recordings of this call are no longer kept: record the words yourself, under the names in the file")
    draft, whole = draft_of_call(call, summary, files, wavs is not None, suite.name(" ".join(words)))
    if not whole:
        say("not all that happened in this call is kept: complete its steps")
    suite.put(draft if suite.given is None else replace(draft, at=suite.given))


def _fetched(urls: Sequence[str | None], settings: Settings) -> list[bytes] | None:
    """All of them, or None where one has gone."""
    if None in urls:
        return None
    recordings = bootstrap.recordings(settings)
    try:
        return [recordings.fetch(url, deadline=FETCH_SECONDS) for url in urls if url is not None]
    except RecordingError:
        return None
