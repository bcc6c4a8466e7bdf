import inspect

import numpy as np
import pytest

from pusklearn import metrics
from pusklearn.pu._labels import labeled_positives
from pusklearn.pu.metrics._values_by_label import (
    predictions_by_label,
    probabilities_by_label,
    scores_by_label,
)

OF_LABELS = [
    metrics.pu_accuracy_score,
    metrics.pu_balanced_accuracy_score,
    metrics.pu_f1_score,
    metrics.pu_lee_liu_score,
    metrics.pu_matthews_corrcoef,
    metrics.pu_precision_score,
    metrics.pu_recall_score,
]
OF_SCORES = [
    metrics.pu_average_precision_score,
    metrics.pu_risk,
    metrics.pu_roc_auc_score,
]
OF_PROBABILITIES = [
    metrics.pu_brier_score_loss,
    metrics.pu_calibration_curve,
    metrics.pu_log_loss,
]
ALL = OF_LABELS + OF_SCORES + OF_PROBABILITIES
Y = [1, 1, 0, 0, 0, 0, 0, 0]
VALUES = [1, 1, 1, 0, 0, 0, 0, 0]

every_metric = pytest.mark.parametrize("metric", ALL, ids=lambda f: f.__name__)
every_score = pytest.mark.parametrize(
    "metric", OF_SCORES + OF_PROBABILITIES, ids=lambda f: f.__name__
)


@every_metric
@pytest.mark.parametrize("labels", [(-1, 1), (False, True), (1, 2), (0.0, 1.0)])
@pytest.mark.filterwarnings("ignore:The labels are:UserWarning")
def test_the_greater_of_any_two_labels_is_the_positive(metric, labels):
    values = np.array(labels)[VALUES] if metric in OF_LABELS else VALUES
    expected = metric(Y, VALUES, prior=0.5)
    found = metric(np.array(labels)[Y], values, prior=0.5)
    np.testing.assert_array_equal(found, expected)


@every_metric
@pytest.mark.parametrize("dtype", [str, object])
def test_labels_may_be_text_and_the_positives_the_lesser(metric, dtype):
    names = np.array(["unlabeled", "particle"], dtype)
    values = names[VALUES] if metric in OF_LABELS else VALUES
    expected = metric(Y, VALUES, prior=0.5)
    found = metric(names[Y], values, prior=0.5, pos_label="particle")
    np.testing.assert_array_equal(found, expected)
    names = np.array(["other", "particle"], dtype)
    values = names[VALUES] if metric in OF_LABELS else VALUES
    found = metric(names[Y], values, prior=0.5)
    np.testing.assert_array_equal(found, expected)


@every_metric
def test_columns_lists_and_series_are_read_alike(metric):
    pandas = pytest.importorskip("pandas")
    expected = metric(Y, VALUES, prior=0.5)
    found = metric(
        pandas.Series(Y, index=range(8, 0, -1)), pandas.Series(VALUES), prior=0.5
    )
    np.testing.assert_array_equal(found, expected)


@every_metric
@pytest.mark.parametrize("only", [0, 1])
def test_labels_of_one_kind_are_refused(metric, only):
    with pytest.raises(ValueError, match=rf"two labels.*Got \[{only}\] in 8 samples"):
        metric([only] * 8, VALUES, prior=0.5)


@every_metric
def test_three_labels_are_refused(metric):
    with pytest.raises(ValueError, match="Only binary classification is supported"):
        metric([1, 0, -1, 0, 0, 0, 0, 0], VALUES, prior=0.5)
    with pytest.raises(ValueError, match="Only binary classification is supported"):
        metric(list("abcaaaaa"), VALUES, prior=0.5)


@every_metric
def test_no_sample_at_all_is_refused(metric):
    with pytest.raises(ValueError, match=r"two labels.*Got \[\] in 0 samples"):
        metric([], [], prior=0.5)


@every_metric
def test_lengths_must_agree(metric):
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[8, 7\]"):
        metric(Y, VALUES[:-1], prior=0.5)


@every_metric
@pytest.mark.parametrize("prior", [0, 1, -0.2, 1.3, np.nan, "0.5"])
def test_a_prior_outside_of_0_to_1_is_refused(metric, prior):
    with pytest.raises(ValueError, match=r"`prior` must be None or a number in \(0, 1"):
        metric(Y, VALUES, prior=prior)


@every_metric
def test_a_prior_not_above_the_labelled_share_names_both(metric):
    message = r"Got 0\.2 with a labelled share of 0\.25 \(2 of 8\)"
    with pytest.raises(ValueError, match=message):
        metric(Y, VALUES, prior=0.2)
    assert np.isfinite(metric(Y, VALUES, prior=0.2, scheme="case-control")).any()


