"""Drafts of calls as YAML, put into a suite's file so that every other byte of it stays. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from voicebot.errors import ContentError
from voicebot.routing.hours import LONDON
from voicebot.routing.issues import errors
from voicebot.routing.yaml_text import Entry, Fields, Text, read_yaml

CHECK_ME = "# drafted: check me"
FILL_IN = "# fill in words: what is truly said, word for word"
AS_HEARD = "# as the bot hears it: correct the words"
RECORD_ME = "# the recording is no longer kept: record these words"

NEW_FILE = (
    "# Recorded calls: docs/regression.md says how they are written; `voicebot suite check` finds mistakes.\n\ncalls:\n"
)

WORDS_OF_A_NAME = 4
_COMMON = (
    "a about and am are can could do for from get good have hello hey hi how i i'd i'm i've in is it it's its just "
    "like me morning my need of on or please report ringing say so some that the there there's this to uh um want was "
    "we well what with would yes you your name number telephone address email postcode card"
)
_UNTELLING = frozenset(_COMMON.split())
"""Words that a name does without."""


@dataclass(frozen=True, slots=True)
class DraftStep:
    """`file` and its `words` (None where nobody knows them, "" where nothing is said), or `keys`, or `silence`.
    `lost`: the file is not there, and somebody must record it."""

    file: str = ""
    words: str | None = None
    keys: str = ""
    silence: int = 0
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """`at` is None where the file's own time will do, `number` "" where its usual caller will. `expect` holds names and
    values as they are written; empty where nothing is known."""

    name: str
    about: str
    at: datetime | None
    number: str
    steps: tuple[DraftStep, ...]
    transfers: tuple[str, ...]
    expect: Mapping[str, str]


def draft_text(draft: Draft, indent: int) -> str:
    """The entry, each of its lines with its line end, the name of the call `indent` spaces in."""
    lines = [f"{_key(draft.name)}:", f"  for: {_quoted(draft.about)}"]
    if draft.at is not None:
        lines.append(f'  at: "{_local(draft.at)}"')
    if draft.number:
        lines.append(f'  from: "{draft.number}"')
    lines += ["  steps:", *(f"    - {_step(each)}" for each in draft.steps)]
    if any(each != "completed" for each in draft.transfers):
        lines.append(f"  transfers: [{', '.join(draft.transfers)}]")
    expected = ", ".join(f"{name}: {value}" for name, value in draft.expect.items())
    lines.append(f"  expect: {{{expected}}}  {CHECK_ME}")
    return "".join(f"{' ' * indent}{line}\n" for line in lines)


def _local(at: datetime) -> str:
    """With its offset where the hour comes twice."""
    local = at.astimezone(LONDON)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return local.isoformat(" ", "minutes") if twice else f"{local:%Y-%m-%d %H:%M}"


def _step(step: DraftStep) -> str:
    if step.keys:
        return f'{{keys: "{step.keys}"}}'
    if step.silence:
        return f"{{silence: {step.silence}}}"
    # a name with a comma, a colon or a bracket in it would be read as something else
    file = step.file if re.fullmatch(r"\w[\w ./-]*", step.file) else _quoted(step.file)
    if step.words is None:
        return f"{{play: {file}}}  {FILL_IN}"
    told = f"{{play: {file}, words: {_quoted(step.words)}}}"
    return f"{told}  {RECORD_ME if step.lost else AS_HEARD}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[a-z0-9-]*[a-z][a-z0-9-]*", name) else _quoted(name)


def name_from(words: str, taken: Iterable[str]) -> str:
    """A short name that tells what the words are about, such as "pothole-mill-lane"; none that is taken. `words` are
    redacted."""
    plain = re.sub(r"\[[^\]]*\]", " ", words.lower().replace("’", "'"))
    telling = [each for each in re.findall(r"[a-z][a-z']*", plain) if each not in _UNTELLING]
    name = "-".join(each.replace("'", "") for each in telling[:WORDS_OF_A_NAME])[:40].strip("-") or "recording"
    there = set(taken)
    return next(each for each in _numbered(name) if each not in there)


def _numbered(name: str) -> Iterable[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


# --- into the file -------------------------------------------------------------------------------------------------


def with_draft(text: str, file: str, draft: Draft) -> str:
    """The file with the draft as its last call. Raises `ContentError` where its calls cannot be told from the rest."""
    text = text or NEW_FILE
    root, issues = read_yaml(text, file)
    if errors(issues) or not isinstance(root, Fields):
        raise ContentError(f"{file} has mistakes; correct them first: `voicebot suite check` lists them")
    place = next((number for number, entry in enumerate(root.entries) if entry.key == "calls"), None)
    end = "\r\n" if "\r\n" in text else "\n"
    if place is None:
        return f"{_ended(text, end)}{end}calls:{end}{draft_text(draft, 2).replace(chr(10), end)}"
    calls = root.entries[place]
    lines = text.splitlines(keepends=True)
    last = root.entries[place + 1].mark.line - 1 if place + 1 < len(root.entries) else len(lines)
    while last > calls.mark.line and (not lines[last - 1].strip() or lines[last - 1].startswith("#")):
        last -= 1
    entry = draft_text(draft, _indent(calls, file)).replace("\n", end)
    before = _ended("".join(lines[:last]), end)
    made = f"{before}{entry}{''.join(lines[last:])}"
    _verify(made, file, draft.name)
    return made


def _ended(text: str, end: str) -> str:
    return text if not text or text.endswith(("\n", "\r")) else f"{text}{end}"


def _indent(calls: Entry, file: str) -> int:
    if isinstance(calls.value, Text) and not calls.value.text.strip():
        return calls.mark.column + 1
    if not isinstance(calls.value, Fields) or calls.value.mark.line == calls.mark.line or not calls.value.entries:
        raise ContentError(
            f"{file}:{calls.mark.line}: calls are written in brackets; write each on lines of its own, then try again"
        )
    return calls.value.entries[0].mark.column - 1


def _verify(text: str, file: str, name: str) -> None:
    """What was put in is read as it was meant: nothing is written otherwise."""
    root, issues = read_yaml(text, file)
    calls = (
        next((each.value for each in root.entries if each.key == "calls"), None) if isinstance(root, Fields) else None
    )
    if errors(issues) or not isinstance(calls, Fields) or not any(each.key == name for each in calls.entries):
        raise ContentError(f"{file} is written in a way that nothing can be added to; add the call {name} by hand")
