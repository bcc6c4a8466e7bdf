"""Save an estimator to a file that runs no code when it is opened."""

import os
from typing import Any

from pusklearn.pu._checks import check_is_estimator
from pusklearn.saving._archive import ESTIMATOR, write_archive
from pusklearn.saving._codec import pack


def save(estimator: Any, path: str | os.PathLike) -> None:
    """Save an estimator to one file that runs no code when it is opened.

    The file can be sent to others: `load` reads the estimator from it, and nothing that
    is in the file can run code on their machine. It is a zip of JSON and safetensors.
    The file is written whole or not at all.

    Parameters
    ----------
    estimator : estimator
        A picker, any estimator of this library, or one of scikit-learn, fitted or not.
        Estimators inside it are saved with it.
    path : str or path-like
        The file, usually with the suffix ".pusk". If there is one, it is replaced, and
        a link is replaced and not followed.

    Raises
    ------
    TypeError
        If `estimator` is not an estimator, or something in it cannot be carried: a
        class, function, network or callback of your own, or an object of another
        library. The message names it. ``joblib.dump`` writes such estimators; open its
        files only if you trust whoever wrote them.
    ValueError
        If an estimator inside has a folder as `memory`, or the file would be too large
        to be read again, or there is a folder, a pipe or a device in its place.
    OSError
        If the file cannot be written. An earlier file is then left as it was.

    See Also
    --------
    load : Loads the estimator.
    export_onnx : Writes the network for programs other than Python.

    Notes
    -----
    Parameters, everything that was learnt and random states are carried, and the
    predictions of the loaded estimator are the same to the bit on the same machine.
    Callbacks of skorch are carried as they were given: `EarlyStopping`, `EpochScoring`,
    `EpochTimer`, `GradientNormClipping` and `LRScheduler`. What is left out is the
    state of the optimizer in ``net_``; no ``fit`` goes on from it, also not with
    ``warm_start=True``.

    Of scikit-learn, all estimators are carried but a few that hold functions or lists
    with links, such as `SplineTransformer`, `Birch` and `TunedThresholdClassifierCV`.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn.datasets import make_classification
    >>> from pusklearn import PUClassifier, load, save
    >>> from pusklearn.datasets import make_pu
    >>> X, y = make_classification(400, random_state=0)
    >>> X, y_pu, _ = make_pu(X, y, label_frequency=0.5, random_state=0)
    >>> classifier = PUClassifier(prior=0.5, max_epochs=2, random_state=0)
    >>> classifier = classifier.fit(X, y_pu)
    >>> with TemporaryDirectory() as folder:
    ...     save(classifier, Path(folder) / "classifier.pusk")
    ...     loaded = load(Path(folder) / "classifier.pusk")
    >>> bool((loaded.decision_function(X) == classifier.decision_function(X)).all())
    True
    """
    check_is_estimator(estimator, "estimator")
    document, tensors = pack(estimator)
    write_archive(path, {ESTIMATOR: document}, tensors)
