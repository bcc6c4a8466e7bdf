import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.stats import beta as beta_distribution
from scipy.stats import norm

from pusklearn.micrographs.preprocessing._gaussian_mixture import (
    _STARTING_WEIGHTS,
    _em_step,
    _ends,
    _histogram,
    _log_posterior,
    _loss,
    _maximise,
    _Mixture,
    _polish,
    _responsibility,
    _Sample,
    _starting_responsibilities,
    fit_background_gaussian,
    fit_bright_gaussian,
)


def two_gaussians(n, share_dark, distance, *, seed=0, mean=0.0, std=1.0):
    rng = np.random.default_rng(seed)
    pixels = rng.normal(mean, std, n)
    pixels[: round(n * share_dark)] -= distance * std
    return pixels


def full_em(pixels, alpha, beta, start, n_steps):
    """MAP-EM over every single pixel; returns its log posterior and the parameters."""
    pixels = np.asarray(pixels, dtype=float).ravel()
    n = len(pixels)
    bright = (pixels > np.quantile(pixels, 1 - start)).astype(float)
    for _ in range(n_steps):
        count = bright.sum()
        if count > n - 1e-6:
            return -np.inf, None
        means = np.array([bright @ pixels / count, (1 - bright) @ pixels / (n - count)])
        variance = (
            bright @ (pixels - means[0]) ** 2 + (1 - bright) @ (pixels - means[1]) ** 2
        ) / n
        weight = (alpha + count - 1) / (alpha + beta + n - 2)
        density = norm.pdf(pixels[:, None], means, np.sqrt(variance))
        density *= [weight, 1 - weight]
        bright = density[:, 0] / density.sum(axis=1)
    posterior = np.log(density.sum(axis=1)).sum()
    posterior += beta_distribution.logpdf(weight, alpha, beta)
    return posterior, (means[0], np.sqrt(variance), weight)


def best_of_full_em(pixels, alpha=900.0, beta=1.0, n_steps=300):
    fits = [full_em(pixels, alpha, beta, w, n_steps) for w in (0.2, 0.5, 0.8, 0.95)]
    mean, std = np.mean(pixels), np.std(pixels)
    single = norm.logpdf(pixels, mean, std).sum()
    single += beta_distribution.logpdf(1, alpha, beta)
    return max([*fits, (single, (mean, std, 1.0))], key=lambda fit: fit[0])[1]


@pytest.mark.parametrize(
    ("share_dark", "distance", "mean", "std"),
    [(0.2, 3, 0, 1), (0.1, 2.5, 100, 7), (0.6, 4, -3, 0.1), (0.05, 6, 0, 1)],
)
def test_parameters_equal_em_over_every_pixel(share_dark, distance, mean, std):
    pixels = two_gaussians(8000, share_dark, distance, mean=mean, std=std)
    fitted = fit_bright_gaussian(pixels)
    expected = best_of_full_em(pixels)
    assert fitted[0] == pytest.approx(expected[0], abs=1e-3 * std)
    assert fitted[1] == pytest.approx(expected[1], abs=1e-3 * std)
    assert fitted[2] == pytest.approx(expected[2], abs=1e-3)


def test_a_hundred_thousand_pixels_equal_em_over_every_pixel_in_any_order():
    pixels = two_gaussians(100_001, 0.2, 3, mean=100, std=7)
    _, expected = full_em(pixels, 900, 1, 0.8, n_steps=100)
    for order in (pixels, np.sort(pixels), pixels[::-1].astype(np.float32)):
        np.testing.assert_allclose(fit_bright_gaussian(order), expected, atol=1e-3)


def test_hot_pixels_within_ten_deviations_count_as_in_em_over_every_pixel():
    pixels = two_gaussians(8000, 0.2, 3)
    pixels[-8:] = 8.0
    fitted = fit_bright_gaussian(pixels)
    np.testing.assert_allclose(fitted, best_of_full_em(pixels), atol=1e-3)


