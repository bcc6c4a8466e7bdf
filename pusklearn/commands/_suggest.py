"""The subcommand ``suggest``."""

import click

from pusklearn.commands._general_model import MODEL, particle_for
from pusklearn.commands._lengths import LENGTH
from pusklearn.commands._many_values import ManyValues
from pusklearn.commands._options import (
    device_option,
    json_option,
    mask_option,
    micrographs_argument,
    pixel_size_option,
    set_threads,
    threads_option,
)
from pusklearn.commands._output import print_json, say

FORMATS = ("star", "relion", "box", "cbox", "eman2", "csv", "topaz", "cs")
EXAMPLES = """
Examples:

\b
  pusklearn suggest model.pusk MotionCorr/job002/corrected_micrographs.star \\
      --labelled ManualPick/job004/manualpick.star --output suggested.star
\b
  pusklearn suggest general micrographs/ --diameter 180A --number 20 \\
      --format box --box-size 240A --output suggested/
"""


@click.command(cls=ManyValues, epilog=EXAMPLES)
@click.argument("model", type=MODEL)
@micrographs_argument
@click.option(
    "--output",
    required=True,
    metavar="FILE|DIR",
    help="File for the suggested picks, such as suggested.star, or a folder for the "
    "formats that have one file for each micrograph.",
)
@click.option(
    "--number",
    type=click.IntRange(1),
    metavar="N",
    default=10,
    show_default=True,
    help="How many picks are suggested.",
)
@click.option(
    "--labelled",
    multiple=True,
    metavar="FILE...",
    help="What is labelled already: coordinate files, and corrections of a report. No "
    "pick near these is suggested.",
)
@click.option(
    "--format",
    type=click.Choice(FORMATS),
    help="Format of the picks. If it is not given, the suffix of FILE tells it: .star, "
    ".txt or .tsv (Topaz), .csv, .box (EMAN1), .cbox (crYOLO), .json (EMAN2) or .cs "
    "(cryoSPARC).",
)
@click.option(
    "--box-size",
    type=LENGTH,
    help="Edge of the boxes, such as 240A. The formats box and cbox need it.",
)
@click.option(
    "--diameter",
    type=LENGTH,
    help="For the general network, which needs it: the diameter of a particle, the "
    "longest if it is not round: 180A (angstrom) or 45px (pixels of the micrographs).",
)
@mask_option
@pixel_size_option
@click.option(
    "--on-error",
    type=click.Choice(["warn", "raise"]),
    default="warn",
    show_default=True,
    help="What happens if a micrograph cannot be used: it is left out with a warning, "
    "or the run ends.",
)
@click.option(
    "--overwrite", is_flag=True, help="Replace FILE if it exists, or files in DIR."
)
@device_option
@threads_option(None, "Number of threads that compute. [default: one for each core]")
@json_option
def suggest(
    model,
    micrographs,
    output,
    number,
    labelled,
    format,
    box_size,
    diameter,
    mask,
    pixel_size,
    on_error,
    overwrite,
    device,
    threads,
    as_json,
):
    """Suggest the picks whose label helps a model most.

    MODEL is the file of `pusklearn train`, or the word general.

    They are picks of which the model is least certain, of different MICROGRAPHS, that
    look unlike each other. Look at them in your display, delete those that are no
    particles, and train again: what was kept is learnt as particle, and what was
    deleted as known not to be one.
    """
    from pusklearn.commands import _conversion, _suggestion

    _conversion.check_paths(labelled, output, overwrite, name="--output")
    place, format = _conversion.choose_format(output, format, name="--output")
    if format in ("box", "cbox") and box_size is None:
        raise click.UsageError(
            f"Files of the format '{format}' hold the box around each particle, so "
            "--box-size is needed, such as --box-size 240A."
        )
    settings = _suggestion.Settings(
        model=model,
        number=number,
        particle=particle_for(model, diameter, None),
        mask=mask,
        pixel_size=pixel_size,
        on_error=on_error,
        device=device,
    )
    set_threads(threads)
    suggestion = _suggestion.find_suggestion(micrographs, labelled, settings)
    suggestion.write(place, format, box_size)
    for line in suggestion.describe(place):
        say(line)
    if as_json:
        print_json(suggestion.as_document(place))
