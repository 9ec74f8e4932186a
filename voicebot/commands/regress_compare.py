"""`voicebot regress compare`: two runs of a suite beside each other."""

from __future__ import annotations

from pathlib import Path

import click

from voicebot.commands.output import emit, json_option
from voicebot.errors import ContentError


@click.command()
@click.argument("baseline", type=click.Path(path_type=Path))
@click.argument("current", type=click.Path(path_type=Path))
@click.option("--html", type=click.Path(path_type=Path), help="Write a page that opens offline to this file.")
@click.option(
    "--markdown", type=click.Path(path_type=Path), help="Write a comment for a pull request to this file; - prints it."
)
@json_option
def compare(baseline: Path, current: Path, html: Path | None, markdown: Path | None, as_json: bool) -> None:
    """Say which calls go wrong in the run CURRENT that went right in the run BASELINE, and the other way round. Each is
    the `run.json` that `voicebot regress` writes, or the folder that it lies in.

    Calls that are not the same each time (see `voicebot regress --repeat`) are named as flaky, and are not counted as
    newly broken. Exit codes: 0 none is newly broken, 1 some are, 2 the runs cannot be compared.

    \b
    Examples:
      voicebot regress compare var/regress/main var/regress/mine
      voicebot regress compare baseline.json run.json --markdown comment.md
      voicebot regress compare baseline.json run.json --json
    """
    # scipy and rich's tables take a second to import: the help need not wait for them
    from rich.console import Console

    from voicebot.regression.suites.comparing import compare as compared
    from voicebot.regression.suites.reports import compared as shown
    from voicebot.regression.suites.reports.compared_html import write_comparison
    from voicebot.regression.suites.reports.writing import write
    from voicebot.regression.suites.run_file import read_run

    found = compared(read_run(baseline), read_run(current))
    if not found.judged:
        raise ContentError(
            f"{baseline} and {current} have no call in common that both judged; compare runs of one suite."
        )
    if html is not None:
        write_comparison(found, html)
    prints_markdown = markdown is not None and str(markdown) == "-"
    if markdown is not None and not prints_markdown:
        write(markdown, shown.markdown(found).encode())
    if as_json:
        emit(shown.as_json(found))
    elif prints_markdown:
        click.echo(shown.markdown(found), nl=False)
    else:
        Console().print(shown.terminal(found))
    if found.worse:
        raise click.exceptions.Exit(1)
