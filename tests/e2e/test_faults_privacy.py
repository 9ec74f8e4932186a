"""What a caller says about herself, her number and our secrets: not in the logs, and in no table unsealed."""

from __future__ import annotations

import sqlite3

import pytest
from faults import CALLER, WAV, Line, eventually, rows

from voicebot.regression.script import HangUp, Press, Speak

WORDS = (
    "My name is Persephone Quillfeather, my number is 07700 900461, I was born on the 4th of March 1951,"
    " my card is 4929 1234 5678 9012, and I want to know how my Blue Badge application is getting on"
)
SECRET_WORDS = ("Persephone", "Quillfeather", "900 461", "900461", "March 1951", "5678 9012")
OTHERS = "+447700900777"


def dump(bot):
    """Every table as text."""
    connection = sqlite3.connect(f"file:{bot.folder}/bot.db?mode=ro", uri=True)
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()


def number_forms(number):
    """The ways in which a British number is written."""
    digits = number.removeprefix("+44")
    return (number, f"0{digits}", f"0044{digits}", digits, f"0{digits[:4]} {digits[4:]}")


@pytest.fixture(scope="module")
def told(stand, both_ears):
    """Calls in which callers say who they are: heard, on hold, left as a message, failing, and texted."""
    both_ears.first.tell(say=WORDS)
    both_ears.smaller.tell(say=WORDS)
    spoken = Speak(WAV, "told")
    heard, _ = stand.call([spoken, HangUp()], at="2026-11-24T10:30", from_=OTHERS)
    night, stored = stand.call([spoken, Press("3"), spoken, HangUp()], at="2026-11-24T22:30", from_=OTHERS)
    assert stored["outcome"] == "message_left", stored
    both_ears.first.tell(**{"raise": WORDS})
    both_ears.smaller.tell(**{"raise": WORDS})
    failing, _ = stand.call([spoken, Press("0"), HangUp()], at="2026-11-24T10:30", from_=OTHERS)
    both_ears.first.tell(say="I want to apply for a Blue Badge")
    line = Line(stand)
    line.ring()
    line.wait(1, line.speak(1))
    line.press(2, "1")
    both_ears.hear()
    for result in (heard, night, failing):
        assert not result.troubles
    return line


def test_the_logs_hold_no_secret_no_number_and_no_words(stand, both_ears, told):
    logs = {"bot": stand.log, "first": both_ears.first.log, "smaller": both_ears.smaller.log}
    secrets = (stand.provider.token, stand.environment["VOICEBOT_SECRET_KEY"])
    for name, text in logs.items():
        for word in (*secrets, *SECRET_WORDS, *number_forms(CALLER), *number_forms(OTHERS)):
            assert word not in text, f"the log of {name} holds it"
    assert told.sid in stand.log, "the call's id is to be there, though"


def test_the_database_holds_none_of_it_unsealed(stand, told):
    # the message that was left is transcribed and sealed by the chores
    eventually(lambda: rows(stand, "select 1 from messages where words_sealed is not null"), "the message's words")
    text = dump(stand)
    assert "[name]" in text
    for word in (*SECRET_WORDS, *number_forms(CALLER), *number_forms(OTHERS)):
        assert word not in text, word
    for secret in (stand.provider.token, stand.environment["VOICEBOT_SECRET_KEY"]):
        assert secret not in text


def test_what_is_said_in_a_url_or_a_field_is_not_logged(stand):
    line = Line(stand)
    line.ring()
    line.post("turn/1", {"RecordingUrl": "http://127.0.0.1:9/Quillfeather?n=07700900461", "RecordingDuration": "3"})
    line.wait(1)
    line.post("turn/2", {"Digits": "07700900461"})
    assert line.post("voice", {"CallSid": "Quillfeather 07700900461"}).status_code == 400
    for word in SECRET_WORDS:
        assert word not in stand.log
