import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.peaks._pick_properties import disc, pick_properties


def blobs(shape=(60, 80), scale=2.0):
    """Return a round and a long bright blob, and where they are in the original."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    round_ = np.exp(-((x - 20) ** 2 + (y - 30) ** 2) / 18)
    long = np.exp(-((x - 60) ** 2 / 60 + (y - 30) ** 2 / 6))
    image = (round_ + long).astype(np.float32)
    return Micrograph(image, scale=scale), scale * np.array([[20.0, 30], [60, 30]])


def test_places_are_in_pixels_of_the_original():
    micrograph, points = blobs()
    properties = pick_properties(micrograph, points, radius=20)
    np.testing.assert_array_equal(properties["x"], [40, 120])
    np.testing.assert_array_equal(properties["y"], [60, 60])
    # The last column is at 158, the last row at 118.
    np.testing.assert_array_equal(properties["distance from the edges"], [40, 38])
    np.testing.assert_array_equal(properties["distance from the next pick"], [80, 80])


def test_the_long_blob_is_the_more_elongated_however_it_lies():
    micrograph, points = blobs()
    turned = Micrograph(np.ascontiguousarray(micrograph.T), scale=2.0)
    first = pick_properties(micrograph, points, radius=20)
    second = pick_properties(turned, points[:, ::-1], radius=20)
    for name in ("brightness", "contrast", "elongation"):
        np.testing.assert_allclose(first[name], second[name])
    assert first["elongation"][0] < 1e-6 < 1e-2 < first["elongation"][1]


def test_brightness_and_contrast_are_mean_and_deviation_of_the_disc():
    image = np.random.default_rng(0).normal(size=(41, 41)).astype(np.float32)
    properties = pick_properties(Micrograph(image), np.array([[20.0, 20]]), radius=6)
    y, x = np.mgrid[:41, :41]
    inside = image[np.hypot(x - 20, y - 20) <= 6]
    assert properties["brightness"][0] == pytest.approx(inside.mean())
    assert properties["contrast"][0] == pytest.approx(inside.std())
    darker = pick_properties(Micrograph(image - 1), np.array([[20.0, 20]]), radius=6)
    assert darker["elongation"][0] == pytest.approx(properties["elongation"][0])


def test_a_hot_pixel_does_not_decide():
    image = np.zeros((41, 41), np.float32)
    image[20, 23] = 1e6
    properties = pick_properties(Micrograph(image), np.array([[20.0, 20]]), radius=6)
    assert properties["brightness"][0] < 0.1


@pytest.mark.parametrize("how", ["nan", "mask", "edge"])
def test_a_disc_with_missing_pixels_looks_like_nothing(how):
    micrograph, points = blobs(scale=1.0)
    if how == "nan":
        micrograph[30, 22] = np.nan
    elif how == "mask":
        mask = np.zeros(micrograph.shape, bool)
        mask[30, 22] = True
        micrograph = Micrograph(micrograph, mask=mask)
    else:
        points[0] = 3, 30
    properties = pick_properties(micrograph, points, radius=8)
    for name in ("brightness", "contrast", "elongation"):
        assert properties[name][0] == 0 < properties[name][1]


def test_few_picks_or_none():
    micrograph, points = blobs()
    assert pick_properties(micrograph, points[:1], 20)[
        "distance from the next pick"
    ].tolist() == [0]
    assert {len(v) for v in pick_properties(micrograph, points[:0], 20).values()} == {0}
    assert len(pick_properties(micrograph, points, 0.1)["contrast"]) == 2


def test_large_discs_are_read_on_a_grid():
    dy, dx = disc(48)
    assert set(np.diff(np.unique(dx))) == {4}
    assert np.hypot(dy, dx).max() <= 48
    assert len(disc(12)[0]) == np.sum(np.hypot(*np.mgrid[-12:13, -12:13]) <= 12)
