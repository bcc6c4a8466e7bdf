"""Peaks of a score map against the plain greedy search.

python benchmarks/peaks_speed.py
"""

import numpy as np
from scipy.ndimage import gaussian_filter
from speed_row import Row, as_table, bytes_per_second, seconds, timed

from pusklearn import PeakExtractor

SIZE = 1024
RADIUS = 13.5


def reference(scores, radius):
    """Take the best local maximum, blot out the disc around it, and so on."""
    left = np.full(scores.shape, -np.inf)
    for y, x in np.ndindex(scores.shape):
        near = scores[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]
        if scores[y, x] == near.max() and scores[y, x] > near.min():
            left[y, x] = scores[y, x]
    rows, columns = np.ogrid[: scores.shape[0], : scores.shape[1]]
    peaks = []
    while left.max() > -np.inf:
        y, x = np.unravel_index(left.argmax(), left.shape)
        peaks.append((x, y, left[y, x]))
        left[(rows - y) ** 2 + (columns - x) ** 2 <= radius**2] = -np.inf
    return np.array(peaks, float)


def make_map(size=SIZE):
    """Smooth noise, which has a peak wherever there is room for one."""
    noise = np.random.default_rng(0).normal(size=(size, size))
    return gaussian_filter(noise, 2).astype(np.float32)


def measure():
    """Return the row."""
    scores = make_map()
    expected, naive = timed(lambda: reference(scores, RADIUS))
    extractor = PeakExtractor(RADIUS).fit([scores])
    (picks,) = extractor.predict([scores])
    same = "the same set" if np.array_equal(picks, expected) else "DIFFERENT SETS"
    row = Row(
        f"peaks, {SIZE} x {SIZE} map, {len(expected):,} picks",
        seconds(lambda: extractor.predict([scores])),
        naive,
        "a loop over the pixels, and one over the picks",
        scores.nbytes / bytes_per_second(),
        "the map read once",
        "<= 50 ms",
        same,
    )
    return [row]


if __name__ == "__main__":
    print(as_table(measure()))
