"""What callers are told for a while: each notice once in a call, and none once it is urgent. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from voicebot.dialogue.actions import Say
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Scene, Turn
from voicebot.routing.hours import closing_notice
from voicebot.routing.table import Notice


def for_everybody(scene: Scene) -> tuple[Notice, ...]:
    """Those that name neither an intent nor a queue."""
    return _untold(scene, lambda each: not each.intents and not each.queues)


def of_line(scene: Scene, queue: str) -> tuple[Notice, ...]:
    """What is to be told before that queue's line is rung."""
    return _untold(scene, lambda each: queue in each.queues)


def that_closes(scene: Scene, queue: str) -> Notice | None:
    """The notice that closes that queue's line, as long as she has not heard it."""
    notice = closing_notice(scene.table, queue, scene.now)
    return notice if notice is not None and notice in _untold(scene, lambda _: True) else None


def told(session: Session, *notices: Notice) -> Session:
    return session.with_(told=(*session.told, *(each.name for each in notices)))


def as_said(scene: Scene, notices: tuple[Notice, ...]) -> tuple[Say, ...]:
    return tuple(Say(each.say, slow=scene.session.slow) for each in notices)


def before(turn: Turn, scene: Scene, intent: str) -> Turn:
    """`turn` with the notices of `intent` spoken first, but for those that are part of it already."""
    after = replace(scene, session=turn.session)
    notices = _untold(after, lambda each: intent in each.intents)
    return replace(turn, session=told(turn.session, *notices), actions=(*as_said(after, notices), *turn.actions))


def _untold(scene: Scene, wanted: Callable[[Notice], bool]) -> tuple[Notice, ...]:
    session = scene.session
    if session.restricted:
        return ()
    return tuple(
        each for each in scene.table.notices if wanted(each) and each.name not in session.told and each.holds(scene.now)
    )
