"""The command ``pusklearn``."""

from typing import Any

import click

import pusklearn
from pusklearn.commands._convert import convert
from pusklearn.commands._demo import demo
from pusklearn.commands._errors import (
    errors_on_one_line,
    print_warning,
    warnings_handed_to,
)
from pusklearn.commands._evaluate import evaluate
from pusklearn.commands._info import info
from pusklearn.commands._pick import pick
from pusklearn.commands._report import report
from pusklearn.commands._suggest import suggest
from pusklearn.commands._train import train


class Commands(click.Group):
    """Subcommands whose errors and warnings are one line each."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the subcommands, in the order in which they are used."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a subcommand."""
        with errors_on_one_line(), warnings_handed_to(print_warning):
            return super().invoke(ctx)


EPILOG = """
A length is written with its unit: 180A is in angstrom, 45px in pixels of the original
micrograph. Errors and warnings are one line each on standard error. The exit status is
0 if all went well, 1 after an error, 2 if the command line is wrong, and 130 after
Ctrl-C. The environment variable PUSKLEARN_DEBUG=1 shows where in the program an error
happened.
"""


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EPILOG,
)
@click.version_option(pusklearn.__version__, help="Show the version and exit.")
def main():
    """Pick particles in cryo-EM micrographs with positive-unlabeled learning.

    "pusklearn COMMAND --help" says more about each command.
    """


for command in (train, pick, report, suggest, evaluate, convert, info, demo):
    main.add_command(command)
