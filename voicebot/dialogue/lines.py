"""Putting a caller through, and what to do when a line is closed, busy or dead. Pure.

Two ways: an ordinary call is told and asked; an urgent one goes on from line to line and never hears a goodbye.
"""

from __future__ import annotations

from dataclasses import replace

from voicebot.dialogue import notices
from voicebot.dialogue.actions import Action, Expecting, HangUp, Option, Say, Transfer
from voicebot.dialogue.closed import closed, open_now, why_closed
from voicebot.dialogue.events import TransferEnded
from voicebot.dialogue.turn import Decision, DecisionName, Scene, Turn
from voicebot.dialogue.wording import (
    DANGER,
    MESSAGE,
    TEXT,
    ask,
    can_be_texted,
    headers,
    join,
    prompt,
    say,
    team,
    whisper,
)
from voicebot.routing.table import Table


def transfer(scene: Scene, queue: str) -> Transfer:
    line = scene.table.queues[queue]
    return Transfer(
        queue=queue,
        target=line.target,
        caller_id=scene.table.council.caller_id,
        ring_seconds=line.ring_seconds,
        whisper=whisper(scene, queue),
        headers=headers(scene, queue),
    )


def connect(scene: Scene, queue: str, decision: Decision, *before: Action) -> Turn:
    """Ring an open line. `before` is said first, and before that what is to be told of the line."""
    to_tell = notices.of_line(scene, queue)
    session = notices.told(scene.session, *to_tell).with_(
        stage="transferring", queue=queue, lines=(*scene.session.lines, queue), asked=None, tries=0, candidates=()
    )
    here = Scene(session, scene.table, scene.now)
    return Turn(session, (*notices.as_said(here, to_tell), *before, transfer(here, queue)), decision)


def put_through(
    scene: Scene, queue: str, name: DecisionName, rule: str, at: str, confidence: float | None = None
) -> Turn:
    """Connect to `queue` if it is open, else to the intent's `when_closed`, else say what can be done now."""
    session, table, route = scene.session, scene.table, scene.route
    is_it_open = open_now(scene, queue)
    decision = Decision(name, rule, at, session.intent, confidence, "connect", queue, is_it_open)
    if is_it_open:
        return connect(scene, queue, decision, say(scene, "connecting", team=team(table, queue)))
    if route is not None and route.when_closed is not None and open_now(scene, route.when_closed):
        return forward(scene, queue, route.when_closed, decision)
    return closed(scene, queue, decision)


def forward(scene: Scene, queue: str | None, other: str, decision: Decision) -> Turn:
    """`queue` (None: whichever district it is) is closed: one sentence that says so, after the notice that closes it,
    and the intent's `when_closed` instead."""
    table = scene.table
    who = prompt(table, "your_district") if queue is None else team(table, queue)
    words = say(scene, "closed_forwarding", team=who, other=team(table, other))
    closing = notices.that_closes(scene, queue) if queue is not None else None
    to_tell = (closing,) if closing is not None else ()
    rule = decision.rule if queue is None else why_closed(scene, queue, decision.rule)
    connected = replace(decision, rule=f"{rule}; closed, so when_closed", action="connect", queue=other, open=False)
    here = replace(scene, session=notices.told(scene.session, *to_tell))
    return connect(here, other, connected, *notices.as_said(here, to_tell), words)


def to_person(
    scene: Scene, name: DecisionName, rule: str, *before: Action, said: str = "to_person", queue: str | None = None
) -> Turn:
    """A person: at `queue`, else in the team of what she is calling about where that is known, else the default queue.

    `said` names the prompt that says so; "" where `before` does. When the line is closed she hears so, one key for
    danger, else a message (design rule 1).
    """
    table = scene.table
    answered = scene.session.stage in ("reading", "answered", "mobile") and scene.session.outcome == "answered"
    queue = queue or (scene.session.queue if answered else None) or table.council.default_queue
    if not open_now(scene, queue) and (open_now(scene, table.council.default_queue) or table.queues[queue].external):
        # An outside line takes no messages, and a person is what she asked for.
        queue = table.council.default_queue
    at = str(table.where(f"queues.{queue}"))
    if open_now(scene, queue):
        decision = Decision(name, rule, at, scene.session.intent, None, "connect", queue, True)
        words = (say(scene, said, team=team(table, queue)),) if said else ()
        return connect(scene, queue, decision, *before, *words)
    decision = Decision(name, rule, at, scene.session.intent, None, "closed", queue, False)
    turn = closed(scene, queue, decision)
    return Turn(turn.session, (*before, *turn.actions), turn.decision)


def urgent(scene: Scene, intent: str, rule: str, at: str, confidence: float | None) -> Turn:
    """One calm, neutral sentence and the connection, at any hour; nothing that names the topic (someone may be
    listening)."""
    table = scene.table
    option = scene.session.option if intent == scene.session.intent else None
    here = scene.with_(intent=intent, option=option, restricted=True, words="", lines=(), outcome=None)
    route = here.route or table.intents[intent]
    here = here.with_(queue=route.to)
    wanted = next((each for each in (route.to, route.when_closed) if each and open_now(here, each)), None)
    queue = wanted or _next_urgent_line(here) or table.council.danger_queue
    decision = Decision("urgent", rule, at, intent, confidence, "connect", queue, open_now(here, queue))
    first = (Say(route.first, slow=here.session.slow),) if route.first else ()
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
    table, session, route = scene.table, scene.session, scene.route
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
    table = scene.table
    options: list[Option] = []
    offers: list[str] = []
    overflow = overflow_of(scene, queue)
    if overflow is not None:
        name = team(table, overflow)
        options.append(Option("overflow", (name, "try them", "the other one", "yes", "put me through"), "1"))
        offers.append(prompt(table, "try_line_key", team=name, key="1"))
    if can_be_texted(scene):
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
