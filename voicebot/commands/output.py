"""How commands print: a table or plain lines for people, JSON for other tools."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


def emit(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def progress(quiet: bool) -> Callable[[str], None]:
    """What long work tells while it lasts: lines on standard error, so that the output stays the command's own."""
    return (lambda line: None) if quiet else (lambda line: click.echo(line, err=True))


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], empty: str) -> None:
    shown = RichTable(box=None, pad_edge=False)
    for column in columns:
        shown.add_column(column, overflow="fold")
    rows = list(rows)
    for row in rows:
        # as Text, for rich would take [number] and [name] for its own markup
        shown.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    if rows:
        Console().print(shown)
    else:
        click.echo(empty)
