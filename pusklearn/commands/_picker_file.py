"""The picker in the file of a model."""

import hashlib
from pathlib import Path

from sklearn.pipeline import Pipeline

import pusklearn
from pusklearn.commands._pick_workers import Setup
from pusklearn.micrographs.peaks._peak_extractor import PeakExtractor
from pusklearn.pu._inner_estimators import parameter_names
from pusklearn.pu.network._devices import as_device
from pusklearn.pu.network._pu_classifier import PUClassifier


def open_picker(setup: Setup) -> Pipeline:
    """Return the picker of a model, with the threshold and the margin that are asked.

    Raises
    ------
    ValueError
        If the file holds something else, or the threshold cannot be found.
    """
    picker = load_pipeline(setup.model)
    names = parameter_names(picker, "on_error")
    picker.set_params(**dict.fromkeys(names, "raise"))
    move_to(setup.device, picker)
    if setup.margin is not None:
        picker.set_params(extract__margin=setup.margin)
    # A rule that cannot be followed is no fault of a micrograph.
    extractor = picker.named_steps["extract"].set_params(threshold=setup.threshold)
    extractor.set_params(threshold=extractor.find_threshold())
    return picker


def load_pipeline(path: Path) -> Pipeline:
    """Return the picker in a file, or raise an error for anything else."""
    picker = pusklearn.load(path)
    steps = getattr(picker, "named_steps", {})
    if not isinstance(steps.get("extract") if steps else None, PeakExtractor):
        raise ValueError(
            f"{path} must hold a picker, as `pusklearn train` writes it. It holds a "
            f"{type(picker).__name__}."
        )
    return picker


def move_to(device: str, picker: Pipeline) -> None:
    """Let a device compute the scores of a picker.

    Raises
    ------
    ValueError
        If there is no such device here.
    """
    place = as_device(device)
    classifier = picker.named_steps["score"].classifier_
    if isinstance(classifier, PUClassifier):
        classifier.net_.module_.to(place)


def sha256_of(path: Path) -> str:
    """Return the checksum of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
