"""The command line: count a model in process, sweep and solve, look up a layer type, serve.

It ends with 0; with 1 where the model is bad, which stderr explains; with 2 where the command is;
with 3 where a limit of `check` is broken; with 130 after Ctrl-C, and with 141 when nobody reads on,
as a shell tells of a closed pipe.

A module a command, of the same name, which is imported when the command is asked for: so that all
start at once. What a command needs beyond its options, it imports when it runs, so that help does.
"""

import os
import sys
from importlib import import_module
from typing import Any

import click

from weighbridge.problems import Problem
from weighbridge.render.problem import problem_text

COMMANDS = ("check", "convert", "count", "diff", "layers", "memory", "serve", "solve", "sweep")


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"weighbridge.cli.{cmd_name}"), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and turn what ends it early into an exit status."""
        try:
            return super().invoke(ctx)
        except Problem as problem:
            click.echo(problem_text(problem), err=True, nl=False)
            ctx.exit(1)
        except KeyboardInterrupt:
            ctx.exit(130)
        except BrokenPipeError:
            _forget_output()
            ctx.exit(141)


def _forget_output() -> None:
    """Send what is still in the buffer nowhere, else Python complains of it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="weighbridge", message="%(prog)s %(version)s")
def main() -> None:
    """Weigh neural networks: every shape, parameter and cost, from a model's specification."""
