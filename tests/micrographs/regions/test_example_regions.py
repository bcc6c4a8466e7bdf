import numpy as np
import pytest
from scipy.sparse import coo_array

from pusklearn import TiledRegions
from pusklearn.micrographs.regions import _example_regions
from pusklearn.micrographs.regions._example_regions import example_regions


@pytest.mark.parametrize("is_sparse", [False, True])
def test_regions_come_from_everywhere_and_labelled_ones_too(monkeypatch, is_sparse):
    monkeypatch.setattr(_example_regions, "N_REGIONS", 30)
    monkeypatch.setattr(_example_regions, "N_LABELLED", 5)
    pixels = np.arange(2 * 400, dtype=np.float32).reshape(2, 20, 20)
    regions = TiledRegions(pixels, 3)
    labels = np.zeros(len(regions), int)
    labels[100:120] = 1
    asked = coo_array(labels[:, None]) if is_sparse else labels
    found = example_regions(regions, asked)
    assert found.shape == (35, 3, 3)
    centres = found[:, 1, 1]
    assert len(np.unique(centres)) >= 30
    assert np.sum((centres >= 100) & (centres < 120)) >= 5
    assert (centres < 400).any()
    assert (centres >= 400).any()
    np.testing.assert_array_equal(example_regions(regions, asked), found)


def test_the_centres_are_there_and_missing_pixels_beside_them_are_background():
    pixels = np.ones((1, 4, 5), np.float32)
    pixels[0, 2, 2] = np.nan
    pixels[0, 0] = np.nan
    regions = TiledRegions(pixels, 3)
    found = example_regions(regions, np.zeros(len(regions)))
    np.testing.assert_array_equal(found[:, 1, 1], np.ones(14))
    assert np.isfinite(found).all()
    there = np.asarray(regions[~regions.missing])
    np.testing.assert_array_equal(np.unique(found, axis=0), np.unique(there, axis=0))
