"""The histogram of the scores with its parts, as data and as a picture."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

N_BINS = 72
WIDTH, HEIGHT, BELOW = 720, 190, 24
# Less probable peaks are not drawn and not shown: nobody picks them.
LEAST_PROBABILITY = 0.002
# The colours where no style sheet says others.
FILLS = {"signal": "#2f81c7", "noise": "#c9b28c", "peaks": "#2f81c7"}
TICKS = (0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99)


class ScoreHistogram(NamedTuple):
    """How many peaks there are, by their score.

    Attributes
    ----------
    edges : ndarray of shape (n_bins + 1,)
        Peaks beyond the first or the last edge count in the first or the last bin.
    counts : ndarray of shape (n_bins,)
        The number of peaks.
    signal : ndarray of shape (n_bins,) or None
        The sum of their probabilities; None if the scores tell no probability.
    """

    edges: NDArray[np.float64]
    counts: NDArray[np.float64]
    signal: NDArray[np.float64] | None

    @property
    def noise(self) -> NDArray[np.float64] | None:
        """The sum of what the probabilities lack of 1; None without probabilities."""
        return None if self.signal is None else self.counts - self.signal


def score_histogram(
    scores: NDArray, are_log_odds: bool, n_bins: int = N_BINS
) -> ScoreHistogram:
    """Count peaks by their scores.

    Parameters
    ----------
    scores : ndarray of shape (n_peaks,)
        The scores of all peaks.
    are_log_odds : bool
        Whether the score is the log-odds that a peak is a particle.
    n_bins : int, default=72
        The number of bins.

    Returns
    -------
    ScoreHistogram
        The counts. Peaks whose probability is below 0.002 are left out.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.report._score_histogram import score_histogram
    >>> histogram = score_histogram(np.array([-1.0, 0.0, 1.0]), are_log_odds=True)
    >>> float(histogram.counts.sum()), round(float(histogram.signal.sum()), 6)
    (3.0, 1.5)
    """
    scores = np.asarray(scores, float)
    low, high = _limits(scores, are_log_odds)
    if are_log_odds:
        scores = scores[scores >= logit(LEAST_PROBABILITY)]
    edges = np.linspace(low, high, n_bins + 1)
    inside = np.clip(scores, low, high)
    counts, _ = np.histogram(inside, edges)
    signal = None
    if are_log_odds:
        signal, _ = np.histogram(inside, edges, weights=expit(scores))
    return ScoreHistogram(edges, counts.astype(float), signal)


def _limits(scores, are_log_odds):
    if are_log_odds:
        top = float(np.max(scores, initial=3.0))
        return float(logit(LEAST_PROBABILITY)), float(np.clip(np.ceil(top), 4, 9))
    if not len(scores):
        return 0.0, 1.0
    low, high = float(scores.min()), float(scores.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def histogram_svg(
    histogram: ScoreHistogram, cut: float | None = None, width: str | None = None
) -> str:
    """Draw a histogram.

    Parameters
    ----------
    histogram : ScoreHistogram
        The counts.
    cut : float or None, default=None
        A score at which a line is drawn.
    width : str or None, default=None
        Its width, such as "20em"; None leaves it to the style of the page.

    Returns
    -------
    str
        An element ``svg``. Its classes tell the parts: "signal", "noise", "peaks".
    """
    # Noise of low scores may be a hundred times as much as all the rest.
    top = _top(histogram)
    parts = [
        f'<svg class="histogram" viewBox="0 0 {WIDTH} {HEIGHT + BELOW}" role="img" '
        f'aria-label="{_label(histogram)}"'
        + (">" if width is None else f' style="width:{width}">')
    ]
    if histogram.signal is None:
        parts += _bars(np.zeros_like(histogram.counts), histogram.counts, top, "peaks")
    else:
        parts += _bars(np.zeros_like(histogram.counts), histogram.signal, top, "signal")
        parts += _bars(histogram.signal, histogram.noise, top, "noise")
    parts += _cut_off_bars(histogram.counts, top)
    parts.append(f'<path class="axis" stroke="#999" d="M0 {HEIGHT}H{WIDTH}"/>')
    parts += _ticks(histogram)
    if cut is not None:
        x = _place(histogram.edges, np.clip(cut, *histogram.edges[[0, -1]]))
        parts.append(f'<path class="cut" stroke="#c0392b" d="M{x:.1f} 0V{HEIGHT}"/>')
    return "".join([*parts, "</svg>"])


def _top(histogram):
    counts = histogram.counts
    if histogram.signal is None:
        ordered = np.sort(counts)
        return max(1.0, min(ordered[-1], 3 * ordered[int(len(ordered) * 0.8)]))
    # The noise that lies below a probability of 0.1 may leave the picture.
    middle = counts[histogram.edges[:-1] > logit(0.1)]
    return max(1.0, 1.15 * float(np.max(middle, initial=histogram.signal.max())))


def _bars(below, counts, top, name):
    """Return one path with a rectangle for each bin."""
    width = WIDTH / len(counts)
    shapes = []
    for place, (start, count) in enumerate(zip(below, counts, strict=True)):
        first = HEIGHT * (1 - min(start / top, 1.0))
        last = HEIGHT * (1 - min((start + count) / top, 1.0))
        if first - last > 0.05:
            left, right = place * width + 0.5, (place + 1) * width - 0.5
            shapes.append(f"M{left:.1f} {first:.1f}H{right:.1f}V{last:.1f}H{left:.1f}z")
    if not shapes:
        return []
    return [f'<path class="{name}" fill="{FILLS[name]}" d="{"".join(shapes)}"/>']


def _cut_off_bars(counts, top):
    """Return a small sign over each bar that is longer than the picture is high."""
    width = WIDTH / len(counts)
    lefts = np.flatnonzero(counts > top) * width
    signs = "".join(
        f"M{x + 2:.1f} 7L{x + width / 2:.1f} 1L{x + width - 2:.1f} 7z" for x in lefts
    )
    return [f'<path class="more" fill="#777" d="{signs}"/>'] if signs else []


def _ticks(histogram):
    low, high = histogram.edges[[0, -1]]
    if histogram.signal is not None:
        ticks = [(float(logit(p)), f"{p:g}") for p in TICKS]
    else:
        ticks = [(float(v), f"{v:.3g}") for v in np.linspace(low, high, 7)[1:-1]]
    places = [
        (_place(histogram.edges, value), text)
        for value, text in ticks
        if low < value < high
    ]
    style = f'y="{HEIGHT + 17}" text-anchor="middle" font-size="13" fill="#777"'
    return [f'<text x="{x:.1f}" {style}>{text}</text>' for x, text in places]


def _place(edges, value):
    return float((value - edges[0]) / (edges[-1] - edges[0]) * WIDTH)


def _label(histogram):
    n_peaks = histogram.counts.sum()
    if histogram.signal is None:
        return f"Histogram of the scores of {n_peaks:.0f} peaks"
    return (
        f"Histogram of the probabilities of {n_peaks:.0f} peaks, of which "
        f"{histogram.signal.sum():.0f} are expected to be particles"
    )
