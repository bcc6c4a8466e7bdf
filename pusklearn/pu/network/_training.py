"""The training of the network of a `PUClassifier`."""

from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils import check_random_state
from skorch import NeuralNet
from skorch.callbacks import LRScheduler

from pusklearn.pu._missing_rows import count_rows
from pusklearn.pu._samples import Samples
from pusklearn.pu.criteria._registry import as_criterion
from pusklearn.pu.modules._architecture import Network
from pusklearn.pu.network._automatic_settings import resolve_steps
from pusklearn.pu.network._batches import PUBatches
from pusklearn.pu.network._callbacks import DropoutFader, TrainingProgress
from pusklearn.pu.network._decoder import Decoder
from pusklearn.pu.network._devices import as_device, computes_in_half
from pusklearn.pu.network._network import Objective, TrainedNetwork, build_network
from pusklearn.pu.network._optimizers import as_optimizer
from pusklearn.pu.network._seeded import seeded
from pusklearn.pu.network._training_net import StopTrainingError, TrainingNet
from pusklearn.pu.priors._priors import Priors


def train(
    classifier: Any, samples: Samples, positives: NDArray, priors: Priors
) -> NeuralNet:
    """Train the network of a classifier.

    Parameters
    ----------
    classifier : PUClassifier
        A classifier whose parameters are checked, and that has ``module_``,
        ``reconstruction_weight_`` and ``sample_shape_``.
    samples : Samples
        The checked samples to learn from.
    positives : ndarray of int
        Rows of the labelled positives, ascending.
    priors : Priors
        The priors that the criterion is called with.

    Returns
    -------
    skorch.NeuralNet
        The trained net. Its ``module_`` is a `TrainedNetwork`.
    """
    random_state = check_random_state(classifier.random_state)
    weight_seed, batch_seed = random_state.randint(np.iinfo(np.int32).max, size=2)
    device = as_device(classifier.device)
    batch_size, batches = plan_batches(classifier, samples, positives)
    placed = samples.on(device)
    # The random state of torch is one for all threads. Initial weights are drawn from
    # it, and so are the numbers that a network of the user draws in training. Our own
    # networks have a random state of their own for that.
    with seeded(int(weight_seed), device, alone=True):
        network = make_network(classifier, device)
    objective = Objective(
        as_criterion(classifier.criterion), priors, classifier.reconstruction_weight_
    )
    with seeded(int(weight_seed), device):
        net = TrainingNet(
            network,
            objective,
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
    # A compiled network cannot be saved for machines without a compiler.
    net.module_ = network
    return net


def make_network(classifier: Any, device: torch.device) -> TrainedNetwork:
    """Build the network with its decoder, freshly initialised."""
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
        trained = trained.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return trained


def plan_batches(
    classifier: Any, samples: Samples, positives: NDArray
) -> tuple[int, dict[str, Any]]:
    """Return the size of a batch and the arguments of `PUBatches`."""
    missing = samples.missing_runs()
    n_all_unlabeled = len(samples) - count_rows(missing) - len(positives)
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
        "missing": missing,
    }


def make_callbacks(classifier: Any, n_batches: int) -> list:
    """Return the callbacks of a training: schedule, progress and the user's."""
    # torch's schedule refuses NumPy's integers.
    updates = int(classifier.max_epochs * n_batches)
    schedule = LRScheduler(
        torch.optim.lr_scheduler.OneCycleLR,
        step_every="batch",
        max_lr=classifier.lr,
        total_steps=updates + 1,
        cycle_momentum=False,
    )
    callbacks: list = [("schedule", schedule), ("fader", DropoutFader(updates))]
    if classifier.verbose:
        callbacks.append(("progress", TrainingProgress(updates)))
    return callbacks + list(classifier.callbacks or [])
