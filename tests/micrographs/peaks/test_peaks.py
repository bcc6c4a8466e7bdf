import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pusklearn.micrographs.peaks._peaks import (
    find_peaks,
    local_maxima,
    refine_peaks,
    smooth,
    suppress,
)


def brute_force_maxima(scores):
    """Candidates (y, x) by looking at every neighbourhood in turn."""
    maxima = []
    for y, x in np.ndindex(scores.shape):
        near = scores[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2].ravel()
        near = near[~np.isnan(near)]
        if scores[y, x] == max(near, default=0) and scores[y, x] > min(near):
            maxima.append((y, x))
    return maxima


def brute_force_peaks(scores, radius, threshold=-np.inf, margin=0.0):
    """Greedy search that compares each candidate with all peaks so far."""
    height, width = scores.shape
    peaks = []
    for y, x in sorted(brute_force_maxima(scores), key=lambda p: (-scores[p], p)):
        edge = min(x, y, width - 1 - x, height - 1 - y)
        far = all((x - u) ** 2 + (y - v) ** 2 > radius**2 for u, v, _ in peaks)
        if far and scores[y, x] > threshold and edge >= margin:
            peaks.append((x, y, scores[y, x]))
    return np.reshape(peaks, (-1, 3)).astype(float)


shapes = st.tuples(st.integers(1, 12), st.integers(1, 12))
# Few distinct values give many ties; NaN is a masked pixel.
tied_maps = shapes.flatmap(
    lambda shape: arrays(float, shape, elements=st.sampled_from([0, 1, 2, 3, np.nan]))
)


@given(
    tied_maps,
    st.sampled_from([0.5, 1, 1.5, 2, 3, 5, 50]),
    st.sampled_from([-np.inf, 0, 1]),
    st.sampled_from([0, 1, 2.5]),
)
@settings(max_examples=25, deadline=None)
def test_peaks_are_exactly_the_greedy_set_at_ties(scores, radius, threshold, margin):
    peaks = find_peaks(scores, radius, threshold=threshold, margin=margin)
    expected = brute_force_peaks(scores, radius, threshold, margin)
    np.testing.assert_array_equal(peaks, expected)


@given(st.integers(0, 2**32 - 1), shapes, st.floats(0.5, 8))
@settings(max_examples=25, deadline=None)
def test_peaks_are_exactly_the_greedy_set_on_noise(seed, shape, radius):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(4 * shape[0], 4 * shape[1]))
    scores[rng.random(scores.shape) < 0.05] = np.nan
    np.testing.assert_array_equal(
        find_peaks(scores, radius), brute_force_peaks(scores, radius)
    )


def test_the_greedy_set_of_a_large_map():
    scores = np.random.default_rng(1).normal(size=(150, 170)).astype(np.float32)
    peaks = find_peaks(scores, 7.5, threshold=0.5)
    assert len(peaks) > 100
    np.testing.assert_array_equal(peaks, brute_force_peaks(scores, 7.5, 0.5))


def test_a_constant_map_has_no_peak():
    assert find_peaks(np.full((9, 9), 3.0), 2).shape == (0, 3)


def test_a_map_of_one_pixel_has_no_peak():
    assert find_peaks(np.ones((1, 1)), 2).shape == (0, 3)


def test_a_map_that_is_masked_everywhere_has_no_peak():
    assert find_peaks(np.full((5, 5), np.nan), 2).shape == (0, 3)


@pytest.mark.parametrize("masked", [np.nan, -np.inf])
def test_masked_pixels_are_never_picked_and_hide_no_neighbour(masked):
    scores = np.zeros((7, 7))
    scores[3, 3], scores[3, 4] = masked, 1.0
    peaks = find_peaks(scores, 2, refine=True)
    np.testing.assert_array_equal(peaks[0], [4, 3, 1])
    assert not (peaks[:, :2].round() == 3).all(axis=1).any()


def test_the_flank_of_a_strong_peak_is_no_peak():
    y, x = np.mgrid[:41, :41]
    scores = np.exp(-((x - 20) ** 2 + (y - 20) ** 2) / 200)
    np.testing.assert_array_equal(find_peaks(scores, 3), [[20, 20, 1]])


def test_a_pick_at_the_last_column_leaves_the_next_row_alone():
    scores = np.zeros((8, 9))
    scores[3, 8], scores[4, 0], scores[2, 0] = 2.0, 1.0, 0.5
    np.testing.assert_array_equal(
        find_peaks(scores, 1.5), [[8, 3, 2], [0, 4, 1], [0, 2, 0.5]]
    )


def test_a_candidate_at_exactly_the_radius_is_suppressed():
    scores = np.zeros((3, 20))
    scores[1, 4], scores[1, 9] = 2.0, 1.0
    assert len(find_peaks(scores, 5)) == 1
    assert len(find_peaks(scores, 4.9)) == 2


