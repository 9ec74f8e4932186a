"""`voicebot config`."""

from __future__ import annotations

import click

from voicebot.commands.output import emit, json_option
from voicebot.config import load_settings, masked


@click.command()
@json_option
def config(as_json: bool) -> None:
    """Print the settings in force, secrets masked.

    \b
    Examples:
      voicebot config
      VOICEBOT_PORT=9000 voicebot config --json
    """
    shown = masked(load_settings())
    if as_json:
        emit(shown)
    else:
        width = max(map(len, shown))
        for name, value in shown.items():
            click.echo(f"{name:<{width}}  {value}")
