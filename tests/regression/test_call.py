"""Whole recorded calls against a bot of a few lines."""

import threading

import pytest
from tiny_bot import GOODBYE, PUBLIC, ask, twiml

from voicebot.regression.call_events import Ended, Held, Pressed, Said, Spoke, StayedSilent, TurnTaken
from voicebot.regression.provider_faults import Fault
from voicebot.regression.script import HangUp, Press, Silence, Speak
from voicebot.regression.telephone_wav import seconds_of

SID = r"RE[0-9a-f]{32}"


def dial(noun: str, number: int, extra: str = 'callerId="+441632960000"') -> str:
    action = f'action="/twilio/dial/{number}"'
    return twiml(f'<Say>Connecting.</Say><Dial timeout="20" answerOnBridge="true" {action} {extra}>{noun}</Dial>')


def paths(bot):
    return [path for path, _ in bot.seen]


def test_a_caller_says_what_she_wants_and_is_put_through(bot, ring, provider, hello):
    bot.routes = {
        "voice": ask("What are you calling about?", 1),
        "turn/1": dial('<Number url="/twilio/whisper/x/2">+441632960001</Number>', 2),
        "whisper/x/2": twiml("<Say>Blue Badge.</Say>"),
        "dial/2": twiml("<Hangup/>"),
    }
    heard = []
    result = ring(hello, on_event=heard.append)

    assert result.outcome == "connected"
    assert result.troubles == ()
    assert result.said == ("What are you calling about?", "Connecting.")
    assert result.connected_to == "+441632960001"
    assert result.dialled[0].whisper == "Blue Badge."
    assert (result.dialled[0].caller_id, result.dialled[0].ring_seconds) == ("+441632960000", 20)
    assert [turn.kind for turn in result.turns] == ["ring", "speech", "transfer"]
    assert tuple(heard) == result.events
    assert isinstance(heard[-1], Ended)

    first, turn = bot.forms("voice")[0], bot.forms("turn/1")[0]
    assert first["CallStatus"] == "ringing"
    assert first["From"] == first["Caller"] == "+447700900123"
    assert (first["FromCountry"], first["Direction"], first["ApiVersion"]) == ("GB", "inbound", "2010-04-01")
    assert turn["CallStatus"] == "in-progress"
    assert turn["CallSid"] == first["CallSid"] == result.call_sid
    assert turn["RecordingUrl"].startswith(f"{provider.url}/2010-04-01/Accounts/")
    assert turn["RecordingDuration"] == "5", "two seconds of speech and the three of silence that ended it"
    assert "Digits" not in turn
    whisper = bot.forms("whisper/x/2")[0]
    assert whisper["ParentCallSid"] == result.call_sid != whisper["CallSid"]
    assert (whisper["Direction"], whisper["To"]) == ("outbound-dial", "+441632960001")
    assert bot.forms("dial/2")[0]["DialCallStatus"] == "completed"
    assert bot.forms("recording")[0]["RecordingSid"] == turn["RecordingSid"]
    assert bot.forms("status")[0]["CallStatus"] == "completed"
    assert sum(isinstance(event, Said) and event.to == "advisor" for event in result.events) == 1


def test_keys_are_pressed_during_the_prompt(bot, ring):
    bot.routes = {"voice": ask("Press 1.", 1), "turn/1": ask("Press 0.", 2), "turn/2": GOODBYE}
    result = ring(Press("1"), Press("0"))
    assert [bot.forms(f"turn/{n}")[0]["Digits"] for n in (1, 2)] == ["1", "0"]
    assert "RecordingUrl" not in bot.forms("turn/1")[0]
    assert (result.outcome, [turn.kind for turn in result.turns]) == ("ended", ["ring", "keys", "keys"])


def test_a_telephone_number_is_keyed_in(bot, ring):
    bot.routes = {"voice": ask("Your number, then hash.", 1, gather='finishOnKey="#"'), "turn/1": GOODBYE}
    ring(Press("07700900456#"))
    assert bot.forms("turn/1")[0]["Digits"] == "07700900456"


def test_keys_beyond_what_was_asked_for_count_at_the_next_prompt(bot, ring):
    bot.routes = {"voice": ask("One key.", 1), "turn/1": ask("Another.", 2), "turn/2": GOODBYE}
    ring(Press("12"))
    assert [bot.forms(f"turn/{n}")[0]["Digits"] for n in (1, 2)] == ["1", "2"]


def test_hash_alone_is_no_key_where_it_ends_the_input(bot, ring):
    gather = '<Gather numDigits="1" action="/twilio/turn/1"><Say>Press.</Say></Gather>'
    bot.routes = {"voice": twiml(gather, "<Redirect>/twilio/silence/1</Redirect>"), "silence/1": GOODBYE}
    assert ring(Press("#")).outcome == "ended"
    assert paths(bot) == ["voice", "silence/1", "status"]


