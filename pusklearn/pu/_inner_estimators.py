"""The estimators inside an estimator: in pipelines, searches and wrappers."""

from sklearn import get_config
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from pusklearn.pu._sklearn_compat import BaseSearchCV


def innermost(estimator):
    """Return the last step of a pipeline, or the best estimator of a search.

    If a search is not fitted, this is the estimator that it starts from. The steps,
    and the estimators in searches and in `FrozenEstimator`, are opened in turn.
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


def estimator_with_prior(estimator):
    """Return the fitted estimator that has a ``prior_``, or the innermost one."""
    inner = innermost(estimator)
    while not hasattr(inner, "prior_") and hasattr(inner, "estimator_"):
        inner = innermost(inner.estimator_)
    return inner


def find_net(estimator):
    """Return the trained net inside an estimator; None if there is none."""
    if hasattr(estimator, "net_"):
        return estimator.net_
    if isinstance(estimator, FrozenEstimator):
        parts = [estimator.estimator]
    elif isinstance(estimator, Pipeline):
        parts = [step for _, step in reversed(estimator.steps)]
    else:
        names = ("best_estimator_", "estimator_", "classifier_")
        parts = [getattr(estimator, name) for name in names if hasattr(estimator, name)]
    nets = (find_net(part) for part in parts)
    return next((net for net in nets if net is not None), None)


def parameter_names(estimator, name):
    """Return the names of all parameters that are called `name`, nested ones too."""
    return sorted(
        full for full in estimator.get_params() if full.rpartition("__")[2] == name
    )


def random_state_names(estimator):
    """Return the names of all random states among the parameters, nested ones too."""
    return parameter_names(estimator, "random_state")


def weight_name(estimator):
    """Return what ``fit`` calls the weights of samples; None if it takes none."""
    return fit_parameter(estimator, "sample_weight")


def fit_parameter(estimator, name):
    """Return what ``fit`` calls a parameter of the last step; None if it takes none."""
    handed_on = getattr(estimator, "_fit_parameters_are_handed_on", False)
    if handed_on or isinstance(estimator, BaseSearchCV):
        return fit_parameter(estimator.estimator, name)
    if not isinstance(estimator, Pipeline):
        return name if has_fit_parameter(estimator, name) else None
    step, last = estimator.steps[-1]
    full = fit_parameter(last, name)
    if full is None or get_config()["enable_metadata_routing"]:
        return full
    return f"{step}__{full}"
