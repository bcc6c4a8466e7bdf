import numpy as np
import pytest

from pusklearn import Micrograph, PeakExtractor
from pusklearn.micrographs.displays._seen_map import seen_map


@pytest.mark.parametrize("smoothing", [0, 4.0, "8A"])
def test_the_value_at_a_peak_is_the_score_of_the_pick(smoothing):
    rng = np.random.default_rng(0)
    scores = Micrograph(rng.normal(size=(40, 50)), scale=2.0, pixel_size=4.0)
    scores[:, :7] = np.nan
    extract = PeakExtractor(radius=12, smoothing=smoothing).fit([scores])
    (picks,) = extract.peaks([scores])
    seen = seen_map(extract, scores)
    x, y = (picks[:, :2] / 2).astype(int).T
    np.testing.assert_allclose(seen[y, x], picks[:, 2], rtol=1e-6)
    np.testing.assert_array_equal(np.isnan(seen), np.isnan(scores))
    assert (seen.scale, seen.pixel_size) == (2.0, 4.0)


def test_it_is_calibrated_as_the_scores_are(maps, picker, calibrate):
    extract = picker["extract"]
    raw = seen_map(extract, maps[0])
    calibrate(extract)
    np.testing.assert_array_equal(seen_map(extract, maps[0]), 2 * raw)


def test_masked_pixels_have_no_score(picker):
    mask = np.zeros((20, 30), bool)
    mask[3:9, 4:20] = True
    scores = Micrograph(np.ones(mask.shape), mask=mask)
    np.testing.assert_array_equal(np.isnan(seen_map(picker["extract"], scores)), mask)


def test_a_map_without_any_score_is_blank(picker):
    scores = Micrograph(np.full((20, 30), np.nan))
    assert np.isnan(seen_map(picker["extract"], scores)).all()