def test_a_suppressed_candidate_suppresses_nothing():
    scores = np.zeros((3, 20))
    scores[1, [4, 8, 12]] = 3.0, 2.0, 1.0
    assert find_peaks(scores, 5)[:, 0].tolist() == [4, 12]


def test_equal_scores_go_to_the_smaller_y_and_then_the_smaller_x():
    scores = np.zeros((9, 9))
    scores[2, 6] = scores[6, 2] = scores[2, 2] = 1.0
    assert find_peaks(scores, 3)[:, :2].tolist() == [[2, 2], [6, 2], [2, 6]]


def test_the_threshold_itself_is_not_exceeded_in_float32():
    scores = np.zeros((5, 5), dtype=np.float32)
    scores[2, 2] = 0.1
    value = float(np.float32(0.1))
    assert len(find_peaks(scores, 2, threshold=value)) == 0
    assert len(find_peaks(scores, 2, threshold=float(np.nextafter(value, -1)))) == 1


def test_margin_keeps_peaks_off_every_edge_and_out_of_the_way_of_others():
    scores = np.zeros((11, 13))
    scores[[1, 9, 5, 5], [6, 6, 1, 11]] = 5.0
    scores[2, 6] = 1.0
    scores[1, 6] = 0.9
    scores[5, 6] = 0.5
    peaks = find_peaks(scores, 1, margin=2)
    assert peaks[:, :2].tolist() == [[6, 2], [6, 5]]


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.float16, np.float64, bool])
def test_every_real_dtype_gives_float64_picks(dtype):
    scores = np.zeros((6, 7), dtype=dtype)
    scores[2, 3] = 1
    peaks = find_peaks(scores, 2, refine=True)
    np.testing.assert_array_equal(peaks, [[3, 2, 1]])
    assert peaks.dtype == np.float64


def test_neighbours_outside_the_map_do_not_count():
    np.testing.assert_array_equal(
        local_maxima(np.array([[-5.0, -7.0], [-6.0, -8.0]])),
        [[True, False], [False, False]],
    )


def test_suppress_keeps_positions_in_order():
    y, x = np.array([0, 0, 0, 0]), np.array([5, 6, 0, 9])
    assert suppress(y, x, 2.0, (1, 10)) == [0, 2, 3]


@given(st.floats(-0.45, 0.45), st.floats(-0.45, 0.45), st.floats(-0.4, 0.4))
@settings(max_examples=25, deadline=None)
def test_refinement_is_exact_on_a_quadratic_with_a_cross_term(dx, dy, cross):
    y, x = np.mgrid[:9, :11]
    u, v = x - 6 - dx, y - 3 - dy
    scores = 5 - u**2 - 0.8 * v**2 - cross * u * v
    shift = refine_peaks(scores, np.array([6]), np.array([3]))
    np.testing.assert_allclose(shift, [[dx, dy]], atol=1e-9)


def test_refinement_finds_the_centre_of_a_gaussian_and_keeps_its_score():
    y, x = np.mgrid[:30, :40]
    scores = np.exp(-((x - 21.3) ** 2 + (y - 11.8) ** 2) / (2 * 3.0**2))
    peak = find_peaks(scores, 5, refine=True)[0]
    np.testing.assert_allclose(peak[:2], [21.3, 11.8], atol=0.02)
    assert peak[2] == scores[12, 21]


def test_refinement_moves_by_half_a_pixel_at_most():
    scores = np.zeros((5, 5))
    scores[2, 1:4] = 0.0, 1.0, 1.0
    scores[1:4, 2] += [0.1, 0, 0.1]
    shift = refine_peaks(scores, np.array([2]), np.array([2]))
    assert np.abs(shift).max() <= 0.5
    steep = 1e-3 * -((np.arange(5) - 9.0) ** 2) - np.arange(5)[:, None] ** 2
    shift = refine_peaks(steep, np.array([2]), np.array([2]))
    np.testing.assert_array_equal(shift, [[0.5, -0.5]])


@pytest.mark.parametrize("corner", [(0, 0), (4, 0), (0, 5), (4, 5)])
def test_a_peak_without_all_its_neighbours_is_not_refined(corner):
    scores = np.random.default_rng(0).random((5, 6))
    scores[corner] = 2.0
    peaks = find_peaks(scores, 20, refine=True)
    np.testing.assert_array_equal(peaks, [[corner[1], corner[0], 2]])


def test_a_shallow_bowl_has_a_minimum_and_is_not_refined():
    y, x = np.mgrid[-2:3, -2:3]
    bowl = 0.2 * ((x + 0.2) ** 2 + (y - 0.1) ** 2)
    shift = refine_peaks(bowl, np.array([2]), np.array([2]))
    np.testing.assert_array_equal(shift, [[0, 0]])


