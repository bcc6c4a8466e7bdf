import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pusklearn.metrics import match_coordinates
from pusklearn.micrographs.peaks._pick_thresholds import (
    fdr_threshold,
    prior_threshold,
    recall_threshold,
)

RADIUS = 6.0


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
    found = sum(
        match_coordinates(label, p, RADIUS)[0].sum()
        for label, p in zip(labels, kept(picks, threshold), strict=True)
    )
    return found / sum(len(label) for label in labels)


def candidates(picks):
    """A threshold just below each distinct score, highest first."""
    scores = np.unique(np.concatenate(picks)[:, 2])[::-1]
    return np.nextafter(scores, -np.inf).tolist()


def fdr(picks, labels, threshold, n_expected):
    found = recall(picks, labels, threshold) * n_expected
    return 1 - found / n_kept(picks, threshold)


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
