import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from pusklearn import Micrograph
from pusklearn.topaz import _test_row
from pusklearn.topaz._labelled_images import LabelledImages
from pusklearn.topaz._test_row import test_row as row_of


@pytest.fixture
def test_set():
    images = [Micrograph(np.zeros((20, 30))) for _ in range(2)]
    return LabelledImages(images, [np.array([[5.0, 6.0]]), np.array([[20.0, 10.0]])])


@pytest.fixture
def maps(test_set):
    rng = np.random.default_rng(0)
    return [Micrograph(rng.normal(size=(20, 30))) for _ in test_set.images]


def truth(radius):
    y, x = np.mgrid[:20, :30]
    discs = [(x - 5) ** 2 + (y - 6) ** 2, (x - 20) ** 2 + (y - 10) ** 2]
    return np.concatenate([(disc <= radius**2).ravel() for disc in discs])


def test_values_are_those_of_the_pixels(test_set, maps):
    row = row_of(maps, test_set, 2, 0.0, 0.5)
    labels = truth(2)
    scores = np.concatenate([np.ravel(m) for m in maps]) - 0.5
    assert row["auprc"] == average_precision_score(labels, scores)
    assert row["precision"] == (labels & (scores > 0)).sum() / (scores > 0).sum()
    assert row["tpr"] == (labels & (scores > 0)).sum() / 26
    assert row["fpr"] == (~labels & (scores > 0)).sum() / (1200 - 26)
    losses = np.log1p(np.exp(np.where(labels, -scores, scores)))
    assert row["loss"] == pytest.approx(losses.mean())


def test_a_map_that_is_right_has_an_area_of_1(test_set):
    right = truth(2).reshape(2, 20, 30).astype(float)
    row = row_of([Micrograph(m) for m in right], test_set, 2, 0.0, 0.5)
    assert (row["auprc"], row["precision"], row["tpr"], row["fpr"]) == (1, 1, 1, 0)


def test_missing_pixels_do_not_count(test_set, maps):
    maps[0][:, 15:] = np.nan
    row = row_of(maps, test_set, 2, 0.0, -100.0)
    assert row["precision"] == 26 / (1200 - 300)


def test_without_a_labelled_pixel_nothing_is_measured(test_set, maps, capsys):
    for scores in maps:
        scores[:] = np.nan
    assert row_of(maps, test_set, 2, 0.0, 0.0) == {}
    assert "nothing is measured" in capsys.readouterr().err


def test_of_many_pixels_some_count(test_set, maps, monkeypatch):
    monkeypatch.setattr(_test_row, "MOST_PIXELS", 600)
    row = row_of(maps, test_set, 2, 0.0, -100.0)
    assert row["precision"] == truth(2)[::2].sum() / 600
