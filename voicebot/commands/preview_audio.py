"""The prompts of a preview as sound, just as callers of live channels hear them, for a page to play."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable
from pathlib import Path

import soundfile

from voicebot.errors import VoicebotError
from voicebot.live.sound import samples
from voicebot.speech.telephone import RATE
from voicebot.speech.voice.library import Library
from voicebot.speech.voice.render import Speaker, pieces_of, render


def sounds(
    texts: Iterable[str], prompts: Path, voice: str, speaker: Callable[[], Speaker], progress: Callable[[str], None]
) -> dict[str, str]:
    """Each text as a data URI (MP3, mono, 8 kHz). What is not in the folder of `prompts` yet is rendered into it;
    `speaker` is opened only where something is left to say. Raises `VoicebotError` where a text cannot be spoken."""
    wanted = list(dict.fromkeys(texts))
    library = Library(prompts, voice)
    missing = [piece for text in wanted if library.find(text)[0] is None for piece in pieces_of(text, voice)]
    made = render(dict.fromkeys(missing), prompts, speaker, progress)
    if made.failed:
        words, reason = made.failed[0]
        raise VoicebotError(f"{words[:60]!r} cannot be spoken: {reason}")
    found = {text: library.find(text)[0] for text in wanted}
    return {text: _uri(sound) for text, sound in found.items() if sound is not None}


def _uri(sound: bytes) -> str:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples(sound), RATE, format="MP3", subtype="MPEG_LAYER_III")
    return f"data:audio/mpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
