"""Messages left, from the provider's recording to the team's webhook."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from voicebot import bootstrap
from voicebot.delivery.hearing import Hearing
from voicebot.errors import RecogniserError
from voicebot.metrics import Metrics
from voicebot.regression.provider_faults import Fault
from voicebot.speech.pieces import pieces
from voicebot.telephony.twilio.origins import allowed_origins
from voicebot.telephony.twilio.recordings import TwilioRecordings

from .office import (
    NUMBER,
    WORDS,
    Office,
    all_due,
    events,
    with_addresses,
)


def test_a_message_is_transcribed_delivered_and_its_recording_deleted(office: Office, logged: list[Any]) -> None:
    sid = office.leave(intent="pothole", queue="team")
    all_due(office.chores())
    (letter,) = office.hook.letters
    assert letter == {
        "id": "CA1-1",
        "call_id": "CA1",
        "team": "the team",
        "topic": "a pothole",
        "words": WORDS,
        "number": NUMBER,
        "left": office.now().isoformat(),
        "seconds": 4.0,
        "note": "",
    }
    assert office.message().status == "delivered"
    assert office.provider.store.deleted == (sid,)
    assert events(logged) == ["message_delivered"]


def test_a_withheld_number_is_none(office: Office) -> None:
    office.leave(number=None)
    all_due(office.chores())
    assert office.hook.letters[0]["number"] is None


@pytest.mark.parametrize(
    "session", [{"intent": "life_in_danger"}, {"intent": "pothole", "restricted": True}, {"intent": None}, {}]
)
def test_the_topic_of_an_urgent_call_is_not_given(office: Office, session: dict[str, Any]) -> None:
    office.leave(**session)
    all_due(office.chores())
    assert office.hook.letters[0]["topic"] == ""


def test_a_queue_without_an_address_delivers_to_the_default_queues(office: Office) -> None:
    office.table = with_addresses(switchboard=office.hook.url)
    office.leave("team")
    all_due(office.chores())
    assert office.hook.letters[0]["team"] == "the team"


def test_a_queue_that_is_no_more_delivers_to_the_default_queue(office: Office) -> None:
    office.table = with_addresses(switchboard=office.hook.url)
    office.leave("closed-down")
    all_due(office.chores())
    assert office.hook.letters[0]["team"] == "the switchboard"


def test_without_any_address_the_message_stays_listed(office: Office, logged: list[Any]) -> None:
    office.table = with_addresses()
    office.leave("team")
    all_due(office.chores())
    assert "routing.yaml: queue team has no `deliver`" in office.message().error
    assert events(logged) == ["message_not_delivered"]


def test_what_cannot_be_delivered_is_tried_ever_later_and_transcribed_once(office: Office, logged: list[Any]) -> None:
    sid = office.leave()
    office.hook.status = 500
    chores = office.chores()
    tries = 0
    for _ in range(40):
        before = len(logged)
        all_due(chores)
        tries += len(logged) - before
        office.now.forward(seconds=30)
    assert tries == 6, "after 0, 30, 90, 210, 450 and 930 seconds of the first 1200"
    assert office.provider.store.kept == (sid,), "whatever happens to the words, the recording is there"
    office.hook.status = 200
    office.now.forward(hours=1)
    all_due(chores)
    assert [each["words"] for each in office.hook.letters] == [WORDS]
    assert office.hears.heard == 1
    assert office.provider.store.deleted == (sid,)
    assert set(events(logged)) == {"message_not_delivered", "message_delivered"}


def test_an_undelivered_message_raises_the_alarm_in_log_and_metrics(office: Office, logged: list[Any]) -> None:
    office.now.moment -= timedelta(minutes=16)  # the metrics look at the real clock
    office.hook.status = 503
    office.leave()
    chores = office.chores()
    all_due(chores)
    logged.clear()
    office.now.forward(minutes=14)
    chores.sweep()
    assert logged == []
    office.now.forward(minutes=2)
    chores.sweep()
    (alarm,) = logged
    assert (alarm["event"], alarm["log_level"], alarm["count"], alarm["queue"]) == (
        "messages_undelivered",
        "error",
        1,
        "team",
    )
    assert "503" in alarm["reason"]
    text = metrics(office)
    assert "voicebot_undelivered_messages 1.0" in text
    (age,) = [line for line in text.splitlines() if line.startswith("voicebot_oldest_undelivered_age ")]
    assert float(age.split()[1]) >= 15 * 60
    office.hook.status = 200
    all_due(chores)
    assert "voicebot_undelivered_messages 0.0" in metrics(office)
    assert "voicebot_oldest_undelivered_age 0.0" in metrics(office)


def metrics(office: Office) -> str:
    return Metrics(lambda: bootstrap._backlog(office.engine)).text().decode()


class Impatient(TwilioRecordings):
    """Asks once, so that the test need not wait as long as the chores do."""

    def fetch(self, url: str, *, deadline: float) -> bytes:
        return super().fetch(url, deadline=0.2)


def impatient(office: Office) -> Hearing:
    provider = office.provider
    recordings = Impatient(provider.account_sid, provider.token, allowed_origins(provider.url))
    return Hearing(recordings, office.hears, bootstrap.trustworthy, pieces)


def test_a_recording_that_never_comes_is_told_of_at_the_fifth_try(office: Office, logged: list[Any]) -> None:
    sid = office.leave(fault=Fault("never"))
    chores = office.chores(hearing=impatient(office))
    for tries in range(1, 6):
        assert office.hook.letters == []
        assert office.message().attempts == tries - 1
        all_due(chores)
        office.now.forward(hours=1)
    (letter,) = office.hook.letters
    assert letter["words"] == ""
    assert sid in letter["note"]
    assert letter["number"] == NUMBER
    assert events(logged)[-2:] == ["message_without_words", "message_delivered"]


def test_a_recogniser_that_comes_back_within_the_hour_costs_no_words(office: Office) -> None:
    office.leave()
    office.hears.failures = [RecogniserError("The recogniser cannot be reached.") for _ in range(7)]
    for _ in range(8):
        assert office.hook.letters == []
        all_due(office.chores())
        office.now.forward(hours=1)
    assert [each["words"] for each in office.hook.letters] == [WORDS]


def test_a_recogniser_that_never_comes_back_leaves_the_recording_to_be_heard(office: Office) -> None:
    sid = office.leave()
    office.hears.failures = [RecogniserError("The recogniser cannot be reached.") for _ in range(20)]
    for _ in range(9):
        all_due(office.chores())
        office.now.forward(hours=1)
    (letter,) = office.hook.letters
    assert sid in letter["note"]
    assert office.provider.store.kept == (sid,)


def test_a_long_message_is_heard_to_its_end_in_pieces(office: Office) -> None:
    office.leave(seconds=119.0)
    all_due(office.chores())
    assert office.hears.heard >= 6
    assert office.hook.letters[0]["words"] == " ".join([WORDS] * office.hears.heard)


def test_silence_is_not_words(office: Office) -> None:
    sid = office.leave()
    office.hears.words = ""
    all_due(office.chores())
    assert office.hook.letters[0]["words"] == ""
    assert office.provider.store.kept == (sid,)


def test_a_part_that_is_no_words_is_marked_and_the_recording_kept(office: Office) -> None:
    sid = office.leave()
    office.hears.words = "the the the the the the the the the the the the the the the the"
    all_due(office.chores())
    assert office.hook.letters[0]["words"] == "[unclear]"
    assert sid in office.hook.letters[0]["note"]
    assert office.provider.store.kept == (sid,)


def test_every_message_has_an_id_of_its_own(office: Office) -> None:
    office.leave(call_id="CA1")
    office.leave(call_id="CA2")
    all_due(office.chores())
    assert [each["id"] for each in office.hook.letters] == ["CA1-1", "CA2-2"]


def test_a_worker_that_dies_leaves_the_message_to_another(office: Office) -> None:
    office.leave()
    assert office.messages.take() is not None, "and is never heard of again"
    all_due(office.chores())
    assert office.hook.letters == []
    office.now.forward(minutes=5)
    all_due(office.chores())
    assert len(office.hook.letters) == 1
