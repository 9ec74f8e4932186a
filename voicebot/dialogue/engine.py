"""The dialogue engine: a pure function from where a call stands and what has happened to what to do next.

No clock, no I/O, no provider. `take_turn` settles what is true at any point of any call (hang-up, broken parts, urgent
words, universals) and hands the rest to the rule of the stage that the call is in.
"""

from __future__ import annotations

from datetime import datetime

from voicebot.dialogue import lines, messages, notices, questions, stages, stuck, unheard, universals
from voicebot.dialogue.actions import Ask, HangUp
from voicebot.dialogue.events import (
    CallerHungUp,
    CallStarted,
    Event,
    Heard,
    MessageLeft,
    NothingHeard,
    NotUnderstood,
    PartFailed,
    Pressed,
    TransferEnded,
)
from voicebot.dialogue.policy import judge
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Decision, Scene, Turn
from voicebot.dialogue.wording import join, prompt
from voicebot.routing.table import Table

SHORT_ANSWER = 3
"""Up to so many words, a clear answer to what was asked ("help", "the first one") is only that, and never urgent. Of
those that begin with yes or no, only the one word is: "no he's hitting" goes on."""

CLEAR = 0.96
"""Confidence from which the words are the answer and nothing else. Below it they only hold words of an option: "my
husband's unconscious" names one, too."""

ALARMING = 0.7
"""Urgent intents together, from which an answer to "which of these is it?" is a cry for help as well. Below it, the
first opinions of urgency are not enough: "it's for my son, he's nine" leans to a child in danger by naming a child
(0.55 as said, up to 0.65 as heard). Of the held-out urgent utterances that also name an option of a follow-up none is
below 0.75 ("the carer hit my dad")."""

PLAIN = 0.9
"""Confidence from which an answer holds an option and next to nothing else ("it's for my son, he's nine"). Then the
urgent intents must be as sure as this together; no held-out urgent utterance is so plain an answer."""

YES_NO = ("yes", "no")


def take_turn(session: Session, event: Event, *, table: Table, now: datetime) -> Turn:
    """What to do about `event`. `now` is aware. Never raises for anything that a caller or a provider can do."""
    scene = Scene(session, table, now)
    return stuck.or_a_way_out(scene, event, _decide(scene, event))


def _decide(scene: Scene, event: Event) -> Turn:
    session = scene.session
    match event:
        case CallStarted():
            return _greet(scene, event)
        case CallerHungUp():
            return _hung_up(scene)
        case _ if session.stage == "ended":
            return Turn(session, (HangUp(),), Decision("universal", "the call is over"))
        case _ if session.stage == "transferring":
            return _after_transfer(scene, event)
        case TransferEnded():
            # No line is being rung, so this is old news: what she was asked last still stands.
            return universals.answer(scene, "repeat")
        case MessageLeft() if session.stage == "message":
            return messages.message_left(scene)
        case PartFailed():
            return unheard.part_failed(scene, event)
        case Heard():
            return _heard(scene, event)
        case Pressed():
            return _pressed(scene, event)
        case NothingHeard():
            return unheard.silence(scene)
        case NotUnderstood() if event.language != "en":
            return unheard.another_language(scene, event.language)
        case NotUnderstood() | MessageLeft():
            return unheard.not_understood(scene)


def _greet(scene: Scene, event: CallStarted) -> Turn:
    table = scene.table
    to_tell = notices.for_everybody(scene)
    text = join(
        prompt(table, "greeting", council=table.council.name),
        prompt(table, "recording_notice"),
        *(each.say for each in to_tell),
    )
    decision = Decision("universal", "a call has come in", str(table.where("wording.greeting")))
    session = notices.told(scene.session.with_(caller=event.caller), *to_tell)
    return questions.opening(Scene(session, table, scene.now), decision, text=text)


def _hung_up(scene: Scene) -> Turn:
    session = scene.session
    ended = session.with_(stage="ended", outcome=session.outcome or "abandoned", asked=None)
    return Turn(ended, (), Decision("universal", "the caller hung up"))


def _after_transfer(scene: Scene, event: Event) -> Turn:
    """Whatever comes after a line was rung means that she is back. Without a word of how it ended, it failed."""
    if isinstance(event, Heard) and (verdict := judge(event, scene.table, 0)).name == "urgent":
        return questions.carry_out(scene, verdict)
    if isinstance(event, Pressed) and event.keys[:1] == "0" and not scene.session.restricted:
        return universals.answer(scene, "advisor")
    ended = event if isinstance(event, TransferEnded) else TransferEnded("failed")
    return lines.after_transfer(scene, ended)


def _heard(scene: Scene, event: Heard) -> Turn:
    """Words: urgent before everything, then a universal, then an answer to what was asked, then a new request."""
    session, table = scene.session, scene.table
    trusted = event.choice is not None and event.confidence >= table.thresholds.choice
    said_no = session.candidates if event.choice == "no" else ()
    verdict = judge(event, table, session.tries, said_no, session.turned_down)
    if verdict.name == "urgent" and not (trusted and (_is_only_an_answer(event) or _is_a_calm_answer(event, scene))):
        return questions.carry_out(scene, verdict)
    an_answer = trusted and (event.choice not in YES_NO or _is_only_an_answer(event))
    if verdict.language is not None and not an_answer:
        return unheard.another_language(scene, event.language)
    if trusted and event.choice in universals.BY_VOICE:
        return universals.answer(scene, event.choice or "")
    if trusted:
        turn = stages.chosen(scene, event.choice or "", event)
        if turn is not None:
            return turn
    if session.stage == "mobile":
        return messages.no_number(scene, "words, where a number was to be keyed in")
    if event.choice in YES_NO and not stages.says_more(event, scene):
        if stages.wants_nothing_else(event, scene):
            decision = Decision("universal", "thanks, after a refusal", universals.at(scene, "goodbye"))
            return universals.end(scene, decision)
        return unheard.not_understood(scene, "a yes or no that answers nothing", "ask_again")
    return stages.new_request(scene, event, verdict)


def _is_only_an_answer(event: Heard) -> bool:
    """A universal is matched only where the words are nothing else; "advisor" may come with a tale, and so may
    others."""
    if event.choice in universals.BY_VOICE - {"advisor"}:
        return True
    if event.choice in YES_NO:
        return not event.ranked or len(event.words.split()) == 1
    return len(event.words.split()) <= SHORT_ANSWER and event.confidence >= CLEAR


def _is_a_calm_answer(event: Heard, scene: Scene) -> bool:
    """Whether the words choose what was just asked about, and are not alarming enough to mean more than that."""
    asked = scene.session.asked
    offered = isinstance(asked, Ask) and any(each.id == event.choice for each in asked.expecting.options)
    alarm = sum(each.confidence for each in event.ranked if scene.table.is_urgent(each.intent))
    return offered and alarm < (PLAIN if event.confidence >= PLAIN else ALARMING)


def _pressed(scene: Scene, event: Pressed) -> Turn:
    if scene.session.stage == "mobile":
        return messages.mobile_number(scene, event.keys)
    key = event.keys[:1]
    if key == "0":
        return universals.answer(scene, "advisor")
    turn = stages.key(scene, key)
    return turn if turn is not None else stages.wrong_key(scene)
