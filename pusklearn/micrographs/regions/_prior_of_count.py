"""The prior that a number of particles per micrograph gives."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._discs import disc
from pusklearn.micrographs.images._lengths import in_words, original_pixels
from pusklearn.micrographs.images._micrograph import length_in_pixels
from pusklearn.micrographs.regions._tiled_regions import TiledRegions


def prior_of_count(
    count: float,
    regions: TiledRegions,
    coordinates: Sequence[NDArray],
    label_radius: float | str,
) -> float:
    """Return the share of pixels in the discs of all particles expected.

    Parameters
    ----------
    count : float
        The mean number of particles in a micrograph, labelled or not.
    regions : TiledRegions
        The regions of the micrographs.
    coordinates : sequence of ndarray of shape (k, 2)
        Labelled particles of each micrograph.
    label_radius : float or str
        The radius of a disc.

    Raises
    ------
    ValueError
        If more particles are labelled, or the discs fill the micrographs.
    """
    # Micrographs that are missing as a whole hold no particles.
    rows = [i for i, gaps in enumerate(regions.all_gaps()) if gaps.n_there]
    n_labels = np.mean([len(coordinates[row]) for row in rows])
    if count <= n_labels:
        raise ValueError(
            "`particles_per_micrograph` counts all particles, so it must exceed "
            f"the mean number of labelled ones. Got {count:g} with {n_labels:g} "
            "labelled. If every particle is labelled, leave it None."
        )
    micrographs = [regions.micrographs[row] for row in rows]
    sizes = [
        len(disc(length_in_pixels(radius, m)))
        for m in micrographs
        for radius in [original_pixels(label_radius, m, "label_radius")]
    ]
    n_pixels = sum(regions.gaps(row).n_there for row in rows)
    prior = count * sum(sizes) / n_pixels
    if prior >= 1:
        raise ValueError(
            f"{count:g} particles per micrograph, with discs of radius "
            f"{in_words(label_radius)}, are more than the "
            f"{n_pixels / len(rows):.0f} pixels of a micrograph hold."
        )
    return prior
