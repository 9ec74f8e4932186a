"""The simulated provider, over real HTTP."""

import io
import wave
from functools import partial

import httpx
import pytest
from tiny_bot import ACCOUNT, PUBLIC, TOKEN
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from voicebot.config import load_settings
from voicebot.errors import SettingError
from voicebot.regression.provider import Provider, new_account, provider_for, simulated_address
from voicebot.regression.provider_faults import HOUR, HUGE, Fault
from voicebot.regression.telephone_wav import silent_wav

WAV = silent_wav(0.5)


@pytest.fixture
def http(provider):
    with httpx.Client(auth=(ACCOUNT, TOKEN), trust_env=False) as client:
        yield client


def wav_of(response):
    with wave.open(io.BytesIO(response.content)) as file:
        return file.getnchannels(), file.getframerate(), file.getsampwidth(), file.getnframes()


def test_a_recording_is_served_until_it_is_deleted(provider, http):
    recording = provider.store.record(WAV)
    assert recording.url.startswith(f"{provider.url}/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE")
    answer = http.get(f"{recording.url}.wav")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/x-wav")
    assert wav_of(answer) == (1, 8000, 2, 4000)
    assert http.delete(f"{recording.url}.json").status_code == 204
    assert http.get(f"{recording.url}.wav").status_code == 404
    assert http.delete(recording.url).status_code == 404
    assert recording.sid in provider.store.deleted
    assert provider.store.fetches(recording.sid) == 2


@pytest.mark.parametrize("auth", [None, (ACCOUNT, "another"), ("AC0", TOKEN)])
def test_without_the_right_credentials_there_is_nothing(provider, auth):
    recording = provider.store.record(WAV)
    for method in ("GET", "DELETE", "POST"):
        assert httpx.request(method, f"{recording.url}.wav", auth=auth, trust_env=False).status_code == 401
    assert recording.sid in provider.store.kept


def test_another_account_has_no_recordings(provider, http):
    recording = provider.store.record(WAV)
    assert http.get(recording.url.replace(ACCOUNT, "AC0") + ".wav").status_code == 404


def test_twilios_own_library_deletes_and_sends(provider):
    class Redirected(TwilioHttpClient):
        def request(self, method, url, **more):
            return super().request(method, url.replace("https://api.twilio.com", provider.url), **more)

    client = Client(ACCOUNT, TOKEN, http_client=Redirected(), environment={})
    recording = provider.store.record(WAV)
    assert client.recordings(recording.sid).delete() is True
    message = client.messages.create(
        to="+447700900123", from_="+447700900999", body="See £5", status_callback="http://x/y"
    )
    assert message.sid.startswith("SM")
    assert message.status == "queued"
    sent = provider.store.messages[-1]
    assert (sent.sid, sent.to, sent.body, sent.status_callback) == (
        message.sid,
        "+447700900123",
        "See £5",
        "http://x/y",
    )
    with pytest.raises(TwilioRestException, match="'Body' is required"):
        client.messages.create(to="+447700900123", from_="+447700900999")


def test_late_comes_in_the_end_and_never_does_not(provider, http):
    late, never = provider.store.record(WAV, Fault("late", 0.2)), provider.store.record(WAV, Fault("never"))
    assert http.get(f"{late.url}.wav").status_code == 404
    while http.get(f"{late.url}.wav").status_code == 404:
        pass
    assert provider.store.is_there(late)
    assert http.get(f"{never.url}.wav").status_code == 404


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "start"),
    [
        ("html", 200, "text/html", b"<!DOCTYPE"),
        ("html_as_audio", 200, "audio/x-wav", b"<!DOCTYPE"),
        ("error", 500, "application/json", b"{"),
    ],
)
def test_answers_that_are_no_audio(provider, http, kind, status, content_type, start):
    answer = http.get(f"{provider.store.record(WAV, Fault(kind)).url}.wav")
    assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)
    assert answer.content.startswith(start)


@pytest.mark.parametrize(("kind", "shape"), [("stereo", (2, 8000, 2, 4000)), ("hifi", (1, 44100, 2, 22050))])
def test_audio_of_another_shape(provider, http, kind, shape):
    assert wav_of(http.get(f"{provider.store.record(WAV, Fault(kind)).url}.wav")) == shape


def test_truncated_ends_before_what_was_announced(provider, http):
    with pytest.raises(httpx.RemoteProtocolError):
        http.get(f"{provider.store.record(WAV, Fault('truncated')).url}.wav")


def test_elsewhere_redirects(provider, http):
    answer = http.get(f"{provider.store.record(WAV, Fault('elsewhere', location='http://192.0.2.1/x.wav')).url}.wav")
    assert (answer.status_code, answer.headers["location"]) == (302, "http://192.0.2.1/x.wav")


def test_slow_drips(provider, http):
    with http.stream("GET", f"{provider.store.record(WAV, Fault('slow', 0.2)).url}.wav") as answer:
        pieces = list(answer.iter_raw())
    assert len(pieces) > 1
    assert b"".join(pieces) == WAV


@pytest.mark.parametrize(("kind", "announced"), [("huge", None), ("hour", str(44 + 16000 * HOUR))])
def test_huge_is_streamed_and_may_be_left_early(provider, http, kind, announced):
    with http.stream("GET", f"{provider.store.record(WAV, Fault(kind)).url}.wav") as answer:
        assert answer.headers.get("content-length") == announced
        first = next(answer.iter_raw())
    assert first.startswith(b"RIFF")
    assert int.from_bytes(first[40:44], "little") == (HUGE if kind == "huge" else 16000 * HOUR)


def test_it_listens_on_this_machine_only():
    with pytest.raises(SettingError, match="loopback"):
        Provider(ACCOUNT, TOKEN, host="0.0.0.0")


def test_a_port_that_is_taken_is_named(provider):
    port = int(provider.url.rpartition(":")[2])
    with pytest.raises(SettingError, match=f"port {port} "):
        Provider(ACCOUNT, TOKEN, port=port)


@pytest.mark.parametrize("base", ["http://127.0.0.1:8100", "http://localhost:8100", "http://[::1]:8100"])
def test_a_simulators_address(base):
    assert simulated_address(base)[1] == 8100


@pytest.mark.parametrize(
    "base",
    [
        "https://api.twilio.com",
        "http://api.twilio.com:8100",
        "http://127.0.0.1",
        "https://127.0.0.1:8100",
        "http://10.0.0.1:81",
        "http://127.0.0.1.example:80",
        "",
    ],
)
def test_any_other_address_is_refused_in_one_line(base):
    with pytest.raises(SettingError) as caught:
        simulated_address(base)
    assert "TWILIO_API_BASE" in caught.value.message
    assert "\n" not in caught.value.message


def test_the_settings_say_where_it_listens(provider):
    settings = partial(load_settings, account_sid=ACCOUNT, auth_token=TOKEN, public_url=PUBLIC, _env_file=None)
    with pytest.raises(SettingError, match=r"https://api\.twilio\.com"):
        provider_for(settings(api_base="https://api.twilio.com"))
    with pytest.raises(SettingError, match="TWILIO_AUTH_TOKEN"):
        provider_for(settings(api_base=provider.url, auth_token=""))
    with pytest.raises(SettingError, match="cannot be listened on"):
        provider_for(settings(api_base=provider.url))


def test_a_new_account_cannot_be_a_real_one():
    sid, token = new_account()
    assert (len(sid), sid[:2]) == (34, "AC")
    assert not all(character in "0123456789abcdef" for character in sid[2:])
    assert not all(character in "0123456789abcdef" for character in token)
    assert new_account() != (sid, token)
