"""The subcommand ``evaluate``."""

from typing import TYPE_CHECKING

import click

from pusklearn.commands._lengths import LENGTH
from pusklearn.commands._many_values import ManyValues
from pusklearn.commands._numbers import POSITIVE
from pusklearn.commands._options import json_option
from pusklearn.commands._output import print_json, say
from pusklearn.commands._plural import count

# The library is imported inside functions, so that help is fast.
if TYPE_CHECKING:
    from pusklearn.commands._evaluation import Evaluation, Judged

MOST_SHOWN = 3


@click.command(cls=ManyValues)
@click.argument("picks", nargs=-1, metavar="PICKS...")
@click.argument("truth", metavar="TRUTH")
@click.option(
    "--radius",
    type=LENGTH,
    required=True,
    help="A pick hits a particle that is closer than this, such as 60A or 15px. Half "
    "of the radius of the particle to the whole radius is usual.",
)
@click.option(
    "--pixel-size",
    type=POSITIVE,
    metavar="ANGSTROM",
    help="Pixel size of the micrographs. A radius in angstrom needs it. If it is not "
    "given, that of --micrographs is taken, or that in run.json beside PICKS.",
)
@click.option(
    "--micrographs",
    multiple=True,
    metavar="FILE...",
    help="Judge on these micrographs alone, also on those without any particle: "
    "files, folders, patterns, or a STAR or .cs file that lists them. Without it, the "
    "micrographs are those that TRUTH names.",
)
@click.option(
    "--shifts",
    is_flag=True,
    help="Move the particles by the shifts that RELION's refinement or classification "
    "found for them.",
)
@click.option(
    "--per-micrograph", is_flag=True, help="Print a table of the micrographs, too."
)
@json_option
def evaluate(
    picks, truth, radius, pixel_size, micrographs, shifts, per_micrograph, as_json
):
    """Tell how good picks are.

    PICKS are compared with all true particles, in TRUTH. Both are coordinate files of
    any format that is read, folders, or patterns in quotes. TRUTH must hold all
    particles of its micrographs: a pick of a particle that is missing there counts as
    wrong.

    Each pick is paired with one particle at most. The precision is the share of right
    picks, the recall the share of particles that are found. The average precision
    also asks whether the right picks have the better scores: 1 is perfect. If a
    run.json beside PICKS says that the scores are calibrated, the precision that they
    promise is shown, too.
    """
    if not picks:
        raise click.UsageError(
            f"PICKS and TRUTH are two files or more. Got {truth} alone."
        )
    from pusklearn.commands._coordinate_paths import read_all
    from pusklearn.commands._evaluation import evaluate_picks, judge_on
    from pusklearn.commands._picks_record import are_log_odds

    found, particles = (
        read_all(paths, apply_shifts=shifts, pixel_size=pixel_size)
        for paths in (picks, [truth])
    )
    images = None
    if micrographs:
        from pusklearn.io import read_micrographs

        images = read_micrographs(list(micrographs), pixel_size=pixel_size)
    judged = judge_on(found, particles, images)
    length, sizes = to_pixels(radius, pixel_size, images, picks, judged.names)
    evaluation = evaluate_picks(judged, length, sizes, are_log_odds=are_log_odds(picks))
    if as_json:
        document = {"radius": radius, "left_out": judged.left_out}
        print_json(document | evaluation.to_dict())
    say_what_is_left_out(judged, is_chosen=images is not None)
    if as_json:
        return
    for line in describe(evaluation, radius):
        click.echo(line)
    if per_micrograph:
        click.echo()
        click.echo(evaluation.micrographs.to_string(index=False))


def to_pixels(radius, pixel_size, images, picks, names):
    """Return the number of a radius, and the pixel sizes if it is in angstrom."""
    from pusklearn.micrographs.images._lengths import parse_length

    length, is_angstrom = parse_length(radius, "radius", "(0, inf)")
    if not is_angstrom:
        return length, None
    if pixel_size is not None:
        return length, [pixel_size] * len(names)
    if images is not None:
        sizes = [m.pixel_size and m.pixel_size / m.scale for m in images]
        if all(sizes):
            return length, sizes
    from pusklearn.commands._picks_record import recorded_pixel_sizes

    recorded = recorded_pixel_sizes(picks, names)
    if recorded is None:
        raise click.UsageError(
            f"--radius {radius} is in angstrom, and the pixel size of the micrographs "
            "is not known. Give it, as in --pixel-size 1.2, or give the radius in "
            "pixels, as in --radius 15px. It is found by itself if there is a run.json "
            "of `pusklearn pick` beside PICKS."
        )
    return length, recorded


def say_what_is_left_out(judged: "Judged", *, is_chosen: bool) -> None:
    """Tell of picks on micrographs that are not judged."""
    if not judged.left_out:
        return
    names = list(judged.left_out)
    shown = ", ".join(names[:MOST_SHOWN]) + ", ..." * (len(names) > MOST_SHOWN)
    them = "it" if len(names) == 1 else "them"
    reason = (
        f"--micrographs does not name {them}"
        if is_chosen
        else f"TRUTH does not name {them}; --micrographs names micrographs without a "
        "particle"
    )
    number = sum(judged.left_out.values())
    say(
        f"{count(number, 'pick')} on {count(len(names), 'micrograph')} "
        f"{'is' if number == 1 else 'are'} left out, because {reason}: {shown}."
    )


def describe(evaluation: "Evaluation", radius: str) -> list[str]:
    """Return the lines that tell how good picks are."""
    from pusklearn.commands._evaluation import HIGH_RECALL

    at = f"precision at {HIGH_RECALL:.0%} recall"
    missed = "not reached: too few of the particles are found"
    rows = [
        ("micrographs", str(len(evaluation.micrographs))),
        ("particles", str(evaluation.total("particles"))),
        ("picks", str(evaluation.total("picks"))),
        (f"hits, closer than {radius}", str(evaluation.total("hits"))),
        ("precision of all picks", _number(evaluation.precision, "there is no pick")),
        ("recall of all picks", _number(evaluation.recall, "")),
    ]
    expected = evaluation.expected_precision
    if expected is not None:
        rows.insert(-1, ("expected precision", f"{expected:.3f}"))
    if evaluation.average_precision is None:
        unknown = "not known: some picks have no score"
        rows += [("average precision", unknown), (at, unknown)]
    else:
        rows += [
            ("average precision", f"{evaluation.average_precision:.3f}"),
            (at, _number(evaluation.precision_at_high_recall, missed)),
        ]
    width = max(len(name) for name, _ in rows) + 3
    return [f"{name:{width}}{value}" for name, value in rows]


def _number(value, otherwise):
    return otherwise if value is None else f"{value:.3f}"
