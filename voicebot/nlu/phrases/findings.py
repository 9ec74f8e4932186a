"""What a check of phrases finds: issues with a kind and a weight. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from voicebot.routing.issues import Issue, Mark, issue

Kind = Literal["mistake", "alike", "misplaced", "balance", "personal", "spelling", "routing"]
KINDS: dict[Kind, str] = {
    "mistake": "cannot be read",
    "alike": "said twice, or nearly",
    "misplaced": "looks like another intent's",
    "balance": "too few, too many or without contrast",
    "personal": "personal data",
    "spelling": "not as Whisper writes",
    "routing": "routing.yaml and intents/ differ",
}
"""What each kind of finding is called in a summary, in the order of the summary."""

Tell = Callable[[str, float], None]
"""Told what is being done, and how much of it is behind, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`weight` from 0 to 1: how much it matters and how sure it is, for those who have time for the worst alone."""

    issue: Issue
    kind: Kind
    weight: float


def finding(kind: Kind, weight: float, code: str, mark: Mark, message: str, fix: str) -> Finding:
    return Finding(issue(code, mark, message, fix), kind, round(min(1.0, max(0.0, weight)), 3))
