"""What a micrograph shows besides particles, kind by kind."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from pusklearn.micrographs.simulation._filaments import add_filament
from pusklearn.micrographs.simulation._films import add_carbon, add_gold, add_hole
from pusklearn.micrographs.simulation._particle import Particle
from pusklearn.micrographs.simulation._scene import Scene
from pusklearn.micrographs.simulation._spots import (
    add_aggregate,
    add_bead,
    add_crystal,
    add_ice,
)

# Mean number of broken pieces per square of one diameter if contamination is 1.
PIECES = 0.08


@dataclass(frozen=True)
class Obstacle:
    """A kind of contaminant that particles must not overlap.

    Parameters
    ----------
    add : callable
        It adds one of the kind to a scene, or none if that leaves too little room.
    probability : float or None
        Probability that a micrograph shows one, if contamination is 1.
    density : float
        Mean number per square of one diameter, for a kind without a probability.
    """

    add: Callable[[Scene, Particle, float, np.random.Generator], None]
    probability: float | None = None
    density: float = 0.0

    def draw_number(
        self, amount: float, squares: float, rng: np.random.Generator
    ) -> int:
        """Return how many a micrograph of so many squares of one diameter shows."""
        if self.probability is None:
            return int(rng.poisson(self.density * amount * squares))
        return int(rng.uniform() < self.probability * amount)


OBSTACLES = {
    "carbon": Obstacle(add_carbon, probability=0.4),
    "gold": Obstacle(add_gold, probability=0.4),
    "hole": Obstacle(add_hole, probability=0.5),
    "ice": Obstacle(add_ice, density=0.008),
    "aggregate": Obstacle(add_aggregate, density=0.015),
    "crystal": Obstacle(add_crystal, density=0.01),
    "bead": Obstacle(add_bead, density=0.02),
    "filament": Obstacle(add_filament, density=0.01),
}
KINDS = (*OBSTACLES, "fragment")
USUAL = ("carbon", "ice", "aggregate", "fragment")


def add_obstacles(
    scene: Scene,
    particle: Particle,
    kinds: Collection[str],
    amount: float,
    needed: float,
    rng: np.random.Generator,
) -> None:
    """Add obstacles of some kinds: carbon, gold, holes, ice and others.

    Each of them is left out if it would leave fewer than `needed` free pixels.
    """
    squares = np.prod(scene.shape) / particle.diameter**2
    for kind, obstacle in OBSTACLES.items():
        if kind in kinds:
            for _ in range(obstacle.draw_number(amount, squares, rng)):
                obstacle.add(scene, particle, needed, rng)


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
    discs = np.column_stack([centres, np.full(len(centres), particle.diameter / 2)])
    scene.contaminants.append(("fragment", discs))

    share = scene.free.size / np.prod(scene.shape) - 1
    n_cut = rng.poisson(amount * n_particles * share)
    cut = scene.throw_darts(n_cut, distance, rng, outside=True)
    scene.add_particles(particle, cut, rng)
