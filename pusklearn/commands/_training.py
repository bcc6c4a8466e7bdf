"""Training a picker from files: what is read, what is learnt, and what is said."""

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

import pusklearn
from pusklearn import io
from pusklearn.commands._label_files import (
    label_tables,
    n_wrong_in,
    not_kept,
    only_one,
    points_in,
    rejected_tables,
)
from pusklearn.commands._picker_file import load_pipeline
from pusklearn.commands._training_checks import check_count, check_width
from pusklearn.micrographs._make_picker import make_picker
from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.micrographs.images._lengths import parse_length
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.io._list_files import list_files
from pusklearn.micrographs.preprocessing._particle_span import factor_to_span
from pusklearn.pu._inner_estimators import parameter_names

# A particle of this width, in pixels after downsampling, fits the smallest network.
WIDTH = 27


class Settings(NamedTuple):
    """What the user wants, see the options of ``pusklearn train``."""

    diameter: str
    particles: float | Literal["estimate"]
    downsample: float | str
    label_radius: str | None
    outside: Literal["raise", "warn"]
    on_error: Literal["raise", "warn"]
    updates: int | None
    seed: int
    device: str
    initial: Path | str | None = None
    calibrate: bool = True


class Labels(NamedTuple):
    """Micrographs, and the particles that are labelled in them.

    Attributes
    ----------
    micrographs : sequence of Micrograph
        Those with a label, or with a point that is known not to be a particle.
    coordinates : list of ndarray of shape (k, 2)
        The labelled particles of each.
    n_without : int
        The number of other micrographs.
    pixel_size_from : str
        Where pixel sizes come from, in words.
    rejected : list of ndarray of shape (k, 2) or None, default=None
        Points of each that are known not to be particles; None if there are none.
    n_unused : int, default=0
        The number of wrong picks in the files of labels, if nothing is rejected.
    is_none_rejected : bool, default=False
        Whether files were named of what is known not to be a particle, and hold none.
    """

    micrographs: Sequence[Micrograph]
    coordinates: list[NDArray]
    n_without: int
    pixel_size_from: str
    rejected: list[NDArray] | None = None
    n_unused: int = 0
    is_none_rejected: bool = False


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
    initial : str or None, default=None
        "general" or the file of the model that the training starts from.
    """

    picker: Pipeline
    downsample: float
    width: float
    pixel_sizes: list[float]
    initial: str | None = None


class Result(NamedTuple):
    """A training that is over, and the file of its model."""

    picker: Pipeline
    path: Path
    seconds: float


def read_labels(
    paths: Sequence[str],
    particles: Sequence[str],
    settings: Settings,
    *,
    pixel_size: float | None = None,
    mask: Path | None = None,
    shifts: bool = False,
    rejected: Sequence[str] = (),
    selected_from: Sequence[str] = (),
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
    rejected : sequence of str, default=()
        Files of what is known not to be a particle: corrections, whose wrong picks
        count, or coordinate files.
    selected_from : sequence of str, default=()
        Coordinate files of picks that `particles` were kept from. The other picks are
        known not to be particles.

    Returns
    -------
    Labels

    Raises
    ------
    ValueError
        If a file cannot be read, or no particle belongs to a micrograph.
    """
    files = list_files(only_one(paths), "micrograph", settings.on_error)
    read = partial(io.read_coordinates, apply_shifts=shifts, pixel_size=pixel_size)
    tables = {
        "--particles": label_tables(particles, read),
        "--rejected": rejected_tables(rejected, read),
        "--selected-from": label_tables(selected_from, read),
    }
    micrographs = io.read_micrographs(
        files, masks=mask, pixel_size=pixel_size, on_error=settings.on_error
    )
    coordinates, *others = (
        points_in(some, micrographs, settings.outside, option)
        for option, some in tables.items()
        if some
    )
    if not sum(map(len, coordinates)):
        raise ValueError(
            f"At least 1 particle must be labelled. {', '.join(particles)}: none in "
            f"the {len(files)} micrographs."
        )
    if selected_from:
        others[-1] = not_kept(others[-1], coordinates, micrographs, settings.diameter)
    both = list(zip(coordinates, *others, strict=True))
    rows = [row for row, points in enumerate(both) if sum(map(len, points))]
    if isinstance(micrographs, list):
        labelled: Sequence[Micrograph] = [micrographs[row] for row in rows]
    else:
        labelled = cast(LazyRows, micrographs)[rows]
    known = [np.concatenate(both[row][1:]) for row in rows] if others else None
    rejected_there = known if known and sum(map(len, known)) else None
    return Labels(
        labelled,
        [coordinates[row] for row in rows],
        len(files) - len(rows),
        source_of_pixel_size([files[row] for row in rows], pixel_size),
        rejected_there,
        0 if rejected else n_wrong_in(particles),
        bool(rejected or selected_from) and rejected_there is None,
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
    check_width(settings.diameter, width, labels.micrographs)
    check_count(settings.particles, labels.coordinates)
    downsample, initial = settings.downsample, settings.initial
    if isinstance(downsample, str) and initial is None:
        downsample = automatic_downsample(width)
    if isinstance(initial, Path):
        initial = load_pipeline(initial)
    picker = make_picker(
        settings.diameter,
        initial=initial,
        downsample=downsample,
        particles_per_micrograph=settings.particles,
        label_radius=settings.label_radius,
        threshold="prior",
        random_state=settings.seed,
        verbose=1,
        outside=settings.outside,
        on_error=settings.on_error,
        calibrate=settings.calibrate,
    )
    picker.set_params(score__classifier__device=settings.device)
    if settings.updates is not None:
        picker.set_params(
            score__classifier__max_epochs=10,
            score__classifier__steps_per_epoch=settings.updates // 10,
        )
    if isinstance(downsample, str):
        downsample = factor_to_span(width, picker.named_steps["downsample"].spans)
    start = None if settings.initial is None else str(settings.initial)
    return Plan(picker, downsample, width, sizes, start)


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


def train_and_save(labels: Labels, plan: Plan, path: Path) -> Result:
    """Fit the picker, and write it to a file."""
    start = time.perf_counter()
    negatives = {} if labels.rejected is None else {"score__rejected": labels.rejected}
    picker = plan.picker.fit(labels.micrographs, labels.coordinates, **negatives)
    silence(picker)
    pusklearn.save(picker, path)
    return Result(picker, path, time.perf_counter() - start)


def silence(picker: Pipeline) -> None:
    """Let a fitted picker show no bars, since others may open its file."""
    for estimator in (picker, picker.named_steps["score"].classifier_):
        names = parameter_names(estimator, "verbose")
        estimator.set_params(**dict.fromkeys(names, 0))
