"""A run as a tester reads it: in the terminal, and as JUnit XML."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import pytest
from rich.console import Console
from suite_samples import call, failed, not_run, renamed, run, sample, turn

from voicebot.errors import ContentError
from voicebot.regression.suites.reports.figures import Share, expected_intent, figures, right_first_time
from voicebot.regression.suites.reports.junit import write_junit
from voicebot.regression.suites.reports.terminal import SHOWN, terminal
from voicebot.regression.suites.results import Miss


def printed(given, width: int = 200) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(terminal(given))
    return out.getvalue()


# --- figures -------------------------------------------------------------------------------------------------------


def test_the_interval_is_wilsons():
    # 8 of 10, Newcombe (1998), table I, method 3 gives for 81 of 263 0.2553 to 0.3662
    share = Share.of_all([True] * 81 + [False] * 182)
    assert (round(share.low, 4), round(share.high, 4)) == (0.2553, 0.3662)
    assert Share.of_all([]).part is None


def test_a_misroute_on_the_way_is_not_right_first_time():
    assert right_first_time(call())
    assert not right_first_time(call(misrouted=True))
    assert not right_first_time(failed())


def test_what_was_not_run_is_neither_right_nor_wrong():
    found = figures(run(call(), failed(), not_run()))
    assert (found.whole.right.count, found.whole.right.of, found.failed, found.not_run) == (1, 2, 1, 1)


def test_calls_are_sliced_by_profile_tags_and_expected_intent():
    found = figures(run(call(), call("other", profile="mobile", tags={"voice": "af_sky", "age": "old"}), failed()))
    assert [(each.by, each.value, each.right.count, each.right.of) for each in found.slices] == [
        ("profile", "clean", 1, 2),
        ("profile", "mobile", 1, 1),
        ("voice", "af_sky", 1, 1),
        ("voice", "bf_emma", 0, 1),
        ("voice", "bm_george", 1, 1),
        ("accent", "northern", 1, 1),
        ("accent", "southern", 0, 1),
        ("intent", "missed-bin", 0, 1),
        ("intent", "pothole", 2, 2),
    ]


def test_word_errors_are_summed_over_calls_and_not_averaged():
    found = figures(run(call(word_errors=1, word_count=99), failed(word_errors=1, word_count=1)))
    assert found.whole.word_error_rate == pytest.approx(0.02)
    assert figures(run(call(word_count=0))).whole.word_error_rate is None


def test_of_several_expected_intents_the_first_counts():
    assert expected_intent(failed(misses=(Miss("intent", "missed-bin or bulky", "none"),))) == "missed-bin"


# --- terminal ------------------------------------------------------------------------------------------------------


def test_the_summary_says_right_first_time_with_its_interval():
    text = printed(sample())
    assert "Right first time: 2 of 10, 20.0 % (95 % interval 5.7 % to 51.0 %)" in text
    assert "failed 7 · misrouted on the way 1 · flaky 1 · not run 1 · word error rate 25.0 % of 56 words" in text


@pytest.mark.parametrize(
    ("cause", "title", "who"),
    [
        ("heard", "Heard wrongly", "engineer"),
        ("understood", "Understood wrongly", "data staff"),
        ("routed", "Routed wrongly", "service owner"),
        ("hours", "Hours", "service owner"),
        ("broken", "The bot broke", "engineer"),
        (None, "No cause found", "engineer"),
    ],
)
def test_failures_are_told_by_cause_with_who_should_look(cause, title, who):
    text = printed(run(call(), failed(cause=cause)))
    heading = next(line for line in text.splitlines() if line.startswith(f"{title}: 1"))
    assert who in heading
    assert "bins  tests/calls/calls.yaml:40" in text
    assert "queue: wanted waste, got council-tax; intent: wanted missed-bin, got council-tax" in text
    assert "turn 1: said “my bin was not emptied”, heard “my pin was emptied”" in text
    assert "routing.yaml:120" in text


def test_words_that_were_heard_as_said_are_not_told():
    assert "heard" not in printed(run(failed(cause="routed", turns=(turn(),), word_errors=0))).split("By slice")[0]


def test_flaky_calls_and_those_not_run_are_named_as_such():
    text = printed(sample())
    assert "shaky: passed 2 of 3 times" in text
    assert "missing  tests/calls/calls.yaml:80  gone.wav: no such file" in text
    assert "Right in the end, and sent elsewhere first: 1" in text


def test_a_perfect_run_is_short():
    text = printed(run(call()))
    assert "1 of 1, 100.0 %" in text
    assert len(text.strip().splitlines()) <= 5


def test_a_run_in_which_nothing_ran_says_so():
    assert "no call was run" in printed(run(not_run()))


def test_many_failures_of_one_cause_are_counted():
    text = printed(run(*(renamed(failed(), number) for number in range(SHOWN + 7))))
    assert f"Heard wrongly: {SHOWN + 7}" in text
    assert "… and 7 more" in text


def test_words_that_look_like_markup_are_printed_as_they_are():
    odd = failed("[red]odd[/red]", turns=(turn(words="[bold]x[/bold]", heard="[/nothing]"),))
    text = printed(run(odd))
    assert "[red]odd[/red]" in text
    assert "said “[bold]x[/bold]”, heard “[/nothing]”" in text


# --- JUnit ---------------------------------------------------------------------------------------------------------

# element: (required attributes, optional attributes, children), after the schema of Jenkins' xUnit plug-in
RULES = {
    "testsuites": ({"name", "tests", "failures", "errors", "time"}, {"skipped"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"},
        set(),
        {"properties", "testcase"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": (
        {"name", "classname", "time"},
        {"file", "line"},
        {"failure", "error", "skipped", "system-out"},
    ),
    "failure": ({"message", "type"}, set(), set()),
    "error": ({"message", "type"}, set(), set()),
    "skipped": ({"message"}, set(), set()),
    "system-out": (set(), set(), set()),
}


def is_by_the_rules(element: ElementTree.Element) -> None:
    needed, more, children = RULES[element.tag]
    assert needed <= set(element.attrib) <= needed | more, element.tag
    assert {each.tag for each in element} <= children, element.tag
    if element.tag == "testcase":
        assert sum(each.tag in ("failure", "error", "skipped") for each in element) <= 1
    for each in ("tests", "failures", "errors", "skipped", "line"):
        assert element.get(each) is None or element.get(each, "").isdigit()
    assert re.fullmatch(r"\d+\.\d{3}", element.get("time", "0.000"))
    for each in element:
        is_by_the_rules(each)


def written(tmp_path, given) -> ElementTree.Element:
    write_junit(given, tmp_path / "new" / "junit.xml")
    return ElementTree.parse(tmp_path / "new" / "junit.xml").getroot()


def test_the_xml_is_as_ci_servers_want_it(tmp_path):
    root = written(tmp_path, sample())
    is_by_the_rules(root)
    for counted in (root, root[0]):
        assert [counted.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["11", "6", "1", "1"]
    assert len(root.findall(".//failure")) == 6
    assert len(root.findall(".//error")) == len(root.findall(".//skipped")) == 1


def test_a_failure_links_to_its_line_and_tells_its_turns(tmp_path):
    case = next(each for each in written(tmp_path, sample()).iter("testcase") if each.get("name") == "bins")
    assert (case.get("file"), case.get("line")) == ("tests/calls/calls.yaml", "40")
    assert case.get("classname") == "our calls.clean"
    failure, turns = case.find("failure"), case.findtext("system-out")
    assert failure.get("type") == "heard"
    assert failure.get("message") == "queue: wanted waste, got council-tax; intent: wanted missed-bin, got council-tax"
    assert "said:  my bin was not emptied\n   heard: my pin was emptied" in turns


def test_signs_that_xml_cannot_hold_do_not_spoil_the_file(tmp_path):
    odd = failed("a\x00b<&>", turns=(turn(words="x\x1by", heard="<b>\uffff"),))
    case = next(written(tmp_path, run(odd)).iter("testcase"))
    assert case.get("name") == "a�b<&>"
    assert "heard: <b>�" in case.findtext("system-out")


def test_a_report_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ContentError, match=r"file/junit\.xml: the report cannot be written \(.+\); name another file"):
        write_junit(sample(), tmp_path / "file" / "junit.xml")


def test_on_eighty_columns_no_name_is_cut_short():
    long = call("one", tags={"noise": "a-market-hall-with-a-brass-band"})
    slices = printed(run(long, failed())).split("By slice")[1]
    assert "…" not in slices
    assert max(map(len, slices.splitlines())) <= 80
