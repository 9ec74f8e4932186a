"""Who may use the browser phone, and what its socket makes of what it is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from simple_websocket import Client, ConnectionClosed

from tests.telephony.browser.site import KEY, Site, served
from voicebot.config import load_settings
from voicebot.errors import SettingError
from voicebot.telephony.authentication import declared
from voicebot.telephony.browser.door import WRONG_KEYS, Door
from voicebot.telephony.browser.phone_socket import AT_THE_DOOR

PUBLIC = "https://bot.council.example"
PATIENCE = 20.0


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as found:
        yield found


def ring(site: Site, key: str = KEY, origin: str | None = None) -> httpx.Response:
    headers = {"Origin": site.url if origin is None else origin}
    return httpx.post(f"{site.url}/phone/call", json={"key": key}, headers=headers, trust_env=False)


class Page:
    """The page's side of a socket."""

    def __init__(self, site: Site, start: dict[str, Any] | str, origin: str = PUBLIC) -> None:
        headers = {"Origin": origin}
        self.socket = Client(f"{site.url.replace('http', 'ws')}/phone/socket", headers=headers)
        self.tell(start if isinstance(start, str) else json.dumps({"type": "start", **start}))

    def tell(self, data: str | bytes) -> None:
        self.socket.send(data)

    def key(self, key: str) -> None:
        self.tell(json.dumps({"type": "key", "key": key}))

    def until(self, kind: str) -> dict[str, Any]:
        while True:
            data = self.socket.receive(timeout=PATIENCE)
            if data is None:  # also where a close came so early that the client never noticed
                raise TimeoutError(f"no {kind} came")
            if isinstance(data, str) and json.loads(data)["type"] == kind:
                return json.loads(data)  # type: ignore[no-any-return]


def called(site: Site) -> Page:
    return Page(site, ring(site).json())


# --- who may use it --------------------------------------------------------------------------------------------------


def test_who_has_the_key_is_let_in_for_one_call(site: Site) -> None:
    answer = ring(site)
    assert answer.status_code == 200
    assert site.desk.arrivals[0].provider == "browser"
    assert site.desk.arrivals[0].number is None
    page = Page(site, answer.json())
    assert page.until("say")["text"] == "How can I help?"


@pytest.mark.parametrize("key", ["", "wrong", KEY[:-1], KEY + "x", KEY.upper(), "é" * 5000])
def test_no_other_key_is(site: Site, key: str) -> None:
    assert ring(site, key).status_code in (403, 413)
    assert site.desk.arrivals == []


@pytest.mark.parametrize("body", ["", "{", "[]", '{"key": 1}', '{"key": ["a"]}', "null"])
def test_nor_is_garbage(site: Site, body: str) -> None:
    headers = {"Origin": site.url, "Content-Type": "application/json"}
    answer = httpx.post(f"{site.url}/phone/call", content=body, headers=headers, trust_env=False)
    assert answer.status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "https://bot.council.example.evil.example"])
def test_another_sites_page_is_not_let_in_even_with_the_key(site: Site, origin: str) -> None:
    assert ring(site, origin=origin).status_code == 403
    answer = ring(site).json()
    if origin:
        with pytest.raises((ConnectionClosed, OSError)):
            Page(site, answer, origin).until("say")
        assert site.lines == []


def test_the_page_at_the_public_address_is_let_in(site: Site) -> None:
    assert ring(site, origin="https://bot.council.example").status_code == 200


def test_guessing_is_stopped_for_a_minute() -> None:
    time = 0.0
    door = Door(KEY, lambda: time)
    assert [door.opens("guess") for _ in range(WRONG_KEYS)] == [False] * WRONG_KEYS
    assert door.opens(KEY) is None
    time = 61.0
    assert door.opens(KEY) is True


def test_guessing_is_told_apart_from_a_wrong_key(site: Site) -> None:
    answers = [ring(site, "guess") for _ in range(WRONG_KEYS + 1)]
    assert [each.status_code for each in answers] == [403] * WRONG_KEYS + [429]
    assert answers[-1].json() == {"error": "too_many"}


def test_a_token_is_good_once_and_for_its_own_call(site: Site) -> None:
    one, other = ring(site).json(), ring(site).json()
    called_once = Page(site, one)
    called_once.until("say")
    for start in (one, {**other, "token": one["token"]}, {**other, "turn": 2}, {**other, "token": ""}):
        assert Page(site, start).until("ended")["what"] == "refused"


@pytest.mark.parametrize("start", ["{}", "hello", '{"type": "key", "key": "1"}', '{"type": "start"}', "[" * 3000])
def test_what_does_not_begin_with_a_token_is_sent_away(site: Site, start: str) -> None:
    assert Page(site, start).until("ended")["what"] == "refused"
    assert site.lines == []


def test_who_has_no_token_yet_takes_no_place_from_a_caller(site: Site) -> None:
    url = f"{site.url.replace('http', 'ws')}/phone/socket"
    strangers = [Client(url, headers={"Origin": PUBLIC}) for _ in range(3)]
    called(site).until("say")
    for each in strangers:
        each.close()


