"""Putting a caller through, and what to do when a line is closed, busy or dead. Pure.

Two ways: an ordinary call is told and asked; an urgent one goes on from line to line and never hears a goodbye.
"""

from __future__ import annotations

from dataclasses import replace

from voicebot.dialogue.actions import Action, Expecting, HangUp, Option, Say, Transfer
from voicebot.dialogue.events import TransferEnded
from voicebot.dialogue.turn import Decision, DecisionName, Scene, Turn
from voicebot.dialogue.wording import DANGER, MESSAGE, TEXT, ask, headers, join, prompt, say, team, whisper
from voicebot.routing.hours import is_open, next_opening, spoken_time
from voicebot.routing.table import Queue, Table


def open_now(scene: Scene, queue: str) -> bool:
    return is_open(scene.table, scene.table.queues[queue].hours, scene.now)


def transfer(scene: Scene, queue: str) -> Transfer:
    table, session = scene.table, scene.session
    line = table.queues[queue]
    route = table.intents.get(session.intent or "")
    urgent = route is not None and route.kind == "urgent"
    return Transfer(
        queue=queue,
        target=line.target,
        caller_id=table.council.caller_id,
        ring_seconds=line.ring_seconds,
        whisper=None if line.external else whisper(scene, route),
        headers=headers(session, urgent),
    )


def connect(scene: Scene, queue: str, decision: Decision, *before: Action) -> Turn:
    """Ring an open line. `before` is said first."""
    session = scene.session.with_(
        stage="transferring", queue=queue, lines=(*scene.session.lines, queue), asked=None, tries=0, candidates=()
    )
    here = Scene(session, scene.table, scene.now)
    return Turn(session, (*before, transfer(here, queue)), decision)


def put_through(
    scene: Scene, queue: str, name: DecisionName, rule: str, at: str, confidence: float | None = None
) -> Turn:
    """Connect to `queue` if it is open, else to the intent's `when_closed`, else say what can be done now."""
    session, table = scene.session, scene.table
    route = table.intents.get(session.intent or "")
    is_it_open = open_now(scene, queue)
    decision = Decision(name, rule, at, session.intent, confidence, "connect", queue, is_it_open)
    if is_it_open:
        return connect(scene, queue, decision, say(scene, "connecting", team=team(table, queue)))
    if route is not None and route.when_closed is not None and open_now(scene, route.when_closed):
        return forward(scene, team(table, queue), route.when_closed, decision)
    return closed(scene, queue, decision)


def forward(scene: Scene, who: str, other: str, decision: Decision) -> Turn:
    """`who` is closed: one sentence that says so, and the intent's `when_closed` instead."""
    words = say(scene, "closed_forwarding", team=who, other=team(scene.table, other))
    rule = f"{decision.rule}; closed, so when_closed"
    return connect(scene, other, replace(decision, rule=rule, action="connect", queue=other, open=False), words)


def closed(scene: Scene, queue: str, decision: Decision, before: str = "") -> Turn:
    """The closed message: when it next opens, what can be done now, and always the way out for danger."""
    table = scene.table
    line = table.queues[queue]
    opening = next_opening(table, line.hours, scene.now)
    if opening is None:
        told = prompt(table, "closed_for_good", team=line.name)
    else:
        told = prompt(table, "closed", team=line.name, when=spoken_time(opening, scene.now))
    options, offers = _closed_options(scene, line)
    session = scene.session.with_(stage="closed", queue=queue, tries=0, candidates=())
    here = Scene(session, table, scene.now)
    question = ask(
        here,
        join(before, told, _what_to_do_now(scene), *offers, prompt(table, "danger_key")),
        Expecting("options", options),
    )
    told_so = replace(decision, action="closed", queue=queue, open=False)
    return Turn(session.with_(asked=question), (question,), told_so)


def _what_to_do_now(scene: Scene) -> str:
    """The answer of an intent that is put through, for when it cannot be; an answer already heard is not said again."""
    route = scene.table.intents.get(scene.session.intent or "")
    return route.answer or "" if route is not None and route.kind == "queue" else ""


