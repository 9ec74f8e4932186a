"""What the command lines of several scripts have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from voicebot.errors import VoicebotError


def weights_option(help: str = "Folder of model weights.") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--weights`, or where the setting says."""
    return click.option(
        "--weights",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="VOICEBOT_WEIGHTS",
        default=Path("weights"),
        show_default=True,
        help=help,
    )


def exit_code(command: click.Command, name: str) -> int:
    """Run a script's `command` under its `name`: 0 done, 2 it cannot be, 130 stopped by hand, else what click says.
    Whatever the user can mend is one clear line, never a traceback."""
    try:
        command.main(prog_name=name, standalone_mode=False)
    except VoicebotError as error:
        click.echo(error.message, err=True)
        return 2
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return 130
    return 0
