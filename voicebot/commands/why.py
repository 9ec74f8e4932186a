"""`voicebot why`: what would become of these words, and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from voicebot import bootstrap
from voicebot.commands.moments import moment
from voicebot.commands.output import emit, json_option
from voicebot.config import load_settings
from voicebot.dialogue.actions import Expecting
from voicebot.dialogue.engine import take_turn
from voicebot.dialogue.events import CallStarted, Heard
from voicebot.dialogue.session import Session
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.wording import heard_by_caller
from voicebot.errors import ContentError
from voicebot.ports import Understander
from voicebot.routing.loader import load_table
from voicebot.routing.table import OUT_OF_SCOPE, Table

RANKED = 5


@click.command()
@click.argument("words", required=False)
@click.option("--at", "at", help="When she rings (local time), such as 2026-12-25T14:00; default now.")
@click.option(
    "--file", "file", type=click.Path(path_type=Path), help="A file with one utterance a line; - for standard input."
)
@json_option
def why(words: str | None, at: str | None, file: Path | None, as_json: bool) -> None:
    """Say what the bot would make of WORDS: what it understands, which rule of which line decides, what is said.

    It reads routing.yaml as it lies there, published or not, and asks the model that is live, or the current one where
    none is.

    \b
    Examples:
      voicebot why "I sent my Blue Badge form in weeks ago"
      voicebot why "my bin wasn't emptied" --at 2026-12-25T14:00 --json
      voicebot why --file lines.txt --json > decisions.jsonl
    """
    if (words is None) == (file is None):
        raise click.UsageError("give either WORDS or --file")
    settings = load_settings()
    now = moment(at) if at else datetime.now(UTC)
    table = load_table(settings.routing)
    understander = bootstrap.understander_in_use(settings)
    if words is not None:
        explained = explain(words, table, understander, now)
        emit(explained) if as_json else _print(explained)
        return
    for line in _lines(file or Path("-")):
        explained = explain(line, table, understander, now)
        if as_json:
            click.echo(_one_line(explained))
        else:
            _print(explained)
            click.echo()


def _one_line(value: dict[str, Any]) -> str:

    return json.dumps(value, ensure_ascii=False)


def _lines(file: Path) -> Iterator[str]:
    """One utterance a line. An empty line is a silence, and keeps its place in the output."""
    if str(file) == "-":
        yield from (line.rstrip("\r\n") for line in sys.stdin)
        return
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{file}: cannot be read as UTF-8 text ({type(error).__name__})") from None
    yield from text.splitlines()


def explain(words: str, table: Table, understander: Understander, now: datetime) -> dict[str, Any]:
    """The decision on the first thing that a caller says, as the running bot would take it."""
    session = Session("CA" + "0" * 32, table.hash, understander.version, "mobile")
    opened = take_turn(session, CallStarted("mobile"), table=table, now=now).session
    heard = understander.understand(words, Expecting("request"))
    turn = take_turn(opened, heard, table=table, now=now)
    return {**_report(words, heard, turn), "model": understander.version}


def _report(words: str, heard: Heard, turn: Turn) -> dict[str, Any]:
    decision = turn.decision
    best = heard.ranked[0] if heard.ranked else None
    refused = decision.name == "refuse"
    intent = OUT_OF_SCOPE if refused else decision.intent or (best.intent if best else OUT_OF_SCOPE)
    confidence = next((each.confidence for each in heard.ranked if each.intent == intent), heard.confidence)
    return {
        "words": words,
        "intent": intent,
        "confidence": round(confidence, 4),
        "ranked": [{"intent": r.intent, "confidence": round(r.confidence, 4)} for r in heard.ranked[:RANKED]],
        "decision": decision.name,
        "action": decision.action,
        "queue": decision.queue,
        "open": decision.open,
        "says": heard_by_caller(turn.actions),
        "choice": heard.choice,
        "rule": decision.rule,
        "at": decision.at,
    }


def _print(explained: dict[str, Any]) -> None:
    ranked = ", ".join(f"{each['intent']} {each['confidence']:.2f}" for each in explained["ranked"][:3])
    click.echo(f"words     {explained['words']}")
    click.echo(f"ranked    {ranked}")
    click.echo(f"decision  {explained['decision']}: {explained['rule']}")
    click.echo(f"line      {explained['at'] or '-'}")
    state = {True: ", open", False: ", closed", None: ""}[explained["open"]]
    click.echo(f"action    {explained['action'] or '-'} {explained['queue'] or ''}{state}")
    click.echo(f"says      {explained['says']}")
    click.echo(f"model     {explained['model']}")
