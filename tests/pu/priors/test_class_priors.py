from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from pusklearn import (
    ElkanNotoClassifier,
    PUCalibratedClassifier,
    PUClassifier,
    PUThresholdClassifier,
)
from pusklearn.criteria import Priors
from pusklearn.pu.priors._class_priors import (
    asked_priors,
    check_prior,
    class_priors,
    estimated_priors,
    label_frequency,
    set_priors,
)


def test_one_sample_leaves_fewer_positives_among_the_unlabeled():
    priors = class_priors(20, 100, 0.5, "single")
    assert priors.labeled == 0.2
    assert priors.unlabeled == pytest.approx((50 - 20) / 80)
    assert label_frequency(priors, 20, 100) == pytest.approx(20 / 50)


def test_case_control_unlabeled_samples_are_the_population():
    priors = class_priors(20, 100, 0.5, "case-control")
    assert priors.unlabeled == priors.population == 0.5
    # 20 labelled beside the 40 positives among 80.
    assert label_frequency(priors, 20, 100) == pytest.approx(20 / 60)


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_no_prior_means_no_positives_among_the_unlabeled(scheme):
    priors = class_priors(20, 100, None, scheme)
    assert priors.population == 0.2
    assert priors.unlabeled == 0
    assert label_frequency(priors, 20, 100) == 1


@pytest.mark.parametrize("prior", [0.2, 0.1])
def test_a_prior_not_above_the_labelled_share_names_both(prior):
    with pytest.raises(ValueError, match=rf"Got {prior} .* of 0.2 \(20 of 100\)"):
        class_priors(20, 100, prior, "single")


@pytest.mark.parametrize(
    "classifier",
    [
        PUClassifier(prior=0.2),
        ElkanNotoClassifier(LogisticRegression(), prior=0.2),
        PUCalibratedClassifier(LogisticRegression(), prior=0.2),
        PUThresholdClassifier(LogisticRegression(), prior=0.2),
    ],
    ids=lambda classifier: type(classifier).__name__,
)
def test_of_text_the_labels_and_that_of_the_positives_are_named(classifier):
    X = np.zeros((20, 2))
    y = np.repeat(["malignant", "unlabeled"], [3, 17])
    with pytest.raises(
        ValueError,
        match=r"\['malignant', 'unlabeled'\], and .* positives is 'unlabeled'; "
        r"`pos_label` can name the other\.$",
    ):
        classifier.set_params(pos_label="unlabeled").fit(X, y)
    classifier.set_params(pos_label=None)
    numbers = np.repeat([0, 1], [3, 17])
    with pytest.raises(ValueError, match=r"leave it None\.$"):
        classifier.fit(X, numbers)


def test_case_control_priors_may_lie_below_the_labelled_share():
    assert class_priors(20, 100, 0.1, "case-control").population == 0.1


@pytest.mark.parametrize("prior", [0, 1, -0.1, 1.5, float("nan"), "0.3"])
def test_other_than_a_share_is_refused(prior):
    with pytest.raises(ValueError, match=r"number in \(0, 1\)"):
        class_priors(20, 100, prior, "single")


def test_an_unknown_scheme_is_refused():
    with pytest.raises(ValueError, match="`scheme` must be 'single' or 'case-control'"):
        class_priors(20, 100, 0.5, "one-sample")


@pytest.mark.parametrize("scheme", ["single", "case-control"])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_an_estimated_share_leaves_either_class_half_a_sample(scheme, share):
    priors, (low, high) = estimated_priors(share, (0.0, 1.0), 20, 100, scheme)
    assert priors.unlabeled == pytest.approx(np.clip(share, 0.5 / 80, 1 - 0.5 / 80))
    assert low <= priors.population <= high
    class_priors(20, 100, priors.population, scheme)


def test_a_prior_to_be_estimated_is_refused_where_it_cannot_be():
    with pytest.raises(ValueError, match=r"cannot be estimated here"):
        class_priors(20, 100, "estimate", "single")


def test_the_message_offers_an_estimate_only_if_there_is_one():
    with pytest.raises(ValueError, match=r"must be None or a number .* Got '0.3'"):
        class_priors(20, 100, "0.3", "single")
    with pytest.raises(ValueError, match=r"must be None, 'estimate' or a number"):
        class_priors(20, 100, "0.3", "single", or_estimate=True)


def test_the_priors_that_a_classifier_asks_for_are_those_of_its_parameters():
    classifier = PUClassifier(prior=0.7, scheme="case-control")
    classifier.classes_, classifier.pos_label_ = np.array([0, 1]), 1
    assert asked_priors(classifier, 20, 100) == Priors(0.7)
    classifier.set_params(prior=2.0)
    with pytest.raises(ValueError, match=r"must be None or a number .* Got 2.0"):
        asked_priors(classifier, 20, 100)
    with pytest.raises(ValueError, match=r"must be None, 'estimate' or a number"):
        asked_priors(classifier, 20, 100, or_estimate=True)


