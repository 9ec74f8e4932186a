"""What to do where no words came: silence, speech that can't be made out, and parts that broke. Pure."""

from __future__ import annotations

from dataclasses import replace

from voicebot.dialogue import follow_up, languages, lines, messages, policy, questions, universals
from voicebot.dialogue.actions import Ask, TakeMessage
from voicebot.dialogue.answers import anything_else
from voicebot.dialogue.closed import open_now
from voicebot.dialogue.events import PartFailed
from voicebot.dialogue.policy import unclear
from voicebot.dialogue.turn import Decision, Scene, Turn
from voicebot.dialogue.wording import join, prompt, say

SILENCES = 3
"""Silences in a row, where nothing is left to offer, after which the line is taken for empty."""

NO_WORDS = "no words worth trusting"


def silence(scene: Scene) -> Turn:
    """Nobody spoke. What follows depends on whether she has had what she rang for."""
    session = scene.session
    at = universals.at(scene, "nothing_heard")
    nobody = Decision("universal", "silence: nobody is there", at, session.intent)
    match session.stage:
        case "mobile":
            return messages.no_number(scene, "no number was keyed in", "mobile")
        case "message" if session.tries == 0:
            return messages.take_message(scene, "no message was heard", again=True)
        case "message":
            return anything_else(scene, decision=Decision("accept", "no message was left", at, session.intent))
        case "reading" | "answered" | "anything_else" | "signpost" if session.outcome and session.tries >= 1:
            return universals.end(scene, nobody)
        case "closed" | "line_failed" | "anything_else" if session.tries >= SILENCES - 1:
            return universals.end(scene, nobody)
        case "district" | "district_keys" if session.tries >= 1:
            return questions.district_unknown(scene, "silence at the question for the district")
        case "follow_up":
            return follow_up.with_keys(scene, "silence", "nothing_heard")
        case "follow_up_keys":
            return follow_up.unanswered(scene, "silence, for the second time")
        case "request" | "confirm" | "offer_two" | "keys":
            return _silent_question(scene, at)
        case _:
            return ask_once_more(
                scene, Decision("ask_again", "silence", at, session.intent, action="ask"), "nothing_heard"
            )


def _silent_question(scene: Scene, at: str) -> Turn:
    verdict = unclear(scene.session.tries, "silence")
    if verdict.name == "ask_again":
        return ask_once_more(scene, Decision("ask_again", "silence", at, action="ask"), "nothing_heard")
    if verdict.name == "offer_keys":
        return questions.offer_keys(scene, Decision("offer_keys", verdict.rule, at), "nothing_heard")
    return lines.to_person(scene, "to_person", verdict.rule)


def not_understood(scene: Scene, why: str = NO_WORDS, because: str = "not_understood") -> Turn:
    """Speech that answers nothing: the same ladder as a request that is unclear, but what was asked is not lost.

    `because` names the prompt that says so where she was free to say anything."""
    session = scene.session
    match session.stage:
        case "request" | "anything_else" | "answered":
            return questions.carry_out(scene, unclear(session.tries, why), because)
        case "mobile":
            return messages.no_number(scene, why)
        case "district":
            at = str(scene.table.where("districts"))
            return questions.district_keys(scene, Decision("offer_keys", why, at, session.intent))
        case "district_keys" if session.tries >= 1:
            return questions.district_unknown(scene, f"{why}, at the keys for the districts")
        case "follow_up":
            return follow_up.with_keys(scene, why, "follow_up_again")
        case "follow_up_keys":
            return follow_up.unanswered(scene, f"{why}, for the second time")
        case "closed" if session.tries >= SILENCES - 1:
            return last_rung(scene, f"{why}, for the third time")
        case _ if session.tries >= SILENCES - 1:
            return lines.to_person(scene, "to_person", f"{why}, for the third time")
    at = universals.at(scene, "not_understood")
    return ask_once_more(scene, Decision("ask_again", why, at, session.intent, action="ask"), "not_understood")


def another_language(scene: Scene, code: str) -> Turn:
    """A person, at once. Who has heard already that there is none now is not told so for ever; but in her own language
    she may not have heard of the key for danger."""
    if scene.session.stage != "closed" or languages.somebody_there(scene, code):
        return questions.carry_out(scene, policy.another_language(code))
    here = scene.with_(language=code)
    turn = not_understood(here, f"spoke another language ({code})")
    if turn.session.stage != "closed":
        return turn
    return replace(turn, actions=(*languages.nobody_there(here, code), *turn.actions))


def last_rung(scene: Scene, rule: str) -> Turn:
    """Nothing that she answers to the closed message arrives: a person if there is one by now, else a message. One is
    enough: a line that only makes noise would go on leaving them."""
    if open_now(scene, scene.table.council.default_queue):
        return lines.to_person(scene, "to_person", rule)
    if scene.session.outcome == "message_left":
        at = universals.at(scene, "goodbye")
        return universals.end(scene, Decision("universal", f"{rule}; a message was left", at, scene.session.intent))
    return messages.take_message(scene, rule)


def part_failed(scene: Scene, event: PartFailed) -> Turn:
    """One spoken sentence, then the next rung of the ladder: keys where hearing failed, else a person (design rule
    1)."""
    rule = f"the {event.part} failed"
    session = scene.session
    hearing = event.part in ("recogniser", "recording")
    trouble = "trouble_hearing" if hearing else "trouble"
    at = universals.at(scene, trouble)
    match session.stage:
        case "closed" | "line_failed" if session.tries == 0 and (hearing or session.stage == "closed"):
            decision = Decision("ask_again", rule, at, session.intent, action="ask")
            return ask_once_more(scene, decision, trouble)
        case "closed":
            return last_rung(scene, rule)
        case _ if not hearing:
            return lines.to_person(scene, "to_person", rule, say(scene, "trouble"))
        case "message" if session.tries == 0:
            return messages.take_message(scene, rule, again=True)
        case "request" | "confirm" | "offer_two" | "anything_else":
            return questions.offer_keys(scene, Decision("offer_keys", rule, at), "trouble_hearing")
        case "district":
            at = str(scene.table.where("districts"))
            return questions.district_keys(scene, Decision("offer_keys", rule, at, session.intent), "trouble_hearing")
        case "follow_up":
            return follow_up.with_keys(scene, rule, "trouble_hearing")
        case "district_keys" | "follow_up_keys" if session.tries == 0:
            decision = Decision("ask_again", rule, at, session.intent, action="ask")
            return ask_once_more(scene, decision, trouble)
    return lines.to_person(scene, "to_person", rule, say(scene, "trouble"))


def ask_once_more(scene: Scene, decision: Decision, because: str) -> Turn:
    """The same question again with a reason before it. `asked` keeps the question alone, so that "repeat" stays
    short."""
    session = scene.session.with_(tries=scene.session.tries + 1)
    asked = session.asked
    if asked is None:
        return questions.opening(scene, decision)
    yes_no = isinstance(asked, Ask) and asked.expecting.kind == "yes_no"
    keys = prompt(scene.table, "confirm_keys") if yes_no else ""
    asked_now: Ask | TakeMessage = replace(asked, text=join(prompt(scene.table, because), asked.text, keys))
    return Turn(session, (asked_now,), decision)
