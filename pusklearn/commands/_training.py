"""Training a picker from files: what is read, what is learnt, and what is said."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Literal, NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

import pusklearn
from pusklearn import io
from pusklearn.micrographs._make_picker import make_picker
from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.micrographs.images._lengths import parse_length
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.io._list_files import list_files
from pusklearn.pu._inner_estimators import parameter_names

# A particle of this width, in pixels after downsampling, fits the smallest network.
WIDTH = 27
# Micrographs are listed one by one if they are no more than this.
MOST_LISTED = 10


class Settings(NamedTuple):
    """What the user wants, see the options of ``pusklearn train``."""

    diameter: str
    particles: float | str
    downsample: float | str
    label_radius: str | None
    outside: Literal["raise", "warn"]
    on_error: Literal["raise", "warn"]
    updates: int | None
    seed: int
    device: str


class Labels(NamedTuple):
    """Micrographs, and the particles that are labelled in them.

    Attributes
    ----------
    micrographs : sequence of Micrograph
        Those with a label.
    coordinates : list of ndarray of shape (k, 2)
        The labelled particles of each.
    n_without : int
        The number of other micrographs, without a label.
    pixel_size_from : str
        Where pixel sizes come from, in words.
    """

    micrographs: Sequence[Micrograph]
    coordinates: list[NDArray]
    n_without: int
    pixel_size_from: str


class Plan(NamedTuple):
    """A picker to be fitted, and how wide a particle is.

    Attributes
    ----------
    picker : Pipeline
        The picker.
    downsample : float
        How many times smaller micrographs are made.
    width : float
        Diameter of a particle in pixels, before that.
    pixel_sizes : list of float
        The different pixel sizes of the micrographs, in angstrom, sorted.
    """

    picker: Pipeline
    downsample: float
    width: float
    pixel_sizes: list[float]


class Result(NamedTuple):
    """A training that is over, and the file of its model."""

    picker: Pipeline
    path: Path
    seconds: float


def check_place(path: Path) -> None:
    """Raise an error if no file can be written at a place, before time is spent.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.
    OSError
        If the folder cannot be written to.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"The folder of {path} does not exist. Make {path.parent} first."
        )
    with tempfile.TemporaryFile(prefix=".pusklearn-", dir=path.parent):
        pass


def read_labels(
    paths: Sequence[str],
    particles: Sequence[str],
    settings: Settings,
    *,
    pixel_size: float | None = None,
    mask: Path | None = None,
    shifts: bool = False,
) -> Labels:
    """Read micrographs and the labelled particles, and leave out those without any.

    Parameters
    ----------
    paths : sequence of str
        Files, folders, patterns or lists of micrographs.
    particles : sequence of str
        Coordinate files.
    settings : Settings
        What happens to particles outside and to micrographs that cannot be used.
    pixel_size : float or None, default=None
        The pixel size of the micrographs, in angstrom.
    mask : Path or None, default=None
        Folder of masks.
    shifts : bool, default=False
        Whether to move particles by the shifts of their refinement.

    Returns
    -------
    Labels

    Raises
    ------
    ValueError
        If a file cannot be read, or no particle belongs to a micrograph.
    """
    files = list_files(only_one(paths), "micrograph", settings.on_error)
    table = read_particles(particles, pixel_size=pixel_size, shifts=shifts)
    micrographs = io.read_micrographs(
        files, masks=mask, pixel_size=pixel_size, on_error=settings.on_error
    )
    coordinates = io.coordinates_for(table, micrographs, outside=settings.outside)
    rows = [row for row, points in enumerate(coordinates) if len(points)]
    if not rows:
        raise ValueError(
            f"At least 1 particle must be labelled. {', '.join(particles)}: "
            f"{len(table)} rows, none of them in the {len(files)} micrographs."
        )
    if isinstance(micrographs, list):
        labelled: Sequence[Micrograph] = [micrographs[row] for row in rows]
    else:
        labelled = cast(LazyRows, micrographs)[rows]
    return Labels(
        labelled,
        [coordinates[row] for row in rows],
        len(files) - len(rows),
        source_of_pixel_size([files[row] for row in rows], pixel_size),
    )


