"""Filaments of protein that lie about as clutter."""

import numpy as np
from scipy import ndimage

from pusklearn.micrographs.simulation._particle import Particle
from pusklearn.micrographs.simulation._scene import Scene

# One in so many points of a path is the centre of a disc.
DISC_EVERY = 3
N_STRANDS = 3


def add_filament(
    scene: Scene, particle: Particle, needed: float, rng: np.random.Generator
) -> None:
    """Add a long bent filament, which may cross other objects."""
    width = rng.uniform(0.3, 0.7) * particle.diameter
    path, headings = _bent_path(scene, particle, rng)
    reach = (width + particle.diameter) / 2
    taken = np.zeros(scene.free.shape, bool)
    for x, y in path[::DISC_EVERY]:
        slices, dx, dy = scene.window(x, y, reach)
        taken[slices] |= np.hypot(dx, dy) < reach
    if not scene.reserve(taken & scene.free, needed=needed):
        return
    _add_strands(scene, particle, path, headings, width, rng)
    # Neighbouring discs meet at the border of the filament.
    radius = np.hypot(width, DISC_EVERY * particle.sigma) / 2
    centres = path[::DISC_EVERY]
    discs = np.column_stack([centres, np.full(len(centres), radius)])
    scene.contaminants.append(("filament", discs))


def _bent_path(scene, particle, rng):
    """Return points near the image, one sigma apart, and the direction at each."""
    middle = rng.uniform(0, scene.shape[::-1])
    n_points = int(rng.uniform(5, 40) * particle.diameter / particle.sigma)
    bends = rng.normal(0, rng.uniform(0.005, 0.04), n_points)
    headings = rng.uniform(0, 2 * np.pi) + np.cumsum(bends)
    steps = np.column_stack([np.cos(headings), np.sin(headings)])
    path = np.cumsum(particle.sigma * steps, axis=0)
    path += middle - path[n_points // 2]
    far = np.add(scene.shape[::-1], scene.margin - 1)
    near = ((path > -scene.margin) & (path < far)).all(axis=1)
    return path[near], headings[near]


def _add_strands(scene, particle, path, headings, width, rng):
    """Add strands of blobs that wind around a path."""
    mass = rng.uniform(1.2, 2.4) * particle.mean_density * width * particle.sigma
    pitch = rng.uniform(1.5, 4) * width
    turns = particle.sigma * np.arange(len(path)) / pitch
    across = np.column_stack([-np.sin(headings), np.cos(headings)])
    phases = 2 * np.pi * (turns + np.arange(N_STRANDS)[:, None] / N_STRANDS)
    offsets = (width / 2 - particle.sigma) * np.cos(phases)
    strands = path + offsets[..., None] * across
    pixels = np.rint(strands.reshape(-1, 2)).astype(int) + scene.margin
    edge = int(5 * particle.sigma) + 1
    columns, rows = pixels.clip(0, np.subtract(scene.free.shape[::-1], 1)).T
    window = tuple(
        slice(max(0, i.min() - edge), i.max() + edge) for i in (rows, columns)
    )
    around = scene.density[window]
    strand = np.zeros_like(around)
    where = rows - window[0].start, columns - window[1].start
    np.add.at(strand, where, mass / N_STRANDS)
    strand = ndimage.gaussian_filter(strand, particle.sigma, mode="constant")
    # Without ice there is nothing that holds a filament.
    around += strand * scene.filled[window]
