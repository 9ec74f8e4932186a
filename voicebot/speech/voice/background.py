"""Renders behind the calls: in a process of its own at the lowest priority, started by the chores when there is work.

What it may be asked for changes when a table is published, every midnight (what is said of opening times), when a call
wanted something that was not there, and when the council's own recordings change.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from voicebot.speech.voice.library import Wanted
from voicebot.speech.voice.own_recordings import FILE

log = structlog.get_logger(__name__)

AGAIN_SECONDS = 600.0
"""After a rendering that failed; what is wrong (a full disk, weights that are missing) takes somebody a while."""

CANNOT_YET = 3
"""Exit code of a rendering that was ended before it was through; it is not a failure, and goes on at the next look."""


@dataclass
class Background:
    """`command` renders what is missing and ends. `version()` names what it is rendered from: the live table and the
    day; None where there is none. Used by one thread."""

    command: Sequence[str]
    version: Callable[[], str | None]
    prompts: Path
    own: Path
    now: Callable[[], float] = time.monotonic
    _process: subprocess.Popen[bytes] | None = None
    _for: object = None
    _done: object = None
    _not_before: float = field(default=0.0)

    def look(self) -> None:
        """Start rendering where there is something new, note how it ended. Never waits."""
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return
            self._process = None
            self._ended(code)
        if self.now() < self._not_before:
            return
        wanted = self._state()
        if wanted is not None and wanted != self._done:
            self._for = wanted
            self._process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            log.info("rendering_prompts", pid=self._process.pid)

    def _ended(self, code: int) -> None:
        if code in (0, 1):  # 1: some sentences cannot be spoken, which it has said; trying again changes nothing
            self._done = self._for
        elif code != CANNOT_YET:
            self._not_before = self.now() + AGAIN_SECONDS
            log.error("prompts_not_rendered", code=code, again_in=AGAIN_SECONDS)

    def _state(self) -> object:
        version = self.version()
        if version is None:
            return None
        try:
            own = (self.own / FILE).stat().st_mtime_ns
        except OSError:
            own = 0
        return version, own, tuple(each.key for each in Wanted(self.prompts).pieces())
