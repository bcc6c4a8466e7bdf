"""A `RegionScorer` whose classifier is fitted already."""

from typing import Any


def fit_with_classifier(scorer: Any, classifier: Any) -> Any:
    """Fit a `RegionScorer` with a fitted classifier, and return it.

    Parameters
    ----------
    scorer : RegionScorer
        The scorer.
    classifier : PUClassifier
        The fitted classifier, whose network tells the size of a region.
    """
    scorer.classifier_ = classifier
    scorer.region_size_ = classifier.sample_shape_[0]
    scorer.prior_ = None
    scorer.particles_per_micrograph_ = scorer.particles_per_micrograph
    scorer.particles_per_micrograph_interval_ = None
    scorer.expected_share_ = None
    scorer.label_radius_ = scorer.label_radius
    # There are no training micrographs that others could differ from.
    scorer.pixel_sizes_ = None
    # No regions tell how the network could do with fewer products.
    scorer.subspaces_ = []
    scorer.contrast_ = None
    return scorer
