import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from pusklearn import FourierDownsampler, Micrograph
from pusklearn.micrographs.preprocessing._downsampled import as_fraction, downsampled


@pytest.mark.parametrize(
    ("factor", "fraction"),
    [(1, Fraction(1)), (2.5, Fraction(5, 2)), (np.float32(10 / 3), Fraction(10, 3))],
)
def test_a_factor_is_the_nearest_fraction_with_a_small_denominator(factor, fraction):
    assert as_fraction(factor) == fraction


@pytest.mark.parametrize("factor", [1, 2, 47 / 18])
def test_it_is_what_the_transformer_gives(factor):
    rng = np.random.default_rng(0)
    mask = np.zeros((70, 90), bool)
    mask[10:20, 30:40] = True
    micrograph = Micrograph(rng.normal(size=mask.shape), "a", 1.5, mask=mask)
    ours = downsampled(micrograph, as_fraction(factor))
    [theirs] = FourierDownsampler(factor).transform([micrograph])
    np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(ours.mask, theirs.mask)
    assert (ours.scale, ours.pixel_size) == (theirs.scale, theirs.pixel_size)


def test_a_result_without_a_pixel_is_refused():
    mask = np.zeros((12, 12), bool)
    mask[::2] = True  # every pixel of the result has a missing one
    micrograph = Micrograph(np.random.default_rng(0).normal(size=mask.shape), mask=mask)
    with pytest.raises(ValueError, match=r"Missing pixels of micrograph \(no name\)"):
        downsampled(micrograph, Fraction(2))


def test_it_needs_no_scikit_learn():
    program = (
        "import sys\n"
        "import pusklearn.micrographs.preprocessing._downsampled\n"
        "import pusklearn.micrographs.preprocessing._particle_span\n"
        "assert 'sklearn' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
