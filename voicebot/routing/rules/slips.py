"""Slips of the pen that YAML reads as something else: text cut off by a #, a dash without its space, an empty list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.routing.draft import Draft, Path
from voicebot.routing.issues import Issue, Mark, issue, shown
from voicebot.routing.rules.texts import spoken

_TEXTS = frozenset(
    {"say", "about", "answer", "text", "first", "whisper", "name", "closed", "phrases", "places", "vocabulary"}
)
"""Fields whose values are words, in which a # may be meant."""

_ENDS = (".", "!", "?", ":", '"', "”")
_DASH = re.compile(r"-(?=[^\s\d-])|[–•]")


def cut_off_texts(draft: Draft) -> Iterator[Issue]:
    """Words after a # are a comment. Those that are meant stand well apart, or after a whole sentence and a space; what
    stands in the middle of one, or is tied to the #, was meant to be heard."""
    for path, comment in draft.places.comments.items():
        apart, after = len(comment) - len(comment.lstrip()), comment.lstrip()[1:]
        if not _is_text(path) or (apart > 1 and not re.match(r"\d", after)):
            continue
        words = draft.places.texts[path]
        if words and (not after.startswith(" ") or not words.endswith(_ENDS)):
            mark = _sign(draft, path, comment)
            message = f"{shown(comment.strip())} is left out: what follows a # is a comment"
            fix = 'put the whole text in "double quotes", or two spaces before the # of a comment'
            yield issue("E015", mark, message, fix)


def _is_text(path: Path) -> bool:
    named = [part for part in path if not part.isdigit()]
    return path[0] == "wording" or named[-1] in _TEXTS


def _sign(draft: Draft, path: Path, comment: str) -> Mark:
    """Where the # stands: at the end of a line, which may be the last of several."""
    mark = draft.places.value(*path)
    lines = draft.texts.get(mark.file, "").split("\n")
    for number, line in enumerate(lines[mark.line - 1 :], mark.line):
        if line.rstrip().endswith(comment):
            return Mark(mark.file, number, len(line.rstrip()) - len(comment.lstrip()) + 1)
    return mark


def dashes_without_a_space(draft: Draft) -> Iterator[Issue]:
    for text in spoken(draft):
        if _DASH.match(text.words):
            mark = draft.places.value(*text.path)
            message = f"{text.what} begins with {shown(text.words[0])}, which is read as a part of the text"
            yield issue("E433", mark, message, "write a space after the dash, and each part on a line of its own")


def notices_to_nobody(draft: Draft) -> Iterator[Issue]:
    """An empty list says "for nobody", and leaves the notice to everybody."""
    for notice in draft.notices:
        for field, listed in (("queues", notice.queues), ("intents", notice.intents)):
            path = ("notices", notice.name, field)
            if path in draft.places.keys and not listed and not (notice.closes and field == "queues"):
                told = "which names nobody" if notice.queues or notice.intents else "so it would be told to everybody"
                message = f"{field} of the notice {notice.name} is empty, {told}"
                fix = f"name some, or delete the line {field}"
                yield issue("E319", draft.places.key(*path), message, fix)
