import numpy as np
import pytest

from pusklearn import PUClassifier, TiledRegions, io, make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.regions._prior_of_regions import (
    divide_peaks,
    draw_micrographs,
    prior_of_regions,
    shorten,
    some_micrographs,
)
from pusklearn.modules import ConvNet
from pusklearn.pu.network._nontraditional_classifier import (
    make_nontraditional_classifier,
)


def bumps(*points, shape=(60, 80)):
    """A map with a peak of some height at each ``y, x, height``."""
    y, x = np.indices(shape)
    return np.float32(
        sum(h * np.exp(-((y - b) ** 2 + (x - a) ** 2) / 18) for b, a, h in points)
    )


def test_a_particle_has_the_score_of_its_peak_and_the_others_their_own():
    scores = bumps((20, 20, 5), (40, 60, 3), (12, 60, 2))
    of_particles, others = divide_peaks(scores, np.array([[22.0, 19.0]]), 2.0)
    alone, _ = divide_peaks(scores, np.array([[20.0, 20.0]]), 2.0)
    assert of_particles == pytest.approx(alone)
    assert len(of_particles) == 1
    assert np.sort(others)[-2:] == pytest.approx(alone * [2 / 5, 3 / 5], rel=0.01)


def test_a_particle_without_a_peak_has_the_score_of_its_centre():
    scores = bumps((20, 20, 5))
    of_particles, others = divide_peaks(scores, np.array([[45.0, 60.0]]), 2.0)
    assert of_particles == pytest.approx(0, abs=1e-3)
    assert others.max() > 4 * 0.6


def test_without_labels_every_peak_belongs_to_none():
    of_particles, others = divide_peaks(bumps((20, 20, 5)), np.empty((0, 2)), 2.0)
    assert len(of_particles) == 0
    assert len(others) == 1


def test_few_micrographs_are_all_drawn():
    assert draw_micrographs(range(5), np.random.RandomState(0)) == {0, 1, 2, 3, 4}
    assert len(draw_micrographs(range(100), np.random.RandomState(0))) == 24


def test_of_many_large_micrographs_some_are_drawn_with_their_labels():
    rng = np.random.default_rng(0)
    images = [rng.normal(size=(9 + i % 3, 11)) for i in range(90)]
    regions = TiledRegions(images, 5)
    labels = regions.labels([[(4, 3), (7, 8)] if i % 2 else [] for i in range(90)], 1)
    others = regions.labels([[(1, 6)]] * 90, 1)
    part, rows, rows_of_others = some_micrographs(
        regions,
        np.flatnonzero(labels),
        np.random.RandomState(0),
        np.flatnonzero(others),
    )
    chosen = [
        next(i for i, image in enumerate(images) if image[0, 0] == m[0, 0])
        for m in part.micrographs
    ]
    assert 24 < len(chosen) == len(set(chosen)) <= 48
    assert sum(i % 2 for i in chosen) >= 24
    expected = [labels[regions.groups == i] for i in chosen]
    np.testing.assert_array_equal(rows, np.flatnonzero(np.concatenate(expected)))
    expected = np.concatenate([others[regions.groups == i] for i in chosen])
    np.testing.assert_array_equal(rows_of_others, np.flatnonzero(expected))


@pytest.mark.filterwarnings("ignore:The share of positives was:UserWarning")
def test_regions_of_one_labelled_micrograph_give_a_prior():
    micrographs, coordinates = make_micrographs(1, size=128, random_state=0)
    regions = TiledRegions(micrographs, 31)
    labels = regions.labels(coordinates, 2)
    classifier = PUClassifier(
        ConvNet(31, units=4),
        prior="estimate",
        max_epochs=1,
        steps_per_epoch=5,
        random_state=0,
    ).fit(regions, labels)
    assert labels.mean() < classifier.prior_ < 1


