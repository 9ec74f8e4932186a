from __future__ import annotations

from dataclasses import replace

import pytest
from suite_samples import call, failed, not_run

from voicebot.errors import ContentError
from voicebot.regression.suites.results import Run
from voicebot.regression.suites.run_file import read_run, write_run

RUN = Run(
    "samples", "2026-02-10T10:30:00+00:00", 2.5, "a machine", {"channel": "record"}, (call(), failed(), not_run())
)


def test_a_run_is_read_as_it_was_written_from_the_file_or_its_folder(tmp_path):
    write_run(RUN, tmp_path / "new" / "run.json")
    assert read_run(tmp_path / "new" / "run.json") == RUN
    assert read_run(tmp_path / "new") == RUN


def test_writing_again_replaces_the_whole_file_and_leaves_no_other(tmp_path):
    write_run(RUN, tmp_path / "run.json")
    write_run(replace(RUN, calls=()), tmp_path / "run.json")
    assert read_run(tmp_path).calls == ()
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize("text", ["", "[]", '{"suite": "x"}', "<html>"], ids=["empty", "list", "part", "page"])
def test_what_is_no_run_is_one_clear_line(tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(ContentError, match=r"run\.json: is not the result of a run") as raised:
        read_run(tmp_path)
    assert "\n" not in raised.value.message


def test_a_run_that_is_not_there_says_what_makes_one(tmp_path):
    with pytest.raises(ContentError, match="voicebot regress"):
        read_run(tmp_path / "last.json")


def test_a_place_that_cannot_be_written_to_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ContentError, match="cannot be written"):
        write_run(RUN, tmp_path / "file" / "run.json")