def said_to(stranger: Client) -> Any:
    """None where he heard nothing: this client loses what comes in one packet with the handshake."""
    with suppress(ConnectionClosed):
        return stranger.receive(timeout=0.5)
    return None


def test_strangers_at_the_door_are_few(site: Site) -> None:
    url, headers = f"{site.url.replace('http', 'ws')}/phone/socket", {"Origin": PUBLIC}
    strangers = [Client(url, headers=headers) for _ in range(AT_THE_DOOR)]
    told = next(data for _ in range(20) if (data := said_to(Client(url, headers=headers))))
    assert json.loads(told) == {"type": "ended", "what": "full"}
    for each in strangers:
        with suppress(ConnectionClosed):
            each.close()


def test_a_call_that_comes_when_the_room_has_filled_is_told_so_and_is_over(site: Site) -> None:
    start = ring(site).json()
    for _ in range(2):
        called(site).until("say")
    assert Page(site, start).until("ended")["what"] == "full"
    assert site.streams.closed.wait(PATIENCE)


def test_what_follows_the_end_of_an_answer_is_never_reached(site: Site) -> None:
    """As on a telephone: the first question, line or goodbye is what comes next."""
    page = called(site)
    page.key("5")
    assert page.until("say")["text"] == "How can I help?"


def test_calls_beyond_the_room_are_told_so(site: Site) -> None:
    pages = [called(site), called(site)]
    for each in pages:
        each.until("say")
    assert ring(site).status_code == 503


def test_every_route_declares_how_it_is_authenticated() -> None:
    routes = declared(Site().app())
    assert routes == {
        "GET /phone": "none",
        "GET /phone/<name>": "none",
        "POST /phone/call": "phone-key",
        "GET /phone/socket": "phone-token",
    }


def test_the_page_may_run_nothing_but_its_own_files(site: Site) -> None:
    answer = httpx.get(f"{site.url}/phone", trust_env=False)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "//" not in answer.text.replace("<!doctype", "").replace("// ", ""), "no address of anybody else"
    assert httpx.get(f"{site.url}/phone/..%2Fdoor.py", trust_env=False).status_code == 404


def test_a_key_that_could_be_guessed_is_refused_at_the_start() -> None:
    with pytest.raises(SettingError, match="VOICEBOT_PHONE_KEY: must be 12 characters or more"):
        load_settings(_env_file=None, VOICEBOT_PHONE_KEY="elevenchars")


# --- a call ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "what", "team"),
    [("1", "transfer", "the Roads team"), ("2", "message", "the Roads team"), ("3", "goodbye", None)],
)
def test_what_a_telephone_would_do_now_is_told(site: Site, key: str, what: str, team: str | None) -> None:
    page = called(site)
    page.key(key)
    ended = page.until("ended")
    assert (ended["what"], ended.get("team")) == (what, team)
    assert site.streams.closed.wait(PATIENCE)


def test_a_call_that_is_put_through_counts_as_connected(site: Site) -> None:
    page = called(site)
    page.key("1")
    page.until("ended")
    assert site.streams.closed.wait(PATIENCE)
    assert [each.transfer for each in site.desk.turns] == ["completed"]


def test_a_line_that_fails_is_tried_once_more_and_then_the_caller_is_told(site: Site) -> None:
    page = called(site)
    page.key("4")
    assert page.until("say")["text"] == "How can I help?"
    page.until("mark")
    page.key("4")
    assert page.until("ended")["what"] == "failed"
    assert len(site.lines) == 2


@pytest.mark.parametrize("how", ["says so", "closes"])
def test_a_caller_who_leaves_ends_the_call_and_frees_its_place(site: Site, how: str) -> None:
    page = called(site)
    page.until("say")
    if how == "says so":
        page.tell('{"type": "hang_up"}')
    else:
        page.socket.close()
    assert site.streams.closed.wait(PATIENCE)
    assert site.lines[0].done


def test_a_page_that_sends_more_than_a_microphone_makes_is_sent_away(site: Site) -> None:
    page = called(site)
    page.until("say")
    with suppress(ConnectionClosed, OSError):
        for _ in range(5000):
            page.tell(b"\xff" * 160)
    assert site.streams.closed.wait(PATIENCE)


def test_garbage_between_frames_costs_nothing(site: Site) -> None:
    page = called(site)
    page.until("mark")
    for data in ("{", "[]", '{"type": "fly"}', '{"type": "key", "key": "10"}', b"", b"x" * 4000):
        page.tell(data)
    page.tell(b"\x00" * 160)
    page.key("0")
    while (event := page.until("event"))["event"] != "prompt" or "bytes" not in event["text"]:
        pass
    assert event["text"] == "160 bytes."


def test_a_server_that_stops_lets_its_calls_go(site: Site) -> None:
    page = called(site)
    page.until("say")
    site.room.leave()
    assert page.until("ended")["what"] == "hung_up"
