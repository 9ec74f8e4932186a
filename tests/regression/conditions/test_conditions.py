"""Line conditions, measured: what each profile does to a real recording, and that it does it again the same way."""

from __future__ import annotations

import io
from pathlib import Path

import jiwer
import numpy as np
import pytest
import soundfile

from voicebot.errors import ContentError, RecordingError
from voicebot.regression.conditions.applying import apply, described, heard
from voicebot.regression.conditions.noise import behind, noise
from voicebot.regression.conditions.profiles import PROFILES, Noise, Profile, named
from voicebot.regression.line import decode, encode
from voicebot.speech.audio import decode as for_whisper
from voicebot.speech.engines.loading import load_engine
from voicebot.speech.telephone import RATE, Audio, level, speech_level
from voicebot.speech.weights import fetch

ROOT = Path(__file__).parents[3]
CALLS = ROOT / "tests" / "calls"
NOISES = ("street", "kitchen", "tv", "babble", "music", "pink")
CALLERS = ("clean", "landline", "mobile", "bad-mobile", "hands-free")


def generator(seed: int = 7) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def wav() -> bytes:
    return (CALLS / "permit.wav").read_bytes()


@pytest.fixture(scope="module")
def speech(wav: bytes) -> Audio:
    return decode(wav)


def power_between(audio: Audio, low: float, high: float) -> float:
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(audio.size))) ** 2
    frequencies = np.fft.rfftfreq(audio.size, 1 / RATE)
    return float(spectrum[(frequencies >= low) & (frequencies < high)].sum())


@pytest.mark.parametrize(
    "profile", [*CALLERS, "g726", "loss-10-bursts", "noise-tv-10", "clipped", "echo-room", "jitter"]
)
def test_a_recording_keeps_its_length_and_the_same_seed_gives_the_same_bytes(profile: str, wav: bytes) -> None:
    first = apply(profile, wav, 1)
    info = soundfile.info(io.BytesIO(first))

    assert (info.samplerate, info.channels, info.subtype, info.frames) == (RATE, 1, "PCM_16", decode(wav).size)
    assert apply(profile, wav, 1) == first


@pytest.mark.parametrize("profile", ["bad-mobile", "loss-10", "noise-pink-10", "echo-room"])
def test_another_seed_gives_another_line(profile: str, wav: bytes) -> None:
    assert apply(profile, wav, 1) != apply(profile, wav, 2)


def test_a_clean_line_changes_nothing_and_takes_16_bits_as_well(wav: bytes, speech: Audio) -> None:
    once = apply("clean", wav, 1)

    assert np.allclose(decode(once), speech, atol=1 / 32768)
    assert apply("clean", once, 1) == once


def test_what_is_outside_the_telephone_band_does_not_get_through() -> None:
    white = encode(0.1 * generator().standard_normal(4 * RATE))
    out = decode(apply("landline", white, 1))

    inside = power_between(out, 500, 3000) / 2500
    assert 10 * np.log10(power_between(out, 0, 150) / 150 / inside) < -25
    assert 10 * np.log10(power_between(out, 3700, 4000) / 300 / inside) < -20


@pytest.mark.parametrize("kind", NOISES)
@pytest.mark.parametrize("snr", [0, 15])
def test_noise_is_so_far_below_the_voice_as_named(kind, snr: int, speech: Audio) -> None:
    added = behind(speech, Noise(kind, snr), generator()) - speech

    assert speech_level(speech) - level(added) == pytest.approx(snr, abs=0.01)
    assert PROFILES[f"noise-{kind}-{snr}"].noise == Noise(kind, snr)


@pytest.mark.parametrize("kind", NOISES)
def test_noise_goes_on_all_the_time_and_stays_in_the_band(kind) -> None:
    made = noise(kind, 6 * RATE, generator())
    seconds = [level(made[start : start + RATE]) for start in range(0, made.size, RATE)]

    assert made.size == 6 * RATE
    assert max(seconds) - min(seconds) < 20
    assert power_between(made, 3700, 4000) < 0.01 * power_between(made, 300, 3400)


def test_a_television_rises_and_falls_four_times_a_second() -> None:
    made = noise("tv", 8 * RATE, generator())
    envelope = np.abs(made).reshape(-1, 80).mean(axis=1)
    spectrum = np.abs(np.fft.rfft(envelope - envelope.mean()))
    rates = np.fft.rfftfreq(envelope.size, 0.01)

    assert rates[1:][np.argmax(spectrum[1:])] == pytest.approx(4, abs=0.2)


