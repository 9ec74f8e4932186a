"""A folder with a routing.yaml of its own, and the commands as a service owner gives them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from voicebot import bootstrap, cli
from voicebot.config import load_settings

from .reviewed_calls import ROOT

SMALL, _, _ = (ROOT / "tests/routing_files/good/small.yaml").read_text("utf-8").partition("wording:\n")
HIGHWAYS = """owner: Highways
notices:
  ice:
    say: Roads are icy this morning.
    until: 2099-01-10 10:00
"""


@dataclass
class Desk:
    """A folder with a routing.yaml of its own."""

    home: Path

    @property
    def file(self) -> Path:
        return self.home / "routing.yaml"

    def edit(self, old: str, new: str) -> None:
        text = self.file.read_text("utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new), "utf-8")

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli.cli, arguments)

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def says(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    @property
    def live(self) -> str | None:
        return bootstrap.versions(load_settings()).live()

    def answer(self, reply: str, *arguments: str) -> tuple[int, str]:
        """Run it in a terminal and type `reply`."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "voicebot.cli", *arguments],
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        os.close(theirs)
        os.write(ours, f"{reply}\n".encode())
        written, _ = process.communicate(timeout=100)
        os.close(ours)
        return process.returncode, written
