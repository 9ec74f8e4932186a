"""`voicebot call`: ring the bot with a recording, playing Twilio's part."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import click
import httpx
from sqlalchemy import Engine

from voicebot import bootstrap
from voicebot.app import create_app
from voicebot.commands.moments import moment
from voicebot.commands.output import emit, json_option
from voicebot.config import Settings, load_settings
from voicebot.errors import SettingError
from voicebot.logs import configure
from voicebot.regression.call import CALLER, place_call
from voicebot.regression.call_events import (
    CallEvent,
    CallResult,
    Dialled,
    HeardAudio,
    Held,
    Pressed,
    Said,
    Spoke,
    StayedSilent,
    Texted,
    Trouble,
    TurnTaken,
)
from voicebot.regression.local_server import serving
from voicebot.regression.provider import Provider, simulated_address
from voicebot.regression.provider_store import new_sid
from voicebot.regression.script import read_script
from voicebot.routing.table import Table
from voicebot.storage.queries import prompts_of, show_call

SECONDS = 20.0
TEXT_SECONDS = 3.0
"""How long after the call a text message is waited for: the chores look twice a second."""


@click.command()
@click.argument("steps", nargs=-1, metavar="FILE.wav…")
@click.option("--keys", default="", help="Keys to press when the recordings are used up, one prompt each, such as 1,0.")
@click.option("--from", "from_", default=CALLER, show_default=True, help='The caller\'s number; "" is a withheld one.')
@click.option("--sip", is_flag=True, help="Ring through a SIP domain.")
@click.option("--at", help="Ring as if at this local time, such as 2026-12-24T12:30; default now.")
@click.option("--lines", default="completed", show_default=True, help="How each transfer ends, such as busy,completed.")
@click.option(
    "--in-process", is_flag=True, help="Run the bot in this process instead of ringing the one that is serving."
)
@click.option("--live", is_flag=True, help="Speak over a live stream, in real time; exit 1 where she was recorded.")
@click.option("--expect-queue", help="Exit 1 unless the caller is put through to this queue.")
@json_option
def call(
    steps: tuple[str, ...],
    keys: str,
    from_: str,
    sip: bool,
    at: str | None,
    lines: str,
    in_process: bool,
    live: bool,
    expect_queue: str | None,
    as_json: bool,
) -> None:
    """Place a recorded call and print the conversation as it happens.

    Each FILE.wav is spoken when the bot listens. Between files may stand `silence`, `keys:1` or `hang-up`. Exit code 1
    where the call failed or did not reach what was expected.

    \b
    Examples:
      voicebot call tests/calls/pothole.wav
      voicebot call tests/calls/bins.wav tests/calls/didbury.wav tests/calls/yes-please.wav
      voicebot call --keys 0 --at 2026-12-25T03:00 --json
      voicebot call tests/calls/blue-badge-chase.wav --lines busy,completed --keys 1
      VOICEBOT_LISTEN=stream voicebot call tests/calls/pothole.wav --live
    """
    settings = load_settings()
    if live and settings.listen != "stream":
        raise SettingError("--live: VOICEBOT_LISTEN is record; set it to stream and start the bot again.")
    configure("text", "error")
    settings.require(*bootstrap.NEEDED_TO_SERVE)
    host, port = simulated_address(settings.api_base)
    script = read_script(steps, keys)
    sid = new_sid("CA")
    engine = bootstrap.open_storage(settings)
    if at:
        bootstrap.call_clocks(engine).ring_at(sid, moment(at))
    token = settings.auth_token.get_secret_value()
    teller = Teller(engine, sid, quiet=as_json)
    with Provider(settings.account_sid, token, host=host, port=port) as provider, _bot(settings, in_process) as client:
        result = place_call(
            client,
            settings.public_url,
            token,
            settings.account_sid,
            script,
            provider,
            from_=from_,
            sip=sip,
            on_event=teller.tell,
            transfer_outcomes=tuple(each.strip() for each in lines.split(",")),
            text_seconds=TEXT_SECONDS,
            call_sid=sid,
            prompts=partial(prompts_of, engine, sid),
        )
    _finish(result, engine, settings, expect_queue, live, as_json)


@contextmanager
def _bot(settings: Settings, in_process: bool) -> Iterator[httpx.Client]:
    """A client of the bot that is serving on this machine, or of one made for this call alone."""
    if not in_process:
        with httpx.Client(
            base_url=f"http://{settings.host}:{settings.port}", timeout=SECONDS, trust_env=False
        ) as client:
            try:
                client.get("/healthz", timeout=3.0)
            except httpx.HTTPError:
                raise SettingError(
                    f"nothing answers on {settings.host}:{settings.port}; run `voicebot serve`, or use --in-process."
                ) from None
            yield client
        return
    bot = bootstrap.build(settings)
    app = create_app(bot)
    with ExitStack() as stack:
        # live streams need a socket, which a transport in process has not
        url = stack.enter_context(serving(app)) if settings.listen == "stream" else ""
        transport = None if url else httpx.WSGITransport(app=app)
        yield stack.enter_context(httpx.Client(transport=transport, base_url=url, timeout=SECONDS, trust_env=False))
    bot.lines.room.leave()
    bot.conversation.close()


def _finish(
    result: CallResult, engine: Engine, settings: Settings, wanted: str | None, live: bool, as_json: bool
) -> None:
    stored = show_call(engine, result.call_sid) or {}
    reached = _queue(result, bootstrap.tables(bootstrap.published(engine)).current())
    was_recorded = any(event.recording_sid for event in result.events if isinstance(event, Spoke))
    ok = result.outcome != "failed" and wanted in (None, reached) and not (live and was_recorded)
    if as_json:
        emit(
            {
                "call_id": result.call_sid,
                "ok": ok,
                "outcome": stored.get("outcome"),
                "connected_to": reached,
                "seconds": round(result.seconds, 3),
                "said": list(result.said),
                "texts": [{"to": text.to, "body": text.body} for text in result.texts],
                "troubles": list(result.troubles),
                "call": stored,
            }
        )
    else:
        where = f"put through to {reached}" if reached else f"outcome {stored.get('outcome') or result.outcome}"
        click.echo(f"\nThe caller was {where}." if reached else f"\nThe call ended: {where}.")
        if not ok and wanted:
            click.echo(f"Expected: {wanted}.", err=True)
        if live and was_recorded:
            click.echo("She was recorded, at least once; voicebot serve has logged why.", err=True)
        click.echo(f"All of it: voicebot calls show {result.call_sid}")
    if not ok:
        raise click.exceptions.Exit(1)


def _queue(result: CallResult, table: Table) -> str | None:
    """The queue behind the number or address that she was joined to."""
    target = result.connected_to
    return next((name for name, queue in table.queues.items() if target and queue.target in target), target)


@dataclass
class Teller:
    """Prints a call as it happens: what each side said, and, from the database, what the bot made of it."""

    engine: Engine
    call_sid: str
    quiet: bool
    told: set[int] = field(default_factory=set)

    def tell(self, event: CallEvent) -> None:
        if self.quiet:
            return
        line = _line(event)
        if line:
            click.echo(f"{event.at:7.2f}  {line}")
        if isinstance(event, TurnTaken):
            self._decisions(event)

    def _decisions(self, event: TurnTaken) -> None:
        stored = show_call(self.engine, self.call_sid) or {"turns": []}
        for turn in stored["turns"]:
            if turn["number"] and turn["number"] not in self.told:
                self.told.add(turn["number"])
                click.secho(f"{'':9}{_decision(turn, event.seconds)}", dim=True)


def _decision(turn: dict[str, Any], seconds: float) -> str:
    heard = f"heard “{turn['heard']}” · " if turn["heard"] else ""
    what = f"{turn['intent']} {turn['confidence']:.2f} · " if turn["heard"] and turn["confidence"] is not None else ""
    spent = ", ".join(
        f"{part} {value:.2f}" for part, value in turn["seconds"].items() if value >= 0.005 and part != "total"
    )
    return f"{heard}{what}{turn['decision']}: {turn['rule']} [{turn['at'] or '-'}] · {seconds:.2f} s" + (
        f" ({spent})" if spent else ""
    )


def _line(event: CallEvent) -> str:
    match event:
        case Said(to="advisor"):
            return f"advisor hears: {event.text}"
        case Said():
            return f"bot:    {event.text}"
        case Spoke():
            return f"caller: speaks {event.seconds:.1f} s ({event.name})"
        case Pressed():
            return f"caller: presses {event.keys}"
        case StayedSilent():
            return "caller: says nothing"
        case Held():
            return "        (waits)"
        case HeardAudio():
            return f"        (hears {event.seconds:.1f} s over the stream)"
        case Dialled():
            return f"        rings {event.target}: {event.status}"
        case Texted():
            return f"        text to {event.to}: {event.body}"
        case Trouble():
            return f"TROUBLE: {event.message}"
    return ""
