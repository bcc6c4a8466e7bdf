import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from pusklearn import TiledRegions
from pusklearn.micrographs.regions._find_particles import find_particles


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        hnp.arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))),
        min_size=1,
        max_size=4,
    ),
    st.randoms(use_true_random=False),
)
def test_particles_are_the_patches_of_8_neighbours(marks, random):
    regions = TiledRegions([np.zeros(m.shape, np.float32) for m in marks], 5)
    rows = np.flatnonzero(np.concatenate([m.ravel() for m in marks]))
    order = random.sample(range(len(regions)), len(regions))
    # In another order too, as a view may have them.
    places = np.empty(len(regions), int)
    places[order] = np.arange(len(regions))
    for X, positives in ((regions, rows), (regions[order], places[rows])):
        for particles, m in zip(find_particles(X, positives), marks, strict=True):
            patches, n = ndimage.label(m, np.ones((3, 3)))
            expected = ndimage.center_of_mass(m, patches, np.arange(1, n + 1))
            # Sums in another order round in another way.
            centres = sorted(map(tuple, particles.round(9)))
            assert centres == sorted(tuple(np.round(c, 9)) for c in expected)
