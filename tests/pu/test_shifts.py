import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pusklearn.pu._shifts import farthest_shift, shifted


@pytest.mark.parametrize(
    ("side", "pixels"), [(1, 0), (8, 0), (13, 0), (14, 1), (28, 2), (32, 2), (96, 6)]
)
def test_an_image_is_shifted_by_a_fourteenth_of_its_shorter_side(side, pixels):
    assert farthest_shift(side, 2 * side) == pixels
    assert farthest_shift(3 * side, side) == pixels


@given(
    dy=st.integers(-4, 4),
    dx=st.integers(-4, 4),
    mirror=st.booleans(),
    channels=st.integers(1, 3),
    height=st.integers(1, 6),
    width=st.integers(1, 6),
)
def test_the_pixels_of_the_edge_fill_the_gap(dy, dx, mirror, channels, height, width):
    rng = np.random.default_rng(0)
    images = rng.normal(size=(2, channels, height, width)).astype(np.float32)
    # The other image stays as it is.
    values = [np.array([value, 0]) for value in (dy, dx)]
    after = shifted(torch.from_numpy(images), *values, np.array([mirror, False]))
    assert after.is_contiguous()
    image = images[0, :, :, ::-1] if mirror else images[0]
    wide = np.pad(image, [(0, 0), (4, 4), (4, 4)], mode="edge")
    expected = wide[:, 4 + dy :, 4 + dx :][:, :height, :width]
    np.testing.assert_array_equal(after[0], expected)
    np.testing.assert_array_equal(after[1], images[1])
