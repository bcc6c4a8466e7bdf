import numpy as np
import pytest

from pusklearn.micrographs.images._check_labelled_particles import (
    check_labelled_particles,
)


def test_some_micrographs_may_have_no_particle():
    particles = check_labelled_particles([[], [(3, 4, 0.5)]], 2)
    assert [p.shape for p in particles] == [(0, 2), (1, 2)]
    np.testing.assert_array_equal(particles[1], [(3, 4)])


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "requires y to be passed, but the target y is None"),
        ([[], []], "At least 1 particle must be labelled. Got 0"),
        ([[(1, 2)]], "Got 1 for 2 micrographs"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(y, message):
    with pytest.raises(ValueError, match=message):
        check_labelled_particles(y, 2)