@pytest.mark.parametrize("sign", [1, -1])
def test_a_saddle_is_not_refined(sign):
    y, x = np.mgrid[-2:3, -2:3]
    saddle = sign * ((x + 0.2) ** 2 - (y + 0.1) ** 2)
    shift = refine_peaks(saddle, np.array([2]), np.array([2]))
    np.testing.assert_array_equal(shift, [[0, 0]])


@pytest.mark.parametrize("gradient", [0.0, 0.3])
@pytest.mark.parametrize("along", ["x", "y"])
def test_a_ridge_has_no_maximum_along_it_and_is_not_refined(gradient, along):
    across = np.arange(-2.0, 3.0)
    scores = np.tile(gradient * across - across**2, (5, 1))
    scores = scores if along == "y" else scores.T
    with np.errstate(all="raise"):
        shift = refine_peaks(scores, np.array([2]), np.array([2]))
    np.testing.assert_array_equal(shift, [[0, 0]])


def test_refinement_is_the_least_squares_fit_of_a_quadratic():
    scores = np.random.default_rng(0).normal(size=(3, 3))
    scores[1, 1] = 4
    v, u = (axis.ravel() for axis in np.mgrid[-1:2, -1:2].astype(float))
    terms = np.column_stack([np.ones(9), u, v, u**2, v**2, u * v])
    (_, gx, gy, xx, yy, xy), *_ = np.linalg.lstsq(terms, scores.ravel())
    expected = np.linalg.solve([[2 * xx, xy], [xy, 2 * yy]], [-gx, -gy])
    assert np.abs(expected).max() < 0.5
    shift = refine_peaks(scores, np.array([1]), np.array([1]))
    np.testing.assert_allclose(shift, [expected])


def mirrored(index, size):
    """The pixel that stands for one beyond the edges: 1 0 | 0 1 ... n-1 | n-1 n-2."""
    index = index % (2 * size)
    return min(index, 2 * size - 1 - index)


def brute_force_smooth(scores, sigma):
    """The mean of the pixels that are not NaN, with weights of a Gaussian."""
    height, width = scores.shape
    reach = range(-int(4 * sigma + 0.5), int(4 * sigma + 0.5) + 1)
    smoothed = np.full(scores.shape, np.nan)
    for y, x in np.argwhere(~np.isnan(scores)):
        total = weights = 0.0
        for dy in reach:
            for dx in reach:
                value = scores[mirrored(y + dy, height), mirrored(x + dx, width)]
                if not np.isnan(value):
                    weight = np.exp(-(dy**2 + dx**2) / (2 * sigma**2))
                    total, weights = total + weight * value, weights + weight
        smoothed[y, x] = total / weights
    return smoothed


@pytest.mark.parametrize("sigma", [0.7, 1, 2])
@pytest.mark.parametrize("masked", [False, True])
def test_smoothing_is_the_gaussian_mean_of_what_is_not_masked(sigma, masked):
    scores = np.random.default_rng(0).normal(size=(9, 12))
    if masked:
        scores[2:5, 3:12] = np.nan
        scores[0, 0] = np.nan
    np.testing.assert_allclose(
        smooth(scores, sigma), brute_force_smooth(scores, sigma), atol=1e-12
    )


def test_without_smoothing_the_map_is_as_it_was():
    scores = np.random.default_rng(0).normal(size=(5, 6))
    np.testing.assert_array_equal(smooth(scores, 0), scores)


def test_each_of_several_peaks_is_refined_as_if_it_were_alone():
    scores = np.random.default_rng(0).normal(size=(30, 40))
    peaks = find_peaks(scores, 3)
    x, y = peaks[:, :2].astype(int).T
    shifts = refine_peaks(scores, x, y)
    assert len(np.unique(shifts, axis=0)) > 10
    for shift, column, row in zip(shifts, x, y, strict=True):
        window = np.full((3, 3), np.nan)
        for i in range(3):
            for j in range(3):
                if 0 <= row + i - 1 < 30 and 0 <= column + j - 1 < 40:
                    window[i, j] = scores[row + i - 1, column + j - 1]
        alone = refine_peaks(window, np.array([1]), np.array([1]))
        np.testing.assert_allclose(shift, alone[0], rtol=1e-12)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("int8", "float32"), ("float16", "float32"), ("float32",) * 2, ("float64",) * 2],
)
@pytest.mark.parametrize("sigma", [0, 1])
def test_a_smoothed_map_has_single_precision_or_that_of_the_map(dtype, expected, sigma):
    scores = np.random.default_rng(0).integers(-3, 4, (6, 7)).astype(dtype)
    smoothed = smooth(scores, sigma)
    assert smoothed.dtype == expected
    exact = brute_force_smooth(scores.astype(float), sigma) if sigma else scores
    np.testing.assert_allclose(smoothed, exact, atol=1e-6)
