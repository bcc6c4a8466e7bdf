"""Checks that a prior is given once."""

from inspect import signature
from typing import Any

from pusklearn.pu._checks import check_is_estimator


def check_prior_can_be_set(classifier: Any, name: str, value: Any) -> None:
    """Raise a ValueError if a classifier takes no prior, or has another one already.

    Parameters
    ----------
    classifier : classifier or None
        The classifier of regions; None stands for the default one, which takes any
        prior.
    name : str
        The parameter that sets the prior, for the message.
    value : object
        The value of that parameter.
    """
    if classifier is None:
        return
    check_is_estimator(classifier, "classifier")
    parameters = classifier.get_params(deep=False)
    if "prior" not in parameters:
        raise ValueError(
            f"`{name}` sets the prior of a classifier that has a parameter `prior`. "
            f"Got {name}={value!r} with {classifier!r}."
        )
    prior = parameters["prior"]
    if prior is None or prior == value:
        return
    if prior != signature(type(classifier)).parameters["prior"].default:
        raise ValueError(
            f"`{name}` sets the prior of the classifier, so the classifier's `prior` "
            f"must be left at its default. Got {name}={value!r} with {classifier!r}."
        )
