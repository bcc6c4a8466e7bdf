"""Samples of a large array, of which nothing but a few rows is ever copied."""

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import assert_all_finite, check_consistent_length, column_or_1d
from sklearn.utils.validation import validate_data

from pusklearn.pu._columns import naming_columns
from pusklearn.pu._known_labels import known_labels
from pusklearn.pu._row_view import RowView, is_large, shared_mapping
from pusklearn.pu._samples import (
    ArraySamples,
    PlacedArray,
    PlacedSamples,
    Samples,
    as_samples,
    check_sample_shape,
    warn_of_channels,
)
from pusklearn.pu._send import send


class LargeSamples(ArraySamples):
    """Samples of a `RowView`, which stay in its array.

    They are converted to float32 when they are gathered, and checked in parts: when
    they are learnt from in `check_fit`, and when they are predicted while they are
    read, since it may take minutes to read a file twice.
    """

    X: RowView

    def check_fit(self, classifier: Any, y: ArrayLike) -> "tuple[LargeSamples, Any]":
        """Return the samples and labels; the classifier learns their features."""
        _, y = validate_data(classifier, self.X, known_labels(y), skip_check_array=True)
        y = column_or_1d(y, warn=True)
        name = type(classifier).__name__
        assert_all_finite(y, estimator_name=name, input_name="y")
        check_consistent_length(self.X, y)
        for values in self.X.chunks():
            with naming_columns(values, name):
                assert_all_finite(values, input_name="X")
        warn_of_channels(self.X.shape)
        return self, y

    def check_predict(self, classifier: Any) -> "LargeSamples":
        """Return the samples, of the shape that the classifier has learnt."""
        if len(classifier.sample_shape_) > 1:
            check_sample_shape(self, classifier)
        validate_data(classifier, self.X, reset=False, skip_check_array=True)
        return self

    def on(self, device: torch.device) -> PlacedSamples:
        """Return the samples, a batch of which goes to the device when it is needed.

        A device with a memory of its own gets all of them, if they lie in memory here.
        """
        if device.type != "cpu" and shared_mapping(self.X.X) is None:
            return PlacedArray(np.asarray(self.X), device)
        return PlacedView(self.X, device)

    def pick(self, rows: NDArray) -> NDArray[np.float32]:
        """Return a few samples as an array."""
        return self.X.take(rows)


class PlacedView(PlacedArray):
    """Samples of a `RowView`, read a batch at a time; images get a channel axis.

    Parameters
    ----------
    view : RowView
        The samples.
    device : torch.device
        The device that gets the batches.
    """

    def __init__(self, view: RowView, device: torch.device):
        self.view = view
        self.device = device

    def __len__(self) -> int:
        return len(self.view)

    def read(self, rows: NDArray) -> torch.Tensor:
        """Return the samples of those rows."""
        values = send(self.view.take(rows), self.device)
        return values[:, None] if values.ndim == 3 else values


@as_samples.register
def _(X: np.ndarray) -> Samples:
    return LargeSamples(RowView(X)) if is_large(X) else ArraySamples(X)


@as_samples.register
def _(X: RowView) -> Samples:
    return LargeSamples(RowView(X.X, X.rows))
