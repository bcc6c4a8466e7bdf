import warnings

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from pusklearn.metrics import match_coordinates
from pusklearn.micrographs.peaks import _pick_thresholds as rules
from pusklearn.micrographs.peaks._match_scores import match_scores
from pusklearn.micrographs.peaks._peak_evidence import PeakEvidence
from pusklearn.micrographs.peaks._pick_calibration import PickCalibration
from pusklearn.micrographs.peaks._pick_thresholds import (
    check_threshold_needs,
    choose_threshold,
)

RADIUS = 6.0


def peak_scores(picks):
    return np.sort(np.concatenate(picks)[:, 2])[::-1]


def prior_threshold(picks, n_expected):
    return rules.prior_threshold(peak_scores(picks), n_expected)


def recall_threshold(picks, labels, radius, level):
    matches = match_scores(picks, labels, radius)
    return rules.recall_threshold(matches, sum(map(len, labels)), level)


def fdr_threshold(picks, labels, radius, level, n_expected):
    matches = match_scores(picks, labels, radius)
    n_labels = sum(map(len, labels))
    return rules.fdr_threshold(peak_scores(picks), matches, n_labels, level, n_expected)


@pytest.mark.parametrize("threshold", [None, 0.5, "recall:0.9"])
def test_other_rules_need_no_number_of_particles(threshold):
    check_threshold_needs(threshold, None)


@pytest.mark.parametrize("threshold", ["prior", "fdr:0.1"])
def test_rules_that_count_particles_need_their_number(threshold):
    check_threshold_needs(threshold, 9.5)
    with pytest.raises(ValueError, match=f"threshold='{threshold}' needs `particles"):
        check_threshold_needs(threshold, None)


def scene(seed):
    """Labels and picks of 3 micrographs; labelled particles tend to score higher."""
    rng = np.random.default_rng(seed)
    labels, picks = [], []
    for n in rng.integers(1, 12, 3):
        centres = rng.uniform(0, 80, (n, 2))
        near = centres + rng.normal(0, 3, (n, 2))
        far = rng.uniform(0, 80, (25, 2))
        scores = np.concatenate([rng.normal(1, 1, n), rng.normal(0, 1, 25)]).round(1)
        labels.append(centres)
        picks.append(np.column_stack([np.concatenate([near, far]), scores]))
    return picks, labels


def kept(picks, threshold):
    return [p[p[:, 2] > threshold] for p in picks]


def n_kept(picks, threshold):
    return sum(len(p) for p in kept(picks, threshold))


def recall(picks, labels, threshold):
    """Share of labels found by exactly the picks that the threshold keeps."""
    n_matched = sum(
        match_coordinates(label, p, RADIUS)[0].sum()
        for label, p in zip(labels, kept(picks, threshold), strict=True)
    )
    return n_matched / sum(len(label) for label in labels)


def candidates(picks):
    """A threshold just below each distinct score, highest first."""
    scores = np.unique(np.concatenate(picks)[:, 2])[::-1]
    return np.nextafter(scores, -np.inf).tolist()


def fdr(picks, labels, threshold, n_expected):
    n_true = recall(picks, labels, threshold) * n_expected
    return 1 - n_true / n_kept(picks, threshold)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.1, 0.5, 0.8]))
@settings(max_examples=25, deadline=None)
def test_recall_threshold_is_the_highest_that_reaches_the_level(seed, level):
    picks, labels = scene(seed)
    reaching = [t for t in candidates(picks) if recall(picks, labels, t) >= level]
    if not reaching:
        with pytest.warns(UserWarning, match=r"is out of reach.*Every peak is kept"):
            assert recall_threshold(picks, labels, RADIUS, level) == -np.inf
    else:
        assert recall_threshold(picks, labels, RADIUS, level) == max(reaching)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.3, 0.7]))
@example(seed=510508, level=0.3)
@settings(max_examples=25, deadline=None)
def test_fdr_threshold_is_the_lowest_within_the_level(seed, level):
    picks, labels = scene(seed)
    # Where the rate is the level itself, rounding may lift it above.
    limit = level + 1e-9
    within = [t for t in candidates(picks) if fdr(picks, labels, t, 30) <= limit]
    if not within:
        with pytest.raises(ValueError, match="is out of reach"):
            fdr_threshold(picks, labels, RADIUS, level, 30)
    else:
        assert fdr_threshold(picks, labels, RADIUS, level, 30) == min(within)


