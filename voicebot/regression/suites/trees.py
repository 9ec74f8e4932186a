"""What the files of a suite hold, typed or from a spreadsheet, as one tree; nothing is judged yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from voicebot.regression.suites.columns import read_calls_csv, read_words_csv
from voicebot.regression.suites.files import SuiteFiles, read_suite_text
from voicebot.regression.suites.model import Broken
from voicebot.routing.draft import Places
from voicebot.routing.issues import Issue, Mark, errors, issue
from voicebot.routing.reader import Reader
from voicebot.routing.yaml_text import Entry, Fields, Node, read_yaml

HEAD = ("suite", "at", "from", "confirm", "again", "recordings", "calls")

BABBLE = "babble"
"""A key of the head that only says how recordings of ours are made."""


@dataclass(frozen=True, slots=True)
class Trees:
    """The head by key, every call, and groups of what is said of recordings. `lost` are entries that are no call at
    all, such as the second of a name, and `faults` mistakes in the writing of calls, by name. `file` is the
    main one."""

    file: str
    head: Mapping[str, Entry]
    calls: tuple[Entry, ...]
    recordings: tuple[Node, ...]
    lost: tuple[Broken, ...]
    faults: Mapping[str, tuple[Issue, ...]]


def read_trees(files: SuiteFiles) -> tuple[Trees, tuple[Issue, ...]]:
    issues: list[Issue] = []
    head: dict[str, Entry] = {}
    calls: dict[str, Entry] = {}
    recordings: list[Node] = []
    lost: list[Broken] = []
    faults: dict[str, tuple[Issue, ...]] = {}
    if files.yaml is not None:
        reader = Reader(Places(files.yaml.name, {}, {}))
        root = _yaml(files.yaml, reader)
        entries = [each for each in reader.fields(root, "a suite") if each.key != BABBLE] if root else []
        head = {each.key: each for each in reader.known(entries, HEAD, "a suite")}
        calls = {each.key: each for each in reader.fields(head["calls"].value, "calls")} if "calls" in head else {}
        recordings += [head["recordings"].value] if "recordings" in head else []
        issues += reader.issues
        found, faults = _whose(errors(issues), tuple(calls.values()), entries)
        lost += found
    if files.csv is not None:
        listed, wrong = _spreadsheet(files.csv, words=False)
        issues += wrong
        lost += [_lost(each) for each in wrong if each.line > 1]
        for entry in listed:
            if entry.key in calls:
                message = f"{entry.key} stands in {calls[entry.key].mark.file} as well; only one can count"
                issues.append(issue("S104", entry.mark, message, "delete one of the two, or rename it"))
                lost.append(_lost(issues[-1]))
            calls.setdefault(entry.key, entry)
    if files.words is not None:
        listed, wrong = _spreadsheet(files.words, words=True)
        issues += wrong
        recordings.append(Fields(Mark(files.words.name, 1, 1), listed))
    named = files.yaml or files.csv
    file = named.name if named is not None else ""
    return Trees(file, head, tuple(calls.values()), tuple(recordings), tuple(lost), faults), tuple(issues)


def _whose(
    wrong: Iterable[Issue], calls: tuple[Entry, ...], head: Iterable[Entry]
) -> tuple[list[Broken], dict[str, tuple[Issue, ...]]]:
    """To which call each mistake belongs that stands among the calls. What stands where names of calls do is none."""
    lost: list[Broken] = []
    faults: dict[str, tuple[Issue, ...]] = {}
    places = sorted([*(each.mark.line for each in head), *(each.mark.line for each in calls)])
    names = {each.mark.line: each for each in calls}
    for each in wrong:
        begins = max((line for line in places if line <= each.line), default=0)
        call = names.get(begins)
        if call is None:
            continue
        if each.column == call.mark.column and each.line != begins:
            lost.append(_lost(each))
        else:
            faults[call.key] = (*faults.get(call.key, ()), each)
    return lost, faults


def _lost(each: Issue) -> Broken:
    return Broken(f"line {each.line} of {each.file}", Mark(each.file, each.line, each.column), (each,))


def _yaml(path: Path, reader: Reader) -> Node | None:
    text, found = read_suite_text(path)
    reader.issues += found
    if text is None:
        return None
    root, found = read_yaml(text, path.name, go_on=True)
    reader.issues += found
    return root


def _spreadsheet(path: Path, words: bool) -> tuple[tuple[Entry, ...], tuple[Issue, ...]]:
    text, issues = read_suite_text(path)
    if text is None:
        return (), issues
    found, more = (read_words_csv if words else read_calls_csv)(text, path.name)
    return found.entries, more
