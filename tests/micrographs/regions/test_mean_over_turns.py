from copy import copy

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from pusklearn import Micrograph, PUClassifier, RegionScorer
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.regions._mean_over_turns import mean_over_turns
from pusklearn.modules import ConvNet

IMAGE = np.random.default_rng(0).normal(size=(41, 53)).astype(np.float32)


@pytest.fixture(scope="module")
def fitted():
    """Return a scorer that has learnt a little, and micrographs."""
    micrographs, coordinates = make_micrographs(2, size=95, random_state=0)
    classifier = PUClassifier(
        ConvNet(31, units=4),
        max_epochs=1,
        steps_per_epoch=5,
        precision="float32",
        random_state=0,
    )
    return RegionScorer(classifier, turns=4).fit(micrographs, coordinates), micrographs


def left_of(image):
    """Score a pixel by the one on its left."""
    return np.roll(image, 1, axis=1)


def test_one_turn_is_the_image_as_it_is():
    np.testing.assert_array_equal(mean_over_turns(IMAGE, left_of, 1), left_of(IMAGE))


@pytest.mark.parametrize("turns", [4, 8])
def test_the_neighbours_of_all_turns_are_averaged(turns):
    # The left one, turned, is each of the four; mirrored images have the same ones.
    four = [np.roll(IMAGE, by, axis) for by in (1, -1) for axis in (0, 1)]
    found = mean_over_turns(IMAGE, left_of, turns)
    np.testing.assert_allclose(found, np.mean(four, 0), atol=1e-6)


@pytest.mark.parametrize("turns", [4, 8])
def test_mirrored_scores_come_with_eight_turns_only(turns):
    def aside(image):  # the diagonal neighbour has mirror images of its own
        return np.roll(image, (1, 2), (0, 1))

    shifts = [(1, 2), (-2, 1), (-1, -2), (2, -1)]
    mirrored = [(-1, 2), (2, 1), (1, -2), (-2, -1)]
    expected = [np.roll(IMAGE, by, (0, 1)) for by in shifts + mirrored * (turns == 8)]
    found = mean_over_turns(IMAGE, aside, turns)
    np.testing.assert_allclose(found, np.mean(expected, 0), atol=1e-6)


@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize("turns", [4, 8])
def test_turned_micrographs_have_turned_maps(fitted, turns, step):
    scorer, [micrograph, _] = fitted
    scorer.set_params(turns=turns, step=step)
    image = np.asarray(micrograph)
    (scores,) = scorer.transform([image])
    (turned,) = scorer.transform([np.rot90(image)])
    np.testing.assert_allclose(turned, np.rot90(scores), atol=1e-4)
    (mirrored,) = scorer.transform([image[::-1]])
    is_same = np.allclose(mirrored, scores[::-1], atol=1e-4)
    assert is_same == (turns == 8)


def test_the_scores_are_means_of_scores(fitted):
    scorer, [micrograph, _] = fitted
    image = np.asarray(micrograph)
    scorer.set_params(turns=1, step=2)
    plain = [
        np.rot90(scorer.transform([np.rot90(image, quarters)])[0], -quarters)
        for quarters in range(4)
    ]
    (scores,) = scorer.set_params(turns=4).transform([micrograph])
    np.testing.assert_allclose(scores, np.mean(plain, 0), atol=1e-5)
    assert scores.name == micrograph.name


def test_missing_pixels_stay_missing(fitted):
    scorer, [micrograph, _] = fitted
    mask = np.zeros(micrograph.shape, bool)
    mask[10:30, 50:] = True
    masked = Micrograph(np.asarray(micrograph), mask=mask)
    (scores,) = scorer.set_params(turns=8, step=2).transform([masked])
    np.testing.assert_array_equal(np.isnan(scores), mask)


@pytest.mark.parametrize("turns", [0, 2, 8.5, "all"])
def test_another_number_of_turns_is_named(fitted, turns):
    scorer, micrographs = fitted
    wrong = RegionScorer(scorer.classifier, turns=turns)
    with pytest.raises((TypeError, ValueError), match="`turns` must be") as error:
        wrong.fit(micrographs, [[[40, 40]], []])
    assert repr(turns) in str(error.value)
    changed = copy(scorer).set_params(turns=turns)
    with pytest.raises((TypeError, ValueError), match="`turns` must be"):
        changed.transform(micrographs)


def test_a_classifier_without_a_dense_form_cannot_turn(fitted):
    _, micrographs = fitted
    scorer = RegionScorer(LogisticRegression(), region_size=5, turns=4)
    with pytest.raises(ValueError, match=r"`turns` above 1 needs a PUClassifier"):
        scorer.fit(micrographs, [[[40, 40]], []])


def test_regions_of_an_even_edge_cannot_turn(fitted):
    scorer, micrographs = fitted
    scorer = RegionScorer(scorer.classifier, region_size=32, turns=4)
    with pytest.raises(ValueError, match=r"odd edge.* turns=4 and regions of 32"):
        scorer.fit(micrographs, [[[40, 40]], []])
