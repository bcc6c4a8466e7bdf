"""Simulated cryo-EM micrographs with exact truth."""

from collections.abc import Collection, Sequence
from typing import Any, Literal

import numpy as np
from scipy import ndimage
from sklearn.utils import check_random_state

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.simulation._block_means import block_coordinates
from pusklearn.micrographs.simulation._check_settings import (
    NEAREST,
    check_settings,
)
from pusklearn.micrographs.simulation._contaminant_table import contaminant_table
from pusklearn.micrographs.simulation._contaminants import USUAL
from pusklearn.micrographs.simulation._contrast import CONTRASTS
from pusklearn.micrographs.simulation._hot_pixels import add_hot_pixels
from pusklearn.micrographs.simulation._ice import ice_level, thickness_of_ice
from pusklearn.micrographs.simulation._layout import Layout
from pusklearn.micrographs.simulation._microscope import Microscope
from pusklearn.micrographs.simulation._particle import Particle


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
    spacing: float | None = None,
    snr: float = 0.2,
    pixel_size: float = 6.0,
    defocus: tuple[float, float] | None = None,
    contrast: Literal["defocus", "phase-plate", "negative-stain"] = "defocus",
    ice_noise: float = 0.5,
    ice_gradient: float = 2.0,
    ice_thickness: tuple[float, float] = (1.0, 1.0),
    contamination: float = 0.2,
    contaminants: Collection[str] | None = None,
    binning: int = 1,
    smoothing: float = 0.0,
    hot_pixels: float = 0.0,
    return_contaminants: bool = False,
    random_state: int | np.random.RandomState | None = None,
) -> tuple[list[Any], ...]:
    r"""Simulate cryo-EM micrographs of one kind of particle, with the exact centres.

    The particle is a rigid cloud of Gaussian blobs with the symmetry of a point group.
    It is drawn once per call. Each micrograph shows projections of it from random sides
    at random places, seen through the contrast transfer function (CTF) of a microscope,
    in noise. Protein is darker than ice. The image is

    .. math::

        I = S \, h * (\rho + n_{ice}) - a - t + n_{shot}

    with the density :math:`\rho` of particles and contaminants, the point spread
    :math:`h` of the CTF, the absorption :math:`a` of contaminants, the darkness
    :math:`t` of the ice, the white Gaussian noises :math:`n_{ice}` and
    :math:`n_{shot}`, and the scale :math:`S` that gives the particle unit variance (see
    `snr`). The CTF is that of a weak phase object [1]_ with an envelope [2]_,

    .. math::

        H(k) = -\sin\left(\pi \lambda z k^2 - \frac{\pi}{2} C_s \lambda^3 k^4
               + \arcsin A + \varphi\right) e^{-B k^2 / 4}

    for a spatial frequency :math:`k` in 1/angstrom, defocus :math:`z`, wavelength
    :math:`\lambda` = 0.0197 angstrom (300 kV), :math:`C_s` = 2.7 mm, amplitude
    contrast :math:`A` = 0.1, :math:`B` = 200 square angstrom, and a phase shift
    :math:`\varphi` of 0, or of 90 degrees with a phase plate. In negative stain,
    :math:`A` is 0.3 and :math:`\rho` is the density of the stain: it lacks where
    protein is, and three quarters of what lacks gather around the protein.

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
        (20 to 30 particles by default), or as many as `spacing` leaves room for.
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
    spacing : float or None, default=None
        Least distance of two centres, in diameters, at least 0.5. If more centres are
        asked for than find a place at random, they start closer and push each other
        apart, so that discs of this diameter can cover up to 75 % of the area: a crowd
        of touching particles. None means at most 45 % and 0.9 (0.75 if the particle is
        "thin" or "elongated", 0.8 if it is "multi-domain", 0.85 if it is "torus",
        "membrane" or "flat").
    snr : float, default=0.2
        Signal-to-noise ratio, above 0: the variance of the noise-free image of a
        lone particle, divided by the variance of the noise. The former is taken over
        the views that `views` draws and the pixels within half a diameter of the
        centre. It is 1 in every micrograph, whatever its defocus, so the variance of
        the noise is ``1 / snr``; ``numpy.inf`` means no noise.
    pixel_size : float, default=6.0
        Edge of a pixel, in angstrom, above 0. It sets the scale of the CTF: at the
        default defocus, particles of less than about 40 angstrom turn into fringes.
    defocus : tuple of float or None, default=None
        Least and greatest underfocus, in angstrom, both above 0. The underfocus of each
        micrograph is drawn uniformly between them. None means (15000, 30000), or
        (3000, 8000) with a phase plate, or (8000, 15000) in negative stain.
    contrast : {"defocus", "phase-plate", "negative-stain"}, default="defocus"
        What makes protein visible: "defocus" alone; or "phase-plate", with which
        protein is dark as a whole and has few fringes; or "negative-stain", in which
        protein is lighter than what surrounds it and has a dark halo.
    ice_noise : float, default=0.5
        Share of the noise variance, from 0 to 1, that comes from structure of the ice
        and passes through the CTF; the rest is white shot noise.
    ice_gradient : float, default=2.0
        Greatest rise of the background from one side to the other, as the ice gets
        thinner, in units of the standard deviation of the signal; at least 0. The rise
        of each micrograph is drawn uniformly between 0 and this value.
    ice_thickness : tuple of float, default=(1.0, 1.0)
        Least and greatest thickness of the ice, both above 0; at 1 the signal-to-noise
        ratio is `snr`. Each micrograph passes smoothly from one thickness to another,
        both drawn between the bounds. The variance of the noise is in proportion to the
        thickness; thick ice is darker, and particles in it are blurred.
    contamination : float, default=0.2
        Amount of contaminants, from 0 (nothing but the particles) to 1. The coordinates
        contain none of them. Those that would leave too little room for the particles
        are left out.
    contaminants : collection of str or None, default=None
        Kinds of contaminants that are drawn for each micrograph: "carbon" (the edge of
        a carbon film), "ice" (dark blobs), "aggregate" (clumps of particles),
        "fragment" (broken pieces, and particles in the surroundings that the edge of
        the image cuts), "gold" (the edge of a gold foil), "bead" (round and black
        beads of gold), "crystal" (dark, with straight edges), "filament" (long bent
        filaments of protein) and "hole" (a large round place without ice).
        None means "carbon", "ice", "aggregate" and "fragment". How many there are is
        drawn by `contamination`: a small micrograph may get none of a kind.
    binning : int, default=1
        The micrograph is simulated with pixels that are finer by this factor, and each
        of its pixels is the mean of a block of them. All lengths, the `snr` and the
        coordinates are those of the micrograph that comes out.
    smoothing : float, default=0.0
        Standard deviation of a Gaussian, in pixels, that smooths the noisy micrograph
        as a denoiser does; 0 means none.
    hot_pixels : float, default=0.0
        Share of the pixels, from 0 to 1, that are outliers of 10 to 1,000 standard
        deviations, light or dark; they are not smoothed.
    return_contaminants : bool, default=False
        Whether to return where the contaminants lie, too.
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
        be cut. Any two are at least `spacing` diameters apart.
    contaminants : list of DataFrame
        Only if `return_contaminants` is True. The columns x, y and radius, in pixels,
        and kind describe discs that cover the contaminants of a micrograph: one disc
        each, but many for a film of carbon or gold and for a filament. The centres
        of particles lie outside all discs. Particles that the edge of the image cuts
        are not listed.

    Raises
    ------
    ValueError
        If a parameter is out of its range, or the particles do not fit.
    TypeError
        If a parameter that must be a number is not one.

    Notes
    -----
    The body of a shape is filled with 64 to a few hundred blobs. Each is put where the
    gap is widest among a few random points of the body. The blobs are equally wide, 5
    to 7 % of the diameter. This width stands for the resolution. A "globular" or "thin"
    particle is even, apart from the masses of the blobs, which are drawn. In the other
    shapes, groups of neighbouring blobs form domains. Each domain has its own density,
    and lies up to 12 % nearer to the centre than the shape says, so that the outline is
    irregular. The group copies one asymmetric unit of all this.

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
    >>> import numpy as np
    >>> from pusklearn.datasets import make_micrographs
    >>> micrographs, coordinates = make_micrographs(2, size=128, random_state=0)
    >>> micrographs[0].name, micrographs[0].shape, micrographs[0].pixel_size
    ('simulated_0000', (128, 128), 6.0)
    >>> [points.shape for points in coordinates]
    [(7, 2), (6, 2)]

    The picks on contaminants are counted by the discs that cover them; no particle is
    there:

    >>> _, [points], [junk] = make_micrographs(
    ...     1, contamination=1, return_contaminants=True, random_state=0
    ... )
    >>> steps = points[:, None] - junk[["x", "y"]].to_numpy()
    >>> on_junk = np.linalg.norm(steps, axis=2) < junk["radius"].to_numpy()
    >>> int(on_junk.any(axis=1).sum())
    0

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
        spacing=spacing,
        contrast=contrast,
        ice_thickness=ice_thickness,
        contaminants=contaminants,
        binning=binning,
        smoothing=smoothing,
        hot_pixels=hot_pixels,
        return_contaminants=return_contaminants,
    )
    optics = CONTRASTS[contrast]
    nearest = NEAREST[particle] if spacing is None else spacing
    # Lengths in the scene are in fine pixels.
    layout = Layout(
        shape=(shape[0] * binning, shape[1] * binning),
        n_particles=n_particles,
        distance=nearest * diameter * binning,
        crowded=spacing is not None,
        kinds=USUAL if contaminants is None else contaminants,
        amount=contamination,
        inset=(binning - 1) / 2,
        stained=optics.stained,
    )
    root = _seed_sequence(random_state)
    particle_seed, *seeds = root.spawn(1 + n_micrographs)
    rng = np.random.default_rng(particle_seed)
    cloud = Particle.random(particle, diameter * binning, symmetry, rng, views)
    microscope = Microscope.for_particle(
        cloud,
        pixel_size / binning,
        snr,
        ice_noise,
        rng,
        contrast=optics,
        binning=binning,
    )
    micrographs, coordinates, tables = [], [], []
    for number, seed in enumerate(seeds):
        # Streams of random numbers of their own: the noise does not change the layout.
        place, noise, extra = map(np.random.default_rng, seed.spawn(3))
        z = place.uniform(*(optics.defocus if defocus is None else defocus))
        level = ice_level(shape, ice_gradient, place)
        scene, centres = layout.draw(cloud, place)
        thickness = thickness_of_ice(scene.density.shape, ice_thickness, extra)
        image = microscope.take(scene, z, level, thickness, noise)
        if smoothing:
            image = ndimage.gaussian_filter(image, smoothing)
        image = add_hot_pixels(image, hot_pixels, extra)
        name = f"simulated_{number:04d}"
        micrographs.append(Micrograph(image, name=name, pixel_size=pixel_size))
        coordinates.append(block_coordinates(centres, binning))
        tables.append(contaminant_table(scene.contaminants, shape, binning))
    if return_contaminants:
        return micrographs, coordinates, tables
    return micrographs, coordinates


def _seed_sequence(random_state):
    """Return a numpy SeedSequence that stands for a random state."""
    if random_state is None:
        return np.random.SeedSequence()
    words = check_random_state(random_state).randint(2**32, size=4, dtype=np.uint32)
    return np.random.SeedSequence(words.tolist())
