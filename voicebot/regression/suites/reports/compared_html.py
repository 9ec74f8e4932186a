"""Two runs beside each other as one HTML page that opens offline."""

from __future__ import annotations

from pathlib import Path

from voicebot.regression.suites.comparing import Comparison
from voicebot.regression.suites.reports.compared import TITLES, chance, lines, share, shown_pair, summary
from voicebot.regression.suites.reports.html import template
from voicebot.regression.suites.reports.writing import write


def write_comparison(found: Comparison, path: Path) -> None:
    """Raises `ContentError` where `path` cannot be written."""
    write(path, comparison_page(found).encode())


def comparison_page(found: Comparison) -> str:
    return template("compared.html.j2").render(
        found=found,
        summary=summary(found),
        chance=chance(found),
        before=share(found.before),
        after=share(found.after),
        groups=[
            (change, title, means, found.of(change))
            for change, (title, means) in TITLES.items()
            if found.of(change) and change != "same"
        ],
        lines=lines,
        shown_pair=shown_pair,
    )
