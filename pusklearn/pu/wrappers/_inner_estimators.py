"""The random states inside an estimator."""

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from pusklearn.pu._sklearn_compat import BaseSearchCV


def random_state_names(estimator):
    """Return the parameters that are random states, its own and nested, sorted."""
    return sorted(
        name
        for name in estimator.get_params()
        if name.rpartition("__")[2] == "random_state"
    )


def estimator_with_prior(estimator):
    """Look for the one that knows a prior, inside pipelines and the like."""
    own = innermost(estimator)
    while not hasattr(own, "prior_") and hasattr(own, "estimator_"):
        own = innermost(own.estimator_)
    return own


def innermost(estimator):
    """Return the last step of a pipeline, or the best estimator of a search.

    Of a search that is not fitted, the estimator that it starts from.
    """
    while True:
        if isinstance(estimator, FrozenEstimator):
            estimator = estimator.estimator
        elif isinstance(estimator, Pipeline):
            estimator = estimator.steps[-1][1]
        elif hasattr(estimator, "best_estimator_"):
            estimator = estimator.best_estimator_
        elif isinstance(estimator, BaseSearchCV):
            estimator = estimator.estimator
        else:
            return estimator


def find_net(estimator):
    """Look for a trained net, inside pipelines and the like; None where none is."""
    if hasattr(estimator, "net_"):
        return estimator.net_
    if isinstance(estimator, Pipeline):
        inside = [step for _, step in reversed(estimator.steps)]
    else:
        names = ("best_estimator_", "estimator_", "classifier_")
        inside = [
            getattr(estimator, name) for name in names if hasattr(estimator, name)
        ]
    if isinstance(estimator, FrozenEstimator):
        inside = [estimator.estimator]
    found = (find_net(part) for part in inside)
    return next((net for net in found if net is not None), None)
