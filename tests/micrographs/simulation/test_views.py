import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pusklearn.micrographs.simulation._views import _seen_from, draw_views


def directions(rotations):
    """The direction of the particle that points along z in each view."""
    return rotations.inv().apply([0, 0, 1])


def share_within(points, angle):
    """Share of directions within an angle of one of two, the best of some pairs."""
    near = points[:60] @ points.T > np.cos(angle)
    return max((a | b).mean() for a in near for b in near)


def test_uniform_views_are_uniform_rotations():
    draw = draw_views("uniform", np.random.default_rng(0))
    found = draw(5, np.random.default_rng(1))
    expected = Rotation.random(5, np.random.default_rng(1))
    np.testing.assert_array_equal(found.as_matrix(), expected.as_matrix())


def test_preferred_views_cluster_around_one_or_two_directions():
    shares, singles = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        points = directions(draw_views("preferred", rng)(400, rng))
        shares.append(share_within(points, 0.8))
        singles.append((points[:60] @ points.T > np.cos(0.8)).mean(axis=1).max())
    uniform = directions(Rotation.random(400, np.random.default_rng(0)))
    assert share_within(uniform, 0.8) < 0.45
    assert min(shares) > 0.9
    # One direction in about half of the calls, two in the others.
    assert 0.25 < np.mean(np.greater(singles, 0.9)) < 0.75


def test_preferred_views_spread_by_an_angle_that_is_drawn():
    widths = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        points = directions(draw_views("preferred", rng)(400, rng))
        angles = np.arccos(np.clip(points @ points.T, -1, 1))
        # A quarter of the views of one direction lie within 0.76 spreads of the middle.
        widths.append(np.quantile(angles, 0.25, axis=1).min())
    assert 0.05 < min(widths) < 0.15
    assert 0.25 < max(widths) < 0.7


@pytest.mark.parametrize("seed", range(3))
def test_preferred_views_turn_freely_in_the_plane_of_the_image(seed):
    rng = np.random.default_rng(seed)
    rotations = draw_views("preferred", rng)(2000, rng)
    np.testing.assert_allclose(np.linalg.det(rotations.as_matrix()), 1)
    for axis in np.eye(3):
        x, y, _ = rotations.apply(axis).T
        turn = np.exp(1j * np.arctan2(y, x))
        # The mean of n random turns is about 1 / sqrt(n) = 0.022 long.
        assert abs(turn.mean()) < 0.07
        assert abs((turn**2).mean()) < 0.07


def test_the_directions_are_drawn_once():
    rng = np.random.default_rng(4)
    draw = draw_views("preferred", rng)
    one, two = (directions(draw(2000, np.random.default_rng(s))) for s in (0, 1))
    np.testing.assert_allclose(one.mean(axis=0), two.mean(axis=0), atol=0.05)
    other = directions(draw_views("preferred", rng)(2000, rng))
    assert np.abs(other.mean(axis=0) - one.mean(axis=0)).max() > 0.1


def test_a_view_from_a_direction_has_it_along_z_and_turns_around_it():
    rng = np.random.default_rng(0)
    points = rng.standard_normal((20, 3))
    seen = _seen_from(points, np.full(20, 0.3)).apply(points)
    lengths = np.linalg.norm(points, axis=1)
    np.testing.assert_allclose(seen, np.outer(lengths, [0, 0, 1]), atol=1e-9)
    turned = (
        _seen_from(points, np.full(20, 1.7))
        * _seen_from(points, np.full(20, 0.3)).inv()
    )
    expected = np.tile([0, 0, 1.4], (20, 1))
    np.testing.assert_allclose(turned.as_rotvec(), expected, atol=1e-9)


def test_a_preferred_direction_lies_along_the_main_axis_or_across_it_or_anywhere():
    heights = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        points = directions(draw_views("preferred", rng)(100, rng))
        heights.append(np.abs(points[:, 2]).mean())
    # The mean is 0.5 if views are uniform; the spread alone gives 0.07 to 0.25 across.
    assert np.mean(np.less(heights, 0.26)) > 0.15
    assert np.mean(np.greater(heights, 0.85)) > 0.2
    assert np.mean(np.less(np.abs(np.subtract(heights, 0.55)), 0.25)) > 0.2
