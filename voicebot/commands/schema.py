"""`voicebot schema`: what an editor completes and underlines routing.yaml by."""

from __future__ import annotations

import json
from pathlib import Path

import click

from voicebot.config import load_settings
from voicebot.errors import ContentError
from voicebot.routing.schema import FilePart, Names, routing_schema
from voicebot.routing.schema_names import names_in
from voicebot.routing.source import intent_names, read_sources


@click.command()
@click.option(
    "--names",
    "names_from",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Offer the names of this routing.yaml, of its routing.d and of intents/ where a queue, opening hours or an "
    "intent is to be named.",
)
@click.option(
    "--part",
    type=click.Choice(["routing.yaml", "routing.d"]),
    default="routing.yaml",
    show_default=True,
    help="For which file: the main one, or those of the folder.",
)
def schema(names_from: Path | None, part: FilePart) -> None:
    """Print the JSON Schema of routing.yaml. Editors such as VS Code complete and underline by it, once it is saved and
    the first line of routing.yaml names it. What takes more than one look, `voicebot check` finds.

    \b
    Examples:
      voicebot schema > routing.schema.json
      voicebot schema --names routing.yaml > routing.schema.json
      voicebot schema --names routing.yaml --part routing.d > routing.d.schema.json
    """
    click.echo(schema_text(part, _names(names_from)), nl=False)


def schema_text(part: FilePart, names: Names | None = None) -> str:
    """The schema as the text of a file."""
    return json.dumps(routing_schema(part, names), ensure_ascii=False, indent=2) + "\n"


def _names(path: Path | None) -> Names:
    if path is None:
        return Names()
    sources, issues = read_sources(path)
    if sources is None:
        raise ContentError("\n".join(map(str, issues)), issues)
    return names_in(sources, intent_names(load_settings().intents) or ())
