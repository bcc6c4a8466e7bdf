"""The private skorch net that a `PUClassifier` composes, and its training."""

from contextlib import suppress
from functools import partial

import numpy as np
import torch
from sklearn.utils import check_random_state
from skorch import NeuralNet
from skorch.callbacks import LRScheduler

from pusklearn.pu.criteria._registry import as_criterion
from pusklearn.pu.modules._architecture import Network
from pusklearn.pu.network._automatic_settings import resolve_steps
from pusklearn.pu.network._batches import PUBatches
from pusklearn.pu.network._callbacks import DropoutFader, TrainingProgress
from pusklearn.pu.network._decoder import Decoder
from pusklearn.pu.network._devices import as_device, computes_in_half
from pusklearn.pu.network._network import Objective, TrainedNetwork, build_network
from pusklearn.pu.network._seeded import seeded

OPTIMIZERS = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "sgd": partial(torch.optim.SGD, momentum=0.9),
}


def train(classifier, samples, positives, priors):
    """Train the network of a classifier.

    Parameters
    ----------
    classifier : PUClassifier
        With its parameters checked, ``module_``, ``reconstruction_weight_`` and
        ``sample_shape_`` set.
    samples : Samples
        What is learnt from, checked.
    positives : ndarray of int
        Rows of the labelled positives, ascending.
    priors : Priors
        What the criterion is called with.

    Returns
    -------
    skorch.NeuralNet
        Trained; its ``module_`` is a `TrainedNetwork`.
    """
    random_state = check_random_state(classifier.random_state)
    weight_seed, batch_seed = random_state.randint(np.iinfo(np.int32).max, size=2)
    device = as_device(classifier.device)
    batch_size, batches = plan_batches(classifier, samples, positives)
    placed = samples.on(device)
    # The random state of torch is one for all threads. Weights are drawn from it, and
    # so is what a network of the user draws in training; ours have one of their own.
    with seeded(int(weight_seed), device, alone=True):
        network = make_network(classifier, device)
    with seeded(int(weight_seed), device):
        net = TrainingNet(
            network,
            Objective(
                as_criterion(classifier.criterion),
                priors,
                classifier.reconstruction_weight_,
            ),
            optimizer=as_optimizer(classifier.optimizer),
            lr=classifier.lr,
            optimizer__weight_decay=classifier.weight_decay,
            max_epochs=classifier.max_epochs,
            batch_size=batch_size,
            iterator_train=partial(
                PUBatches, positives=positives, seed=int(batch_seed), **batches
            ),
            train_split=None,
            callbacks=make_callbacks(classifier, batches["n_batches"]),
            callbacks__print_log=None,
            device=device,
            compile=classifier.compile,
            verbose=0,
        )
        net.initialize()
        # `net.fit` would swallow any KeyboardInterrupt and return half trained.
        net.notify("on_train_begin", X=placed, y=None)
        with suppress(StopTrainingError):
            net.fit_loop(placed)
        net.notify("on_train_end", X=placed, y=None)
    # What is compiled cannot be saved for machines without a compiler.
    net.module_ = network
    return net


class StopTrainingError(Exception):
    """A callback has seen enough."""


class TrainingNet(NeuralNet):
    """A net that stops when a callback asks for it, or its loss is not finite."""

    def torch_compile(self, module, name):
        """Compile the network alone: the criterion is too small to gain from it."""
        return super().torch_compile(module, name) if name == "module" else module

    def run_single_epoch(self, iterator, training, prefix, step_fn, **fit_params):
        """Train for an epoch; the losses are read at its end.

        Reading each one makes a GPU wait for every batch.
        """
        if iterator is None:
            return
        losses = []
        for batch in iterator:
            self.notify("on_batch_begin", batch=batch, training=training)
            step = step_fn(batch, **fit_params)
            losses.append(step["loss"].detach())
            self.history.record_batch(f"{prefix}_batch_size", len(batch[0]))
            self.notify("on_batch_end", batch=batch, training=training, **step)
        for row, loss in zip(
            self.history[-1]["batches"], torch.stack(losses).tolist(), strict=True
        ):
            row[f"{prefix}_loss"] = loss
        self.history.record(f"{prefix}_batch_count", len(losses))

    def notify(self, method_name, **kwargs):
        """Call the callbacks."""
        try:
            super().notify(method_name, **kwargs)
        except KeyboardInterrupt as stop:
            # So do skorch's callbacks, such as EarlyStopping, ask for it.
            if method_name != "on_epoch_end":
                raise
            raise StopTrainingError from stop
        if method_name == "on_epoch_end":
            loss = self.history[-1, "train_loss"]
            if not np.isfinite(loss):
                raise ValueError(
                    f"Training diverged: the loss of epoch {len(self.history)} is "
                    f"{loss}. Give a lower `lr` than {self.lr:g}."
                )


def make_network(classifier, device):
    """Build what is trained, freshly initialised."""
    shape = classifier.sample_shape_
    network = build_network(classifier.module_, shape)
    decoder = None
    if classifier.reconstruction_weight_ > 0:
        if not isinstance(network, Network):
            raise ValueError(
                "`reconstruction_weight` > 0 needs a network of pusklearn.modules. "
                f"Got {classifier.module_!r}."
            )
        decoder = Decoder(network.width, (1, *shape) if len(shape) == 2 else shape)
    half = computes_in_half(classifier.precision, device, len(shape) > 1)
    trained = TrainedNetwork(network, decoder, half)
    if torch.get_default_dtype() != torch.float32:
        trained = trained.float()  # as the samples are
    if isinstance(network, Network):
        trained = trained.to(memory_format=torch.channels_last)
    return trained


def plan_batches(classifier, samples, positives):
    """Return the size of a batch and the arguments of `PUBatches`."""
    n_all_unlabeled = len(samples) - len(positives)
    n_positive = max(1, round(classifier.batch_size * classifier.positive_share))
    n_positive = min(n_positive, classifier.batch_size - 1)
    n_unlabeled = min(classifier.batch_size - n_positive, n_all_unlabeled)
    augment = classifier.augment
    if augment == "auto":
        augment = samples.turned_by_default
    shape = classifier.sample_shape_
    if augment and (len(shape) == 1 or shape[-1] != shape[-2]):
        raise ValueError(
            "`augment` turns square images. Got samples of shape "
            f"{tuple(shape)}; leave it 'auto' or False."
        )
    return n_positive + n_unlabeled, {
        "n_positive": n_positive,
        "n_batches": resolve_steps(
            classifier.steps_per_epoch, samples, samples.count_labels(positives)
        ),
        "augment": augment,
    }


def make_callbacks(classifier, n_batches):
    """Return the callbacks of a training: schedule, progress and the user's."""
    updates = classifier.max_epochs * n_batches
    schedule = LRScheduler(
        torch.optim.lr_scheduler.OneCycleLR,
        step_every="batch",
        max_lr=classifier.lr,
        total_steps=updates + 1,
        cycle_momentum=False,
    )
    callbacks = [("schedule", schedule), ("fader", DropoutFader(updates))]
    if classifier.verbose:
        callbacks.append(("progress", TrainingProgress(updates)))
    return callbacks + list(classifier.callbacks or [])


def as_optimizer(optimizer):
    """Return the optimizer class of that name, or the class itself."""
    if isinstance(optimizer, str) and optimizer.lower() in OPTIMIZERS:
        return OPTIMIZERS[optimizer.lower()]
    if callable(optimizer):
        return optimizer
    raise ValueError(
        f"`optimizer` must be one of {sorted(OPTIMIZERS)} or a torch.optim.Optimizer "
        f"class. Got {optimizer!r}."
    )
