"""What words mean in answer to what was asked: one row an utterance."""

from __future__ import annotations

import pytest

from voicebot.dialogue.actions import Expecting, Option
from voicebot.nlu.answers import match_answer

REQUEST = Expecting("request")
YES_NO = Expecting("yes_no")
KEYS = Expecting("keys")
TWO = Expecting(
    "options",
    (
        Option("blue_badge_apply", ("applying for a Blue Badge",), "1"),
        Option("blue_badge_renew", ("renewing a Blue Badge",), "2"),
        Option("neither", ("neither", "neither of them", "something else", "none of those", "no", "other"), "3"),
    ),
)
CLOSED = Expecting(
    "options",
    (
        Option("danger", ("danger", "emergency", "someone is in danger", "not safe"), "1"),
        Option("text", ("text", "text message", "send me a text", "text me", "by text"), "2"),
        Option("message", ("message", "leave a message", "voicemail", "leave message"), "3"),
    ),
)
PLACES = Expecting(
    "place",
    (
        Option("westbridge-city", ("Westbridge City Council", "Westbridge", "Castle Hill", "Northway", "Bridge End")),
        Option("north-vale", ("North Vale District Council", "Banfield", "Kidbrook", "Chipping Marl", "Bloxley")),
        Option("south-vale", ("South Vale District Council", "Wallingham", "Didbury", "Henford", "Goring Heath")),
        Option("ashdown", ("Ashdown District Council", "Abbotsbourne", "Wantley", "Faringford", "Shrivelham")),
        Option("marlow-forest", ("Marlow Forest District Council", "Witherton", "Carterley", "Eyncombe", "Charlwood")),
        Option("dont_know", ("i don't know", "don't know", "not sure")),
    ),
)

UNIVERSALS = [
    ("Say that again.", "repeat"),
    ("Pardon?", "repeat"),
    ("sorry?", "repeat"),
    ("what did you say", "repeat"),
    ("Sorry, I didn't catch that, can you say it again please?", "repeat"),
    ("Can you repeat that, please, love?", "repeat"),
    ("once more", "repeat"),
    ("slower", "slower"),
    ("Could you speak a bit more slowly please", "slower"),
    ("You're talking too fast.", "slower"),
    ("help", "help"),
    ("Help, please.", "help"),
    ("what can I say", "help"),
    ("I don't know what to say", "help"),
    ("start again", "start_again"),
    ("Let's start again", "start_again"),
    ("go back to the beginning please", "start_again"),
    ("bye", "goodbye"),
    ("No, that's all, goodbye then.", "goodbye"),
    ("That's everything, goodbye.", "goodbye"),
    ("Never mind, goodbye.", "goodbye"),
    ("Thank you very much for your help. Goodbye.", "goodbye"),
    ("thanks, I'll call back tomorrow", "goodbye"),
    ("Hello?", "help"),
    ("Hello, is anybody there?", "help"),
    ("Good morning, can you hear me?", "help"),
    ("Bye-bye.", "goodbye"),
    ("That's all, thanks.", "goodbye"),
    ("no that's all thank you", "goodbye"),
    ("advisor", "advisor"),
    ("operator", "advisor"),
    ("A person, please.", "advisor"),
    ("human", "advisor"),
    ("speak to someone", "advisor"),
    ("I'd like to speak to somebody please", "advisor"),
    ("Can I speak to a real person please", "advisor"),
    ("put me through to an operator", "advisor"),
    ("is there a human being there", "advisor"),
    ("zero", "advisor"),
    ("0", "advisor"),
    ("I don't want a machine, I want to talk to a person", "advisor"),
    ("I'm not talking to a robot, give me a human", "advisor"),
    ("I want to talk to a person not a computer", "advisor"),
]
NO_UNIVERSALS = [
    "can you repeat my prescription",
    "help, I need help with my mum's care",
    "help me",
    "the traffic is going too fast past my house",
    "goodbye to my bus pass, it went through the wash",
    "I can't go on, goodbye",
    "never mind the bins, it's the noise next door",
    "hello, there's a pothole outside",
    "someone to speak to my neighbour about noise",
    "I want to speak to someone about my parking fine",
    "no I don't have a bin",
    "missing person",
    "my neighbour's a nice person",
    "I want to start again with my Blue Badge form",
    "Thank you.",
    "the zero waste shop is dumping boxes",
    "I rang back and nobody could help me",
]


@pytest.mark.parametrize(("words", "choice"), UNIVERSALS)
@pytest.mark.parametrize("expecting", [REQUEST, YES_NO, TWO, PLACES], ids=lambda each: each.kind)
def test_a_universal_is_known_whatever_was_asked(words: str, choice: str, expecting: Expecting) -> None:
    answer = match_answer(words, expecting)
    if choice == "goodbye" and words.startswith("no") and expecting.kind != "request":
        assert answer.choice in ("goodbye", "no")
    else:
        assert answer.choice == choice
    assert answer.confidence >= 0.9


@pytest.mark.parametrize("words", NO_UNIVERSALS)
def test_a_request_that_holds_such_words_is_no_universal(words: str) -> None:
    answer = match_answer(words, REQUEST)
    assert answer.choice is None
    assert answer.rest


