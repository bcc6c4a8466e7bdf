import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from pusklearn import MicrographNormalizer, PUClassifier, RegionScorer, make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.regions._suspicious_labels import warn_of_suspicious_labels
from pusklearn.modules import ConvNet

SIZE = 192


@pytest.fixture(scope="module")
def raw():
    return make_micrographs(5, size=SIZE, diameter=20, random_state=0)


@pytest.fixture(scope="module")
def data(raw):
    micrographs, points = raw
    return MicrographNormalizer(whiten=True).fit_transform(micrographs[:3]), points[:3]


def chosen(coordinates, count):
    return [xy[:count] for xy in coordinates]


def constant_scores(micrographs, points):
    return np.zeros(sum(map(len, points)))


def test_a_classifier_that_finds_the_labels_is_believed(data):
    micrographs, points = data
    rng = np.random.default_rng(0)
    labels = [rng.uniform(0, SIZE - 1, xy.shape) for xy in points]
    known = {tuple(np.round(p)) for xy in labels for p in xy}

    def by_heart(micrographs, points):
        return np.array(
            [tuple(np.round(p)) in known for xy in points for p in xy], float
        )

    warn_of_suspicious_labels(micrographs, labels, 31, by_heart)
    with pytest.warns(UserWarning, match=r"do not seem .* look at labels and"):
        warn_of_suspicious_labels(micrographs, labels, 31, constant_scores)


class Darkness(ClassifierMixin, BaseEstimator):
    """Finds dark regions, and learns nothing."""

    def fit(self, X, y):
        self.classes_ = np.array([0, 1])
        return self

    def decision_function(self, X):
        return -np.asarray(X)[:, 10:21, 10:21].mean((1, 2))


def small_classifier():
    return PUClassifier(
        ConvNet(31, units=4),
        max_epochs=1,
        steps_per_epoch=5,
        batch_size=32,
        random_state=0,
    )


@pytest.mark.parametrize(
    "classifier", [Darkness(), small_classifier()], ids=["own", "PU"]
)
def test_the_fit_warns_once(data, classifier):
    micrographs, points = data
    scorer = RegionScorer(classifier, region_size=31, label_radius=2)
    right = chosen(points, 8)
    scorer.fit(micrographs, right)  # a warning would be an error
    flipped = [np.c_[xy[:, 0], SIZE - 1 - xy[:, 1]] for xy in right]
    with pytest.warns(UserWarning, match="The labels do not seem to lie on") as caught:
        scorer.fit(micrographs, flipped)
    assert len(caught) == 1
    text = str(caught[0].message)
    assert "of the 24 that were looked at" in text
    assert "if y is counted from the bottom of the image" in text
    assert "np.c_[xy[:, 0], m.shape[0] - 1 - xy[:, 1]]" in text
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The labels do not seem")
        scorer.fit(micrographs, flipped)


def small_picker(**kwargs):
    classifier = PUClassifier(
        ConvNet(31, units=8), max_epochs=2, steps_per_epoch=20, batch_size=64
    )
    return make_picker(
        20,
        classifier=classifier,
        particles_per_micrograph=22,
        threshold="prior",
        random_state=0,
        **kwargs,
    )


@pytest.mark.parametrize("sign", [1, -1], ids=["dark", "light"])
def test_a_picker_names_micrographs_of_the_other_contrast(raw, sign):
    micrographs, points = raw
    micrographs = [sign * m for m in micrographs]
    # Right labels, few as they are, and the contrast of training bring no warning.
    picker = small_picker().fit(micrographs[:3], chosen(points[:3], 8))
    assert picker["score"].contrast_.grey * sign < 0
    picks = picker.predict(micrographs[3:])
    with pytest.warns(UserWarning, match="2 of 2 micrographs look inverted") as caught:
        wrong = picker.predict([-m for m in micrographs[3:]])
    assert len(caught) == 1
    assert "simulated_0003, simulated_0004. If so, multiply them by -1" in str(
        caught[0].message
    )
    radius = picker["extract"].match_radius
    average_precision = picker.score(micrographs[3:], points[3:])
    assert average_precision > 0.5
    assert len(picks) == len(wrong) == 2
    assert radius == 7.5


def test_a_lazy_picker_warns_once_too(raw, monkeypatch):
    micrographs, points = raw
    picker = small_picker().fit(micrographs[:3], chosen(points[:3], 8))
    expected = picker.predict(micrographs[3:])
    monkeypatch.setattr(
        "pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 2 * SIZE**2 - 1
    )
    for ours, theirs in zip(picker.predict(micrographs[3:]), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    mixed = [micrographs[3], -micrographs[4]]
    with pytest.warns(UserWarning, match="1 of 2 micrographs look inverted") as caught:
        picker.predict(mixed)
    assert len(caught) == 1
    assert "simulated_0004" in str(caught[0].message)


def test_a_picker_tells_labels_that_count_y_from_the_bottom(raw):
    micrographs, points = raw
    flipped = [np.c_[xy[:, 0], SIZE - 1 - xy[:, 1]] for xy in chosen(points[:3], 8)]
    with pytest.warns(UserWarning, match="y is counted from the bottom of the image"):
        small_picker().fit(micrographs[:3], flipped)
