"""Diameters in angstrom, and micrographs of several pixel sizes."""

import numpy as np
import pytest
from sklearn.base import clone

from pusklearn import (
    FourierDownsampler,
    Micrograph,
    PUClassifier,
    ReferencePicker,
    make_picker,
)
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import picking_average_precision
from pusklearn.modules import ConvNet

DIAMETER = 36  # pixels of 1 angstrom


@pytest.fixture(scope="module")
def data():
    return make_micrographs(
        4, size=256, snr=1.0, contamination=0, diameter=DIAMETER, random_state=1
    )


def at(data, row, size, name=None):
    """Return a micrograph as a microscope of another magnification sees it."""
    fine = Micrograph(np.asarray(data[0][row]), pixel_size=1.0)
    (coarse,) = FourierDownsampler(size).transform([fine])
    image = Micrograph(np.asarray(coarse), name or f"m{row}", pixel_size=float(size))
    return image, data[1][row] / size


def all_at(data, *sizes):
    pairs = [at(data, row, size) for row, size in enumerate(sizes)]
    return [image for image, _ in pairs], [points for _, points in pairs]


def quick_picker(diameter, **settings):
    classifier = settings.pop("classifier", PUClassifier(ConvNet(31, units=6)))
    picker = make_picker(
        diameter,
        classifier=classifier,
        particles_per_micrograph=14,
        random_state=0,
        **settings,
    )
    return picker.set_params(
        score__classifier__max_epochs=1,
        score__classifier__steps_per_epoch=5,
        score__classifier__batch_size=64,
    )


def trained_picker(diameter):
    """Return a picker that learns for long enough to find particles."""
    return quick_picker(diameter).set_params(score__classifier__steps_per_epoch=60)


def references(diameter, **settings):
    return ReferencePicker(diameter, random_state=0, n_rotations=6, **settings)


@pytest.mark.parametrize("make", [quick_picker, references])
@pytest.mark.parametrize("size", [1.0, 2.0])
def test_angstrom_and_pixels_are_the_same_picker(data, make, size, recwarn):
    micrographs, points = all_at(data, size, size, size)
    pixels = make(DIAMETER / size).fit(micrographs[:2], points[:2])
    words = make(f"{DIAMETER / size}px").fit(micrographs[:2], points[:2])
    angstrom = make(f"{DIAMETER}A").fit(micrographs[:2], points[:2])
    assert not recwarn.list
    for other in (words, angstrom):
        np.testing.assert_array_equal(
            other.predict(micrographs[2:])[0], pixels.predict(micrographs[2:])[0]
        )
        assert other.score(micrographs, points) == pixels.score(micrographs, points)


@pytest.mark.parametrize("make", [trained_picker, references])
def test_in_angstrom_pixel_sizes_of_every_kind_are_brought_to_one(data, make, recwarn):
    train, points = all_at(data, 2, 1.5, 1)
    picker = make(f"{DIAMETER} A").fit(train, [p[:9] for p in points])
    tests = [at(data, 3, size) for size in (1, 2, 3)]
    picks = picker.predict([image for image, _ in tests])
    assert not recwarn.list
    for found, (image, particles) in zip(picks, tests, strict=True):
        radius = 0.375 * DIAMETER / image.pixel_size
        assert picking_average_precision([particles], [found], radius) > 0.9
    score = picker.score(
        [image for image, _ in tests], [particles for _, particles in tests]
    )
    assert score > 0.9


@pytest.mark.parametrize("make", [quick_picker, references])
def test_in_pixels_several_sizes_bring_one_warning(data, make):
    train, points = all_at(data, 1, 2, 1)
    with pytest.warns(UserWarning, match=r"pixel sizes, from 1 .* to 2 ") as caught:
        make(DIAMETER).fit(train, points)
    assert len(caught) == 1
    picker = make(DIAMETER).fit(train[::2], points[::2])
    others = [train[0], at(data, 3, 2, "b")[0], at(data, 3, 3, "c")[0]]
    with pytest.warns(UserWarning, match=r"2 micrographs .* \(b, c\)") as caught:
        picker.predict(others)
    assert len(caught) == 1


@pytest.mark.parametrize("make", [quick_picker, references])
def test_unknown_and_nearly_equal_sizes_bring_no_warning(data, make, recwarn):
    train, points = all_at(data, 1, 1, 1, 1)
    sizes = [None, 1.05, 1.06, None]
    train = [
        Micrograph(np.asarray(m), m.name, size)
        for m, size in zip(train, sizes, strict=True)
    ]
    picker = make(DIAMETER).fit(train[:3], points[:3])
    picker.predict([train[3], Micrograph(np.asarray(train[0]), "x", 1.04)])
    unknown = make(DIAMETER).fit(train[::3], points[::3])
    unknown.predict(train)
    assert not recwarn.list


@pytest.mark.parametrize("make", [quick_picker, references])
def test_angstrom_need_a_pixel_size(data, make):
    train, points = all_at(data, 1, 1)
    bare = Micrograph(np.asarray(train[1]), "bare")
    with pytest.raises(ValueError, match=r"`pixel_size`\. Micrograph bare has none"):
        make("36A").fit([train[0], bare], points)
    picker = make("36A").fit(train, points)
    with pytest.raises(ValueError, match=r"`pixel_size`\. Micrograph bare has none"):
        picker.predict([train[0], bare])
    with pytest.raises(ValueError, match=r"label_radius='4A' .* bare has none"):
        quick_picker(36, label_radius="4A").fit([bare], points[:1])


def test_the_network_is_chosen_when_the_pixel_size_is_known(data, few_examples):
    train, points = all_at(data, 1, 1)
    for downsample, field in ((1, 63), (2, 31)):
        picker = quick_picker("36A", downsample=downsample, classifier=None)
        picker = clone(picker).fit(train, points)
        scorer = picker.named_steps["score"]
        assert scorer.region_size_ == field
        assert scorer.classifier_.module_.receptive_field == field
        assert scorer.classifier_.module_.halve
    with pytest.raises(ValueError, match=r"at most 127 pixels .* Got 150"):
        quick_picker("150A", classifier=None).fit(train, points)
    with pytest.warns(UserWarning, match=r"at least 8 pixels wide .* Got 6"):
        quick_picker("6A", classifier=PUClassifier()).fit(train, points)


def test_a_network_of_ones_own_stays(data):
    train, points = all_at(data, 1, 1)
    picker = quick_picker("36A").fit(train, points)
    assert picker["score"].region_size is None
    assert picker["score"].region_size_ == 31


def test_the_lengths_of_a_picker_keep_their_unit():
    picker = make_picker("180A", label_radius=5)
    assert picker["score"].label_radius == picker["extract"].smoothing == 5
    assert picker["extract"].radius == f"{0.4 * 180!r}A"
    assert picker["extract"].match_radius == "67.5A"
    assert picker["score"].region_size == "180.0A"
    assert make_picker("180A")["score"].label_radius == "20.0A"
    assert make_picker(45, label_radius="9A")["score"].label_radius == "9A"
    assert make_picker("45px", label_radius="7px")["score"].label_radius == 7
    assert make_picker("45px")["downsample"].target_pixel_size is None


def test_pixels_of_several_scales_are_told_of_angstrom(data):
    (image, _), points = all_at(data, 1, 1)
    rows = [image, Micrograph(image, scale=2.0)]
    with pytest.raises(ValueError, match=r"one scale.* `diameter` in angstrom"):
        references(36).fit(rows, points)
