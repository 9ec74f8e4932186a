"""Whatever stands in a suite's file, reading it ends with values and issues, or with one clear message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.regression.suites.suite_folder import suite_folder
from voicebot.errors import ContentError
from voicebot.regression.suites.reading import read_suite
from voicebot.regression.suites.values import read_number, read_step_word, read_time

GOOD = Path(__file__).parents[2] / "suite_files" / "good"
TYPED = (GOOD / "everything.yaml").read_text("utf-8")
SPREADSHEET = (GOOD / "spreadsheet.csv").read_text("utf-8")
SIGNS = st.text(alphabet=st.sampled_from("aZ09 :-#{}[],;|\"'\n\r\t\\&*!%@\0\x85\u2028é+./"), max_size=8)

anything = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def survives(tmp_path: Path) -> Callable[[str, str], None]:
    suite_folder(tmp_path, TYPED)
    (tmp_path / "calls.yaml").unlink()

    def read(text: str, name: str) -> None:
        for each in tmp_path.glob("calls.*"):
            each.unlink()
        (tmp_path / name).write_bytes(text.encode())
        try:
            suite, issues = read_suite(tmp_path, None)
        except ContentError:
            return
        assert all(each.message and each.fix and each.line >= 1 and each.column >= 1 for each in issues)
        assert not {call.name for call in suite.calls} & {call.name for call in suite.broken}

    return read


@anything
@given(st.integers(0, len(TYPED)), st.integers(0, 40), SIGNS)
def test_a_typed_file_with_something_typed_over(
    survives: Callable[[str, str], None], at: int, length: int, typed: str
) -> None:
    survives(TYPED[:at] + typed + TYPED[at + length :], "calls.yaml")


@anything
@given(st.integers(0, len(SPREADSHEET)), st.integers(0, 40), SIGNS)
def test_a_spreadsheet_with_something_typed_over(
    survives: Callable[[str, str], None], at: int, length: int, typed: str
) -> None:
    survives(SPREADSHEET[:at] + typed + SPREADSHEET[at + length :], "calls.csv")


@anything
@given(st.one_of(SIGNS, st.text(max_size=20)))
def test_any_text_as_a_value(text: str) -> None:
    read_time(text)
    read_number(text)
    read_step_word(text)
