import numpy as np
import pytest

from pusklearn import Micrograph, PUClassifier, general_picker, make_picker
from pusklearn.micrographs._picker_steps import assembled_picker

SPANS = (13, 18, 27)


@pytest.mark.parametrize(
    ("diameter", "span"), [(270, 27), ("54px", 27), (27, 27), (20, 20), ("300A", 27)]
)
def test_auto_brings_a_particle_to_the_smallest_network(diameter, span):
    picker = make_picker(diameter, downsample="auto")
    assert picker["score"].classifier.module.receptive_field == 31
    assert picker["score"].region_size is None
    micrograph = Micrograph(np.random.default_rng(0).normal(size=(80, 80)), None, 2.0)
    (small,) = picker["downsample"].transform([micrograph])
    pixels = 150 if diameter == "300A" else int(str(diameter).removesuffix("px"))
    assert pixels / small.scale == pytest.approx(span)


def test_auto_refuses_a_particle_that_is_too_small_for_it():
    with pytest.raises(ValueError, match=r"7 pixels spans 7 .* needs at least 8"):
        make_picker(7, downsample="auto")


def test_without_a_network_to_start_from_micrographs_stay_as_they_are():
    for picker in (make_picker(45), make_picker(45, downsample=None)):
        assert picker["downsample"].get_params() == {
            "factor": 1,
            "target_pixel_size": None,
            "diameter": None,
            "spans": None,
            "verbose": 0,
            "on_error": "raise",
        }


def test_with_a_network_to_start_from_the_default_is_auto():
    picker = assembled_picker("180A", spans=SPANS)
    assert picker["downsample"].factor == "auto"
    assert picker["downsample"].diameter == "180A"
    assert picker["downsample"].spans == SPANS


@pytest.mark.parametrize(
    ("diameter", "downsample", "message"),
    [
        (45, 1, "and 45 after downsampling 1 times"),
        (45, 4, "and 11.25 after downsampling 4 times"),
        (12, None, "12 pixels spans 12 pixels of the micrographs, and the network"),
        ("12px", "auto", "needs at least 13"),
    ],
)
def test_a_particle_that_does_not_fit_the_network_is_refused_at_once(
    diameter, downsample, message
):
    with pytest.raises(ValueError, match=message):
        assembled_picker(diameter, downsample=downsample, spans=SPANS)


def test_a_number_that_fits_is_the_factor_of_every_micrograph():
    picker = assembled_picker("180A", downsample=2, spans=SPANS)
    micrographs = [
        Micrograph(np.random.default_rng(0).normal(size=(60, 60)), "m", size)
        for size in (4.0, 5.0)
    ]
    small = picker["downsample"].transform(micrographs)
    assert [m.pixel_size for m in small] == [8, 10]
    with pytest.raises(ValueError, match=r"micrograph m .* after downsampling 2 times"):
        picker["downsample"].transform([Micrograph(micrographs[0], pixel_size=2.0)])


def learning(picker):
    classifier = picker["score"].classifier
    return classifier.lr, classifier.batch_size


def test_how_fast_to_learn_is_left_open_for_the_default_classifier_alone():
    by_itself = PUClassifier().lr, PUClassifier().batch_size
    for downsample in (1, "auto"):
        assert learning(make_picker(27, downsample=downsample)) == ("auto", "auto")
    assert learning(make_picker("180A")) == ("auto", "auto")
    assert learning(make_picker(27, classifier=PUClassifier())) == by_itself
    # A training that starts from another network should not leave it at once.
    assert learning(make_picker(24, initial="general")) == by_itself
    assert learning(general_picker(24)) == by_itself
