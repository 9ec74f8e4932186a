"""Speech through the codecs of telephone networks and back. Every codec is a library's; none is written here.

libsndfile has G.711, G.726 at 32 kbit/s (by its older name G.721) and GSM 06.10, and is always there. AMR narrow-band
(3GPP TS 26.071) is FFmpeg's, with the encoder of OpenCORE: Debian's packages `ffmpeg` and `libavcodec-extra`. Neither
library codes G.729.
"""

from __future__ import annotations

import functools
import io
import shutil
import subprocess

import numpy as np
import soundfile

from voicebot.errors import RecordingError
from voicebot.regression.conditions.profiles import Codec
from voicebot.speech.telephone import RATE, Audio

_SUBTYPES: dict[Codec, str] = {"g711u": "ULAW", "g711a": "ALAW", "g726": "G721_32", "gsm": "GSM610"}
_AMR: dict[Codec, str] = {"amr-4.75": "4.75k", "amr-5.90": "5.9k", "amr-12.2": "12.2k"}
_ENCODER = "libopencore_amrnb"

SECONDS = 60
"""How long FFmpeg may take for one recording; it needs well under one."""


def chosen(codecs: tuple[Codec, ...]) -> Codec | None:
    """The first of `codecs` that this machine has; None where none is asked for.

    Raises `RecordingError` that names the Debian packages where it has none of them.
    """
    found = next((codec for codec in codecs if codec in _SUBTYPES or has_amr()), None)
    if codecs and found is None:
        raise RecordingError(
            f"{' or '.join(codecs)} cannot be had: FFmpeg with {_ENCODER} is missing. On Debian:"
            " apt-get install ffmpeg libavcodec-extra."
        )
    return found


def through(codec: Codec, audio: Audio) -> Audio:
    """8 kHz `audio` as it comes out of `codec`, as long as it went in. Raises `RecordingError` where FFmpeg fails."""
    coded = _by_ffmpeg(_AMR[codec], audio) if codec in _AMR else _by_libsndfile(_SUBTYPES[codec], audio)
    return np.concatenate([coded, np.zeros(max(audio.size - coded.size, 0))])[: audio.size]


def _by_libsndfile(subtype: str, audio: Audio) -> Audio:
    buffer = io.BytesIO()
    soundfile.write(buffer, audio, RATE, format="WAV", subtype=subtype)
    buffer.seek(0)
    return np.asarray(soundfile.read(buffer, dtype="float64")[0], dtype=np.float64)


def _by_ffmpeg(bitrate: str, audio: Audio) -> Audio:
    raw = np.clip(np.rint(audio * 32767), -32768, 32767).astype("<i2").tobytes()
    pcm = ["-f", "s16le", "-ar", str(RATE), "-ac", "1"]
    coded = _run([*pcm, "-i", "pipe:0", "-c:a", _ENCODER, "-b:a", bitrate, "-f", "amr", "pipe:1"], raw)
    back = _run(["-f", "amr", "-i", "pipe:0", *pcm, "pipe:1"], coded)
    return np.frombuffer(back, dtype="<i2").astype(np.float64) / 32768


def _run(arguments: list[str], given: bytes) -> bytes:
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", *arguments]
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=SECONDS, check=True)
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise RecordingError(f"FFmpeg cannot code AMR: {said[-1] if said else error}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RecordingError(f"FFmpeg cannot code AMR: {error}") from None
    return done.stdout


@functools.cache
def has_amr() -> bool:
    """Whether FFmpeg is there and codes AMR. Asked once: the answer does not change while a suite is run."""
    if shutil.which("ffmpeg") is None:
        return False
    try:
        asked = subprocess.run(["ffmpeg", "-hide_banner", "-encoders"], capture_output=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return _ENCODER.encode() in asked.stdout
