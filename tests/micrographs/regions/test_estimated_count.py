"""A `RegionScorer` estimates the number of particles, or takes what it is given."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from pusklearn import (
    PeakExtractor,
    PUCalibratedClassifier,
    PUClassifier,
    PUThresholdClassifier,
    RegionScorer,
)
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.peaks._training_maps import TrainingMaps
from pusklearn.micrographs.regions._estimated_count import (
    asks_for_prior,
    is_estimated,
    sets_prior,
)
from pusklearn.modules import ConvNet


@pytest.fixture(scope="module")
def data():
    micrographs, coordinates = make_micrographs(
        3, size=140, n_particles=10, diameter=24, snr=0.2, random_state=0
    )
    return micrographs, [points[:5] for points in coordinates]


def scorer(prior=None, **parameters):
    classifier = PUClassifier(
        ConvNet(31, units=4),
        prior=prior,
        max_epochs=2,
        steps_per_epoch=20,
        batch_size=32,
        random_state=0,
    )
    return RegionScorer(classifier, label_radius=3, step=2, **parameters)


def test_an_estimate_sets_the_prior(data):
    fitted = scorer(particles_per_micrograph="estimate").fit(*data)
    low, high = fitted.particles_per_micrograph_interval_
    assert low < fitted.particles_per_micrograph_ < high
    assert fitted.classifier_.prior_ == fitted.prior_ > 0
    n_pixels = 140**2
    of_label = fitted.prior_ * n_pixels / fitted.particles_per_micrograph_
    assert of_label == pytest.approx(np.pi * 3**2, rel=0.1)


@pytest.mark.parametrize("count", ["estimate", None])
def test_a_prior_of_the_classifier_is_kept(data, count):
    fitted = scorer(0.03, particles_per_micrograph=count, calibrate=True).fit(*data)
    assert fitted.prior_ is None
    assert fitted.classifier_.prior_ == 0.03
    assert fitted.particles_per_micrograph_ == pytest.approx(
        0.03 * 140**2 / 29, rel=0.1
    )
    assert fitted.particles_per_micrograph_interval_ is None


@pytest.mark.filterwarnings("ignore::pusklearn.metrics.PUCollapseWarning")
def test_held_out_maps_come_with_the_maps_of_the_training(data):
    micrographs, labels = data
    given = scorer(particles_per_micrograph=12, calibrate=True)
    maps = given.fit_transform(micrographs, labels)
    assert isinstance(maps, TrainingMaps)
    held_out = maps.held_out
    assert held_out.number_is_known
    assert sorted(held_out.numbers) == [0, 1, 2]
    for number, points in zip(held_out.numbers, held_out.labels, strict=True):
        np.testing.assert_array_equal(points, labels[number])
    assert given.particles_per_micrograph_ == 12
    assert maps[0].n_expected == pytest.approx(12, rel=0.1)
    assert scorer().fit_transform(micrographs, labels).held_out is None
    estimated = scorer(particles_per_micrograph="estimate")
    assert estimated.fit_transform(micrographs, labels).held_out is None


def test_the_network_is_the_same_whether_scores_are_calibrated(data):
    plain = scorer(particles_per_micrograph=12).fit(*data)
    calibrated = scorer(particles_per_micrograph=12, calibrate=True).fit(*data)
    for one, other in zip(
        plain.transform(data[0]), calibrated.transform(data[0]), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_micrographs_that_are_left_out_keep_their_numbers(data):
    micrographs, labels = data
    lost = np.full((140, 140), np.nan, np.float32)
    with pytest.warns(UserWarning, match="cannot be used"):
        maps = scorer(
            particles_per_micrograph=12, calibrate=True, on_error="warn"
        ).fit_transform([lost, *micrographs], [np.empty((0, 2)), *labels])
    assert sorted(maps.held_out.numbers) == [1, 2, 3]


@pytest.mark.filterwarnings("ignore::pusklearn.metrics.PUCollapseWarning")
@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"calibrate": True}, "held out: scores are not calibrated"),
        (
            {"particles_per_micrograph": "estimate"},
            "held out: the number of particles is not estimated. Label",
        ),
        (
            {"calibrate": True, "particles_per_micrograph": "estimate"},
            "is not estimated, and scores are not calibrated",
        ),
    ],
    ids=["calibrate", "estimate", "both"],
)
def test_one_label_is_too_few(data, parameters, said):
    micrographs, labels = data
    with pytest.warns(UserWarning, match=said):
        fitted = scorer(**parameters).fit(micrographs[:1], [labels[0][:1]])
    assert fitted.particles_per_micrograph_ is None
    assert fitted.prior_ is None


def test_whose_prior_an_estimate_sets():
    assert sets_prior(PUClassifier())
    assert sets_prior(PUCalibratedClassifier(PUClassifier()))
    assert sets_prior(PUThresholdClassifier(LogisticRegression()))
    assert not sets_prior(PUClassifier(prior=0.1))
    assert not sets_prior(LogisticRegression())
    assert asks_for_prior(PUClassifier(prior="estimate"))
    assert not asks_for_prior(PUClassifier(prior=0.1))
    assert is_estimated("estimate")
    assert not is_estimated(3)


@pytest.mark.filterwarnings("ignore::pusklearn.metrics.PUCollapseWarning")
@pytest.mark.parametrize("count", ["estimate", None])
def test_a_prior_that_the_classifier_estimates_is_no_number_that_is_known(data, count):
    """Its interval must not be lost."""
    micrographs, labels = data
    given = scorer("estimate", particles_per_micrograph=count, calibrate=True)
    maps = given.fit_transform(micrographs, labels)
    assert not maps.held_out.number_is_known
    extractor = PeakExtractor(12, smoothing=3).fit(maps, labels)
    low, high = extractor.n_expected_interval_
    assert low <= extractor.n_expected_ <= high


@pytest.mark.filterwarnings("ignore::pusklearn.metrics.PUCollapseWarning")
def test_labels_of_one_row_cannot_be_divided(data):
    """Bands are rows of a micrograph: without a disc, one of them has no label."""
    fitted = scorer(particles_per_micrograph="estimate", calibrate=True)
    fitted.set_params(label_radius=0)
    with pytest.warns(UserWarning, match="one row of a single micrograph, so none"):
        fitted.fit(data[0][:1], [[(30, 50), (90, 50)]])
    assert fitted.particles_per_micrograph_ is None


@pytest.mark.parametrize("calibrate", [False, True])
def test_the_number_and_its_interval_reach_the_picks(data, calibrate):
    micrographs, labels = data
    maps = scorer(
        particles_per_micrograph="estimate", calibrate=calibrate
    ).fit_transform(micrographs, labels)
    extractor = PeakExtractor(12, smoothing=3).fit(maps, labels)
    low, high = extractor.n_expected_interval_
    assert 15 <= low < extractor.n_expected_ < high
    given = PeakExtractor(12, smoothing=3, particles_per_micrograph=7).fit(maps, labels)
    assert given.n_expected_ == 21
    assert given.n_expected_interval_ is None


class Brightness(ClassifierMixin, BaseEstimator):
    """Takes bright regions for particles, and has no prior."""

    def fit(self, X, y):
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X):
        p = expit(np.asarray(X).mean((1, 2)))
        return np.column_stack([1 - p, p])


def test_the_number_reaches_the_picks_of_a_classifier_without_a_prior(data):
    micrographs, labels = data
    bright = RegionScorer(
        Brightness(), label_radius=3, region_size=9, particles_per_micrograph="estimate"
    )
    maps = bright.fit_transform(micrographs, labels)
    extractor = PeakExtractor(12, threshold="prior").fit(maps, labels)
    assert extractor.n_expected_ == pytest.approx(
        3 * bright.particles_per_micrograph_, rel=0.15
    )
    assert extractor.n_expected_interval_ is not None
