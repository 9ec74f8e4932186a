"""The folder of rendered pieces."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import soundfile

from voicebot.errors import VoicebotError
from voicebot.speech.voice.cache import Cache, Piece, packed, unpacked

HELLO = Piece("Hello.", "bf_emma")
SOUND = bytes(range(256)) * 10


def test_what_is_written_is_read_by_anybody(tmp_path: Path) -> None:
    Cache(tmp_path).write(HELLO, SOUND)
    assert Cache(tmp_path).read(HELLO) == SOUND


@pytest.mark.parametrize(
    "other", [Piece("Hello!", "bf_emma"), Piece("Hello.", "bf_alice"), Piece("Hello.", "bf_emma", True)]
)
def test_other_words_another_voice_or_pace_are_other_pieces(tmp_path: Path, other: Piece) -> None:
    Cache(tmp_path).write(HELLO, SOUND)
    assert Cache(tmp_path).read(other) is None


@pytest.mark.parametrize("size", [2560, 2561])
def test_any_player_plays_the_file(tmp_path: Path, size: int) -> None:
    Cache(tmp_path).write(HELLO, (SOUND * 2)[:size])
    info = soundfile.info(Cache(tmp_path).path(HELLO))
    assert (info.samplerate, info.channels, info.subtype, info.frames) == (8000, 1, "ULAW", size)


@pytest.mark.parametrize("place", [0, 4, 10, 30, 57, 58, 700, 2617, 2620])
def test_a_file_with_one_wrong_byte_is_as_good_as_none(place: int) -> None:
    data = bytearray(packed(SOUND, {"words": "Hello."}))
    data[place] ^= 0x55
    assert unpacked(bytes(data))[0] is None


def test_half_a_file_is_as_good_as_none() -> None:
    data = packed(SOUND, {"words": "Hello."})
    assert all(unpacked(data[:size])[0] is None for size in range(0, len(data), 37))
    assert unpacked(data)[0] == SOUND


def test_several_writers_leave_a_whole_file(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: Cache(tmp_path).write(HELLO, SOUND), range(40)))
    assert Cache(tmp_path).read(HELLO) == SOUND
    assert [path for path, _ in Cache(tmp_path).files()] == [Cache(tmp_path).path(HELLO)]
    assert not list(tmp_path.rglob(".part-*"))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VoicebotError, match=r"VOICEBOT_PROMPTS: .*file cannot be written"):
        Cache(tmp_path / "file").write(HELLO, SOUND)


def test_the_oldest_pieces_are_forgotten_first_and_none_that_is_needed(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    pieces = [Piece(f"Sentence {number}.", "bf_emma") for number in range(6)]
    for age, piece in enumerate(pieces):
        cache.write(piece, SOUND)
        os.utime(cache.path(piece), (1_000_000 + age, 1_000_000 + age))
    size = cache.path(pieces[0]).stat().st_size
    gone = cache.tidy(frozenset({cache.path(pieces[0])}), 3 * size)
    assert gone == 3
    assert [cache.read(piece) is not None for piece in pieces] == [True, False, False, False, True, True]
