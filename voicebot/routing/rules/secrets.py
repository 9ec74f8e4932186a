"""Passwords and keys in files that many people read: found, and never shown again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from voicebot.routing.issues import CUT, Issue, Mark, issue
from voicebot.routing.yaml_causes import yaml_lines

HIDDEN = "•••"

SHORTEST = 4
"""Characters of a password: what is shorter may be any word."""

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
            r"(?:^|[\s{,#\"'_-])(?:password|passwd|pwd|passphrase|token|secret|api[_-]?key|auth[_-]?token|credentials?)"
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
        for number, line in enumerate(yaml_lines(text), 1):
            for start, _, what in _found(line):
                fix = "take it out, and change it where it came from, since it has been seen"
                message = f"this looks like {what}; what opens doors does not belong here"
                yield issue("E801", Mark(file, number, start + 1), message, fix)


def hidden(line: str) -> str:
    """`line` with its secrets covered, for whatever is printed."""
    for start, end, _ in reversed(_found(line)):
        line = line[:start] + HIDDEN + line[end:]
    return line


def without_secrets(issues: Iterable[Issue], texts: Mapping[str, str]) -> tuple[Issue, ...]:
    """`issues` with no secret of the files (texts by name) in their words: what quotes a value, whole or cut short, in
    capitals or not, quotes a password, too."""
    lines = (line for text in texts.values() for line in yaml_lines(text))
    values = {line[start:end] for line in lines for start, end, _ in _found(line)}
    bare = {re.sub(r"[\s()-]", "", each) for each in values}  # as numbers are read
    known = sorted(values | {each for each in bare if len(each) >= SHORTEST}, key=len, reverse=True)
    return tuple(replace(each, message=_told(each.message, known), fix=_told(each.fix, known)) for each in issues)


def _told(words: str, known: Iterable[str]) -> str:
    """`words` without any of `known`, and without the beginning of one before the sign that something was cut."""
    for secret in known:
        words = re.sub(re.escape(secret), HIDDEN, words, flags=re.IGNORECASE)
        *cut, rest = words.split(CUT)
        words = CUT.join((*(_without_end(part, secret) for part in cut), rest))
    return hidden(words)


def _without_end(part: str, secret: str) -> str:
    for length in range(min(len(secret), len(part)), 0, -1):
        if part.lower().endswith(secret[:length].lower()):
            return part[:-length] + HIDDEN
    return part
