import pytest

from pusklearn import Micrograph, PUClassifier, general_picker, make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs._picker_lengths import lengths_from, spans_of
from pusklearn.micrographs.general._general_network import read_general_network
from pusklearn.micrographs.images._lengths import Length
from pusklearn.modules import ConvNet


@pytest.fixture(scope="module")
def data():
    return make_micrographs(2, size=160, snr=1.0, contamination=0, random_state=0)


def quick_classifier():
    return PUClassifier(
        ConvNet(31, units=2), max_epochs=1, steps_per_epoch=2, random_state=0
    )


def fitted(data, diameter, **settings):
    micrographs, coordinates = data
    picker = make_picker(diameter, classifier=quick_classifier(), **settings)
    return picker.fit(micrographs, coordinates)


@pytest.mark.parametrize(
    ("is_angstrom", "label_radius", "lengths"),
    [
        (False, None, (20, 67.5, 72)),
        (False, "7px", (7, 67.5, 72)),
        (True, "9A", ("9A", "67.5A", "72.0A")),
        (True, 5, (5, "67.5A", "72.0A")),
    ],
)
def test_lengths_are_shares_of_the_diameter(is_angstrom, label_radius, lengths):
    assert lengths_from(Length(180, is_angstrom), label_radius) == lengths


@pytest.mark.parametrize(
    ("diameter", "downsample", "span"),
    [(36, 1, 36), (36, 2, 18), ("36px", "auto", 27), ("120A", 1, 30)],
)
def test_the_spans_of_a_picker_follow_from_its_training(
    data, diameter, downsample, span
):
    micrographs, coordinates = data
    micrographs = [Micrograph(m, pixel_size=4.0) for m in micrographs]
    picker = fitted((micrographs, coordinates), diameter, downsample=downsample)
    least, best, greatest = spans_of(picker)
    assert best == pytest.approx(span)
    assert least < best < greatest


def test_a_search_over_the_distance_of_picks_leaves_the_spans(data):
    picker = fitted(data, 24).set_params(extract__radius=5, extract__smoothing=1)
    assert spans_of(picker)[1] == pytest.approx(24)


@pytest.mark.parametrize(("diameter", "factor"), [(36, 1.5), ("144A", 1)])
def test_the_spans_of_a_general_picker_are_those_of_its_network(diameter, factor):
    picker = general_picker(diameter, downsample=factor)
    assert spans_of(picker) == read_general_network().spans
