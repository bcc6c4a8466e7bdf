"""From lists of images and particles to a model."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.pipeline import Pipeline

from pusklearn.pu.modules._architecture import Architecture
from pusklearn.saving._archive import write_archive
from pusklearn.saving._codec import pack
from pusklearn.saving._load import load
from pusklearn.topaz._labelled_images import LabelledImages, read_sets
from pusklearn.topaz._messages import say
from pusklearn.topaz._new_picker import (
    RADII_PER_DIAMETER,
    StartFrom,
    diameter_of,
    find_module,
    label_radius,
    new_picker,
)
from pusklearn.topaz._open_model import TRAIN_ONE
from pusklearn.topaz._pick_tables import check_file_can_be_written
from pusklearn.topaz._resources import find_device
from pusklearn.topaz._scoring import DOCUMENT, interpolated_zero
from pusklearn.topaz._scoring_document import find_zeros, scoring_document
from pusklearn.topaz._test_row import test_row
from pusklearn.topaz._training_curve import TrainingCurve, curve_header, curve_line

N_EPOCHS = 10
# Distances of picks for which the threshold is found, in radii of a particle.
DISTANCES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
# After the test set has been measured, its labels are learnt with so many times fewer
# epochs: on EMPIAR-10017, as good as with all of them again from the start.
EPOCHS_SHARE = 2
# These tell a threshold well enough.
MOST_MAPS = 24


class Model(NamedTuple):
    """A picker that has been fitted, and what its file holds besides.

    Attributes
    ----------
    picker : Pipeline
        The picker.
    n_expected : float
        The particles expected in an image.
    zeros : list of (float, float)
        The threshold that keeps as many picks, by the distance of picks.
    """

    picker: Pipeline
    n_expected: float
    zeros: list[tuple[float, float]]


def train_model(options: dict[str, Any]) -> None:
    """Learn to pick, write the model and the progress of its training.

    If there is a test set, the model is measured on it before it goes on to learn from
    the labels of both sets.

    Parameters
    ----------
    options : dict of str to object
        The options of ``train``.
    """
    learnt, test = read_sets(options)
    module, callbacks = find_start(options)
    n_epochs = options.get("num_epochs", N_EPOCHS)
    model_path = prepare_model_path(options, n_epochs)
    say_what_is_expected(options, module, learnt)
    device = find_device(options.get("device"))
    with open_output(options) as write:
        write(curve_header())
        curve = TrainingCurve(write, n_epochs)
        model = learn(options, module, learnt, device, [*callbacks, curve])
        if test is not None:
            values = measure(model, test, options)
            history = model.picker["score"].classifier_.net_.history
            n_updates = sum(len(row["batches"]) for row in history)
            row = {"epoch": n_epochs, "iter": n_updates, "split": "test", **values}
            write(curve_line(row))
    if model_path is None:
        return
    if test is not None:
        say(
            "The test set has been measured. Now the model that is kept learns from "
            "its labels too, half as long again."
        )
        model = go_on(model, options, module, learnt.joined(test), device)
    save_model(model.picker, model.zeros, model_path)
    say(f"The model is {model_path}")


def learn(
    options: dict[str, Any],
    module: Architecture,
    learnt: LabelledImages,
    device: str,
    callbacks: list[Any],
) -> Model:
    """Let a model learn from labelled images."""
    picker = new_picker(options, module, learnt.mean_count, device, callbacks)
    return fitted(picker, options, learnt)


def go_on(
    model: Model,
    options: dict[str, Any],
    module: Architecture,
    learnt: LabelledImages,
    device: str,
) -> Model:
    """Let a model learn from more labels, beginning with what it knows."""
    network = model.picker["score"].classifier_.net_.module_.network
    options = with_count(options, model.n_expected)
    say_if_all_are_labelled(options, learnt)
    picker = new_picker(
        options,
        module,
        learnt.mean_count,
        device,
        [StartFrom(network.state_dict())],
    )
    epochs = max(1, picker["score"].classifier.max_epochs // EPOCHS_SHARE)
    picker.set_params(score__classifier__max_epochs=epochs)
    return fitted(picker, options, learnt)


def fitted(picker: Pipeline, options: dict[str, Any], learnt: LabelledImages) -> Model:
    """Fit a picker to labelled images, and find what its file needs besides."""
    picker.fit(learnt.images, learnt.particles)
    # These belong to this training alone, and to the machine that it ran on.
    for classifier in (picker["score"].classifier, picker["score"].classifier_):
        classifier.set_params(callbacks=None, device="auto")
    count = expected_count(options, picker, learnt)
    picker.set_params(extract__particles_per_micrograph=count)
    return Model(picker, count, zeros_of(picker, learnt, count))


def measure(
    model: Model, test: LabelledImages, options: dict[str, Any]
) -> dict[str, Any]:
    """Return the values of the row "test" of the curve."""
    return test_row(
        model.picker[:-1].transform(test.images),
        test,
        label_radius(options),
        model.picker["extract"].smoothing,
        interpolated_zero(model.zeros, diameter_of(options) / 2),
    )


def with_count(options: dict[str, Any], count: float) -> dict[str, Any]:
    """Return the options with the number of particles, which may have been estimated.

    An estimate takes longer than a training, and more labels change it little.
    """
    is_given = options.get("num_particles", -1) > 0 or "pi" in options
    return options if is_given else {**options, "num_particles": count}


def find_start(options: dict[str, Any]) -> tuple[Architecture, list[Any]]:
    """Return the network, and the callbacks that give it the weights of a model."""
    name = options.get("model")
    if name is None or not Path(name).is_file():
        return find_module(options), []
    try:
        picker = load(name)
    except ValueError as error:
        raise ValueError(f"{error} {TRAIN_ONE}") from error
    scorer = getattr(picker, "named_steps", {}).get("score")
    classifier: Any = getattr(scorer, "classifier_", None)
    if not isinstance(getattr(classifier, "module_", None), Architecture):
        raise ValueError(
            f"{name} holds no picker with a network of pusklearn, which a training "
            "could go on from."
        )
    say(f"The training goes on from the weights of {name}, with its network.")
    weights = classifier.net_.module_.network.state_dict()
    return classifier.module_, [StartFrom(weights)]


def prepare_model_path(options: dict[str, Any], n_epochs: int) -> Path | None:
    """Return where the model will be, and make its folder; None if it is not kept."""
    if "save_prefix" not in options:
        say("Warning: without --save-prefix, the model is not kept.")
        return None
    path = Path(f"{options['save_prefix']}_epoch{n_epochs}.sav")
    # Not after the training.
    check_file_can_be_written(path)
    return path


def say_what_is_expected(
    options: dict[str, Any], module: Architecture, learnt: LabelledImages
) -> None:
    """Say which network learns, and what it is told of the number of particles."""
    say(f"network: {module!r}")
    say_if_all_are_labelled(options, learnt)
    if options.get("num_particles", -1) <= 0 and "pi" not in options:
        say("Neither --num-particles nor --pi is given: the number is estimated.")


def say_if_all_are_labelled(options: dict[str, Any], learnt: LabelledImages) -> None:
    """Say that no unlabeled particles are expected, if so many are labelled."""
    count = options.get("num_particles", -1)
    if 0 < count <= learnt.mean_count:
        say(
            f"Warning: {count:g} particles are expected in an image, but "
            f"{learnt.mean_count:g} are labelled. So all particles are taken for "
            "labelled, and all other regions for background. If only some are "
            "labelled, give a greater --num-particles."
        )


@contextmanager
def open_output(options: dict[str, Any]) -> Iterator[Callable[[str], None]]:
    """Give a function that writes a line of the curve at once."""
    path = options.get("output")
    if path is None:
        stream = sys.stdout
    else:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        stream = open(path, "w", encoding="utf-8", buffering=1)  # noqa: SIM115

    # A plain function, which is the same one in every copy of a callback.
    def write(line: str) -> None:
        stream.write(line)
        stream.flush()

    try:
        yield write
    finally:
        if path is not None:
            stream.close()


def expected_count(
    options: dict[str, Any], picker: Pipeline, learnt: LabelledImages
) -> float:
    """Return the particles expected in an image, and say it."""
    count = options.get("num_particles", -1)
    words = ""
    if count > 0:
        count = max(count, learnt.mean_count)
    else:
        scorer = picker["score"]
        # An estimate may find no particle besides the labelled ones.
        count = scorer.particles_per_micrograph_ or learnt.mean_count
        if scorer.particles_per_micrograph_interval_ is not None:
            low, high = scorer.particles_per_micrograph_interval_
            words = f", with a probability of 0.9 between {low:.1f} and {high:.1f}"
    say(f"{count:.1f} particles are expected in an image{words}")
    return count


def zeros_of(
    picker: Pipeline, learnt: LabelledImages, count: float
) -> list[tuple[float, float]]:
    """Return the threshold that keeps the expected number of picks, by distance."""
    n_images = len(learnt.images)
    rows = np.unique(np.linspace(0, n_images - 1, min(n_images, MOST_MAPS)).astype(int))
    maps = picker[:-1].transform([learnt.images[row] for row in rows])
    extractor = picker["extract"]
    radius = RADII_PER_DIAMETER / 2 * max(extractor.smoothing, 1)
    return find_zeros(
        maps,
        [radius * distance for distance in DISTANCES],
        count,
        {"smoothing": float(extractor.smoothing)},
    )


def save_model(picker: Pipeline, zeros: list[tuple[float, float]], path: Path) -> None:
    """Write a picker with what scoring needs, in one file."""
    document, tensors = pack(picker)
    scoring = scoring_document(picker, document, zeros)
    write_archive(path, {"estimator.json": document, DOCUMENT: scoring}, tensors)


def describe(options: dict[str, Any]) -> None:
    """Write the network to standard output."""
    module, _ = find_start(options)
    size = module.receptive_field
    sys.stdout.write(f"{module!r}\n{module.build((size, size))}\n")
