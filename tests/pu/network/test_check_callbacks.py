import numpy as np
import pytest
import torch
from skorch.callbacks import (
    BatchScoring,
    Callback,
    Checkpoint,
    EarlyStopping,
    EpochScoring,
    LRScheduler,
    TrainEndCheckpoint,
)

from pusklearn import PUClassifier
from pusklearn.modules import MLP

X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.arange(60) < 20
QUICK = {"max_epochs": 2, "steps_per_epoch": 3, "batch_size": 16, "random_state": 0}


@pytest.mark.parametrize(
    ("callback", "way_out"),
    [
        (EarlyStopping(), "monitor='train_loss'"),
        (EarlyStopping, "monitor='train_loss'"),
        (("stop", EarlyStopping()), "monitor='train_loss'"),
        (Checkpoint(), "monitor='train_loss_best'"),
        (Checkpoint, "monitor='train_loss_best'"),
        (LRScheduler("ReduceLROnPlateau", monitor="valid_loss"), "'train_loss'"),
        (EpochScoring("roc_auc"), "on_train=True"),
        (BatchScoring("roc_auc"), "on_train=True"),
    ],
)
def test_what_needs_a_validation_split_says_so_before_the_training(callback, way_out):
    classifier = PUClassifier(MLP((4,)), callbacks=[callback], **QUICK)
    with pytest.raises(ValueError, match=f"`validation_fraction`.*{way_out}"):
        classifier.fit(X, Y)


@pytest.mark.parametrize(
    ("callback", "way_out"),
    [
        (EarlyStopping("valid_acc", lower_is_better=False), "'valid_loss', or 'roc_a"),
        (Checkpoint("valid_acc_best"), "'valid_loss_best', or 'roc_auc_best' with"),
    ],
)
def test_the_accuracy_of_skorch_is_not_recorded(callback, way_out):
    classifier = PUClassifier(
        MLP((4,)), callbacks=[callback], validation_fraction=0.2, **QUICK
    )
    with pytest.raises(ValueError, match=f"watches 'valid_acc.*{way_out}"):
        classifier.fit(X, Y)
    accuracy = EpochScoring("accuracy", lower_is_better=False, name="valid_acc")
    classifier.set_params(callbacks=[accuracy, EarlyStopping("valid_acc")]).fit(X, Y)


class Own(Callback):
    """A callback that has no setting."""


def test_what_needs_none_is_taken(tmp_path):
    callbacks = [
        Own,
        EarlyStopping("train_loss"),
        Checkpoint("train_loss_best", dirname=str(tmp_path)),
        Checkpoint(None, dirname=str(tmp_path), fn_prefix="every"),
        TrainEndCheckpoint(dirname=str(tmp_path / "end")),
        EpochScoring("roc_auc", on_train=True, name="auc"),
        ("last", EarlyStopping("auc", lower_is_better=False)),
    ]
    fitted = PUClassifier(MLP((4,)), callbacks=callbacks, **QUICK).fit(X, Y)
    assert len(fitted.net_.history) == 2


class Rates(Callback):
    """Note the learning rate of every update."""

    def initialize(self):
        self.rates_ = []
        return self

    def on_batch_begin(self, net, training, **kwargs):
        if training:
            self.rates_.append(net.optimizer_.param_groups[0]["lr"])


HALVING = {"step_size": 1, "gamma": 0.5}


@pytest.mark.parametrize(
    "schedule",
    [
        LRScheduler("StepLR", **HALVING),
        ("mine", LRScheduler(torch.optim.lr_scheduler.StepLR, **HALVING)),
        ("schedule", LRScheduler("StepLR", **HALVING)),
    ],
)
def test_the_schedule_of_the_user_is_the_only_one(schedule):
    rates = Rates()
    PUClassifier(MLP((4,)), lr=0.01, callbacks=[schedule, rates], **QUICK).fit(X, Y)
    np.testing.assert_allclose(rates.rates_, [0.01] * 3 + [0.005] * 3)


def test_without_one_the_rate_rises_and_falls():
    rates = Rates()
    PUClassifier(MLP((4,)), lr=0.01, callbacks=[rates], **QUICK).fit(X, Y)
    assert np.argmax(rates.rates_) not in (0, 5)


@pytest.mark.parametrize("name", ["schedule", "fader", "progress"])
def test_every_name_is_free_for_the_user(name):
    classifier = PUClassifier(MLP((4,)), callbacks=[(name, Own())], verbose=1, **QUICK)
    assert classifier.fit(X, Y).net_.history
