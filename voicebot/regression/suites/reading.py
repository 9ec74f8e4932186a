"""Reads a suite's folder: every call that can be placed, and every mistake, all at once."""

from __future__ import annotations

from pathlib import Path

from voicebot.errors import ContentError
from voicebot.regression.suites.checks import check_call, check_names, check_recordings, unplayed
from voicebot.regression.suites.described import read_described
from voicebot.regression.suites.entries import Usual, manner, read_call, usual_values
from voicebot.regression.suites.files import find_files
from voicebot.regression.suites.model import Broken, Suite, SuiteCall
from voicebot.regression.suites.sounds import Library
from voicebot.regression.suites.trees import Trees, read_trees
from voicebot.routing.draft import Places
from voicebot.routing.issues import Issue, Mark, errors, issue
from voicebot.routing.reader import Reader
from voicebot.routing.table import Table
from voicebot.routing.yaml_text import Entry

UNKNOWN = frozenset({"S301", "S302"})
"""Mistakes in what is expected that leave nothing to judge the call by."""


def read_suite(folder: Path, table: Table | None) -> tuple[Suite, tuple[Issue, ...]]:
    """The suite in `folder`: all calls that can be placed, though others cannot, and every issue, by file and line.
    `table` is what its intents and queues are looked up in, None where they are not to be.

    Raises `ContentError`, with the issues, where there is no suite at all."""
    files, issues = find_files(folder)
    if files is None:
        raise ContentError(f"{issues[0].message}: {issues[0].fix}", issues)
    trees, issues = read_trees(files)
    if not trees.calls:
        if not errors(issues):
            mark = Mark(trees.file, 1, 1)
            issues = (*issues, issue("S003", mark, "the suite has no calls", "add one: see docs/regression.md"))
        raise ContentError("\n".join(str(each) for each in errors(issues)), issues)
    suite, found = _suite(folder, trees, table, issues)
    return suite, tuple(sorted({*issues, *found}))


def _suite(folder: Path, trees: Trees, table: Table | None, before: tuple[Issue, ...]) -> tuple[Suite, list[Issue]]:
    reader = Reader(Places(trees.file, {}, {}))
    described = read_described(reader, trees.recordings, trees.calls, Library(folder, {}).there)
    library = Library(folder, described)
    usual = usual_values(reader, trees.head)
    usually = manner(reader, trees.head, library)
    name = reader.text(trees.head["suite"], "suite") if "suite" in trees.head else None
    calls: list[SuiteCall] = []
    broken: list[Broken] = []
    issues: list[Issue] = []
    for entry in trees.calls:
        call, found = _call(entry, trees, library, usual, table)
        issues += found
        if isinstance(call, Broken):
            broken.append(call)
        else:
            calls.append(call)
    played = [step.play for call in calls for step in call.steps if step.play is not None]
    issues += check_recordings(library, described, [*played, *usually.sounds])
    issues += reader.issues
    if not errors((*before, *issues)):
        issues += unplayed(library, described, trees.file)
    suite = Suite(
        name=name or folder.resolve().name,
        folder=folder,
        calls=tuple(calls),
        manner=usually,
        sounds=library.sounds,
        broken=(*broken, *trees.lost),
    )
    return suite, issues


def _call(
    entry: Entry, trees: Trees, library: Library, usual: Usual, table: Table | None
) -> tuple[SuiteCall | Broken, tuple[Issue, ...]]:
    call, issues = read_call(entry, library, usual)
    faults = trees.faults.get(entry.key, ())
    if isinstance(call, Broken):
        unknown = check_names(entry, table) if table is not None else ()
        return Broken(call.name, call.mark, (*faults, *call.issues, *unknown)), (*issues, *unknown)
    issues = (*issues, *check_call(call, entry, table))
    wrong = (*faults, *(each for each in issues if each.code in UNKNOWN))
    return (Broken(call.name, call.mark, wrong) if wrong else call), issues
