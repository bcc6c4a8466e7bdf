"""The warning about predictions that are far from the prior."""


class PUCollapseWarning(UserWarning):
    """The share of samples predicted positive is far from the prior.

    Raised by `PredictedShareDisplay`, where it cannot be explained by the size of the
    sample.

    Examples
    --------
    >>> import warnings
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from pusklearn.metrics import PredictedShareDisplay, PUCollapseWarning
    >>> y, y_prob = [1] * 10 + [0] * 90, [0.1] * 100
    >>> with warnings.catch_warnings(record=True) as found:
    ...     warnings.simplefilter("always")
    ...     display = PredictedShareDisplay.from_predictions(y, y_prob, prior=0.3)
    >>> issubclass(found[0].category, PUCollapseWarning)
    True
    >>> display.predicted_share
    0.0
    """
