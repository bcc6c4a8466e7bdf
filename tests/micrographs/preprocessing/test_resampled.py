import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import resample

from pusklearn.micrographs.preprocessing._resampled import resampled


@given(
    st.integers(1, 20), st.integers(1, 20), st.sampled_from([0, 1]), st.integers(0, 99)
)
def test_it_is_what_scipy_does(n, size, axis, seed):
    shape = (n, 3) if axis == 0 else (3, n)
    image = np.random.default_rng(seed).normal(size=shape)
    expected = resample(image, size, axis=axis)
    np.testing.assert_allclose(resampled(image, size, axis), expected, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_stays(dtype):
    image = np.random.default_rng(0).normal(size=(12, 14)).astype(dtype)
    small = resampled(image, 7, axis=1)
    assert (small.dtype, small.shape) == (dtype, (12, 7))
