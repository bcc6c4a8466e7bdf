"""The prior that a picker gives to its classifier."""

from inspect import signature

from pusklearn._held_out_classifier import HeldOutClassifier


def check_own_prior(classifier, name, value):
    """Raise a ValueError where a classifier has a prior that another would replace."""
    parameters = {} if classifier is None else classifier.get_params()
    own = parameters.get("prior")
    if own is None or own == value:
        return
    if own != signature(type(classifier)).parameters["prior"].default:
        raise ValueError(
            f"`{name}` sets the prior of the classifier, whose own must be left at its "
            f"default. Got {name}={value!r} with {classifier!r}."
        )


def give_prior(classifier, prior):
    """Set the prior of a classifier, and of one inside it that is left without."""
    classifier.set_params(prior=prior)
    # The other classifiers around one give it labels to learn, not PU data.
    if isinstance(classifier, HeldOutClassifier):
        parameters = classifier.get_params()
        if parameters.get("estimator__prior", prior) is None:
            give_prior(classifier.estimator, prior)
