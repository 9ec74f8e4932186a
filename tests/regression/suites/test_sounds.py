"""Any recording of a caller becomes what the provider would serve of her, and her alone."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy import signal

from tests.regression.suites.suite_folder import MADE, RATE, both, dual, quiet, suite_folder, voice
from voicebot.errors import RecordingError
from voicebot.regression.channels import callers_side
from voicebot.regression.suites.reading import read_suite
from voicebot.regression.suites.voices import unheard
from voicebot.regression.telephone_wav import resampled, telephone_wav

SPEECH = voice("pothole")


def alike(wav: bytes | np.ndarray, wanted: np.ndarray) -> float:
    """The greatest correlation of what the file holds with `wanted`, wherever in it that is."""
    samples = wav
    if isinstance(wav, bytes):
        samples, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
        assert rate == RATE
        assert samples.ndim == 1
    scale = np.linalg.norm(samples) * np.linalg.norm(wanted)
    return float(signal.correlate(samples, wanted, "full", method="fft").max() / scale)


@pytest.mark.parametrize(
    ("name", "subtype", "rate"),
    [
        *[
            (f"{subtype}.wav", subtype, 16000)
            for subtype in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")
        ],
        *[(f"{subtype}.wav", subtype, 8000) for subtype in ("ULAW", "ALAW", "GSM610", "IMA_ADPCM")],
        ("voice.flac", "PCM_16", 44100),
        ("voice.mp3", "MPEG_LAYER_III", 44100),
        ("voice.ogg", "VORBIS", 48000),
        ("voice.opus.ogg", "OPUS", 48000),
        ("voice.wav", "PCM_16", 11025),
    ],
)
def test_any_format_at_any_rate(tmp_path: Path, name: str, subtype: str, rate: int) -> None:
    kind = "MP3" if name.endswith("mp3") else None
    soundfile.write(tmp_path / name, resampled(SPEECH, RATE, rate), rate, subtype=subtype, format=kind)
    assert alike(telephone_wav(tmp_path / name), SPEECH) > 0.9


@pytest.mark.parametrize("channel", ["left", "right"])
@pytest.mark.parametrize("leak", [0.0, 0.03, 0.1])
@pytest.mark.parametrize(("bots", "callers"), [("say-again", "yes-please"), ("yes-please", "pothole")])
def test_the_caller_is_found_in_a_recording_of_both_sides(channel: str, leak: float, bots: str, callers: str) -> None:
    frames = dual(bots, callers, callers_channel=channel)
    side = callers_side(frames + leak * frames[:, ::-1], RATE)
    assert (side.channel, side.sure, len(side.turns)) == (channel, True, 1)
    assert len(side.samples) < len(voice(callers)) + RATE, "the bot's turn is cut off"
    assert alike(side.samples, voice(callers)) > 0.95


def test_a_caller_who_is_alone_on_one_of_two_channels_is_taken_from_there() -> None:
    side = callers_side(both(("", "pothole")), RATE)
    assert (side.channel, side.sure) == ("right", True)


def test_a_caller_on_both_channels_is_mixed_and_nothing_is_cut_off(tmp_path: Path) -> None:
    frames = np.stack([SPEECH, SPEECH * 0.5], axis=1)
    side = callers_side(frames, RATE)
    assert (side.channel, len(side.samples)) == (None, len(SPEECH))


def test_the_suite_says_which_channel_it_is_where_the_sound_does_not(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "both-at-once.wav", both(("yes-please", "no-thanks")), RATE)
    found = {channel: telephone_wav(tmp_path / "both-at-once.wav", channel) for channel in ("left", "right")}
    assert alike(found["left"], voice("yes-please")) > 0.95
    assert alike(found["right"], voice("no-thanks")) > 0.95
    text = """
at: 2026-02-10 10:30
recordings:
  both-at-once: {words: No thank you., channel: right}
calls:
  one: {steps: [both-at-once.wav], expect: {outcome: connected}}
"""
    suite, issues = read_suite(suite_folder(tmp_path, text), None)
    assert (suite.sounds["both-at-once.wav"].channel, issues) == ("right", ())


def test_turns_of_the_caller_are_those_between_which_the_bot_speaks() -> None:
    frames = dual("say-again", "yes-please", times=3)
    side = callers_side(frames, RATE)
    assert len(side.turns) == 3
    for start, end in side.turns:
        assert alike(side.samples[start:end], voice("yes-please")) > 0.95


def test_an_mm_of_the_callers_while_the_bot_speaks_is_no_turn_of_her_own() -> None:
    frames = dual("blue-badge-chase", "pothole")
    start = 3 * RATE
    frames[start : start + RATE // 10, 0] += 0.2 * np.sin(np.arange(RATE // 10))
    assert len(callers_side(frames, RATE).turns) == 1


def test_a_recording_of_nobody_has_no_turns() -> None:
    silent = np.stack([quiet(3), quiet(3)[::-1]], axis=1)
    side = callers_side(silent, RATE)
    assert len(side.samples) == 3 * RATE


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("empty.wav", "the recording is empty (0 bytes)"),
        ("page.wav", "the recording is a web page or XML, not audio"),
        ("notes.wav", "the recording is text, not audio"),
        ("damaged.wav", "the recording is not audio that can be read"),
        ("video.wav", "the recording is MP4 or M4A audio, which cannot be read here"),
        ("hour.flac", "longer than 10 minutes"),
        ("nowhere.wav", "cannot be read (No such file or directory)"),
    ],
)
def test_what_cannot_be_played_is_told_with_its_name(tmp_path: Path, name: str, told: str) -> None:
    if name in MADE:
        MADE[name](tmp_path / name)
    with pytest.raises(RecordingError) as raised:
        telephone_wav(tmp_path / name)
    assert raised.value.message.startswith(f"{tmp_path / name}: {told}")


@pytest.mark.parametrize("kind", ["wav", "mp3", "ogg"])
def test_a_file_that_was_cut_short_is_played_as_far_as_it_goes(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"whole.{kind}"
    soundfile.write(path, SPEECH, RATE, format=kind.upper())
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 0 < len(soundfile.read(io.BytesIO(telephone_wav(path)))[0]) < len(SPEECH)


def test_what_was_cut_short_and_cannot_be_read_any_more_is_named(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "whole.flac", SPEECH, RATE)
    (tmp_path / "part.flac").write_bytes((tmp_path / "whole.flac").read_bytes()[:9000])
    with pytest.raises(RecordingError, match=r"part\.flac: the recording is not audio that can be read"):
        telephone_wav(tmp_path / "part.flac")


def test_words_for_a_recording_in_which_only_music_is_heard_are_a_mistake(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "music.wav", voice("hold-music"), RATE)
    text = """
at: 2026-02-10 10:30
calls:
  one: {steps: [{play: music.wav, words: There is a pothole.}, {play: yes.wav, words: Yes please.}]}
"""
    suite, _ = read_suite(suite_folder(tmp_path, text), None)
    assert [(each.code, each.line) for each in unheard(suite)] == [("S204", 4)]
