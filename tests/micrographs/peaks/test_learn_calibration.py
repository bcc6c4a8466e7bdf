"""The log-odds of peaks are learnt from labels, and agree with the truth."""

import numpy as np
import pytest
from scipy.special import expit

from pusklearn.micrographs.peaks._held_out_peaks import FoldPeaks
from pusklearn.micrographs.peaks._learn_calibration import (
    Evidence,
    Lines,
    distance_of_labels,
    learn_calibration,
    share_found,
)

N_PARTICLES, N_OTHERS = 1200, 5000
SLOPE = 2.5  # of the true log-odds, for normal scores this far apart


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def truth(rng, n_particles=N_PARTICLES, n_others=N_OTHERS, shift=SLOPE):
    """Return scores of peaks and which are particles; the true log-odds are linear."""
    scores = rng.normal(size=n_particles + n_others)
    scores[:n_particles] += shift
    return scores, np.arange(len(scores)) < n_particles


def true_log_odds(scores, shift=SLOPE):
    """Return the log-odds by the densities of both normal distributions."""
    return shift * scores - shift**2 / 2 + np.log(N_PARTICLES / N_OTHERS)


def evidence_of(rng, n_labels, optimism=0.0, missed=0):
    """Return evidence of labels drawn at random, and the scores and the truth."""
    scores, is_particle = truth(rng)
    labels = rng.choice(np.flatnonzero(is_particle), n_labels, replace=False)
    scores[labels] += optimism  # they were learnt
    folds = []
    for _ in range(3):
        of_fold, hit = truth(rng, N_PARTICLES // 3, N_OTHERS // 3)
        found = rng.choice(of_fold[hit], n_labels // 3)
        folds.append(FoldPeaks(10 * of_fold, 10 * found, n_labels // 3))
    evidence = Evidence(scores, scores[labels], n_labels + missed, folds)
    return evidence, scores, is_particle


def learn(evidence, known=None, factor=1.0):
    return learn_calibration(evidence, known, factor, np.random.default_rng(0))


@pytest.mark.parametrize("n_labels", [90, 900])
def test_log_odds_are_those_of_the_densities(rng, n_labels):
    calibration, count = learn(evidence_of(rng, n_labels)[0])
    scores = np.array([0.5, 1.5, 2.5])
    np.testing.assert_allclose(calibration(scores), true_log_odds(scores), atol=0.9)
    assert count.number == pytest.approx(N_PARTICLES, rel=0.15)
    assert count.low < N_PARTICLES < count.high


@pytest.mark.parametrize("known", [600.0, 1200.0, 2000.0])
def test_probabilities_add_up_to_a_number_that_is_known(rng, known):
    evidence, scores, _ = evidence_of(rng, 90)
    calibration, count = learn(evidence, known)
    assert count == (known, known, known)
    total = expit(calibration(scores)).sum()
    assert total == pytest.approx(known * calibration.share_found, rel=0.02)


def test_new_peaks_are_particles_as_often_as_is_said(rng):
    calibration, _ = learn(evidence_of(rng, 300)[0])
    scores, is_particle = truth(rng)
    probability = expit(calibration(scores))
    for low, high in ((0.1, 0.4), (0.4, 0.7), (0.7, 1)):
        here = (low < probability) & (probability <= high)
        assert is_particle[here].mean() == pytest.approx(
            probability[here].mean(), abs=0.1
        )


def test_learnt_labels_that_stand_too_high_do_little_harm(rng):
    calibration, _ = learn(evidence_of(rng, 90, optimism=1.0)[0], float(N_PARTICLES))
    scores, is_particle = truth(rng)
    log_odds = calibration(scores)
    picks = log_odds > 0
    expected = expit(log_odds[picks]).mean()
    assert is_particle[picks].mean() == pytest.approx(expected, abs=0.1)


def test_draws_tell_how_sure_the_map_is(rng):
    few, _ = learn(evidence_of(rng, 9)[0])
    many, _ = learn(evidence_of(rng, 900)[0])
    spread_of_few, spread_of_many = (
        np.std(c.draws[:, 1] - c.draws[:, 0]) / (c.log_odds[1] - c.log_odds[0])
        for c in (few, many)
    )
    assert spread_of_few > 2 * spread_of_many
    assert len(few.draws) == len(many.draws) == 100


def test_the_same_evidence_gives_the_same_map(rng):
    evidence, *_ = evidence_of(rng, 30)
    assert learn(evidence)[0] == learn(evidence)[0]


def test_the_folds_may_be_a_part_of_the_micrographs(rng):
    evidence, *_ = evidence_of(rng, 90)
    part = [
        FoldPeaks(f.scores[::4], f.of_labels[f.of_labels > -np.inf], f.n_labels)
        for f in evidence.folds
    ]
    whole, _ = learn(evidence)
    of_part, count = learn(evidence._replace(folds=part), factor=4.0)
    assert count.number == pytest.approx(N_PARTICLES, rel=0.25)
    np.testing.assert_allclose(of_part([1.5, 2.5]), whole([1.5, 2.5]), atol=1.0)


def test_particles_without_a_peak_are_allowed_for(rng):
    evidence, *_ = evidence_of(rng, 90, missed=60)
    # 180 of 240 labels have a peak, and 40 labels stand for the usual share of 0.98.
    assert share_found(evidence) == pytest.approx((180 + 39.2) / (240 + 40))


def test_labels_that_stand_no_higher_than_other_peaks_make_it_unsure(rng):
    scores, _ = truth(rng)
    clear, *_ = evidence_of(rng, 90)
    by_chance = [
        FoldPeaks(f.scores, rng.choice(f.scores, len(f.of_labels)), f.n_labels)
        for f in clear.folds
    ]
    assert distance_of_labels(clear.folds) > 0.5 > distance_of_labels(by_chance)
    _, unsure = learn(clear._replace(folds=by_chance, of_labels=scores[:90]))
    _, sure = learn(clear)
    assert unsure.high / unsure.low > 2 * sure.high / sure.low


def test_peaks_of_one_score_have_one_probability():
    scores = np.ones(50)
    folds = [FoldPeaks(scores, scores[:5], 5)] * 2
    calibration, _ = learn(Evidence(scores, scores[:10], 10, folds), known=10.0)
    found = calibration.share_found
    assert expit(calibration(1.0)) == pytest.approx(10 * found / 50, rel=1e-6)


def test_no_label_has_a_peak(rng):
    scores, _ = truth(rng)
    nothing = np.empty(0)
    folds = [FoldPeaks(scores, nothing, 5)]
    calibration, count = learn(Evidence(scores, nothing, 10, folds))
    assert np.isfinite(calibration([0.0, 1.0])).all()
    assert count.low < count.number <= count.high


def test_offsets_solve_their_equation(rng):
    scores = rng.normal(size=300)
    lines = Lines(scores)
    for offset, slope in zip(lines.offsets(40.0)[::9], SLOPES_SHOWN, strict=True):
        total = expit(offset + slope * lines.scores) @ lines.numbers
        assert total == pytest.approx(40, rel=1e-6)


SLOPES_SHOWN = np.exp(np.linspace(np.log(0.3), np.log(15), 60))[::9]


def test_there_are_as_many_particles_as_labels_at_least_and_as_peaks_at_most(rng):
    scores, _ = truth(rng, 20, 40, shift=6.0)
    # Two labels tell nearly nothing; all particles as labels are all there are.
    for labels in (scores[:2], scores[:20]):
        n_labels = len(labels)
        folds = [FoldPeaks(scores, labels, n_labels)] * 2
        calibration, count = learn(Evidence(scores, labels, n_labels, folds))
        assert n_labels <= count.low <= count.number <= count.high
        assert count.high <= len(scores) / calibration.share_found
        for draw in range(len(calibration.draws)):
            drawn = expit(calibration.drawn(calibration(scores), draw)).sum()
            assert drawn >= 0.8 * n_labels * calibration.share_found
