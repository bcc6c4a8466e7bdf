import numpy as np
import pytest

from pusklearn.micrographs.regions._label_evidence import (
    NOTHING,
    compare,
    is_clear,
    label_evidence,
    middle_and_deviation,
)
from pusklearn.micrographs.regions._ring_features import N_FEATURES


def drawn(n, shift=0.0, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.normal(size=(n, N_FEATURES)) + shift
    return labels, rng.normal(size=(n, 3, N_FEATURES))


def test_labels_anywhere_have_a_strength_of_one_and_no_distance():
    evidence = [compare(*drawn(60, seed=seed)) for seed in range(200)]
    assert np.mean([e.strength for e in evidence]) == pytest.approx(1, abs=0.1)
    assert np.mean([e.distance for e in evidence]) < 0.25
    assert not any(is_clear(e) for e in evidence)


def test_the_distance_is_that_of_mahalanobis():
    shift = np.r_[1.0, -1.0, np.zeros(N_FEATURES - 2)]
    evidence = compare(*drawn(4000, shift))
    assert evidence.n_labels == 4000
    assert evidence.distance == pytest.approx(np.sqrt(2), abs=0.1)
    assert is_clear(evidence)
    direction = evidence.direction / np.linalg.norm(evidence.direction)
    np.testing.assert_allclose(direction, shift / np.sqrt(2), atol=0.1)
    assert evidence.grey == pytest.approx(0, abs=0.05)


def test_the_greatest_distance_covers_the_true_one():
    shift = np.r_[0.8, np.zeros(N_FEATURES - 1)]
    most = [compare(*drawn(30, shift, seed)).greatest_distance for seed in range(100)]
    assert np.mean(np.array(most) >= 0.8) >= 0.9


def test_the_unit_of_a_feature_does_not_matter():
    labels, around = drawn(50, 0.5)
    units = np.geomspace(0.01, 100, N_FEATURES)
    plain, scaled = compare(labels, around), compare(labels * units, around * units)
    assert scaled.strength == pytest.approx(plain.strength, rel=1e-3)
    np.testing.assert_allclose(scaled.direction * units, plain.direction, rtol=1e-2)


def test_labels_of_which_nothing_is_known_do_not_count():
    labels, around = drawn(40, 1.0)
    expected = compare(labels[5:], around[5:])
    labels[:3], around[3:5] = np.nan, np.nan
    found = compare(labels, around)
    assert found.n_labels == 35
    assert found.strength == pytest.approx(expected.strength)


def test_labels_may_share_the_places_around_them():
    labels, around = drawn(40, 1.0)
    shared = compare(labels, around.reshape(1, -1, N_FEATURES))
    assert shared.n_labels == 40
    assert shared.strength == pytest.approx(compare(labels, around).strength, rel=0.2)


def test_fewer_than_three_labels_are_no_evidence():
    assert compare(*drawn(2)) is NOTHING


def test_dark_discs_are_found():
    rng = np.random.default_rng(0)
    image = rng.normal(size=(200, 200))
    points = np.array([[40.0, 50.0], [150, 40], [60, 150], [140, 150]])
    y, x = np.indices(image.shape)
    for px, py in points:
        image[np.hypot(x - px, y - py) < 8] -= 2
    empty = np.empty((0, 2))
    found = label_evidence([image, image], [points, empty], 15, rng)
    wrong = label_evidence([image, image], [points + 30, empty], 15, rng)
    assert found.n_labels == 4
    assert found.strength > 10 * wrong.strength
    assert -2.5 < found.grey < -1


def test_the_deviation_is_robust():
    values = np.random.default_rng(0).normal(3, 2, (2000, 1))
    values[:100] = 1e6
    middle, deviation = middle_and_deviation(values)
    assert middle == pytest.approx([3], abs=0.3)
    assert deviation == pytest.approx([2], abs=0.3)
