"""Micrographs are scored by classifiers that have not learnt from them."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from pusklearn import PUClassifier, TiledRegions
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.regions._cross_fit import cross_fit
from pusklearn.micrographs.regions._fold_plan import N_FOLDS
from pusklearn.modules import ConvNet

RADIUS = 3


class Remembers(ClassifierMixin, BaseEstimator):
    """Scores the pixels that it has learnt 1, and all others 0."""

    def __init__(self, prior=None, random_state=None):
        self.prior = prior
        self.random_state = random_state

    def fit(self, X, y):
        self.seen_ = set(np.asarray(X)[:, 1, 1].ravel().tolist())
        self.prior_ = self.prior
        self.share_ = float(np.mean(y))
        self.n_labels_ = int(np.sum(y))
        return self

    def decision_function(self, X):
        return np.array([float(v in self.seen_) for v in np.asarray(X)[:, 1, 1]])


def scene(sizes, n_labels):
    """Micrographs whose pixels all differ, with labels, and their regions."""
    starts = np.cumsum([0, *(h * w for h, w in sizes)])
    images = [
        np.arange(start, start + h * w, dtype=np.float32).reshape(h, w)
        for start, (h, w) in zip(starts, sizes, strict=False)
    ]
    rng = np.random.default_rng(0)
    labels = []
    for (h, w), n in zip(sizes, n_labels, strict=True):
        grid = np.stack(np.meshgrid(np.arange(4, w, 8), np.arange(4, h, 8)), -1)
        labels.append(rng.permutation(grid.reshape(-1, 2))[:n])
    regions = TiledRegions(images, 3)
    return regions, labels, np.flatnonzero(regions.labels(labels, 1))


@pytest.mark.parametrize(
    "n_labels",
    [[2, 3, 1, 0], [5, 0, 0, 0], [4, 4, 0, 0], [3, 1, 0, 0], [2, 2, 2, 2]],
    ids=str,
)
def test_no_classifier_has_learnt_what_it_scores(n_labels):
    regions, _, positives = scene([(40, 40)] * 4, n_labels)
    held_out = cross_fit(Remembers(), regions, positives)
    seen = [np.zeros(m.shape, int) for m in regions.micrographs]
    for row, scores in zip(held_out.bands, held_out.maps, strict=True):
        assert scores.shape == regions.micrographs[row.band.number].shape
        there = np.isfinite(np.asarray(scores))
        assert (np.asarray(scores)[there] == 0).all()
        seen[row.band.number] += there
    # Every pixel is held out once.
    assert all((pixels == 1).all() for pixels in seen)
    assert held_out.n_micrographs == 4


def test_each_fold_has_labels_and_learns_some():
    regions, labels, positives = scene([(40, 40)] * 4, [1, 1, 4, 0])
    held_out = cross_fit(Remembers(), regions, positives)
    score = held_out.maps.function
    assert len(score.classifiers) == N_FOLDS
    assert all(c.n_labels_ > 0 for c in score.classifiers)
    assert sum(len(positives) - c.n_labels_ for c in score.classifiers) == len(
        positives
    )
    folds = {row.fold for row in held_out.bands if len(labels[row.band.number])}
    assert folds == {0, 1, 2}


@pytest.mark.parametrize("n_labels", [[0, 1], [1, 0]], ids=str)
def test_a_single_label_cannot_be_held_out(n_labels):
    regions, _, positives = scene([(30, 30)] * 2, n_labels)
    assert cross_fit(Remembers(), regions, positives) is None


def test_the_prior_is_guessed_first_and_learnt_then():
    regions, _, positives = scene([(60, 60)] * 6, [6] * 6)
    held_out = cross_fit(Remembers(), regions, positives, guess_prior=True)
    classifiers = held_out.maps.function.classifiers
    priors = [c.prior_ for c in classifiers]
    assert all(c.prior_ > c.share_ for c in classifiers)
    assert priors[0] == pytest.approx(2 * 1.02 * len(positives) / len(regions))
    assert (
        cross_fit(Remembers(), regions, positives).maps.function.classifiers[0].prior_
        is None
    )


def test_a_prior_that_is_given_exceeds_the_share_of_labels_of_each_fold():
    regions, _, positives = scene([(40, 40)] * 3, [9, 9, 1])
    given = 1.01 * len(positives) / len(regions)
    held_out = cross_fit(Remembers(prior=given), regions, positives)
    classifiers = held_out.maps.function.classifiers
    assert all(c.prior_ > c.share_ for c in classifiers)
    assert any(c.prior_ == given for c in classifiers)


def test_particles_of_real_networks_are_counted(monkeypatch):
    micrographs, coordinates = make_micrographs(
        4, size=160, n_particles=12, diameter=24, snr=0.2, random_state=0
    )
    regions = TiledRegions(micrographs, 31)
    labels = [points[:6] for points in coordinates]
    positives = np.flatnonzero(regions.labels(labels, RADIUS))
    classifier = PUClassifier(
        ConvNet(31, units=4),
        max_epochs=4,
        steps_per_epoch=50,
        batch_size=32,
        random_state=0,
    )
    kept, lazy = [], []
    for maps, most in ((kept, 2**26), (lazy, 1)):
        monkeypatch.setattr(
            "pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", most, raising=True
        )
        held_out = cross_fit(classifier, regions, positives, step=2, guess_prior=True)
        assert held_out.n_particles.number == pytest.approx(48, rel=0.3)
        assert held_out.n_particles.low < 48 < held_out.n_particles.high
        n_pixels = 4 * 160**2
        share = held_out.n_particles.number * len(positives) / 24 / n_pixels
        assert held_out.prior == pytest.approx(max(share, held_out.prior))
        assert bool(held_out.maps.function.kept) == (most > 1)
        maps += [np.asarray(scores) for scores in held_out.maps]
    np.testing.assert_array_equal(kept, lazy)
