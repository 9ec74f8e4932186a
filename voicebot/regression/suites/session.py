"""Everything that a run of a suite needs, put together: a bot to ring, ears with a memory, and a second bot that finds
out why calls failed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from voicebot import bootstrap
from voicebot.config import Settings
from voicebot.ports import Understander
from voicebot.regression.conditions.applying import apply
from voicebot.regression.suites.bots import MakeApp, Reached, own_bot, served_bot
from voicebot.regression.suites.causes import Detective, TrueIntent, TrueWords
from voicebot.regression.suites.hearing_cache import CachedRecogniser, identity
from voicebot.regression.suites.judging import Taken
from voicebot.regression.suites.live_bot import live_bot
from voicebot.regression.suites.model import Suite, SuiteCall
from voicebot.regression.suites.recognisers import RecogniserProcess
from voicebot.regression.suites.remembering import Remembering
from voicebot.regression.suites.results import Cause, Channel, Miss, Run
from voicebot.regression.suites.running import Plan, Tell, run_suite
from voicebot.regression.suites.telephone import Telephone

HEARD = Path("var/regress/heard")
"""Where transcripts are kept from run to run."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What bot is rung. `url`: one that is served with the same settings; else one is made for the run. `model`: hash
    of a trained model, "" for the current one. `fresh`: everything is heard again."""

    channel: Channel = "record"
    url: str = ""
    model: str = ""
    fresh: bool = False
    heard: Path = HEARD


class Session:
    """A bot that is ready for `suite`."""

    def __init__(
        self, suite: Suite, bot: Reached, described: dict[str, str], detective: Callable[[], Detective]
    ) -> None:
        self._suite = suite
        self._bot = bot
        self._described = described
        self._detective = detective
        self._telephone = Telephone(apply)

    def run(self, calls: Sequence[SuiteCall], plan: Plan, tell: Tell = lambda what, done, of: None) -> Run:
        """See `run_suite`."""
        plan = Plan({**self._described, **plan.settings}, plan.profiles, plan.repeat, plan.workers, plan.at)
        return run_suite(self._suite, calls, self._bot, plan, self._telephone, self._explain, tell)

    def _explain(self, call: SuiteCall, taken: Taken, missed: tuple[Miss, ...]) -> tuple[Cause, str]:
        return self._detective().explain(call, taken, missed)


@contextmanager
def session(settings: Settings, suite: Suite, choices: Choices, make_app: MakeApp) -> Iterator[Session]:
    """Start what is needed, and stop it whatever happens. `make_app` makes the web application of a bot.

    No recogniser is started before a sound must be heard that is not remembered, and no second bot before a call has
    failed. Raises `VoicebotError` where the bot cannot be made or reached."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="voicebot-regress-")))
        ears = RecogniserProcess(settings, folder)
        stack.callback(ears.stop)
        who = identity(settings)
        heard_by = CachedRecogniser(choices.heard, who, ears, fresh=choices.fresh)

        @cache
        def model() -> Understander:
            return Remembering(bootstrap.understander(settings, _model(settings, choices.model)))

        described = {"channel": choices.channel, "recogniser": who.name}
        if choices.url:
            bot = stack.enter_context(served_bot(settings, choices.url))
            described |= {"bot": choices.url}
        elif choices.channel == "stream":
            bot = stack.enter_context(live_bot(settings, folder, _model(settings, choices.model)))
        else:
            made = own_bot(settings, folder, make_app, heard_by, model(), ears=lambda: ears.gone)
            bot = stack.enter_context(made)
            described |= {"model": model().version[:12]}

        @cache
        def detective() -> Detective:
            words, intents = TrueWords(heard_by), TrueIntent(model())
            second = stack.enter_context(own_bot(settings, folder, make_app, words, intents, like=bot))
            return Detective(suite, second, Telephone(apply), words, intents)

        yield Session(suite, bot, described, detective)


def _model(settings: Settings, beginning: str) -> str | None:
    from voicebot.nlu.catalogue import find_model  # seconds, which a served bot need not wait for

    return find_model(settings.models, beginning) if beginning else None
