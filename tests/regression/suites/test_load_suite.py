"""Many callers of a suite at once: what they take their time for, and what the load is blamed for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from suite_samples import suite as sounds_of

from voicebot.app import create_app
from voicebot.commands.load import echo, load, told
from voicebot.config import Settings
from voicebot.errors import ContentError, SettingError
from voicebot.nlu.registry import current_hash
from voicebot.regression.suites.bots import Reached, own_bot
from voicebot.regression.suites.load import KEY_SECONDS, SILENT_SECONDS, UnhurriedCaller, load_suite
from voicebot.regression.suites.model import Manner, Suite
from voicebot.regression.suites.placing import place
from voicebot.regression.suites.reading import read_suite
from voicebot.regression.suites.telephone import Telephone
from voicebot.regression.telephone_wav import seconds_of, telephone_wav
from voicebot.routing.spoken import spoken_seconds

ROOT = Path(__file__).parents[3]

CALLS = """
at: "2026-02-10T10:30"
calls:
  operator:
    for: She presses 0 and is put through.
    steps: [{keys: "0"}]
    expect: {outcome: connected, queue: switchboard}
  silent:
    for: She says nothing once, then presses 0.
    steps: [{silence: 1}, {keys: "0"}]
    expect: {outcome: connected}
  wrong:
    for: The suite expects what never happens.
    steps: [{keys: "0"}]
    expect: {outcome: answered}
