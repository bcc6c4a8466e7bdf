import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.regions._scores_of import scores_at, scores_of


class Mean:
    def decision_function(self, X):
        return np.asarray(X).mean((1, 2))


class Certain:
    def predict_proba(self, X):
        share = np.asarray(X).mean((1, 2))
        return np.column_stack([1 - share, share])


def test_scores_at_points_are_those_of_the_regions_around_them():
    rng = np.random.default_rng(0)
    images = [Micrograph(rng.normal(size=(20, 25)).astype(np.float32)) for _ in "ab"]
    points = [np.array([[7.4, 5.6], [12, 9]]), np.array([[30.0, 8]])]
    found = scores_at(Mean(), images, points, 5)
    expected = [
        images[0][4:9, 5:10].mean(),
        images[0][7:12, 10:15].mean(),
        images[1][6:11, 22:25].sum() / 25,
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_pixels_that_are_not_there_are_background():
    image = np.ones((9, 9), np.float32)
    image[4, 3:6] = np.nan, np.inf, -np.inf
    image[3, 3:6] = 3
    (found,) = scores_at(Mean(), [Micrograph(image)], [np.array([[4.0, 4]])], 5)
    assert found == pytest.approx((22 + 3 * 3) / 25)  # the background is 1


def test_certain_probabilities_give_finite_scores():
    regions = np.stack([np.zeros((3, 3)), np.full((3, 3), 0.5), np.ones((3, 3))])
    np.testing.assert_allclose(scores_of(Certain(), regions), [-16, 0, 16], atol=0.5)
