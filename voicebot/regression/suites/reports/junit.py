"""A run as JUnit XML, which every CI server reads: a call is a test case, and links to its line of the suite."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from voicebot.regression.suites.reports.wording import cause_words, conversation, miss_words, told
from voicebot.regression.suites.reports.writing import write
from voicebot.regression.suites.results import CallReport, Run

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that XML 1.0 has no way to write (§ 2.2)."""


def write_junit(run: Run, path: Path) -> None:
    """Failed calls are `failure`s, broken ones `error`s, those that were not run `skipped` with the reason.

    Raises `ContentError` where `path` cannot be written."""
    suite = ElementTree.Element("testsuite", {**_counts(run), "timestamp": run.began, "hostname": _plain(run.machine)})
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in run.settings.items():
        ElementTree.SubElement(properties, "property", {"name": _plain(name), "value": _plain(value)})
    for call in run.calls:
        suite.append(_case(run, call))
    root = ElementTree.Element("testsuites", _counts(run))
    root.append(suite)
    ElementTree.indent(root)
    write(path, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _counts(run: Run) -> dict[str, str]:
    failed = [call for call in run.calls if call.status == "failed"]
    errors = sum(call.cause == "broken" for call in failed)
    return {
        "name": _plain(run.suite),
        "tests": str(len(run.calls)),
        "failures": str(len(failed) - errors),
        "errors": str(errors),
        "skipped": str(sum(call.status == "not_run" for call in run.calls)),
        "time": f"{run.seconds:.3f}",
    }


def _case(run: Run, call: CallReport) -> ElementTree.Element:
    given = {
        "name": _plain(call.name),
        "classname": _plain(f"{run.suite}.{call.profile or 'clean'}"),
        "time": f"{call.seconds:.3f}",
    }
    if call.file:
        given |= {"file": _plain(call.file), "line": str(call.line)}
    case = ElementTree.Element("testcase", given)
    if call.status == "failed":
        kind = "error" if call.cause == "broken" else "failure"
        title, who = cause_words(call.cause)
        message = "; ".join(map(miss_words, call.misses)) or call.why or title
        found = ElementTree.SubElement(case, kind, {"message": _plain(message), "type": call.cause or "unexplained"})
        found.text = _plain("\n".join((f"{title} ({who})", *told(call))))
    elif call.status == "not_run":
        ElementTree.SubElement(case, "skipped", {"message": _plain(call.why or "not run")})
    lines = [*conversation(call)]
    if call.status == "passed" and (call.misrouted or call.flaky):
        lines += told(call)
    if lines:
        ElementTree.SubElement(case, "system-out").text = _plain("\n".join(lines))
    return case


def _plain(text: str) -> str:
    return _FORBIDDEN.sub("�", text)
