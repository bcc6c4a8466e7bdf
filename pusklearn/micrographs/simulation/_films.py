"""What is larger than a micrograph: a carbon film, a gold foil, an empty hole."""

import numpy as np
from scipy.special import expit

from pusklearn.micrographs.simulation._particle import Particle
from pusklearn.micrographs.simulation._scene import Scene


def add_carbon(
    scene: Scene, particle: Particle, needed: float, rng: np.random.Generator
) -> None:
    """Add the rim of a hole in a carbon film: darker, grainy, with a fringe."""
    beyond = _beyond_a_hole(scene, rng)
    strength = rng.uniform(0.5, 1.5, 3)
    _add_film("carbon", scene, particle, needed, beyond, strength, softness=0.05)


def add_gold(
    scene: Scene, particle: Particle, needed: float, rng: np.random.Generator
) -> None:
    """Add the rim of a hole in a gold foil: black, with a sharp edge and a fringe."""
    beyond = _beyond_a_hole(scene, rng)
    strength = rng.uniform([3, 6, 0.5], [8, 16, 2])
    _add_film("gold", scene, particle, needed, beyond, strength, softness=0.02)


def add_hole(
    scene: Scene, particle: Particle, needed: float, rng: np.random.Generator
) -> None:
    """Add a round place without ice: lighter, with little structure, a dark rim."""
    diameter = particle.diameter
    x, y = rng.uniform(0, scene.shape[1]), rng.uniform(0, scene.shape[0])
    radius = min(
        rng.uniform(1.5, 6) * diameter, rng.uniform(0.2, 0.35) * min(scene.shape)
    )
    lightness, rim, empty = rng.uniform([0.5, 0.5, 0.7], [3, 3, 1])
    slices, dx, dy = scene.window(x, y, radius + diameter / 2)
    distance = np.hypot(dx, dy)
    if not scene.reserve(distance < radius + diameter / 2, slices, needed):
        return
    inside = expit((radius - distance) / (0.05 * diameter))
    scene.absorption[slices] -= lightness * inside
    ring = np.exp(-(((distance - radius) / (0.1 * diameter)) ** 2))
    scene.absorption[slices] += rim * ring
    scene.add_solid(0.5 * rim * particle.mean_density * ring, slices)
    scene.filled[slices] *= 1 - empty * inside
    scene.contaminants.append(("hole", np.array([[x, y, radius]])))


def _beyond_a_hole(scene, rng):
    """Return how far pixels lie beyond the rim of a large hole that holds the rest."""
    height, width = scene.shape
    angle = rng.uniform(0, 2 * np.pi)
    direction = np.array([np.cos(angle), np.sin(angle)])
    depth = rng.uniform(0.08, 0.25) * min(scene.shape)
    radius = rng.uniform(0.8, 2.0) * max(scene.shape)
    # The hole is placed so that the circle ends `depth` before the border.
    border = np.abs(direction) @ [width / 2, height / 2]
    hole = np.array([width / 2, height / 2]) + (border - depth - radius) * direction
    return np.hypot(*scene.offsets(*hole)) - radius


def _add_film(kind, scene, particle, needed, beyond, strength, *, softness):
    """Add a film whose density, darkness and grain have some strengths."""
    if not scene.reserve(beyond > -particle.diameter / 2, needed=needed):
        return
    film = expit(beyond / (softness * particle.diameter)).astype(np.float32)
    scene.add_solid(strength[0] * particle.mean_density * film)
    scene.absorption += strength[1] * film
    scene.grain += strength[2] * film
    scene.contaminants.append((kind, _cover(scene, beyond, particle.diameter)))


def _cover(scene, beyond, diameter):
    """Return discs that cover the part of the image beyond a rim.

    They lie on a square grid and reach beyond the rim by less than half a diameter,
    which is how far the centres of particles keep away from it.
    """
    step = max(1, int(diameter / 2))
    rows, columns = (
        np.arange(step // 2, side + step // 2, step) for side in scene.shape
    )
    inside = beyond[scene.margin + rows[:, None], scene.margin + columns] > -0.2 * step
    y, x = np.nonzero(inside)
    # A square of the grid lies within a disc of half its diagonal.
    radii = np.full(len(x), np.sqrt(0.5) * step)
    return np.column_stack([columns[x], rows[y], radii])