def test_a_key_ends_the_recording(bot, ring, hello):
    bot.routes = {"voice": ask("Speak.", 1), "turn/1": ask("Again.", 2), "turn/2": GOODBYE}
    result = ring(Speak(hello.wav, "hello.wav", key="0"), Press("5", late=True))
    spoken, pressed = bot.forms("turn/1")[0], bot.forms("turn/2")[0]
    assert (spoken["Digits"], spoken["RecordingDuration"]) == ("0", "2")
    assert (pressed["Digits"], pressed["RecordingDuration"]) == ("5", "1")
    assert [turn.kind for turn in result.turns] == ["ring", "speech", "keys"]


def test_a_very_early_key_is_lost(bot, ring):
    bot.routes = {"voice": ask("Speak.", 1), "silence/1": ask("Once more.", 2), "turn/2": GOODBYE}
    result = ring(Press("0", lost=True), Press("0"))
    assert [event.taken for event in result.events if isinstance(event, Pressed)] == [False, True]
    assert paths(bot) == ["voice", "silence/1", "turn/2", "status"]


def test_silence_falls_through_and_a_silent_caller_hangs_up_in_the_end(bot, ring):
    bot.routes = {"voice": ask("Speak.", 1), **{f"silence/{n}": ask("Are you there?", n + 1) for n in range(1, 9)}}
    result = ring(Silence())
    assert result.outcome == "abandoned"
    assert sum(isinstance(event, StayedSilent) for event in result.events) == 4
    assert paths(bot) == ["voice", *(f"silence/{n}" for n in range(1, 5)), "status"]
    assert result.turns[-1].kind == "silence"


def test_an_empty_gather_asks_where_it_was_told_to(bot, ring):
    gather = '<Gather numDigits="1" actionOnEmptyResult="true" action="/twilio/turn/1"><Say>Press.</Say></Gather>'
    bot.routes = {"voice": twiml(gather, "<Say>Never said.</Say>"), "turn/1": GOODBYE}
    assert ring(Silence()).said == ("Press.", "Goodbye.")
    assert bot.forms("turn/1")[0]["Digits"] == ""


def test_hanging_up_at_a_prompt(bot, ring, hello):
    bot.routes = {"voice": ask("Speak.", 1), "turn/1": ask("More?", 2)}
    assert ring(hello, HangUp()).outcome == "abandoned"
    assert [path for path in paths(bot) if path != "recording"] == ["voice", "turn/1", "status"]


def test_hanging_up_while_being_recorded(bot, ring, hello):
    bot.routes = {"voice": ask("Speak.", 1), "turn/1": ask("More?", 2)}
    result = ring(Speak(hello.wav, "hello.wav", key="hangup"))
    assert (result.outcome, result.said) == ("abandoned", ("Speak.",))
    assert (bot.forms("turn/1")[0]["Digits"], bot.forms("turn/1")[0]["CallStatus"]) == ("hangup", "completed")


def test_hanging_up_while_the_bot_is_thinking(bot, ring, hello):
    gone = threading.Event()

    def think(form):
        assert gone.wait(5), "the status callback comes while the turn is being worked on"
        return ask("More?", 2)

    bot.routes = {"voice": ask("Speak.", 1), "turn/1": think, "status": lambda form: gone.set() or twiml()}
    result = ring(hello, HangUp(waiting=True), wait=lambda seconds: None)
    assert (result.outcome, result.said, result.troubles) == ("abandoned", ("Speak.",), ())
    assert len(bot.forms("turn/1")) == 1


def test_a_hold_line_belongs_to_the_turn_it_holds(bot, ring, hello, pauses):
    wait = "<Redirect>/twilio/wait/1</Redirect>"
    polls = iter([twiml("<Pause/>", wait), twiml('<Pause length="2"/>', wait), GOODBYE])
    bot.routes = {
        "voice": ask("Speak.", 1),
        "turn/1": twiml("<Say>One moment.</Say>", wait),
        "wait/1": lambda form: next(polls),
    }
    result = ring(hello)
    assert result.said == ("Speak.", "One moment.", "Goodbye.")
    assert pauses == [1, 2]
    assert sum(isinstance(event, Held) for event in result.events) == 3
    speech = result.turns[1]
    assert (speech.kind, speech.held) == ("speech", True)
    assert [turn.kind for turn in result.turns] == ["ring", "speech"]


def test_going_round_in_circles_is_noticed(bot, ring):
    bot.routes = {"voice": twiml("<Redirect>/twilio/voice</Redirect>")}
    result = ring()
    assert result.outcome == "failed"
    assert "nothing to do" in result.troubles[0]


def test_dialling_for_ever_is_noticed(bot, ring):
    again = '<Dial callerId="+441632960000"><Number>+441632960001</Number></Dial><Redirect>/twilio/voice</Redirect>'
    bot.routes = {"voice": twiml(again)}
    assert ring(transfer_outcomes=("busy",)).outcome == "failed"


