"""The subcommand ``pick``."""

from pathlib import Path

import click
from click.core import ParameterSource

from pusklearn.commands._cluster import Cluster
from pusklearn.commands._general_model import MODEL, particle_for, threshold_for
from pusklearn.commands._lengths import LENGTH, LENGTH_OR_ZERO
from pusklearn.commands._numbers import POSITIVE, THRESHOLD
from pusklearn.commands._options import (
    device_option,
    jobs_option,
    json_option,
    mask_option,
    micrographs_argument,
    pixel_size_option,
    threads_option,
)
from pusklearn.commands._output import print_json, say

FORMATS = ("star", "relion", "box", "cbox", "eman2", "csv", "topaz", "cs")
NEED_BOX_SIZE = ("box", "cbox")
EXAMPLES = """
Examples:

\b
  pusklearn pick model.pusk MotionCorr/job002/corrected_micrographs.star \\
      --format relion --output AutoPick/job010
\b
  pusklearn pick model.pusk micrographs/ --format box --box-size 240A \\
      --threshold recall:0.9 --jobs 4 --output picks
\b
  pusklearn pick general micrographs/ --diameter 180A --count 300 --output picks
\b
  pusklearn pick model.pusk micrographs/ --scheduler-file scheduler.json --output picks
"""


@click.command(epilog=EXAMPLES)
@click.argument("model", type=MODEL)
@micrographs_argument
@click.option(
    "--diameter",
    type=LENGTH,
    help="For the general network, which needs it: the diameter of a particle, the "
    "longest if it is not round: 180A (angstrom) or 45px (pixels of the micrographs).",
)
@click.option(
    "--count",
    type=POSITIVE,
    metavar="NUMBER",
    help="For the general network: how many particles a micrograph holds on average. "
    "As many picks are kept, the best of all micrographs. It has no effect if "
    "--threshold is a score, a probability or none.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder for the picks. It is made if it does not exist.",
)
@click.option(
    "--format",
    type=click.Choice(FORMATS),
    default="star",
    show_default=True,
    help="star, csv, topaz and cs become one file, DIR/picks.star and so on; relion "
    "becomes a picking job of RELION, whose autopick.star goes into the field 'Input "
    "coordinates' of Extract; the others have one file for each micrograph. cs needs "
    "micrographs that come from a .cs file.",
)
@click.option(
    "--threshold",
    type=THRESHOLD,
    metavar="RULE",
    default="prior",
    show_default=True,
    help="Which peaks are picks: prior (as many as particles are expected), "
    "probability:0.5 (those that are particles with a greater probability), recall:0.9 "
    "(enough to find about that share of the particles), fdr:0.05 (about that share "
    "are wrong at most; precision:0.95 is the same), a score such as 1.5, or none "
    "(every peak). A score is the "
    "log-odds that a pick is a particle: 0 is an even chance, 2.2 is 9 to 1. The "
    "general network has no labels: it knows neither recall nor fdr, and without "
    "--count, its picks have a score above 0.",
)
@click.option(
    "--report",
    is_flag=True,
    help="Write DIR/report.html, too: a page that shows the micrographs with their "
    "picks, how many particles there are and how many picks are wrong, for each "
    "threshold. Any browser opens it.",
)
@click.option(
    "--margin",
    type=LENGTH_OR_ZERO,
    help="Least distance of a pick from the edge of the micrograph, such as 90A.",
)
@click.option(
    "--box-size",
    type=LENGTH,
    help="Edge of the boxes, such as 240A. The formats box and cbox need it.",
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
    "--overwrite",
    is_flag=True,
    help="Pick everything again, and replace the picks in DIR.",
)
@jobs_option(
    "How many micrographs are picked at the same time, each by a process of its own. "
    "Each takes about 1 GB of memory."
)
@threads_option(
    None,
    "Number of threads of each process. [default: 1; on a cluster, the threads that a "
    "worker has]",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Pick on the workers of a dask cluster that is there already, on any number "
    "of hosts. This is the address of its scheduler, such as tcp://10.0.0.1:8786. All "
    "hosts must see the files under the same paths.",
)
@click.option(
    "--scheduler-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The same, with the address read from the file that `dask scheduler "
    "--scheduler-file FILE` writes.",
)
@click.option(
    "--wait",
    type=POSITIVE,
    metavar="SECONDS",
    help="How long to wait for the file of the scheduler, and whenever the cluster has "
    "no worker. [default: 600]",
)
@device_option
@json_option
@click.pass_context
def pick(
    ctx,
    model,
    micrographs,
    diameter,
    count,
    output,
    format,
    threshold,
    report,
    margin,
    box_size,
    mask,
    pixel_size,
    on_error,
    overwrite,
    jobs,
    threads,
    dask,
    scheduler_file,
    wait,
    device,
    as_json,
):
    """Pick particles with a model of `pusklearn train`, or without any label.

    MODEL is its file, or the word general: the network that comes with pusklearn, which
    has learnt from simulated micrographs alone and needs no label.

    MICROGRAPHS are files (.mrc or .tiff), folders, patterns, a STAR file of RELION that
    lists them, or exposures of cryoSPARC (.cs).

    If the run is stopped, the same command goes on where it stopped; if there are more
    micrographs later, it picks those. DIR/run.json says how the picks were made, and
    DIR/.picks.jsonl keeps them for the next run.
    """
    if format in NEED_BOX_SIZE and box_size is None:
        raise click.UsageError(
            f"--format {format} needs --box-size, such as 240A or 200px: its files "
            "hold the corner and the size of each box."
        )
    particle = particle_for(model, diameter, count)
    has_jobs = ctx.get_parameter_source("jobs") is not ParameterSource.DEFAULT
    cluster = cluster_of(dask, scheduler_file, wait, has_jobs)
    is_given = ctx.get_parameter_source("threshold") is not ParameterSource.DEFAULT
    threshold = threshold_for(particle, threshold, is_given=is_given)
    from pusklearn.commands import _pick_summary, _picking

    settings = _picking.Settings(
        model=model,
        format=format,
        threshold=threshold,
        margin=margin,
        box_size=box_size,
        mask=mask,
        pixel_size=pixel_size,
        on_error=on_error,
        overwrite=overwrite,
        jobs=jobs,
        threads=threads if cluster or threads else 1,
        device=device,
        particle=particle,
        report=report,
        cluster=cluster,
    )
    record = _picking.pick_all(micrographs, output, settings)
    for line in _pick_summary.describe(record, output):
        say(line)
    if as_json:
        print_json(record)


def cluster_of(
    address: str | None, scheduler_file: Path | None, wait: float | None, has_jobs: bool
) -> Cluster | None:
    """Return the cluster that the options tell of, None if they tell of none.

    Raises
    ------
    click.UsageError
        If options do not go together.
    """
    if address is None and scheduler_file is None:
        if wait is not None:
            raise click.UsageError("--wait is for a cluster: --dask, --scheduler-file.")
        return None
    if address is not None and scheduler_file is not None:
        raise click.UsageError(
            "--dask and --scheduler-file both tell where a cluster is. Give one."
        )
    if has_jobs:
        raise click.UsageError(
            "--jobs is for processes on this host. How many micrographs a cluster "
            "picks at the same time is up to its workers, so leave --jobs out."
        )
    return Cluster(address, scheduler_file, 600.0 if wait is None else wait)
