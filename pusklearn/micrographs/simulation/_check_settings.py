"""The rules for the parameters of a simulation."""

from math import inf, pi
from numbers import Integral, Real

# Least distance of two centres, in diameters: thin particles may lie closer.
NEAREST = {"globular": 0.9, "thin": 0.75}
# Discs put down at random without overlap jam near 0.547 of the area; this share
# is reached with ease.
FULL = 0.45

# Kind of number, rule in words, rule. A rule is false for NaN.
RULES = {
    "n_micrographs": (Integral, ">= 1", lambda v: v >= 1),
    "n_particles": (Integral, ">= 0", lambda v: v >= 0),
    "diameter": (Real, ">= 8 and finite", lambda v: 8 <= v < inf),
    "snr": (Real, "> 0", lambda v: v > 0),
    "pixel_size": (Real, "> 0 and finite", lambda v: 0 < v < inf),
    "ice_noise": (Real, "between 0 and 1", lambda v: 0 <= v <= 1),
    "ice_gradient": (Real, ">= 0 and finite", lambda v: 0 <= v < inf),
    "contamination": (Real, "between 0 and 1", lambda v: 0 <= v <= 1),
}


def check_settings(*, size, particle, n_particles, diameter, defocus, **numbers):
    """Return the shape (height, width), or raise where a rule is broken.

    `numbers` are the other parameters of `make_micrographs` that have a rule.
    """
    if not isinstance(particle, str) or particle not in NEAREST:
        raise ValueError(
            f"`particle` must be one of {sorted(NEAREST)}. Got {particle!r} instead."
        )
    for name, value in {"diameter": diameter, **numbers}.items():
        _check_number(name, value)
    _check_defocus(defocus)
    shape = _check_shape(size, diameter)
    if n_particles is not None:
        _check_number("n_particles", n_particles)
        _check_that_they_fit(n_particles, shape, NEAREST[particle] * diameter)
    return shape


def room(distance):
    """Return the pixels one centre takes where they lie as close as may be asked."""
    return pi / 4 * distance**2 / FULL


def _check_number(name, value):
    kind, words, holds = RULES[name]
    if not isinstance(value, kind) or isinstance(value, bool):
        noun = "an integer" if kind is Integral else "a number"
        raise TypeError(f"`{name}` must be {noun}. Got {value!r} instead.")
    if not holds(value):
        raise ValueError(f"`{name}` must be {words}. Got {value} instead.")


def _check_defocus(defocus):
    try:
        low, high = defocus
        in_order = 0 < low <= high < inf
    except (TypeError, ValueError):
        in_order = False
    if not in_order:
        raise ValueError(
            "`defocus` must be a pair (low, high) with 0 < low <= high, in angstrom. "
            f"Got {defocus!r} instead."
        )


def _check_shape(size, diameter):
    shape = (size, size) if isinstance(size, Integral) else size
    if (
        not isinstance(shape, tuple | list)
        or len(shape) != 2
        or not all(isinstance(side, Integral) for side in shape)
    ):
        raise TypeError(
            "`size` must be an integer or a pair (height, width) of them. "
            f"Got {size!r} instead."
        )
    if min(shape) < 2 * diameter:
        raise ValueError(
            f"`size` must be at least twice the diameter, {2 * diameter:g} pixels. "
            f"Got {size} instead."
        )
    return tuple(int(side) for side in shape)


def _check_that_they_fit(n_particles, shape, distance):
    capacity = int(shape[0] * shape[1] / room(distance))
    if n_particles > capacity:
        raise ValueError(
            f"`n_particles` must be at most {capacity}: centres at least {distance:g} "
            f"pixels apart, in an image of shape {shape}. Got {n_particles} instead."
        )
