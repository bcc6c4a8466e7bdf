"""Checks of the callbacks of a training."""

from inspect import signature
from typing import Any

from skorch.callbacks import BatchScoring, Callback, EpochScoring, PassthroughScoring

SCORINGS = (EpochScoring, BatchScoring, PassthroughScoring)
VALIDATION_LOSS = ("valid_loss", "valid_loss_best")
ACCURACY = ("valid_acc", "valid_acc_best")


def check_callbacks(callbacks: Any, holds_out: bool) -> None:
    """Raise an error for callbacks that cannot be called; name the wrong entry.

    Parameters
    ----------
    callbacks : object
        The parameter `callbacks` of a classifier.
    holds_out : bool
        Whether samples are held out, so that there is a validation loss.

    Raises
    ------
    TypeError
        If it is neither None nor a list of callbacks.
    ValueError
        If a callback needs samples that are held out, and there are none, or watches
        an accuracy that nothing records.
    """
    if callbacks is None:
        return
    if not isinstance(callbacks, list | tuple):
        raise TypeError(
            "`callbacks` must be a list of skorch.callbacks.Callback, or None. "
            f"Got {callbacks!r}."
        )
    for i, entry in enumerate(callbacks):
        callback = callback_of(entry)
        is_class = isinstance(callback, type) and issubclass(callback, Callback)
        if not is_class and not isinstance(callback, Callback):
            raise TypeError(
                "Every entry of `callbacks` must be a skorch.callbacks.Callback or a "
                f"pair of a name and a Callback. Got {entry!r} as entry {i}."
            )
        if not holds_out:
            check_needs_no_validation(callback)
    check_accuracy_is_recorded([callback_of(entry) for entry in callbacks])


def callback_of(entry: Any) -> Any:
    """Return the callback of an entry, which may be a pair of a name and a callback."""
    is_named = isinstance(entry, list | tuple) and len(entry) == 2
    return entry[1] if is_named else entry


def is_kind(callback: Any, kind: Any) -> bool:
    """Tell whether a callback, or a class of callbacks, is of a kind."""
    cls = callback if isinstance(callback, type) else type(callback)
    return issubclass(cls, kind)


def setting(callback: Any, name: str) -> Any:
    """Return a parameter of a callback, or its default in a class of callbacks."""
    if not isinstance(callback, type):
        return getattr(callback, name, None)
    parameter = signature(callback).parameters.get(name)
    return None if parameter is None else parameter.default


def check_accuracy_is_recorded(callbacks: list[Any]) -> None:
    """Raise a ValueError if a callback watches the accuracy, and nothing records it.

    skorch's own classifiers record it; here, it would rank PU labels wrongly.
    """
    if any(setting(callback, "name") == "valid_acc" for callback in callbacks):
        return
    for callback in callbacks:
        monitor = setting(callback, "monitor")
        if isinstance(monitor, str) and monitor in ACCURACY:
            cls = callback if isinstance(callback, type) else type(callback)
            better = "_best" if monitor.endswith("_best") else ""
            raise ValueError(
                f"The callback {cls.__name__} watches {monitor!r}, which is not "
                "recorded, since accuracy on PU labels ranks classifiers wrongly. Let "
                f"it watch 'valid_loss{better}', or 'roc_auc{better}' with "
                "EpochScoring('roc_auc', lower_is_better=False) before it."
            )


def check_needs_no_validation(callback: Any) -> None:
    """Raise a ValueError if a callback needs samples that are held out."""
    cls = callback if isinstance(callback, type) else type(callback)
    monitor = setting(callback, "monitor")
    if isinstance(monitor, str) and monitor in VALIDATION_LOSS:
        need, other = (
            f"watches {monitor!r}",
            f"monitor={monitor.replace('valid', 'train')!r}",
        )
    elif is_kind(callback, SCORINGS) and not setting(callback, "on_train"):
        need, other = "scores samples that are held out", "on_train=True"
    else:
        return
    raise ValueError(
        f"The callback {cls.__name__} {need}, but no samples are held out. Give the "
        f"classifier a `validation_fraction`, such as 0.2, or give {cls.__name__} "
        f"{other}."
    )
