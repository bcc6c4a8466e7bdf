"""The subcommand ``convert``."""

import click

from pusklearn.commands._lengths import LENGTH
from pusklearn.commands._many_values import ManyValues
from pusklearn.commands._numbers import POSITIVE
from pusklearn.commands._options import pixel_size_option

FORMATS = ["star", "relion", "topaz", "csv", "box", "cbox", "eman2", "cs"]
EXAMPLES = """
Examples:

\b
  pusklearn convert AutoPick/job006/autopick.star picks.csv
\b
  pusklearn convert picks/ boxes/ --format cbox --box-size 240A --pixel-size 1.2
\b
  pusklearn convert binned.star picks.star --scale 4 \\
      --flip-y --micrographs MotionCorr/job002/corrected_micrographs.star
"""


@click.command(cls=ManyValues, epilog=EXAMPLES)
@click.argument("coordinates", nargs=-1, required=True, metavar="IN...")
@click.argument("output", metavar="OUT")
@click.option(
    "--format",
    type=click.Choice(FORMATS),
    help="Format of OUT. If it is not given, the suffix of OUT tells it: .star, .txt "
    "or .tsv (Topaz), .csv, .box (EMAN1), .cbox (crYOLO), .json (EMAN2) or .cs "
    "(cryoSPARC). 'relion' makes OUT the folder of a picking job. 'box', 'cbox' and "
    "'eman2' have one file per micrograph, so OUT is a folder then.",
)
@click.option(
    "--scale",
    type=POSITIVE,
    default=1.0,
    show_default=True,
    help="Multiplies x and y: 2 brings coordinates from micrographs that were made "
    "twice smaller back to the original ones.",
)
@click.option(
    "--flip-y",
    is_flag=True,
    help="Count y from the other side of the micrograph. It needs --micrographs, whose "
    "heights are taken.",
)
@click.option(
    "--micrographs",
    multiple=True,
    metavar="FILE...",
    help="The micrographs that OUT is for: files, folders, patterns, or a STAR or .cs "
    "file that lists them. OUT names them as they are listed, and has no others.",
)
@click.option(
    "--box-size",
    type=LENGTH,
    help="Edge of the boxes in .box and .cbox files, such as 240A or 200px.",
)
@pixel_size_option
@click.option(
    "--shifts",
    is_flag=True,
    help="Move the particles by the shifts that RELION's refinement or classification "
    "found for them.",
)
@click.option(
    "--outside",
    type=click.Choice(["raise", "warn"]),
    default="raise",
    show_default=True,
    help="What happens if coordinates lie outside a micrograph of --micrographs: an "
    "error, or they are left out with a warning.",
)
@click.option(
    "--overwrite", is_flag=True, help="Replace OUT if it exists, or files in it."
)
def convert(
    coordinates,
    output,
    format,
    scale,
    flip_y,
    micrographs,
    box_size,
    pixel_size,
    shifts,
    outside,
    overwrite,
):
    """Write coordinates in the format of another program.

    IN are files, folders or patterns of all formats that are read. They are joined and
    written to OUT. Coordinates and scores stay as they are, but for --scale, --flip-y
    and --shifts. With both of the first two, coordinates are scaled first.
    """
    from pusklearn.commands import _conversion

    _conversion.check_paths(coordinates, output, overwrite)
    place, format = _conversion.choose_format(output, format)
    if flip_y and not micrographs:
        raise click.UsageError(
            "--flip-y needs the height of each micrograph. Name the micrographs, as in "
            "--micrographs MotionCorr/job002/corrected_micrographs.star."
        )
    if format == "cs" and not micrographs:
        raise click.UsageError(
            "A .cs file names micrographs by their numbers in cryoSPARC. Name the "
            "exposures, as in --micrographs J4/exposures_accepted.cs."
        )
    if format in ("box", "cbox") and box_size is None:
        raise click.UsageError(
            f"Files of the format '{format}' hold the box around each particle, so "
            "--box-size is needed, such as --box-size 240A."
        )
    images = None
    if micrographs:
        from pusklearn.io import read_micrographs

        images = read_micrographs(list(micrographs), pixel_size=pixel_size)
    conversion = _conversion.convert_coordinates(
        coordinates,
        images,
        scale=scale,
        flip_y=flip_y,
        shifts=shifts,
        pixel_size=pixel_size,
        outside=outside,
    )
    if images is None and box_size is not None:
        box_size = _conversion.in_pixels(box_size, pixel_size)
    conversion.write(place, format, box_size)
    for line in conversion.describe(place, format):
        click.echo(line)
