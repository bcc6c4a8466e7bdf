"""Decision thresholds from held-out scores of labelled positives and unlabeled."""

import numpy as np
from scipy.stats import beta, binom

# The search for an FDR starts where a classifier without an error would pass with
# thrice the margin that it needs, so that chance seldom stops it there, but where that
# is too far down, within half of the best.
_START = (3, 0.5)


def recall_threshold(positives, level, confidence):
    """Highest threshold whose recall is promised, by split conformal prediction.

    With ``n`` held-out positives, the ``k``-th smallest of their scores misses a
    share of the population's positives that is distributed as Beta(k, n + 1 - k).

    Parameters
    ----------
    positives : ndarray of shape (n,)
        Held-out scores of labelled positives.
    level : float
        The recall, ``1 - alpha``, in (0, 1).
    confidence : float or None
        None takes ``k = floor(alpha * (n + 1))``: a new positive is found with
        probability `level`, and so is the mean recall over many fits. A number takes
        the largest ``k`` with ``P(Binomial(n, alpha) >= k) >= confidence``: the
        recall of this threshold is at least `level` with that probability.

    Returns
    -------
    float
        Positive is predicted of this score and above.

    Raises
    ------
    ValueError
        Where there are too few positives.
    """
    alpha, n = 1 - level, len(positives)
    # Rounding must not cost a rank: (1 - 0.9) * 10 is just below 1.
    if confidence is None:
        rank = int(alpha * (n + 1) * (1 + 1e-12))
    else:
        ranks = np.arange(1, n + 1)
        rank = int(np.sum(binom.sf(ranks - 1, n, alpha) >= confidence))
    if rank == 0:
        raise ValueError(
            f"threshold='recall:{level:g}' is out of reach with confidence="
            f"{confidence}: {_positives_needed(level, confidence)}. Got {n}. Hold more "
            "out with `cv`, label more positives, or lower the recall or `confidence`."
        )
    return float(np.sort(positives)[rank - 1])


def _positives_needed(level, confidence):
    """Say how many held-out positives a recall needs."""
    if level == 1:
        return "no number of held-out positives shows that none is missed"
    if confidence is None:
        n = np.ceil(1 / (1 - level) * (1 - 1e-12)) - 1
    else:
        n = np.ceil(np.log(1 - confidence) / np.log(level))
    return f"it needs at least {n:.0f} held-out positives"


def fdr_threshold(positives, unlabeled, priors, level, confidence, n_samples):
    """Lowest threshold whose false discovery rate is shown to be within a level.

    The rate in the population is ``1 - prior * r / q``, with ``r`` the recall and
    ``q`` the share predicted positive. It is within `level` where::

        (prior - (1 - level) * h) * r - (1 - level) * (1 - h) * q_unlabeled >= 0

    A threshold passes where the estimate of this exceeds its margin: those of ``r``,
    ``q_unlabeled`` and the labelled share ``h``, from one-sided Clopper-Pearson limits
    at `confidence`, added as squares (Zou and Donner). Thresholds are tried from the
    top down, from a rank that the counts alone fix, until one fails. So no correction
    for many tests is due: an error needs the first bad threshold to pass.

    Parameters
    ----------
    positives, unlabeled : ndarray
        Held-out scores.
    priors : Priors
        Of the whole data set.
    level : float
        The greatest false discovery rate, in (0, 1).
    confidence : float
        In (0, 1).
    n_samples : int
        Size of the whole data set, that ``h`` is known from.

    Returns
    -------
    float
        Positive is predicted of this score and above.

    Raises
    ------
    ValueError
        Where the first threshold fails already.
    """
    positives, unlabeled = np.sort(positives)[::-1], np.sort(unlabeled)
    n_positive, n_unlabeled = len(positives), len(unlabeled)
    counts = n_positive, n_unlabeled, n_samples
    ranks = np.arange(1, n_positive + 1)
    # With no false positive, the unlabeled above a threshold are the positives there.
    flawless = priors.unlabeled * ranks / n_positive * n_unlabeled
    surplus, margin = fdr_surplus(ranks, flawless, priors, level, confidence, counts)
    ratio = surplus / margin
    start = np.argmax(ratio >= min(_START[0], _START[1] * ratio.max()))
    found = n_positive - np.searchsorted(positives[::-1], positives, side="left")
    above = n_unlabeled - np.searchsorted(unlabeled, positives, side="left")
    # One positive less: the first bad threshold may lie just above that positive.
    surplus, margin = fdr_surplus(found - 1, above, priors, level, confidence, counts)
    passes = (surplus >= margin)[start:]
    if ratio.max() < 1 or not passes[0]:
        best = " even by a classifier without errors" if ratio.max() < 1 else ""
        raise ValueError(
            f"threshold='fdr:{level:g}' is out of reach with confidence={confidence:g}"
            f"{best}: {n_positive} positives and {n_unlabeled} unlabeled samples held "
            "out do not show such a rate. More samples, a better ranking, a greater "
            "rate or less confidence are needed."
        )
    n_passed = len(passes) if passes.all() else np.argmin(passes)
    return float(positives[start + n_passed - 1])


