"""The simulated micrographs that the general network learns from.

`simulate` gives the micrograph of a number. Each shows another particle under other
conditions, and all of them are drawn: ``docs/guide/general_picker.md`` says why so.
`photograph` gives the same micrograph as a microscope does, before it is normalised.
"""

import warnings
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pusklearn import MicrographNormalizer
from pusklearn.datasets import make_micrographs

SIZE = 512
# How often each kind of particle is drawn, and the point groups it is drawn with.
PARTICLES = {
    "globular": (4, "C1 C2 C3 C4 D2 D2 D3 D4 D7 T O I"),
    "shell": (3, "C1 D5 T O O I"),
    "multi-domain": (2.5, "C1 C1 C2 C3 D2 T"),
    "thin": (2.5, "C1 C2 C3 D2 D3"),
    "membrane": (2, "C1 C2 C3 C4 C5 C6"),
    "elongated": (2, "C1 C2 D2 D3 D7"),
    "torus": (1.5, "C5 C6 C7 D5 D6 D7 C11"),
    "flat": (1.5, "C1 C3 C6 D3 D4 D6"),
}
# Least distance of neighbours in diameters: those that are not round may lie closer.
SPACING = {"thin": (0.6, 0.9), "elongated": (0.6, 0.9), "flat": (0.6, 0.9)}
ROUND = (0.8, 1.05)
CONTAMINANTS = (
    *("carbon", "ice", "aggregate", "fragment", "gold", "bead", "crystal"),
    *("filament", "hole"),
)
CONTRASTS = {"defocus": 0.84, "phase-plate": 0.08, "negative-stain": 0.08}


@dataclass(frozen=True)
class Example:
    """A micrograph to learn from.

    Attributes
    ----------
    pixels : ndarray of shape (height, width)
        The micrograph. `simulate` gives it in float16, normalised and whitened.
    centres : ndarray of shape (n_particles, 2)
        Centres ``x, y`` of the particles, in pixels.
    diameter : float
        Diameter of a particle, in pixels.
    contaminants : DataFrame
        Discs that cover the contaminants, see `make_micrographs`.
    """

    pixels: NDArray[np.floating]
    centres: NDArray[np.float64]
    diameter: float
    contaminants: pd.DataFrame


def simulate(number: int, size: int = SIZE, contaminants: bool = True) -> Example:
    """Simulate the micrograph of a number: the same number gives the same bits."""
    example = photograph(number, size, contaminants)
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        [normal] = MicrographNormalizer(whiten=True).fit_transform([example.pixels])
    return replace(example, pixels=np.nan_to_num(np.float16(normal)))


def photograph(
    number: int, size: int = SIZE, contaminants: bool = True, is_usual: bool = False
) -> Example:
    """Simulate the micrograph of a number as programs hand it to a picker.

    If it `is_usual`, its particles have enough pixels and do not crowd, see
    `draw_settings`.
    """
    rng = np.random.default_rng([11, number])
    settings = draw_settings(rng, size, contaminants, is_usual)
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        micrograph, centres, table = take_picture(settings, number)
        pixels = spoil(micrograph, settings, rng)
    return Example(pixels, centres, settings["diameter"], table)


def draw_settings(rng, size, contaminants, is_usual=False):
    """Draw the arguments of `make_micrographs`.

    Small particles and crowds are drawn for the network to know them. They are not what
    micrographs usually show: if one `is_usual`, it has neither.
    """
    names = list(PARTICLES)
    shares = np.array([PARTICLES[name][0] for name in names])
    particle = str(rng.choice(names, p=shares / shares.sum()))
    # Most particles span what the network is made for. Others are smaller, since a
    # small particle cannot be made larger.
    is_large = rng.uniform() < 0.75 or is_usual
    diameter = log_uniform(rng, 18, 33) if is_large else log_uniform(rng, 12, 18)
    spacing = float(rng.uniform(*SPACING.get(particle, ROUND)))
    # From a lone particle to a crowd in which neighbours touch.
    is_open = rng.uniform() < 0.6 or is_usual
    covered = rng.uniform(0.01, 0.4) if is_open else rng.uniform(0.35, 0.68)
    thinnest = log_uniform(rng, 0.5, 1.5)
    settings = {
        "size": size,
        "particle": particle,
        "diameter": diameter,
        "symmetry": str(rng.choice(PARTICLES[particle][1].split())),
        "views": str(rng.choice(["uniform", "preferred"], p=[0.75, 0.25])),
        "spacing": spacing,
        "n_particles": max(1, int(covered * size**2 / disc(spacing * diameter))),
        "snr": log_uniform(rng, 0.015, 1),
        # The particle is 80 to 400 angstrom wide.
        "pixel_size": log_uniform(rng, 80, 400) / diameter,
        "contrast": str(rng.choice(list(CONTRASTS), p=list(CONTRASTS.values()))),
        "ice_noise": float(rng.uniform(0.2, 1)),
        "ice_gradient": float(rng.uniform(0, 4)),
        "ice_thickness": (thinnest, thinnest * float(rng.uniform(1, 2.5))),
        "contamination": float(rng.uniform(0, 1)) if contaminants else 0.0,
        "contaminants": draw_kinds(rng),
        "smoothing": float(rng.uniform(0.4, 1.6)) if rng.uniform() < 0.35 else 0.0,
        "binning": 2 if rng.uniform() < 0.15 else 1,
        "hot_pixels": 1e-4 if rng.uniform() < 0.1 else 0.0,
    }
    if settings["contrast"] == "defocus":
        settings["defocus"] = (5_000, 35_000)
    return settings


def draw_kinds(rng):
    """Draw one to five kinds of contaminants."""
    count = rng.integers(1, 6)
    return [str(kind) for kind in rng.choice(CONTAMINANTS, count, replace=False)]


def take_picture(settings, number):
    """Return a micrograph, its particles and its contaminants; fewer if not all fit."""
    while True:
        try:
            [[micrograph], [centres], [table]] = make_micrographs(
                1, random_state=number, return_contaminants=True, **settings
            )
        except ValueError as error:
            if "n_particles" not in str(error):
                raise
            settings["n_particles"] = int(0.8 * settings["n_particles"])
        else:
            return np.asarray(micrograph), centres, table


def spoil(pixels, settings, rng):
    """Do to a micrograph what programs do before it comes to a picker."""
    if settings["contrast"] == "negative-stain":
        pixels = -pixels  # so that particles are dark
    if rng.uniform() < 0.25:  # few levels of grey, as in files of 8 bits
        level = pixels.std() * log_uniform(rng, 0.03, 0.5)
        pixels = np.round(pixels / level) * level
    if rng.uniform() < 0.15:  # a border of streaks, where frames were shifted
        width = int(rng.integers(1, 5))
        pixels = np.pad(pixels[width:-width, width:-width], width, mode="edge")
    return pixels


def disc(diameter):
    """Return the area of a disc."""
    return np.pi / 4 * diameter**2


def log_uniform(rng, low, high):
    """Draw a number whose logarithm is uniform."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
