"""A mixture of two Gaussians of equal variance, fitted to the pixels of an image."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, expit, logit, xlog1py, xlogy

_N_BINS = 1024
_PART = 2**15
_N_STEPS = 100
# Least variance of a component, as a share of the variance of all pixels; an image of
# only two values would otherwise have components without variance.
_LEAST_VARIANCE = 1e-6
LEAST_BACKGROUND = 0.4
# A brighter Gaussian of less than this is outliers, neither ice nor protein.
MOST_OUTLYING = 0.1
_STARTING_WEIGHTS = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98])


class _Mixture(NamedTuple):
    """Parameters of mixtures; arrays of shape (n_starts, 1)."""

    weight: NDArray[np.float64]
    bright: NDArray[np.float64]
    dark: NDArray[np.float64]
    variance: NDArray[np.float64]


class _Sample(NamedTuple):
    """A histogram of pixels of mean 0 and variance 1: mean and share of each bin."""

    values: NDArray[np.float64]
    shares: NDArray[np.float64]
    n_pixels: int


def fit_bright_gaussian(
    pixels: ArrayLike, alpha: float = 900.0, beta: float = 1.0
) -> tuple[float, float, float]:
    """Fit two Gaussians of equal variance and return the brighter one.

    The weight ``w`` of the brighter component has a Beta(alpha, beta) prior. MAP
    estimation by EM starts from 12 weights: 0.1, 0.2 to 0.9, 0.95, 0.98 and 1. The
    weight 1 is a single Gaussian; otherwise the darkest share ``1 - w`` of the pixels
    starts as the darker component. The greatest posterior density wins.

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
    Let ``b``, ``d`` and ``v`` be the mean of the brighter component, that of the darker
    component and the variance. As the variances are equal, the quadratic terms of the
    two log densities cancel out, and the responsibility of the brighter component for a
    pixel ``x`` is a logistic function::

        r(x) = expit(logit(w) + (b - d) / v * (x - (b + d) / 2))

    It hardly changes within one of 1024 bins, so a histogram with the mean of each bin
    gives the sums of EM. Each start takes 100 EM steps; the best then goes on to its
    optimum by L-BFGS. Let the pixels be scaled to mean 0 and variance 1, and let ``s``
    and ``m`` be the means of ``r(x)`` and ``r(x) * x``. The darker component has the
    rest of both, ``1 - s`` and ``-m``, so an M-step over ``n`` pixels is::

        b = m / s        d = -m / (1 - s)        v = 1 - s b**2 - (1 - s) d**2
        w = (alpha - 1 + n s) / (alpha + beta - 2 + n)

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
    bright, _, std, weight = _fit_pixels(pixels, alpha, beta)
    return bright, std, weight


def fit_background_gaussian(
    pixels: ArrayLike, alpha: float = 900.0, beta: float = 1.0
) -> tuple[float, float, float, float]:
    """Fit two Gaussians of equal variance and return that of the background.

    It is the brighter one of `fit_bright_gaussian`, unless that has less than 40 % of
    the pixels: holes in the ice, or particles of inverted micrographs, are bright. If
    it has less than 10 %, the pixels that belong to it are left out, and the others
    are fitted once more.

    Parameters
    ----------
    pixels : array-like
        The pixels, finite and not all equal.
    alpha, beta : float, default=900.0, 1.0
        Parameters of the prior of the weight of the brighter one, both >= 1.

    Returns
    -------
    mean, std, weight : float
        Those of the Gaussian of the background.
    distance : float
        How far the mean of the other one lies from it, in standard deviations.
    """
    bright, dark, std, weight = _fit_pixels(pixels, alpha, beta)
    distance = (bright - dark) / std
    if weight >= LEAST_BACKGROUND:
        return bright, std, weight, distance
    if weight < MOST_OUTLYING:
        dark, std = _fit_below(pixels, bright, dark, std, weight, alpha, beta)
    return dark, std, 1 - weight, distance


def _fit_below(pixels, bright, dark, std, weight, alpha, beta):
    """Return the mean and the deviation of the background without the bright pixels.

    One of the two Gaussians went to the bright pixels, so protein had none.
    """
    distance = (bright - dark) / std
    cut = (bright + dark) / 2 - logit(weight) * std / distance
    pixels = np.asarray(pixels)
    rest = pixels[pixels < cut]
    if not rest.size or rest.min() == rest.max():
        return dark, std
    below, _, std_below, share = _fit_pixels(rest, alpha, beta)
    return (below, std_below) if share >= LEAST_BACKGROUND else (dark, std)


def _fit_pixels(pixels, alpha, beta):
    """Return the means of both Gaussians, their deviation and the brighter's weight."""
    sample, centre, width = _histogram(np.asarray(pixels).ravel())
    mixture = _fit(sample, alpha, beta)
    weight, bright, dark, variance = (part.item() for part in mixture)
    return (
        float(centre + width * bright),
        float(centre + width * dark),
        float(width * np.sqrt(variance)),
        float(weight),
    )


