"""Learn from simulation what the scores of a general network tell.

The network picks simulated micrographs that it has not learnt from, by the very steps
of `general_picker`. Among picks of about the same score, a share are particles: a curve
of a few lines tells it, and is written into the file of the network, whose weights stay
as they are. The same command gives the same curve on the same machine.
"""

import warnings
from functools import partial

import numpy as np
import torch
from general_mixture import SIZE, photograph
from joblib import Parallel, delayed
from resumable import FLAG, FOLDER, NUMBER, parse
from scipy.optimize import minimize
from scipy.special import expit
from tqdm import tqdm

from pusklearn import general_picker
from pusklearn.micrographs.general._general_calibration import (
    GeneralCalibration,
    rounded,
)
from pusklearn.micrographs.general._general_classifier import specification
from pusklearn.micrographs.general._general_network import (
    SHIPPED,
    read_general_network,
    write_general_network,
)
from pusklearn.micrographs.peaks._match_scores import match_scores

# The network learns from the micrographs with smaller numbers.
FIRST = 100_000
# The curve bends at scores of equal distances, from one share of the scores to another.
N_KNOTS, LEAST, GREATEST = 11, 0.02, 0.995
# How much a bend costs, in nats per pick.
STIFFNESS = 1e-3
# Before anything is seen of a micrograph, its log-odds may be so much greater or less,
# and the logarithm of their slope.
DOUBTS = np.array([2.0, 0.5])
N_KEPT = 40
OPTIONS = {
    "--out": FOLDER | {"default": SHIPPED, "help": "file of the network"},
    "--calibration-micrographs": NUMBER | {"default": 400},
    "--jobs": NUMBER | {"default": 1, "help": "processes that simulate and pick"},
    "--quick": FLAG | {"help": "few and small micrographs, in seconds"},
}


def calibrate(path, n_micrographs, size=SIZE, jobs=1):
    """Write into the file of a network what its scores tell."""
    network = read_general_network(path)
    one = partial(scores_and_hits, weights=path, size=size)
    found = Parallel(jobs, return_as="generator")(
        delayed(one)(FIRST + number) for number in range(n_micrographs)
    )
    pairs = list(tqdm(found, "calibrating", n_micrographs))
    write_general_network(
        path,
        specification(network),
        network.weights,
        prior=network.prior,
        diameter=network.diameter,
        least_diameter=network.least_diameter,
        greatest_diameter=network.greatest_diameter,
        step=network.step,
        made_by=network.made_by,
        calibration=learnt_from(pairs),
    )


def scores_and_hits(number, weights, size):
    """Return the scores of all picks of a micrograph, and which of them are hits."""
    torch.set_num_threads(1)
    example = photograph(number, size, is_usual=True)
    picker = general_picker(example.diameter, weights=weights, calibrate=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        [picks] = picker.predict([example.pixels])
    radius = picker["extract"].match_radius
    return picks[:, 2], hits_among(picks, example.centres, radius)


def hits_among(picks, particles, radius):
    """Tell which picks find one particle more than the picks above them."""
    return np.isin(picks[:, 2], match_scores([picks], [particles], radius))


def learnt_from(pairs):
    """Return the calibration that scores and hits of micrographs tell."""
    scores, hits = map(np.concatenate, zip(*pairs, strict=True))
    knots = np.linspace(*np.quantile(scores, [LEAST, GREATEST]), N_KNOTS)
    knots = np.array(rounded(knots))
    log_odds = rounded(fit_curve(scores, hits, knots))
    lines = [line_of(on_curve(part, knots, log_odds), hit) for part, hit in pairs]
    offsets, slopes = kept_of(np.array(lines)).T
    return GeneralCalibration(
        *(tuple(knots.tolist()), log_odds, rounded(offsets), rounded(slopes))
    ).checked()


def fit_curve(scores, hits, knots):
    """Return the log-odds at knots: the rising curve of greatest likelihood."""
    lengths = np.diff(knots)
    parts = lengths_below(scores, knots)

    def loss(parameters):
        first, steepness = parameters[0], np.exp(parameters[1:])
        log_odds = first + parts @ steepness
        bends = np.diff(parameters[1:])
        errors = (expit(log_odds) - hits) / len(hits)
        gradient = np.append(errors.sum(), steepness * (errors @ parts))
        gradient[1:-1] -= 2 * STIFFNESS * bends
        gradient[2:] += 2 * STIFFNESS * bends
        surprise = np.mean(np.logaddexp(0, log_odds) - hits * log_odds)
        return surprise + STIFFNESS * np.sum(bends**2), gradient

    start = np.append(-0.5 * lengths.sum(), np.zeros(len(lengths)))
    best = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return best[0] + np.append(0, np.cumsum(np.exp(best[1:]) * lengths))


def lengths_below(scores, knots):
    """Return how far each score lies above the first knot, a column for each line.

    The first and the last line go on beyond the knots.
    """
    start, end = knots[:-1].copy(), knots[1:].copy()
    start[0], end[-1] = -np.inf, np.inf
    return np.clip(scores[:, None], start, end) - knots[:-1]


def on_curve(scores, knots, log_odds):
    """Return the log-odds of scores."""
    steepness = np.diff(log_odds) / np.diff(knots)
    return log_odds[0] + lengths_below(scores, knots) @ steepness


def line_of(log_odds, hits):
    """Return offset and slope: what a micrograph makes of the log-odds of the curve."""

    def loss(parameters):
        offset, slope = parameters[0], np.exp(parameters[1])
        moved = offset + slope * log_odds
        errors = expit(moved) - hits
        gradient = np.array([errors.sum(), slope * (errors @ log_odds)])
        surprise = np.sum(np.logaddexp(0, moved) - hits * moved)
        return (
            surprise + np.sum((parameters / DOUBTS) ** 2) / 2,
            gradient + parameters / DOUBTS**2,
        )

    offset, steepness = minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B").x
    return offset, np.exp(steepness)


def kept_of(lines):
    """Return some of the lines, in the order of their offsets, that stand for all."""
    lines = lines[np.argsort(lines[:, 0], kind="stable")]
    n_kept = min(N_KEPT, len(lines))
    return lines[((np.arange(n_kept) + 0.5) / n_kept * len(lines)).astype(int)]


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    n_micrographs, size = options.calibration_micrographs, SIZE
    if options.quick:
        n_micrographs, size = 3, 160
    calibrate(options.out, n_micrographs, size, options.jobs)


if __name__ == "__main__":
    main()
