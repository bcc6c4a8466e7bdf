import numpy as np
import pytest

from pusklearn import Micrograph, load
from pusklearn.saving._archive import read_archive
from pusklearn.topaz._open_model import open_model
from pusklearn.topaz._scoring import Scoring, interpolated_zero


@pytest.mark.parametrize("radius", [4.0, 12.5, 40.0])
@pytest.mark.parametrize("kind", ["float32", "int8", "float64", "with holes"])
def test_picks_are_those_of_the_picker_to_the_bit(model, drawn, radius, kind):
    image = drawn[0][3]
    if kind == "with holes":
        mask = np.zeros(image.shape, bool)
        mask[40:60, 30:90] = True
        image = Micrograph(image.copy(), mask=mask)
        image[100:110] = np.nan
    elif kind == "int8":
        image = Micrograph((20 * (image - image.mean()) / image.std()).astype(kind))
    else:
        image = Micrograph(image.astype(kind))
    scoring, picker = open_model(model), load(model)
    picks = scoring.picks(scoring.score_map(image), radius)
    (expected,) = picker.set_params(extract__radius=radius).predict([image])
    expected[:, 2] -= scoring.zero(radius)
    assert len(picks) > 2
    np.testing.assert_array_equal(picks, expected)


def test_as_many_picks_as_expected_lie_above_0(model, drawn, fitted):
    scoring = open_model(model)
    (_, zeros) = fitted
    for radius, _ in zeros[:4]:
        counts = [
            int((scoring.picks(scoring.score_map(image), radius)[:, 2] > 0).sum())
            for image in drawn[0][:3]
        ]
        assert sum(counts) == 60


def test_the_zero_lies_between_those_of_the_neighbouring_distances():
    zeros = [(2.0, 1.0), (4.0, 0.0)]
    assert [interpolated_zero(zeros, r) for r in (1, 2, 3, 9)] == [1, 1, 0.5, 0]


def test_an_image_that_is_missing_as_a_whole_has_no_picks(model):
    scoring = open_model(model)
    nothing = Micrograph(np.zeros((50, 60)), mask=np.ones((50, 60), bool))
    assert scoring.picks(scoring.score_map(nothing), 5).shape == (0, 3)


@pytest.mark.parametrize("document", [{}, {"normalize": 1}, {"module": "Net"}])
def test_a_damaged_document_is_named(document):
    with pytest.raises(ValueError, match=r"'scoring\.json' is damaged"):
        Scoring(document, {})


def test_a_huge_network_takes_no_memory_before_it_is_refused(model):
    documents, tensors = read_archive(model)
    document = documents["scoring.json"]
    document["parameters"]["units"] = 10**6
    with pytest.raises(ValueError, match="do not fit the network"):
        Scoring(document, tensors)
