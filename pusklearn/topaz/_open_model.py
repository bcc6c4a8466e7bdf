"""Open the model that ``extract`` picks with."""

import os

from pusklearn.saving._archive import read_archive
from pusklearn.topaz._scoring import DOCUMENT, Scoring

TRAIN_ONE = (
    "A model that topaz wrote cannot be used here; train one with "
    "`pusklearn-topaz train`."
)


def open_model(path: str | os.PathLike, device: str = "cpu") -> Scoring:
    """Open a model that ``train`` or `pusklearn.save` wrote.

    Parameters
    ----------
    path : str or path-like
        The file. If ``train`` wrote it, scikit-learn is not imported.
    device : str, default="cpu"
        The device that computes.

    Returns
    -------
    Scoring
        What scores micrographs.

    Raises
    ------
    ValueError
        If the file holds no picker that can be used here.
    OSError
        If the file cannot be opened.
    """
    try:
        documents, tensors = read_archive(path)
    except ValueError as error:
        raise ValueError(f"{error} {TRAIN_ONE}") from error
    try:
        if DOCUMENT in documents:
            return Scoring(documents[DOCUMENT], tensors, device)
        from pusklearn.saving._load import load
        from pusklearn.topaz._scoring_document import scoring_document

        settings = scoring_document(load(path), documents.get("estimator.json"))
        return Scoring(settings, tensors, device)
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)} cannot be used. {error}") from error
