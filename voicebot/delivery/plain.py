"""Text from tables and callers, made harmless for places where a line break or a strange sign means something."""

from __future__ import annotations

import re


def flat(text: str) -> str:
    """One line of printable signs: line breaks, tabs and control signs become single spaces."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def token(text: str) -> str:
    """Letters, digits, dots and hyphens alone, as an id in a header may have."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", text)
