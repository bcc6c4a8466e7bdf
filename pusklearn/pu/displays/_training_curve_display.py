"""The loss over a training."""

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pusklearn.pu._inner_estimators import find_net
from pusklearn.pu.displays._display_tools import check_matplotlib, make_axes

# Keys of the history that the net and its schedule write; all others are callbacks'.
NET_RECORDS = ("epoch", "dur", "train_loss", "valid_loss", "batches")


class TrainingCurveDisplay:
    """The loss of a `PUClassifier` over its training.

    It shows the objective of every batch, its mean over each epoch, and the values
    that callbacks have recorded. If the loss still falls at the end, more epochs may
    help; if it jumps, a lower learning rate may. The value of the loss does not tell
    how good a classifier is, and it may be negative. To judge a classifier, use
    `pu_scorer` on samples that were held out.

    Use `from_estimator` to make and draw a display. The parameters below say what is
    drawn.

    Parameters
    ----------
    epoch_loss : ndarray of shape (n_epochs,)
        Mean loss of each epoch.
    batch_loss : list of ndarray, one per epoch
        Loss of each batch.
    records : dict of str to ndarray of shape (n_epochs,)
        Values that callbacks, such as skorch's ``EpochScoring``, recorded once per
        epoch; NaN for an epoch without one.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes that hold the drawing.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    See Also
    --------
    sklearn.model_selection.LearningCurveDisplay : Shows scores over the number of
        samples.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("agg")
    >>> from sklearn.datasets import make_classification
    >>> from pusklearn import PUClassifier
    >>> from pusklearn.datasets import make_pu
    >>> from pusklearn.metrics import TrainingCurveDisplay
    >>> X, y = make_classification(1000, random_state=0)
    >>> X, y_pu, _ = make_pu(X, y, label_frequency=0.3, random_state=0)
    >>> classifier = PUClassifier(
    ...     prior=0.5, max_epochs=5, steps_per_epoch=20, random_state=0
    ... )
    >>> display = TrainingCurveDisplay.from_estimator(classifier.fit(X, y_pu))
    >>> len(display.epoch_loss), len(display.batch_loss[0])
    (5, 20)
    >>> bool(display.epoch_loss[-1] < display.epoch_loss[0])
    True
    >>> display.ax_.get_xlabel()
    'epoch'
    """

    def __init__(
        self,
        epoch_loss: NDArray[Any],
        batch_loss: list[NDArray[Any]],
        records: dict[str, NDArray[Any]],
    ):
        self.epoch_loss = epoch_loss
        self.batch_loss = batch_loss
        self.records = records

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, ax: Any = None
    ) -> "TrainingCurveDisplay":
        """Draw the history of a training.

        Parameters
        ----------
        estimator : PUClassifier or estimator that holds one
            A fitted classifier, or a pipeline, search, meta-estimator or picker that
            holds one.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        TrainingCurveDisplay
            The display, already drawn; its `plot` draws it again.

        Raises
        ------
        TypeError
            If `estimator` is not a fitted `PUClassifier` and does not hold one.
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(cls)
        net = find_net(estimator)
        if net is None:
            raise TypeError(
                "`estimator` must be a fitted PUClassifier or hold one. "
                f"Got {estimator!r}."
            )
        history = net.history
        names = {name for epoch in history for name in epoch if _is_record(name)}
        records = {
            name: np.array([_number(epoch.get(name)) for epoch in history])
            for name in sorted(names)
        }
        display = cls(
            np.array([epoch["train_loss"] for epoch in history], float),
            [_batch_losses(epoch) for epoch in history],
            {name: v for name, v in records.items() if np.isfinite(v).any()},
        )
        return display.plot(ax)

    def plot(self, ax: Any = None) -> "TrainingCurveDisplay":
        """Draw the display, also on other axes.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure. Values that callbacks recorded are
            drawn on a second axis on the right.

        Returns
        -------
        TrainingCurveDisplay
            The display itself.
        """
        ax = make_axes(self, ax)
        ends = np.arange(1, len(self.epoch_loss) + 1)
        steps = [
            epoch + np.arange(1, len(losses) + 1) / len(losses)
            for epoch, losses in enumerate(self.batch_loss)
        ]
        ax.plot(
            np.concatenate(steps),
            np.concatenate(self.batch_loss),
            color="0.8",
            linewidth=0.7,
            label="loss of a batch",
        )
        # The mean over an epoch is drawn in the middle of the epoch.
        ax.plot(
            ends - 0.5, self.epoch_loss, "o-", markersize=4, label="mean of an epoch"
        )
        handles, _ = ax.get_legend_handles_labels()
        if self.records:
            beside = ax.twinx()
            beside.set_ylabel("recorded by callbacks")
            for k, (name, values) in enumerate(self.records.items(), start=1):
                style = {"color": f"C{k}", "markersize": 4, "label": name}
                handles += beside.plot(ends, values, "s--", **style)
        ax.set(xlabel="epoch", ylabel="loss", xlim=(0, len(ends)))
        ax.legend(handles=handles)
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _is_record(name):
    return name not in NET_RECORDS and not name.endswith(("_best", "_batch_count"))


def _number(value):
    """Return a recorded value as a float; NaN if it is not a number."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    return float(value) if is_number else np.nan


def _batch_losses(epoch):
    losses = [
        batch["train_loss"] for batch in epoch["batches"] if "train_loss" in batch
    ]
    return np.array(losses, float)
