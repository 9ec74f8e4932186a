"""`voicebot calls`, `voicebot messages`, `voicebot erase`: what is stored, and its end."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from voicebot import bootstrap
from voicebot.commands.output import emit, json_option, table
from voicebot.config import load_settings
from voicebot.storage.messages import Message, Messages
from voicebot.storage.queries import list_calls, show_call
from voicebot.storage.redaction import redact
from voicebot.storage.retention import erase as erase_calls


@click.group()
def calls() -> None:
    """The calls that have come in, and what became of them."""


@calls.command("list")
@click.option("--limit", default=20, show_default=True, help="At most so many, newest first.")
@click.option("--since", type=click.DateTime(), help="Only calls since then (UTC), such as 2026-11-20.")
@click.option("--outcome", help="Only calls with this outcome, such as abandoned.")
@json_option
def list_(limit: int, since: datetime | None, outcome: str | None, as_json: bool) -> None:
    """List calls.

    \b
    Examples:
      voicebot calls list
      voicebot calls list --since 2026-11-20 --outcome abandoned --json
    """
    found = list_calls(
        bootstrap.open_storage(load_settings()),
        limit=limit,
        since=since.replace(tzinfo=UTC) if since else None,
        outcome=outcome,
    )
    if as_json:
        emit(found)
        return
    rows = [(c["call_id"], _clock(c["started"]), c["outcome"], c["intent"], c["queue"], c["turns"]) for c in found]
    table(("call", "started (UTC)", "outcome", "intent", "queue", "turns"), rows, "No calls yet.")


@calls.command()
@click.argument("call_id")
@json_option
def show(call_id: str, as_json: bool) -> None:
    """Show one call, turn by turn: what the bot said, what it heard, and why it did what it did.

    \b
    Example:
      voicebot calls show CA0123456789abcdef0123456789abcdef --json
    """
    found = show_call(bootstrap.open_storage(load_settings()), call_id)
    if found is None:
        raise click.ClickException(f"no call {call_id} is stored; `voicebot calls list` shows those that are")
    if as_json:
        emit(found)
    else:
        _print_call(found)


def _print_call(call: dict[str, Any]) -> None:
    ended = _clock(call["ended"]) if call["ended"] else "still going on"
    click.echo(f"Call {call['call_id']} ({call['caller']}), {_clock(call['started'])} to {ended} UTC")
    click.echo(f"Outcome: {call['outcome'] or '-'} · intent: {call['intent'] or '-'} · queue: {call['queue'] or '-'}\n")
    for turn in call["turns"]:
        if turn["heard"]:
            confidence = f", {turn['intent']} {turn['confidence']:.2f}" if turn["confidence"] is not None else ""
            click.echo(f"  {turn['number']:>2}  heard     “{turn['heard']}”{confidence}")
        else:
            click.echo(f"  {turn['number']:>2}  event     {turn['event']}")
        spent = " · ".join(f"{part} {value:.2f} s" for part, value in turn["seconds"].items() if value)
        click.echo(f"      decided   {turn['decision']}: {turn['rule']} ({turn['at'] or 'no line'})")
        click.echo(f"      said      {turn['prompt'] or '-'}")
        if spent:
            click.echo(f"      took      {spent}")


@click.command()
@click.option(
    "--limit", default=20, show_default=True, help="At most so many, newest first (with --undelivered, oldest first)."
)
@click.option("--queue", help="Only messages for this queue.")
@click.option(
    "--undelivered", is_flag=True, help="Only messages that no team has yet; exit code 1 where there are any."
)
@click.option(
    "--reveal", is_flag=True, help="Show names and numbers that the callers left (they are masked otherwise)."
)
@json_option
def messages(limit: int, queue: str | None, undelivered: bool, reveal: bool, as_json: bool) -> None:
    """List the messages that callers left.

    \b
    Examples:
      voicebot messages
      voicebot messages --undelivered --json
      voicebot messages --queue blue-badge --reveal
    """
    settings = load_settings()
    store = Messages(bootstrap.open_storage(settings), bootstrap.sealer(settings), bootstrap.utc_now)
    found = store.undelivered(queue=queue)[:limit] if undelivered else store.list(limit=limit, queue=queue)
    shown = [_message(each, reveal) for each in found]
    if as_json:
        emit(shown)
    else:
        rows = [(m["id"], _clock(m["left"]), m["queue"], m["status"], m["words"], m["error"]) for m in shown]
        table(("id", "left (UTC)", "queue", "status", "words", "error"), rows, "No messages.")
    if undelivered and found:
        raise click.exceptions.Exit(1)


def _message(message: Message, reveal: bool) -> dict[str, Any]:
    words = message.words if message.words is None or reveal else redact(message.words)
    return {
        "id": message.id,
        "call_id": message.call_id,
        "queue": message.queue,
        "left": message.left.isoformat(),
        "seconds": message.seconds,
        "status": message.status,
        "words": words,
        "attempts": message.attempts,
        "error": message.error,
        "delivered": message.delivered.isoformat() if message.delivered else None,
    }


@click.command()
@click.argument("which", metavar="CALL|NUMBER")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@json_option
def erase(which: str, yes: bool, as_json: bool) -> None:
    """Erase everything stored of one call, or of every call from a number.

    \b
    Examples:
      voicebot erase CA0123456789abcdef0123456789abcdef
      voicebot erase +447700900123 --yes --json
    """
    settings = load_settings()
    if not yes:
        click.confirm(f"Erase everything stored of {which}? This cannot be undone", abort=True, err=True)
    by_number = "@" in which or re.fullmatch(r"[+(]*\d[\d\s().-]*", which)
    counts = erase_calls(
        bootstrap.open_storage(settings),
        bootstrap.utc_now(),
        call_id=None if by_number else which,
        number=which if by_number else None,
        sealer=bootstrap.sealer(settings),
    )
    gone = asdict(counts)
    if as_json:
        emit(gone)
    else:
        click.echo("Erased: " + ", ".join(f"{count} {name}" for name, count in gone.items()))
    if not any(gone.values()):
        raise click.exceptions.Exit(1)


def _clock(moment: str) -> str:
    return moment[:19].replace("T", " ")
