"""Plays a recording through line conditions: a WAV file in, a WAV file out."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import soundfile

from voicebot.errors import RecordingError
from voicebot.regression.conditions.codecs import chosen, through
from voicebot.regression.conditions.loss import PACKET, concealed, lost_packets, with_gaps
from voicebot.regression.conditions.noise import behind
from voicebot.regression.conditions.profiles import Profile, named
from voicebot.regression.conditions.rooms import in_room
from voicebot.regression.telephone_wav import encode
from voicebot.speech.telephone import RATE, Audio, at_level, speech_level, to_telephone

_FULL_SCALE = 32767 / 32768
_CLIPPED_QUANTILE = 0.999


def apply(profile: str, wav: bytes, seed: int) -> bytes:
    """`wav` (8 kHz, mono, any coding of libsndfile) as it sounds under the conditions called `profile`: 8 kHz, mono, 16
    bits, as long as it was. The same seed gives the same bytes on one machine.

    Raises `ContentError` where there is no such profile, `RecordingError` where the file is not telephone audio or the
    machine has no codec that the profile needs.
    """
    wanted = named(profile)
    audio = _decoded(wav)
    if audio.size:
        audio = heard(wanted, audio, _generator(profile, seed))
    return encode(np.clip(audio, -1.0, _FULL_SCALE), RATE)


def described(profile: str) -> str:
    """The profile in one line, with the codec that this machine uses for it. Raises as `apply` does."""
    wanted = named(profile)
    codec = chosen(wanted.codecs)
    return f"{profile}: {wanted.about}" + (f" Codec used: {codec}." if len(wanted.codecs) > 1 else "")


def heard(profile: Profile, audio: Audio, generator: np.random.Generator) -> Audio:
    """8 kHz `audio` after all that `profile` does to it, in the order in which it happens on a line."""
    codec = chosen(profile.codecs)
    if profile.room:
        audio = in_room(audio, profile.room, generator)
    if profile.noise:
        audio = behind(audio, profile.noise, generator)
    if profile.level is not None:
        audio = at_level(audio, profile.level, speech_level(audio))
    if profile.clipping is not None:
        audio = _clipped(audio, profile.clipping)
    if profile.band:
        audio = to_telephone(audio, RATE)
    if codec:
        audio = through(codec, np.clip(audio, -1.0, _FULL_SCALE))
    if profile.loss:
        packets = -(-audio.size // PACKET)
        audio = concealed(audio, lost_packets(packets, profile.loss.rate, profile.loss.burst, generator))
    return with_gaps(audio, profile.gaps, generator) if profile.gaps else audio


def _clipped(audio: Audio, over: float) -> Audio:
    """Made so loud that its loudest 1 in 1,000 samples are `over` dB above full scale, and cut off there."""
    loud = float(np.quantile(np.abs(audio), _CLIPPED_QUANTILE))
    louder = audio / loud * 10 ** (over / 20) if loud else audio
    return np.asarray(np.clip(louder, -1.0, _FULL_SCALE), dtype=np.float64)


def _decoded(wav: bytes) -> Audio:
    try:
        audio, rate = soundfile.read(io.BytesIO(wav), dtype="float64")
    except soundfile.SoundFileError as error:
        raise RecordingError(f"not a WAV file that can be read ({error}).") from None
    if rate != RATE or audio.ndim != 1:
        raise RecordingError(f"line conditions need 8,000 Hz and one channel; this file has {rate:,} Hz.")
    return np.asarray(audio, dtype=np.float64)


def _generator(profile: str, seed: int) -> np.random.Generator:
    """Of its own for each profile, so that one seed does not lose the same packets in all of them."""
    drawn = hashlib.sha256(f"{profile} {seed}".encode()).digest()
    return np.random.default_rng(int.from_bytes(drawn[:8], "big"))
