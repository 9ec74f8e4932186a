"""The command `voicebot`. Exit codes: 0 done · 1 done, and the answer is no (mistakes found, call not put through)
· 2 cannot be done as asked (a setting, a file, a part that is missing)."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from voicebot.errors import VoicebotError

COMMANDS = {
    "serve": "services",
    "web": "services",
    "recogniser": "services",
    "chores": "services",
    "wait": "waiting",
    "check": "check",
    "train": "training",
    "evaluate": "evaluate",
    "publish": "publish",
    "schema": "schema",
    "routing": "routing",
    "intents": "intents",
    "why": "why",
    "preview": "preview",
    "voice": "voice",
    "diff": "diff",
    "call": "placing",
    "regress": "regress",
    "load": "load",
    "calls": "calls",
    "messages": "calls",
    "erase": "calls",
    "models": "models",
    "review": "review",
    "suite": "suite",
    "config": "settings",
}
"""Each command and its module in `voicebot.commands`."""


class Commands(click.Group):
    """Imports a command's module when that command is asked for: those of servers and models take seconds, and whoever
    checks a file need not wait for them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"voicebot.commands.{COMMANDS[cmd_name]}"), cmd_name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="voicebot")
def cli() -> None:
    """A voice bot in place of the switchboard menu.

    \b
    Try it:
      voicebot check                        is routing.yaml fit to be published?
      voicebot why "my bin wasn't emptied"  what would become of these words, and why?
      voicebot call tests/calls/blue-badge-chase.wav    ring the bot with a recording
      voicebot calls list                   what became of the calls so far?
    """


def main() -> None:
    """A user's mistake is one clear line, never a traceback."""
    try:
        code = cli(standalone_mode=False)  # what a command's `Exit` says comes back as a value
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except VoicebotError as error:
        click.echo(f"voicebot: {error.message}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
