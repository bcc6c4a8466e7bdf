"""The subcommand ``report``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from pusklearn.commands._general_model import MODEL, particle_for, threshold_for
from pusklearn.commands._lengths import LENGTH
from pusklearn.commands._many_values import ManyValues
from pusklearn.commands._numbers import THRESHOLD
from pusklearn.commands._options import (
    device_option,
    jobs_option,
    mask_option,
    pixel_size_option,
    set_threads,
    threads_option,
)
from pusklearn.commands._output import say
from pusklearn.commands._plural import count
from pusklearn.commands._run_record import RECORD

# The library is imported inside functions, so that help is fast.
if TYPE_CHECKING:
    from pusklearn.commands._pick_journal import Entry

EXAMPLES = """
Examples:

\b
  pusklearn report AutoPick/job010
\b
  pusklearn report model.pusk micrographs/ --picks picks.star --output report.html
"""


@click.command(cls=ManyValues, epilog=EXAMPLES)
@click.argument("sources", nargs=-1, metavar="DIR | MODEL MICROGRAPHS...")
@click.option(
    "--picks",
    multiple=True,
    metavar="FILE...",
    help="Picks that are there already: files of RELION, cryoSPARC, crYOLO, EMAN2, "
    "IMOD or Topaz, or a folder of them. Several may follow, so MODEL and MICROGRAPHS "
    "stand before.",
)
@click.option(
    "--rescore",
    is_flag=True,
    help="Let MODEL score the picks, as it has to if another program has made them. "
    "Picks without scores are always scored.",
)
@click.option(
    "--threshold",
    type=THRESHOLD,
    metavar="RULE",
    default="prior",
    show_default=True,
    help="Where the slider of the page stands at first: a rule, a score or none, as "
    "`pusklearn pick` takes it. The run in DIR has its own.",
)
@click.option(
    "--diameter",
    type=LENGTH,
    help="For the general network: the diameter of a particle, such as 180A or 45px.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="File for the page. One that is there is replaced. [default: report.html, in "
    "DIR if there is one]",
)
@mask_option
@pixel_size_option
@jobs_option("How many micrographs are read at the same time.")
@threads_option(1, "Number of threads of each computation.")
@device_option
@click.pass_context
def report(
    ctx,
    sources,
    picks,
    rescore,
    threshold,
    diameter,
    output,
    mask,
    pixel_size,
    jobs,
    threads,
    device,
):
    """Show picks on a page that any browser opens.

    The page shows the micrographs with their picks, how many particles there are and
    how many picks are wrong, for each threshold. Picks may be marked as right or wrong
    on it, and saved as corrections.json.

    DIR is the folder that `pusklearn pick` has written. It needs no picks and no model,
    but the files that DIR/run.json names.

    MODEL is the file of a model of `pusklearn train`, or the word general. Its scores
    tell how probable the picks are. MICROGRAPHS are files, folders, patterns, a STAR
    file of RELION, or exposures of cryoSPARC (.cs).
    """
    set_threads(threads)
    from pusklearn.commands import _reported_picks, _reported_run

    if len(sources) == 1 and Path(sources[0], RECORD).is_file():
        check_alone(ctx, sources[0])
        folder = Path(sources[0])
        path = folder / "report.html" if output is None else output
        entries = _reported_run.report_run(folder, path, jobs)
        say(describe(path, entries))
        return
    model, *micrographs = sources or ("",)
    if not micrographs or not picks:
        raise click.UsageError(
            "Give the folder of a run of `pusklearn pick`, which holds a run.json; or "
            "a model, its micrographs and their --picks."
        )
    model = MODEL.convert(model, None, ctx)
    particle = particle_for(model, diameter, None)
    is_given = ctx.get_parameter_source("threshold") is not ParameterSource.DEFAULT
    threshold = threshold_for(particle, threshold, is_given=is_given)
    settings = _reported_picks.Settings(
        model, particle, threshold, rescore, mask, pixel_size, device, jobs
    )
    path = Path("report.html") if output is None else output
    entries = _reported_picks.report_picks(micrographs, picks, path, settings)
    say(describe(path, entries))


def describe(path: Path, entries: "Sequence[Entry]") -> str:
    """Return a line that says what a page shows."""
    n_shown = sum(entry.error is None for entry in entries)
    return f"Wrote {path}, which shows {count(n_shown, 'micrograph')}."


def check_alone(ctx: click.Context, folder: str) -> None:
    """Raise a usage error if an option is given that the folder of a run tells."""
    names = ("picks", "rescore", "threshold", "diameter", "mask", "pixel_size")
    given = [
        name
        for name in names
        if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT
    ]
    if given:
        raise click.UsageError(
            f"--{given[0].replace('_', '-')} cannot be given with {folder}: its "
            "run.json says how the picks were made."
        )