def test_eight_bit_values_equal_em_over_every_pixel():
    pixels = two_gaussians(8000, 0.2, 3, mean=10, std=20).round().clip(-128, 127)
    fitted = fit_bright_gaussian(pixels.astype(np.int8))
    expected = best_of_full_em(pixels)
    np.testing.assert_allclose(fitted, expected, atol=1e-3 * 20)
    assert fitted[2] == pytest.approx(expected[2], abs=1e-3)


def test_a_few_grey_values_equal_em_over_every_pixel():
    pixels = two_gaussians(8000, 0.2, 4, std=1.5).round()
    np.testing.assert_allclose(
        fit_bright_gaussian(pixels), best_of_full_em(pixels), atol=2e-3
    )


@pytest.mark.parametrize("value", [1e3, 1e6, -1e6])
def test_one_absurd_pixel_changes_next_to_nothing(value):
    pixels = two_gaussians(100_000, 0.2, 3)
    expected = fit_bright_gaussian(pixels)
    pixels[-1] = value
    np.testing.assert_allclose(fit_bright_gaussian(pixels), expected, atol=2e-3)


def test_two_clear_components_are_told_apart():
    mean, std, weight = fit_bright_gaussian(two_gaussians(4000, 0.3, 5))
    assert weight == pytest.approx((899 + 2800) / (899 + 4000), abs=0.01)
    assert mean == pytest.approx(0, abs=0.05)
    assert std == pytest.approx(1, abs=0.05)


def test_a_density_in_place_of_its_log_would_prefer_the_single_gaussian_here():
    # A gain over one Gaussian of more than 0 nats and less than the 900 - log(900)
    # that a prior density taken for its logarithm would add to the other side.
    pixels = two_gaussians(8000, 0.12, 2.2)
    gain = max(full_em(pixels, 900, 1, w, 300)[0] for w in (0.5, 0.8, 0.95))
    gain -= norm.logpdf(pixels, pixels.mean(), pixels.std()).sum() + np.log(900)
    assert 10 < gain < 890
    assert fit_bright_gaussian(pixels)[2] < 0.95


def test_one_gaussian_is_fitted_by_one():
    pixels = two_gaussians(100_000, 0, 0, mean=5, std=2)
    mean, std, weight = fit_bright_gaussian(pixels)
    assert weight > 0.99
    assert mean == pytest.approx(pixels.mean(), abs=0.01)
    assert std == pytest.approx(pixels.std(), abs=0.01)


def test_a_stronger_prior_raises_the_weight():
    pixels = two_gaussians(8000, 0.2, 3)
    weights = [fit_bright_gaussian(pixels, alpha=a)[2] for a in (1, 900, 50_000)]
    assert weights[0] == pytest.approx(0.8, abs=0.01)
    assert weights[0] < weights[1] < weights[2]


def test_a_prior_of_zero_density_at_one_excludes_the_single_gaussian():
    pixels = two_gaussians(8000, 0, 0)
    assert fit_bright_gaussian(pixels, alpha=900, beta=50)[2] < 1


@given(
    st.integers(0, 2**32 - 1),
    st.floats(-1e4, 1e4),
    st.floats(1e-3, 1e3),
    st.sampled_from([0.05, 0.2, 0.5]),
)
@settings(max_examples=25, deadline=None)
def test_the_fit_follows_a_shift_and_a_change_of_scale(seed, shift, scale, share):
    pixels = two_gaussians(5000, share, 4, seed=seed)
    mean, std, weight = fit_bright_gaussian(pixels)
    moved = fit_bright_gaussian(pixels * scale + shift)
    assert (moved[0] - shift) / scale == pytest.approx(mean, abs=1e-3)
    assert moved[1] / scale == pytest.approx(std, abs=1e-3)
    assert moved[2] == pytest.approx(weight, abs=1e-3)


