"""The network that tells labelled positives from unlabeled samples."""

from sklearn.base import clone


def make_probe(classifier, seed, max_epochs=1):
    """Return a quick classifier of the same network, positives against unlabeled."""
    # A prior of one half gives both kinds the same weight, however few the positives.
    return clone(classifier).set_params(
        criterion="pn",
        prior=0.5,
        scheme="case-control",
        pos_label=None,
        reconstruction_weight=0.0,
        max_epochs=max_epochs,
        callbacks=None,
        random_state=seed,
        verbose=0,
    )
