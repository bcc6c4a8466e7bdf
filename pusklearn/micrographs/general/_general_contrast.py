"""The contrast of the particles that the general network has learnt."""

import numpy as np

from pusklearn.micrographs.regions._contrast import Contrast

# A particle is dark up to the fourth of the rings that `ring_features` tells apart. The
# fifth may lie across its edge.
DIRECTION = (-0.5, -0.5, -0.5, -0.5, 0.0)
# In micrographs of EMPIAR-10017, which are crowded, the skewness is 0.1 to 0.45. With
# this one, none of 60 simulated micrographs, most of them full of contaminants, looked
# inverted, and of the inverted ones of EMPIAR-10017 more than half did.
SKEWNESS = 0.3


def general_contrast(region_size: int) -> Contrast:
    """Return the contrast of dark particles that fill most of a region.

    With it, a `RegionScorer` warns of micrographs whose particles seem to be light.

    Parameters
    ----------
    region_size : int
        Edge of a region, in pixels.

    Returns
    -------
    Contrast
    """
    return Contrast(-1.0, np.array(DIRECTION), SKEWNESS, region_size // 2)
