"""How particles and contaminants lie in a micrograph."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.simulation._check_settings import room
from pusklearn.micrographs.simulation._contaminants import add_fragments, add_obstacles
from pusklearn.micrographs.simulation._particle import Particle
from pusklearn.micrographs.simulation._scene import Scene

# Share of the area under discs of one diameter if no number of particles is given.
TYPICAL = 0.17
MAX_ATTEMPTS = 20


@dataclass(frozen=True)
class Layout:
    """What the layouts of all micrographs have in common.

    Parameters
    ----------
    shape : tuple of int
        (height, width) of the image.
    n_particles : int or None
        Number of particles; None draws one for each micrograph.
    distance : float
        Least distance of two centres, in pixels.
    crowded : bool
        Whether particles may be pushed together more closely than at random.
    kinds : collection of str
        Kinds of contaminants.
    amount : float
        Amount of contaminants, from 0 to 1.
    inset : float, default=0.0
        Centres lie at least this far inside the outermost pixels of the image.
    stained : bool, default=False
        Whether protein is seen as a lack of stain.
    """

    shape: tuple[int, int]
    n_particles: int | None
    distance: float
    crowded: bool
    kinds: Collection[str]
    amount: float
    inset: float = 0.0
    stained: bool = False

    def draw(
        self, particle: Particle, rng: np.random.Generator
    ) -> tuple[Scene, NDArray[np.float64]]:
        """Return a scene of particles and contaminants, and the particles' centres."""
        scene = Scene(self.shape, particle.diameter, self.inset, self.stained)
        n_particles = self._draw_number(particle, rng)
        needed = n_particles * room(self.distance, crowded=self.crowded)
        add_obstacles(scene, particle, self.kinds, self.amount, needed, rng)
        centres = self._place(scene, n_particles, rng)
        scene.add_particles(particle, centres, rng)
        if "fragment" in self.kinds:
            add_fragments(scene, particle, self.amount, n_particles, self.distance, rng)
        return scene, centres

    def _draw_number(self, particle, rng):
        if self.n_particles is not None:
            return self.n_particles
        area = np.prod(self.shape)
        typical = TYPICAL * area / (np.pi / 4 * particle.diameter**2)
        most = int(area / room(self.distance, crowded=self.crowded))
        return min(most, max(1, round(rng.uniform(0.8, 1.2) * typical)))

    def _place(self, scene, n_particles, rng):
        """Return centres at random, or in a crowd if so many do not fit at random."""
        at_random = n_particles * room(self.distance) <= scene.n_free
        place = scene.throw_darts if at_random else scene.crowd
        free = scene.free.copy()
        # A second attempt is rare: there is room for all, but a draw may get stuck.
        for _ in range(MAX_ATTEMPTS):
            centres = place(n_particles, self.distance, rng)
            if len(centres) == n_particles:
                return centres
            scene.free[:] = free
        raise ValueError(
            f"`n_particles`={n_particles} centres at least {self.distance:g} pixels "
            f"apart found no place in an image of shape {self.shape} in "
            f"{MAX_ATTEMPTS} attempts; lower `n_particles`, `spacing` or "
            "`contamination`."
        )
