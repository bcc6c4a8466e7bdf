import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline

from pusklearn import Micrograph, PeakExtractor, load, make_picker
from pusklearn.saving._archive import read_archive
from pusklearn.topaz._scoring_document import (
    find_zeros,
    names_of_weights,
    scoring_document,
)


@pytest.fixture
def picker(model):
    return load(model)


def test_the_document_is_that_of_the_file(model, picker, fitted):
    documents, tensors = read_archive(model)
    document = documents["scoring.json"]
    assert document == scoring_document(
        picker, documents["estimator.json"], [list(pair) for pair in fitted[1]]
    )
    assert document["module"] == "ConvNet"
    assert document["parameters"]["units"] == 4
    assert set(document["weights"].values()) <= set(tensors)


def test_without_distances_the_zero_is_the_threshold_of_the_picker(picker):
    document = scoring_document(picker, {})
    extractor = picker["extract"]
    assert document["zeros"] == [[extractor.radius, extractor.find_threshold("prior")]]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"downsample__factor": 2}, "makes them smaller itself"),
        ({"downsample__target_pixel_size": "coarsest"}, "makes them smaller itself"),
        ({"score__step": 1}, "step of 2"),
        ({"score__turns": 4}, "turns=1"),
        ({"extract__smoothing": "12A"}, "in angstrom: '12A'"),
    ],
    ids=str,
)
def test_what_the_picker_does_besides_is_refused(picker, changes, words):
    with pytest.raises(ValueError, match=words):
        scoring_document(picker.set_params(**changes), {})


def test_another_classifier_is_refused(picker):
    picker["score"].classifier_ = RandomForestClassifier()
    with pytest.raises(ValueError, match="takes a PUClassifier with one of"):
        scoring_document(picker, {})


def test_a_picker_that_is_not_fitted_is_refused():
    with pytest.raises(ValueError, match="takes a PUClassifier with one of"):
        scoring_document(make_picker(20), {})


def test_another_estimator_is_refused():
    with pytest.raises(ValueError, match="The steps of a picker are"):
        scoring_document(Pipeline([("extract", PeakExtractor())]), {})
    with pytest.raises(ValueError, match="The steps of a picker are"):
        scoring_document(make_picker(20)["score"], {})


@pytest.mark.parametrize(
    ("node", "names"),
    [
        ({"kind": "net", "network": {"a": "1.a"}}, {"a": "1.a"}),
        ([1, {"x": [{"kind": "net", "network": {"a": "1.a"}}]}], {"a": "1.a"}),
        ({"kind": "object", "state": {}}, {}),
        ("net", {}),
    ],
    ids=str,
)
def test_the_weights_are_found_wherever_the_net_is(node, names):
    assert names_of_weights(node) == names


def test_as_many_peaks_as_expected_lie_above_the_zero():
    scores = np.zeros((60, 60))
    scores[10, 10], scores[10, 20], scores[40, 40], scores[40, 46] = 4, 3, 2, 1
    maps = [Micrograph(scores), Micrograph(scores - 10, mask=np.ones((60, 60), bool))]
    zeros = find_zeros(maps, [2.0, 8.0, 30.0], 3, {})
    below = [float(np.nextafter(score, -np.inf)) for score in (2, 2, 2)]
    assert zeros == list(zip([2.0, 8.0, 30.0], below, strict=True))
    # With fewer peaks than particles, every one lies above the zero.
    (_, zero) = find_zeros(maps, [8.0], 50, {})[0]
    assert zero == np.nextafter(2, -np.inf)


def test_without_a_peak_the_zero_is_0():
    assert find_zeros([Micrograph(np.zeros((9, 9)))], [3.0], 5, {}) == [(3.0, 0.0)]