@every_metric
def test_an_unknown_scheme_is_refused(metric):
    with pytest.raises(ValueError, match="`scheme` must be 'single' or 'case-control'"):
        metric(Y, VALUES, prior=0.5, scheme="double")


@every_metric
def test_a_label_that_y_does_not_hold_is_refused(metric):
    with pytest.raises(ValueError, match=r"`pos_label` must be one of.*Got 7"):
        metric(Y, VALUES, prior=0.5, pos_label=7)


@every_metric
def test_labels_must_not_be_nan(metric):
    with pytest.raises(ValueError, match="NaN"):
        metric([1, 1, 0, 0, 0, 0, 0, np.nan], VALUES, prior=0.5)


@pytest.mark.parametrize("metric", OF_LABELS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("strange", [2, 0.4, -1])
def test_predictions_other_than_the_two_labels_are_refused(metric, strange):
    message = rf"two labels of `y`, \[0, 1\]\. Got .*{strange}"
    with pytest.raises(ValueError, match=message):
        metric(Y, [strange, *VALUES[1:]], prior=0.5)


@every_score
@pytest.mark.parametrize("strange", [np.nan, np.inf])
def test_scores_must_be_finite(metric, strange):
    with pytest.raises(ValueError, match=r"y_(score|prob) contains (NaN|inf)"):
        metric(Y, [strange, *VALUES[1:]], prior=0.5)


@every_score
def test_both_columns_of_predict_proba_are_refused(metric):
    with pytest.raises(ValueError, match=r"shape \(n,\). Got \(8, 2\).*predict_proba"):
        metric(Y, np.full((8, 2), 0.5), prior=0.5)


@pytest.mark.parametrize("metric", OF_PROBABILITIES, ids=lambda f: f.__name__)
@pytest.mark.parametrize("strange", [-0.1, 1.5])
def test_probabilities_must_be_within_0_and_1(metric, strange):
    with pytest.raises(ValueError, match=rf"probabilities in \[0, 1\]. Got {strange}"):
        metric(Y, [strange, *VALUES[1:]], prior=0.5)


def test_the_population_is_all_samples_or_the_unlabeled_alone():
    y, scores = [0, 1, 0, 0], [1.0, 9.0, 2.0, 6.0]
    single = scores_by_label(y, scores, 0.5, "single", None)
    assert single.positive_mean() == 9
    assert single.population_mean() == pytest.approx(4.5)
    assert sorted(single.population()) == [1, 2, 6, 9]
    apart = scores_by_label(y, scores, 0.5, "case-control", None)
    assert apart.population_mean(np.square) == pytest.approx(41 / 3)
    assert apart.population().tolist() == [1, 2, 6]


def test_a_metric_without_a_prior_still_knows_the_scheme():
    single = predictions_by_label(Y, VALUES, None, "single", None, needs_prior=False)
    assert single.priors.labeled == 0.25
    apart = predictions_by_label(
        Y, VALUES, None, "case-control", None, needs_prior=False
    )
    assert apart.priors.labeled == 0


def test_values_follow_the_label_chosen():
    is_positive, classes, positive = labeled_positives(["b", "a"], "a")
    assert is_positive.tolist() == [False, True]
    assert classes.tolist() == ["a", "b"]
    assert positive == "a"


def test_the_ends_are_probabilities():
    samples = probabilities_by_label([1, 0, 0], [1.0, 0.0, 0.5], 0.5, "single", None)
    assert samples.positives.tolist() == [1]


@pytest.mark.parametrize(
    "metric", [*ALL, metrics.pu_interval], ids=lambda f: f.__name__
)
def test_all_metrics_have_the_same_parameters_and_defaults(metric):
    parameters = inspect.signature(metric).parameters
    keywords = {
        name: parameter.default
        for name, parameter in parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    assert list(keywords)[:3] == ["prior", "scheme", "pos_label"]
    needs_no_prior = metric in (metrics.pu_lee_liu_score, metrics.pu_recall_score)
    assert keywords.pop("prior") is (
        None if needs_no_prior else inspect.Parameter.empty
    )
    options = {
        metrics.pu_calibration_curve: {"n_bins": 5, "strategy": "uniform"},
        metrics.pu_risk: {"loss": "logistic", "non_negative": True},
        metrics.pu_interval: {
            "confidence": 0.95,
            "n_resamples": 1000,
            "random_state": None,
        },
    }
    common = {"scheme": "single", "pos_label": None}
    assert keywords == common | options.get(metric, {})
