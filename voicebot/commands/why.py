"""`voicebot why`: what would become of these words, or what became of a call, and why."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from voicebot import bootstrap
from voicebot.commands.moments import moment
from voicebot.commands.output import emit, json_option
from voicebot.commands.review_labelling import printable
from voicebot.config import Settings, load_settings
from voicebot.dialogue.actions import Expecting
from voicebot.dialogue.events import Heard, Ranked
from voicebot.errors import ContentError, ModelError, StorageError, WeightsError
from voicebot.explaining import Explained, ExplainedTurn, Outcome, Stands, explain, explain_call
from voicebot.ports import Understander
from voicebot.replaying_steps import Understand
from voicebot.routing.loader import read_table
from voicebot.routing.opening import Opening, moment_in_words
from voicebot.routing.source import Sources
from voicebot.routing.table import Table
from voicebot.storage.database import open_existing
from voicebot.storage.stored_calls import StoredCall, calls_that_begin, read_call

RANKED = 5

_CALL = re.compile(r"CA[0-9a-f]{4,32}")


@click.command()
@click.argument("words", metavar="WORDS|CALL", required=False)
@click.option("--at", "at", help="When she rings (local time), such as 2026-12-25T14:00; default now.")
@click.option(
    "--file", "file", type=click.Path(path_type=Path), help="A file with one utterance a line; - for standard input."
)
@json_option
def why(words: str | None, at: str | None, file: Path | None, as_json: bool) -> None:
    """Say what the bot would make of WORDS: what it understands, which rule of which line decides, whether the line is
    open then and why, what is said, and the text message that the caller can have.

    It reads routing.yaml as it lies there, published or not, and asks the model that is live, or the current one where
    none is. For a CALL (its id, or the beginning of it) every turn is told, under the table and model that it had.

    \b
    Examples:
      voicebot why "I sent my Blue Badge form in weeks ago"
      voicebot why "my bin wasn't emptied" --at 2026-12-25T14:00 --json
      voicebot why CA0123456789abcdef0123456789abcdef
      voicebot why --file lines.txt --json > decisions.jsonl
    """
    if (words is None) == (file is None):
        raise click.UsageError("give either WORDS (or a CALL) or --file")
    settings = load_settings()
    if words is not None and _CALL.fullmatch(words):
        if at is not None:
            raise click.UsageError("a stored call has a time of its own: --at goes with WORDS")
        _tell_call(settings, words, as_json)
        return
    now = moment(at) if at else datetime.now(UTC)
    sources, table = read_table(settings.routing)
    understander = bootstrap.understander_in_use(settings)
    if words is not None:
        explained = explain(words, table, sources, understander, now)
        emit(_told(explained, table, understander)) if as_json else _print(explained, understander)
        return
    for line in _lines(file or Path("-")):
        explained = explain(line, table, sources, understander, now)
        if as_json:
            click.echo(json.dumps(_told(explained, table, understander), ensure_ascii=False, default=str))
        else:
            _print(explained, understander)
            click.echo()


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


# --- words ---------------------------------------------------------------------------------------------------------


def _told(explained: Explained, table: Table, understander: Understander) -> dict[str, Any]:
    heard, decision = explained.heard, explained.turn.decision
    return {
        "words": heard.words,
        "intent": explained.intent,
        "confidence": round(explained.confidence, 4),
        "ranked": _ranked(heard.ranked),
        "decision": decision.name,
        "action": decision.action,
        "queue": decision.queue,
        "open": decision.open,
        "says": explained.says,
        "choice": heard.choice,
        "rule": decision.rule,
        "at": decision.at,
        **_told_line(explained.stands),
        **_told_outcome(explained.outcome),
        "model": understander.version,
        "table": table.hash,
    }


def _ranked(ranked: tuple[Ranked, ...]) -> list[dict[str, Any]]:
    return [{"intent": each.intent, "confidence": round(each.confidence, 4)} for each in ranked[:RANKED]]


def _told_line(stands: Stands | None) -> dict[str, Any]:
    return {"line": stands.quoted if stands else None, "owner": stands.owner if stands else None}


def _told_outcome(found: Outcome | None) -> dict[str, Any]:
    if found is None:
        return {}
    opening = found.opening
    return {
        "opening": opening and {**asdict(opening), "at": str(opening.at), "until": _iso(opening.until)},
        "rings": found.rings,
        "whisper": found.whisper,
        "text": found.text,
        "offers": [{"option": option, "key": key} for option, key in found.offers],
    }


def _iso(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat()


def _print(explained: Explained, understander: Understander) -> None:
    decision = explained.turn.decision
    click.echo(f"words     {explained.heard.words}")
    click.echo(f"ranked    {_ranking(explained.heard.ranked)}")
    click.echo(f"decision  {decision.name}: {decision.rule}")
    _print_line(explained.stands)
    state = {True: ", open", False: ", closed", None: ""}[decision.open]
    click.echo(f"action    {decision.action or '-'} {decision.queue or ''}{state}")
    click.echo(f"says      {explained.says}")
    _print_outcome(explained.outcome)
    click.echo(f"model     {understander.version}")


def _ranking(ranked: tuple[Ranked, ...]) -> str:
    return ", ".join(f"{each.intent} {each.confidence:.2f}" for each in ranked[:3]) or "-"


def _print_line(stands: Stands | None, indent: str = "") -> None:
    if stands is None:
        click.echo(f"{indent}line      -")
        return
    owner = f" ({stands.owner})" if stands.owner else ""
    quoted = f"  {stands.quoted}" if stands.quoted else ""
    click.echo(f"{indent}line      {stands.at}{owner}{quoted}")


def _print_outcome(found: Outcome, indent: str = "") -> None:
    if found.opening is not None:
        click.echo(f"{indent}hours     {_opening(found.opening)}")
    if found.rings is not None:
        click.echo(f"{indent}rings     {found.team or ''} on {found.rings}")
        click.echo(f"{indent}whisper   {found.whisper or 'nothing is said to the advisor'}")
    if found.offers:
        keyed = ", ".join(f"{option} ({key})" if key else option for option, key in found.offers)
        click.echo(f"{indent}offers    {keyed}")
    if found.text is not None:
        click.echo(f"{indent}text      {found.text}")


def _opening(opening: Opening) -> str:
    if opening.until is None:
        until = "; it never closes" if opening.open else "; it does not open again"
    else:
        until = f"; {'closes' if opening.open else 'opens'} {moment_in_words(opening.until)}"
    return f"{opening.reason}{until} ({opening.at})"


# --- a stored call -------------------------------------------------------------------------------------------------


def _tell_call(settings: Settings, beginning: str, as_json: bool) -> None:
    call = stored_call(settings, beginning)
    versions = bootstrap.versions(settings)
    table: Table | None = None
    sources: Sources | None = None
    try:
        table, sources = versions.table(call.table), versions.sources(call.table)
    except StorageError as error:
        raise click.ClickException(
            f"{error.message}; `voicebot calls show {call.call_id}` tells what is stored"
        ) from None
    turns = list(explain_call(call, table, sources, _as_understood_then(settings, call.model)))
    if as_json:
        emit(_told_call(call, turns))
    else:
        _print_call(call, turns)


def stored_call(settings: Settings, beginning: str) -> StoredCall:
    if open_existing(settings.database_url.get_secret_value()) is None:
        raise click.ClickException(f"no call {beginning} is stored: there is no database yet")
    engine = bootstrap.open_storage(settings)
    found = calls_that_begin(engine, beginning)
    if len(found) > 1:
        raise click.ClickException(f"several calls begin with {beginning}: {', '.join(found)}, …; write more of the id")
    call = read_call(engine, found[0]) if found else None
    if call is None:
        raise click.ClickException(f"no call {beginning} is stored; `voicebot calls list` shows those that are")
    return call


def _as_understood_then(settings: Settings, model: str) -> Understand:
    """The model that the call had, or the one in use where that is gone; loaded only where words must be ranked."""
    loaded: list[Understander] = []

    def understand(words: str, expecting: Expecting) -> Heard:
        if not loaded:
            try:
                loaded.append(bootstrap.understander(settings, model))
            except (ModelError, WeightsError):
                loaded.append(bootstrap.understander_in_use(settings))
        return loaded[0].understand(words, expecting)

    return understand


def _told_call(call: StoredCall, turns: list[ExplainedTurn]) -> dict[str, Any]:
    return {
        "call": call.call_id,
        "started": call.started.isoformat(),
        "outcome": call.outcome,
        "table": call.table,
        "model": call.model,
        "turns": [_told_turn(each) for each in turns],
    }


def _told_turn(each: ExplainedTurn) -> dict[str, Any]:
    turn = each.turn
    return {
        "number": turn.number,
        "when": each.at.isoformat(),
        "did": each.did,
        "intent": turn.intent,
        "confidence": turn.confidence,
        "ranked": _ranked(each.ranked),
        "decision": turn.decision,
        "rule": turn.rule,
        "at": turn.at,
        **_told_line(each.stands),
        "says": turn.prompt,
        **_told_outcome(each.outcome),
    }


def _print_call(call: StoredCall, turns: list[ExplainedTurn]) -> None:
    click.echo(f"call      {call.call_id}, {moment_in_words(call.started)}, {call.outcome or 'still going on'}")
    click.echo(f"table     {call.table[:12]}")
    click.echo(f"model     {call.model[:12]}")
    for each in turns:
        click.echo(f"\n{each.turn.number:>2}  {printable(each.did)}")
        if each.ranked:
            click.echo(f"    ranked    {_ranking(each.ranked)}")
        click.echo(f"    decision  {each.turn.decision}: {each.turn.rule}")
        _print_line(each.stands, "    ")
        click.echo(f"    says      {each.turn.prompt or '-'}")
        if each.outcome is not None:
            _print_outcome(each.outcome, "    ")
