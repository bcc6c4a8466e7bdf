"""The sides from which particles are seen."""

from collections.abc import Callable

import numpy as np
from scipy.spatial.transform import Rotation

# Draws n rotations that turn a particle before it is projected along z.
Views = Callable[[int, np.random.Generator], Rotation]
# Standard deviation of the tilt from a preferred side, in radians: 5 to 20 degrees.
TILT = (0.09, 0.35)
# Where a preferred side lies: along the main axis, across it, or anywhere.
SIDES = np.array([[0, 0, 1], [1, 1, 0], [1, 1, 1]])


def draw_views(kind: str, rng: np.random.Generator) -> Views:
    """Return a function that draws views of a kind, "uniform" or "preferred"."""
    return Rotation.random if kind == "uniform" else _preferred_views(rng)


def _preferred_views(rng):
    """Return a function that draws views around one or two directions."""
    n_directions = rng.integers(1, 3)
    directions = rng.choice(SIDES, n_directions)
    directions = directions * rng.standard_normal((n_directions, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    share = rng.uniform(0.5, 0.9)
    tilt = rng.uniform(*TILT)

    def draw(n, rng):
        seen = directions[(rng.uniform(size=n) > share) * (n_directions - 1)]
        seen = seen + tilt * rng.standard_normal((n, 3))
        return _seen_from(seen, rng.uniform(0, 2 * np.pi, n))

    return draw


def _seen_from(directions, angles):
    """Return rotations that bring directions (n, 3) to z, then turn by angles (n,)."""
    x, y, z = directions.T
    turns = [-np.arctan2(y, x), -np.arctan2(np.hypot(x, y), z), angles]
    return Rotation.from_euler("zyz", np.transpose(turns))
