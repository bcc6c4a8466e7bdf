"""Estimators that are either fitted as a whole or not at all."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

Fit = TypeVar("Fit", bound=Callable[..., Any])


def whole_or_unfitted(fit: Fit) -> Fit:
    """Make a method ``fit`` that fails, or is interrupted, leave no half-fitted object.

    What a fit learns, it sets one attribute after the other. If it ended in between,
    some attributes would belong to the old data and some to the new. So all of them are
    deleted, and the estimator is not fitted. They are not put back, because the steps
    before the estimator in a pipeline may have been fitted anew, or may have other
    parameters now. Only an estimator with ``warm_start=True`` is left as it was before.

    Parameters
    ----------
    fit : callable
        The method ``fit`` of an estimator.

    Returns
    -------
    callable
        The method, with the same name and signature.

    Examples
    --------
    >>> from sklearn.base import BaseEstimator
    >>> from pusklearn.pu._whole_or_unfitted import whole_or_unfitted
    >>> class Inverse(BaseEstimator):
    ...     @whole_or_unfitted
    ...     def fit(self, X, y=None):
    ...         self.x_ = X[0]
    ...         self.inverse_ = 1 / X[0]
    ...         return self
    >>> inverse = Inverse().fit([2])
    >>> inverse.fit([0])
    Traceback (most recent call last):
        ...
    ZeroDivisionError: division by zero
    >>> vars(inverse)
    {}
    """

    @wraps(fit)
    def fit_whole(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = dict(vars(self))
        try:
            return fit(self, *args, **kwargs)
        except BaseException:
            # The one assignment is not interrupted halfway, as a loop could be.
            self.__dict__ = before if keeps_its_fit(self) else without_fit(before)
            raise

    return fit_whole  # type: ignore[return-value]


def keeps_its_fit(estimator: Any) -> bool:
    """Tell whether an estimator goes on from its last fit."""
    return bool(getattr(estimator, "warm_start", False))


def without_fit(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes of an estimator without those that a fit has set."""
    return {
        name: value
        for name, value in attributes.items()
        if not name.endswith("_") or name.startswith("__")
    }
