import numpy as np
import pytest
from report_tools import levels_of

from pusklearn import Micrograph
from pusklearn.micrographs.report._crop_sample import EDGE, Crop, CropSample, sprite
from pusklearn.micrographs.report._micrograph_view import view_micrograph


def sample_of(peaks, micrographs=None, diameter=25, **options):
    sample = CropSample(**options)
    for number, points in enumerate(peaks):
        noise = np.random.default_rng(number).normal(size=(200, 200))
        image = noise if micrographs is None else micrographs[number]
        look = view_micrograph((image, points), diameter, number)
        sample.add(number, look.view, look.image)
    return sample.crops()


def random_peaks(n, low=-5.0, high=5.0, seed=0):
    random = np.random.default_rng(seed)
    return np.column_stack(
        [random.uniform(20, 180, (n, 2)), random.uniform(low, high, n)]
    )


def test_every_score_has_crops():
    crops = sample_of([random_peaks(900, seed=seed) for seed in range(3)])
    scores = np.array([crop.score for crop in crops])
    assert (np.diff(scores) <= 0).all()
    counts, _ = np.histogram(scores, np.linspace(-5, 5, 11))
    assert counts.min() >= 16
    assert len(crops) < 700
    assert {crop.micrograph for crop in crops} == {0, 1, 2}


def test_the_best_picks_are_there():
    peaks = random_peaks(900)
    best = np.sort(peaks[:, 2])[::-1][:24]
    assert [crop.score for crop in sample_of([peaks])[:24]] == best.tolist()


def test_the_sample_is_the_same_each_time():
    first, second = (sample_of([random_peaks(500)]) for _ in range(2))
    assert [crop[:4] for crop in first] == [crop[:4] for crop in second]


def test_a_crop_has_its_pick_in_the_middle():
    pixels = np.random.default_rng(0).normal(size=(200, 200)) * 0.01
    pixels[118:123, 58:63] = -9
    for diameter in (25, 50):
        (crop,) = sample_of([[[60, 120, 1.0]]], [pixels], diameter)
        y, x = np.argwhere(crop.levels == crop.levels.min()).mean(0)
        assert abs(x - EDGE / 2) < 1.6
        assert abs(y - EDGE / 2) < 1.6


def test_a_crop_is_grey_beyond_the_micrograph():
    (crop,) = sample_of([[[0, 100, 1.0]]])
    assert set(crop.levels[:, : EDGE // 2 - 2].ravel()) == {8}
    with pytest.warns(UserWarning, match="Picks outside their micrograph"):
        (crop,) = sample_of([[[900, 900, 1.0]]])
    assert set(crop.levels.ravel()) == {8}


def test_low_scores_are_left_out():
    crops = sample_of([random_peaks(300)], lowest=0.0)
    assert min(crop.score for crop in crops) >= 0
    assert not sample_of([random_peaks(9), np.empty((0, 3))], lowest=9.0)


def test_an_odd_pick_is_there():
    y, x = np.mgrid[:200, :200]
    pixels = np.random.default_rng(0).normal(size=(200, 200))
    peaks = random_peaks(400, 0, 5)
    peaks[7] = [150, 30, 2.5]
    pixels[np.hypot(x - 150, y - 30) < 12] -= 25
    crops = sample_of([peaks], [Micrograph(pixels)], diameter=12)
    assert (150, 30) in {(crop.x, crop.y) for crop in crops}


def test_the_sheet_holds_the_crops_in_order():
    levels = [np.full((EDGE, EDGE), level, np.uint8) for level in range(16)] * 3
    sheet = sprite([Crop(0, 0, 0, 0, one) for one in levels])
    read = levels_of(sheet)
    assert read.shape == (2 * EDGE, 32 * EDGE)
    assert read[5, 5 + 9 * EDGE] == 9
    assert read[EDGE + 5, 5 + 15 * EDGE] == 15


def test_no_crop_is_a_sheet_too():
    assert levels_of(sprite([])).shape == (EDGE, 32 * EDGE)