def _closed_options(scene: Scene, line: Queue) -> tuple[tuple[Option, ...], list[str]]:
    """Options and their spoken offers. A message for an outside organisation could not be delivered, so none is
    offered."""
    table, session = scene.table, scene.session
    route = table.intents.get(session.intent or "")
    options: list[Option] = [DANGER]
    offers: list[str] = []
    if route is not None and route.text and session.intent not in session.texted:
        options.append(TEXT)
        offers.append(prompt(table, "text_key", key=TEXT.key or ""))
    if not line.external:
        options.append(MESSAGE)
        offers.append(prompt(table, "message_key", key=MESSAGE.key or ""))
    return tuple(options), offers


def to_person(scene: Scene, name: DecisionName, rule: str, *before: Action, said: str = "to_person") -> Turn:
    """A person: the team of what she is calling about where that is known, else the default queue.

    When the line is closed she hears so, one key for danger, else a message (design rule 1).
    """
    table = scene.table
    answered = scene.session.stage in ("answered", "mobile") and scene.session.outcome == "answered"
    queue = (scene.session.queue if answered else None) or table.council.default_queue
    if not open_now(scene, queue) and open_now(scene, table.council.default_queue):
        queue = table.council.default_queue
    at = str(table.where(f"queues.{queue}"))
    if open_now(scene, queue):
        decision = Decision(name, rule, at, scene.session.intent, None, "connect", queue, True)
        return connect(scene, queue, decision, *before, say(scene, said, team=team(table, queue)))
    decision = Decision(name, rule, at, scene.session.intent, None, "closed", queue, False)
    turn = closed(scene, queue, decision)
    return Turn(turn.session, (*before, *turn.actions), turn.decision)


def urgent(scene: Scene, intent: str, rule: str, at: str, confidence: float | None) -> Turn:
    """One calm, neutral sentence and the connection, at any hour; nothing that names the topic (someone may be
    listening)."""
    table = scene.table
    route = table.intents[intent]
    session = scene.session.with_(intent=intent, restricted=True, words="", lines=(), outcome=None, queue=route.to)
    here = Scene(session, table, scene.now)
    wanted = next((each for each in (route.to, route.when_closed) if each and open_now(here, each)), None)
    queue = wanted or _next_urgent_line(here) or table.council.danger_queue
    decision = Decision("urgent", rule, at, intent, confidence, "connect", queue, open_now(here, queue))
    first = (Say(route.first, slow=session.slow),) if route.first else ()
    return connect(here, queue, decision, *first, say(here, "urgent"))


def danger(scene: Scene, rule: str) -> Turn:
    """She pressed the key for danger: the 999 sentence, then the danger queue, and on from line to line."""
    table = scene.table
    queue = table.council.danger_queue
    session = scene.session.with_(restricted=True, words="", lines=(), outcome=None)
    here = Scene(session, table, scene.now)
    at = str(table.where("council.danger_queue"))
    decision = Decision("urgent", rule, at, session.intent, None, "connect", queue, open_now(here, queue))
    return connect(here, queue, decision, say(here, "dial_999"), say(here, "urgent"))


def _next_urgent_line(scene: Scene) -> str | None:
    """The next open line that has not been rung: when_closed, the overflow of the last, the switchboard, the danger
    queue."""
    table, session = scene.table, scene.session
    route = table.intents.get(session.intent or "")
    last = table.queues[session.queue] if session.queue else None
    wanted = [
        last.overflow if last else None,
        route.when_closed if route else None,
        table.council.default_queue,
        table.council.danger_queue,
    ]
    return next((each for each in wanted if each and each not in session.lines and open_now(scene, each)), None)


