"""The subcommand ``train``."""

from pathlib import Path

import click

from pusklearn.commands._general_model import MODEL
from pusklearn.commands._lengths import LENGTH, LENGTH_OR_ZERO
from pusklearn.commands._many_values import ManyValues
from pusklearn.commands._numbers import NumberOrWord
from pusklearn.commands._options import (
    device_option,
    json_option,
    mask_option,
    micrographs_argument,
    pixel_size_option,
    seed_option,
    set_threads,
    threads_option,
)
from pusklearn.commands._output import print_json, say

EXAMPLES = """
Examples:

\b
  pusklearn train MotionCorr/job002/corrected_micrographs.star \\
      --particles ManualPick/job004/manualpick.star \\
      --diameter 180A --output model.pusk
\b
  pusklearn train micrographs/*.mrc --particles clicks/*.box \\
      --diameter 45px --count 300 --output model.pusk
\b
  pusklearn train micrographs/*.mrc --particles clicks/*.box corrections.json \\
      --rejected corrections.json --diameter 45px --output model2.pusk
\b
  pusklearn train MotionCorr/job002/corrected_micrographs.star \\
      --particles Select/job020/particles.star --shifts \\
      --selected-from Extract/job012/particles.star --diameter 180A \\
      --output model2.pusk
"""


@click.command(cls=ManyValues, epilog=EXAMPLES)
@micrographs_argument
@click.option(
    "--particles",
    multiple=True,
    required=True,
    metavar="FILE...",
    help="Coordinates of some of the particles: files of RELION, cryoSPARC, crYOLO, "
    "EMAN2, IMOD or Topaz, or a job folder of RELION; or corrections of a report, of "
    "which right picks and missed particles count. Several may follow, so MICROGRAPHS "
    "stand before.",
)
@click.option(
    "--rejected",
    multiple=True,
    metavar="FILE...",
    help="What is known not to be a particle: the wrong picks in corrections of a "
    "report (corrections.json), or all points of a coordinate file.",
)
@click.option(
    "--selected-from",
    multiple=True,
    metavar="FILE...",
    help="Coordinates of picks from which some were kept, in --particles: by RELION's "
    "selection of 2-D classes, by cryoSPARC, or by hand. Those that were not kept are "
    "known not to be particles, on all of the MICROGRAPHS.",
)
@click.option(
    "--diameter",
    type=LENGTH,
    required=True,
    help="Diameter of a particle, the longest if it is not round: 180A (angstrom) or "
    "45px (pixels of the micrographs).",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="File for the model, such as model.pusk. One that is there is replaced.",
)
@click.option(
    "--count",
    type=NumberOrWord("estimate", "(0, inf)"),
    metavar="estimate|NUMBER",
    default="estimate",
    show_default=True,
    help="How many particles a micrograph holds on average, labelled or not. A "
    "moderate error does little harm. 'estimate' estimates the number from the labels.",
)
@click.option(
    "--calibration/--no-calibration",
    default=True,
    show_default=True,
    help="Learn how probable a pick of each score is, on micrographs that are held "
    "out for it. Then the score of a pick is the log-odds that it is a particle, and "
    "thresholds such as recall:0.9 hold on other micrographs. With --no-calibration, "
    "scores rank the picks and mean nothing else. If the number of particles is "
    "estimated, the calibration takes no time of its own; both together take about "
    "half as long as the training.",
)
@click.option(
    "--downsample",
    type=NumberOrWord("auto", "[1, inf)"),
    metavar="auto|FACTOR",
    default="auto",
    show_default=True,
    help="How many times smaller the micrographs are made first. 'auto' makes a "
    "particle about 27 pixels wide, or as wide as the network of --initial knows it.",
)
@click.option(
    "--initial",
    type=MODEL,
    metavar="general|MODEL",
    help="Where the training starts: general, the network that comes with pusklearn "
    "and has learnt from simulated micrographs, or the file of a model. [default: "
    "weights that are drawn at random]",
)
@pixel_size_option
@click.option(
    "--label-radius",
    type=LENGTH_OR_ZERO,
    help="Pixels within this distance of a labelled particle are learnt as particle. "
    "[default: a ninth of the diameter]",
)
@mask_option
@click.option(
    "--shifts",
    "--apply-shifts",
    "shifts",
    is_flag=True,
    help="Move the particles by the shifts that RELION's refinement or classification "
    "found for them.",
)
@click.option(
    "--outside",
    type=click.Choice(["raise", "warn"]),
    default="raise",
    show_default=True,
    help="What happens if a particle lies outside its micrograph: an error, or it is "
    "left out with a warning.",
)
@click.option(
    "--on-error",
    type=click.Choice(["raise", "warn"]),
    default="raise",
    show_default=True,
    help="What happens if a micrograph cannot be used: an error, or it is left out "
    "with a warning.",
)
@click.option(
    "--updates",
    type=click.IntRange(10),
    metavar="N",
    help="Number of training steps, rounded down to tens. [default: 100 to 2000, by "
    "the number of labels]",
)
@seed_option
@device_option
@threads_option(None, "Number of threads that compute. [default: one for each core]")
@json_option
def train(
    micrographs,
    particles,
    rejected,
    selected_from,
    diameter,
    output,
    count,
    calibration,
    downsample,
    initial,
    pixel_size,
    label_radius,
    mask,
    shifts,
    outside,
    on_error,
    updates,
    seed,
    device,
    threads,
    as_json,
):
    """Learn from some labelled particles what a particle looks like.

    MICROGRAPHS are files (.mrc or .tiff), folders, patterns, a STAR file of RELION that
    lists them, or exposures of cryoSPARC (.cs). Label as many particles as you like, 10
    to 1,000, on one or more of them. Those without a label are left out; the others
    need not be labelled completely.
    """
    from pusklearn.commands import _training, _training_checks, _training_words

    _training_checks.check_place(output)
    set_threads(threads)
    settings = _training.Settings(
        diameter,
        count,
        downsample,
        label_radius,
        outside,
        on_error,
        updates,
        seed,
        device,
        initial,
        calibration,
    )
    labels = _training.read_labels(
        micrographs,
        particles,
        settings,
        pixel_size=pixel_size,
        mask=mask,
        shifts=shifts,
        rejected=rejected,
        selected_from=selected_from,
    )
    plan = _training.plan_training(labels, settings)
    for line in _training_words.describe_plan(labels, plan):
        say(line)
    result = _training.train_and_save(labels, plan, output)
    for line in _training_words.describe_result(result):
        say(line)
    if as_json:
        print_json(_training_words.as_document(labels, plan, result))
