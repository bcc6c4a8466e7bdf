import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.regions._ring_features import (
    EDGES,
    N_FEATURES,
    N_MEANS,
    places_around,
    random_places,
    ring_features,
)

RADIUS = 15
CENTRE = np.array([[30.0, 32.0]])


def distance_from_centre(shape=(64, 64)):
    y, x = np.indices(shape)
    return np.hypot(x - 30, y - 32)


@pytest.mark.parametrize("ring", range(N_MEANS))
def test_a_bright_ring_shows_in_its_own_feature_alone(ring):
    inner, outer = np.r_[0, EDGES][ring : ring + 2] * RADIUS
    distance = distance_from_centre()
    image = np.where((distance >= inner) & (distance < outer), 2.0, 0.0)
    (features,) = ring_features(image, CENTRE, RADIUS)
    np.testing.assert_allclose(features[:N_MEANS], 2 * np.eye(N_MEANS)[ring])


def test_a_constant_does_not_change_the_means():
    image = np.random.default_rng(0).normal(size=(64, 64))
    before = ring_features(image, CENTRE, RADIUS)[:, :N_MEANS]
    after = ring_features(image + 1.5, CENTRE, RADIUS)[:, :N_MEANS]
    np.testing.assert_allclose(after, before, atol=1e-5)


def test_powers_are_logarithms_over_the_power_of_the_outermost_ring():
    noise = np.random.default_rng(0).normal(size=(64, 64))
    loud = np.where(distance_from_centre() < 0.45 * RADIUS, 3 * noise, noise)
    before, after = (
        ring_features(i, CENTRE, RADIUS)[0, N_MEANS:] for i in (noise, loud)
    )
    np.testing.assert_allclose(after - before, [np.log(9), 0], atol=1e-4)


def test_every_second_pixel_of_a_large_region_is_read():
    distance = distance_from_centre()
    image = np.where(distance < 9, -1.0, 0.0)
    (features,) = ring_features(image, CENTRE, 30)
    np.testing.assert_allclose(features[:N_MEANS], [-1, -1, 0, 0, 0])
    seen = image.copy()
    seen[1::2] = np.nan
    (again,) = ring_features(seen, CENTRE, 30)
    np.testing.assert_array_equal(again, features)


@pytest.mark.parametrize("how", ["nan", "mask", "edge"])
def test_missing_pixels_do_not_count(how):
    image = np.random.default_rng(0).normal(size=(64, 64)).astype(np.float32)
    if how == "edge":
        cut, points = image[:, 25:], CENTRE - [25, 0]
        expected = image.copy()
        expected[:, :25] = np.nan
    else:
        expected, points = image.copy(), CENTRE
        expected[20:30] = np.nan
        cut = Micrograph(expected.copy())
        if how == "mask":
            cut.mask = np.isnan(expected)
            cut[20:30] = 7.0
    found = ring_features(cut, points, RADIUS)[0]
    there = ~np.isnan(expected)
    ring = np.searchsorted(EDGES, distance_from_centre() / RADIUS, side="right")
    inside = there & (distance_from_centre() <= RADIUS)
    means = [expected[inside & (ring == r)].mean() for r in range(N_MEANS + 1)]
    np.testing.assert_allclose(
        found[:N_MEANS], np.subtract(means[:-1], means[-1]), atol=1e-5
    )


def test_a_place_that_is_mostly_missing_has_no_features():
    image = np.ones((64, 64))
    image[:, :33] = np.nan
    assert np.isnan(ring_features(image, CENTRE, RADIUS)).all()
    hole = np.ones((64, 64))
    hole[distance_from_centre() < 0.15 * RADIUS] = np.nan
    assert np.isnan(ring_features(hole, CENTRE, RADIUS)).all()


def test_no_place_has_an_empty_row():
    assert ring_features(np.ones((64, 64)), np.empty((0, 2)), 15).shape == (
        0,
        N_FEATURES,
    )


def test_places_around_points_keep_their_distance():
    rng = np.random.default_rng(0)
    points = rng.uniform(100, 200, (50, 2))
    places = places_around(points, 10, (300, 300), 3, rng)
    distance = np.hypot(*(places - np.repeat(points, 3, axis=0)).T)
    assert len(places) == 150
    assert distance.min() >= 15
    assert distance.max() <= 60


def test_places_lie_inside():
    rng = np.random.default_rng(0)
    places = places_around(np.array([[0.0, 0.0], [39, 19]]), 15, (20, 40), 20, rng)
    uniform = random_places((20, 40), 500, rng)
    for xy in (places, uniform):
        assert (xy >= 0).all()
        assert (xy <= [39, 19]).all()
    assert uniform.max(axis=0) == pytest.approx([39, 19], abs=1)
