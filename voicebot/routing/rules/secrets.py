"""Passwords and keys in files that many people read: found, and never shown again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from voicebot.routing.issues import Issue, Mark, issue

HIDDEN = "•••"

_PATTERNS = (
    ("a Twilio key", re.compile(r"\b(?:AC|SK)[0-9a-f]{32}\b")),
    ("an access token", re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{32}(?:[0-9a-f]{8}|[0-9a-f]{32})?(?![0-9A-Za-z])")),
    ("an access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("an access token", re.compile(r"\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-)[\w-]{16,}")),
    ("an access token", re.compile(r"\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("a password in an address", re.compile(r"(?:://|sips?:)[^\s/@:\"']+:(?P<secret>[^\s/@\"']+)@")),
    ("a webhook's secret address", re.compile(r"hooks\.slack\.com/(?:services|workflows)/(?P<secret>[\w/]{8,})")),
    (
        "a key in an address",
        re.compile(
            r"[?&](?:key|api_?key|token|access_token|secret|sig|signature|password|code)=(?P<secret>[^\s&\"']+)", re.I
        ),
    ),
    (
        "a password or a key",
        re.compile(
            r"(?:^|[\s{,#_-])(?:password|passwd|pwd|passphrase|token|secret|api[_-]?key|auth[_-]?token|credentials?)"
            r"[\"']?\s*[:=]\s*[\"']?(?P<secret>(?![{\[>|&])(?=[^\s\"',}]*[\d\W_])[^\s\"',}]{4,}|(?![{\[>|&])[^\s\"',}]{4,}(?=[\"']?\s*[,}#]?\s*$))",
            re.I,
        ),
    ),
)


def _found(line: str) -> list[tuple[int, int, str]]:
    """Where secrets begin and end in a line, and what they are; one that lies in another is not told twice."""
    found: list[tuple[int, int, str]] = []
    for what, pattern in _PATTERNS:
        for match in pattern.finditer(line):
            start, end = match.span("secret") if "secret" in pattern.groupindex else match.span()
            if all(end <= first or last <= start for first, last, _ in found):
                found.append((start, end, what))
    return sorted(found)


def secrets(texts: Mapping[str, str]) -> Iterator[Issue]:
    """Every secret of the files (texts by name), comments included."""
    for file, text in texts.items():
        for number, line in enumerate(text.split("\n"), 1):
            for start, _, what in _found(line):
                fix = "take it out, and change it where it came from, since it has been seen"
                message = f"this looks like {what}; what opens doors does not belong here"
                yield issue("E801", Mark(file, number, start + 1), message, fix)


def hidden(line: str) -> str:
    """`line` with its secrets covered, for whatever is printed."""
    for start, end, _ in reversed(_found(line)):
        line = line[:start] + HIDDEN + line[end:]
    return line


def without_secrets(found: Issue, texts: Mapping[str, str]) -> Issue:
    """`found` with no secret of its line in its words: what quotes a value quotes a password, too."""
    lines = texts.get(found.file, "").split("\n")
    line = lines[found.line - 1] if found.line <= len(lines) else ""
    message, fix = hidden(found.message), hidden(found.fix)
    for start, end, _ in _found(line):
        message, fix = message.replace(line[start:end], HIDDEN), fix.replace(line[start:end], HIDDEN)
    return Issue(found.file, found.line, found.column, found.code, message, fix)
