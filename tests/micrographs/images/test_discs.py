import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pusklearn.micrographs.images._discs import disc, mark_discs, within_discs
from pusklearn.micrographs.images._micrograph import Micrograph


@pytest.mark.parametrize("radius", [0, 0.9, 1, 1.5, 2, 2.9, 5, 5.1])
def test_a_disc_has_every_offset_within_the_radius_once(radius):
    expected = {
        (dy, dx)
        for dy in range(-9, 10)
        for dx in range(-9, 10)
        if np.hypot(dy, dx) <= radius
    }
    offsets = [tuple(offset) for offset in disc(radius).tolist()]
    assert len(offsets) == len(expected)
    assert set(offsets) == expected


@given(
    st.lists(st.tuples(st.integers(0, 39), st.integers(0, 29)), max_size=4),
    st.sampled_from([0, 1, 3, 4.5]),
    st.sampled_from([1, 2]),
)
@settings(max_examples=50, deadline=None)
def test_marks_are_the_pixels_within_the_radius_of_a_rounded_centre(
    points, radius, scale
):
    micrograph = Micrograph(np.zeros((30 // scale, 40 // scale)), scale=scale)
    coordinates = np.array(points, dtype=float).reshape(-1, 2)
    height, width = micrograph.shape
    rows, columns = np.indices(micrograph.shape)
    expected = np.zeros(micrograph.shape, dtype=int)
    for x, y in coordinates / scale:
        x, y = min(np.rint(x), width - 1), min(np.rint(y), height - 1)
        expected[np.hypot(columns - x, rows - y) <= radius / scale] = 1
    np.testing.assert_array_equal(mark_discs(micrograph, coordinates, radius), expected)


def test_a_pixel_within_two_discs_comes_twice():
    y, x = within_discs(
        Micrograph(np.zeros((5, 5))), np.array([[2.0, 2.0], [2.0, 2.0]]), 0
    )
    assert (y.tolist(), x.tolist()) == ([2, 2], [2, 2])


@pytest.mark.parametrize("point", [(-0.5, 0), (9.99, 0), (0, -0.5), (0, 7.99)])
def test_a_particle_on_the_outermost_pixels_is_inside(point):
    micrograph = Micrograph(np.zeros((8, 10)))
    assert mark_discs(micrograph, np.array([point]), 0).sum() == 1


@pytest.mark.parametrize("point", [(-0.6, 0), (10, 0), (0, -0.6), (0, 8)])
def test_a_particle_outside_is_refused_and_named(point):
    micrograph = Micrograph(np.zeros((4, 5)), name="grid1", scale=2.0)
    message = (
        r"grid1 spans 10 x 8 original pixels, and 1 of its particles lie outside, "
        rf"such as x={2 * point[0] if point[0] < 0 else point[0]:g}, "
    )
    x, y = (2 * value if value < 0 else value for value in point)
    with pytest.raises(ValueError, match=message):
        mark_discs(micrograph, np.array([[1.0, 1.0], [x, y]]), 0)
