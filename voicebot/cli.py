"""The command `voicebot`. Exit codes: 0 done · 1 done, and the answer is no (mistakes found, call not put through)
· 2 cannot be done as asked (a setting, a file, a part that is missing)."""

from __future__ import annotations

import sys

import click

from voicebot.commands.calls import calls, erase, messages
from voicebot.commands.content import check, publish, train
from voicebot.commands.evaluate import evaluate
from voicebot.commands.intents import intents
from voicebot.commands.models import models
from voicebot.commands.placing import call
from voicebot.commands.review import review
from voicebot.commands.services import chores, recogniser, serve, web
from voicebot.commands.settings import config
from voicebot.commands.waiting import wait
from voicebot.commands.why import why
from voicebot.errors import VoicebotError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
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


for command in (
    serve,
    web,
    recogniser,
    chores,
    wait,
    check,
    train,
    evaluate,
    publish,
    intents,
    why,
    call,
    calls,
    messages,
    erase,
    models,
    review,
    config,
):
    cli.add_command(command)


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