def fdr_surplus(n_found, n_above, priors, level, confidence, counts):
    """Estimate how far below a level the false discovery rate is, and its margin.

    Parameters
    ----------
    n_found, n_above : ndarray
        Positives, and unlabeled samples, predicted positive.
    priors, level, confidence
        As in `fdr_threshold`.
    counts : tuple of int
        Held-out positives, held-out unlabeled samples, and all samples.

    Returns
    -------
    surplus, margin : ndarray
        The rate is shown to be within the level where surplus >= margin.
    """
    n_positive, n_unlabeled, n_samples = counts
    prior, h = priors
    r, q = n_found / n_positive, n_above / n_unlabeled
    weight_r, weight_q = prior - (1 - level) * h, (1 - level) * (1 - h)
    margin_r = weight_r * (r - lower_limit(n_found, n_positive, confidence))
    margin_q = weight_q * (upper_limit(n_above, n_unlabeled, confidence) - q)
    # The derivative by h; a prior that is the labelled share moves with it.
    slope = (1 - level) * (q - r) + (r if prior == h else 0)
    margin_h = 0.0
    if h:
        n_labeled = h * n_samples
        low = h - lower_limit(n_labeled, n_samples, confidence)
        high = upper_limit(n_labeled, n_samples, confidence) - h
        margin_h = np.where(slope > 0, slope * low, slope * high)
    return weight_r * r - weight_q * q, np.sqrt(margin_r**2 + margin_q**2 + margin_h**2)


def lower_limit(n_hits, n, confidence):
    """One-sided lower limit of Clopper and Pearson for a share."""
    n_hits = np.asarray(n_hits, dtype=float)
    limit = beta.ppf(1 - confidence, np.maximum(n_hits, 1e-9), n - n_hits + 1)
    return np.where(n_hits > 0, limit, 0.0)


def upper_limit(n_hits, n, confidence):
    """One-sided upper limit of Clopper and Pearson for a share."""
    return 1 - lower_limit(n - np.asarray(n_hits), n, confidence)


def prior_threshold(positives, unlabeled, priors):
    """Threshold at which the predicted share of the population is the prior.

    Parameters
    ----------
    positives, unlabeled : ndarray
        Held-out scores.
    priors : Priors
        Of the whole data set.

    Returns
    -------
    float
        Midway between two scores, as near to the prior as ties allow.

    Raises
    ------
    ValueError
        Where all scores are equal.
    """
    scores, _, predicted = operating_points(positives, unlabeled, priors)
    if len(scores) == 1:
        raise ValueError(
            "threshold='prior' is out of reach: all held-out scores are equal "
            f"({scores[0]:g})."
        )
    return midway(scores, np.argmin(np.abs(predicted - priors.population)))


def f1_threshold(positives, unlabeled, priors):
    """Threshold of the greatest F1 score, ``2 * prior * r / (prior + q)``.

    Parameters
    ----------
    positives, unlabeled : ndarray
        Held-out scores.
    priors : Priors
        Of the whole data set.

    Returns
    -------
    float
        Midway between two scores; the highest of equally good ones.
    """
    scores, recall, predicted = operating_points(positives, unlabeled, priors)
    return midway(scores, np.argmax(recall / (priors.population + predicted)))


def operating_points(positives, unlabeled, priors):
    """Return distinct scores, falling, with the recall and predicted share of each."""
    scores = np.unique(np.concatenate([positives, unlabeled]))[::-1]
    recall, above = (
        1 - np.searchsorted(np.sort(part), scores, side="left") / len(part)
        for part in (positives, unlabeled)
    )
    return scores, recall, priors.labeled * recall + (1 - priors.labeled) * above


def midway(scores, last):
    """Return the middle between the last score above the threshold and the next."""
    if last == len(scores) - 1:
        return float(scores[last])
    middle = scores[last] / 2 + scores[last + 1] / 2
    # Neighbouring numbers, or an infinite score, have no middle.
    between = scores[last + 1] < middle <= scores[last]
    return float(middle if between else scores[last])
