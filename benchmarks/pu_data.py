"""Data sets with true labels for the benchmark of PU learning."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pages import read_toml
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from pusklearn.datasets import make_pu

# The data sets that do not come with scikit-learn, and their files.
FILES = {
    "MNIST": "mnist_t10k.npz",
    "spambase": "spambase.data.txt",
    "mushroom": "agaricus-lepiota.data",
    "page-blocks": "page-blocks.data",
    "bank": "bank.csv",
}


@dataclass
class Draw:
    """What a method is made for, and learns from."""

    X: np.ndarray  # or a sparse matrix, of messages
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
        return self.data not in FILES or (folder / FILES[self.data]).exists()

    def draw(self, folder, seed):
        """Return a draw of labels for methods, the true labels, and the test set."""
        X, y, *test = split(self.data, folder, seed)
        few = {"label_frequency" if self.labels < 1 else "n_labeled": self.labels}
        X, y_pu, y_true = make_pu(X, y, scheme=self.scheme, random_state=seed, **few)
        population = y_true if self.scheme == "single" else y_true[y_pu == 0]
        prior = float(population.mean())
        return Draw(X, y_pu, prior, self.scheme, seed), y_true, *test


TASKS = [
    Task(data, scheme, labels)
    for data, draws in read_toml("pu_tasks.toml").items()
    for scheme, labels in draws
]
QUICK = [Task("digits", "case-control", 0.1), Task("breast cancer", "single", 0.5)]


def split(data, folder, seed):
    """Return samples to learn from and to judge on, scaled, each with true labels."""
    if data == "MNIST":  # its own halves, pixels in [0, 1]
        test = read("MNIST-5k", folder)
        return *read_mnist(folder / FILES[data]), *test
    X, y = read(data, folder)
    X, X_test, y, y_test = train_test_split(
        X, y, test_size=0.3, stratify=y, random_state=seed
    )
    scaler = new_scaler(data).fit(X)
    return scaler.transform(X), y, scaler.transform(X_test), y_test


def new_scaler(data):
    """Return what scales the features; it leaves the categories of bank at 0 and 1."""
    if data == "messages":
        return TfidfTransformer()
    if data == "bank":
        numbers = [("numbers", StandardScaler(), slice(7))]
        return ColumnTransformer(numbers, remainder="passthrough")
    return StandardScaler()


def read(data, folder):
    """Return samples and true labels: 1 for even digits, malignant, spam and so on."""
    if data == "digits":
        X, digit = load_digits(return_X_y=True)
        return X, (digit % 2 == 0).astype(int)
    if data == "breast cancer":
        X, benign = load_breast_cancer(return_X_y=True)
        return X, 1 - benign
    if data == "messages":
        return simulate_messages()
    if data == "MNIST-5k":
        return read_mnist(folder / "mnist_train5k.npz")
    if data == "spambase":
        values = np.loadtxt(folder / FILES[data], delimiter=",")
        return np.log1p(values[:, :-1]), values[:, -1].astype(int)
    if data == "mushroom":
        table = pd.read_csv(folder / FILES[data], header=None, dtype=str)
        poisonous = (table.pop(0) == "p").astype(int)
        return pd.get_dummies(table).to_numpy(float), poisonous.to_numpy()
    if data == "bank":
        table = pd.read_csv(folder / FILES[data], sep=";")
        subscribed = (table.pop("y") == "yes").astype(int)
        return pd.get_dummies(table).to_numpy(float), subscribed.to_numpy()
    # Page-blocks: the positives are not text.
    values = np.loadtxt(folder / FILES[data])
    X, y = values[:, :-1], (values[:, -1] != 1).astype(int)
    reaches_far = X.max(0) > 100
    X[:, reaches_far] = np.log1p(X[:, reaches_far])
    return X, y


def read_mnist(path):
    """Return flattened digits, the even ones positive."""
    with np.load(path) as file:
        X, y = file["X"], file["y"]
    return X.reshape(len(X), -1).astype(np.float32) / 255, (y % 2 == 0).astype(int)


def simulate_messages(n=4000, n_words=1000, n_topics=12, random_state=0):
    """Return counts of words; a message is positive if its topic is one of the first 3.

    Half of the words of a message follow its topic, the others the language.
    """
    rng = np.random.default_rng(random_state)
    language = 1 / np.arange(10, n_words + 10)
    topics = language * np.exp(2 * rng.standard_normal((n_topics, n_words)))
    words = topics / topics.sum(1, keepdims=True) + language / language.sum()
    y = (rng.random(n) < 0.15).astype(int)
    topic = np.where(y, rng.integers(0, 3, n), rng.integers(3, n_topics, n))
    lengths = rng.poisson(12, n) + 3
    return rng.multinomial(lengths, words[topic] / 2), y
