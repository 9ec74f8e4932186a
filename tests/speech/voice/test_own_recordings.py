"""A council's own recordings: the list of them, and how they come to be heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from voicebot.live.sound import samples
from voicebot.speech.telephone import speech_level
from voicebot.speech.voice.library import Library
from voicebot.speech.voice.own_recordings import bring_in, read_recordings, unsaid


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "prompts"
    made.mkdir()
    for name, pitch in (("hello.wav", 440), ("bye.wav", 660)):
        time = np.arange(44_100) / 44_100
        stereo = np.stack([0.5 * np.sin(2 * np.pi * pitch * time)] * 2, axis=1)
        soundfile.write(made / name, stereo, 44_100, subtype="PCM_24")
    return made


def listed(folder: Path, text: str) -> list[str]:
    (folder / "prompts.yaml").write_text(text, "utf-8")
    recordings, issues = read_recordings(folder)
    return [str(each).removeprefix(f"{folder}/") for each in (*issues, *bring_in(recordings, folder.parent / "kept"))]


def test_a_recording_is_heard_instead_of_the_voice(folder: Path) -> None:
    kept = folder.parent / "kept"
    assert listed(folder, "recordings:\n  hello.wav: Hello there.\nslow:\n  bye.wav: Hello there.\n") == []
    library = Library(kept, "bf_emma")
    fast, slow = library.audio("Hello there."), library.audio("Hello there.", slow=True)
    assert fast is not None
    assert slow not in (None, fast)
    assert len(fast) / 8000 == pytest.approx(1.4, abs=0.05)
    assert speech_level(samples(fast)) == pytest.approx(-20, abs=0.5)


def test_another_take_and_one_taken_back_are_followed(folder: Path) -> None:
    kept = folder.parent / "kept"
    both = "recordings:\n  hello.wav: Hello.\n  bye.wav: Goodbye.\n"
    listed(folder, both)
    library = Library(kept, "")
    first = library.audio("Hello.")
    (folder / "hello.wav").write_bytes((folder / "bye.wav").read_bytes())
    assert listed(folder, both) == []
    assert library.audio("Hello.") not in (None, first)
    listed(folder, "recordings:\n  bye.wav: Goodbye.\n")
    assert library.audio("Hello.") is None
    assert library.audio("Goodbye.") is not None


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("recordings:\n  helo.wav: Hello.\n", 2, "did you mean hello.wav?"),
        ("recordings:\n  ../../etc/passwd: Hello.\n", 2, "there is no file"),
        ("recordings:\n  hello.wav: Hello. Goodbye.\n", 2, "must hold one sentence, not 2"),
        ("recordings:\n  hello.wav:\n", 2, "write after the colon what is said in it"),
        ("recordings:\n  hello.wav: Hi.\n  bye.wav: Hi.\n", 3, "the sentence of line 2 stands here again"),
        ("recording:\n  hello.wav: Hello.\n", 1, "did you mean recordings?"),
        ("recordings: yes\n", 1, "must be a list of files"),
        ("hello\n", 1, "there is nothing in it"),
        ("recordings:\n  hello.wav: 'Hello.\n", 2, ""),
    ],
)
def test_every_mistake_is_named_with_its_line_and_a_way_out(folder: Path, text: str, line: int, says: str) -> None:
    found = [each for each in listed(folder, text) if " N701 " not in each]
    assert len(found) == 1
    assert found[0].startswith(f"prompts.yaml:{line}:")
    assert says in found[0]


def test_what_is_no_sound_is_named_and_the_others_are_heard(folder: Path) -> None:
    (folder / "bye.wav").write_text("<html>not found</html>")
    found = listed(folder, "recordings:\n  bye.wav: Goodbye.\n  hello.wav: Hello.\n")
    assert len(found) == 1
    assert "prompts.yaml:2:" in found[0]
    assert "web page" in found[0]
    assert Library(folder.parent / "kept", "").audio("Hello.") is not None


def test_a_file_that_no_line_names_is_noticed(folder: Path) -> None:
    assert "N701 nothing says what bye.wav holds" in listed(folder, "recordings:\n  hello.wav: Hello.\n")[0]


def test_a_sentence_that_is_never_said_is_noticed_with_the_one_that_was_meant(folder: Path) -> None:
    listed(folder, "recordings:\n  hello.wav: Hallo there.\n  bye.wav: Goodbye.\n")
    recordings, _ = read_recordings(folder)
    assert [str(each).split(" ", 1)[1] for each in unsaid(recordings, ["Hello there.", "Goodbye."])] == [
        'N702 nothing in the routing table says "Hallo there.": did you mean Hello there.?'
    ]


def test_no_folder_is_no_mistake(tmp_path: Path) -> None:
    assert read_recordings(tmp_path / "none") == ((), ())


def test_a_folder_without_the_list_is_one(folder: Path) -> None:
    (_, issues) = read_recordings(folder)
    assert "prompts.yaml:1:1: V001" in str(issues[0])
