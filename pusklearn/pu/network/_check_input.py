"""Checks of the parameters and samples of a `PUClassifier`."""

from typing import Any

from numpy.typing import ArrayLike

from pusklearn.pu._checks import (
    check_choice,
    check_flag,
    check_integer,
    check_number,
    check_share,
    check_verbose,
)
from pusklearn.pu._samples import Samples, as_samples, check_sample_shape
from pusklearn.pu.criteria._registry import as_criterion
from pusklearn.pu.network._automatic_settings import is_auto
from pusklearn.pu.network._batches import AUGMENTS
from pusklearn.pu.network._check_callbacks import check_callbacks
from pusklearn.pu.network._devices import PRECISIONS, as_device
from pusklearn.pu.network._initial import initial_of
from pusklearn.pu.network._optimizers import as_optimizer


def check_parameters(classifier: Any) -> None:
    """Raise a TypeError or ValueError for a parameter that is out of its range.

    `module` needs the shape of the samples, `prior`, `scheme` and `pos_label` need the
    labels; they are checked with those.
    """
    as_criterion(classifier.criterion)
    as_optimizer(classifier.optimizer)
    as_device(classifier.device)
    weight = classifier.reconstruction_weight
    check_number(weight, "reconstruction_weight", words=["auto"])
    if not is_auto(classifier.lr):
        check_number(classifier.lr, "lr", "(0, inf)")
    check_number(classifier.weight_decay, "weight_decay")
    if not is_auto(classifier.batch_size):
        check_integer(classifier.batch_size, "batch_size", "[2, inf)")
    check_share(classifier.positive_share, "positive_share")
    check_integer(classifier.max_epochs, "max_epochs")
    if classifier.steps_per_epoch is not None:
        check_integer(classifier.steps_per_epoch, "steps_per_epoch")
    check_choice(classifier.augment, "augment", AUGMENTS)
    check_number(classifier.validation_fraction, "validation_fraction", "[0, 1)")
    check_flag(classifier.warm_start, "warm_start")
    initial_of(classifier)
    check_number(classifier.initial_labels, "initial_labels")
    check_callbacks(classifier.callbacks, classifier.validation_fraction > 0)
    check_choice(classifier.precision, "precision", PRECISIONS)
    check_flag(classifier.compile, "compile")
    check_verbose(classifier.verbose)


def check_samples(classifier: Any, X: ArrayLike, y: ArrayLike) -> tuple[Samples, Any]:
    """Return checked `Samples` and labels, and set ``sample_shape_``."""
    samples, y = as_samples(X).check_fit(classifier, y)
    classifier.sample_shape_ = samples.shape
    return samples, y


def check_new_samples(classifier: Any, X: ArrayLike) -> Samples:
    """Return checked `Samples` to predict, of the shape seen in `fit`."""
    samples = as_samples(X).check_predict(classifier)
    check_sample_shape(samples, classifier)
    return samples
