"""The telephone line that recordings are sent through, measured: band, level, noise, code."""

import io
import struct
from collections.abc import Callable

import numpy as np
import pytest
import soundfile

from voicebot.regression import background, line
from voicebot.speech import telephone
from voicebot.speech.telephone import RATE

Maker = Callable[[float, np.random.Generator], telephone.Audio]


def generator(seed: int = 7) -> np.random.Generator:
    return np.random.default_rng(seed)


def tone(frequency: float, seconds: float, rate: int = RATE, loudness: float = 0.3) -> telephone.Audio:
    return loudness * np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)


def talk(seconds: float = 4.0) -> telephone.Audio:
    """Bursts in the band with pauses between them, as speech has."""
    times = np.arange(int(seconds * RATE)) / RATE
    return tone(700, seconds) * (np.sin(2 * np.pi * 0.7 * times) > 0)


def power_between(audio: telephone.Audio, low: float, high: float) -> float:
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(audio.size))) ** 2
    frequencies = np.fft.rfftfreq(audio.size, 1 / RATE)
    return float(spectrum[(frequencies >= low) & (frequencies < high)].sum())


@pytest.fixture(scope="module")
def wideband() -> telephone.Audio:
    """White noise at 24 kHz as it comes out of the line."""
    return telephone.to_telephone(generator().standard_normal(24_000 * 4) * 0.1, 24_000)


@pytest.mark.parametrize(("low", "high"), [(0, 150), (150, 220), (3700, 4000)])
def test_outside_the_telephone_band_next_to_nothing_is_left(wideband: telephone.Audio, low: float, high: float) -> None:
    per_hertz = power_between(wideband, low, high) / (high - low)
    inside = power_between(wideband, 500, 3000) / 2500

    assert 10 * np.log10(per_hertz / inside) < -25


def test_inside_the_band_the_line_is_flat(wideband: telephone.Audio) -> None:
    edges = [(400, 900), (900, 1800), (1800, 2600), (2600, 3200)]
    levels = [10 * np.log10(power_between(wideband, low, high) / (high - low)) for low, high in edges]

    assert max(levels) - min(levels) < 1.0


def test_resampling_folds_nothing_back_into_the_band() -> None:
    heard = telephone.to_telephone(tone(5200, 2, rate=24_000), 24_000)

    assert telephone.level(heard[RATE // 2 :]) < -70


def test_a_rate_below_the_lines_own_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 8000"):
        telephone.to_telephone(np.zeros(100), 4000)


def test_level_of_a_sine_wave_that_just_fits() -> None:
    assert telephone.level(tone(1000, 1, loudness=1.0)) == pytest.approx(-3.01, abs=0.01)


def test_speech_level_leaves_pauses_out() -> None:
    spoken = tone(1000, 2)
    paused = line.with_pauses(spoken, 3, 5, RATE)

    assert telephone.speech_level(paused) == pytest.approx(telephone.level(spoken), abs=0.1)
    assert paused.size == 10 * RATE


def test_digital_silence_has_no_level_and_stays_silent() -> None:
    silence = np.zeros(RATE)

    assert telephone.speech_level(silence) == -np.inf
    assert np.array_equal(telephone.at_level(silence, -20, telephone.speech_level(silence)), silence)


@pytest.mark.parametrize("wanted", [-20.0, -44.0])
def test_a_caller_is_as_loud_as_asked_for_once_she_is_decoded(wanted: float) -> None:
    speech = talk()
    sent = line.encode(
        line.on_the_line(telephone.at_level(speech, wanted, telephone.speech_level(speech)), generator())
    )

    assert telephone.speech_level(line.decode(sent)) == pytest.approx(wanted, abs=0.5)


@pytest.mark.parametrize("snr", [0.0, 8.0, 20.0])
@pytest.mark.parametrize("make", [background.traffic, background.pink, background.hold_music])
def test_noise_is_so_far_below_the_speech_as_asked_for(make: Maker, snr: float) -> None:
    speech = talk()
    behind = telephone.to_telephone(make(speech.size / RATE, generator()), RATE)
    mixed = line.with_noise(speech, behind, snr)

    assert telephone.speech_level(speech) - telephone.level(mixed - speech) == pytest.approx(snr, abs=0.01)


def test_short_noise_is_repeated_behind_long_speech() -> None:
    speech = talk()
    noise = background.pink(0.5, generator())
    mixed = line.with_noise(speech, noise, 10)

    assert mixed.size == speech.size
    assert telephone.level((mixed - speech)[-RATE // 2 :]) == pytest.approx(
        telephone.speech_level(speech) - 10, abs=0.1
    )


def test_an_empty_noise_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        line.with_noise(talk(), np.zeros(0), 10)


def test_a_line_on_which_nobody_speaks_is_not_digital_silence() -> None:
    heard = line.decode(line.encode(line.on_the_line(np.zeros(2 * RATE), generator())))

    assert line.CIRCUIT_NOISE - 3 < telephone.level(heard) < line.CIRCUIT_NOISE + 6
    assert len(np.unique(heard)) > 3


def test_peaks_are_held_below_full_scale() -> None:
    assert np.abs(line.on_the_line(tone(1000, 1, loudness=4.0), generator())).max() <= 0.98


def test_the_file_is_g711_mu_law_in_a_riff_container() -> None:
    audio = tone(1000, 1)
    wav = line.encode(audio)

    assert wav[:4] == b"RIFF"
    assert wav[8:16] == b"WAVEfmt "
    form, channels, rate, bytes_a_second, block, bits = struct.unpack("<HHIIHH", wav[20:36])
    assert (form, channels, rate, bytes_a_second, block, bits) == (7, 1, 8000, 8000, 1, 8)
    at = wav.index(b"data")
    assert struct.unpack("<I", wav[at + 4 : at + 8]) == (audio.size,)


def test_decoding_gives_back_what_mu_law_keeps() -> None:
    audio = tone(1000, 1)
    error = line.decode(line.encode(audio)) - audio

    assert telephone.level(audio) - telephone.level(error) > 33  # G.711 keeps about 38 dB of a loud sine wave


def test_what_is_no_telephone_audio_is_not_decoded() -> None:
    stereo = io.BytesIO()
    soundfile.write(stereo, np.zeros((100, 2)), 44_100, format="WAV")
    with pytest.raises(ValueError, match="44100 Hz"):
        line.decode(stereo.getvalue())


@pytest.mark.parametrize("make", [background.traffic, background.pink, background.hold_music])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(make: Maker) -> None:
    def once(seed: int) -> bytes:
        drawn = generator(seed)
        return line.encode(line.on_the_line(0.2 * make(1.5, drawn), drawn))

    assert once(1) == once(1)
    assert once(1) != once(2)
