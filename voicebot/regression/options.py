"""Command-line options that several of the scripts take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


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
