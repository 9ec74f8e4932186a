"""A council's own recordings of what the bot says: a folder of sound files and `prompts.yaml`, which says what each is.

    recordings:
      welcome.wav: Hello, you're through to Westshire County Council.
    slow:
      welcome-slow.wav: Hello, you're through to Westshire County Council.

They are brought into the folder of rendered pieces, where calls find them before any rendering; `slow` are those for
callers who asked for "slower".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voicebot.errors import RecordingError
from voicebot.routing.issues import Issue, Mark, choose, issue, shown
from voicebot.routing.yaml_text import Entry, Fields, Text, read_yaml
from voicebot.speech.audio import SAMPLE_RATE, decode
from voicebot.speech.voice.cache import Piece
from voicebot.speech.voice.library import RECORDED, own
from voicebot.speech.voice.pieces import sentences
from voicebot.speech.voice.sound import as_piece

FILE = "prompts.yaml"
SECTIONS = ("recordings", "slow")
MAX_BYTES = 20_000_000
"""Two minutes of the best that a studio delivers."""

_ONLY_THESE = "it has recordings: and slow:, each with lines such as welcome.wav: Hello."


@dataclass(frozen=True, slots=True)
class OwnRecording:
    """A file of the folder, what is said in it, and the same as what calls look for. `mark` is its line."""

    path: Path
    piece: Piece
    mark: Mark


def read_recordings(folder: Path) -> tuple[tuple[OwnRecording, ...], tuple[Issue, ...]]:
    """What `prompts.yaml` lists, and every mistake in it; what is wrong is left out, the rest counts. A folder that is
    not there has no recordings."""
    file = folder / FILE
    if not folder.is_dir():
        return (), ()
    name = str(file)
    try:
        root, issues = read_yaml(file.read_text(encoding="utf-8"), name)
    except (OSError, UnicodeDecodeError) as error:
        fix = "write it as UTF-8 text that says which sentence each file of the folder holds"
        return (), (issue("V001", Mark(name, 1, 1), f"it cannot be read ({type(error).__name__})", fix),)
    found = list(issues)
    if not isinstance(root, Fields):
        if not issues:
            found.append(issue("V002", Mark(name, 1, 1), "there is nothing in it", _ONLY_THESE))
        return (), tuple(found)
    kept: dict[str, OwnRecording] = {}
    for entry, slow in _entries(root, found):
        recording = _recording(folder, entry, slow, found)
        if recording is None:
            continue
        first = kept.setdefault(recording.piece.key, recording)
        if first is not recording:
            said = f"the sentence of line {first.mark.line} stands here again"
            found.append(issue("V006", entry.mark, said, "keep one recording of each sentence"))
    found += _unlisted(folder, root)
    return tuple(kept.values()), tuple(sorted(found))


def _unlisted(folder: Path, root: Fields) -> Iterator[Issue]:
    """Sound files that no line names: they would never be heard."""
    listed = {
        each.key for section in root.entries if isinstance(section.value, Fields) for each in section.value.entries
    }
    for path in sorted(folder.glob("**/*.wav")):
        name = path.relative_to(folder).as_posix()
        if name not in listed:
            mark = Mark(str(folder / FILE), 1, 1)
            yield issue("N701", mark, f"nothing says what {name} holds", f"add the line {name}: and its sentence")


def bring_in(recordings: tuple[OwnRecording, ...], prompts: Path) -> tuple[Issue, ...]:
    """Have calls find these in the folder `prompts`, and none that were brought in before; what cannot be used is an
    issue, and its sentence is rendered. Raises `VoicebotError` where the folder cannot be written."""
    cache = own(prompts)
    issues: list[Issue] = []
    wanted: set[Path] = set()
    for each in recordings:
        try:
            data = each.path.read_bytes()
            source = hashlib.sha256(data).hexdigest()
            if cache.note(each.piece).get("source") != source:
                samples = decode(data, limit_seconds=120.0)
                cache.write(each.piece, as_piece(samples.astype(np.float64), SAMPLE_RATE), source=source)
            wanted.add(cache.path(each.piece))
        except RecordingError as error:
            issues.append(_unusable(each, error.message))
        except OSError as error:
            issues.append(_unusable(each, f"it cannot be read ({error.strerror})"))
    for path in [path for path, _ in cache.files() if path not in wanted]:
        path.unlink(missing_ok=True)
    return tuple(issues)


def unsaid(recordings: tuple[OwnRecording, ...], said: Sequence[str]) -> tuple[Issue, ...]:
    """Recordings of sentences that are not `said`: perhaps a word is other than in the wording."""
    known = set(said)
    return tuple(
        issue(
            "N702",
            each.mark,
            f"nothing in the routing table says {shown(each.piece.words)}",
            choose(each.piece.words, said, "this is fine if it is kept for later"),
        )
        for each in recordings
        if each.piece.words not in known
    )


def _unusable(recording: OwnRecording, reason: str) -> Issue:
    return issue("V007", recording.mark, f"{recording.path.name}: {reason}", "record it again as a WAV file")


def _entries(root: Fields, issues: list[Issue]) -> Iterator[tuple[Entry, bool]]:
    for section in root.entries:
        if section.key not in SECTIONS:
            message = f"there is no section {shown(section.key)}"
            issues.append(issue("V003", section.mark, message, choose(section.key, SECTIONS, _ONLY_THESE)))
        elif isinstance(section.value, Fields):
            yield from ((each, section.key == "slow") for each in section.value.entries)
        elif not (isinstance(section.value, Text) and not section.value.text):
            message = f"{section.key} must be a list of files, each with its sentence"
            issues.append(issue("V003", section.value.mark, message, "write welcome.wav: Hello. below it"))


def _recording(folder: Path, entry: Entry, slow: bool, issues: list[Issue]) -> OwnRecording | None:
    words = entry.value.text if isinstance(entry.value, Text) else ""
    path = folder / entry.key
    said = sentences(words)
    if len(said) != 1:
        message = f"{entry.key} must hold one sentence, not {len(said)}"
        fix = "record each sentence in a file of its own" if said else "write after the colon what is said in it"
        issues.append(issue("V005", entry.mark, message, fix))
        return None
    if folder.resolve() not in path.resolve().parents or not path.is_file():
        there = [each.name for each in folder.iterdir() if each.is_file() and each.name != FILE]
        fix = choose(entry.key, there, f"put the file into {folder}, or delete the line")
        issues.append(issue("V004", entry.mark, f"there is no file {shown(entry.key)}", fix))
        return None
    if path.stat().st_size > MAX_BYTES:
        issues.append(issue("V007", entry.mark, f"{entry.key} is larger than {MAX_BYTES:,} bytes", "cut it shorter"))
        return None
    return OwnRecording(path, Piece(said[0], RECORDED, slow), entry.mark)
