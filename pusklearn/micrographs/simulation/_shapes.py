"""The shapes of particles: a cloud of points and their masses for each kind."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from pusklearn.micrographs.simulation._orbits import (
    nearest_orbit,
    point_group,
    spread_orbits,
)

Cloud = tuple[NDArray[np.float64], NDArray[np.float64]]
# Least number of blobs in one asymmetric unit.
MIN_UNIT = 4
# Points thrown into the box around a body; those that hit it stand for it.
N_DARTS = 8192
# Candidates for a blob; a dozen would leave holes around the axes of a shell.
N_CANDIDATES = 40
# Orbits of blobs in a domain, which has its own density and stands out or lies back.
DOMAIN = 6
AXIAL_ONLY = ("T", "O", "I")


class Shape(NamedTuple):
    """A kind of particle.

    Parameters
    ----------
    draw : callable
        Called with the symmetry, the matrices of its group and a random generator, it
        returns the positions (n_blobs, 3) and the masses (n_blobs,) of blobs, in any
        unit of length. A main axis lies along z.
    blob_width : float
        Standard deviation of a blob as a share of the diameter.
    axis : str
        The one axis that the shape has, in words; empty if it can have several.
    """

    draw: Callable[[str, NDArray[np.float64], np.random.Generator], Cloud]
    blob_width: float = 0.05
    axis: str = ""


def draw_cloud(shape: str, symmetry: str, rng: np.random.Generator) -> Cloud:
    """Return the positions and the masses of a random cloud of a shape."""
    group = point_group(symmetry)
    kind = SHAPES[shape]
    if kind.axis and symmetry in AXIAL_ONLY:
        raise ValueError(
            f"A particle of shape {shape!r} has {kind.axis}, so `symmetry` must be Cn "
            f"or Dn. Got {symmetry!r}."
        )
    return kind.draw(symmetry, group, rng)


def _globular(symmetry, group, rng):
    """Draw a ball, or a spheroid along z."""
    width = 1.0 if symmetry in AXIAL_ONLY else rng.uniform(0.65, 1.0)

    def draw(n, start, stop):
        points = rng.standard_normal((n, 3))
        points /= np.linalg.norm(points, axis=1, keepdims=True)
        return points * rng.uniform(size=(n, 1)) ** (1 / 3) * [width, width, 1.0]

    return _even_cloud(draw, group, rng)


def _thin(symmetry, group, rng):
    """Draw a slightly bent rod."""
    bend = rng.uniform(0.1, 0.3) if symmetry == "C1" else rng.uniform(0.05, 0.15)

    def draw(n, start, stop):
        z = rng.uniform(2 * start - 1, 2 * stop - 1, n)
        x, y = rng.uniform(-0.15, 0.15, (2, n))
        return np.column_stack([x + bend * (1 - z**2), y, z])

    return _even_cloud(draw, group, rng)


def _shell(symmetry, group, rng):
    """Draw a hollow ball, or a hollow spheroid along z."""
    wall = rng.uniform(0.05, 0.35)
    width = 1.0 if symmetry in AXIAL_ONLY else rng.uniform(0.8, 1.0)
    darts = _throw_darts([width, width, 1], rng)
    radii = np.linalg.norm(darts / [width, width, 1], axis=1)
    return _domains(darts[(radii > 1 - wall) & (radii < 1)], group, 240, rng)


def _torus(symmetry, group, rng):
    """Draw a ring around z, or a stack of two to four rings."""
    n_rings = rng.choice([1, 1, 2, 3, 4])
    width, height = rng.uniform(0.12, 0.4), rng.uniform(0.12, 0.35)
    levels = height * (2 * np.arange(n_rings) - n_rings + 1)
    darts = _throw_darts([1 + width, 1 + width, n_rings * height], rng)
    from_line = np.hypot(darts[:, 0], darts[:, 1]) - 1
    from_level = np.abs(darts[:, 2:] - levels).min(axis=1)
    body = np.hypot(from_line / width, from_level / height) < 1
    return _domains(darts[body], group, 144, rng)


def _multi_domain(symmetry, group, rng):
    """Draw a lobe in the middle, and others that touch it or each other."""
    order = len(group)
    n_lobes = 1 + max(1, rng.integers(1, 5) // order)
    radii = rng.uniform(0.45, 1.0, n_lobes)
    # Many copies of a lobe stay apart only if they are small on a large middle.
    radii[0] = max(radii[0], 1 - 4 / order)
    radii[1:] *= min(1, np.sqrt(4 / order))
    centres = np.zeros((n_lobes, 3))
    for lobe in range(1, n_lobes):
        other = rng.integers(lobe)
        step = rng.standard_normal(3)
        step *= rng.uniform(0.75, 0.95) / np.linalg.norm(step)
        centres[lobe] = centres[other] + step * (radii[other] + radii[lobe])
    reach = (np.linalg.norm(centres, axis=1) + radii).max()
    darts = _throw_darts(reach, rng)
    body = darts[_in_lobes(darts, centres, radii, group)]
    return _domains(body, group, max(128, 6 * order), rng)


def _membrane(symmetry, group, rng):
    """Draw a protein along z that passes a light disc and stands out of its faces."""
    half = rng.uniform(0.3, 0.45)
    # A belt of detergent has a sharp rim like a lens, a nanodisc a steep one.
    power = rng.uniform(1.5, 6)
    column = rng.uniform(0.3, 0.55)
    radii = np.array([rng.uniform(0.3, 0.75), rng.uniform(0.15, 0.5)])
    x, z = rng.uniform(0, 0.35, 2), half + 0.6 * radii
    heads = np.column_stack([x, [0, 0], z * [1, -1]])
    reach = max(1, (x + radii).max())
    darts = _throw_darts([reach, reach, (z + radii).max()], rng)
    radius, height = np.hypot(darts[:, 0], darts[:, 1]), np.abs(darts[:, 2])
    protein = (radius < column) & (height < half)
    protein |= _in_lobes(darts, heads, radii, group)
    disc = (radius**power + (height / half) ** power < 1) & ~protein
    n_disc = round(208 * disc.sum() / (protein | disc).sum())
    cloud, masses = _domains(darts[protein], group, 208 - n_disc, rng)
    belt = _spread(darts[disc], group, n_disc, rng)
    light = np.full(len(belt), rng.uniform(0.4, 0.8) * masses.mean())
    return np.vstack([cloud, belt]), np.hstack([masses, light])


def _elongated(symmetry, group, rng):
    """Draw a body that is 2 to 4 times as long, along z, as it is wide."""
    width = 1 / rng.uniform(2, 4)
    darts = _throw_darts(1, rng)
    x, y, z = darts.T
    body = x**2 + y**2 + z**4 < 1
    return _domains(darts[body] * [width, width, 1], group, 80, rng)


def _flat(symmetry, group, rng):
    """Draw a body that is 2 to 4 times as wide as it is high, along z."""
    axes = [1, rng.uniform(0.75, 1), 1 / rng.uniform(2, 4)]
    darts = _throw_darts(1, rng)
    body = np.linalg.norm(darts, axis=1) < 1
    return _domains(darts[body] * axes, group, 128, rng)


SHAPES = {
    "globular": Shape(_globular, 0.07),
    "thin": Shape(_thin, 0.07, "one long axis"),
    "shell": Shape(_shell),
    "torus": Shape(_torus, axis="one axis through its hole"),
    "multi-domain": Shape(_multi_domain),
    "membrane": Shape(_membrane, axis="one axis across the membrane"),
    "elongated": Shape(_elongated, 0.06, "one long axis"),
    "flat": Shape(_flat, axis="one short axis"),
}


def _throw_darts(box, rng):
    """Return points that lie uniformly in a box around the origin."""
    return rng.uniform(-1, 1, (N_DARTS, 3)) * box


def _in_lobes(points, centres, radii, group):
    """Tell which points lie in balls or in their copies."""
    copies = np.vstack(centres @ group.transpose(0, 2, 1))
    return (cdist(points, copies) < np.tile(radii, len(group))).any(axis=1)


def _even_cloud(draw, group, rng):
    """Return a cloud of blobs that lie apart and have different masses."""
    n_unit = max(MIN_UNIT, -(-64 // len(group)))
    positions = spread_orbits(draw, group, n_unit)
    return positions, np.repeat(rng.uniform(0.5, 1.5, n_unit), len(group))


def _spread(body, group, n_blobs, rng):
    """Return blobs that lie apart in a body, which is given as points."""

    def draw(n, start, stop):
        return body[rng.integers(len(body), size=n)]

    n_orbits = max(MIN_UNIT, -(-n_blobs // len(group)))
    return spread_orbits(draw, group, n_orbits, N_CANDIDATES)


def _domains(body, group, n_blobs, rng):
    """Return a cloud that fills a body, in domains of different density and height."""
    order = len(group)
    cloud = _spread(body, group, n_blobs, rng)
    n_orbits = len(cloud) // order
    n_domains = max(2, n_orbits // DOMAIN)
    domain = nearest_orbit(cloud, order, n_domains)
    heights = rng.uniform(0.88, 1.0, n_domains)[domain]
    masses = rng.uniform(0.5, 1.5, n_domains)[domain]
    masses *= rng.uniform(0.8, 1.2, n_orbits) / _overlap(cloud, order)
    return cloud * np.repeat(heights, order)[:, None], np.repeat(masses, order)


def _overlap(cloud, order):
    """Return for each orbit how many copies share one place; 1 if they lie apart."""
    gap = np.median(np.sort(cdist(cloud[::order], cloud), axis=1)[:, 1])
    orbits = cloud.reshape(-1, order, 3)
    distances = np.linalg.norm(orbits - orbits[:, :1], axis=2)
    return np.exp(-((distances / gap) ** 2)).sum(axis=1)
