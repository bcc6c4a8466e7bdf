import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pusklearn import (
    ElkanNotoClassifier,
    Micrograph,
    PUCalibratedClassifier,
    PUThresholdClassifier,
)
from pusklearn.datasets import make_pu
from pusklearn.micrographs.images._gaps import find_gaps
from pusklearn.micrographs.regions._expected_particles import (
    expect_particles,
    known_prior,
    mean_places,
    places_for_particles,
)


@pytest.fixture(scope="module")
def samples():
    X = np.random.default_rng(0).normal(size=(600, 2))
    return make_pu(X, X[:, 0] > 0, label_frequency=0.5, random_state=0)[:2]


def test_a_classifier_without_a_prior_tells_none(samples):
    assert known_prior(LogisticRegression().fit(*samples)) == (None, None)


def test_a_prior_that_was_given_has_no_interval(samples):
    classifier = PUThresholdClassifier(
        LogisticRegression(), threshold="prior", prior=0.4, random_state=0
    ).fit(*samples)
    assert known_prior(classifier) == (0.4, None)


def test_an_estimate_has_its_interval_in_a_pipeline_too(samples):
    classifier = ElkanNotoClassifier(LogisticRegression(), random_state=0)
    pipeline = make_pipeline(StandardScaler(), classifier).fit(*samples)
    prior, (low, high) = known_prior(pipeline)
    assert low < prior < high
    assert prior == pipeline[-1].prior_


def test_the_outermost_prior_counts(samples):
    inner = ElkanNotoClassifier(LogisticRegression(), random_state=0)
    classifier = PUCalibratedClassifier(inner, prior=0.45, random_state=0)
    assert known_prior(classifier.fit(*samples)) == (0.45, None)


def test_unlabeled_samples_that_are_taken_for_negatives_tell_no_prior(samples):
    classifier = PUThresholdClassifier(
        LogisticRegression(), threshold="recall:0.5", random_state=0
    ).fit(*samples)
    assert classifier.prior_ > 0
    assert known_prior(classifier) == (None, None)


@pytest.mark.parametrize(
    ("radius", "scale", "n_disc"), [(0, 1, 1), (1, 1, 5), (3, 1, 29), (4, 2, 13)]
)
def test_a_particle_takes_the_pixels_of_its_disc(radius, scale, n_disc):
    micrograph = Micrograph(np.zeros((10, 20)), scale=scale, pixel_size=1.5 * scale)
    assert places_for_particles(micrograph, 190, radius) == 190 / n_disc
    assert places_for_particles(micrograph, 190, f"{1.5 * radius}A") == 190 / n_disc


def test_a_length_in_angstrom_tells_nothing_without_a_pixel_size():
    assert places_for_particles(Micrograph(np.zeros((4, 4))), 16, "6A") is None


def test_a_map_is_told_what_its_pixels_hold():
    scores = np.zeros((10, 20), np.float32)
    scores[:2] = np.nan
    told = expect_particles(Micrograph(scores), 0.5, 1)
    assert told.n_expected == 0.5 * 160 / 5
    assert expect_particles(Micrograph(scores), None, 1).n_expected is None
    assert expect_particles(Micrograph(scores), 0.5, "6A").n_expected is None


def test_the_mean_is_that_of_the_micrographs_that_are_there():
    gone = Micrograph(np.zeros((4, 4)), mask=np.ones((4, 4), bool))
    micrographs = [Micrograph(np.zeros((10, 20))), gone, Micrograph(np.zeros((5, 10)))]
    gaps = [find_gaps(m) for m in micrographs]
    assert mean_places(micrographs, gaps, 1) == (200 / 5 + 50 / 5) / 2