def count_matched(picks, labels, lowest):
    """Labels that picks of at least a score match, by the dense assignment."""
    n_matched = 0
    for p, label in zip(picks, labels, strict=True):
        p = p[p[:, 2] >= lowest]
        cost = np.minimum(cdist(p[:, :2], label, "sqeuclidean") - RADIUS**2, 0)
        n_matched += int((cost[linear_sum_assignment(cost)] < 0).sum())
    return n_matched


@pytest.mark.parametrize("seed", range(30))
def test_every_threshold_tried_in_turn_gives_the_same(seed):
    rng = np.random.default_rng(seed)
    labels = [rng.uniform(0, 30, (n, 2)) for n in rng.integers(1, 5, 2)]
    # Few distinct scores, so that many are tied.
    picks = [
        np.column_stack([rng.uniform(0, 30, (8, 2)), rng.integers(0, 9, 8)])
        for _ in labels
    ]
    n_labels = sum(map(len, labels))
    scores = np.unique(np.concatenate(picks)[:, 2])
    recalls = [count_matched(picks, labels, score) / n_labels for score in scores]
    n_picks = [(np.concatenate(picks)[:, 2] >= score).sum() for score in scores]
    for level in (0.0, 0.2, 0.5, 0.8):
        for n_expected in (3, 6.5, 12):
            rates = 1 - np.multiply(recalls, n_expected) / n_picks
            within = scores[rates <= level + 1e-9]
            if len(within):
                threshold = fdr_threshold(picks, labels, RADIUS, level, n_expected)
                assert threshold == np.nextafter(within.min(), -np.inf)
            else:
                with pytest.raises(ValueError, match="is out of reach"):
                    fdr_threshold(picks, labels, RADIUS, level, n_expected)
        reaching = scores[np.array(recalls) >= max(level, 0.01)]
        if len(reaching):
            threshold = recall_threshold(picks, labels, RADIUS, max(level, 0.01))
            assert threshold == np.nextafter(reaching.max(), -np.inf)


def test_a_recall_of_one_needs_every_label_and_no_more_picks():
    labels = [np.array([[10.0, 10], [30, 30]])]
    picks = [np.array([[10.0, 10, 0.9], [50, 50, 0.8], [30, 30, 0.7], [5, 60, 0.6]])]
    assert n_kept(picks, recall_threshold(picks, labels, RADIUS, 1.0)) == 3


def test_fdr_estimate_counts_unlabelled_particles_through_the_prior():
    # 20 particles of which 5 are labelled, all found, and 5 wrong picks at the end.
    centres = np.column_stack([np.arange(25) * 50.0, np.zeros(25)])
    picks = [np.column_stack([centres, -np.arange(25.0)])]
    labels = [centres[[1, 6, 10, 15, 19]]]
    assert n_kept(picks, fdr_threshold(picks, labels, RADIUS, 0.0, 20)) == 20
    assert n_kept(picks, fdr_threshold(picks, labels, RADIUS, 0.1, 20)) == 22
    assert n_kept(picks, fdr_threshold(picks, labels, RADIUS, 0.2, 20)) == 25


@pytest.mark.parametrize(("n_expected", "n"), [(1, 1), (0.2, 1), (4, 4), (6.4, 6)])
def test_prior_threshold_keeps_as_many_picks_as_are_expected(n_expected, n):
    rng = np.random.default_rng(0)
    picks = [rng.random((k, 3)) for k in (3, 0, 5)]
    assert n_kept(picks, prior_threshold(picks, n_expected)) == n


def test_prior_threshold_keeps_all_picks_of_the_last_score():
    picks = [np.array([[0, 0, 3.0], [9, 9, 1.0]]), np.array([[0, 0, 1.0], [9, 9, 0.0]])]
    assert n_kept(picks, prior_threshold(picks, 2)) == 3