def test_an_estimated_share_becomes_that_of_the_population():
    # 20 labelled beside the share of the 80 others, or the 80 alone.
    expected = {
        "single": (0.44, 0.2, (0.36, 0.52)),
        "case-control": (0.3, 0.0, (0.2, 0.4)),
    }
    for scheme, (population, labeled, interval) in expected.items():
        priors, ends = estimated_priors(0.3, (0.2, 0.4), 20, 100, scheme)
        assert priors == pytest.approx((population, labeled))
        assert ends == pytest.approx(interval)


@pytest.mark.parametrize(
    ("interval", "expected"), [((0.35, 0.4), (0.3, 0.4)), ((0.1, 0.2), (0.1, 0.3))]
)
def test_the_interval_is_widened_to_hold_the_share(interval, expected):
    _, ends = estimated_priors(0.3, interval, 20, 100, "case-control")
    assert ends == pytest.approx(expected)


def test_a_prior_may_be_none_or_a_share():
    check_prior(None)
    check_prior(0.5)
    with pytest.raises(ValueError, match=r"`prior` must be None or a number .* Got 2"):
        check_prior(2)


def test_a_fitted_estimator_tells_its_priors():
    # 50 positives among 100 samples, 20 of them labelled.
    estimator = SimpleNamespace()
    set_priors(estimator, Priors(0.5, 0.2), 20, 100)
    assert estimator.prior_ == 0.5
    assert estimator.unlabeled_prior_ == pytest.approx(30 / 80)
    assert estimator.label_frequency_ == pytest.approx(20 / 50)
    # 20 positives beside 80 samples with 40 positives.
    set_priors(estimator, Priors(0.5), 20, 100)
    assert estimator.unlabeled_prior_ == 0.5
    assert estimator.label_frequency_ == pytest.approx(20 / 60)


@pytest.mark.parametrize(
    ("n_negative", "counted"),
    [
        (5, 0.4 * 5 / 20),  # as a labelled positive each
        (20, 0.4),
        (30, 0.4),  # not more than the positives
        (50, 0.5),  # not less than their share
    ],
)
def test_known_negatives_leave_the_unlabeled_and_count_as_labels_do(
    n_negative, counted
):
    priors = class_priors(20, 100, 0.4, "single", n_negative=n_negative)
    assert priors.unlabeled == pytest.approx((40 - 20) / (80 - n_negative))
    assert priors == pytest.approx((0.4, 0.2, n_negative / 100, counted))
    # The population without them.
    rest = priors.rest
    assert rest == pytest.approx((40 / (100 - n_negative), 20 / (100 - n_negative)))
    assert rest.unlabeled == pytest.approx(priors.unlabeled)


def test_known_negatives_beside_positives_that_were_drawn_separately():
    priors = class_priors(20, 100, 0.4, "case-control", n_negative=16)
    assert priors == pytest.approx((0.4, 0.0, 0.2, 0.4 * 16 / 20))
    # 32 of the 80 samples of the population are positives, and 64 are unlabeled.
    assert priors.unlabeled == pytest.approx(32 / 64)


def test_known_negatives_do_not_count_as_more_than_all_negatives():
    priors = class_priors(20, 100, 0.9, "single", n_negative=8)
    assert priors.counted == pytest.approx(0.1)


def test_known_negatives_where_no_positive_is_unlabeled():
    priors = class_priors(20, 100, None, "single", n_negative=40)
    assert priors.unlabeled == 0
    assert priors == pytest.approx((0.2, 0.2, 0.4, 0.4))


@pytest.mark.parametrize(("scheme", "n"), [("single", 100), ("case-control", 80)])
def test_positives_and_known_negatives_are_at_most_the_population(scheme, n):
    message = rf"`prior` must be below .* Got 0.6 with 40 .* of {n} .* {1 - 40 / n:g}"
    with pytest.raises(ValueError, match=message):
        class_priors(20, 100, 0.6, scheme, n_negative=40)


@pytest.mark.parametrize("scheme", ["single", "case-control"])
@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_an_estimated_share_beside_known_negatives(scheme, share):
    priors, (low, high) = estimated_priors(share, (0.0, 1.0), 20, 100, scheme, 40)
    assert priors.unlabeled == pytest.approx(np.clip(share, 0.5 / 40, 1 - 0.5 / 40))
    # Of 20 labels, 40 known negatives and 40 others; or of the 80 drawn separately.
    ends = {"single": (0.2, 0.6), "case-control": (0.0, 0.5)}
    assert (low, high) == pytest.approx(ends[scheme])
