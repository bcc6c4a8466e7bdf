"""The lengths of a picker, and how many pixels a particle spans for its network."""

from typing import NamedTuple

from sklearn.pipeline import Pipeline

from pusklearn.micrographs.images._lengths import Length, parse_length
from pusklearn.micrographs.preprocessing._particle_span import check_spans
from pusklearn.micrographs.regions._covering_field import (
    LEAST_DIAMETER,
    RECEPTIVE_FIELDS,
)

Spans = tuple[float, float, float]

# The least, the best and the greatest number of pixels that a particle spans for the
# smallest network.
OF_SMALLEST_NETWORK: Spans = (LEAST_DIAMETER, 27, RECEPTIVE_FIELDS[0])
# The spans of a network that has seen particles of one size, by that size.
LEAST_SHARE = 0.72
GREATEST_SHARE = 1.5
# Picks are further apart than the first, and hit a particle within the second, in
# diameters.
PEAK_DISTANCE = 0.4
HIT_DISTANCE = 0.375


class Lengths(NamedTuple):
    """The lengths of a picker: pixels of the original micrograph, or angstrom.

    Attributes
    ----------
    label_radius : float or str
        Pixels within this distance of a labelled particle are positives. It is also the
        standard deviation of the Gaussian that smooths score maps.
    match_radius : float or str
        A pick within this distance of a particle is a hit.
    peak_distance : float or str
        Picks are further apart than this.
    """

    label_radius: float | str
    match_radius: float | str
    peak_distance: float | str


def lengths_from(diameter: Length, label_radius: float | str | None) -> Lengths:
    """Return the lengths that follow from the diameter of a particle."""
    # From a particle's centre outwards, in diameters:
    #   centre |-- 1/9 --|-------------- 0.375 --| 0.4 --|-------- 0.5: its edge
    #          labels, smoothing     a pick hits   next pick
    size = diameter.value
    lengths = Lengths(size / 9, HIT_DISTANCE * size, PEAK_DISTANCE * size)
    if diameter.is_angstrom:
        lengths = Lengths(*(f"{length!r}A" for length in lengths))
    if label_radius is None:
        return lengths
    given = parse_length(label_radius, "label_radius")
    radius = label_radius if given.is_angstrom else given.value
    return lengths._replace(label_radius=radius)


def width_after(
    diameter: Length, downsample: float | str, spans: Spans | None
) -> float | None:
    """Return how many pixels a particle spans after downsampling, at most.

    It is None for a diameter in angstrom and a factor that is a number: this shows when
    the micrographs are there.
    """
    if isinstance(downsample, str) and spans is not None:
        _, best, _ = spans
        return best if diameter.is_angstrom else min(best, diameter.value)
    return None if diameter.is_angstrom else diameter.value / float(downsample)


def spans_of(picker: Pipeline) -> Spans:
    """Return how many pixels a particle may span for the network of a fitted picker.

    They are those that its own training was given, if any. Otherwise the best is what
    a particle spanned in the training. A network that has seen particles of one size
    stands as much of a difference as the general network does.

    Parameters
    ----------
    picker : Pipeline
        A fitted picker. The diameter of its particles follows from its match radius;
        searches change the other lengths.

    Returns
    -------
    tuple of 3 float
        The least, the best and the greatest number of pixels.
    """
    downsampler, scorer = picker["downsample"], picker["score"]
    if downsampler.spans is not None:
        return check_spans(downsampler.spans)
    length, is_angstrom = parse_length(picker["extract"].match_radius, "match_radius")
    # The scorer was given the micrographs after downsampling.
    pixel = scorer.pixel_sizes_.most if is_angstrom else downsampler.factor
    width = length / HIT_DISTANCE / pixel
    return LEAST_SHARE * width, width, GREATEST_SHARE * width
