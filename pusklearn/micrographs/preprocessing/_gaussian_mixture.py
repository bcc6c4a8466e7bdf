"""A mixture of two Gaussians of equal variance, fitted to the pixels of an image."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, expit, logit, xlog1py, xlogy

_N_BINS = 1024
_PART = 2**15
_N_STEPS = 100
# Of the variance of all pixels; those of two values only would have none left.
_LEAST_VARIANCE = 1e-6
_STARTING_WEIGHTS = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98])


class _Mixture(NamedTuple):
    """Parameters of mixtures; arrays of shape (n_starts, 1)."""

    weight: np.ndarray
    bright: np.ndarray
    dark: np.ndarray
    variance: np.ndarray


class _Sample(NamedTuple):
    """Pixels of mean 0 and variance 1 as the mean and the share of each bin."""

    values: np.ndarray
    shares: np.ndarray
    n_pixels: int


def fit_bright_gaussian(pixels, alpha=900.0, beta=1.0):
    """Fit two Gaussians of equal variance and return the brighter one.

    The weight ``w`` of the brighter component has a Beta(alpha, beta) prior. MAP
    estimation by EM starts from 12 weights: 0.1, 0.2 to 0.9, 0.95, 0.98 and 1, where
    1 is a single Gaussian. The darkest share ``1 - w`` of the pixels starts as the
    darker component. The greatest posterior density wins.

    Parameters
    ----------
    pixels : array-like
        The pixels, finite and not all equal.
    alpha, beta : float, default=900.0, 1.0
        Parameters of the prior, both >= 1.

    Returns
    -------
    mean : float
        Mean of the brighter component.
    std : float
        Standard deviation of either component.
    weight : float
        Weight of the brighter component; 1 for a single Gaussian.

    Notes
    -----
    With equal variances a responsibility is a logistic function of the value, and a
    histogram with the mean of each bin gives the sums of EM. Each start takes 100 EM
    steps; the best then goes on to its optimum by L-BFGS.

    Pixels further from the bulk than its own width are moved to that distance, about
    10 standard deviations from the centre of a Gaussian: one hot pixel would otherwise
    decide the variance.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.preprocessing import _gaussian_mixture
    >>> rng = np.random.default_rng(0)
    >>> pixels = np.append(rng.normal(5, 1, 8000), rng.normal(1, 1, 2000))
    >>> mean, std, weight = _gaussian_mixture.fit_bright_gaussian(pixels)
    >>> round(mean, 1), round(std, 1), round(weight, 1)
    (5.0, 1.0, 0.8)
    """
    sample, centre, width = _histogram(np.asarray(pixels).ravel())
    mixture = _fit(sample, alpha, beta)
    return (
        float(centre + width * mixture.bright.item()),
        float(width * np.sqrt(mixture.variance.item())),
        float(mixture.weight.item()),
    )


def _ends(pixels):
    """Return the bulk of the pixels, widened by its own width on either side."""
    step = max(pixels.size // 2**16, 1)
    low, high = np.quantile(pixels[::step], [0.0005, 0.9995])
    if low == high:
        return float(pixels.min()), float(pixels.max())
    return 2 * low - high, 2 * high - low


def _histogram(pixels):
    """Return the sample, and the mean and standard deviation it was scaled by."""
    low, high = _ends(pixels)
    count, total = np.zeros((2, _N_BINS))
    square = 0.0
    # A part at a time stays in the cache.
    for start in range(0, pixels.size, _PART):
        part = pixels[start : start + _PART].astype(np.float64)
        part = np.clip(part, low, high) - low
        position = (part * (_N_BINS / (high - low))).astype(np.intp)
        position = np.minimum(position, _N_BINS - 1)
        count += np.bincount(position, minlength=_N_BINS)
        total += np.bincount(position, weights=part, minlength=_N_BINS)
        square += part @ part
    centre = total.sum() / pixels.size
    width = np.sqrt(square / pixels.size - centre**2)
    filled = count > 0
    values = (total[filled] / count[filled] - centre) / width
    sample = _Sample(values, count[filled] / pixels.size, pixels.size)
    return sample, low + centre, width


def _fit(sample, alpha, beta):
    """Return the mixture of greatest posterior density over all starts."""
    # Share of each bin above the quantile 1 - w; it cuts one bin in two.
    above = np.cumsum(sample.shares) - (1 - _STARTING_WEIGHTS[:, None])
    bright = np.clip(above / sample.shares, 0, 1)
    mixture = _maximise(bright, sample, alpha, beta)
    for _ in range(_N_STEPS):
        mixture = _em_step(mixture, sample, alpha, beta)
    best = np.argmax(_log_posterior(mixture, sample, alpha, beta))
    mixture = _Mixture(*(part[[best]] for part in mixture))
    mixture = _polish(mixture, sample, alpha, beta)
    single = _Mixture(*(np.full((1, 1), part) for part in (1.0, 0.0, 0.0, 1.0)))
    return max(single, mixture, key=lambda m: _log_posterior(m, sample, alpha, beta))


def _polish(mixture, sample, alpha, beta):
    """Return the optimum near a mixture; EM only creeps to it at great overlap."""
    weight, bright, dark, variance = (part.item() for part in mixture)
    optimum = minimize(
        _loss,
        (logit(weight), bright, dark, np.log(variance)),
        args=(sample, alpha, beta),
        jac=True,
        method="L-BFGS-B",
        # Means on either side of the common mean 0 keep the names bright and dark.
        bounds=[(-25, 25), (0, None), (None, 0), (np.log(_LEAST_VARIANCE), 0)],
        options={"ftol": 1e-15, "gtol": 1e-9},
    )
    return _from_vector(optimum.x)


def _from_vector(vector):
    weight, bright, dark, log_variance = np.reshape(vector, (4, 1, 1))
    return _Mixture(expit(weight), bright, dark, np.exp(log_variance))


def _loss(vector, sample, alpha, beta):
    """Return the negative log posterior per pixel, and its gradient."""
    mixture = _from_vector(vector)
    weight, bright, dark, variance = (part.item() for part in mixture)
    loss = -_log_posterior(mixture, sample, alpha, beta).item() / sample.n_pixels
    share, moment = _sums(_responsibility(mixture, sample), sample)
    share, moment = share.item(), moment.item()
    prior = (alpha - 1) * (1 - weight) - (beta - 1) * weight
    square = (
        1 - 2 * moment * (bright - dark) + share * bright**2 + (1 - share) * dark**2
    )
    ascent = [
        share - weight + prior / sample.n_pixels,
        (moment - share * bright) / variance,
        -(moment + (1 - share) * dark) / variance,
        (square / variance - 1) / 2,
    ]
    return loss, -np.array(ascent)


def _em_step(mixture, sample, alpha, beta):
    return _maximise(_responsibility(mixture, sample), sample, alpha, beta)


def _responsibility(mixture, sample):
    """E-step: probability of the brighter component for each bin."""
    weight, bright, dark, variance = mixture
    slope = (bright - dark) / variance
    return expit(logit(weight) + slope * (sample.values - (bright + dark) / 2))


def _sums(responsibility, sample):
    """Mean over the pixels of the responsibility, alone and times the value."""
    values, shares, _ = sample
    share = (responsibility @ shares)[:, None]
    # Keeps an emptied component from dividing by zero; its share means < 1 pixel.
    share = np.clip(share, 1e-9, 1 - 1e-9)
    return share, (responsibility @ (shares * values))[:, None]


def _maximise(responsibility, sample, alpha, beta):
    """M-step, given the responsibility of the brighter component for each bin."""
    share, moment = _sums(responsibility, sample)
    n = sample.n_pixels
    # The pixels have mean 0 and variance 1, which fixes the darker component's sums.
    bright, dark = moment / share, -moment / (1 - share)
    variance = 1 - moment**2 / (share * (1 - share))
    weight = (alpha + n * share - 1) / (alpha + beta + n - 2)
    return _Mixture(weight, bright, dark, np.maximum(variance, _LEAST_VARIANCE))


def _log_posterior(mixture, sample, alpha, beta):
    """Log of likelihood times prior density of the weight, shape (n_starts,)."""
    weight, bright, dark, variance = mixture
    values, shares, n = sample
    # A single Gaussian has a darker component of weight 0, whose log is -inf.
    with np.errstate(divide="ignore"):
        log_dark = np.log1p(-weight) - (values - dark) ** 2 / (2 * variance)
    log_bright = np.log(weight) - (values - bright) ** 2 / (2 * variance)
    # The pixels of a bin have a variance that its mean does not show.
    within = 1 - shares @ values**2
    mean_log_likelihood = (
        np.logaddexp(log_bright, log_dark) @ shares
        - (np.log(2 * np.pi * variance) + within / variance).ravel() / 2
    )
    weight = weight.ravel()
    log_prior = xlogy(alpha - 1, weight) + xlog1py(beta - 1, -weight)
    return n * mean_log_likelihood + log_prior - betaln(alpha, beta)