@pytest.mark.filterwarnings("ignore:The share of positives was:UserWarning")
def test_a_part_of_the_regions_gives_a_prior_too():
    micrographs, coordinates = make_micrographs(3, size=96, random_state=0)
    regions = TiledRegions(micrographs, 31)
    labels = regions.labels(coordinates, 2)
    part = np.flatnonzero(regions.groups > 0)
    classifier = PUClassifier(
        ConvNet(31, units=4),
        prior="estimate",
        max_epochs=1,
        steps_per_epoch=5,
        random_state=0,
    ).fit(regions[part], labels[part])
    assert labels[part].mean() < classifier.prior_ < 1


def test_the_networks_train_for_most_of_the_epochs(monkeypatch):
    asked = []

    def record(classifier, seed, max_epochs):
        asked.append(max_epochs)
        return make_nontraditional_classifier(classifier, seed, max_epochs).set_params(
            max_epochs=1
        )

    monkeypatch.setattr(
        "pusklearn.micrographs.regions._prior_of_regions.make_nontraditional_classifier",
        record,
    )
    micrographs, coordinates = make_micrographs(3, size=96, random_state=0)
    regions = TiledRegions(micrographs, 31)
    positives = np.flatnonzero(regions.labels(coordinates, 2))
    classifier = PUClassifier(ConvNet(31, units=4), steps_per_epoch=2, random_state=0)
    for epochs in (1, 10):
        prior_of_regions(classifier.set_params(max_epochs=epochs), regions, positives)
    assert asked == [1] * 3 + [8] * 3


@pytest.mark.parametrize(
    ("given", "steps", "dropout"),
    [
        ({}, 20, 0.2),
        ({"module": "auto"}, 20, 0.2),
        ({"steps_per_epoch": 7}, 7, 0.2),
        ({"module": ConvNet(input_dropout=0.4)}, 20, 0.4),
    ],
)
def test_what_is_left_open_is_that_of_more_labels(given, steps, dropout):
    regions = TiledRegions([np.zeros((50, 50), np.float32)], 31)
    points = [[5, 5], [5, 40], [40, 5], [40, 40]]
    positives = np.flatnonzero(regions.labels([np.array(points)], 2))
    nontraditional = PUClassifier(**{"module": ConvNet(), **given})
    shorten(nontraditional, regions, positives)
    assert nontraditional.steps_per_epoch == steps
    assert nontraditional.module.input_dropout == dropout


@pytest.mark.slow
def test_a_picker_finds_the_share_of_particle_pixels():
    micrographs, coordinates = make_micrographs(4, size=512, random_state=0)
    rng = np.random.default_rng(0)
    labels = [rng.permutation(c)[: len(c) // 4] for c in coordinates]
    picker = make_picker(24, prior="estimate", random_state=0)
    picker.fit(micrographs, labels)
    regions = TiledRegions(micrographs, 31)
    truth = regions.labels(coordinates, 24 / 9).mean()
    prior = picker.named_steps["score"].classifier_.prior_
    assert prior == pytest.approx(truth, rel=0.3)


@pytest.mark.slow
def test_a_picker_finds_the_share_of_real_particles(data_dir):
    folder = data_dir / "empiar-10146"
    micrographs = io.read_micrographs(folder / "micrographs")[:5]
    table = io.read_coordinates(folder / "particles.txt")
    known = table[table.micrograph.isin([m.name for m in micrographs])]
    labels = io.coordinates_for(known.sample(50, random_state=0), micrographs)
    picker = make_picker(40, downsample=2, prior="estimate", random_state=0)
    picker.fit(micrographs, labels)
    regions = TiledRegions(picker[:2].transform(micrographs), 31)
    truth = regions.labels(io.coordinates_for(known, micrographs), 40 / 9).mean()
    prior = picker.named_steps["score"].classifier_.prior_
    assert prior == pytest.approx(truth, rel=0.3)


def test_peaks_at_rejected_places_are_no_unlabeled_ones():
    scores = np.zeros((60, 60))
    for row, column in ((10, 10), (10, 40), (40, 10), (40, 40)):
        scores[row, column] = 100
    particles = np.array([[10.0, 10.0]])
    _, all_others = divide_peaks(scores, particles, 2.0)
    _, others = divide_peaks(scores, particles, 2.0, np.array([[40.0, 41.0]]))
    high = 0.5 * all_others.max()
    assert (all_others > high).sum() == 3
    assert (others > high).sum() == 2
