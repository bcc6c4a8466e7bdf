"""Samples of any kind, as a classifier asks for them."""

from abc import ABC, abstractmethod
from functools import singledispatch
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import sparray, spmatrix
from sklearn.utils.validation import validate_data
from torch.utils.data import Dataset

from pusklearn.pu._columns import check_numbers_only, naming_columns
from pusklearn.pu._known_labels import known_labels
from pusklearn.pu._send import send
from pusklearn.pu._turns import turned, turned_offsets
from pusklearn.pu._warn_caller import warn_caller

# Images are turned by these angles in degrees, and by them and quarter turns. Only
# quarter turns move pixels exactly; at other angles an image would miss its corners.
IMAGE_ANGLES = (0.0,)

# On 4,000 made photographs with 160 labels, and on 10,000 digits with 500, 1,000 and
# more updates took more than twice the time for a lower accuracy.
STEPS_PER_SAMPLE, LEAST_STEPS_OF_SAMPLES = 0.4, 100
STEPS_PER_IMAGE, LEAST_STEPS_OF_IMAGES = 0.1, 40
MOST_STEPS = 200
COLOURS = 3  # channels of a photograph


class Samples(ABC):
    """Base class of everything that a classifier can take as samples.

    A class for another kind of samples is registered at `as_samples`; nothing else
    needs to know about it.

    Parameters
    ----------
    X : sequence of length n
        The samples as the user gives them.
    """

    #: One number per sample, the same for samples that are held out together, or None.
    groups: Any = None
    #: What ``augment="auto"`` stands for.
    default_augment: bool | str = False
    #: Whether a known negative counts as much as a label. If not, it counts less, since
    #: it may lie where the classes overlap, and then it stands for no other sample.
    negatives_count_as_labels = False

    def __init__(self, X: Any):
        self.X = X

    def __len__(self) -> int:
        return len(self.X)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return tuple(np.shape(self.X)[1:])

    @abstractmethod
    def check_fit(self, classifier: Any, y: Any) -> "tuple[Samples, Any]":
        """Return checked samples and labels to learn from."""

    @abstractmethod
    def check_predict(self, classifier: Any) -> "Samples":
        """Return checked samples to predict."""

    @abstractmethod
    def on(self, device: torch.device) -> "PlacedSamples":
        """Return the same samples as `PlacedSamples` on a device."""

    def pick(self, rows: NDArray) -> NDArray[np.float32]:
        """Return a few samples as an array."""
        return np.asarray(self.X[rows], np.float32)

    def part(self, rows: NDArray) -> "Samples":
        """Return the samples of those rows."""
        return type(self)(self.X[rows])

    @abstractmethod
    def count_labels(self, positives: NDArray) -> int:
        """Count the labels that the rows of labelled positives stand for."""

    @abstractmethod
    def default_steps(self, n_labels: int) -> int:
        """Return the number of updates of an epoch for that number of labels."""

    def bears_high_rates(self, n_labels: int) -> bool:
        """Tell whether a network with batch norm may learn from them at a high rate."""
        return False

    def default_dropout(self, n_labels: int) -> float | None:
        """Return the share of pixels to drop; None leaves it to the module."""
        return None

    def missing_runs(self) -> NDArray[np.intp]:
        """Return the runs of rows that hold no sample, and are never drawn.

        Runs take little memory, even if millions of a billion rows are missing.

        Returns
        -------
        ndarray of int of shape (n_runs, 2)
            The first row of each run and the row after its last one, ascending.
        """
        return np.empty((0, 2), np.intp)


class PlacedSamples(Dataset):
    """Samples on a device, gathered a batch at a time.

    Attributes
    ----------
    n_turns : int
        Number of ways to turn and mirror a sample; the first leaves it as it is.
    device : torch.device
        The device that holds the batches.
    """

    n_turns: int
    device: torch.device

    def __len__(self) -> int:
        raise NotImplementedError

    def gather(self, rows: NDArray, turns: NDArray | None = None) -> torch.Tensor:
        """Return the samples of those rows, each turned by its turn if given."""
        raise NotImplementedError


@singledispatch
def as_samples(X: Any) -> Samples:
    """Return the `Samples` of anything that a user gives as samples."""
    return ArraySamples(X)