@pytest.mark.parametrize("n_bright", [1, 10, 500, 990, 999])
def test_two_values_give_a_finite_fit(n_bright):
    pixels = np.zeros(1000)
    pixels[:n_bright] = 1.0
    fitted = fit_bright_gaussian(pixels)
    assert np.isfinite(fitted).all()
    assert fitted[1] > 0.9e-3 * pixels.std()


def test_great_overlap_where_em_creeps_still_gives_the_optimum():
    pixels = two_gaussians(4000, 0.3, 2)
    _, expected = full_em(pixels, 100, 1, 0.5, n_steps=3000)
    _, early = full_em(pixels, 100, 1, 0.9, n_steps=100)
    assert abs(early[0] - expected[0]) > 2e-3
    fitted = fit_bright_gaussian(pixels, alpha=100)
    np.testing.assert_allclose(fitted, expected, atol=1e-3)


def test_a_bright_tail_does_not_swap_the_two_components():
    pixels = np.random.default_rng(0).gamma(100, size=100_000)
    mean, std, weight = fit_bright_gaussian(pixels)
    assert mean == pytest.approx(pixels.mean(), abs=0.01)
    assert std == pytest.approx(pixels.std(), abs=0.05)
    assert weight > 0.999


# Each function against its formula over every single pixel, in float64


@pytest.fixture
def greys():
    """Pixels of few grey values, so that a bin has one; mean 0, variance 1."""
    pixels = two_gaussians(3000, 0.3, 3, seed=4).round()
    return (pixels - pixels.mean()) / pixels.std()


def as_sample(pixels):
    sample, mean, std = _histogram(pixels)
    assert mean == pytest.approx(0, abs=1e-12)
    assert std == pytest.approx(1)
    return sample


def mixture_of(weight, bright, dark, variance):
    return _Mixture(*(np.array([[part]]) for part in (weight, bright, dark, variance)))


def log_posterior_of_pixels(pixels, weight, bright, dark, variance, alpha, beta):
    std = np.sqrt(variance)
    density = weight * norm.pdf(pixels, bright, std)
    density += (1 - weight) * norm.pdf(pixels, dark, std)
    return np.log(density).sum() + beta_distribution.logpdf(weight, alpha, beta)


def responsibilities_of_pixels(pixels, weight, bright, dark, variance):
    light = weight * norm.pdf(pixels, bright, np.sqrt(variance))
    return light / (light + (1 - weight) * norm.pdf(pixels, dark, np.sqrt(variance)))


def test_the_ends_are_the_bulk_widened_by_its_own_width():
    pixels = np.random.default_rng(0).permutation(10_001).astype(float)
    assert _ends(pixels) == pytest.approx((5 - 9990, 9995 + 9990))
    normal = norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    assert _ends(normal) == pytest.approx((-9.87, 9.87), abs=0.05)


def test_the_ends_of_a_single_grey_with_outliers_are_theirs():
    pixels = np.full(10_000, 3.0)
    pixels[7], pixels[9] = -4.0, 8.0
    assert _ends(pixels) == (-4, 8)


def test_of_many_pixels_every_few_decide_the_ends():
    # 3 * 2**16 pixels: one in three is looked at, whether its row is even or odd.
    pixels = np.full((2**16, 3), 1e6)
    pixels[::2, 0] = np.linspace(0, 0.5, 2**15)
    pixels[1::2, 0] = np.linspace(0.5, 1, 2**15)
    assert _ends(pixels.ravel()) == pytest.approx((-0.9985, 1.9985), abs=1e-3)


