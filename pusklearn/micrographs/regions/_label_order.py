"""Whether lists of labels fit other micrographs than their own."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.regions._label_evidence import bounded, middle_and_deviation
from pusklearn.micrographs.regions._label_sample import MOST_MICROGRAPHS, LabelSample
from pusklearn.micrographs.regions._label_transforms import LabelTransform, inside
from pusklearn.micrographs.regions._ring_features import (
    N_FEATURES,
    random_places,
    ring_features,
)

# Random places in each micrograph that lists of labels are compared with.
N_PLACES = 200


def other_orders(
    sample: LabelSample,
    micrographs: Sequence[Micrograph],
    coordinates: Sequence[NDArray],
    radius: int,
    rng: np.random.Generator,
) -> Iterator[tuple[LabelTransform, list[NDArray]]]:
    """Yield other orders of the lists of labels, and the labels of the sample then.

    Of at most 12 micrographs it is the order that fits best. Of more, each micrograph
    gets the list of the next one or of the one before.
    """
    n = len(micrographs)
    if n > MOST_MICROGRAPHS:
        for step, code in (
            (1, "coordinates[1:] + coordinates[:1]"),
            (-1, "coordinates[-1:] + coordinates[:-1]"),
        ):
            points = []
            for m, row, own in zip(
                sample.micrographs, sample.rows, sample.points, strict=True
            ):
                xy = np.asarray(coordinates[(row + step) % n], np.float64)
                chosen = np.sort(rng.permutation(len(xy))[: len(own)])
                points.append(inside(m, xy[chosen] / m.scale))
            yield reordering(code), points
    elif n > 1:
        order = best_order(sample, radius, rng)
        if order != list(range(n)):
            code = f"[coordinates[i] for i in {order}]"
            lists = [sample.points[i] for i in order]
            yield (
                reordering(code),
                [
                    inside(m, xy)
                    for m, xy in zip(sample.micrographs, lists, strict=True)
                ],
            )


def reordering(code: str) -> LabelTransform:
    """Return the transform that only gives each micrograph another list of labels."""
    return LabelTransform(
        "they belong to other micrographs, since the lists are in another order",
        code,
        lambda xy, height, width: xy,
    )


def best_order(sample: LabelSample, radius: int, rng: np.random.Generator) -> list[int]:
    """Return which list of labels fits each micrograph best, each list once."""
    places = [
        ring_features(m, random_places(m.shape, N_PLACES, rng), radius)
        for m in sample.micrographs
    ]
    background = np.concatenate(places)
    background = background[np.isfinite(background[:, 0])]
    middle, deviation = middle_and_deviation(background)
    background = bounded((background - middle) / deviation)
    inverse = np.linalg.inv(np.cov(background.T) + 0.05 * np.eye(N_FEATURES))
    centre = background.mean(axis=0)

    def strength(micrograph, xy):
        features = ring_features(micrograph, inside(micrograph, xy), radius)
        features = features[np.isfinite(features[:, 0])]
        if not len(features):
            return 0.0
        mean = bounded((features - middle) / deviation).mean(axis=0) - centre
        return len(features) * mean @ inverse @ mean - N_FEATURES

    strengths = [
        [strength(m, xy) if len(xy) else 0.0 for xy in sample.points]
        for m in sample.micrographs
    ]
    # Lists without labels stay where they are.
    own = 1e-6 * np.eye(len(strengths))
    _, columns = linear_sum_assignment(strengths + own, maximize=True)
    return columns.tolist()
