"""The number of particles follows from where labelled ones stand among all peaks."""

import numpy as np
import pytest

from pusklearn.micrographs.peaks._held_out_peaks import FoldPeaks
from pusklearn.micrographs.peaks._particle_count import (
    ParticleCount,
    count_from,
    held_out_count,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def peaks_with(n_particles, n_others, n_labels, rng, scale=1.0, apart=4.0):
    """Return peaks of known truth, and the scores of labelled particles."""
    particles = rng.normal(apart, size=n_particles)
    scores = np.concatenate([particles, rng.normal(size=n_others)])
    return scale * scores, scale * particles[:n_labels]


@pytest.mark.parametrize("n_labels", [100, 400])
def test_the_number_is_found_where_particles_stand_apart(rng, n_labels):
    scores, labels = peaks_with(800, 3000, n_labels, rng)
    count = count_from(labels, scores)
    assert count.number == pytest.approx(800, rel=0.1)
    assert count.low < 800 < count.high


def test_folds_of_different_scales_are_counted_together(rng):
    folds = []
    for scale in (1.0, 30.0, 0.01):
        scores, labels = peaks_with(300, 1000, 50, rng, scale)
        folds.append(FoldPeaks(scores, labels, len(labels)))
    assert held_out_count(folds).number == pytest.approx(900, rel=0.12)


def test_particles_that_are_not_found_count(rng):
    scores, labels = peaks_with(300, 1000, 100, rng)
    # A fifth of the particles, and of the labels, has no peak.
    fold = FoldPeaks(scores, labels, 125)
    assert held_out_count([fold]).number == pytest.approx(375, rel=0.15)


def test_nothing_is_known_without_labels_or_peaks(rng):
    scores, _ = peaks_with(10, 90, 1, rng)
    assert count_from(np.empty(0), scores) == (0, 0, 100)
    assert held_out_count([]) == (0, 0, 0)
    assert ParticleCount(2.0, 1.0, 4.0).times(3) == (6, 3, 12)


def test_a_count_stays_in_the_range_that_is_certain():
    assert ParticleCount(50, 3, 900).within(10, 200) == (50, 10, 200)
    assert ParticleCount(5, 3, 9).within(10, 200) == (10, 10, 10)