def test_prior_threshold_of_exactly_as_many_peaks_lies_just_below_the_last():
    picks = [np.array([[0, 0, 3.0], [9, 9, 1.0]])]
    with warnings.catch_warnings(action="error"):
        assert prior_threshold(picks, 2) == np.nextafter(1.0, 0)


def test_prior_threshold_keeps_every_peak_where_there_are_fewer():
    with pytest.warns(UserWarning, match=r"should keep 9 picks.*only 2 peaks"):
        assert prior_threshold([np.zeros((2, 3))], 9) == -np.inf


@pytest.mark.parametrize("choose", [recall_threshold, fdr_threshold])
def test_thresholds_from_labels_refuse_to_go_without_one(choose):
    arguments = (30,) if choose is fdr_threshold else ()
    with pytest.raises(ValueError, match="at least 1 labelled particle"):
        choose([np.ones((2, 3))], [np.empty((0, 2))], RADIUS, 0.5, *arguments)


def test_maps_without_a_peak_put_every_level_out_of_reach():
    labels, picks = [np.ones((4, 2))], [np.empty((0, 3))]
    with pytest.warns(UserWarning, match="find 0 of 4 labelled particles"):
        recall_threshold(picks, labels, RADIUS, 0.5)
    with pytest.raises(ValueError, match="no threshold on the 0 peaks"):
        fdr_threshold(picks, labels, RADIUS, 0.5, 10)


def test_a_recall_out_of_reach_keeps_every_peak_and_says_how_many_were_found():
    labels = [np.array([[10.0, 10], [30, 30]]), np.array([[50.0, 50], [70, 70]])]
    picks = [np.array([[10.0, 10, 0.9], [90, 9, 0.8]]), np.array([[50.0, 51, 0.7]])]
    with pytest.warns(UserWarning, match="find 2 of 4 labelled"):
        assert recall_threshold(picks, labels, RADIUS, 0.75) == -np.inf


@pytest.mark.parametrize(
    ("choose", "arguments"),
    [
        (rules.prior_threshold, (np.ones(2), 9)),
        (rules.recall_threshold, (np.ones(2), 4, 0.9)),
    ],
)
def test_a_warning_points_to_the_caller(choose, arguments):
    with pytest.warns(UserWarning, match="Every peak is kept") as record:
        choose(*arguments)
    assert record[0].filename == __file__


EVIDENCE = PeakEvidence(
    peak_scores=np.array([5.0, 4, 3, 2, 1]),
    match_scores=np.array([5.0, 2]),
    n_labels=2,
    n_micrographs=1,
    n_expected=3.0,
)


@pytest.mark.parametrize(
    ("rule", "lowest"),
    [
        ("prior", 3),
        ("recall:0.5", 5),
        ("recall:0.51", 2),
        ("fdr:0.25", 2),
        ("precision:0.75", 2),
    ],
)
def test_a_rule_is_chosen_by_its_name(rule, lowest):
    assert choose_threshold(rule, EVIDENCE) == np.nextafter(lowest, 0)


@pytest.mark.parametrize("rule", ["recall:0.5", "fdr:0.25"])
def test_rules_that_match_labels_need_them(rule):
    evidence = EVIDENCE._replace(match_scores=None, n_labels=None)
    with pytest.raises(ValueError, match=f"threshold='{rule}' needs labelled .* None"):
        choose_threshold(rule, evidence)


def test_a_precision_out_of_reach_is_told_as_it_was_asked_for():
    none_matched = EVIDENCE._replace(match_scores=np.empty(0))
    for calibration, words in (
        (None, "5 peaks has"),
        (PickCalibration([0, 1], [0, 1]), "even the high"),
    ):
        message = f"threshold='precision:0.999' is out of reach: .*{words}"
        with pytest.raises(ValueError, match=message):
            choose_threshold("precision:0.999", none_matched, calibration)


@pytest.mark.parametrize("rule", ["prior", "fdr:0.25"])
def test_rules_that_count_say_who_could_tell_the_number(rule):
    with pytest.raises(ValueError, match=r"Got None\. It follows from the prior"):
        choose_threshold(rule, EVIDENCE._replace(n_expected=None))