def only_one(paths: Sequence[str]) -> str | list[str]:
    """Return a single path as it is, and several as a list."""
    return paths[0] if len(paths) == 1 else list(paths)


def read_particles(
    paths: Sequence[str], *, pixel_size: float | None, shifts: bool
) -> pd.DataFrame:
    """Return the rows of coordinate files in one table."""
    return io.read_coordinates(
        only_one(paths), apply_shifts=shifts, pixel_size=pixel_size
    )


def source_of_pixel_size(files: Sequence[Any], pixel_size: float | None) -> str:
    """Return in words where the pixel size of files comes from."""
    if pixel_size is not None:
        return "from --pixel-size"
    if any(getattr(file, "pixel_size", None) is not None for file in files):
        return "from the list of the micrographs"
    return "from the headers of the micrographs"


def plan_training(labels: Labels, settings: Settings) -> Plan:
    """Choose the downsampling, and make a picker.

    Raises
    ------
    ValueError
        If the diameter is in angstrom and a pixel size is unknown, or a setting is
        wrong.
    """
    sizes = sorted(known_pixel_sizes(labels.micrographs))
    width = width_in_pixels(settings.diameter, labels.micrographs)
    downsample = settings.downsample
    if isinstance(downsample, str):
        downsample = automatic_downsample(width)
    counted = (
        {}
        if settings.particles == "estimate"
        else {"particles_per_micrograph": settings.particles}
    )
    picker = make_picker(
        settings.diameter,
        downsample=downsample,
        prior=None if counted else "estimate",
        label_radius=settings.label_radius,
        threshold="prior",
        random_state=settings.seed,
        verbose=1,
        outside=settings.outside,
        on_error=settings.on_error,
        **counted,  # type: ignore[arg-type]
    )
    picker.set_params(score__classifier__device=settings.device)
    if settings.updates is not None:
        picker.set_params(
            score__classifier__max_epochs=10,
            score__classifier__steps_per_epoch=settings.updates // 10,
        )
    return Plan(picker, downsample, width, sizes)


def width_in_pixels(diameter: str, micrographs: Sequence[Micrograph]) -> float:
    """Return the diameter of a particle in pixels, the coarsest of the micrographs.

    Raises
    ------
    ValueError
        If it is in angstrom and a micrograph has no pixel size.
    """
    value, is_angstrom = parse_length(diameter, "diameter")
    if not is_angstrom:
        return value
    there = [m for m in micrographs if not is_left_out(m)]
    without = [m.name for m in there if m.pixel_size is None]
    if without:
        raise ValueError(
            f"--diameter {diameter} is in angstrom, and the pixel size of "
            f"{len(without)} of {len(there)} micrographs is unknown, such as "
            f"{without[0]}. Give it: --pixel-size 1.2, or --diameter in pixels."
        )
    return value / max(known_pixel_sizes(there), default=np.nan)


def known_pixel_sizes(micrographs: Sequence[Micrograph]) -> set[float]:
    """Return the different pixel sizes of micrographs, as far as they are known."""
    return {m.pixel_size for m in micrographs if m.pixel_size is not None}


def automatic_downsample(width: float) -> float:
    """Return the factor, in quarters, that makes a particle about 27 pixels wide.

    Examples
    --------
    >>> from pusklearn.commands._training import automatic_downsample
    >>> [automatic_downsample(width) for width in (20, 30, 45, 180)]
    [1.0, 1.0, 1.75, 6.75]
    """
    return max(1.0, round(4 * width / WIDTH) / 4) if np.isfinite(width) else 1.0


