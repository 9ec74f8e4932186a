"""One piece of personal data in a transcript."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tag = Literal[
    "email", "ni number", "date of birth", "card", "telephone", "postcode", "number", "address", "name"
]  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """Characters `start` up to, but not at, `end`."""

    start: int
    end: int
    tag: Tag
