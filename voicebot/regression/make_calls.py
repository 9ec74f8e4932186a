"""The command behind scripts/make_calls."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from voicebot.errors import VoicebotError
from voicebot.regression.line import decode
from voicebot.regression.made import Made
from voicebot.regression.making import Making, read_making
from voicebot.regression.options import weights_option
from voicebot.regression.recording import Studio
from voicebot.speech.telephone import speech_level
from voicebot.speech.voice.kokoro import Kokoro
from voicebot.speech.weights import fetch

EXAMPLES = """
\b
Examples:
  scripts/make_calls                          make what is missing or described in another way than before
  scripts/make_calls --only pothole           make one of them, where it has changed
  scripts/make_calls --again --only bins --to somewhere-else
  scripts/make_calls --check                  make nothing, say which would be made; needs no model
"""


@click.command(epilog=EXAMPLES)
@click.option("--only", "names", multiple=True, metavar="NAME", help="Only this recording; may be given again.")
@click.option("--again", is_flag=True, help="Make recordings again that have not changed.")
@click.option("--check", is_flag=True, help="Make nothing; exit 1 where a file is not what the text file describes.")
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
def main(names: tuple[str, ...], again: bool, check: bool, path: Path, folder: Path | None, weights: Path) -> None:
    """Make the recorded calls that the tests ring with: spoken by Kokoro, heard as over a telephone.

    8 kHz µ-law WAV. What has been made and is still described alike is left as it is; made.json beside the recordings
    knows. The same text file gives the same bytes on the same kind of processor. Exit codes: 0 done, 1 recordings would
    have to be made (--check), 2 something is wrong and the message says what.
    """
    try:
        making = read_making(path)
        made = Made(folder or path.parent)
        wanted = [each for each in _wanted(making, names, path) if again or not made.is_made(making, each)]
        if wanted and not check:
            (folder or path.parent).mkdir(parents=True, exist_ok=True)
            fetch(["kokoro", "kokoro-voices"], weights, progress=lambda text: click.echo(text, err=True))
            _make(Studio(making, Kokoro(weights)), making, wanted, made)
    except VoicebotError as error:
        click.echo(error.message, err=True)
        sys.exit(2)
    if not wanted:
        click.echo("Every recording is as it is described.", err=True)
    elif check:
        click.echo(f"{len(wanted)} would be made: {', '.join(wanted)}", err=True)
        sys.exit(1)


def _wanted(making: Making, names: tuple[str, ...], path: Path) -> list[str]:
    unknown = [name for name in names if name not in making.recordings]
    if unknown:
        known = ", ".join(making.recordings)
        raise VoicebotError(f"{path} describes no recording called {', '.join(unknown)}; it has {known}.")
    return [name for name in making.recordings if not names or name in names]


def _make(studio: Studio, making: Making, names: list[str], made: Made) -> None:
    """Make and write these recordings, one after the other; what is done is kept where it is stopped."""
    for number, name in enumerate(names, 1):
        started = time.monotonic()
        wav = studio.make(name)
        made.note(making, name, wav)
        audio = decode(wav)
        told = f"{audio.size / 8000:5.1f} s  {speech_level(audio):6.1f} dBFS"
        click.echo(f"{number:3}/{len(names)}  {name:32} {told}  (took {time.monotonic() - started:.1f} s)")


if __name__ == "__main__":
    main(prog_name="scripts/make_calls")
