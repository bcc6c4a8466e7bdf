"""The warning about predictions that are far from the prior."""


class PUCollapseWarning(UserWarning):
    """The predictions of a classifier cannot be right.

    The ``fit`` of `PUClassifier` gives this warning if a training has collapsed, and
    names the likely cause and a cure. The ``fit`` of a wrapper gives it if scores that
    were held out rank by chance, or are cut far from the prior. Both give it if the
    labels are too few for a high prior. `PredictedShareDisplay` gives it if the share
    of samples predicted positive is far from the prior, and the size of the sample
    cannot explain the difference.

    Examples
    --------
    >>> import warnings
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from pusklearn.metrics import PredictedShareDisplay, PUCollapseWarning
    >>> y, y_prob = [1] * 10 + [0] * 90, [0.1] * 100
    >>> with warnings.catch_warnings(record=True) as warned:
    ...     warnings.simplefilter("always")
    ...     display = PredictedShareDisplay.from_predictions(y, y_prob, prior=0.3)
    >>> issubclass(warned[0].category, PUCollapseWarning)
    True
    >>> display.predicted_share
    0.0
    """
