import os
import signal
import threading
from concurrent.futures import Future
from functools import partial

import numpy as np
import pytest
from skorch.callbacks import Callback, EarlyStopping

from pusklearn import PUClassifier
from pusklearn.modules import MLP


@pytest.fixture(autouse=True)
def python_hears_of_interrupts():
    # A shell lets programs in the background ignore them.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.arange(60) < 20


def classifier_with(callback, **settings):
    return PUClassifier(
        MLP((4,)),
        callbacks=[callback],
        **{"max_epochs": 4, "steps_per_epoch": 2, "random_state": 0, **settings},
    )


class At(Callback):
    """Call a function in the first call of a hook."""

    def __init__(self, hook, function):
        self.function = function
        setattr(self, hook, self.call_once)

    def initialize(self):
        self.n_calls_ = 0
        return self

    def call_once(self, net, **kwargs):
        self.n_calls_ += 1
        if self.n_calls_ == 1:
            self.function()


def press():
    signal.raise_signal(signal.SIGINT)


def press_from_outside():
    os.kill(os.getpid(), signal.SIGINT)
    for _ in range(10**6):  # the signal comes between two steps of this loop
        pass


def press_and_clean_up():
    try:
        press()
    finally:
        X.sum()


def press_and_raise_again():
    try:
        press()
    except KeyboardInterrupt:
        raise KeyboardInterrupt from None


def ask():
    raise KeyboardInterrupt


def ask_twice():
    try:
        ask()
    except KeyboardInterrupt as stop:
        raise KeyboardInterrupt from stop


def hand_on_that_of_a_worker():
    future = Future()
    future.set_exception(KeyboardInterrupt())
    future.result()


HOOKS = [
    "on_train_begin",
    "on_epoch_begin",
    "on_batch_begin",
    "on_batch_end",
    "on_epoch_end",
    "on_train_end",
]


@pytest.mark.parametrize("hook", HOOKS)
def test_an_interrupt_of_the_user_leaves_fit_from_every_hook(hook):
    with pytest.raises(KeyboardInterrupt):
        classifier_with(At(hook, press)).fit(X, Y)


@pytest.mark.parametrize(
    "function",
    [
        press_from_outside,
        press_and_clean_up,
        press_and_raise_again,
        ask,
        ask_twice,
        hand_on_that_of_a_worker,
    ],
)
def test_an_interrupt_at_the_end_of_an_epoch_is_that_of_the_user(function):
    with pytest.raises(KeyboardInterrupt):
        classifier_with(At("on_epoch_end", function)).fit(X, Y)


class Handler:
    """A handler of the user's that raises the interrupt itself."""

    def __call__(self, signum, frame):
        raise KeyboardInterrupt

    def method(self, signum, frame):
        raise KeyboardInterrupt


def handle(note, signum, frame):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "handler", [Handler(), Handler().method, partial(handle, "stopped")]
)
def test_a_handler_of_the_user_is_told_from_a_callback(handler):
    before = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            classifier_with(At("on_epoch_end", press)).fit(X, Y)
    finally:
        signal.signal(signal.SIGINT, before)


def test_only_the_end_of_an_epoch_is_a_place_to_ask():
    with pytest.raises(KeyboardInterrupt):
        classifier_with(At("on_batch_end", ask)).fit(X, Y)


def test_early_stopping_ends_the_training_also_in_a_thread():
    stop = EarlyStopping("train_loss", patience=2, threshold=10)
    classifier = classifier_with(stop)
    thread = threading.Thread(target=classifier.fit, args=(X, Y))
    thread.start()
    thread.join()
    assert len(classifier.net_.history) == 3


class InterruptedStop(EarlyStopping):
    """skorch's callback, interrupted inside its own call."""

    def _is_score_improved(self, score):
        press()


def test_an_interrupt_inside_early_stopping_is_that_of_the_user():
    with pytest.raises(KeyboardInterrupt):
        classifier_with(InterruptedStop("train_loss")).fit(X, Y)


class PressInValidation(Callback):
    def on_batch_end(self, net, training, **kwargs):
        if not training:
            press()


def test_an_interrupt_during_the_validation_leaves_fit():
    classifier = classifier_with(PressInValidation(), validation_fraction=0.2)
    with pytest.raises(KeyboardInterrupt):
        classifier.fit(X, Y)
