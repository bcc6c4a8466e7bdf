"""The picker in the file of a model."""

import hashlib
from pathlib import Path
from typing import cast

from sklearn.pipeline import Pipeline

import pusklearn
from pusklearn.commands._general_model import GENERAL, Particle
from pusklearn.micrographs.general._general_network import SHIPPED
from pusklearn.micrographs.general._general_picker import general_picker
from pusklearn.micrographs.peaks._peak_extractor import PeakExtractor
from pusklearn.pu._inner_estimators import parameter_names
from pusklearn.pu.network._devices import as_device
from pusklearn.pu.network._pu_classifier import PUClassifier


def open_picker(
    model: Path | str,
    threshold: float | str | None,
    margin: str | None,
    device: str,
    particle: Particle | None = None,
) -> Pipeline:
    """Return the picker of a model, ready to pick.

    Parameters
    ----------
    model : Path or "general"
        The file of the model, or the general network.
    threshold : float, str or None
        The threshold of the picks, see `PeakExtractor`.
    margin : str or None
        How far from the edge picks are; None leaves what the model has.
    device : str
        What computes.
    particle : Particle or None, default=None
        What the general network is told.

    Raises
    ------
    ValueError
        If the file holds something else, or the threshold cannot be found.
    """
    picker = pipeline_of(model, particle)
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


def pipeline_of(model: Path | str, particle: Particle | None = None) -> Pipeline:
    """Return the picker in a file, or that of the general network."""
    if particle is None:
        return load_pipeline(Path(model))
    return general_picker(
        particle.diameter, particles_per_micrograph=particle.per_micrograph
    )


def file_of(model: Path | str) -> Path:
    """Return the file of a model; the general network has one, too."""
    return SHIPPED if model == GENERAL else cast(Path, model)


def check_model(
    model: Path | str, device: str, particle: Particle | None = None
) -> Pipeline:
    """Return the picker of a model, or raise an error if it cannot be used here.

    Raises
    ------
    ValueError
        If the file holds something else, a particle is too small for the general
        network, or there is no such device here.
    """
    picker = pipeline_of(model, particle)
    as_device(device)
    return picker


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


def sha256_of(model: Path | str) -> str:
    """Return the checksum of the file of a model."""
    with open(file_of(model), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
