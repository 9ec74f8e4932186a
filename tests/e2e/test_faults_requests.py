"""Requests that nobody should answer, that come twice, out of order, or full of rubbish."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from faults import CALLER, Line, dialled, eventually, heard, rows
from twilio.request_validator import RequestValidator

from voicebot import bootstrap
from voicebot.app import create_app
from voicebot.ports import Recogniser, Understander
from voicebot.regression.provider_store import new_sid
from voicebot.telephony.authentication import declared

UNICODE = "زگ🧶𝒦é\u202e\u0000" * 600
"""Ten kilobytes and a little more, as UTF-8."""
TABLES = ("calls", "turns", "texts", "messages", "recordings")


class Absent(Recogniser, Understander):
    """For an application whose routes are only looked at."""

    version = "none"


@pytest.fixture(scope="module")
def routes(stand):
    """Each route of the real application and what it declares."""
    built = bootstrap.build(stand.settings, heard_by=Absent(), understood_by=Absent())
    yield declared(create_app(built))
    built.conversation.close()
    built.engine.dispose()


def paths(routes, how):
    """A path under /twilio for each route that declares `how`."""
    chosen = [rule.split(" ", 1)[1] for rule, declares in routes.items() if declares == how]
    shown = [each.replace("<int(max=9999):number>", "1").replace("<call_id>", new_sid("CA")) for each in chosen]
    shown = [each.replace("<int(max=2147483647):stream>", "1") for each in shown]
    return [each.removeprefix("/twilio/") for each in shown]


def counts(bot):
    return {table: rows(bot, f"select count(*) from {table}")[0][0] for table in TABLES}


def added(bot, before):
    """The tables that have grown. What is due from calls before may go meanwhile: the chores are at work."""
    return {table: count for table, count in counts(bot).items() if count > before[table]}


def test_every_route_declares_how_it_is_authenticated(routes):
    assert all(routes.values()), routes
    open_ones = {rule for rule, how in routes.items() if how == "none"}
    assert open_ones == {"GET /healthz", "GET /readyz", "GET /metrics"}


@pytest.mark.parametrize("wrong", ["none", "empty", "another token", "another host", "another path", "garbage"])
def test_wrongly_signed_requests_are_refused_on_every_route_and_leave_nothing(stand, routes, wrong):
    before = counts(stand)
    line = Line(stand)
    form = {**line.fields, "RecordingUrl": line.record().url, "MessageSid": new_sid("SM"), "MessageStatus": "failed"}
    tried = paths(routes, "twilio")
    assert len(tried) >= 10
    for path in tried:
        url = f"{stand.environment['VOICEBOT_PUBLIC_URL']}/twilio/{path}"
        token = "0" * 32 if wrong == "another token" else stand.provider.token
        signed = {"another host": url.replace("council", "evil"), "another path": url + "/"}.get(wrong, url)
        headers = {"X-Twilio-Signature": RequestValidator(token).compute_signature(signed, form)}
        headers = {"none": {}, "empty": {"X-Twilio-Signature": ""}}.get(wrong, headers)
        if wrong == "garbage":
            headers = {"X-Twilio-Signature": "=?" * 4000}
        if wrong == "another host":
            headers |= {"Host": "bot.evil.example", "X-Forwarded-Host": "bot.evil.example"}
        answer = httpx.post(f"{stand.url}/twilio/{path}", data=form, headers=headers, trust_env=False)
        assert answer.status_code == 403, path
    assert added(stand, before) == {}


def test_the_host_header_counts_for_nothing_where_the_signature_is_right(stand):
    heard(Line(stand).post("voice", Host="bot.evil.example"))


def test_get_is_never_answered(stand, routes):
    before = counts(stand)
    for path in paths(routes, "twilio"):
        url = f"{stand.environment['VOICEBOT_PUBLIC_URL']}/twilio/{path}"
        headers = {"X-Twilio-Signature": RequestValidator(stand.provider.token).compute_signature(url, {})}
        answer = httpx.get(f"{stand.url}/twilio/{path}", headers=headers, trust_env=False)
        assert answer.status_code in (403, 405), path
    assert added(stand, before) == {}


def test_the_same_turn_many_times_at_once_is_worked_on_once(stand, ears):
    line = Line(stand)
    line.ring()
    recording = line.record()
    ears.first.tell(say="I want to know how my Blue Badge application is getting on", hang=0.5)
    together = threading.Barrier(6)

    def post(_):
        together.wait()
        return line.wait(1, line.speak(1, recording))

    with ThreadPoolExecutor(6) as pool:
        documents = set(pool.map(post, range(6)))
    assert len(documents) == 1
    assert all(map(dialled, documents))
    assert stand.provider.store.fetches(recording.sid) == 1
    assert rows(stand, f"select number from turns where call_id = '{line.sid}'") == [(0,), (1,)]
    assert {line.speak(1, recording), line.wait(1)} == documents, "asked again later, the answer was another"
    assert stand.provider.store.fetches(recording.sid) == 1


def test_a_call_that_rings_twice_at_once_is_one_call(stand):
    line = Line(stand)
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: line.ring(), range(4)))) == 1
    assert rows(stand, f"select count(*) from turns where call_id = '{line.sid}'") == [(1,)]


@pytest.mark.parametrize("path", ["turn/1", "turn/7", "silence/3", "wait/2", "dial/4", "message/5"])
def test_an_unknown_call_is_greeted(stand, path):
    line = Line(stand)
    document = heard(line.post(path, {"Digits": "1"}))
    assert "press 0" in document
    assert "turn/1" in document


def test_turns_out_of_order_and_far_ahead_say_the_last_thing_again(stand):
    line = Line(stand)
    first = line.ring()
    assert line.press(5, "1") == first
    assert line.press(9999, "0") == first
    assert line.post("turn/10000", {"Digits": "0"}).status_code == 404
    person = line.press(1, "0")
    assert dialled(person)
    assert line.press(1, "2") == person, "a turn that is done was taken again"
    assert line.press(0, "2") == first
    assert rows(stand, f"select max(number) from turns where call_id = '{line.sid}'") == [(1,)]


def test_a_hang_up_during_transcription_ends_the_call(stand, ears):
    line = Line(stand)
    line.ring()
    ears.first.tell(say="my badge", hang=1.2)
    speaking = threading.Thread(target=lambda: line.speak(1))
    speaking.start()
    eventually(lambda: rows(stand, f"select 1 from turns where call_id = '{line.sid}' and number = 1"), "turn 1")
    line.hang_up()
    speaking.join()
    line.hang_up()
    eventually(
        lambda: rows(stand, f"select 1 from turns where call_id = '{line.sid}' and number = 1 and status = 'done'"),
        "the turn that was under way",
    )
    ended = rows(stand, f"select ended is not null, outcome from calls where call_id = '{line.sid}'")
    assert ended == [(1, "abandoned")]
    assert "<Say" not in line.post("wait/1", {"CallStatus": "completed"}).text


FIELDS = (
    "From",
    "To",
    "Caller",
    "CallStatus",
    "Digits",
    "RecordingUrl",
    "RecordingDuration",
    "DialCallStatus",
    "DialBridged",
    "SipDomain",
    "SpeechResult",
)


@pytest.mark.parametrize("path", ["voice", "turn/1", "silence/1", "dial/1", "message/1", "wait/1"])
def test_ten_kilobytes_of_unicode_in_every_field(stand, path):
    line = Line(stand)
    if path != "voice":
        line.ring()
    for name in FIELDS:
        heard(line.post(path, {name: UNICODE}))
    everything = dict.fromkeys(FIELDS, UNICODE)
    heard(line.post(path, everything))
    assert "press 0" in line.ring()


@pytest.mark.parametrize(
    "digits", ["hangup ", "💥", "0" * 10_000, "-1", "0x0", "٠", "*#*#", "1;drop table calls", "None"]
)
def test_garbage_for_keys(stand, digits):
    line = Line(stand)
    line.ring()
    answer = line.post("turn/1", {"Digits": digits})
    assert answer.status_code == 200
    assert answer.text.startswith("<?xml")


def test_a_request_without_any_other_field_is_answered(stand):
    line = Line(stand)
    line.ring()
    for path in ("turn/1", "silence/2", "dial/3", "message/3", "wait/3", "voice"):
        url = f"{stand.environment['VOICEBOT_PUBLIC_URL']}/twilio/{path}"
        form = {"CallSid": line.sid}
        signature = RequestValidator(stand.provider.token).compute_signature(url, form)
        headers = {"X-Twilio-Signature": signature}
        heard(httpx.post(f"{stand.url}/twilio/{path}", data=form, headers=headers, trust_env=False))


@pytest.mark.parametrize(
    "sid", ["", "CA", "CA" + "g" * 32, "AC" + "1" * 32, "CA" + "1" * 33, UNICODE, "../../etc/passwd"]
)
def test_a_call_sid_of_another_shape_is_refused(stand, routes, sid):
    before = counts(stand)
    for path in ("voice", "turn/1", "silence/1", "wait/1", "dial/1", "message/1", "status", "recording"):
        answer = Line(stand, sid=sid or " ").post(path)
        assert answer.status_code == 400, path
        assert len(sid) < 3 or sid not in answer.text
    assert added(stand, before) == {}


def test_a_body_of_three_megabytes_is_refused(stand):
    assert Line(stand).post("voice", {"From": "9" * 3_000_000}).status_code == 413


def test_none_of_it_is_in_the_logs(stand):
    assert CALLER not in stand.log
    assert "Traceback" not in stand.log, stand.log[-3000:]
