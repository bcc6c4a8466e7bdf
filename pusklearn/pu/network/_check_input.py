"""What `PUClassifier` asks of its parameters and samples."""

from numbers import Integral, Real

from sklearn.utils.validation import check_scalar

from pusklearn.pu._checks import check_share
from pusklearn.pu._samples import as_samples, check_sample_shape


def check_parameters(classifier):
    """Raise a TypeError or ValueError for a parameter out of its range."""
    check_scalar(classifier.weight_decay, "weight_decay", Real, min_val=0)
    weight = classifier.reconstruction_weight
    if weight != "auto":
        if isinstance(weight, str):
            raise ValueError(
                f"`reconstruction_weight` must be 'auto' or a number. Got {weight!r}."
            )
        check_scalar(weight, "reconstruction_weight", Real, min_val=0)
    for name, least in (("batch_size", 2), ("max_epochs", 1)):
        check_scalar(getattr(classifier, name), name, Integral, min_val=least)
    if classifier.steps_per_epoch is not None:
        check_scalar(classifier.steps_per_epoch, "steps_per_epoch", Integral, min_val=1)
    check_scalar(classifier.lr, "lr", Real, min_val=0, include_boundaries="neither")
    check_share(classifier.positive_share, "positive_share")
    if not isinstance(classifier.callbacks, list | tuple | None):
        raise TypeError(
            "`callbacks` must be a list of skorch.callbacks.Callback, or None. "
            f"Got {classifier.callbacks!r}."
        )
    if classifier.augment not in ("auto", True, False):
        raise ValueError(
            f"`augment` must be 'auto', True or False. Got {classifier.augment!r}."
        )


def check_samples(classifier, X, y):
    """Return checked `Samples` and labels, and set ``sample_shape_``."""
    samples, y = as_samples(X).check_fit(classifier, y)
    classifier.sample_shape_ = samples.shape
    return samples, y


def check_new_samples(classifier, X):
    """Return checked `Samples` to predict, of the shape seen in `fit`."""
    samples = as_samples(X).check_predict(classifier)
    check_sample_shape(samples, classifier)
    return samples
