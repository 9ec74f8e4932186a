"""The command behind scripts/make_calls."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from voicebot.errors import VoicebotError
from voicebot.regression.calls import Calls, read_calls
from voicebot.regression.line import decode, speech_level
from voicebot.regression.options import weights_option
from voicebot.regression.recording import Studio
from voicebot.regression.synthesis import Kokoro
from voicebot.speech.weights import fetch

EXAMPLES = """
\b
Examples:
  scripts/make_calls                          make every recording again
  scripts/make_calls --only pothole           make one of them
  scripts/make_calls --only bins --only yes-please --to somewhere-else
  scripts/make_calls --check                  write nothing, say which files would change
"""


@click.command(epilog=EXAMPLES)
@click.option("--only", "names", multiple=True, metavar="NAME", help="Make only this recording; may be given again.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file is not what the text file describes.")
@click.option(
    "--calls",
    "path",
    type=click.Path(path_type=Path),
    default=Path("tests/calls/calls.yaml"),
    show_default=True,
    help="The text file that describes the recordings.",
)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the WAV files; default: beside the text file.",
)
@weights_option("Folder of model weights; Kokoro is fetched into it where it is missing.")
def main(names: tuple[str, ...], check: bool, path: Path, folder: Path | None, weights: Path) -> None:
    """Make the recorded calls that the tests ring with: spoken by Kokoro, heard as over a telephone.

    8 kHz µ-law WAV. The same text file gives the same bytes on the same kind of processor. Exit codes: 0 done, 1 a file
    differs (--check), 2 something is wrong and the message says what.
    """
    try:
        calls = read_calls(path)
        wanted = _wanted(calls, names, path)
        fetch(["kokoro", "kokoro-voices"], weights, progress=lambda text: click.echo(text, err=True))
        changed = _make(Studio(calls, Kokoro(weights)), wanted, folder or path.parent, check)
    except VoicebotError as error:
        click.echo(error.message, err=True)
        sys.exit(2)
    if check and changed:
        click.echo(f"{len(changed)} of {len(wanted)} differ: {', '.join(changed)}", err=True)
        sys.exit(1)


def _wanted(calls: Calls, names: tuple[str, ...], path: Path) -> list[str]:
    unknown = [name for name in names if name not in calls.recordings]
    if unknown:
        known = ", ".join(calls.recordings)
        raise VoicebotError(f"{path} describes no recording called {', '.join(unknown)}; it has {known}.")
    return [name for name in calls.recordings if not names or name in names]


def _make(studio: Studio, names: list[str], folder: Path, check: bool) -> list[str]:
    """Make and write these recordings; returns the names of those whose file was not there or not the same."""
    changed = []
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names, 1):
        started = time.monotonic()
        wav = studio.make(name)
        target = folder / f"{name}.wav"
        same = target.is_file() and target.read_bytes() == wav
        if not same:
            changed.append(name)
            if not check:
                target.write_bytes(wav)
        audio = decode(wav)
        told = f"{audio.size / 8000:5.1f} s  {speech_level(audio):6.1f} dBFS  {'unchanged' if same else 'changed'}"
        click.echo(f"{number:3}/{len(names)}  {name:28} {told}  (took {time.monotonic() - started:.1f} s)")
    return changed


if __name__ == "__main__":
    main(prog_name="scripts/make_calls")
