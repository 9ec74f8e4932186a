"""Text messages, through the bot's own sender to the simulated provider."""

from __future__ import annotations

import socket
import threading
from typing import Any

from voicebot.ports import (
    TextSender,
)
from voicebot.sending import BoundSender, text_sender
from voicebot.storage.outbox import TRIES
from voicebot.telephony.twilio import rest
from voicebot.telephony.twilio.rest import twilio_client

from .office import (
    NUMBER,
    Office,
    all_due,
    events,
    taking_without_answer,
)


def test_a_text_is_sent_once(office: Office, logged: list[Any]) -> None:
    office.call(texts=("See westshire.example",))
    all_due(office.chores())
    all_due(office.chores())
    (sent,) = office.provider.store.messages
    assert (sent.to, sent.body, sent.sender) == (NUMBER, "See westshire.example", "Westshire")
    assert sent.status_callback.startswith("https://bot.example/twilio/sms-status")
    (state,) = office.outbox.list()
    assert (state.status, state.provider_id) == ("sent", sent.sid)
    assert events(logged) == ["text_sent"]
    assert logged[0]["call_id"] == "CA1"


def test_two_workers_at_once_send_each_text_once(office: Office) -> None:
    bodies = [f"text {number}" for number in range(12)]
    office.call(texts=tuple(bodies))
    start = threading.Barrier(2)

    def work() -> None:
        chores = office.chores()
        start.wait()
        all_due(chores)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(each.body for each in office.provider.store.messages) == sorted(bodies)
    assert office.statuses() == ["sent"] * 12


def test_without_a_sender_texts_wait(office: Office) -> None:
    office.call(texts=("one",))
    assert office.chores(texts=None).once() == 0
    assert office.statuses() == ["waiting"]


def unreachable(office: Office) -> TextSender:
    """The bot's own sender, with nobody at the provider's address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}"
    sender = text_sender(office.settings.model_copy(update={"api_base": nobody}))
    assert sender is not None
    return sender


def test_a_provider_that_cannot_be_reached_gets_the_text_later(office: Office, logged: list[Any]) -> None:
    office.call(texts=("one",))
    all_due(office.chores(texts=unreachable(office)))
    (waiting,) = office.outbox.list()
    assert waiting.status == "waiting"
    assert "ConnectError" in waiting.error
    assert events(logged) == ["text_put_off"]
    all_due(office.chores())
    assert office.provider.store.messages == (), "not at once"
    office.now.forward(seconds=30)
    all_due(office.chores())
    assert [each.body for each in office.provider.store.messages] == ["one"]
    assert office.statuses() == ["sent"]


def test_a_provider_that_can_never_be_reached_is_given_up_with_an_alarm(office: Office, logged: list[Any]) -> None:
    office.call(texts=("one",))
    chores = office.chores(texts=unreachable(office))
    for _ in range(TRIES):
        all_due(chores)
        office.now.forward(hours=1)
    assert office.statuses() == ["failed"]
    assert events(logged) == ["text_put_off"] * (TRIES - 1) + ["text_failed"]
    assert logged[-1]["log_level"] == "error"
    all_due(office.chores())
    assert office.provider.store.messages == ()


def test_a_refused_text_has_failed_and_is_not_sent_again(office: Office, logged: list[Any]) -> None:
    office.call(texts=("one",))
    wrong = office.settings.model_copy(update={"auth_token": type(office.settings.auth_token)("wrong")})
    all_due(office.chores(texts=text_sender(wrong)))
    assert office.statuses() == ["failed"]
    assert events(logged) == ["text_failed"]
    assert "401" in logged[0]["reason"]
    office.now.forward(days=1)
    all_due(office.chores())
    assert office.provider.store.messages == ()


def test_a_text_without_an_answer_is_uncertain_and_not_sent_again(
    office: Office, listening: socket.socket, logged: list[Any]
) -> None:
    office.call(texts=("one",))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    client = twilio_client(office.provider.account_sid, office.provider.token, base, timeout=0.3)
    sender = BoundSender(rest.TextSender(client, "Westshire"), "https://bot.example")
    with taking_without_answer(listening) as taken:
        all_due(office.chores(texts=sender))
        assert taken.is_set()
    assert office.statuses() == ["uncertain"]
    assert events(logged) == ["text_uncertain"]
    office.now.forward(days=1)
    all_due(office.chores())
    assert office.provider.store.messages == ()


class Breaks(TextSender):
    def send(self, to: str, body: str) -> str:
        raise ZeroDivisionError(f"{to} {body}")


def test_a_bug_while_sending_is_uncertain_and_logged_without_the_number(office: Office, logged: list[Any]) -> None:
    office.call(texts=("one",))
    all_due(office.chores(texts=Breaks()))
    assert office.statuses() == ["uncertain"]
    (entry,) = logged
    assert (entry["code"], entry["kind"], entry["call_id"]) == ("bug", "ZeroDivisionError", "CA1")
    assert "chores.py" in entry["where"]
    assert NUMBER not in office.outbox.list()[0].error
