"""Where what was heard is written: files that people edit too, with whatever ends of lines they have."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.nlu.conftest import SMALL, write_intents
from voicebot.errors import ContentError
from voicebot.nlu.corpus import read_corpus, read_held_out
from voicebot.nlu.slices import NOTHING
from voicebot.regression.hear_phrases import Said, _add_to_heard, _add_to_utterance, _unheard_utterances

WORDS = "potholes everywhere"


@pytest.mark.parametrize("there", [None, "", "heard:\n", 'heard:\n  - words: "big hole in the tarmac"\n    heard: "a"'])
def test_what_was_heard_goes_to_the_end_of_its_file(tmp_path: Path, there: str | None) -> None:
    intents = write_intents(tmp_path, SMALL)
    file = intents / "heard" / "pothole.yaml"
    if there is not None:
        file.parent.mkdir()
        file.write_text(there, "utf-8")
    _add_to_heard(Said(WORDS, file, 0), 'Pot "halls": everywhere')
    last = read_corpus(intents).heard[-1]
    assert (last.words, last.heard) == (WORDS, 'Pot "halls": everywhere')


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_a_held_out_utterance_gets_one_line_and_all_else_stays(tmp_path: Path, end: str, last: bool) -> None:
    lines = ["# ours", "utterances:", '  - words: "it\'s no: 5"  # quoted', "    kind: hard"]
    lines += ["  - words: no", "    kind: hard", "", "  # the end"]
    text = end.join(lines) + (end if last else "")
    file = tmp_path / "pothole.yaml"
    file.write_bytes(text.encode())
    for said in list(_unheard_utterances(tmp_path, 2)):
        _add_to_utterance(said, "" if said.words == "no" else "its no five")
    assert [each.heard for each in read_held_out(tmp_path)] == ["its no five", NOTHING]
    expected = [*lines[:3], '    heard: "its no five"', *lines[3:5], f'    heard: "{NOTHING}"', *lines[5:]]
    assert file.read_bytes().decode() == end.join(expected) + (end if last else "")


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ("  - kind: hard\n    words: a hole\n", 2),
        ("  - {words: a hole, kind: hard}\n", 2),
        ("  - words: a hole\n      in the road\n    kind: hard\n", 2),
        ('  - words: "a hole\n    kind: of"\n    kind: hard\n', 2),
        ("  - words: >\n      a hole\n    kind: hard\n", 2),
        ("  -\n    words: a hole\n    kind: hard\n", 3),
        ("-   words: a hole\n    kind: hard\n", 2),
        ("    - words: a hole\n      kind: hard\n", 2),
        ("  - words: a hole\n\n    kind: hard\n", 2),
    ],
)
def test_an_entry_of_another_shape_is_named_before_anything_is_heard(tmp_path: Path, entry: str, line: int) -> None:
    file = tmp_path / "pothole.yaml"
    file.write_text(f"utterances:\n{entry}", "utf-8")
    assert len(read_held_out(tmp_path)) == 1
    with pytest.raises(ContentError, match=rf"pothole.yaml:{line}: "):
        list(_unheard_utterances(tmp_path, 2))
    with pytest.raises(ContentError, match=rf"pothole.yaml:{line}: "):
        _add_to_utterance(Said(read_held_out(tmp_path)[0].words, file, line), "a whole")
    assert file.read_text("utf-8") == f"utterances:\n{entry}"
