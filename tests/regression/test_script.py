"""Scripts as they are written on the command line, and the audio they name."""

import io
import wave

import numpy as np
import pytest
import soundfile

from voicebot.errors import ContentError, RecordingError
from voicebot.regression.script import HangUp, Press, Silence, Speak, read_script
from voicebot.regression.telephone_wav import telephone_wav


def tone(path, *, rate=44100, channels=2, subtype="PCM_24"):
    time = np.arange(rate) / rate
    samples = 0.5 * np.sin(2 * np.pi * 440 * time)
    soundfile.write(path, np.stack([samples] * channels, axis=1), rate, subtype=subtype)
    return path


def test_files_words_and_keys(tmp_path):
    path = tone(tmp_path / "hello.wav")
    steps = read_script([str(path), "silence", "keys:12#", "hang-up"], "1, 0")
    assert isinstance(steps[0], Speak)
    assert steps[0].name == "hello.wav"
    assert steps[1:] == (Silence(), Press("12#"), HangUp(), Press("1"), Press("0"))


@pytest.mark.parametrize(
    ("rate", "channels", "subtype"), [(44100, 2, "PCM_24"), (8000, 1, "ULAW"), (16000, 1, "PCM_16")]
)
def test_any_wav_becomes_what_twilio_serves(tmp_path, rate, channels, subtype):
    wav = telephone_wav(tone(tmp_path / "tone.wav", rate=rate, channels=channels, subtype=subtype))
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (1, 8000, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16) / 32768
    assert abs(len(samples) - 8000) <= 8
    strongest = np.argmax(np.abs(np.fft.rfft(samples))) * 8000 / len(samples)
    assert strongest == pytest.approx(440, abs=1)
    assert np.sqrt(np.mean(samples**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.02)


@pytest.mark.parametrize(("words", "keys"), [(["nowhere.wav"], ""), (["keys:1x"], ""), ([], "1,a"), (["keys:"], "")])
def test_what_cannot_be_done_is_named(words, keys):
    with pytest.raises(ContentError):
        read_script(words, keys)


def test_a_file_that_is_no_audio_is_named(tmp_path):
    path = tmp_path / "page.wav"
    path.write_text("<html>")
    with pytest.raises(RecordingError, match=r"page\.wav"):
        read_script([str(path)])
