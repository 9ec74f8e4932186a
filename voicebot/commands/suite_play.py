"""`voicebot suite play`: a recording as it sounds under line conditions, to be listened to."""

from __future__ import annotations

from pathlib import Path

import click

from voicebot.commands.output import emit, json_option
from voicebot.errors import ContentError
from voicebot.regression.conditions.applying import apply, described
from voicebot.regression.conditions.profiles import PROFILES
from voicebot.regression.telephone_wav import telephone_wav


@click.command()
@click.argument("recording", required=False, type=click.Path(path_type=Path))
@click.option("--profile", default="mobile", show_default=True, help="Line conditions; --list names them all.")
@click.option("--out", type=click.Path(path_type=Path), help="The WAV file to write; default RECORDING.PROFILE.wav.")
@click.option("--seed", default=1, show_default=True, help="Another seed loses other packets.")
@click.option("--list", "listing", is_flag=True, help="Say which line conditions there are.")
@json_option
def play(recording: Path | None, profile: str, out: Path | None, seed: int, listing: bool, as_json: bool) -> None:
    """Write RECORDING, any audio file, as it sounds under line conditions, and say which codec was used.

    \b
    Examples:
      voicebot suite play tests/calls/pothole.wav --profile bad-mobile
      voicebot suite play tests/calls/pothole.wav --profile noise-tv-5 --out tv.wav
      voicebot suite play --list
    """
    if listing:
        found = {name: each.about for name, each in PROFILES.items()}
        emit(found) if as_json else click.echo("\n".join(f"{name:18} {about}" for name, about in found.items()))
        return
    if recording is None:
        raise click.UsageError("Name a recording, or give --list to see the line conditions.")
    target = out or Path(f"{recording.stem}.{profile}.wav")
    told = described(profile)
    heard = apply(profile, telephone_wav(recording), seed)
    try:
        target.write_bytes(heard)
    except OSError as error:
        raise ContentError(f"{target} cannot be written: {error.strerror}; give another name with --out.") from None
    if as_json:
        emit({"file": str(target), "profile": profile, "conditions": told, "seed": seed})
    else:
        click.echo(f"{target}\n{told}")
