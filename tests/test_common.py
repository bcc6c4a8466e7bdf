"""scikit-learn's own checks; a failure that is expected is named with its reason."""

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import (
    check_estimator,
    check_methods_sample_order_invariance,
    check_methods_subset_invariance,
    estimator_checks_generator,
    parametrize_with_checks,
)

from pusklearn import (
    BaggingPUClassifier,
    CVIRClassifier,
    PriorEstimator,
    PUCalibratedClassifier,
    PUClassifier,
    PUThresholdClassifier,
)
from pusklearn.modules import MLP

# So few updates are enough for the checks that ask for a good score.
CLASSIFIERS = [
    PUClassifier(
        MLP((50,)),
        criterion,
        lr=0.05,
        batch_size=64,
        max_epochs=2,
        steps_per_epoch=10,
        random_state=seed,
    )
    for criterion, seed in (("pn", 0), ("nnpu", 0), ("ge-binomial", 1))
]


RANDOM_BATCHES = dict.fromkeys(
    (
        "check_sample_weight_equivalence_on_dense_data",
        "check_sample_weight_equivalence_on_sparse_data",
    ),
    "batches are drawn at random, so a sample of weight 2 and two copies of it are in "
    "other batches",
)


# Some checks have few labels, or the labels 1 and 2, neither plainly positive, or draw
# labels at random for features of about 100.
@pytest.mark.filterwarnings("ignore:The classifier .*need scaling:UserWarning")
@pytest.mark.filterwarnings("ignore:The labels are:UserWarning")
@pytest.mark.filterwarnings("ignore:The share of positives was:UserWarning")
@parametrize_with_checks(CLASSIFIERS, expected_failed_checks=lambda _: RANDOM_BATCHES)
def test_scikit_learn_check(estimator, check):
    check(estimator)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_all_of_scikit_learns_checks_pass_with_the_defaults(seed):
    results = check_estimator(
        PUClassifier(random_state=seed),
        expected_failed_checks=RANDOM_BATCHES,
        on_skip=None,
    )
    assert len(results) >= 50


@pytest.mark.parametrize("batch_size", [30, 256])
@pytest.mark.parametrize(
    "check", [check_methods_sample_order_invariance, check_methods_subset_invariance]
)
def test_no_seed_makes_a_sample_depend_on_others(check, batch_size):
    for seed in range(10):
        classifier = PUClassifier(
            MLP((50,)),
            max_epochs=1,
            steps_per_epoch=5,
            batch_size=batch_size,
            random_state=seed,
        )
        check("PUClassifier", classifier)


@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=lambda c: c.criterion)
def test_scikit_learn_has_many_checks_for_it(classifier):
    assert len(list(estimator_checks_generator(classifier))) >= 50


LOGISTIC = LogisticRegression()
# ElkanNotoClassifier is checked in its own file.
WRAPPERS = [
    BaggingPUClassifier(LOGISTIC, n_estimators=3, random_state=0),
    CVIRClassifier(LOGISTIC, random_state=0),
    PUCalibratedClassifier(LOGISTIC, random_state=0),
    PUThresholdClassifier(LOGISTIC, random_state=0),
    PUThresholdClassifier(LOGISTIC, threshold="f1", random_state=0),
    PriorEstimator(LOGISTIC, random_state=0),
]


def expected_failures(estimator):
    """Return the checks that an estimator fails by its nature, with the reason."""
    if getattr(estimator, "threshold", 0.5) == 0.5:
        return {}
    return {
        "check_classifiers_train": "a threshold other than 0.5 does not change the "
        "scores and probabilities, so their signs and order differ from predictions"
    }


# Some checks have few labels, or the labels 1 and 2, neither plainly positive.
@pytest.mark.filterwarnings("ignore:The labels are:UserWarning")
@pytest.mark.filterwarnings("ignore:The share of positives was:UserWarning")
@parametrize_with_checks(WRAPPERS, expected_failed_checks=expected_failures)
def test_scikit_learn_check_of_a_wrapper(estimator, check):
    check(estimator)