def test_behind_digital_silence_there_is_no_noise_to_measure_against() -> None:
    silence = np.zeros(RATE)

    assert np.array_equal(behind(silence, Noise("pink", 10), generator()), silence)


@pytest.mark.parametrize(("profile", "wanted"), [("quiet", -44), ("loud", -14)])
def test_a_caller_is_as_loud_as_the_profile_says(profile: str, wanted: float, wav: bytes) -> None:
    assert speech_level(decode(apply(profile, wav, 1))) == pytest.approx(wanted, abs=0.5)


def test_a_clipped_line_is_flat_at_full_scale(speech: Audio) -> None:
    out = heard(PROFILES["clipped"], speech, generator())
    loudest = np.abs(out).max()

    assert loudest == pytest.approx(1.0, abs=0.001)
    assert np.mean(np.abs(out) > 0.999 * loudest) > 20 * np.mean(np.abs(speech) > 0.999 * np.abs(speech).max())


@pytest.mark.parametrize(("codec", "least"), [("g711u", 30), ("g711a", 30), ("g726", 15), ("gsm", 4)])
def test_a_codec_changes_the_voice_and_keeps_what_it_should(codec: str, least: float, speech: Audio) -> None:
    quieter = 0.7 * speech  # the recording itself went through µ-law, which would leave it as it is
    error = heard(PROFILES[codec], quieter, generator()) - quieter
    left = level(quieter) - level(error)

    assert least < left < 60


def test_a_mobile_needs_no_ffmpeg_and_says_which_codec_was_used(monkeypatch: pytest.MonkeyPatch, wav: bytes) -> None:
    from voicebot.regression.conditions import codecs

    monkeypatch.setenv("PATH", "")
    codecs.has_amr.cache_clear()
    try:
        assert apply("mobile", wav, 1)
        assert described("mobile").endswith("Codec used: gsm.")
        with pytest.raises(RecordingError, match=r"amr-4\.75 cannot be had.*apt-get install ffmpeg libavcodec-extra"):
            apply("amr-4.75", wav, 1)
    finally:
        codecs.has_amr.cache_clear()


def test_amr_is_worse_at_a_lower_rate(wav: bytes, speech: Audio) -> None:
    from voicebot.regression.conditions import codecs

    if not codecs.has_amr():
        pytest.skip("FFmpeg with AMR is not installed (apt-get install ffmpeg libavcodec-extra): AMR is NOT tested")

    def likeness(profile: str) -> float:
        out = decode(apply(profile, wav, 1))
        return max(float(np.corrcoef(speech[: -lag or None], out[lag:])[0, 1]) for lag in range(80))

    assert 0.5 < likeness("amr-4.75") < likeness("amr-12.2") < 0.999


def test_profiles_that_are_not_there_are_told_with_the_nearest() -> None:
    with pytest.raises(ContentError, match="did you mean bad-mobile"):
        named("bad-moble")
    with pytest.raises(ContentError, match=r"no library .* G\.729"):
        named("g729")


@pytest.mark.parametrize("given", [b"", b"<html>no sound</html>", b"RIFF\x00\x00\x00\x00WAVE"])
def test_what_is_no_audio_is_told_as_such(given: bytes) -> None:
    with pytest.raises(RecordingError, match="not a WAV file"):
        apply("mobile", given, 1)


def test_other_rates_are_refused() -> None:
    out = io.BytesIO()
    soundfile.write(out, np.zeros(4410), 44_100, format="WAV")
    with pytest.raises(RecordingError, match=r"8,000 Hz and one channel; this file has 44,100 Hz"):
        apply("mobile", out.getvalue(), 1)


def test_a_recording_of_nothing_stays_nothing() -> None:
    for profile in CALLERS:
        assert decode(apply(profile, encode(np.zeros(0)), 1)).size == 0


def test_every_profile_says_what_it_is() -> None:
    assert set(CALLERS) <= set(PROFILES)
    assert all(isinstance(each, Profile) and each.about.endswith(".") for each in PROFILES.values())


@pytest.mark.parametrize("profile", ["clean", "landline"])
def test_words_are_still_recognised_on_a_good_line(profile: str) -> None:
    fetch(["whisper-tiny.en"], ROOT / "weights")
    engine = load_engine("faster-whisper", "tiny.en", ROOT / "weights", threads=1)
    said = "sorry can you say that again"
    words = engine.transcribe(for_whisper(apply(profile, (CALLS / "say-again.wav").read_bytes(), 1))).words

    assert jiwer.wer(said, "".join(each for each in words.lower() if each.isalpha() or each == " ")) <= 0.2
