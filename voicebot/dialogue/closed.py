"""A line is closed: when it opens, what can be done now, and the way out for danger. Pure."""

from __future__ import annotations

from dataclasses import replace

from voicebot.dialogue import notices
from voicebot.dialogue.actions import Expecting, Option
from voicebot.dialogue.turn import Decision, Scene, Turn
from voicebot.dialogue.wording import DANGER, MESSAGE, TEXT, ask, can_be_texted, join, prompt
from voicebot.routing.hours import closing_notice, line_next_opening, line_open, spoken_time
from voicebot.routing.table import Queue


def open_now(scene: Scene, queue: str) -> bool:
    return line_open(scene.table, queue, scene.now)


def closed(scene: Scene, queue: str, decision: Decision, before: str = "") -> Turn:
    """The closed message: when it next opens, what can be done now, and always the way out for danger. Where a notice
    closes the line, that is the reason given."""
    table = scene.table
    notice = notices.that_closes(scene, queue)
    session = scene.session.with_(stage="closed", queue=queue, tries=0, candidates=())
    here = replace(scene, session=session if notice is None else notices.told(session, notice))
    options, offers = _closed_options(scene, table.queues[queue])
    text = join(
        before,
        _why_and_until_when(scene, queue, notice.say if notice is not None else None),
        _what_to_do_now(scene),
        *offers,
        prompt(table, "danger_key"),
    )
    question = ask(here, text, Expecting("options", options))
    told_so = replace(decision, rule=why_closed(scene, queue, decision.rule), action="closed", queue=queue, open=False)
    return Turn(here.session.with_(asked=question), (question,), told_so)


def why_closed(scene: Scene, queue: str, rule: str) -> str:
    """`rule` with the notice named where one closes the line."""
    notice = closing_notice(scene.table, queue, scene.now)
    return rule if notice is None else f"{rule}; closed by the notice {notice.name}"


def _why_and_until_when(scene: Scene, queue: str, notice: str | None) -> str:
    table = scene.table
    name = table.queues[queue].name
    opening = line_next_opening(table, queue, scene.now)
    when = spoken_time(opening, scene.now) if opening is not None else ""
    if notice is not None:
        return join(notice, prompt(table, "opens", team=name, when=when) if when else "")
    return prompt(table, "closed", team=name, when=when) if when else prompt(table, "closed_for_good", team=name)


def _what_to_do_now(scene: Scene) -> str:
    """The answer of an intent that is put through, for when it cannot be; an answer already heard is not said again."""
    route = scene.route
    return join(*route.answer) if route is not None and route.kind == "queue" else ""


def _closed_options(scene: Scene, line: Queue) -> tuple[tuple[Option, ...], list[str]]:
    """Options and their spoken offers. A message for an outside organisation could not be delivered, so none is
    offered."""
    table = scene.table
    options: list[Option] = [DANGER]
    offers: list[str] = []
    if can_be_texted(scene):
        options.append(TEXT)
        offers.append(prompt(table, "text_key", key=TEXT.key or ""))
    if not line.external:
        options.append(MESSAGE)
        offers.append(prompt(table, "message_key", key=MESSAGE.key or ""))
    return tuple(options), offers
