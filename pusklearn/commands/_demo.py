"""The subcommand ``demo``."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pusklearn.commands._lengths import LENGTH
from pusklearn.commands._options import seed_option

# The library is imported inside functions, so that help is fast.
if TYPE_CHECKING:
    from pusklearn.commands._demonstration import Data, Judgement


@click.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with micrographs (.mrc, also in its subfolders) and one coordinate "
    "file. If it is not given, micrographs are simulated.",
)
@click.option(
    "--coordinates",
    type=click.Path(exists=True, path_type=Path),
    help="The coordinate file. It is needed if the folder holds several.",
)
@click.option(
    "--diameter",
    type=LENGTH,
    help="Diameter of a particle, such as 180A or 45px. --data needs it.",
)
@click.option(
    "--downsample",
    type=float,
    default=1.0,
    show_default=True,
    help="How many times smaller the micrographs are made first. A particle should be "
    "15 to 60 pixels wide after that.",
)
@click.option(
    "--labels",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="Number of particles to label.",
)
@click.option(
    "--updates",
    type=click.IntRange(10),
    default=1000,
    show_default=True,
    help="Number of training steps, rounded down to tens.",
)
@seed_option
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="demo",
    show_default=True,
    help="Folder for the picks (picks.star) and the picture (picks.png).",
)
def demo(data, coordinates, diameter, downsample, labels, updates, seed, output):
    """Show how the picker works.

    It learns from a few labelled particles, picks the rest, and judges the picks.

    The labels come from two thirds of the micrographs. The picks on the others are
    judged against all their particles, so the coordinate file must hold all of them.
    The number of particles to expect is taken from that file too.
    """
    if find_spec("matplotlib") is None:
        raise click.ClickException("The picture needs matplotlib: install it first.")
    if data is not None and diameter is None:
        raise click.UsageError("--data needs --diameter, such as 180A or 45px.")
    from pusklearn.commands import _demonstration

    if data is None:
        given = _demonstration.simulate(9, seed)
    else:
        given = _demonstration.read_data(data, coordinates, diameter)
    run(given, labels, downsample, updates, seed, output)


def run(
    given: "Data",
    labels: int,
    downsample: float,
    updates: int,
    seed: int,
    output: Path,
) -> None:
    """Run the demonstration, print how good the picks are, and write them."""
    from pusklearn.commands import _demonstration
    from pusklearn.io import write_coordinates

    train, test = _demonstration.split(given)
    click.echo(
        f"{labels} labels from {len(train.micrographs)} micrographs "
        f"({sum(map(len, train.coordinates))} particles); "
        f"{len(test.micrographs)} micrographs to pick."
    )
    picker = _demonstration.fit_picker(
        train, labels, downsample=downsample, updates=updates, random_state=seed
    )
    maps = picker[:-1].transform(test.micrographs)
    picks = picker.named_steps["extract"].predict(maps)
    click.echo(describe(_demonstration.judge(picker, maps, test)))
    output.mkdir(parents=True, exist_ok=True)
    write_coordinates(output / "picks.star", picks, test.micrographs)
    _demonstration.draw_picks(picker, test, picks, output / "picks.png")
    click.echo(
        f"Wrote {sum(map(len, picks))} picks to {output / 'picks.star'} and the first "
        f"micrograph to {output / 'picks.png'}."
    )


def describe(judgement: "Judgement") -> str:
    """Return in words how good picks are."""
    lines = [f"average precision          {judgement.average_precision:.3f}"]
    lines += [
        f"precision at {recall:.0%} recall    {precision:.3f}  (the best from there on)"
        for recall, precision in judgement.precision_at_recall.items()
    ]
    lines.append(
        f"threshold {judgement.threshold:+.2f} (as many picks as are expected): "
        f"precision {judgement.threshold_precision:.3f}, recall "
        f"{judgement.threshold_recall:.3f}"
    )
    return "\n".join(lines)
