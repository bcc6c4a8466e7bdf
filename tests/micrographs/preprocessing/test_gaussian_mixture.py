import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta as beta_distribution
from scipy.stats import norm

from pusklearn.micrographs.preprocessing._gaussian_mixture import fit_bright_gaussian


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
