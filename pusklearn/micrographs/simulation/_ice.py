"""The ice of a micrograph: how dark and how thick it is from place to place."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit


def ice_level(
    shape: tuple[int, int], gradient: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return a ramp in a random direction that is bent across it: ice is not level."""
    angle = rng.uniform(0, 2 * np.pi)
    slope, bend = gradient * rng.uniform(size=2) * [1, rng.choice([-1, 1])]
    along, across = _axes(shape, angle)
    return (slope * along + bend * across**2).astype(np.float32)


def thickness_of_ice(
    shape: tuple[int, int], bounds: tuple[float, float], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return a thickness that passes smoothly from one value to another.

    Both values lie between the bounds and are drawn log-uniformly. The way between
    them is wavy.
    """
    if bounds[0] == bounds[1]:
        return np.full(shape, bounds[0], np.float32)
    start, stop = np.interp(rng.uniform(size=2), [0, 1], np.log(bounds))
    angle, phase = rng.uniform(0, 2 * np.pi, 2)
    along, across = (axis.astype(np.float32) for axis in _axes(shape, angle))
    turns, height = rng.uniform([0.5, 0.0], [1.5, 0.2]).tolist()
    way = along + height * np.sin(2 * np.pi * turns * across + phase.astype(np.float32))
    share = expit(rng.uniform(4, 12) * way)
    return np.exp(np.float32(start) + np.float32(stop - start) * share)


def _axes(shape, angle):
    """Return coordinates along and across a direction, from about -0.5 to 0.5."""
    y, x = (np.linspace(-0.5, 0.5, side, dtype=np.float32) for side in shape)
    y = y[:, None]
    along = np.cos(angle) * x + np.sin(angle) * y
    across = np.cos(angle) * y - np.sin(angle) * x
    return along, across
