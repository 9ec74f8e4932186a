"""The page of a run: what stands in it, that it opens offline, and that it stays small."""

from __future__ import annotations

import base64
import html
import io
import json
import re

import numpy as np
import pytest
import soundfile
from suite_samples import call, failed, renamed, run, sample, suite, turn

from voicebot.regression.suites.reports.differences import differences
from voicebot.regression.suites.reports.html import page, write_html
from voicebot.regression.suites.reports.listening import BYTES_A_SECOND, listened
from voicebot.regression.suites.reports.waveform import HIGH, WIDE, waveform
from voicebot.regression.suites.telephone import Telephone
from voicebot.regression.telephone_wav import decode, encode


def tone(seconds: float, rate: int = 8000) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)


@pytest.fixture
def sounds(tmp_path):
    """A suite with the recordings that the samples play."""
    files = [tmp_path / name for name in ("pothole.wav", "tax.wav")]
    for file in files:
        soundfile.write(file, tone(2.0), 8000)
    return suite(tmp_path, *files)


def louder(profile: str, wav: bytes, seed: int) -> bytes:
    """A line that can be told from a clean one, and one call from another."""
    samples, rate = decode(wav)
    return encode(samples[: len(samples) // 2 + seed % 1000], rate)


def shown(given, sounds, **more) -> str:
    return page(given, sounds, Telephone(louder), **more)


def uris(text: str) -> dict[str, str]:
    return json.loads(re.search(r'id="sounds">(.*?)</script>', text, re.S)[1])


def played(uri: str) -> tuple[np.ndarray, int]:
    assert uri.startswith("data:audio/mpeg;base64,")
    return soundfile.read(io.BytesIO(base64.b64decode(uri.partition(",")[2])))


# --- the page ------------------------------------------------------------------------------------------------------


def test_nothing_in_the_page_comes_from_elsewhere(sounds):
    text = shown(sample(), sounds)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    assert "default-src 'none'" in policy
    assert "media-src data:" in policy
    assert not re.search(r"(?:src|href)=[\"']?(?!#|data:)[a-z/]", text.split("<script>")[0])
    assert not re.search(r"https?:", text)


def test_every_call_is_there_and_the_failed_ones_come_first_and_open(sounds):
    text = shown(sample(), sounds)
    opened = re.findall(r'<details class="call" id="call-\d+" data-values=".*?"( open)?>', text)
    assert [bool(each) for each in opened] == [True] * 8 + [False] * 3
    verdicts = re.findall(r'class="verdict \w+">. ([a-z ]+)<', text)
    assert verdicts == ["failed"] * 7 + ["misrouted on the way", "not run"] + ["right first time"] * 2


def test_words_heard_wrongly_are_marked(sounds):
    text = shown(run(failed()), sounds)
    assert "my <del>bin</del> <ins>pin</ins> was <del>not</del> emptied" in text


def test_the_decision_is_there_with_its_place_and_time(sounds):
    text = html.unescape(shown(run(failed()), sounds))
    assert "accept: the intent's confidence is at least accept" in text
    assert "routing.yaml:120" in text
    assert "council-tax, 0.71" in text
    assert "0.84 s" in text
    assert "tests/calls/calls.yaml:40" in text


def test_what_callers_said_is_text(sounds):
    evil = "<script>alert(1)</script> \"'</details>"
    text = shown(run(failed(evil, about=evil, turns=(turn(words=evil, heard=evil, sound=""),), why=evil)), sounds)
    assert "<script>alert" not in text
    assert text.count("</details>") == 1


def test_filters_offer_what_the_calls_have(sounds):
    text = shown(sample(), sounds)
    filters = dict(re.findall(r"<label>([a-z]+)\s*<select data-value=\"\d+\">(.*?)</select>", text, re.S))
    choices = {name: re.findall(r"<option>(.*?)</option>", given) for name, given in filters.items()}
    assert set(choices) == {"verdict", "cause", "profile", "voice", "accent", "intent", "flaky"}
    assert choices["profile"] == ["clean", "mobile"]
    assert choices["intent"] == ["missed-bin", "pothole"]
    values = [json.loads(html.unescape(each)) for each in re.findall(r'data-values="(.*?)"', text)]
    assert values[0][:3] == ["failed", "heard wrongly", "clean"]


def test_slices_are_drawn_and_told_in_words_and_in_a_table(sounds):
    text = shown(sample(), sounds)
    drawn = re.search(r"<h3>By profile</h3>(.*?)</table>", text, re.S)[1]
    assert "clean: 12.5\u00a0% of 8" in re.search(r"<desc>(.*?)</desc>", drawn, re.S)[1]
    assert '<th scope="row">mobile</th>' in drawn


def test_ids_are_unique(sounds):
    ids = re.findall(r'\bid="([^"]+)"', shown(sample(), sounds))
    assert len(ids) == len(set(ids))


# --- sound ---------------------------------------------------------------------------------------------------------


def test_a_turn_is_heard_as_the_bot_heard_it(sounds):
    found = uris(shown(run(call()), sounds))
    samples, rate = played(found["s0"])
    assert rate == 8000
    assert len(samples) / rate == pytest.approx(2.0, abs=0.25)  # MP3 pads to whole frames


def test_the_same_sound_stands_in_the_page_once_unless_the_line_changes_it(sounds):
    given = run(call(), call("again"), call("bad", profile="mobile"), call("worse", profile="mobile"))
    text = shown(given, sounds)
    assert re.findall(r'data-sound="(\w+)"', text) == ["s0", "s0", "s1", "s2"]
    lengths = {name: len(played(uri)[0]) for name, uri in uris(text).items()}
    assert lengths["s0"] > max(lengths["s1"], lengths["s2"])


def test_a_sound_is_small(sounds):
    found = listened(run(call()), sounds, Telephone(louder))
    (only,) = found.sounds.values()
    assert len(only.uri) / only.seconds < BYTES_A_SECOND * 1.3


def test_a_page_that_would_grow_too_large_keeps_the_sound_of_failed_calls(sounds):
    given = run(call(), failed(turns=(turn(sound="tax.wav"),)))
    text = shown(given, sounds, budget=2.5 * BYTES_A_SECOND)
    assert len(uris(text)) == 1
    assert "The sound of 1 of 2 calls is left out" in " ".join(text.split())
    assert "is left out" not in shown(given, sounds)


def test_even_failed_calls_do_not_make_it_too_large(sounds):
    given = run(failed(), failed("other", turns=(turn(sound="tax.wav"),)))
    assert len(uris(shown(given, sounds, budget=2.5 * BYTES_A_SECOND))) == 1


def test_a_recording_that_is_gone_is_no_reason_for_no_report(sounds):
    sounds.sounds["pothole.wav"].path.unlink()
    text = shown(run(failed()), sounds)
    assert uris(text) == {}
    assert "my <del>bin</del>" in text


def test_the_page_plays_what_the_line_left_of_it(sounds, tmp_path):
    write_html(run(call(), call("bad", profile="bad-mobile")), sounds, tmp_path / "page.html")
    clean, bad = (played(uri)[0] for uri in uris((tmp_path / "page.html").read_text()).values())
    assert len(clean) == len(bad)
    assert np.abs(clean - bad).max() > 0.1


def test_words_that_are_not_kept_are_not_taken_for_misheard(sounds):
    secret = failed(turns=(turn(heard="[restricted]"),))
    assert "<del>" not in shown(run(secret), sounds)
    assert "[restricted]" in shown(run(secret), sounds)


def test_a_thousand_calls_make_a_page_of_a_few_megabytes(sounds):
    text = shown(run(*(renamed(failed() if number % 20 == 0 else call(), number) for number in range(1000))), sounds)
    assert text.count('class="call"') == 1000
    assert len(text) < 5_000_000


# --- waveform and word differences ---------------------------------------------------------------------------------


def test_a_waveform_is_high_where_it_is_loud():
    quiet_then_loud = np.concatenate([0.1 * tone(1.0), tone(1.0)])
    strokes = re.findall(r"M(\d+) (-?[\d.]+)V([\d.]+)", waveform(quiet_then_loud))
    heights = [float(low) - float(high) for _, high, low in strokes]
    assert len(strokes) == WIDE
    assert max(heights[: WIDE // 2]) < 0.25 * HIGH
    assert min(heights[WIDE // 2 :]) > 0.8 * HIGH
    assert waveform(np.zeros(800)) == waveform(np.zeros(0)) == ""


@pytest.mark.parametrize(
    ("said", "heard", "expected"),
    [
        ("A pothole, please.", "a pothole please", [("equal", "A pothole, please.", "a pothole please")]),
        ("one two", "one three two", [("equal", "one", "one"), ("insert", "", "three"), ("equal", "two", "two")]),
        ("my [0.6] bin", "my pin", [("equal", "my", "my"), ("substitute", "bin", "pin")]),
        ("bin – please", "bin", [("equal", "bin", "bin"), ("delete", "please", "")]),
        ("hello", "", [("delete", "hello", "")]),
        ("", "Thank you.", [("insert", "", "Thank you.")]),
        ("", "", []),
    ],
)
def test_differences_are_found_word_by_word(said, heard, expected):
    assert [(each.kind, each.said, each.heard) for each in differences(said, heard)] == expected
