"""How good a model is on images that are kept apart from its training."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.peaks._peaks import smooth
from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.topaz._labelled_images import LabelledImages
from pusklearn.topaz._messages import say
from pusklearn.topaz._training_curve import rates

MOST_PIXELS = 2**25


def test_row(
    maps: Iterable[Micrograph],
    test: LabelledImages,
    radius: float,
    smoothing: float,
    zero: float,
) -> dict[str, Any]:
    """Return the values of the row "test" of a curve.

    A pixel is chosen if its smoothed score, which a pick there would have, is above 0.
    It is a positive if it lies within the label radius of a particle; pixels of
    particles that are not labelled count as wrong. Of more than 2**25 pixels, evenly
    spaced ones count.

    Parameters
    ----------
    maps : iterable of Micrograph
        The score map of each image.
    test : LabelledImages
        The images and their particles.
    radius : float
        The label radius.
    smoothing : float
        Standard deviation of the Gaussian that smooths the maps.
    zero : float
        What scores are written less.

    Returns
    -------
    dict of str to float
        ``loss``, the mean logistic loss of a pixel, ``precision``, ``tpr`` and ``fpr``
        of the pixels chosen, and ``auprc``, the average precision of all. It is empty
        if no labelled pixel is there, which is said.
    """
    labels = TiledRegions(test.images, 1).labels(test.particles, radius)
    scores = np.concatenate([smooth(m, smoothing).ravel() - zero for m in maps])
    step = -(-len(scores) // MOST_PIXELS)
    labels, scores = labels[::step].astype(bool), scores[::step]
    there = np.isfinite(scores)
    labels, scores = labels[there], scores[there]
    if not labels.any():
        say("Warning: no particle of the test images can be used; nothing is measured.")
        return {}
    chosen = scores > 0
    counts = (labels & chosen).sum(), labels.sum(), chosen.sum(), len(labels)
    return {
        "loss": float(np.logaddexp(0, np.where(labels, -scores, scores)).mean()),
        **rates(*map(float, counts)),
        "auprc": float(average_precision_score(labels, scores)),
    }
