import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from pusklearn.metrics import pu_calibration_curve


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_where_every_positive_is_labelled_it_is_the_curve_of_scikit_learn(strategy):
    rng = np.random.default_rng(0)
    y, y_prob = rng.integers(0, 2, 200), rng.integers(0, 21, 200) / 20
    found = pu_calibration_curve(y, y_prob, prior=None, strategy=strategy)
    expected = calibration_curve(y, y_prob, strategy=strategy)
    np.testing.assert_allclose(found, expected)


def test_the_scheme_says_what_the_population_is():
    y = [1, 1, 0, 0, 0, 0, 0, 0]
    y_prob = [0.9, 0.3, 0.8, 0.7, 0.4, 0.2, 0.1, 0.0]
    true, predicted = pu_calibration_curve(y, y_prob, prior=0.5, n_bins=2)
    np.testing.assert_allclose(true, [0.5 * 0.5 / (5 / 8), 0.5 * 0.5 / (3 / 8)])
    np.testing.assert_allclose(predicted, [1 / 5, 2.4 / 3])
    true, predicted = pu_calibration_curve(
        y, y_prob, prior=0.2, scheme="case-control", n_bins=2
    )
    np.testing.assert_allclose(true, [0.2 * 0.5 * 7 / 5, 0.2 * 0.5 * 7 / 3])
    np.testing.assert_allclose(predicted, [0.7 / 4, 1.5 / 2])


def test_true_probabilities_lie_on_the_diagonal():
    rng = np.random.default_rng(0)
    truth = rng.random(100_000)
    y = (rng.random(len(truth)) < truth) & (rng.random(len(truth)) < 0.3)
    true, predicted = pu_calibration_curve(y, truth, prior=0.5)
    np.testing.assert_allclose(true, predicted, atol=0.02)
    # Taken for negatives, the unlabeled make 0.9 look like 0.27.
    taken_for_negatives, _ = calibration_curve(y, truth)
    assert taken_for_negatives[-1] < 0.3


def test_bins_without_a_sample_of_the_population_keep_their_place():
    y, y_prob = [1, 0, 0], [0.5, 0.1, 0.9]
    true, predicted = pu_calibration_curve(
        y, y_prob, prior=0.4, scheme="case-control", n_bins=3
    )
    np.testing.assert_array_equal(true, [0, np.nan, 0])
    np.testing.assert_array_equal(predicted, [0.1, np.nan, 0.9])


def test_one_bin_holds_the_prior():
    true, predicted = pu_calibration_curve(
        [1, 0, 0, 0], [0.2, 0.4, 0.6, 0.8], prior=0.3, n_bins=1
    )
    np.testing.assert_allclose(true, [0.3])
    np.testing.assert_allclose(predicted, [0.5])


def test_bad_settings_are_refused():
    y, y_prob = [1, 0, 0], [0.5, 0.1, 0.9]
    with pytest.raises(
        ValueError, match=r"`strategy` must be 'uniform' or .*Got 'log'"
    ):
        pu_calibration_curve(y, y_prob, prior=0.5, strategy="log")
    with pytest.raises(ValueError, match=r"`n_bins` must be an integer in \[1, inf"):
        pu_calibration_curve(y, y_prob, prior=0.5, n_bins=0)
