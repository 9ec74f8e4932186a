"""Options by key, three at a time (design rule 7). Pure."""

from __future__ import annotations

MORE = "more"
MORE_PHRASES = ("something else", "more", "next", "other", "none of those", "no")
