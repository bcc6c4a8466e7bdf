"""The training of the network of a `PUClassifier`."""

from contextlib import suppress
from functools import partial
from math import ceil
from typing import Any

import numpy as np
import torch
from sklearn.utils import check_random_state
from skorch import NeuralNet
from skorch.callbacks import LRScheduler

from pusklearn.pu._missing_rows import count_rows
from pusklearn.pu._samples import PlacedSamples
from pusklearn.pu.criteria._registry import as_criterion
from pusklearn.pu.modules._blueprint import Network
from pusklearn.pu.network._automatic_settings import resolve_learning
from pusklearn.pu.network._batches import SHIFTS, PUBatches
from pusklearn.pu.network._callbacks import DropoutFader, TrainingProgress
from pusklearn.pu.network._check_callbacks import callback_of, is_kind
from pusklearn.pu.network._decoder import Decoder
from pusklearn.pu.network._devices import as_device, computes_in_half, full_precision
from pusklearn.pu.network._held_out_batches import HeldOutBatches, same_batches
from pusklearn.pu.network._hold_out import Part
from pusklearn.pu.network._initial import (
    initial_of,
    say_that_they_differ,
    start_callbacks,
)
from pusklearn.pu.network._network import (
    Objective,
    TrainedNetwork,
    build_network,
    check_learns,
    check_takes,
)
from pusklearn.pu.network._optimizers import (
    as_optimizer,
    decay_parameters,
    quick_parameters,
)
from pusklearn.pu.network._sample_weights import check_weights_count
from pusklearn.pu.network._seeded import seeded
from pusklearn.pu.network._smooth_start import smooth_start
from pusklearn.pu.network._start_at_prior import start_at_prior
from pusklearn.pu.network._team_step import team_for
from pusklearn.pu.network._training_net import (
    StopTrainingError,
    TrainingNet,
    both_probabilities,
)
from pusklearn.pu.network._warm_start import (
    OTHER_NETWORK,
    joined_history,
    load_weights,
)
from pusklearn.pu.priors._class_priors import AnyPriors


def train(
    classifier: Any,
    learnt: Part,
    held_out: Part | None,
    priors: AnyPriors,
    last: NeuralNet | None = None,
) -> NeuralNet:
    """Train the network of a classifier.

    Parameters
    ----------
    classifier : PUClassifier
        A classifier whose parameters are checked, and that has ``module_``,
        ``optimizer_``, ``lr_``, ``reconstruction_weight_``, ``sample_shape_`` and
        ``steps_per_epoch_``.
    learnt : Part
        The samples to learn from.
    held_out : Part or None
        The samples on which the validation loss is computed after each epoch.
    priors : Priors or PriorsWithNegatives
        The priors that the criterion is called with.
    last : skorch.NeuralNet or None, default=None
        The net of the last fit, whose weights and history the training goes on from.

    Returns
    -------
    skorch.NeuralNet
        The trained net. Its ``module_`` is a `TrainedNetwork`.
    """
    random_state = check_random_state(classifier.random_state)
    weight_seed, batch_seed = random_state.randint(np.iinfo(np.int32).max, size=2)
    device = as_device(classifier.device)
    knows_negatives = len(learnt.negatives) > 0
    n_labels = learnt.samples.count_labels(learnt.positives)
    module = classifier.module_
    learning = resolve_learning(classifier, module, learnt.samples, n_labels)
    most = learning.batch_size
    batch_size, batches = plan_batches(classifier, learnt, most, knows_negatives)
    placed = learnt.samples.on(device)
    validation = None
    if held_out is not None:
        plan = plan_batches(classifier, held_out, most, knows_negatives)
        validation = make_validation(
            held_out, plan, batches["n_batches"], device, int(batch_seed)
        )
    # The random state of torch is one for all threads. Initial weights are drawn from
    # it, and so are the numbers that a network of the user draws in training. Our own
    # networks have a random state of their own for that.
    with seeded(int(weight_seed), device, alone=True):
        network = make_network(classifier, device)
    check_learns(network.network)
    criterion = as_criterion(classifier.criterion)
    start_at_prior(network.network, criterion, priors, learnt.samples)
    if learning.is_smooth_at_first:
        smooth_start(network.network)
    seed: Any = int(batch_seed)
    callbacks = make_callbacks(classifier, learnt, batches["n_batches"], learning.rise)
    initial = initial_of(classifier)
    if last is not None:
        load_weights(network, last.module_, classifier.module_, OTHER_NETWORK)
        # The same batches as before would not be new to the network.
        seed = [seed, len(last.history)]
    elif initial is not None:
        differ = say_that_they_differ(initial, classifier.module_, classifier)
        load_weights(network, initial.net_.module_, classifier.module_, differ)
    objective = Objective(criterion, priors, classifier.reconstruction_weight_)
    optimizer = as_optimizer(classifier.optimizer_)
    with seeded(int(weight_seed), device), full_precision(device):
        net = TrainingNet(
            network,
            objective,
            optimizer=optimizer,
            lr=classifier.lr_,
            **decay_parameters(optimizer, classifier.weight_decay),
            **quick_parameters(classifier.optimizer_, device),
            max_epochs=classifier.max_epochs,
            batch_size=batch_size,
            iterator_train=partial(PUBatches, seed=seed, **batches),
            iterator_valid=same_batches,
            train_split=None,
            predict_nonlinearity=both_probabilities,
            callbacks=callbacks,
            callbacks__print_log=None,
            device=device,
            compile=classifier.compile,
            verbose=0,
        )
        net.initialize()
        try:
            run(net, placed, validation)
        except (RuntimeError, ValueError, IndexError):
            check_takes(network.network, classifier.sample_shape_, device)
            raise
    # A compiled network cannot be saved for machines without a compiler.
    net.module_ = network
    if last is not None:
        net.history = joined_history(last.history, net.history)
    return net


