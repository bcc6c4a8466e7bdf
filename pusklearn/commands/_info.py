"""The subcommand ``info``."""

import click

from pusklearn.commands._options import json_option
from pusklearn.commands._output import print_json

# The units of what is told.
UNITS = {
    "height": "pixels",
    "width": "pixels",
    "pixel_size": "angstrom",
    "pixel_size_of_first": "angstrom",
    "downsampled_pixel_size": "angstrom",
    "x": "pixels",
    "y": "pixels",
}


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@json_option
def info(files, as_json):
    """Tell what is in micrographs, coordinate files and models.

    FILE is a micrograph, a file of coordinates or the folder of a picking job, a STAR
    or .cs file that lists micrographs, corrections of a report, a model of `pusklearn
    train`, or the run.json that `pusklearn pick` leaves beside its picks. The word
    general tells of the network that comes with pusklearn.
    """
    from pusklearn.commands._descriptions import describe_file
    from pusklearn.commands._errors import describe_error

    documents = []
    failed = 0
    for file in files:
        try:
            document = describe_file(file)
        except (ValueError, OSError, ImportError) as error:
            failed += 1
            document = {"file": str(file), "error": describe_error(error)}
            click.echo(f"Error: {document['error']}", err=True)
        else:
            if not as_json:
                _print(document)
        documents.append(document)
    if as_json:
        print_json(documents)
    if failed:
        raise click.exceptions.Exit(1)


def _print(document):
    click.echo(f"{document['file']}: {document['kind']}")
    for name, value in document.items():
        if name not in ("file", "kind") and value is not None:
            lines = _lines(name, value)
            if name in UNITS:
                lines = [f"{line} {UNITS[name]}" for line in lines]
            click.echo(f"  {name.replace('_', ' '):26} {lines[0] if lines else 'none'}")
            for line in lines[1:]:
                click.echo(f"  {'':26} {line}")


def _lines(name, value):
    """Return the lines that tell a value of this name."""
    if name != "promises":
        return _in_words(value)
    from pusklearn.commands._expected_quality import WHERE_THEY_HOLD, describe_promises

    return [*describe_promises(value), WHERE_THEY_HOLD]


def _in_words(value):
    """Return the lines that tell a value."""
    if isinstance(value, tuple):
        return [" to ".join(_in_words(one)[0] for one in value)]
    if isinstance(value, list):
        return [line for one in value for line in _in_words(one)]
    if isinstance(value, dict):
        return [", ".join(f"{name} {_in_words(one)[0]}" for name, one in value.items())]
    return [f"{value:.6g}" if isinstance(value, float) else str(value)]
