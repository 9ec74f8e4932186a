"""µ-law in, samples and WAV files out."""

from __future__ import annotations

import io

import numpy as np
import soundfile
from live_parts import recorded

from voicebot.live.sound import Doubler, pcm, samples, wav
from voicebot.live.tape import Tape
from voicebot.speech.telephone import mulaw


def test_every_code_is_decoded_as_libsndfile_decodes_it():
    codes = bytes(range(256))
    theirs, _ = soundfile.read(
        io.BytesIO(codes), samplerate=8000, channels=1, format="RAW", subtype="ULAW", dtype="int16"
    )
    assert (pcm(codes) == theirs).all()


def test_a_wav_file_holds_the_same_sound():
    sound = recorded("advisor")
    read, rate = soundfile.read(io.BytesIO(wav(sound)), dtype="float32")
    assert rate == 8000
    assert np.array_equal(read, samples(sound))
    assert mulaw(read) == sound


def test_frames_of_any_size_double_to_the_same_sound():
    sound = samples(recorded("advisor"))
    whole = Doubler().take(sound)
    doubler, parts, at = Doubler(), [], 0
    for size in [160, 1, 319, 7, *[160] * 40]:
        parts.append(doubler.take(sound[at : at + size]))
        at += size
    together = np.concatenate(parts)
    assert np.allclose(together, whole[: len(together)], atol=1e-6)
    assert 2 * at - len(together) <= 16


def test_a_tape_keeps_positions_whatever_it_forgets():
    tape = Tape()
    tape.add(b"abcdef")
    tape.forget(2)
    tape.add(b"gh")
    tape.forget(1)
    assert tape.end == 8
    assert tape.cut(3, 7) == b"defg"
    assert tape.cut(0, 4) == b"cd"
    tape.forget(100)
    assert tape.end == 8
    assert tape.cut(0, 8) == b""
