import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.regions._label_sample import LabelSample
from pusklearn.micrographs.regions._label_shift import (
    correlation,
    great_shift,
    marked,
    small_shift,
    standing_out,
)

RADIUS = 15


def discs(level=-2.0, n=10, seed=0):
    rng = np.random.default_rng(seed)
    image = rng.normal(size=(220, 200)).astype(np.float32)
    y, x = np.indices(image.shape)
    points = rng.uniform(70, 130, (n, 2)) * [1, 1.1]
    for px, py in points:
        image[np.hypot(x - px, y - py) < 8] += level
    return Micrograph(image), points


@pytest.mark.parametrize("level", [-2.0, 2.0])
@pytest.mark.parametrize("shift", [(40, -31), (-22, 58)])
def test_a_great_shift_is_found_whatever_the_contrast(level, shift):
    image, points = discs(level)
    sample = LabelSample([image], [points - shift], [0])
    np.testing.assert_allclose(great_shift(sample, RADIUS), shift, atol=4)


def test_missing_pixels_draw_no_labels():
    image, points = discs()
    image[:40, :40] = -1000
    image.mask = np.asarray(image) == -1000
    sample = LabelSample([image], [points - [30, 20]], [0])
    np.testing.assert_allclose(great_shift(sample, RADIUS), [30, 20], atol=4)


def test_only_as_many_micrographs_are_used_as_are_needed(monkeypatch):
    monkeypatch.setattr(
        "pusklearn.micrographs.regions._label_shift.MOST_PIXELS", 220 * 200 // 4
    )
    image, points = discs()
    broken = Micrograph(np.full((50, 50), np.nan))
    sample = LabelSample([broken, image], [np.empty((0, 2)), points + 25], [0, 1])
    np.testing.assert_allclose(great_shift(sample, RADIUS), [-25, -25], atol=4)


@pytest.mark.parametrize("shift", [(15, 15), (-20, 4)])
def test_a_small_shift_is_found(shift):
    rng = np.random.default_rng(1)
    image, _ = discs(0.0)
    y, x = np.indices(image.shape)
    points = np.stack(np.meshgrid([40, 100, 160], [40, 90, 140, 190]), -1)
    points = points.reshape(-1, 2) + rng.uniform(-8, 8, (12, 2))
    for px, py in points:
        image[np.hypot(x - px, y - py) < 10] -= 2
    sample = LabelSample([image], [points - shift], [0])
    found, before, after = small_shift(sample, RADIUS, rng)
    np.testing.assert_allclose(found, shift, atol=6)
    assert after.strength > 2 * before.strength
    right, before, after = small_shift(LabelSample([image], [points], [0]), RADIUS, rng)
    assert np.hypot(*right) < 6
    assert after.strength >= before.strength > 10


def test_the_correlation_is_the_sum_at_the_marks():
    rng = np.random.default_rng(0)
    image = rng.normal(size=(12, 15)).astype(np.float32)
    points = np.array([[3.2, 4.9], [11, 2], [11.5, 2.1]])
    marks = marked(image.shape, points)
    assert marks[4, 3] == 1
    assert marks[2, 11] == 2
    assert marks.sum() == 3
    sums = correlation(image, marks, 3)
    expected = image[4 + 3, 3 - 2] + 2 * image[2 + 3, 11 - 2]
    assert sums[3 + 3, 3 - 2] == pytest.approx(expected, abs=1e-5)
    # The last row that a label can be moved to is there, and what lies beyond is 0.
    assert sums[3 - 3, 3] == pytest.approx(image[1, 3], abs=1e-5)


def test_what_stands_out_has_a_deviation_of_one():
    image, points = discs(n=1)
    found = standing_out(image, 2, RADIUS)
    assert found.shape == (110, 100)
    x, y = (points[0] / 2).astype(int)
    assert found[y, x] < -4
    assert 0.8 < found[:40].std() < 1.2
