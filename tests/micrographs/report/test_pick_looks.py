import numpy as np
import pytest

from pusklearn.micrographs.report._pick_looks import (
    SUSPECTED,
    find_statistics,
    measure_looks,
    middle_and_spread,
    suspected_picks,
)


@pytest.fixture
def noise():
    return np.random.default_rng(0).normal(size=(200, 200)).astype(np.float32)


def test_a_dark_particle_has_negative_contrast(noise):
    y, x = np.mgrid[:200, :200]
    noise[np.hypot(x - 60, y - 100) < 7] -= 3
    dark, plain = measure_looks(noise, np.array([[60, 100], [140, 100]]), 14)
    assert dark[0] < -1
    assert abs(plain[0]) < 0.3


def test_an_edge_of_carbon_changes_the_level_and_the_spread(noise):
    noise[:, :80] -= 6
    edge, ice = measure_looks(noise, np.array([[79.0, 100.0], [170.0, 100.0]]), 14)
    assert edge[1] > 1.5 * ice[1]
    assert edge[2] < ice[2] - 1


def test_no_point_gives_no_look(noise):
    assert measure_looks(noise, np.empty((0, 2)), 14).shape == (0, 3)


def test_points_beyond_the_image_are_measured_at_its_edge(noise):
    beyond = measure_looks(noise, np.array([[-5.0, 900.0]]), 14)
    inside = measure_looks(noise, np.array([[0.0, 199.0]]), 14)
    np.testing.assert_array_equal(beyond, inside)


def test_a_pick_that_differs_is_suspected():
    usual = np.random.default_rng(0).normal(size=(500, 3))
    looks = np.array([[0.0, 0, 0], [0, 10, 0], [0, 0, -10]])
    deviations = suspected_picks(looks, usual)
    assert (deviations > SUSPECTED).tolist() == [False, True, True]
    assert deviations[1] == pytest.approx(10, rel=0.15)


def test_few_picks_tell_nothing():
    assert not suspected_picks(np.full((3, 3), 99.0), np.zeros((19, 3))).any()


def test_picks_that_are_all_alike_suspect_none():
    assert not suspected_picks(np.full((3, 3), 99.0), np.zeros((30, 3))).any()


def test_statistics_of_noise(noise):
    found = find_statistics(noise * 2 + 50, 14)
    assert found["brightness"] == pytest.approx(50, abs=0.1)
    assert found["contrast"] == pytest.approx(2, rel=0.05)
    assert found["missing"] == 0
    slope = np.linspace(0, 10, 200, dtype=np.float32)
    assert find_statistics(noise + slope, 14)["unevenness"] > 2 * found["unevenness"]


def test_missing_pixels_are_counted(noise):
    noise[:50] = np.nan
    assert find_statistics(noise, 14)["missing"] == 0.25
    noise[:] = np.nan
    found = find_statistics(noise, 14)
    assert found["missing"] == 1
    assert np.isnan(found["contrast"])
    assert not measure_looks(noise, np.zeros((1, 2)), 14).any()


def test_a_constant_image_has_looks():
    assert np.isfinite(measure_looks(np.ones((9, 9)), np.ones((2, 2)), 4)).all()


def test_the_spread_of_a_normal_sample_is_its_standard_deviation():
    middle, spread = middle_and_spread(np.random.default_rng(0).normal(3, 2, 10_000))
    assert (middle, spread) == (pytest.approx(3, abs=0.1), pytest.approx(2, rel=0.05))
