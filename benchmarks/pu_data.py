"""Data sets with true labels for the benchmark of PU learning."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from pusklearn.datasets import make_pu


@dataclass
class Draw:
    """What a method is made for, and learns from."""

    X: np.ndarray
    y_pu: np.ndarray
    prior: float  # share of positives in the population
    scheme: str
    seed: int

    @property
    def unlabeled_prior(self):
        """Share of positives among the unlabeled samples."""
        labeled = self.y_pu.mean() if self.scheme == "single" else 0
        return (self.prior - labeled) / (1 - labeled)


@dataclass(frozen=True)
class Task:
    """A data set, a sampling scheme and a number of labels."""

    data: str
    scheme: str
    labels: float  # a share of the positives below 1, a number of them from 1

    @property
    def name(self):
        few = f"c = {self.labels:g}" if self.labels < 1 else f"{self.labels:g} labels"
        return f"{self.data}, {self.scheme}, {few}"

    def is_available(self, folder):
        """Tell whether the data set comes with scikit-learn or is in the folder."""
        with_sklearn = self.data in ("digits", "breast cancer")
        return with_sklearn or (folder / "mnist_t10k.npz").exists()

    def draw(self, folder, seed):
        """Return a draw of labels for methods, the true labels, and the test set."""
        X, y, *test = split(self.data, folder, seed)
        few = {"label_frequency" if self.labels < 1 else "n_labeled": self.labels}
        X, y_pu, y_true = make_pu(X, y, scheme=self.scheme, random_state=seed, **few)
        population = y_true if self.scheme == "single" else y_true[y_pu == 0]
        prior = float(population.mean())
        return Draw(X, y_pu, prior, self.scheme, seed), y_true, *test


TASKS = [
    Task("MNIST", "case-control", 500),
    Task("MNIST", "single", 500),
    Task("MNIST", "single", 2500),
    *(
        Task(data, scheme, labels)
        for data in ("spambase", "mushroom", "page-blocks", "digits", "breast cancer")
        for scheme, labels in (("case-control", 0.1), ("single", 0.5))
    ),
]
QUICK_TASKS = [
    Task("digits", "case-control", 0.1),
    Task("breast cancer", "single", 0.5),
]


def split(data, folder, seed):
    """Return samples to learn from and to judge on, scaled, each with true labels."""
    if data == "MNIST":  # its own halves, pixels in [0, 1]
        test = read("MNIST-5k", folder)
        return *read_mnist(folder / "mnist_t10k.npz"), *test
    X, y = read(data, folder)
    X, X_test, y, y_test = train_test_split(
        X, y, test_size=0.3, stratify=y, random_state=seed
    )
    scaler = StandardScaler().fit(X)
    return scaler.transform(X), y, scaler.transform(X_test), y_test


def read(data, folder):
    """Return samples and true labels: 1 for even digits, malignant, spam and so on."""
    if data == "digits":
        X, digit = load_digits(return_X_y=True)
        return X, (digit % 2 == 0).astype(int)
    if data == "breast cancer":
        X, benign = load_breast_cancer(return_X_y=True)
        return X, 1 - benign
    if data == "MNIST-5k":
        return read_mnist(folder / "mnist_train5k.npz")
    if data == "spambase":
        values = np.loadtxt(folder / "spambase.data.txt", delimiter=",")
        return np.log1p(values[:, :-1]), values[:, -1].astype(int)
    if data == "mushroom":
        table = pd.read_csv(folder / "agaricus-lepiota.data", header=None, dtype=str)
        poisonous = (table.pop(0) == "p").astype(int)
        return pd.get_dummies(table).to_numpy(float), poisonous.to_numpy()
    # Page-blocks: the positives are not text.
    values = np.loadtxt(folder / "page-blocks.data")
    X, y = values[:, :-1], (values[:, -1] != 1).astype(int)
    reaches_far = X.max(0) > 100
    X[:, reaches_far] = np.log1p(X[:, reaches_far])
    return X, y


def read_mnist(path):
    """Return flattened digits, the even ones positive."""
    with np.load(path) as file:
        X, y = file["X"], file["y"]
    return X.reshape(len(X), -1).astype(np.float32) / 255, (y % 2 == 0).astype(int)
