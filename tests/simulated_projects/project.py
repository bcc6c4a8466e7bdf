"""What a simulated project holds, and the images in it."""

from pathlib import Path
from typing import NamedTuple

import mrcfile
import numpy as np
from numpy.typing import NDArray

from pusklearn import Micrograph
from pusklearn.datasets import make_micrographs

# A particle of 144 angstrom in micrographs that are not square.
SIMULATION = {
    "size": (192, 256),
    "diameter": 24,
    "pixel_size": 6.0,
    "snr": 1.0,
    "random_state": 0,
}


class Project(NamedTuple):
    """A simulated project and the truth about it.

    Attributes
    ----------
    folder : Path
        The folder of the project.
    paths : list of str
        The micrographs as the project lists them; they start at `folder`.
    images : list of Micrograph
        The pixels in these files.
    particles : list of ndarray of shape (k, 2)
        The centres of all particles, in pixels.
    labels : list of ndarray of shape (k, 2)
        The clicks in the project, whole pixels; the last micrographs have none.
    diameter : float
        Diameter of a particle, in pixels.
    pixel_size : float
        Angstrom per pixel.
    uids : list of int
        The numbers of the micrographs in cryoSPARC; empty in other projects.
    """

    folder: Path
    paths: list[str]
    images: list[Micrograph]
    particles: list[NDArray]
    labels: list[NDArray]
    diameter: float
    pixel_size: float
    uids: list[int] = []  # noqa: RUF012


def simulate(n_micrographs: int, n_labels: int, n_labelled=None, **simulation):
    """Return images, all particles, clicks, and the sizes of particle and pixel.

    Clicks are on the first `n_labelled` micrographs; None means on all but the last.
    """
    settings = SIMULATION | simulation
    images, particles = make_micrographs(n_micrographs, **settings)
    labels = [np.round(points[:n_labels]) for points in particles]
    n_labelled = n_micrographs - 1 if n_labelled is None else n_labelled
    labels[n_labelled:] = [points[:0] for points in labels[n_labelled:]]
    return images, particles, labels, settings["diameter"], settings["pixel_size"]


def write_image(path: Path, image, pixel_size: float) -> None:
    """Write an image of one section with its pixel size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mrcfile.write(path, np.asarray(image, dtype=np.float32), voxel_size=pixel_size)


def write_text(path: Path, text: str) -> None:
    """Write a text; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
