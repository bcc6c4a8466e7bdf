"""No collapse is silent: a part of the table of ``benchmarks/collapse.py``."""

import numpy as np
import pytest

PRIORS = (0.003, 0.01, 0.1, 0.5, 0.9)
# Each of these failed at some prior, or is a default.
METHODS = (
    *("ge-binomial", "dist-pu", "nnpu", "pn"),
    *("Elkan-Noto of logistic regression", "CVIR of logistic regression"),
    *("calibrated of logistic regression", "bagging of logistic regression"),
    "cut at the prior of logistic regression",
)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [10, 11])
@pytest.mark.parametrize("kind", ["table", "text", "images"])
def test_no_collapse_is_silent(load, kind, seed):
    """It takes minutes, since every case is a training."""
    collapse = load("collapse")
    labels = "few" if seed % 2 else "many"
    broken = []
    for prior in PRIORS:
        for method in METHODS:
            row = collapse.run(kind, prior, labels, method, seed, quick=False)
            values = dict(zip(collapse.COLUMNS, row, strict=True))
            is_bad = values["roc_auc"] < 0.5 or values["f1"] == 0
            if is_bad and not values["warning"]:
                broken.append((method, prior, values["roc_auc"], values["f1"]))
    assert broken == []


def test_scores_are_judged_as_in_a_population_with_the_prior(load):
    collapse = load("collapse")
    rng = np.random.default_rng(0)
    is_positive = np.arange(3000) < 1500
    scores = rng.normal(size=3000) + 2 * is_positive
    predicted = collapse.cut_at_prior(scores, is_positive, 0.1)
    recall, false = predicted[is_positive].mean(), predicted[~is_positive].mean()
    share = 0.1 * recall + 0.9 * false
    assert share == pytest.approx(0.1, abs=0.002)
    precision = 0.1 * recall / share
    f1 = collapse.f1_in_population(predicted, is_positive, 0.1)
    assert f1 == pytest.approx(2 * precision * recall / (precision + recall))


@pytest.mark.parametrize("labels", ["few", "many"])
@pytest.mark.parametrize("kind", ["table", "text", "images"])
def test_a_case_has_the_prior_and_the_labels_that_it_says(load, kind, labels):
    data = load("collapse_data")
    case = data.draw_case(kind, 0.1, labels, seed=0)
    scheme, n_labeled = data.LABELS[labels]
    assert (case.scheme, int(case.y_pu.sum())) == (scheme, n_labeled)
    n_more = n_labeled if scheme == "case-control" else 0
    assert case.X.shape[0] == len(case.y_pu) == 3000 + n_more
    assert case.y_test.mean() == 0.5


def test_a_quick_table_of_collapses_fills_its_page(load, tmp_path):
    load("collapse").main(
        [
            "--quick",
            "--out",
            str(tmp_path),
            "--methods",
            "^(CVIR of logistic regression|dist-pu)$",
        ]
    )
    page = (tmp_path / "collapse.md").read_text()
    assert "cases" in page
    assert (tmp_path / "collapse.png").stat().st_size > 10_000
