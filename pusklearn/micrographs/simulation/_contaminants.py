"""What a micrograph shows besides particles: carbon, ice, clumps, pieces."""

import numpy as np
from scipy.special import expit

from pusklearn.micrographs.simulation._particle import Particle
from pusklearn.micrographs.simulation._scene import Scene

# Mean numbers of ice blobs, aggregates and broken pieces per square of one diameter,
# and the probability of a carbon edge, if contamination is 1.
ICE = 0.008
AGGREGATES = 0.015
PIECES = 0.08
CARBON_PROBABILITY = 0.4


def add_obstacles(
    scene: Scene,
    particle: Particle,
    amount: float,
    needed: float,
    rng: np.random.Generator,
) -> None:
    """Add a carbon edge, ice and aggregates, which particles must not overlap.

    Each of them is left out if it would leave fewer than `needed` free pixels.
    """
    squares = np.prod(scene.shape) / particle.diameter**2
    if rng.uniform() < CARBON_PROBABILITY * amount:
        _add_carbon(scene, particle, needed, rng)
    for _ in range(rng.poisson(ICE * amount * squares)):
        _add_ice(scene, particle, needed, rng)
    for _ in range(rng.poisson(AGGREGATES * amount * squares)):
        _add_aggregate(scene, particle, needed, rng)


def add_fragments(
    scene: Scene,
    particle: Particle,
    amount: float,
    n_particles: int,
    distance: float,
    rng: np.random.Generator,
) -> None:
    """Add broken pieces of particles, and particles that the edge of the image cuts.

    A broken piece is the part of the cloud on one side of a random plane. Whole
    particles are put into the margin, on average with `amount` times the density that
    they have in the image; the edge of the image cuts some of them.
    """
    squares = np.prod(scene.shape) / particle.diameter**2
    n_pieces = rng.poisson(PIECES * amount * squares)
    centres = scene.throw_darts(n_pieces, distance, rng)
    heights = rng.standard_normal((len(centres), 3)) @ particle.positions.T
    cuts = [np.quantile(row, rng.uniform(0.4, 0.7)) for row in heights]
    kept = heights > np.reshape(cuts, (-1, 1))
    scene.add_particles(particle, centres, rng, kept * particle.weights)

    share = scene.free.size / np.prod(scene.shape) - 1
    n_cut = rng.poisson(amount * n_particles * share)
    cut = scene.throw_darts(n_cut, distance, rng, outside=True)
    scene.add_particles(particle, cut, rng)


def _add_carbon(scene, particle, needed, rng):
    """Add the rim of a hole in a carbon film: darker, grainy, with a fringe."""
    height, width = scene.shape
    angle = rng.uniform(0, 2 * np.pi)
    direction = np.array([np.cos(angle), np.sin(angle)])
    depth = rng.uniform(0.08, 0.25) * min(scene.shape)
    radius = rng.uniform(0.8, 2.0) * max(scene.shape)
    # The hole is placed so that the circle ends `depth` before the border.
    border = np.abs(direction) @ [width / 2, height / 2]
    hole = np.array([width / 2, height / 2]) + (border - depth - radius) * direction
    beyond = np.hypot(*scene.offsets(*hole)) - radius
    strength = rng.uniform(0.5, 1.5, 3)
    if not scene.reserve(beyond > -particle.diameter / 2, needed=needed):
        return
    film = expit(beyond / (0.05 * particle.diameter)).astype(np.float32)
    scene.density += strength[0] * particle.mean_density * film
    scene.absorption += strength[1] * film
    scene.grain += strength[2] * film


def _add_ice(scene, particle, needed, rng):
    """Add a dark rounded blob with a bright fringe, larger than a particle."""
    diameter = particle.diameter
    x, y = rng.uniform(0, scene.shape[1]), rng.uniform(0, scene.shape[0])
    radius = rng.uniform(0.6, 1.6) * diameter
    orders = np.arange(2, 6)[:, None, None]
    bumps = rng.uniform(0, 0.3, (4, 1, 1)) / orders
    shifts = rng.uniform(0, 2 * np.pi, (4, 1, 1))
    strength = rng.uniform(0.5, 1.5, 3)
    reach = radius * (1 + bumps.sum()) + diameter / 2
    slices, dx, dy = scene.window(x, y, reach)
    distance = np.hypot(dx, dy)
    if not scene.reserve(distance < reach, slices, needed):
        return
    waves = bumps * np.cos(orders * np.arctan2(dy, dx) + shifts)
    outline = radius * (1 + waves.sum(axis=0))
    blob = expit((outline - distance) / (0.04 * diameter))
    dome = np.sqrt(np.clip(1 - (distance / outline) ** 2, 0, None))
    scene.density[slices] += 2 * strength[0] * particle.mean_density * blob
    scene.absorption[slices] += 2 * strength[1] * blob * (0.5 + dome)
    scene.grain[slices] += 0.4 * strength[2] * blob


def _add_aggregate(scene, particle, needed, rng):
    """Add a clump of overlapping particles."""
    x, y = rng.uniform(0, scene.shape[1]), rng.uniform(0, scene.shape[0])
    members = rng.normal(0, 0.45, (rng.integers(4, 11), 2)).clip(-1, 1)
    darkness = rng.uniform(0.3, 1.0)
    reach = np.linalg.norm(members, axis=1).max() + 0.9
    slices, dx, dy = scene.window(x, y, reach * particle.diameter)
    distance = np.hypot(dx, dy) / particle.diameter
    if not scene.reserve(distance < reach, slices, needed):
        return
    # A clump lies in thicker ice, which fades out where the reserve ends.
    scene.absorption[slices] += darkness * np.exp(-((distance / 0.7) ** 2))
    scene.add_particles(particle, [x, y] + members * particle.diameter, rng)
