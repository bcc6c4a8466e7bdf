import os

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.metrics import average_precision_score, roc_auc_score
from skorch.callbacks import Callback, Checkpoint, EarlyStopping, EpochScoring

from pusklearn import PUClassifier, TiledRegions
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import pu_scorer
from pusklearn.modules import MLP, ConvNet
from pusklearn.pu._samples import ArraySamples
from pusklearn.pu.criteria._registry import as_criterion
from pusklearn.pu.network import _matched_prior
from pusklearn.pu.network._hold_out import hold_out
from pusklearn.pu.priors._priors import Priors

RNG = np.random.default_rng(0)
TRUTH = RNG.random(400) < 0.3
X = RNG.normal(size=(400, 3)).astype(np.float32)
X[TRUTH] += 2
Y = TRUTH & (RNG.random(400) < 0.5)


def new_classifier(callbacks=None, **settings):
    return PUClassifier(
        **{
            "module": MLP((8,)),
            "prior": 0.3,
            "validation_fraction": 0.25,
            "max_epochs": 4,
            "steps_per_epoch": 8,
            "batch_size": 64,
            "random_state": 0,
            "callbacks": callbacks,
            **settings,
        },
    )


class Watch(Callback):
    """Keep what the validation of each epoch saw, and what it gave."""

    def initialize(self):
        self.epochs_ = []
        return self

    def on_epoch_begin(self, net, **kwargs):
        self.epochs_.append([])

    def on_batch_end(self, net, batch, y_pred, training, **kwargs):
        if not training:
            assert not net.module_.training
            self.epochs_[-1].append((*batch, y_pred))


@pytest.mark.parametrize("criterion", ["ge-binomial", "nnpu", "pn"])
def test_the_validation_loss_is_the_criterion_on_what_is_held_out(
    criterion, monkeypatch
):
    monkeypatch.setattr(_matched_prior, "ENOUGH", 0.0)  # the network as it was trained
    watch = Watch()
    classifier = new_classifier([watch], criterion=criterion).fit(X, Y)
    priors = Priors(0.3, Y.mean())
    learnt, held_out = hold_out(
        ArraySamples(X), np.flatnonzero(Y), 0.25, np.random.RandomState(0)
    )
    assert len(held_out.samples) == round(0.25 * Y.sum()) + round(0.25 * (~Y).sum())
    assert len(learnt.samples) + len(held_out.samples) == 400
    losses = classifier.net_.history[:, "valid_loss"]
    for epoch, loss in zip(watch.epochs_, losses, strict=True):
        of_batches = [
            as_criterion(criterion)(logits, is_positive, priors).item()
            for _, is_positive, logits in epoch
        ]
        assert loss == pytest.approx(np.mean(of_batches), rel=1e-6)
    # The batches are the same in each epoch, and hold every sample about as often.
    first, last = (torch.cat([rows for rows, *_ in watch.epochs_[i]]) for i in (0, -1))
    torch.testing.assert_close(first, last)
    _, counts = np.unique(first.numpy(), axis=0, return_counts=True)
    assert len(counts) == len(held_out.samples)
    # The logits of the last epoch are those of the fitted network.
    logits = torch.cat([logits for *_, logits in watch.epochs_[-1]])
    np.testing.assert_allclose(
        classifier.decision_function(last.numpy()), logits, rtol=1e-4, atol=1e-5
    )


def test_what_is_held_out_is_not_learnt():
    _, held_out = hold_out(
        ArraySamples(X), np.flatnonzero(Y), 0.25, np.random.RandomState(0)
    )
    changed = X.copy()
    changed[held_out.rows] *= 1e3
    first, second = (new_classifier().fit(samples, Y) for samples in (X, changed))
    np.testing.assert_array_equal(
        first.decision_function(X), second.decision_function(X)
    )
    losses = [c.net_.history[-1, "valid_loss"] for c in (first, second)]
    assert losses[0] != losses[1]


def test_nothing_is_held_out_by_default():
    names = new_classifier(validation_fraction=0.0).fit(X, Y).net_.history[-1]
    assert "valid_loss" not in names


def test_watching_is_free_of_effect_on_the_training():
    """With a network that draws while training: the validation draws nothing."""
    settings = {
        "module": MLP((8,), dropout=0.5, input_dropout=0.3),
        "criterion": "pn",
        "scheme": "case-control",
    }
    watched = new_classifier(validation_fraction=0.5, **settings).fit(X, Y)
    learnt, _ = hold_out(
        ArraySamples(X), np.flatnonzero(Y), 0.5, np.random.RandomState(0)
    )
    alone = new_classifier(validation_fraction=0, **settings)
    alone.fit(learnt.samples.X, Y[learnt.rows])
    np.testing.assert_array_equal(
        watched.decision_function(X), alone.decision_function(X)
    )


