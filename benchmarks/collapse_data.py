"""Simulated tables, texts and images with any share of positives."""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.datasets import make_classification
from sklearn.feature_extraction.text import TfidfVectorizer

KINDS = ("table", "text", "images")
PRIORS = (0.003, 0.01, 0.1, 0.5, 0.9)
# The scheme, and the number of labelled positives.
LABELS = {"few": ("single", 20), "many": ("case-control", 200)}
N_SAMPLES = {0.003: 8000, 0.01: 4000, 0.1: 3000, 0.5: 2000, 0.9: 2000}
N_TEST = 3000  # half of them positives, whatever the prior
SIDE = 10  # of an image, in pixels


class Case(NamedTuple):
    """Samples to learn from, and new ones with their true labels."""

    X: np.ndarray
    y_pu: np.ndarray
    scheme: str
    X_test: np.ndarray
    y_test: np.ndarray


def draw_case(kind, prior, labels, seed):
    """Return the samples of a case; every seed draws other classes."""
    rng = np.random.default_rng([seed, KINDS.index(kind), round(prior * 1000)])
    scheme, n_labeled = LABELS[labels]
    n, n_more = N_SAMPLES[prior], n_labeled * (scheme == "case-control")
    counts = [n_more + round(prior * n), round((1 - prior) * n)]
    y = np.repeat([1, 0, 1, 0], [*counts, N_TEST // 2, N_TEST // 2])
    X = {"table": draw_table, "text": draw_texts, "images": draw_images}[kind](y, rng)
    n_learnt = sum(counts)
    rows = rng.permutation(n_learnt)
    y_pu = (rows < n_labeled).astype(int)
    return Case(X[rows], y_pu, scheme, X[n_learnt:], y[n_learnt:])


def draw_table(y, rng):
    """Return rows of a table: two clusters per class, and classes that overlap."""
    X, labels = make_classification(
        2 * np.bincount(y).max() + 1000,
        n_informative=6,
        class_sep=1.2,
        random_state=int(rng.integers(2**31)),
    )
    drawn = np.empty((len(y), X.shape[1]), np.float32)
    for label in (0, 1):
        drawn[y == label] = X[labels == label][: np.sum(y == label)]
    return (drawn - X.mean(0)) / X.std(0)


def draw_texts(y, rng, n_words=300, n_topic=40):
    """Return texts of words by Zipf's law, some about a topic, as a sparse matrix."""
    frequency = 1 / np.arange(1, n_words + 1)
    topic = np.zeros(n_words)
    topic[rng.choice(np.arange(10, n_words), n_topic, replace=False)] = 1 / n_topic
    length = 8 + rng.poisson(12, len(y))
    on_topic = rng.binomial(length, np.where(y == 1, rng.beta(4, 8, len(y)), 0))
    counts = rng.multinomial(length - on_topic, frequency / frequency.sum())
    counts += rng.multinomial(on_topic, topic)
    words = np.array([f"w{i}" for i in range(n_words)])
    texts = [" ".join(np.repeat(words, row)) for row in counts]
    vectorizer = TfidfVectorizer(dtype=np.float32)
    return sparse.csr_matrix(vectorizer.fit_transform(texts))


def draw_images(y, rng):
    """Return images of noise, those of positives with a faint disc somewhere."""
    images = rng.normal(size=(len(y), SIDE, SIDE))
    down, right = np.mgrid[:SIDE, :SIDE]
    y0, x0 = rng.uniform(3, SIDE - 4, (2, len(y), 1, 1))
    disc = np.exp(-((down - y0) ** 2 + (right - x0) ** 2) / 4)
    return (images + 1.8 * disc * y[:, None, None]).astype(np.float32)
