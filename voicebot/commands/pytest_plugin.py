"""pytest with recorded calls: `pytest --voicebot-suite calls/` makes each call of a suite a test.

pytest imports this module in every run of every project on the machine, so nothing heavy is imported before a suite is
named. It stands among the commands because it puts a bot together, as they do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from voicebot.regression.suites.model import Suite, SuiteCall
    from voicebot.regression.suites.results import CallReport
    from voicebot.regression.suites.session import Session


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("voicebot", "recorded calls")
    group.addoption(
        "--voicebot-suite", action="append", default=[], metavar="FOLDER", help="Make each call of this suite a test."
    )
    group.addoption(
        "--voicebot-profile",
        action="append",
        default=[],
        metavar="NAME",
        help="Under this line condition, such as mobile; may be given several times (clean).",
    )
    group.addoption(
        "--voicebot-url", default="", help="Ring the bot that is served there with these settings, not one of its own."
    )


def pytest_configure(config: pytest.Config) -> None:
    """Where no other tests are named on the command line, the suites alone are run."""
    folders = config.getoption("--voicebot-suite")
    if not folders:
        return
    missing = [folder for folder in folders if not Path(folder).is_dir()]
    if missing:
        raise pytest.UsageError(f"--voicebot-suite {missing[0]}: no such folder.")
    named = config.args if config.args_source is pytest.Config.ArgsSource.ARGS else []
    config.args = [*named, *(folder for folder in folders if folder not in named)]
    bots = Bots(config.getoption("--voicebot-url"))
    config.stash[BOTS] = bots
    config.add_cleanup(bots.close)


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    folders = parent.config.getoption("--voicebot-suite")
    if path.resolve() in [Path(folder).resolve() for folder in folders]:
        collector: pytest.Collector = SuiteFolder.from_parent(parent, path=path)
        return collector
    return None


@dataclass
class Bots:
    """A bot for each suite, made when its first call is rung and stopped when pytest ends."""

    url: str
    stack: ExitStack = field(default_factory=ExitStack)
    ready: dict[Path, Session] = field(default_factory=dict)

    def report(self, suite: Suite, call: SuiteCall, profile: str) -> CallReport:
        """Place this call alone. Raises `VoicebotError` where the bot cannot be had."""
        from voicebot.regression.suites.running import Plan

        plan = Plan(settings={}, profiles=(profile,), workers=1)
        run = self._session(suite).run([call], plan)
        return next(each for each in run.calls if each.name == call.name)

    def _session(self, suite: Suite) -> Session:
        if suite.folder not in self.ready:
            from voicebot.app import create_app
            from voicebot.config import load_settings
            from voicebot.logs import configure
            from voicebot.regression.suites.session import Choices, session

            configure("text", "critical")
            choices = Choices(url=self.url.rstrip("/"))
            made = session(load_settings(), suite, choices, create_app)
            self.ready[suite.folder] = self.stack.enter_context(made)
        return self.ready[suite.folder]

    def close(self) -> None:
        self.stack.close()


BOTS = pytest.StashKey[Bots]()


class SuiteFolder(pytest.Directory):
    """Collects a suite: an item for each call and line condition, entries with mistakes among them."""

    def collect(self) -> Iterator[pytest.Item]:
        from voicebot.config import load_settings
        from voicebot.errors import VoicebotError
        from voicebot.regression.conditions.profiles import named
        from voicebot.regression.suites.reading import read_suite
        from voicebot.regression.suites.telephone import CLEAN
        from voicebot.routing.loader import load_table

        profiles = self.config.getoption("--voicebot-profile") or [CLEAN]
        try:
            for profile in profiles:
                named(profile)
            suite, _ = read_suite(self.path, load_table(load_settings().routing))
        except VoicebotError as error:
            raise self.CollectError(error.message) from None
        for call in suite.calls:
            for profile in profiles:
                name = call.name if profile == CLEAN else f"{call.name}[{profile}]"
                yield CallItem.from_parent(self, name=name, suite=suite, call=call, profile=profile)
        for broken in suite.broken:
            reason = "; ".join(f"{each.message}: {each.fix}" for each in broken.issues)
            yield BrokenItem.from_parent(
                self, name=broken.name, at=(self.path / broken.mark.file, broken.mark.line), reason=reason
            )


class CallFailed(Exception):
    """A call that did not come to what the suite expects."""

    def __init__(self, report: CallReport) -> None:
        super().__init__(report.name)
        self.report = report


class NotRun(Exception):
    """A call that could not be placed, and why."""


class CallItem(pytest.Item):
    """One call as a test."""

    def __init__(self, *, suite: Suite, call: SuiteCall, profile: str, **given: Any) -> None:
        super().__init__(**given)
        self._suite, self._call, self._profile = suite, call, profile
        for tag, value in call.tags.items():
            self.extra_keyword_matches |= {tag, value}

    def runtest(self) -> None:
        from voicebot.errors import VoicebotError
        from voicebot.regression.suites.reports.wording import conversation

        try:
            report = self.config.stash[BOTS].report(self._suite, self._call, self._profile)
        except VoicebotError as error:
            raise NotRun(error.message) from None
        if report.cause:
            self.user_properties.append(("cause", report.cause))
        self.add_report_section("call", "conversation", "\n".join(conversation(report)))
        if report.status == "not_run":
            raise NotRun(report.why)
        if report.status == "failed":
            raise CallFailed(report)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """As the terminal report tells it, without a traceback: the mistake is in no line of Python."""
        from voicebot.regression.suites.reports.wording import cause_words, told

        match excinfo.value:
            case CallFailed(report=report):
                title, who = cause_words(report.cause)
                return "\n".join((f"{title} ({who})", *(f"  {line}" for line in told(report))))
            case NotRun() as error:
                return f"Not run: {error}"
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path / self._call.mark.file, self._call.mark.line - 1, self.name


class BrokenItem(pytest.Item):
    """An entry of the suite with a mistake: it fails, for nobody is to think that it was tried."""

    def __init__(self, *, at: tuple[Path, int], reason: str, **given: Any) -> None:
        super().__init__(**given)
        self._at, self._reason = at, reason

    def runtest(self) -> None:
        raise NotRun(self._reason)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return f"Not run: {excinfo.value}"

    def reportinfo(self) -> tuple[Path, int, str]:
        return self._at[0], self._at[1] - 1, self.name
