"""Places one call of a suite and gathers what it came to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from voicebot.regression.call import place_call
from voicebot.regression.call_events import Spoke
from voicebot.regression.provider_store import new_sid
from voicebot.regression.suites.bots import Reached
from voicebot.regression.suites.callers import Play, SuiteCaller
from voicebot.regression.suites.judging import Taken
from voicebot.regression.suites.model import Manner, SuiteCall
from voicebot.regression.suites.telephone import CLEAN, Telephone
from voicebot.routing.table import Table
from voicebot.storage.queries import prompts_of, show_call, texts_of

MakeCaller = Callable[[SuiteCall, Table, Play, Manner], SuiteCaller]


def place(
    call: SuiteCall,
    bot: Reached,
    telephone: Telephone,
    manner: Manner,
    *,
    profile: str = CLEAN,
    make_caller: MakeCaller = SuiteCaller,
) -> Taken:
    """Ring the bot as `call` says, at the date and time that it says. Raises `RecordingError` for a sound that cannot
    be played and `StorageError` where the bot's database is gone; what the bot does wrong is in the result."""
    play = partial(telephone.play, call=call.name, profile=profile)
    caller = make_caller(call, bot.table, play, manner)
    sid = new_sid("CA")
    bot.clock.ring_at(sid, call.at)
    result = place_call(
        bot.client,
        bot.settings.public_url,
        bot.settings.auth_token.get_secret_value(),
        bot.settings.account_sid,
        caller,
        bot.provider,
        from_=call.number,
        sip=call.sip,
        transfer_outcomes=call.transfers or ("completed",),
        call_sid=sid,
        prompts=partial(prompts_of, bot.engine, sid),
    )
    if bot.is_in_process:  # nobody else deletes them, and a thousand calls are hundreds of megabytes
        for event in result.events:
            if isinstance(event, Spoke):
                bot.provider.store.delete(event.recording_sid)
    return Taken(result, _stored(bot, sid), texts_of(bot.engine, sid), tuple(caller.acts))


def _stored(bot: Reached, sid: str) -> dict[str, Any]:
    return show_call(bot.engine, sid) or {}
