"""Small round contaminants: ice, clumps of particles, gold beads, crystals."""

import numpy as np
from scipy.special import expit

from pusklearn.micrographs.simulation._particle import Particle
from pusklearn.micrographs.simulation._scene import Scene


def add_ice(
    scene: Scene, particle: Particle, needed: float, rng: np.random.Generator
) -> None:
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
    scene.add_solid(2 * strength[0] * particle.mean_density * blob, slices)
    scene.absorption[slices] += 2 * strength[1] * blob * (0.5 + dome)
    scene.grain[slices] += 0.4 * strength[2] * blob
    scene.contaminants.append(("ice", np.array([[x, y, reach - diameter / 2]])))


def add_aggregate(
    scene: Scene, particle: Particle, needed: float, rng: np.random.Generator
) -> None:
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
    radius = (reach - 0.4) * particle.diameter
    scene.contaminants.append(("aggregate", np.array([[x, y, radius]])))


def add_bead(
    scene: Scene, particle: Particle, needed: float, rng: np.random.Generator
) -> None:
    """Add a bead of gold: round, black and smaller than a particle."""
    x, y = rng.uniform(0, scene.shape[1]), rng.uniform(0, scene.shape[0])
    radius = rng.uniform(0.15, 0.4) * particle.diameter
    strength = rng.uniform([3, 6], [10, 20])
    reach = radius + particle.diameter / 2
    slices, dx, dy = scene.window(x, y, reach)
    distance = np.hypot(dx, dy)
    if not scene.reserve(distance < reach, slices, needed):
        return
    ball = np.sqrt(np.clip(1 - (distance / radius) ** 2, 0, None))
    scene.add_solid(strength[0] * particle.mean_density * ball, slices)
    scene.absorption[slices] += strength[1] * ball
    scene.contaminants.append(("bead", np.array([[x, y, radius]])))


def add_crystal(
    scene: Scene, particle: Particle, needed: float, rng: np.random.Generator
) -> None:
    """Add a crystal of ice or ethane: dark, with straight and sharp edges."""
    x, y = rng.uniform(0, scene.shape[1]), rng.uniform(0, scene.shape[0])
    radius = rng.uniform(0.25, 0.9) * particle.diameter
    n_edges = rng.integers(4, 8)
    edges = (np.arange(n_edges) + rng.uniform(0, 0.6, n_edges)) * 2 * np.pi / n_edges
    depths = radius * rng.uniform(0.6, 0.9, n_edges)
    strength = rng.uniform([1, 2], [4, 10])
    reach = radius + particle.diameter / 2
    slices, dx, dy = scene.window(x, y, reach)
    distance = np.hypot(dx, dy)
    if not scene.reserve(distance < reach, slices, needed):
        return
    beyond = distance - radius
    for edge, depth in zip(edges, depths, strict=True):
        beyond = np.maximum(beyond, np.cos(edge) * dx + np.sin(edge) * dy - depth)
    body = expit(-beyond / 0.3)
    scene.add_solid(strength[0] * particle.mean_density * body, slices)
    scene.absorption[slices] += strength[1] * body
    scene.contaminants.append(("crystal", np.array([[x, y, radius]])))
