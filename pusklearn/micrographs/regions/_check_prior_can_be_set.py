"""Checks that a prior is said once."""

from inspect import signature


def check_prior_can_be_set(classifier, name, value):
    """Raise a ValueError where a classifier takes no prior, or has one of its own."""
    if classifier is None:
        return
    parameters = classifier.get_params(deep=False)
    if "prior" not in parameters:
        raise ValueError(
            f"`{name}` sets the prior of a classifier that has a parameter `prior`. "
            f"Got {name}={value!r} with {classifier!r}."
        )
    own = parameters["prior"]
    if own is None or own == value:
        return
    if own != signature(type(classifier)).parameters["prior"].default:
        raise ValueError(
            f"`{name}` sets the prior of the classifier, whose own must be left at its "
            f"default. Got {name}={value!r} with {classifier!r}."
        )