def describe_plan(labels: Labels, plan: Plan) -> Iterator[str]:
    """Yield lines that say what is learnt from."""
    counts = [len(points) for points in labels.coordinates]
    without = (
        f" {labels.n_without} others have no label and are left out."
        if labels.n_without
        else ""
    )
    yield f"Labels           {sum(counts)} in {len(counts)} micrographs.{without}"
    if len(counts) <= MOST_LISTED:
        for micrograph, count in zip(labels.micrographs, counts, strict=True):
            yield f"                 {count:6d}  {micrograph.path or micrograph.name}"
    else:
        yield (
            f"                 {min(counts)} to {max(counts)} a micrograph, the median "
            f"is {median(counts):g}"
        )
    yield f"Pixel size       {describe_pixel_sizes(plan.pixel_sizes)}" + (
        f", {labels.pixel_size_from}" if plan.pixel_sizes else ""
    )
    yield (
        f"Downsampling     {plan.downsample:g} times: a particle is {plan.width:.3g} "
        f"pixels wide, and {plan.width / plan.downsample:.3g} after it"
    )


def describe_pixel_sizes(sizes: Sequence[float]) -> str:
    """Return pixel sizes in words.

    Examples
    --------
    >>> from pusklearn.commands._training import describe_pixel_sizes
    >>> describe_pixel_sizes([0.885, 1.2])
    '0.885 to 1.2 angstrom'
    """
    if not sizes:
        return "unknown"
    first, last = f"{sizes[0]:.5g}", f"{sizes[-1]:.5g}"
    return f"{first} angstrom" if first == last else f"{first} to {last} angstrom"


def train_and_save(
    labels: Labels, plan: Plan, settings: Settings, path: Path
) -> Result:
    """Fit the picker, and write it to a file."""
    start = time.perf_counter()
    picker = plan.picker.fit(labels.micrographs, labels.coordinates)
    silence(picker)
    pusklearn.save(picker, path)
    return Result(picker, path, time.perf_counter() - start)


def silence(picker: Pipeline) -> None:
    """Let a fitted picker show no bars, since others may open its file."""
    for estimator in (picker, picker.named_steps["score"].classifier_):
        names = parameter_names(estimator, "verbose")
        estimator.set_params(**dict.fromkeys(names, 0))


def describe_result(result: Result) -> Iterator[str]:
    """Yield lines that say what was learnt, and what is expected."""
    facts = expectations(result.picker)
    yield f"Network          {facts['network']}"
    yield f"Prior            {facts['prior']:.3g} of all pixels are near a particle"
    expected = facts["particles_per_micrograph"]
    interval = facts["particles_interval"]
    between = (
        ""
        if interval is None
        else f" (between {interval[0]:.0f} and {interval[1]:.0f})"
    )
    how = "given by --count" if interval is None else "estimated"
    yield f"Expected         {expected:.0f} particles per micrograph{between}, {how}"
    yield (
        f"Threshold        {facts['threshold']:+.2f} keeps as many picks as particles "
        "expected"
    )
    yield f"Wrote {result.path} after {describe_seconds(result.seconds)}."


def expectations(picker: Pipeline) -> dict[str, Any]:
    """Return what a fitted picker has learnt, and what it expects."""
    scorer, extractor = picker.named_steps["score"], picker.named_steps["extract"]
    classifier = scorer.classifier_
    return {
        "network": str(classifier.module_),
        "prior": classifier.prior_,
        "prior_interval": classifier.prior_interval_,
        "particles_per_micrograph": scorer.particles_per_micrograph_,
        "particles_interval": scorer.particles_per_micrograph_interval_,
        "threshold": extractor.threshold_,
        "labels_found": len(extractor.match_scores_),
        "labels_that_count": extractor.n_labels_,
    }


def describe_seconds(seconds: float) -> str:
    """Return a time in words.

    Examples
    --------
    >>> from pusklearn.commands._training import describe_seconds
    >>> describe_seconds(8), describe_seconds(75), describe_seconds(7300)
    ('8 s', '1 min 15 s', '2 h 1 min')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def as_document(labels: Labels, plan: Plan, result: Result) -> dict[str, Any]:
    """Return all that is said, for a program."""
    return {
        "model": result.path,
        "labels": [
            {"micrograph": m.path or m.name, "labels": len(points)}
            for m, points in zip(labels.micrographs, labels.coordinates, strict=True)
        ],
        "micrographs_without_labels": labels.n_without,
        "pixel_sizes": plan.pixel_sizes,
        "downsample": plan.downsample,
        "seconds": round(result.seconds, 1),
        **expectations(result.picker),
    }
