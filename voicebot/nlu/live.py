"""Keeps `voicebot.ports.Understanders`: the model that is live and the one before it, both loaded in this process.

A thread looks every second for another that was promoted, loads it beside them and only then puts it first. No request
waits for that, and calls under way end with the model that they began with.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from voicebot.logs import described
from voicebot.ports import Understander

log = structlog.get_logger(__name__)

EVERY = 1.0
"""Seconds between two looks."""

LONGEST_WAIT = 60.0
"""Seconds between two tries of a model that was refused, at most: its folder may be on its way to this machine."""

KEPT = 2
"""Models in memory: the live one, and the one before, for calls that began with it and for a rollback in no time."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The model `hash` is published, but cannot be used here: `code` and `reason` say why."""

    hash: str
    code: str
    reason: str


class LiveUnderstanders:
    """`first` is loaded already; `published` names the model that should be live, None for "leave it as it is"; `load`
    loads and warms one, and may raise anything. Safe in many threads."""

    def __init__(
        self, first: Understander, published: Callable[[], str | None], load: Callable[[str], Understander]
    ) -> None:
        self._kept: tuple[Understander, ...] = (first,)  # replaced as a whole, so that readers need no lock
        self._published = published
        self._load = load
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._refused: Refused | None = None
        self._again_at = 0.0
        self._wait = EVERY
        self._is_blind = False

    def current(self) -> Understander:
        return self._kept[0]

    def get(self, version: str) -> Understander:
        kept = self._kept
        return next((each for each in kept if each.version == version), kept[0])

    @property
    def refused(self) -> Refused | None:
        """The model that should be live and is not; None where all is well."""
        return self._refused

    # --- the watch -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to watch. A daemon thread: a process that ends without `stop` is not held up by it."""
        self._thread = threading.Thread(target=self._watch, name="models", daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """No more looks. Safe in a signal handler."""
        self._stopping.set()

    def stop(self) -> None:
        """No more looks, and none under way any more. A model that is being loaded is waited for."""
        self.leave()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        while not self._stopping.wait(EVERY):
            self.look()

    def look(self) -> None:
        """Take the model that is published, if it is another. Never raises: the models at work go on."""
        try:
            wanted = self._published()
        except Exception as error:  # the watch outlives whatever the database does
            if not self._is_blind:
                log.warning("model_watch_failed", **described(error))
            self._is_blind = True
            return
        self._is_blind = False
        if wanted is None or wanted == self._kept[0].version:
            self._accept()
        elif self._refused is None or self._refused.hash != wanted or time.monotonic() >= self._again_at:
            self._take(wanted)

    def _take(self, wanted: str) -> None:
        began = time.monotonic()
        try:
            found = next((each for each in self._kept if each.version == wanted), None) or self._load(wanted)
        except Exception as error:  # whatever is wrong with it, the models at work go on
            self._refuse(wanted, described(error))
            return
        others = tuple(each for each in self._kept if each.version != wanted)
        self._kept = (found, *others)[:KEPT]
        self._accept()
        log.info("model_live", model=wanted, seconds=round(time.monotonic() - began, 2))

    def _accept(self) -> None:
        self._refused, self._wait = None, EVERY

    def _refuse(self, wanted: str, why: dict[str, str]) -> None:
        """Logged once for each reason; tried again, more and more slowly."""
        refused = Refused(wanted, why["code"], why.get("reason", why["kind"]))
        if refused != self._refused:
            log.error("model_refused", model=wanted, **why)
            self._wait = EVERY
        self._refused = refused
        self._again_at = time.monotonic() + self._wait
        self._wait = min(2 * self._wait, LONGEST_WAIT)
