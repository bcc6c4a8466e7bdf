"""The picker in the file of a model."""

import hashlib
from pathlib import Path

from sklearn.pipeline import Pipeline

import pusklearn
from pusklearn.micrographs.peaks._peak_extractor import PeakExtractor
from pusklearn.pu._inner_estimators import parameter_names
from pusklearn.pu.network._devices import as_device
from pusklearn.pu.network._pu_classifier import PUClassifier


def open_picker(
    model: Path, threshold: float | str | None, margin: str | None, device: str
) -> Pipeline:
    """Return the picker of a model, ready to pick.

    Parameters
    ----------
    model : Path
        The file of the model.
    threshold : float, str or None
        The threshold of the picks, see `PeakExtractor`.
    margin : str or None
        How far from the edge picks are; None leaves what the model has.
    device : str
        What computes.

    Raises
    ------
    ValueError
        If the file holds something else, or the threshold cannot be found.
    """
    picker = load_pipeline(model)
    names = parameter_names(picker, "on_error")
    picker.set_params(**dict.fromkeys(names, "raise"))
    move_to(device, picker)
    # A rule that cannot be followed is no fault of a micrograph. It knows the peaks of
    # the training, so it comes before the margin.
    extractor = picker.named_steps["extract"].set_params(threshold=threshold)
    extractor.set_params(threshold=extractor.find_threshold())
    if margin is not None:
        extractor.set_params(margin=margin)
    return picker


def check_model(model: Path, device: str) -> None:
    """Raise an error if a model cannot be used here, before anything is written.

    Raises
    ------
    ValueError
        If the file holds something else, or there is no such device here.
    """
    load_pipeline(model)
    as_device(device)


def load_pipeline(path: Path) -> Pipeline:
    """Return the picker in a file, or raise an error for anything else."""
    picker = pusklearn.load(path)
    steps = getattr(picker, "named_steps", {})
    extractor = steps.get("extract") if steps else None
    if not isinstance(extractor, PeakExtractor):
        raise ValueError(
            f"{path} must hold a picker, as `pusklearn train` writes it. It holds a "
            f"{type(picker).__name__}."
        )
    if not hasattr(extractor, "threshold_"):
        raise ValueError(f"{path} holds a picker that has not been fitted.")
    return picker


def move_to(device: str, picker: Pipeline) -> None:
    """Let a device compute the scores of a picker.

    Raises
    ------
    ValueError
        If there is no such device here.
    """
    place = as_device(device)
    scorer = picker.named_steps.get("score")
    classifier = getattr(scorer, "classifier_", None)
    if isinstance(classifier, PUClassifier):
        classifier.net_.module_.to(place)


def sha256_of(path: Path) -> str:
    """Return the checksum of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
