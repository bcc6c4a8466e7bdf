"""Load an estimator from a file, without running code from it."""

import os
from pathlib import Path
from typing import Any

from sklearn.base import BaseEstimator

from pusklearn.saving._archive import ESTIMATOR, read_archive
from pusklearn.saving._codec import unpack


def load(path: str | os.PathLike) -> Any:
    """Load an estimator from a file that `save` wrote.

    Nothing in the file can run code, so it may come from anybody. Only objects of a
    list of classes of this library and of scikit-learn are made, with numbers, text and
    arrays in them; a file with anything else is refused. Who wrote the file decides
    what its estimator predicts, all the same.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    estimator
        The estimator as it was saved. It predicts the same, and can be fitted again.
        Its network is on the device that its ``device`` names.

    Raises
    ------
    ValueError
        If the file is of another kind, such as a pickle, or of a later version of this
        library, or is damaged or cut short, or holds what `save` does not write. The
        message names the file.
    OSError
        If the file cannot be opened.

    Warns
    -----
    InconsistentVersionWarning
        If another version of scikit-learn saved one of its estimators.
    UserWarning
        If the ``device`` of a classifier is not on this machine; its network is then on
        the CPU.

    See Also
    --------
    save : Saves an estimator.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from pusklearn import load, make_picker, save
    >>> picker = make_picker("180A", particles_per_micrograph=300)
    >>> with TemporaryDirectory() as folder:
    ...     save(picker, Path(folder) / "picker.pusk")
    ...     loaded = load(Path(folder) / "picker.pusk")
    >>> loaded["extract"].radius
    '72.0A'
    """
    documents, tensors = read_archive(path)
    path = Path(path)
    if ESTIMATOR not in documents:
        raise ValueError(f"{path} holds no estimator.")
    try:
        estimator = unpack(documents[ESTIMATOR], tensors)
    except Warning:
        raise  # of another version, if the user has made an error of it
    except Exception as error:
        raise ValueError(
            f"{path} holds what pusklearn.save does not write, or another version of a "
            f"library wrote it. {error}"
        ) from error
    if not isinstance(estimator, BaseEstimator):
        raise ValueError(f"{path} holds no estimator, but {estimator!r}.")
    return estimator
