from __future__ import annotations

import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from voicebot.errors import ContentError
from voicebot.nlu.phrases.book import PhraseBook, unfit

ADD = """
import sys
from pathlib import Path
from voicebot.nlu.phrases.book import PhraseBook
book = PhraseBook(Path(sys.argv[1]))
sys.stdin.readline()
for number in range(20):
    with book.held():
        book.write(book.changes({"pothole": [f"{sys.argv[2]} hole {'x' * (number + 1)}"]}))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pothole.yaml").write_text("title: P # holes\nphrases:\n  - a hole\n  - A big hole.\n", "utf-8")
    (tmp_path / "library.yaml").write_text("phrases:\n  - renew my book\n", "utf-8")
    return tmp_path


def test_words_are_found_however_they_are_spelt(folder: Path) -> None:
    book = PhraseBook(folder)
    assert book.intents == ("library", "pothole")
    found = book.find("um, a big, a big HOLE")
    assert found is not None
    assert (found.intent, found.file, found.line) == ("pothole", str(folder / "pothole.yaml"), 4)
    assert book.find("a bigger hole") is None


def test_what_is_there_already_or_twice_is_added_once(folder: Path) -> None:
    book = PhraseBook(folder)
    (change,) = book.changes({"pothole": ["A hole!", "new one", "New one.", "another"], "library": ["Renew my book"]})
    assert (change.intent, change.added) == ("pothole", ("new one", "another"))
    assert [line for line in change.diff.splitlines() if line[0] in "+-"][2:] == ["+  - new one", "+  - another"]
    assert "new one" not in (folder / "pothole.yaml").read_text("utf-8"), "nothing is written before it is told to"
    with book.held():
        book.write([change])
    assert (folder / "pothole.yaml").read_text("utf-8").endswith("  - A big hole.\n  - new one\n  - another\n")
    assert book.find("new one") is not None


def test_mark_line_ends_and_rights_stay(folder: Path) -> None:
    file = folder / "pothole.yaml"
    file.write_bytes(b"\xef\xbb\xbftitle: P\r\nphrases:\r\n  - a hole\r\n")
    file.chmod(0o640)
    book = PhraseBook(folder)
    with book.held():
        book.write(book.changes({"pothole": ["new"]}))
    assert file.read_bytes() == b"\xef\xbb\xbftitle: P\r\nphrases:\r\n  - a hole\r\n  - new\r\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert sorted(each.name for each in folder.iterdir()) == ["library.yaml", "pothole.yaml"]


def test_what_somebody_else_has_added_is_seen(folder: Path) -> None:
    mine, theirs = PhraseBook(folder), PhraseBook(folder)
    with theirs.held():
        theirs.write(theirs.changes({"library": ["the new words"]}))
    assert mine.find("the new words") is None
    with mine.held():
        found = mine.find("the new words")
    assert found is not None
    assert found.intent == "library"


def test_people_who_add_at_once_lose_nothing(folder: Path) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", ADD, str(folder), name], stdin=subprocess.PIPE, text=True)
        for name in ("ann", "bob")
    ]
    for each in started:
        assert each.stdin is not None
        each.stdin.write("now\n")
        each.stdin.flush()
    for each in started:
        each.communicate(timeout=60)
    assert [each.returncode for each in started] == [0, 0]
    lines = (folder / "pothole.yaml").read_text("utf-8").splitlines()
    assert len(lines) == 4 + 40
    assert len(set(lines)) == 4 + 40


def test_every_file_with_a_mistake_is_named(folder: Path) -> None:
    (folder / "pothole.yaml").write_text("phrases:\n\t- x\n", "utf-8")
    (folder / "library.yaml").write_text("phrases: 'x\n", "utf-8")
    with pytest.raises(ContentError) as raised:
        PhraseBook(folder)
    assert {Path(each.file).name for each in raised.value.issues} == {"pothole.yaml", "library.yaml"}  # type: ignore[attr-defined]


def test_a_folder_without_intents(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no intents here"):
        PhraseBook(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to(folder: Path) -> None:
    book = PhraseBook(folder)
    folder.chmod(0o500)
    try:
        with pytest.raises(ContentError, match="cannot be written"), book.held():
            book.write(book.changes({"pothole": ["new"]}))
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize("where", ["nowhere/library.yaml", "folder.yaml"])
def test_where_one_file_cannot_be_written_no_parts_are_left(folder: Path, where: str) -> None:
    """The first cannot be prepared, so that nothing is changed; the second cannot be put in place."""
    book = PhraseBook(folder)
    changes = book.changes({"library": ["new"], "pothole": ["new hole"]})
    (folder / "folder.yaml").mkdir()
    before = {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}
    spoilt = [changes[0], replace(changes[1], file=folder / where)]
    with pytest.raises(ContentError, match="cannot be written"):
        book.write(spoilt)
    after = {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}
    assert after.keys() == before.keys()
    assert (after == before) is where.startswith("nowhere")


@pytest.mark.parametrize("words", ["...", "um", "", "hole 🕳", "\x1b[2J hole", "яма на дороге", "x " * 3000])
def test_words_that_are_no_phrase(words: str) -> None:
    assert list(unfit(words))


def test_words_that_are_one() -> None:
    assert list(unfit("It's £5 at the café, isn't it?")) == []