def run(net: TrainingNet, placed: PlacedSamples, validation: Any) -> None:
    """Train a net, with a team if it has one, and close its bar whatever happens."""
    # `net.fit` would swallow any KeyboardInterrupt and return half trained.
    try:
        net.notify("on_train_begin", X=placed, y=None)
        team_of_net = team_for(net, net.batch_size, torch.device(net.device))
        with suppress(StopTrainingError), team_of_net as net.team_:
            net.fit_loop((placed, validation))
        net.team_ = None
        net.notify("on_train_end", X=placed, y=None)
    finally:
        for callback in net.callbacks:
            if isinstance(callback, TrainingProgress):
                callback.close()


def make_network(classifier: Any, device: torch.device) -> TrainedNetwork:
    """Build the network with its decoder, freshly initialised."""
    shape = classifier.sample_shape_
    half = computes_in_half(classifier.precision, device, len(shape) > 1)
    return assemble_network(classifier, classifier.reconstruction_weight_ > 0, half)


def assemble_network(
    classifier: Any, has_decoder: bool, in_half: bool
) -> TrainedNetwork:
    """Build the network of a classifier, with or without a decoder."""
    shape = classifier.sample_shape_
    network = build_network(classifier.module_, shape)
    decoder = None
    if has_decoder:
        if not isinstance(network, Network):
            raise ValueError(
                "`reconstruction_weight` > 0 needs a network of pusklearn.modules. "
                f"Got {classifier.module_!r}."
            )
        decoder = Decoder(network.width, (1, *shape) if len(shape) == 2 else shape)
    trained = TrainedNetwork(network, decoder, in_half)
    if torch.get_default_dtype() != torch.float32:
        trained = trained.float()  # as the samples are
    if isinstance(network, Network):
        trained = trained.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return trained