class ArraySamples(Samples):
    """Samples of an array-like of shape (n, ...)."""

    #: How `validate_data` checks them.
    checks: ClassVar[dict[str, Any]] = {"dtype": np.float32, "allow_nd": True}

    def check_fit(self, classifier: Any, y: ArrayLike) -> "tuple[ArraySamples, Any]":
        """Return float32 samples and labels; the classifier learns their features."""
        name = type(classifier).__name__
        check_numbers_only(self.X, name)
        y = known_labels(y)
        with naming_columns(self.X, name):
            X, y = validate_data(classifier, self.X, y, **self.checks)
        if X.ndim > 4:
            raise ValueError(f"`X` must have 2, 3 or 4 dimensions. Got {X.ndim}.")
        warn_of_channels(X.shape)
        return type(self)(X), y

    def check_predict(self, classifier: Any) -> "ArraySamples":
        """Return float32 samples, of the shape that the classifier has learnt."""
        name = type(classifier).__name__
        check_numbers_only(self.X, name)
        if len(classifier.sample_shape_) > 1:
            # For `validate_data`, axis 1 is the number of features, but not of images.
            check_sample_shape(self, classifier)
        with naming_columns(self.X, name):
            X = validate_data(classifier, self.X, reset=False, **self.checks)
        return type(self)(X)

    def on(self, device: torch.device) -> PlacedSamples:
        """Return the samples as one tensor."""
        return PlacedArray(self.X, device)

    @property
    def default_augment(self) -> bool | str:  # type: ignore[override]
        """Shift images, and mirror those of three channels.

        What a photograph shows is as likely to face either side. Images of one channel
        may be digits or letters, which are others if mirrored.
        """
        if len(self.shape) == 1:
            return False
        is_colour = len(self.shape) == 3 and self.shape[0] == COLOURS
        return "shift-mirror" if is_colour else "shift"

    def count_labels(self, positives: NDArray) -> int:
        """Count every labelled sample as a label."""
        return len(positives)

    def default_steps(self, n_labels: int) -> int:
        """Return more updates for more labels, but at least 100, or 40 for images."""
        if len(self.shape) > 1:
            return max(LEAST_STEPS_OF_IMAGES, round(STEPS_PER_IMAGE * n_labels))
        return max(LEAST_STEPS_OF_SAMPLES, round(STEPS_PER_SAMPLE * n_labels))


class PlacedArray(PlacedSamples):
    """Samples of a float32 array as one tensor; images get a channel axis.

    Parameters
    ----------
    X : ndarray of float32 of shape (n, ...)
        The samples.
    device : torch.device
        The device that holds the tensor.
    """

    n_turns = 8 * len(IMAGE_ANGLES)

    def __init__(self, X: NDArray, device: torch.device):
        values = torch.from_numpy(np.require(X, np.float32, ["C", "W"]))
        self.values = (values[:, None] if values.ndim == 3 else values).to(device)
        self.device = device

    def __len__(self) -> int:
        return len(self.values)

    def gather(self, rows: NDArray, turns: NDArray | None = None) -> torch.Tensor:
        """Return the samples of those rows, images turned if turns are given."""
        batch = self.read(rows)
        if turns is None:
            return batch
        return turned(batch, turned_offsets(batch.shape[-1], IMAGE_ANGLES), turns)

    def read(self, rows: NDArray) -> torch.Tensor:
        """Return the samples of those rows."""
        return self.values[send(rows, self.device)]


class SparseSamples(ArraySamples):
    """Samples of a sparse array or matrix of SciPy, of shape (n, features)."""

    checks: ClassVar[dict[str, Any]] = {"dtype": np.float32, "accept_sparse": "csr"}

    def __len__(self) -> int:
        return self.X.shape[0]

    def on(self, device: torch.device) -> PlacedSamples:
        """Return the samples, a batch of which is made dense when it is needed."""
        return PlacedSparse(self.X, device)

    def pick(self, rows: NDArray) -> NDArray[np.float32]:
        """Return a few samples as a dense array."""
        return self.X[rows].toarray().astype(np.float32)


as_samples.register(sparray, SparseSamples)
as_samples.register(spmatrix, SparseSamples)


@as_samples.register
def _(X: pd.DataFrame) -> Samples:
    is_sparse = [isinstance(dtype, pd.SparseDtype) for dtype in X.dtypes]
    return SparseSamples(X) if is_sparse and all(is_sparse) else ArraySamples(X)


class PlacedSparse(PlacedSamples):
    """Samples of a sparse array, made dense a batch at a time.

    Parameters
    ----------
    X : sparse array or matrix of shape (n, features)
        The samples, as rows.
    device : torch.device
        The device that gets the batches.
    """

    n_turns = 1

    def __init__(self, X: Any, device: torch.device):
        self.X = X
        self.device = device

    def __len__(self) -> int:
        return self.X.shape[0]

    def gather(self, rows: NDArray, turns: NDArray | None = None) -> torch.Tensor:
        """Return the samples of those rows, dense."""
        batch = self.X[rows].toarray().astype(np.float32, copy=False)
        return send(batch, self.device)


def warn_of_channels(shape: tuple[int, ...]) -> None:
    """Warn if images seem to have their channels last."""
    if len(shape) == 4 and shape[3] <= 4 < min(shape[1:3]):
        warn_caller(
            f"The channels of images are expected on axis 1: `X` of shape {shape} is "
            f"taken for images of {shape[1]} channels and {shape[2]} x {shape[3]} "
            f"pixels. If the last axis holds {shape[3]} channels, give "
            "np.moveaxis(X, -1, 1)."
        )


def check_sample_shape(samples: Samples, classifier: Any) -> None:
    """Raise a ValueError for samples of another shape than those seen in `fit`."""
    if samples.shape != classifier.sample_shape_:
        raise ValueError(
            f"Samples must have shape {classifier.sample_shape_}, as in fit. "
            f"Got {samples.shape}."
        )