@pytest.mark.parametrize("n", [1000, 2**15, 2**15 + 1, 100_000])
def test_the_histogram_has_the_mean_and_the_share_of_each_of_1024_bins(n):
    pixels = np.random.default_rng(0).gamma(20, 3, size=n)
    pixels[[3, 5, 7]] = 1e6, -1e6, 1e6  # They are moved to the ends.
    low, high = _ends(pixels)
    pixels[7] = high - 1.5 * (high - low) / 1024  # The bin before the last one.
    low, high = _ends(pixels)
    sample, mean, std = _histogram(pixels)
    clipped = np.clip(pixels, low, high)
    assert (mean, std) == pytest.approx((clipped.mean(), clipped.std()))
    edges = np.linspace(low, high, 1025)
    bins = np.minimum(np.searchsorted(edges, clipped, side="right") - 1, 1023)
    filled = np.unique(bins)
    expected = [clipped[bins == number].mean() for number in filled]
    np.testing.assert_allclose(sample.values * std + mean, expected)
    np.testing.assert_allclose(
        sample.shares, [np.mean(bins == number) for number in filled]
    )
    assert sample.n_pixels == n


@pytest.mark.parametrize("weight", [0.1, 0.35, 0.5, 0.98])
def test_the_brightest_share_of_the_pixels_starts_as_the_brighter_component(weight):
    shares = np.array([0.1, 0.25, 0.3, 0.35])
    [found] = _starting_responsibilities(shares, np.array([weight]))
    assert found @ shares == pytest.approx(weight)
    # All of the brightest bins, one in part, none of the others.
    left, expected = weight, []
    for share in shares[::-1]:
        expected.append(min(left, share) / share)
        left -= min(left, share)
    np.testing.assert_allclose(found, expected[::-1], atol=1e-12)


def test_the_starting_weights_are_those_of_the_docstring():
    expected = [*np.arange(1, 10) / 10, 0.95, 0.98]
    np.testing.assert_allclose(_STARTING_WEIGHTS, expected)


MIXTURES = [(0.7, 0.5, -1.2, 0.4), (0.3, 1.1, -0.4, 0.9), (0.99, 0.01, -3.0, 0.2)]


@pytest.mark.parametrize("mixture", MIXTURES)
def test_the_responsibility_is_the_share_of_the_density(greys, mixture):
    sample = as_sample(greys)
    np.testing.assert_allclose(
        _responsibility(mixture_of(*mixture), sample)[0],
        responsibilities_of_pixels(sample.values, *mixture),
        rtol=1e-9,
    )


@pytest.mark.parametrize("mixture", MIXTURES)
@pytest.mark.parametrize(("alpha", "beta"), [(1, 1), (900, 1), (30, 7)])
def test_an_m_step_has_the_weighted_means_of_all_pixels(greys, mixture, alpha, beta):
    sample = as_sample(greys)
    light = responsibilities_of_pixels(greys, *mixture)
    bright, dark = (
        np.average(greys, weights=light),
        np.average(greys, weights=1 - light),
    )
    variance = np.mean(
        light * (greys - bright) ** 2 + (1 - light) * (greys - dark) ** 2
    )
    weight = (alpha - 1 + light.sum()) / (alpha + beta - 2 + len(greys))
    found = _em_step(mixture_of(*mixture), sample, alpha, beta)
    np.testing.assert_allclose(
        np.ravel(found), [weight, bright, dark, variance], rtol=1e-6
    )


@pytest.mark.parametrize("mixture", MIXTURES)
@pytest.mark.parametrize(("alpha", "beta"), [(1, 1), (900, 1), (30, 7)])
def test_the_log_posterior_is_the_sum_over_all_pixels(greys, mixture, alpha, beta):
    found = _log_posterior(mixture_of(*mixture), as_sample(greys), alpha, beta)
    expected = log_posterior_of_pixels(greys, *mixture, alpha, beta)
    assert found.item() == pytest.approx(expected, rel=1e-9)


def test_the_log_posterior_of_a_single_gaussian_needs_no_small_bins():
    pixels = np.random.default_rng(0).normal(size=5000)
    pixels = (pixels - pixels.mean()) / pixels.std()
    halves = [pixels[pixels < 0], pixels[pixels >= 0]]
    sample = _Sample(
        np.array([half.mean() for half in halves]),
        np.array([len(half) / 5000 for half in halves]),
        5000,
    )
    found = _log_posterior(mixture_of(1.0, 0.3, 0.3, 0.8), sample, 900, 1)
    expected = norm.logpdf(pixels, 0.3, np.sqrt(0.8)).sum()
    expected += beta_distribution.logpdf(1, 900, 1)
    assert found.item() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("mixture", MIXTURES)
