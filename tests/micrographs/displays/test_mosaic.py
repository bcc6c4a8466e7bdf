import numpy as np

from pusklearn.micrographs.displays._mosaic import mosaic


def test_each_crop_lies_at_its_corner_and_nothing_else_is_drawn():
    rng = np.random.default_rng(0)
    groups = [rng.normal(size=(5, 4, 4)), rng.normal(size=(2, 4, 4))]
    image, corners = mosaic(groups, n_columns=3, beside=2, below=1)
    # A group: 1 above it, then rows of 4 and 1 below each.
    assert image.shape == (1 + 2 * 5 + 1 + 5, 3 * 4 + 2 * 2)
    assert corners.tolist() == [
        [0, 1],
        [6, 1],
        [12, 1],
        [0, 6],
        [6, 6],
        [0, 12],
        [6, 12],
    ]
    left = image.copy()
    for (x, y), crop in zip(corners, np.concatenate(groups), strict=True):
        np.testing.assert_allclose(image[y : y + 4, x : x + 4], crop, rtol=1e-6)
        left[y : y + 4, x : x + 4] = np.nan
    assert np.isnan(left).all()
