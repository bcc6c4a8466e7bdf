"""Samples of any kind, as a classifier asks for them."""

from abc import ABC, abstractmethod
from functools import singledispatch

import numpy as np
import torch
from sklearn.utils.validation import validate_data
from torch.utils.data import Dataset

from pusklearn.pu._turns import turned, turned_offsets

# Beside quarter turns, which move pixels exactly. At other angles, the corners of an
# array's images would be missing.
IMAGE_ANGLES = (0,)

STEPS_PER_SAMPLE = 0.4
LEAST_STEPS_OF_SAMPLES = 100
MOST_STEPS = 200


class Samples(ABC):
    """What a classifier asks of its samples, whatever they are.

    A class of samples of another kind is registered at `as_samples`; nothing else
    needs to know about it.

    Parameters
    ----------
    X : sequence of length n
        The samples as the user gives them.
    """

    #: Who must be held out together: one number per sample, or None.
    groups = None
    #: Whether ``augment="auto"`` turns and mirrors these samples.
    turned_by_default = False

    def __init__(self, X):
        self.X = X

    def __len__(self):
        return len(self.X)

    @property
    def shape(self):
        """Shape of one sample."""
        return tuple(np.shape(self.X)[1:])

    @abstractmethod
    def check_fit(self, classifier, y):
        """Return checked samples and labels to learn from."""

    @abstractmethod
    def check_predict(self, classifier):
        """Return checked samples to predict."""

    @abstractmethod
    def on(self, device):
        """Return the same samples as `PlacedSamples` on a device."""

    @abstractmethod
    def count_labels(self, positives):
        """Count the labels that the rows of labelled positives stand for."""

    @abstractmethod
    def default_steps(self, n_labels):
        """Return the updates of an epoch for so many labels."""

    def default_dropout(self, n_labels):
        """Return the share of pixels to drop; None leaves that of the module."""
        return None


class PlacedSamples(Dataset):
    """Samples on a device, gathered a batch at a time.

    Attributes
    ----------
    n_turns : int
        The ways to turn a sample; the first leaves it as it is.
    """

    def gather(self, rows, turns=None):
        """Return the samples of those rows, each turned by its turn if given."""
        raise NotImplementedError


@singledispatch
def as_samples(X):
    """Return the `Samples` of anything that a user gives as samples."""
    return ArraySamples(X)


class ArraySamples(Samples):
    """Samples of an array-like of shape (n, ...)."""

    def check_fit(self, classifier, y):
        """Return float32 samples and labels; the classifier learns their features."""
        check_no_text(self.X)
        X, y = validate_data(classifier, self.X, y, dtype=np.float32, allow_nd=True)
        if X.ndim > 4:
            raise ValueError(f"`X` must have 2, 3 or 4 dimensions. Got {X.ndim}.")
        return ArraySamples(X), y

    def check_predict(self, classifier):
        """Return float32 samples, of the shape that the classifier has learnt."""
        check_no_text(self.X)
        if len(classifier.sample_shape_) > 1:
            # Axis 1 of images is no number of features, as `validate_data` believes.
            check_sample_shape(self, classifier)
        X = validate_data(
            classifier, self.X, dtype=np.float32, allow_nd=True, reset=False
        )
        return ArraySamples(X)

    def on(self, device):
        """Return the samples as one tensor."""
        return PlacedArray(self.X, device)

    def count_labels(self, positives):
        """Every labelled sample is a label."""
        return len(positives)

    def default_steps(self, n_labels):
        """More labels allow more updates."""
        return max(LEAST_STEPS_OF_SAMPLES, round(STEPS_PER_SAMPLE * n_labels))


class PlacedArray(PlacedSamples):
    """Samples of a float32 array as one tensor; images get a channel axis."""

    n_turns = 8 * len(IMAGE_ANGLES)

    def __init__(self, X, device):
        values = torch.from_numpy(np.require(X, np.float32, ["C", "W"]))
        self.values = (values[:, None] if values.ndim == 3 else values).to(device)

    def __len__(self):
        return len(self.values)

    def gather(self, rows, turns=None):
        """Return the samples of those rows, images turned if turns are given."""
        batch = self.values[torch.from_numpy(rows).to(self.values.device)]
        if turns is None:
            return batch
        return turned(batch, turned_offsets(batch.shape[-1], IMAGE_ANGLES), turns)


def check_no_text(X):
    """Raise a ValueError for text, even one that would read as numbers."""
    values = np.asarray(X)
    text = values.dtype.kind in "SU"
    if values.dtype.kind == "O":
        text = any(isinstance(value, str | bytes) for value in values.flat)
    if text:
        raise ValueError(
            "`X` must hold numbers. Got text; turn it into features first, such as by "
            "TfidfVectorizer and TruncatedSVD, or OneHotEncoder."
        )


def check_sample_shape(samples, classifier):
    """Raise a ValueError for samples of another shape than those seen in `fit`."""
    if samples.shape != classifier.sample_shape_:
        raise ValueError(
            f"Samples must have shape {classifier.sample_shape_}, as in fit. "
            f"Got {samples.shape}."
        )