@pytest.mark.parametrize(("alpha", "beta"), [(1, 1), (900, 1), (30, 7)])
def test_the_gradient_is_the_slope_of_the_posterior(greys, mixture, alpha, beta):
    weight, bright, dark, variance = mixture
    vector = np.array([np.log(weight / (1 - weight)), bright, dark, np.log(variance)])

    def posterior(vector):
        parts = 1 / (1 + np.exp(-vector[0])), vector[1], vector[2], np.exp(vector[3])
        return log_posterior_of_pixels(greys, *parts, alpha, beta) / len(greys)

    value, slope = _loss(vector, as_sample(greys), alpha, beta)
    assert value == pytest.approx(-posterior(vector), rel=1e-9)
    np.testing.assert_allclose(-slope, approx_fprime(vector, posterior), atol=1e-5)


def test_an_empty_component_and_a_vanishing_variance_stay_finite():
    sample = _Sample(np.array([-1.0, 1.0]), np.array([0.5, 0.5]), 1000)
    for light in ([0.0, 0.0], [1.0, 1.0], [0.0, 1.0]):
        mixture = _maximise(np.array([light]), sample, 900, 1)
        assert np.isfinite(np.ravel(mixture)).all()
        assert mixture.variance >= 1e-6
    weight, bright, dark, variance = (part.item() for part in mixture)
    assert (bright, dark, variance) == pytest.approx((1, -1, 1e-6))
    assert weight == pytest.approx((899 + 500) / (899 + 1000))


def test_the_end_of_a_fit_is_an_optimum_with_a_bright_and_a_dark_side(greys):
    sample = as_sample(greys)
    for start in [(0.6, 0.3, -0.3, 0.95), (0.9, 0.1, -1.5, 0.5), (0.5, 1.5, -1.5, 0.1)]:
        end = _polish(mixture_of(*start), sample, 50, 1)
        parts = [part.item() for part in end]
        best = log_posterior_of_pixels(greys, *parts, 50, 1)
        assert best >= log_posterior_of_pixels(greys, *start, 50, 1)
        assert parts[1] >= 0 >= parts[2]
        for number, step in itertools.product(range(4), (-1e-3, 1e-3)):
            moved = list(parts)
            moved[number] += step
            assert log_posterior_of_pixels(greys, *moved, 50, 1) < best


def test_the_single_gaussian_has_the_mean_and_deviation_of_all_pixels():
    # A bright tail: two Gaussians whose brighter one is the greater fit no better.
    pixels = np.random.default_rng(0).gamma(100, size=100_000)
    expected = pixels.mean(), pixels.std(), 1.0
    assert fit_bright_gaussian(pixels, alpha=1e7) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("share_dark", [0.02, 0.3, 0.55])
def test_the_brighter_gaussian_is_the_background_unless_it_is_a_minority(share_dark):
    pixels = two_gaussians(40_000, share_dark, 6)
    *expected, _ = [*fit_bright_gaussian(pixels), None]
    *found, distance = fit_background_gaussian(pixels)
    assert found == expected
    assert distance == pytest.approx(6, rel=0.02)


def test_bright_holes_are_not_the_background():
    mean, std, weight, distance = fit_background_gaussian(
        two_gaussians(40_000, 0.9, 6, mean=20)
    )
    assert (mean, std, weight, distance) == pytest.approx((14, 1, 0.9, 6), rel=0.03)


def test_few_bright_pixels_of_one_grey_leave_the_background_of_one_grey():
    pixels = np.zeros((300, 300))
    pixels[::5, ::5] = 1
    mean, std, share, _ = fit_background_gaussian(pixels)
    assert (mean, share) == pytest.approx((0, 0.96), abs=0.02)
    assert np.isfinite(std)
