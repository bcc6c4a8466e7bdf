"""The demonstration: learn from a few labels, pick, and judge."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from pusklearn import io
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import PicksDisplay, picking_average_precision, picking_curve
from pusklearn.micrographs._make_picker import make_picker
from pusklearn.micrographs.images._lengths import original_pixels
from pusklearn.micrographs.images._micrograph import Micrograph

SIMULATED_DIAMETER = 24
COORDINATE_SUFFIXES = (".txt", ".tsv", ".star", ".csv")


class Data(NamedTuple):
    """Micrographs with all their particles, and the diameter of a particle."""

    micrographs: list[Micrograph]
    coordinates: list[NDArray]
    diameter: float | str


def simulate(n_micrographs: int, random_state: int) -> Data:
    """Simulate micrographs of 512 x 512 pixels."""
    micrographs, coordinates = make_micrographs(
        n_micrographs,
        size=512,
        diameter=SIMULATED_DIAMETER,
        snr=0.1,
        contamination=0.5,
        random_state=random_state,
    )
    return Data(micrographs, coordinates, SIMULATED_DIAMETER)


def read_data(folder: Path, coordinates: Path | None, diameter: float | str) -> Data:
    """Read the micrographs in a folder, or below, that have particles in its file."""
    folder = Path(folder)
    paths = sorted(folder.rglob("*.mrc"))
    if not paths:
        raise ValueError(f"There is no .mrc file in {folder} or below.")
    if coordinates is None:
        coordinates = find_coordinate_file(folder)
    micrographs = io.read_micrographs(paths)
    points = io.coordinates_for(io.read_coordinates(coordinates), micrographs)
    labeled = [i for i, p in enumerate(points) if len(p)]
    if len(labeled) < 2:
        raise ValueError(
            "At least 2 micrographs must have particles, one to learn from and one to "
            f"judge on. {coordinates} has particles of {len(labeled)}."
        )
    return Data(
        [micrographs[i] for i in labeled], [points[i] for i in labeled], diameter
    )


def find_coordinate_file(folder: Path) -> Path:
    """Return the only coordinate file of a folder."""
    paths = sorted(
        p
        for p in folder.iterdir()
        if p.suffix in COORDINATE_SUFFIXES and not p.stem.upper().startswith("README")
    )
    if len(paths) != 1:
        names = ", ".join(p.name for p in paths) or "none"
        raise ValueError(
            f"{folder} must hold one coordinate file, ending in "
            f"{', '.join(COORDINATE_SUFFIXES)}. Found {names}; name it with "
            "--coordinates."
        )
    return paths[0]


def split(data: Data) -> tuple[Data, Data]:
    """Return the first two thirds of the micrographs, and the rest."""
    n_train = max(1, len(data.micrographs) * 2 // 3)
    train, test = (
        Data(data.micrographs[part], data.coordinates[part], data.diameter)
        for part in (slice(n_train), slice(n_train, None))
    )
    return train, test


def sample_labels(
    coordinates: list[NDArray], n_labels: int, random_state: int
) -> list[NDArray]:
    """Draw some of all particles at random; return one array per micrograph."""
    table = pd.concat(
        [
            pd.DataFrame(p, columns=["x", "y"]).assign(row=i)
            for i, p in enumerate(coordinates)
        ]
    )
    if n_labels >= len(table):
        raise ValueError(
            "The number of labels must be smaller than the number of particles. "
            f"Got {n_labels} of {len(table)}; give fewer labels."
        )
    drawn = table.sample(n_labels, random_state=random_state)
    return [
        drawn.loc[drawn.row == i, ["x", "y"]].to_numpy()
        for i in range(len(coordinates))
    ]


def fit_picker(
    train: Data, n_labels: int, *, downsample: float, updates: int, random_state: int
) -> Pipeline:
    """Fit a picker to a few of the particles, with a progress bar."""
    picker = make_picker(
        train.diameter,
        downsample=downsample,
        particles_per_micrograph=float(np.mean([len(p) for p in train.coordinates])),
        threshold="prior",
        random_state=random_state,
    )
    picker.set_params(
        score__classifier__verbose=1,
        score__classifier__max_epochs=10,
        score__classifier__steps_per_epoch=max(1, updates // 10),
    )
    labels = sample_labels(train.coordinates, n_labels, random_state)
    return picker.fit(train.micrographs, labels)


class Judgement(NamedTuple):
    """How good picks are, on micrographs that the picker did not learn from."""

    average_precision: float
    precision_at_recall: dict[float, float]
    threshold: float
    threshold_precision: float
    threshold_recall: float


def judge(picker: Pipeline, maps: Sequence[Micrograph], test: Data) -> Judgement:
    """Judge all peaks of score maps, and those above the threshold."""
    extract = picker.named_steps["extract"]
    radii = [
        original_pixels(extract.match_radius, micrograph, "match_radius")
        for micrograph in test.micrographs
    ]
    # A radius in angstrom has other pixels where the pixel size is another.
    radius = radii[0]
    particles = [
        points * (radius / own)
        for points, own in zip(test.coordinates, radii, strict=True)
    ]
    peaks = [
        points * [radius / own, radius / own, 1]
        for points, own in zip(extract.peaks(maps), radii, strict=True)
    ]
    precision, recall, scores = picking_curve(particles, peaks, radius)
    at = {
        level: precision[recall >= level].max(initial=0.0) for level in (0.5, 0.7, 0.9)
    }
    above = np.flatnonzero(scores > extract.threshold_)
    last = above[-1] if len(above) else 0
    return Judgement(
        picking_average_precision(particles, peaks, radius),
        at,
        extract.threshold_,
        precision[last],
        recall[last],
    )


def draw_picks(picker: Pipeline, test: Data, picks: NDArray, path: Path) -> None:
    """Draw the picks of the first micrograph over its true particles."""
    display = PicksDisplay.from_predictions(
        test.micrographs[0],
        picks[0],
        test.coordinates[0],
        radius=picker.named_steps["extract"].match_radius,
        diameter=test.diameter,
    )
    display.figure_.savefig(path, dpi=100)