def plan_batches(
    classifier: Any, part: Part, batch_size: int, knows_negatives: bool = False
) -> tuple[int, dict[str, Any]]:
    """Return the size of a batch and the arguments of `PUBatches`.

    A batch holds as many known negatives as positives, if there are so many.
    """
    samples, positives = part.samples, part.positives
    missing = samples.missing_runs()
    n_all_unlabeled = len(samples) - count_rows(missing) - len(positives)
    n_all_unlabeled -= len(part.negatives)
    n_positive = max(1, round(batch_size * classifier.positive_share))
    n_positive = min(n_positive, batch_size - 1)
    n_negative = None
    if knows_negatives:
        if batch_size < 3:
            raise ValueError(
                "With known negatives, `batch_size` must be at least 3, so that a "
                f"batch has a sample of each kind. Got {batch_size}."
            )
        n_positive = min(n_positive, batch_size - 2)
        n_negative = min(n_positive, len(part.negatives))
        n_negative = min(n_negative, batch_size - n_positive - 1)
    check_weights_count(part.weights, positives, n_positive)
    n_others = n_positive + (n_negative or 0)
    n_unlabeled = min(batch_size - n_others, n_all_unlabeled)
    augment = classifier.augment
    if augment == "auto":
        augment = samples.default_augment
    shape = classifier.sample_shape_
    check_augment(augment, shape)
    return n_others + n_unlabeled, {
        "positives": positives,
        "n_positive": n_positive,
        "negatives": part.negatives,
        "n_negative": n_negative,
        "n_batches": classifier.steps_per_epoch_,
        "augment": augment,
        "missing": missing,
        "weights": part.weights,
    }


def check_augment(augment: bool | str, shape: tuple[int, ...]) -> None:
    """Raise a ValueError for samples that cannot be turned or shifted."""
    if augment in SHIFTS:
        if len(shape) == 1:
            raise ValueError(
                f"augment={augment!r} shifts images. Got samples of shape "
                f"{tuple(shape)}; leave it 'auto' or False."
            )
    elif augment and (len(shape) == 1 or shape[-1] != shape[-2]):
        raise ValueError(
            "augment=True turns square images. Got samples of shape "
            f"{tuple(shape)}; leave it 'auto' or False, or give 'shift' for images."
        )


def make_validation(
    part: Part,
    plan: tuple[int, dict[str, Any]],
    most_batches: int,
    device: torch.device,
    seed: int,
) -> HeldOutBatches:
    """Return batches of the held-out samples, in number as many as hold all of them.

    They are not more than those of an epoch of the training.
    """
    size, batches = plan
    n_positive, n_negative = batches["n_positive"], batches["n_negative"]
    n_unlabeled = len(part.samples) - len(part.positives) - len(part.negatives)
    enough = max(
        len(part.positives) / n_positive,
        len(part.negatives) / (n_negative or 1),
        n_unlabeled / (size - n_positive - (n_negative or 0)),
    )
    n_batches = min(ceil(enough), most_batches)
    changes = {
        "n_positive": n_batches * n_positive,
        "n_negative": n_negative and n_batches * n_negative,
        "n_batches": 1,
        "augment": False,
    }
    one_batch = PUBatches(
        part.samples.on(device),
        n_batches * size,
        seed=seed,
        **{**batches, **changes},
    )
    return HeldOutBatches(one_batch, n_batches)


def make_callbacks(classifier: Any, learnt: Part, n_batches: int, rise: float) -> list:
    """Return the callbacks of a training: ours, unless the user's replace them."""
    # torch's schedule refuses NumPy's integers.
    updates = int(classifier.max_epochs * n_batches)
    given = list(classifier.callbacks or [])
    callbacks = [DropoutFader(updates), *start_callbacks(classifier, learnt, updates)]
    if not any(is_kind(callback_of(entry), LRScheduler) for entry in given):
        callbacks.insert(0, one_cycle(classifier.lr_, updates, rise))
    if classifier.verbose:
        callbacks.append(TrainingProgress(updates))
    return callbacks + given


def one_cycle(lr: float, updates: int, rise: float) -> LRScheduler:
    """Return the schedule that raises and lowers the learning rate once.

    It rises over that share of the updates.
    """
    return LRScheduler(
        torch.optim.lr_scheduler.OneCycleLR,
        step_every="batch",
        max_lr=lr,
        total_steps=updates + 1,
        pct_start=rise,
        cycle_momentum=False,
    )