def test_after_the_talk_the_caller_hangs_up(bot, ring):
    again = '<Dial callerId="+441632960000"><Number>+441632960001</Number></Dial><Redirect>/twilio/voice</Redirect>'
    bot.routes = {"voice": twiml(again)}
    assert ring().outcome == "connected"
    assert paths(bot) == ["voice", "status"]


def test_reject(bot, ring):
    bot.routes = {"voice": twiml('<Reject reason="busy"/>')}
    assert ring().outcome == "rejected"


def test_a_webhook_that_fails_is_tried_again(bot, ring):
    answers = iter([("broken", 502), GOODBYE])
    question = twiml('<Gather numDigits="1" action="/twilio/turn/1#rc=2&amp;rp=all"><Say>Press 1.</Say></Gather>')
    bot.routes = {"voice": question, "turn/1": lambda form: next(answers)}
    result = ring(Press("1"))
    assert (result.outcome, result.said) == ("ended", ("Press 1.", "Goodbye."))
    assert bot.forms("turn/1")[0] == bot.forms("turn/1")[1]


def test_without_any_answer_the_static_files_take_over(bot, ring, tmp_path):
    say = "<Say>If someone is in danger, press a key.</Say>"
    keys = f'<Gather numDigits="1" action="https://static.example/danger.xml">{say}</Gather>'
    (tmp_path / "fallback.xml").write_text(twiml(keys))
    (tmp_path / "danger.xml").write_text(twiml('<Dial callerId="+441632960000"><Number>+441632960009</Number></Dial>'))
    bot.routes = {"voice": ("broken", 500)}
    result = ring(Press("5"), fallback=tmp_path / "fallback.xml")
    assert (result.outcome, result.connected_to) == ("connected", "+441632960009")
    assert "asking the fallback" in result.troubles[0]


def test_with_no_fallback_the_call_has_failed(bot, ring):
    bot.routes = {"voice": twiml("<Sing>La</Sing>")}
    result = ring()
    assert (result.outcome, result.said) == ("failed", ())
    assert "<Sing>" in result.troubles[0]
    assert bot.forms("status")[0]["CallStatus"] == "completed"


def test_a_late_recording_is_reported_when_it_is_there(bot, ring, hello, provider):
    there = threading.Event()
    bot.routes = {
        "voice": ask("Speak.", 1),
        "turn/1": lambda form: there.wait(5) and GOODBYE,
        "recording": lambda form: there.set() or twiml(),
    }
    result = ring(Speak(hello.wav, "hello.wav", fault=Fault("late", 0.3)))
    assert bot.forms("recording")[0]["RecordingStatus"] == "completed"
    speech = result.turns[1]
    assert speech.at >= 0.3
    assert speech.seconds < speech.at, "the time that the recording itself took does not count"


def test_a_recording_that_never_comes_is_not_reported(bot, ring, hello):
    bot.routes = {"voice": ask("Speak.", 1), "turn/1": GOODBYE}
    ring(Speak(hello.wav, "hello.wav", fault=Fault("never")))
    assert paths(bot) == ["voice", "turn/1", "status"]


def test_a_recording_is_cut_at_its_longest(bot, ring, hello, provider):
    bot.routes = {"voice": twiml('<Record maxLength="1" action="/twilio/turn/1"/>'), "turn/1": GOODBYE}
    result = ring(hello)
    spoke = next(event for event in result.events if isinstance(event, Spoke))
    assert spoke.seconds == 1.0
    assert seconds_of(provider.store.fetched(spoke.recording_sid).wav) == 1.0


def test_text_messages_of_the_call_are_part_of_it(bot, ring, provider):
    def send(form):
        callback = f"{PUBLIC}/twilio/sms-status#rc=2&rp=all"
        provider.store.send("+447700900456", "+447700900999", "The link: …", callback)
        provider.store.send("+447700900777", "+447700900999", "Another caller's", callback)
        return GOODBYE

    bot.routes = {"voice": ask("Your number?", 1, gather='finishOnKey="#"'), "turn/1": send}
    result = ring(Press("07700900456#"), from_="anonymous")
    assert [(text.to, text.body) for text in result.texts] == [("+447700900456", "The link: …")]
    assert [form["MessageStatus"] for form in bot.forms("sms-status")] == ["sent", "delivered"]


def test_turns_are_timed(bot, ring, hello):
    bot.routes = {"voice": ask("Speak.", 1), "turn/1": GOODBYE}
    result = ring(hello)
    turns = [event for event in result.events if isinstance(event, TurnTaken)]
    assert all(0 < turn.seconds <= turn.at <= result.seconds for turn in turns)


def test_an_outcome_that_twilio_does_not_know_is_refused(ring):
    with pytest.raises(ValueError, match="engaged"):
        ring(transfer_outcomes=("engaged",))
