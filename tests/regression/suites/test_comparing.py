"""Two runs beside each other, as values and by the command."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner
from suite_samples import RULE, call, failed, not_run, run, turn

from voicebot.commands.regress_compare import compare as command
from voicebot.errors import ContentError
from voicebot.regression.suites.comparing import compare
from voicebot.regression.suites.reports.compared import markdown, summary
from voicebot.regression.suites.reports.compared_html import comparison_page
from voicebot.regression.suites.run_file import write_run

SHAKY = ("passed", "failed", "passed")


def change(before, after) -> str:
    (pair,) = compare(run(before), run(after)).pairs
    return pair.change


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (call(), call(), "same"),
        (call(), failed("pothole"), "newly_broken"),
        (call(), call(misrouted=True), "newly_broken"),
        (failed("pothole"), call(), "newly_fixed"),
        (failed("pothole"), failed("pothole", cause="routed"), "still_broken"),
        (call(), failed("pothole", attempts=SHAKY), "flaky"),
        (call(attempts=SHAKY), failed("pothole"), "flaky"),
        (failed("pothole", attempts=SHAKY), call(), "flaky"),
        (failed("pothole", attempts=SHAKY), failed("pothole"), "still_broken"),
        (call(attempts=("passed",) * 3), failed("pothole", attempts=("failed",) * 3), "newly_broken"),
        (call(), not_run("pothole"), "newly_not_run"),
        (failed("pothole"), not_run("pothole"), "newly_not_run"),
        (not_run("pothole"), failed("pothole"), "not_judged"),
        (not_run("pothole"), not_run("pothole"), "not_judged"),
    ],
)
def test_what_became_of_a_call(before, after, expected):
    assert change(before, after) == expected


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (call(turns=(turn(), turn(2))), "turns 1, now 2"),
        (call(turns=(turn(confidence=0.70),)), "turn 1: confidence 0.93, now 0.70"),
        (call(turns=(turn(decision="confirm"),)), "turn 1: accept, now confirm"),
        (call(turns=(turn(rule="another"),)), f"turn 1: by “{RULE}”, now by “another”"),
        (call(queue="roads"), "queue highways, now roads"),
        (call(texts=("Here is the form.",)), "text message none, now Here is the form."),
    ],
)
def test_another_way_to_the_right_end_is_told(after, said):
    (pair,) = compare(run(call()), run(after)).pairs
    assert (pair.change, pair.how) == ("changed", (said,))


def test_a_confidence_that_hardly_moved_is_no_change():
    assert change(call(), call(turns=(turn(confidence=0.90, seconds=9.0),))) == "same"


def test_calls_are_the_same_by_name_and_line_condition():
    found = compare(run(call(), call("gone")), run(call(), call(profile="mobile"), call("new")))
    assert [(pair.name, pair.profile, pair.change) for pair in found.pairs] == [
        ("pothole", "clean", "same"),
        ("pothole", "mobile", "only_after"),
        ("new", "clean", "only_after"),
        ("gone", "clean", "only_before"),
    ]
    assert found.judged == 1


def test_an_entry_that_got_a_mistake_is_no_longer_run():
    found = compare(run(call(), call(profile="mobile")), run(not_run("pothole", profile="")))
    assert [(pair.profile, pair.change) for pair in found.pairs] == [
        ("clean", "newly_not_run"),
        ("mobile", "newly_not_run"),
    ]
    assert compare(run(not_run(profile="")), run(not_run(profile=""))).pairs[0].change == "not_judged"


def test_mcnemar_is_the_exact_test_over_what_changed():
    before = [*(call(f"a{n}") for n in range(6)), failed("b"), *(call(f"c{n}") for n in range(20)), call("d")]
    after = [*(failed(f"a{n}") for n in range(6)), call("b"), *(call(f"c{n}") for n in range(20)), not_run("d")]
    assert compare(run(*before), run(*after)).p == pytest.approx(2 * (1 + 7) / 2**7)  # 6 against 1, two-sided
    assert compare(run(call()), run(call())).p == 1.0


def test_settings_that_differ_are_named():
    later = replace(
        run(call()), settings={"channel": "record", "recogniser": "openai-whisper tiny.en", "commit": "abc"}
    )
    assert compare(run(call()), later).settings == (
        ("recogniser", "openai-whisper base", "openai-whisper tiny.en"),
        ("model", "c3e0aa", ""),
        ("table", "3fa1bb", ""),
        ("commit", "", "abc"),
    )


# --- the command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def given(tmp_path):
    """Two runs, one of a file and one of a folder."""
    before = run(call("a"), call("b"), failed("c"), call("d"), call("e"), call("f"))
    after = run(
        failed("a", turns=(turn(heard="@you | <b>", words="me"),)),
        failed("b", attempts=SHAKY),
        call("c"),
        call("d", turns=(turn(confidence=0.6),)),
        call("e"),
        not_run("f"),
    )
    write_run(before, tmp_path / "before.json")
    write_run(after, tmp_path / "after" / "run.json")
    return tmp_path / "before.json", tmp_path / "after"


def invoked(*arguments):
    return CliRunner().invoke(command, [str(each) for each in arguments])


def test_newly_broken_calls_are_told_first_and_exit_with_1(given):
    done = invoked(*given)
    assert done.exit_code == 1
    flat = " ".join(done.stdout.split())
    assert (
        "5 calls judged in both runs. All told: 1 newly broken, 1 flaky, 1 no longer run, 1 newly fixed, 1 changed"
        in flat
    )
    headings = re.findall(r"^([A-Z][a-z ,]+): \d", done.stdout, re.M)
    assert headings[-5:] == ["Newly broken", "Flaky", "No longer run", "Newly fixed", "Changed but still right"]
    assert "now flaky: passed 2 of 3 times" in flat
    assert "Heard wrongly (for the engineer" in flat


def test_exits_with_0_where_only_flaky_calls_went_wrong(tmp_path):
    write_run(run(call()), tmp_path / "before.json")
    write_run(run(failed("pothole", attempts=SHAKY)), tmp_path / "after.json")
    done = invoked(tmp_path / "before.json", tmp_path / "after.json")
    assert (done.exit_code, "Flaky: 1" in done.stdout) == (0, True)


@pytest.mark.parametrize("spoilt", ["no file", "no JSON", "another run"])
def test_what_cannot_be_compared_is_one_clear_line(given, tmp_path, spoilt):
    other = tmp_path / "other.json"
    if spoilt == "no JSON":
        other.write_text("nothing")
    elif spoilt == "another run":
        write_run(run(call("elsewhere")), other)
    done = invoked(given[0], other)
    assert isinstance(done.exception, ContentError)
    assert "other.json" in done.exception.message
    assert "\n" not in done.exception.message


def test_json_has_every_call(given):
    done = invoked(*given, "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert told["counts"]["newly_broken"] == told["counts"]["flaky"] == told["counts"]["newly_fixed"] == 1
    assert [each["change"] for each in told["calls"]] == [
        "newly_broken", "flaky", "newly_fixed", "changed", "same", "newly_not_run",
    ]  # fmt: skip
    assert told["calls"][0]["before"]["status"] == "passed"


def test_markdown_folds_the_calls_and_mentions_nobody(given, tmp_path):
    printed = invoked(*given, "--markdown", "-").stdout
    invoked(*given, "--markdown", tmp_path / "comment.md")
    assert (tmp_path / "comment.md").read_text() == printed
    assert printed.startswith("### Recorded calls: our calls\n")
    assert "<details open><summary>Newly broken: 1" in printed
    assert printed.count("<details") == printed.count("</details>") == 5
    assert "<b>" not in printed
    assert "@you" not in printed


def test_the_page_opens_offline_and_shows_both_ways(given, tmp_path):
    invoked(*given, "--html", tmp_path / "compared.html")
    text = (tmp_path / "compared.html").read_text()
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert re.findall(r'<h2 id="(\w+)"', text) == ["newly_broken", "flaky", "newly_not_run", "newly_fixed", "changed"]
    assert text.count("<h3>Baseline</h3>") == text.count("<h3>Current</h3>") == 5
    assert "<b>" not in text


def test_two_equal_runs_have_nothing_to_tell():
    found = compare(run(call()), run(call()))
    assert summary(found) == "1 call judged in both runs. All told: 1 the same."
    assert "<details" not in markdown(found)
    assert "<h2" not in comparison_page(found)
