"""An answer that is read aloud: part by part, then the offers. Pure."""

from __future__ import annotations

from dataclasses import replace

from voicebot.dialogue.actions import Action, Expecting, Option
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Decision, Scene, Turn
from voicebot.dialogue.wording import REQUEST, ask, can_be_texted, join, prompt
from voicebot.routing.table import TO_DISTRICT, Route

ADVISOR_TEXT_KEY = "1"
GO_ON = Option("go_on", ("go on", "carry on", "more", "yes", "continue", "next", "keep going", "the next part"), "1")
ENOUGH = Option("enough", ("stop", "enough", "that's enough", "that's plenty", "no more", "skip it"))


def read(scene: Scene, decision: Decision, part: int = 0) -> Turn:
    """Part number `part` (from 0) of the answer: after the last one the offers, after any other "shall I go on?"."""
    route = scene.route
    parts = route.answer if route is not None else ()
    if part + 1 < len(parts):
        return _read_part(scene, decision, parts[part], part)
    return _read_last(scene, decision, parts[part] if parts else "", part)


def read_on(scene: Scene, rule: str) -> Turn:
    """She wants to hear the next part."""
    session = scene.session
    decision = Decision("accept", rule, scene.at, session.intent, None, "answer", session.queue)
    return read(scene, decision, session.page + 1)


def _read_part(scene: Scene, decision: Decision, words: str, part: int) -> Turn:
    session = _listening(scene, part).with_(stage="reading")
    text = join(words, prompt(scene.table, "answer_more", key=GO_ON.key or ""))
    texts = tuple(replace(each, key=None) for each in _after_answer_options(scene))  # who asks for it need not wait
    question = ask(replace(scene, session=session), text, Expecting("options", (GO_ON, ENOUGH, *texts)))
    return Turn(session.with_(asked=question), (question,), decision)


def _read_last(scene: Scene, decision: Decision, words: str, part: int) -> Turn:
    """The last part, then offer a repetition, the text message, an advisor, and ask whether there is anything else."""
    table = scene.table
    session = _listening(scene, part).with_(stage="answered")
    options = _after_answer_options(scene)
    offers = [prompt(table, "after_answer_text", key=ADVISOR_TEXT_KEY)] if options else []
    text = join(words, *offers, prompt(table, "after_answer"))
    question = ask(replace(scene, session=session), text, Expecting("options", options))
    return Turn(session.with_(asked=question), (question,), decision)


def _listening(scene: Scene, part: int) -> Session:
    route = scene.route
    queue = _line_of(route) if route is not None else None
    return scene.session.with_(queue=queue, outcome="answered", tries=0, page=part)


def _line_of(route: Route) -> str | None:
    return None if route.to == TO_DISTRICT else route.to


def _after_answer_options(scene: Scene) -> tuple[Option, ...]:
    if can_be_texted(scene):
        return (Option("text", ("text", "text message", "send me a text", "text me", "by text", "yes text"), "1"),)
    return ()


def anything_else(scene: Scene, *before: Action, decision: Decision) -> Turn:
    session = scene.session.with_(stage="anything_else", tries=0, candidates=(), turned_down=(), words="")
    here = Scene(session, scene.table, scene.now)
    question = ask(here, prompt(scene.table, "anything_else"), REQUEST)
    return Turn(session.with_(asked=question), (*before, question), decision)
