"""Simulated cryo-EM micrographs with exact truth."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.simulation._check_settings import (
    NEAREST,
    check_settings,
    room,
)
from pusklearn.micrographs.simulation._contaminants import add_fragments, add_obstacles
from pusklearn.micrographs.simulation._microscope import Microscope
from pusklearn.micrographs.simulation._particle import Particle
from pusklearn.micrographs.simulation._scene import Scene

# Share of the area under discs of one diameter if no number of particles is given.
TYPICAL = 0.17


def make_micrographs(
    n_micrographs: int,
    *,
    size: int | Sequence[int] = 256,
    n_particles: int | None = None,
    particle: Literal[
        "globular",
        "thin",
        "shell",
        "torus",
        "multi-domain",
        "membrane",
        "elongated",
        "flat",
    ] = "globular",
    diameter: float = 24,
    symmetry: str = "D2",
    views: Literal["uniform", "preferred"] = "uniform",
    snr: float = 0.2,
    pixel_size: float = 6.0,
    defocus: tuple[float, float] = (15_000, 30_000),
    ice_noise: float = 0.5,
    ice_gradient: float = 2.0,
    contamination: float = 0.2,
    random_state: int | np.random.RandomState | None = None,
) -> tuple[list[Micrograph], list[NDArray[np.float64]]]:
    r"""Simulate cryo-EM micrographs of one kind of particle, with the exact centres.

    The particle is a rigid cloud of Gaussian blobs with the symmetry of a point group.
    It is drawn once per call. Each micrograph shows projections of it from random sides
    at random places, seen through the contrast transfer function (CTF) of a microscope,
    in noise. Protein is darker than ice. The image is

    .. math::

        I = S \, h * (\rho + n_{ice}) - a - t + n_{shot}

    with the density :math:`\rho` of particles and contaminants, the point spread
    :math:`h` of the CTF, the absorption :math:`a` of contaminants, the ice thickness
    :math:`t`, the white Gaussian noises :math:`n_{ice}` and :math:`n_{shot}`, and the
    scale :math:`S` that gives the particle unit variance (see `snr`). The CTF is that
    of a weak phase object [1]_ with an envelope [2]_,

    .. math::

        H(k) = -\sin\left(\pi \lambda z k^2 - \frac{\pi}{2} C_s \lambda^3 k^4
               + \arcsin A\right) e^{-B k^2 / 4}

    for a spatial frequency :math:`k` in 1/angstrom, defocus :math:`z`, wavelength
    :math:`\lambda` = 0.0197 angstrom (300 kV), :math:`C_s` = 2.7 mm, amplitude
    contrast :math:`A` = 0.1 and :math:`B` = 200 square angstrom.

    Parameters
    ----------
    n_micrographs : int
        Number of micrographs, at least 1. A greater number leaves the first
        micrographs as they are.
    size : int or tuple of int, default=256
        Side of a square micrograph, or (height, width), in pixels; at least
        twice the diameter.
    n_particles : int or None, default=None
        Particles per micrograph, at least 0. None draws a number for each
        micrograph, so that discs of one diameter cover 14 to 20 % of the area
        (20 to 30 particles by default).
    particle : str, default="globular"
        Shape of the particle; the proportions are drawn:

        - "globular": a ball or a spheroid
        - "thin": a slightly bent rod
        - "shell": a hollow ball or spheroid, such as apoferritin or a small virus
        - "torus": a ring, or a stack of two to four rings, such as a proteasome
        - "multi-domain": a lobe in the middle and others that are attached to it, two
          to five in all; a point group with many rotations copies the attached lobes
        - "membrane": a protein that passes through a round disc of detergent or lipid,
          which is less dense, and stands out on both of its faces
        - "elongated": a straight body that is 2 to 4 times as long as it is wide
        - "flat": a body that is 2 to 4 times as wide as it is high
    diameter : float, default=24
        Diameter of the sphere that holds the particle, in pixels, at least 8.
    symmetry : str, default="D2"
        Point group of the particle: "C1", "C2", ..., "D1", "D2", ..., "T", "O"
        or "I". Only a globular, hollow ("shell") or multi-domain particle can have T,
        O or I.
    views : {"uniform", "preferred"}, default="uniform"
        Sides from which the particles are seen: "uniform" shows all sides equally
        often, "preferred" shows sides around one or two directions, which are drawn
        once per call. All rotations in the plane of the image are equally likely.
    snr : float, default=0.2
        Signal-to-noise ratio, above 0: the variance of the noise-free image of a
        lone particle, divided by the variance of the noise. The former is taken over
        the views that `views` draws and the pixels within half a diameter of the
        centre. It is 1 in every micrograph, whatever its defocus, so the variance of
        the noise is ``1 / snr``; ``numpy.inf`` means no noise.
    pixel_size : float, default=6.0
        Edge of a pixel, in angstrom, above 0. It sets the scale of the CTF: at the
        default defocus, particles of less than about 40 angstrom turn into fringes.
    defocus : tuple of float, default=(15000, 30000)
        Least and greatest underfocus, in angstrom, both above 0. The underfocus of each
        micrograph is drawn uniformly between them.
    ice_noise : float, default=0.5
        Share of the noise variance, from 0 to 1, that comes from structure of the ice
        and passes through the CTF; the rest is white shot noise.
    ice_gradient : float, default=2.0
        Greatest rise of the background from one side to the other, as the ice gets
        thinner, in units of the standard deviation of the signal; at least 0. The rise
        of each micrograph is drawn uniformly between 0 and this value.
    contamination : float, default=0.2
        Amount of contaminants, from 0 (nothing but the particles) to 1: a carbon edge,
        dark ice blobs, aggregates, broken pieces, and particles in the surroundings
        that the edge of the image cuts. The kinds that a micrograph shows are drawn for
        each micrograph; the coordinates contain none of these objects.
    random_state : int, RandomState instance or None, default=None
        Seeds the particle, the layouts and the noise: the same integer gives the same
        bits. None draws fresh entropy from the operating system; the global state of
        NumPy is neither read nor changed.

    Returns
    -------
    micrographs : list of Micrograph
        Arrays of shape (height, width), float32, with the names "simulated_0000" and
        so on, the `pixel_size` and scale 1.
    coordinates : list of ndarray of shape (n_particles, 2)
        Exact centres (of mass) of the particles, columns ``x, y``, in pixels. All
        lie in ``[0, width - 1] x [0, height - 1]``; a particle near the edge may
        be cut. Any two are at least 0.9 diameters apart (0.75 if the particle is
        "thin" or "elongated", 0.8 if it is "multi-domain", 0.85 if it is "torus",
        "membrane" or "flat").

    Raises
    ------
    ValueError
        If a parameter is out of its range, or the particles do not fit.
    TypeError
        If a parameter that must be a number is not one.

    Notes
    -----
    The body of a shape is filled with 64 to a few hundred blobs, each of which is put where
    the gap is widest among a few random points of the body. The blobs are equally wide,
    5 to 7 % of the diameter. This width stands for the resolution. A "globular" or
    "thin" particle is even, apart from the masses of the blobs, which are drawn. In the
    other shapes, groups of neighbouring blobs form domains. Each domain has its own
    density, and lies up to 12 % nearer to the centre than the shape says, so that the
    outline is irregular. The group copies one asymmetric unit of all this.

    The wall of a shell takes 5 to 35 % of its radius, and the width of a blob adds to
    it. The rings of a stack are alike and touch. The disc of a membrane protein is a
    lens or a flat cylinder with rounded rims, or something between them; a blob of it
    has 0.4 to 0.8 times the mean mass of a blob of protein. Preferred views tilt from
    their direction by a normal angle of 5 to 20 degrees in each of two directions; of
    two preferred directions, one takes 50 to 90 % of the particles.

    References
    ----------
    .. [1] A. Rohou and N. Grigorieff, "CTFFIND4: Fast and accurate defocus
       estimation from electron micrographs", J. Struct. Biol. 192:216-221, 2015.
    .. [2] P. B. Rosenthal and R. Henderson, "Optimal determination of particle
       orientation, absolute hand, and contrast loss in single-particle electron
       cryomicroscopy", J. Mol. Biol. 333:721-745, 2003.

    Examples
    --------
    >>> from pusklearn.datasets import make_micrographs
    >>> micrographs, coordinates = make_micrographs(2, size=128, random_state=0)
    >>> micrographs[0].name, micrographs[0].shape, micrographs[0].pixel_size
    ('simulated_0000', (128, 128), 6.0)
    >>> [points.shape for points in coordinates]
    [(7, 2), (6, 2)]

    Without noise, protein is darker than ice:

    >>> [image], [points] = make_micrographs(
    ...     1, n_particles=1, snr=float("inf"), contamination=0, random_state=0
    ... )
    >>> x, y = points[0].round().astype(int)
    >>> bool(image[y - 6 : y + 7, x - 6 : x + 7].mean() < image.mean())
    True
    """
    shape = check_settings(
        n_micrographs=n_micrographs,
        size=size,
        n_particles=n_particles,
        particle=particle,
        views=views,
        diameter=diameter,
        defocus=defocus,
        snr=snr,
        pixel_size=pixel_size,
        ice_noise=ice_noise,
        ice_gradient=ice_gradient,
        contamination=contamination,
    )
    distance = NEAREST[particle] * diameter
    root = _seed_sequence(random_state)
    particle_seed, *seeds = root.spawn(1 + n_micrographs)
    rng = np.random.default_rng(particle_seed)
    cloud = Particle.random(particle, diameter, symmetry, rng, views)
    microscope = Microscope.for_particle(cloud, pixel_size, snr, ice_noise, rng)
    micrographs, coordinates = [], []
    for number, seed in enumerate(seeds):
        # Two streams of random numbers: the noise level does not change the layout.
        layout, noise = map(np.random.default_rng, seed.spawn(2))
        z = layout.uniform(*defocus)
        thickness = _thickness(shape, ice_gradient, layout)
        scene, centres = _lay_out(
            shape, cloud, n_particles, distance, contamination, layout
        )
        image = microscope.take(scene, z, thickness, noise)
        name = f"simulated_{number:04d}"
        micrographs.append(Micrograph(image, name=name, pixel_size=pixel_size))
        coordinates.append(centres)
    return micrographs, coordinates


def _lay_out(shape, cloud, n_particles, distance, contamination, rng):
    """Return a scene with particles and contaminants, and the particles' centres."""
    scene = Scene(shape, cloud.diameter)
    if n_particles is None:
        typical = TYPICAL * np.prod(shape) / (np.pi / 4 * cloud.diameter**2)
        n_particles = max(1, round(rng.uniform(0.8, 1.2) * typical))
    add_obstacles(scene, cloud, contamination, n_particles * room(distance), rng)
    free = scene.free.copy()
    # A second attempt is rare: there is room for all, but a draw may still get stuck.
    while len(centres := scene.throw_darts(n_particles, distance, rng)) < n_particles:
        scene.free[:] = free
    scene.add_particles(cloud, centres, rng)
    add_fragments(scene, cloud, contamination, n_particles, distance, rng)
    return scene, centres


def _thickness(shape, gradient, rng):
    """Return a ramp in a random direction that is bent across it: ice is not level."""
    angle = rng.uniform(0, 2 * np.pi)
    slope, bend = gradient * rng.uniform(size=2) * [1, rng.choice([-1, 1])]
    y, x = (np.linspace(-0.5, 0.5, side, dtype=np.float32) for side in shape)
    y = y[:, None]
    along = np.cos(angle) * x + np.sin(angle) * y
    across = np.cos(angle) * y - np.sin(angle) * x
    return (slope * along + bend * across**2).astype(np.float32)


def _seed_sequence(random_state):
    """Return a numpy SeedSequence that stands for a random state."""
    if random_state is None:
        return np.random.SeedSequence()
    words = check_random_state(random_state).randint(2**32, size=4, dtype=np.uint32)
    return np.random.SeedSequence(words.tolist())