def test_early_stopping_stops_by_the_validation_loss_and_loads_the_best():
    stop = EarlyStopping(patience=2, load_best=True)
    classifier = new_classifier([stop], max_epochs=50, lr=0.1).fit(X, Y)
    losses = classifier.net_.history[:, "valid_loss"]
    assert len(losses) < 50
    assert np.argmin(losses) == len(losses) - 3


def test_a_checkpoint_saves_and_loads_the_best(tmp_path):
    watch = Watch()
    saved = Checkpoint(dirname=str(tmp_path), load_best=True)
    classifier = new_classifier([watch, saved], max_epochs=8, lr=0.3).fit(X, Y)
    assert "params.pt" in os.listdir(tmp_path)
    best = int(np.argmin(saved_losses(watch)))
    rows = torch.cat([rows for rows, *_ in watch.epochs_[best]])
    logits = torch.cat([logits for *_, logits in watch.epochs_[best]])
    np.testing.assert_allclose(
        classifier.decision_function(rows.numpy()), logits, rtol=1e-4, atol=1e-5
    )


def saved_losses(watch):
    criterion, priors = as_criterion("ge-binomial"), Priors(0.3, Y.mean())
    return [
        np.mean([criterion(z, kind, priors).item() for _, kind, z in epoch])
        for epoch in watch.epochs_
    ]


@pytest.mark.parametrize("use_caching", [True, False])
@pytest.mark.parametrize(
    ("scoring", "metric"),
    [
        ("roc_auc", lambda y, s: roc_auc_score(y, s)),
        ("average_precision", lambda y, s: average_precision_score(y, s)),
        ("accuracy", lambda y, s: np.mean(y == (s > 0))),
    ],
)
def test_scores_of_epochs_are_those_of_the_samples_held_out(
    scoring, metric, use_caching
):
    watch = Watch()
    score = EpochScoring(
        scoring, lower_is_better=False, name="score", use_caching=use_caching
    )
    history = new_classifier([watch, score]).fit(X, Y).net_.history
    for epoch, value in zip(watch.epochs_, history[:, "score"], strict=True):
        _, is_positive, logits = map(torch.cat, zip(*epoch, strict=True))
        expected = metric(is_positive.numpy(), logits.numpy())
        assert value == pytest.approx(expected, rel=1e-6)


def test_scorers_of_pu_data_and_of_the_training_score_epochs():
    scores = [
        EpochScoring(pu_scorer("f1", prior=0.3), lower_is_better=False, name="f1"),
        EpochScoring("neg_log_loss", on_train=True, name="log_loss"),
        EarlyStopping("f1", lower_is_better=False),
    ]
    history = new_classifier(scores).fit(X, Y).net_.history
    assert np.isfinite(history[:, ("f1", "log_loss")]).all()


@pytest.mark.parametrize("fraction", [1.0, -0.1, np.nan])
def test_a_fraction_out_of_range_is_refused(fraction):
    with pytest.raises(ValueError, match=r"`validation_fraction` must be .* \[0, 1\)"):
        new_classifier(validation_fraction=fraction).fit(X, Y)


@pytest.mark.parametrize("n_positive", [1, 399])
def test_a_kind_of_one_sample_cannot_be_held_out(n_positive):
    with pytest.raises(ValueError, match=r"validation_fraction=0\.25 leaves a part"):
        new_classifier(prior=None).fit(X, np.arange(400) < n_positive)


def test_few_samples_are_repeated_to_fill_a_batch():
    classifier = new_classifier(prior=None).fit(X[:20], np.arange(20) < 8)
    assert np.isfinite(classifier.net_.history[:, "valid_loss"]).all()


@pytest.mark.parametrize("n_labeled", [1, 3])
def test_regions_are_held_out_by_micrographs(n_labeled):
    micrographs, particles = make_micrographs(3, size=64, random_state=0)
    particles = [p if i < n_labeled else [] for i, p in enumerate(particles)]
    regions = TiledRegions(micrographs, 31)
    labels = regions.labels(particles, 2)
    score = EpochScoring("roc_auc", lower_is_better=False)
    classifier = new_classifier([score, EarlyStopping()], prior=None)
    classifier.set_params(
        module=ConvNet(31, units=2), reconstruction_weight=0.1, batch_size=16
    )
    history = classifier.fit(regions, labels).net_.history
    assert np.isfinite(history[:, ("valid_loss", "roc_auc")]).all()
    again = clone(classifier).fit(regions, labels).net_.history
    assert again[:, "valid_loss"] == history[:, "valid_loss"]