def _ends(pixels):
    """Return the bulk of the pixels, widened by its own width on either side.

    The bulk lies between the quantiles 0.0005 and 0.9995, which are 3.3 standard
    deviations from the centre of a Gaussian; so the ends are about 10 from it::

        low - (high - low)      low [-- bulk --] high      high + (high - low)
    """
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
    # One part of the pixels at a time stays in the cache of the processor.
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
    bright = _starting_responsibilities(sample.shares, _STARTING_WEIGHTS)
    mixture = _maximise(bright, sample, alpha, beta)
    for _ in range(_N_STEPS):
        mixture = _em_step(mixture, sample, alpha, beta)
    best = np.argmax(_log_posterior(mixture, sample, alpha, beta))
    mixture = _Mixture(*(part[[best]] for part in mixture))
    mixture = _polish(mixture, sample, alpha, beta)
    single = _Mixture(*(np.full((1, 1), part) for part in (1.0, 0.0, 0.0, 1.0)))
    return max(single, mixture, key=lambda m: _log_posterior(m, sample, alpha, beta))


def _starting_responsibilities(shares, weights):
    """Return 1 for the brightest share ``w`` of the pixels, else 0, for each bin.

    The quantile ``1 - w`` cuts one bin in two, which gets the share above the cut::

        shares    [  .3  |  .3  |  .4  ]      w = .5
        result    [   0  |  1/3 |   1  ]
    """
    above = np.cumsum(shares) - (1 - weights[:, None])
    return np.clip(above / shares, 0, 1)


def _polish(mixture, sample, alpha, beta):
    """Return the optimum near a mixture; at great overlap, EM approaches it slowly."""
    weight, bright, dark, variance = (part.item() for part in mixture)
    optimum = minimize(
        _loss,
        (logit(weight), bright, dark, np.log(variance)),
        args=(sample, alpha, beta),
        jac=True,
        method="L-BFGS-B",
        # The common mean is 0. Means on either side of it keep their names.
        bounds=[(-25, 25), (0, None), (None, 0), (np.log(_LEAST_VARIANCE), 0)],
        options={"ftol": 1e-15, "gtol": 1e-9},
    )
    return _from_vector(optimum.x)


def _from_vector(vector):
    weight, bright, dark, log_variance = np.reshape(vector, (4, 1, 1))
    return _Mixture(expit(weight), bright, dark, np.exp(log_variance))


def _loss(vector, sample, alpha, beta):
    """Return the negative log posterior per pixel, and its gradient.

    The vector is ``logit(w), b, d, log(v)``. With ``s`` and ``m`` as in
    `fit_bright_gaussian`, and with the responsibilities held fixed, as Fisher's
    identity allows, the posterior per pixel ascends by::

        logit(w):  s - w + ((alpha - 1) (1 - w) - (beta - 1) w) / n
        b:         (m - s b) / v
        d:         (-m - (1 - s) d) / v
        log(v):    (q / v - 1) / 2

    Here ``q``, the mean of ``r (x - b)**2 + (1 - r) (x - d)**2``, expands to
    ``1 - 2 m (b - d) + s b**2 + (1 - s) d**2``, as the mean of ``x**2`` is 1.
    """
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
    """Return the means of the responsibility, and of it times the value, over pixels.

    They are ``s`` and ``m`` in `fit_bright_gaussian`.
    """
    values, shares, _ = sample
    share = (responsibility @ shares)[:, None]
    # An empty component would divide by zero; this share means less than 1 pixel.
    share = np.clip(share, 1e-9, 1 - 1e-9)
    return share, (responsibility @ (shares * values))[:, None]


def _maximise(responsibility, sample, alpha, beta):
    """M-step, given the responsibility of the brighter component for each bin."""
    share, moment = _sums(responsibility, sample)
    n = sample.n_pixels
    bright, dark = moment / share, -moment / (1 - share)
    # s b**2 + (1 - s) d**2 in one term.
    variance = 1 - moment**2 / (share * (1 - share))
    weight = (alpha + n * share - 1) / (alpha + beta + n - 2)
    return _Mixture(weight, bright, dark, np.maximum(variance, _LEAST_VARIANCE))


def _log_posterior(mixture, sample, alpha, beta):
    """Return log likelihood plus log prior density of the weight, shape (n_starts,).

    The pixels of a bin scatter about its mean. Both components lose
    ``scatter / (2 v)`` by it, as their variances are equal; averaged over all bins, the
    scatter is 1 less the variance of the bins' means.
    """
    weight, bright, dark, variance = mixture
    values, shares, n = sample
    # A single Gaussian has a darker component of weight 0, whose log is -inf.
    with np.errstate(divide="ignore"):
        log_dark = np.log1p(-weight) - (values - dark) ** 2 / (2 * variance)
    log_bright = np.log(weight) - (values - bright) ** 2 / (2 * variance)
    scatter = 1 - shares @ values**2
    mean_log_likelihood = (
        np.logaddexp(log_bright, log_dark) @ shares
        - (np.log(2 * np.pi * variance) + scatter / variance).ravel() / 2
    )
    weight = weight.ravel()
    log_prior = xlogy(alpha - 1, weight) + xlog1py(beta - 1, -weight)
    return n * mean_log_likelihood + log_prior - betaln(alpha, beta)
