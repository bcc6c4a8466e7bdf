"""The command ``pusklearn``."""

import click

import pusklearn
from pusklearn.commands._demo import demo


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(pusklearn.__version__, help="Show the version and exit.")
def main():
    """Pick particles in cryo-EM micrographs with positive-unlabeled learning."""


main.add_command(demo)