@pytest.mark.parametrize(
    ("words", "choice", "rest"),
    [
        ("yeah", "yes", ""),
        ("Aye.", "yes", ""),
        ("That's right.", "yes", ""),
        ("yep please", "yes", ""),
        ("yes yes yes", "yes", ""),
        ("Mm-hmm.", "yes", ""),
        ("Yes, that's right, thank you.", "yes", ""),
        ("It is.", "yes", ""),
        ("I think so", "yes", ""),
        ("ok", "yes", ""),
        ("Please.", "yes", ""),
        ("go on then", "yes", ""),
        ("that's it", "yes", ""),
        ("yes but I want to know how long it takes", "yes", "but i want to know how long it takes"),
        ("nah", "no", ""),
        ("Not really.", "no", ""),
        ("No, thank you.", "no", ""),
        ("Know.", "no", ""),
        ("yeah no", "no", ""),
        ("I don't think so", "no", ""),
        ("no, that's wrong", "no", ""),
        ("no that's not what I said", "no", ""),
        ("Definitely not.", "no", ""),
        ("No, it's about my bin", "no", "it's about my bin"),
        ("No, no, no, not that. It's my blue badge.", "no", "it's my blue badge"),
        ("No, I want to pay a parking fine", "no", "i want to pay a parking fine"),
        ("I have a broken street light", None, "i have a broken street light"),
        ("right my bin hasn't been collected", None, "right my bin hasn't been collected"),
        ("never had a bin", None, "never had a bin"),
        ("I don't know", None, ""),
        ("", None, ""),
        ("...", None, ""),
    ],
)
def test_yes_and_no(words: str, choice: str | None, rest: str) -> None:
    answer = match_answer(words, YES_NO)
    assert (answer.choice, answer.rest) == (choice, rest)


@pytest.mark.parametrize(
    ("words", "choice"),
    [
        ("the first one", "blue_badge_apply"),
        ("number two", "blue_badge_renew"),
        ("2", "blue_badge_renew"),
        ("two please", "blue_badge_renew"),
        ("the last one", "blue_badge_renew"),
        ("renew", "blue_badge_renew"),
        ("renewing it", "blue_badge_renew"),
        ("the renewal", "blue_badge_renew"),
        ("I want to apply for one", "blue_badge_apply"),
        ("applyin for the badge", "blue_badge_apply"),
        ("neither", "neither"),
        ("Something else.", "neither"),
        ("no", "neither"),
        ("blue badge", None),
        ("there's a pothole outside my house and I want it fixed", None),
    ],
)
def test_one_of_two(words: str, choice: str | None) -> None:
    assert match_answer(words, TWO).choice == choice


@pytest.mark.parametrize(
    ("words", "choice"),
    [
        ("text me please", "text"),
        ("can you send me a text", "text"),
        ("I'd like to leave a message", "message"),
        ("one", "danger"),
        ("it's an emergency", "danger"),
        ("no thanks", "no"),
        ("4", None),
    ],
)
def test_what_is_offered_at_a_closed_line(words: str, choice: str | None) -> None:
    assert match_answer(words, CLOSED).choice == choice


@pytest.mark.parametrize(
    ("words", "choice"),
    [
        ("I'm in Didbury", "south-vale"),
        ("Diddbury", "south-vale"),
        ("did bury", "south-vale"),
        ("Well, I live just outside Wantley", "ashdown"),
        ("want lee", "ashdown"),
        ("West Bridge", "westbridge-city"),
        ("north vale", "north-vale"),
        ("South Vale", "south-vale"),
        ("chipping marle", "north-vale"),
        ("Carter Lee", "marlow-forest"),
        ("hen ford", "south-vale"),
        ("Eincombe", "marlow-forest"),
        ("Shrivenham", "ashdown"),
        ("Bloxly", "north-vale"),
        ("it's Abbots born", "ashdown"),
        ("kid brook", "north-vale"),
        ("Goring", "south-vale"),
        ("I'm not sure, somewhere near Wallingham", "south-vale"),
        ("I don't know", "dont_know"),
        ("I couldn't tell you love", "dont_know"),
        ("Manchester", None),
        ("London", None),
        ("Bury", None),
        ("my bin", None),
    ],
)
def test_places(words: str, choice: str | None) -> None:
    assert match_answer(words, PLACES).choice == choice


def test_where_keys_are_asked_for_only_universals_count() -> None:
    assert match_answer("advisor", KEYS).choice == "advisor"
    assert match_answer("yes", KEYS).choice is None


@pytest.mark.parametrize(
    ("words", "expecting"),
    [
        ("I don't want a machine, I want a person, he's going to kill me", REQUEST),
        ("I'm in Didbury and my husband is hurting me", PLACES),
    ],
)
def test_a_longer_answer_is_still_ranked_because_an_emergency_may_hide_in_it(words: str, expecting: Expecting) -> None:
    answer = match_answer(words, expecting)
    assert answer.choice is not None
    assert answer.rest