"""


class Unasked:
    """Ears and understanding for calls in which nobody speaks."""

    version = current_hash(ROOT / "models") or ""

    def transcribe(self, wav, *, deadline, hints=()):
        raise AssertionError("nobody has spoken")

    def understand(self, words, expecting, *, language="en"):
        raise AssertionError("nobody has spoken")


def unchanged(profile: str, wav: bytes, seed: int) -> bytes:
    return wav


@pytest.fixture(scope="module")
def suite(tmp_path_factory) -> Suite:
    folder = tmp_path_factory.mktemp("calls")
    (folder / "calls.yaml").write_text(CALLS)
    return read_suite(folder, None)[0]


@pytest.fixture(scope="module")
def bot(tmp_path_factory) -> Iterator[Reached]:
    paths = {"routing": "routing.yaml", "intents": "intents", "models": "models", "weights": "weights"}
    settings = Settings(_env_file=None, **{name: ROOT / path for name, path in paths.items()})
    with own_bot(settings, tmp_path_factory.mktemp("bot"), create_app, Unasked(), Unasked()) as reached:
        yield reached


def named(suite: Suite, *names: str):
    return [call for call in suite.calls if call.name in names]


def put(suite: Suite, calls, bot: Reached, **more):
    given = {"lines": 3, "seconds": 0.5, "sleep": lambda seconds: None, **more}
    return load_suite(suite, calls, bot, Telephone(unchanged), **given)


# --- the caller ----------------------------------------------------------------------------------------------------


def test_a_caller_hears_prompts_out_and_takes_time_for_keys_and_silence(suite, bot):
    slept: list[float] = []

    def slow(*given):
        return UnhurriedCaller(*given, sleep=slept.append)

    (call,) = named(suite, "silent")
    taken = place(call, bot, Telephone(unchanged), Manner(), make_caller=slow)
    prompts = [spoken_seconds(text) for text in taken.result.said]
    assert sorted(slept) == sorted([*prompts, SILENT_SECONDS, KEY_SECONDS])
    assert slept.index(SILENT_SECONDS) < slept.index(KEY_SECONDS)


def test_a_caller_speaks_as_long_as_her_recording_lasts(suite, bot):
    file = ROOT / "tests" / "calls" / "yes-please.wav"
    slept: list[float] = []
    (call,) = named(suite, "operator")
    sound = sounds_of(file.parent, file).sounds[file.name]
    caller = UnhurriedCaller(
        call, bot.table, lambda sound, time: telephone_wav(sound.path), Manner(sound), sleep=slept.append
    )
    caller.do_next(caller._yes)
    assert caller.at_record() is caller._yes
    assert slept == [seconds_of(telephone_wav(file))]


# --- the load ------------------------------------------------------------------------------------------------------


def test_all_calls_are_placed_in_turn_and_come_to_what_the_suite_expects(suite, bot):
    found = put(suite, named(suite, "operator", "silent"), bot)
    assert found.held
    assert found.judged == found.right == found.load.placed >= 3
    assert found.came_to == {"connected": found.judged}
    assert (found.load.lost, found.load.doubled, found.load.errors) == (0, 0, 0)
    assert {"ring", "keys", "silence", "transfer"} <= set(found.load.turns)
    assert found.load.turns["ring"].count == found.judged


def test_what_goes_wrong_alone_as_well_is_not_blamed_on_the_load(suite, bot):
    found = put(suite, named(suite, "wrong"), bot)
    (only,) = found.suffered
    assert (only.name, only.times, only.placed) == ("wrong", found.judged, found.judged)
    assert only.how == only.alone == "outcome: wanted answered, got connected"
    assert found.held
    assert found.right == 0


class Overloaded(httpx.BaseTransport):
    """The way to a bot that answers no turn while `busy`."""

    def __init__(self, bot: Reached) -> None:
        self._inner = bot.client._transport
        self.busy = True

    def handle_request(self, request):
        if self.busy and "/turn/" in request.url.path:
            return httpx.Response(503, request=request)
        return self._inner.handle_request(request)


def test_what_goes_wrong_only_under_load_is(suite, bot):
    way = Overloaded(bot)

    def over(line: str) -> None:
        way.busy = way.busy and not line.startswith("ringing alone")

    reached = replace(bot, client=httpx.Client(transport=way))
    found = put(suite, named(suite, "operator"), reached, progress=over)
    (only,) = found.by_load
    assert (only.name, only.alone, only.times) == ("operator", "", found.judged)
    assert not found.held
    assert found.load.lost == found.judged
    assert told(found)["wrong_only_under_load"][0]["how"] == only.how


def test_a_line_that_breaks_is_counted_and_does_not_end_the_load(suite, bot):
    def broken(seconds: float) -> None:
        raise RuntimeError("the telephone has broken")

    found = put(suite, named(suite, "operator"), bot, sleep=broken)
    assert (found.load.lost, found.judged, found.held) == (3, 0, False)
    assert "the telephone has broken" in found.load.troubles[0]


def test_a_suite_without_calls_is_refused(suite, bot):
    with pytest.raises(ValueError, match="there must be a call"):
        put(suite, [], bot)


# --- the command ---------------------------------------------------------------------------------------------------


def test_the_report_tells_harm_first_and_times_after(suite, bot, capsys):
    found = put(suite, named(suite, "operator", "wrong"), bot)
    echo(found)
    text = capsys.readouterr().out
    assert f"{found.judged:,} calls placed, {found.right:,} right." in text
    assert "Lost 0 · doubled 0 · wrong only under load 0, of them misrouted 0" in text
    assert "Wrong alone as well:\n  wrong, " in text
    assert "until she hears more: keys" in text
    plain = json.loads(json.dumps(told(found)))
    assert plain["wrong_only_under_load"] == []
    assert plain["wrong_alone_too"][0]["name"] == "wrong"
    assert plain["load"]["turns"]["keys"]["p95"] >= plain["load"]["turns"]["keys"]["p50"] > 0


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        (["--url", "https://bot.example"], SettingError, "only on a server of this machine"),
        (["-k", "nobody"], ContentError, "no call of it can be placed that fits -k 'nobody'"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(suite, options, error, words, monkeypatch):
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(load, [str(suite.folder), *options])
    assert isinstance(done.exception, error)
    assert words in done.exception.message
    assert "\n" not in done.exception.message