def after_transfer(scene: Scene, event: TransferEnded) -> Turn:
    """The line has been rung: done, or tell her and go on."""
    session, table = scene.session, scene.table
    queue = session.queue or table.council.default_queue
    at = str(table.where(f"queues.{queue}"))
    if event.outcome == "completed":
        outcome = "signposted" if table.queues[queue].external else "connected"
        done = session.with_(stage="ended", outcome=outcome, asked=None)
        return Turn(
            done, (HangUp(),), Decision("accept", "the transfer was completed", at, session.intent, queue=queue)
        )
    if session.restricted:
        return _urgent_goes_on(scene, event, queue)
    return _line_failed(scene, event, queue, at)


def _urgent_goes_on(scene: Scene, event: TransferEnded, queue: str) -> Turn:
    table = scene.table
    following = _next_urgent_line(scene)
    rule = f"urgent, {event.outcome} at {queue}: the next line"
    words = [say(scene, "urgent_still_trying")]
    if following is None:
        # Every line has been rung: the duty team again with the 999 sentence, for as long as she holds.
        following = table.council.danger_queue
        scene = Scene(scene.session.with_(lines=()), table, scene.now)
        words = [say(scene, "dial_999"), say(scene, "urgent_still_trying")]
    at = str(table.where(f"queues.{following}"))
    decision = Decision(
        "urgent", rule, at, scene.session.intent, None, "connect", following, open_now(scene, following)
    )
    return connect(scene, following, decision, *words)


LINE_PROMPTS = {"busy": "line_busy", "no_answer": "line_no_answer"}


def _line_failed(scene: Scene, event: TransferEnded, queue: str, at: str) -> Turn:
    table, session = scene.table, scene.session
    told = prompt(table, LINE_PROMPTS.get(event.outcome, "line_failed"), team=team(table, queue))
    options, offers = _line_failed_options(scene, queue)
    after = session.with_(stage="line_failed", tries=0)
    question = ask(Scene(after, table, scene.now), join(told, *offers), Expecting("options", options))
    rule = f"{event.outcome} at {queue}: told, and offered what else there is"
    decision = Decision("accept", rule, at, session.intent, None, "ask", queue, open_now(scene, queue))
    return Turn(after.with_(asked=question), (question,), decision)


def _line_failed_options(scene: Scene, queue: str) -> tuple[tuple[Option, ...], list[str]]:
    """Options and their spoken offers: another line, the text message, a message. Where no other line is left: by day
    the switchboard once more, out of hours the way out for danger."""
    table, session = scene.table, scene.session
    options: list[Option] = []
    offers: list[str] = []
    overflow = overflow_of(scene, queue)
    if overflow is not None:
        name = team(table, overflow)
        options.append(Option("overflow", (name, "try them", "the other one", "yes", "put me through"), "1"))
        offers.append(prompt(table, "try_line_key", team=name, key="1"))
    route = table.intents.get(session.intent or "")
    if route is not None and route.text and session.intent not in session.texted:
        options.append(TEXT)
        offers.append(prompt(table, "text_key", key=TEXT.key or ""))
    if not options:
        options.append(MESSAGE)
        for_team = team(table, message_queue(table, queue))
        offers.append(prompt(table, "only_message_key", team=for_team, key=MESSAGE.key or ""))
    elif not table.queues[queue].external:
        options.append(MESSAGE)
        offers.append(prompt(table, "message_key", key=MESSAGE.key or ""))
    if overflow is None and open_now(scene, table.council.default_queue):
        offers.append(prompt(table, "try_again_key", key="0"))
    elif overflow is None:
        options.append(DANGER)
        offers.append(prompt(table, "danger_key"))
    return tuple(options), offers


def message_queue(table: Table, queue: str) -> str:
    """Who gets a message left at `queue`'s line: an outside organisation can't be sent one, so the default queue."""
    return table.council.default_queue if table.queues[queue].external else queue


def overflow_of(scene: Scene, queue: str) -> str | None:
    """Where a failed call may go on: the queue's overflow, else the switchboard; open, and not yet rung."""
    table: Table = scene.table
    for each in (table.queues[queue].overflow, table.council.default_queue):
        if each and each not in scene.session.lines and open_now(scene, each):
            return each
    return None
