"""No password of a file in anything that is printed or logged, in whatever shape a message quotes it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from voicebot.routing.changed import changes
from voicebot.routing.checks import all_issues, check_file
from voicebot.routing.issues import Issue, shown
from voicebot.routing.rules.secrets import HIDDEN
from voicebot.routing.source import Sources

TOKEN = "ghp_Abcdefghijklmnopqrstuvwxyz0123456789"
TEXT = f"owner: x\n# the key is {TOKEN}\npassword: Swordfish7\n"


def told(message: str, text: str = TEXT) -> str:
    """What becomes of a message about a line on which no secret stands."""
    issues = all_issues(Sources((("routing.yaml", text),)), Issue("routing.yaml", 1, 1, "E101", message, message))
    assert [each.code for each in issues].count("E801") == 2
    (found,) = (each for each in issues if each.code == "E101")
    assert found.fix == found.message
    return found.message


def test_wherever_the_message_points() -> None:
    assert told(f"did you mean {TOKEN}?") == f"did you mean {HIDDEN}?"


def test_in_small_letters() -> None:
    assert told(f'there is no day "{TOKEN.lower()}"') == f'there is no day "{HIDDEN}"'


@pytest.mark.parametrize("before", [0, 20, 30, 50, 55, 58])
def test_cut_short(before: int) -> None:
    message = told(f"{shown('x ' * (before // 2) + TOKEN + ' y' * 30)} and {shown('z' * 80)}")
    assert HIDDEN in message
    assert not any(TOKEN[start : start + 4] in message for start in range(len(TOKEN) - 3))
    assert message.endswith('z…"')


def test_without_the_signs_that_numbers_lose() -> None:
    text = f"# {TOKEN}\ntoken: a1-b2(c3)d4\n"
    assert told('"a1b2c3d4" is no number that can be dialled', text) == f'"{HIDDEN}" is no number that can be dialled'


def test_a_secret_of_such_signs_alone_covers_nothing_else() -> None:
    assert told("there is no queue one", f"# {TOKEN}\npassword: (--)-\n") == "there is no queue one"


def test_in_quotes_as_in_json() -> None:
    assert told('"password": "Hunter22"').count("Hunter22") == 0


def test_words_of_a_file_without_secrets_stay() -> None:
    sources = Sources((("routing.yaml", "owner: x\n"),))
    (found,) = all_issues(sources, Issue("routing.yaml", 1, 1, "E101", f"{shown('long ' * 20)}, fix", "a fix"))
    assert HIDDEN not in str(found)


def test_folded_over_lines(tmp_path: Path) -> None:
    """The value begins on a line above that of its secret."""
    (tmp_path / "routing.yaml").write_text(f"council:\n  nation: >-\n    one two\n    {TOKEN}\n", "utf-8")
    issues = check_file(tmp_path / "routing.yaml", None, date(2026, 11, 21))
    assert {"E103", "E801"} <= {each.code for each in issues}
    assert "ghp" not in " ".join(map(str, issues))


def test_what_is_taken_out_does_not_come_back_as_a_change() -> None:
    old, new = (
        Sources((("routing.yaml", text),)) for text in ("a: b\npassword: hunter2\n", "a: b\npassword: hunter3\n")
    )
    (found,) = changes(old, new)
    assert (found.added, found.removed) == (1, 1)
    assert found.lines[-2:] == (f"-password: {HIDDEN}", f"+password: {HIDDEN}")
