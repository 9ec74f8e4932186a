"""Rendering what is missing, and the last resort of a voice."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.speech.voice.speakers import Tones
from voicebot.errors import VoicebotError
from voicebot.live.sound import samples
from voicebot.routing.loader import load_table
from voicebot.speech.telephone import speech_level
from voicebot.speech.voice.cache import Cache, Piece
from voicebot.speech.voice.espeak import Espeak
from voicebot.speech.voice.library import RECORDED, Library, Wanted, own
from voicebot.speech.voice.render import alone, open_speaker, pieces_of, plan, render
from voicebot.speech.voice.sound import as_piece

ROOT = Path(__file__).parents[3]
TABLE = load_table(ROOT / "tests" / "dialogue" / "tree" / "routing.yaml")
NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
VOICE = "bf_emma"


def quiet(line: str) -> None:
    pass


def test_everything_is_rendered_once_and_then_nothing_is_missing(tmp_path: Path) -> None:
    speaker = Tones(word_seconds=0.02)
    missing = plan(TABLE, NOW, tmp_path, VOICE).missing
    made = render(missing, tmp_path, lambda: speaker, quiet)
    assert (made.done, made.failed, made.left) == (len(missing), (), 0)
    assert {speed for _, speed in speaker.said} == {1.0, 0.8}
    assert plan(TABLE, NOW, tmp_path, VOICE).missing == ()
    assert Library(tmp_path, VOICE).audio(TABLE.wording["opening"], slow=True) is not None


def test_what_a_call_wanted_comes_first_and_its_note_goes(tmp_path: Path) -> None:
    library = Library(tmp_path, VOICE)
    assert library.audio("Something, that no table says.") is None
    found = plan(TABLE, NOW, tmp_path, VOICE)
    assert found.missing[0] == Piece("Something, that no table says.", VOICE)
    render(found.missing[:1], tmp_path, Tones, quiet)
    assert Wanted(tmp_path).pieces() == []
    assert library.audio("Something, that no table says.") is not None


def test_it_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    missing = plan(TABLE, NOW, tmp_path, VOICE).missing
    asked = iter([True, True, True, False])
    made = render(missing, tmp_path, Tones, quiet, lambda: next(asked))
    assert (made.done, made.left) == (3, len(missing) - 3)
    assert plan(TABLE, NOW, tmp_path, VOICE).missing == missing[3:]


def test_what_cannot_be_spoken_is_named_and_left_out(tmp_path: Path) -> None:
    wanted = [Piece(words, VOICE) for words in ("Hello.", "Xyzzy.", "Goodbye.")]
    made = render(wanted, tmp_path, lambda: Tones(refuses="Xyzzy."), quiet)
    assert made.failed == (("Xyzzy.", "too hard to say"),)
    assert made.done == 2


def test_a_broken_file_is_rendered_again(tmp_path: Path) -> None:
    piece = plan(TABLE, NOW, tmp_path, VOICE).missing[0]
    render([piece], tmp_path, Tones, quiet)
    Cache(tmp_path).path(piece).write_bytes(b"RIFF")
    assert plan(TABLE, NOW, tmp_path, VOICE).missing[0] == piece


def test_the_councils_own_recordings_need_no_rendering(tmp_path: Path) -> None:
    first = plan(TABLE, NOW, tmp_path, VOICE).missing[0]
    own(tmp_path).write(Piece(first.words, RECORDED), b"us" * 400)
    found = plan(TABLE, NOW, tmp_path, VOICE)
    assert first not in found.missing
    assert found.recorded == (first,)


def test_no_voice_is_opened_where_nothing_is_missing(tmp_path: Path) -> None:
    assert render([], tmp_path, lambda: pytest.fail("opened"), quiet).done == 0


def test_only_one_renders_at_a_time(tmp_path: Path) -> None:
    with alone(tmp_path) as first, alone(tmp_path) as second:
        assert (first, second) == (True, False)
    with alone(tmp_path) as again:
        assert again


def test_a_voice_that_is_switched_off_says_so(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match="VOICEBOT_VOICE is none"):
        open_speaker("none", tmp_path, None, quiet)


def test_the_last_resort_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VoicebotError, match="apt-get install espeak-ng"):
        Espeak()


@pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is not installed, the last resort is NOT tested"
)
def test_the_last_resort_speaks() -> None:
    speaker = Espeak()
    fast, slow = (
        as_piece(speaker.speak("To speak to someone, press 0.", "", speed), speaker.rate) for speed in (1, 0.8)
    )
    assert 1.0 < len(fast) / 8000 < len(slow) / 8000 < 4.0
    assert speech_level(samples(fast)) == pytest.approx(-20, abs=0.5)


def test_kokoro_speaks_a_sentence_of_ours(tmp_path: Path) -> None:
    """The real voice, once: a second of speech that is level, and neither cut off nor followed by silence."""
    pytest.importorskip("espeakng_loader", reason="the extra `voice` is not installed, Kokoro is NOT tested")
    made = render(
        pieces_of("Hello, and goodbye.", VOICE),
        tmp_path,
        lambda: open_speaker(VOICE, ROOT / "weights", None, quiet),
        quiet,
    )
    assert made.done == 1
    sound = Library(tmp_path, VOICE).audio("Hello, and goodbye.")
    assert sound is not None
    assert 1.0 < len(sound) / 8000 < 3.0
    assert speech_level(samples(sound)) == pytest.approx(-20, abs=0.5)
