"""A classifier of labelled positives and unlabeled samples, as a prior asks for."""

from typing import Any

from sklearn.base import clone

ESTIMATING = "estimating the prior"


def make_nontraditional_classifier(
    classifier: Any, seed: int, max_epochs: int = 1
) -> Any:
    """Return a clone that quickly learns positives against unlabeled samples."""
    # A prior of one half gives both kinds the same weight, however few the positives.
    return clone(classifier).set_params(
        criterion="pn",
        prior=0.5,
        scheme="case-control",
        pos_label=None,
        reconstruction_weight=0.0,
        max_epochs=max_epochs,
        callbacks=None,
        validation_fraction=0.0,
        random_state=seed,
        verbose=0,
    )
