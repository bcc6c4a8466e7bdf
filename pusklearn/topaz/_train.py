"""The subcommand ``train``: its options."""

from collections.abc import Sequence
from typing import Any

from pusklearn.topaz._arguments import Option, finite, first_number, parse
from pusklearn.topaz._messages import NAME, say
from pusklearn.topaz._resources import find_threads, limit_threads

ON_OFF = ("on", "off")
FORMATS = ("auto", "coord", "csv", "star", "json", "box")
METHODS = ("PN", "PU", "GE-KL", "GE-binomial")
OPTIONS = (
    Option("--train-images", str, "a list of images, or a folder"),
    Option("--train-targets", str, "labelled particles, in pixels of the images"),
    Option("--test-images", str, "images to test on, and to learn from after that"),
    Option("--test-targets", str, "their particles"),
    Option("-k --k-fold", int, "fold the training images so many times; 0"),
    Option("--fold", int, "the fold to test on, from 0 on; 0"),
    Option("--cross-validation-seed", int, "seeds the folds; 42"),
    Option("--format", str, "the format of the particles; auto: by suffix", FORMATS),
    Option("--image-ext", str, "the suffix of the images in a folder; MRC and TIFF"),
    Option("-n --num-particles", finite, "particles expected in an average image"),
    Option("--pi", finite, "share of pixels in particles, in place of the number"),
    Option("-r --radius", finite, "pixels so near to a particle are labelled; 3"),
    Option("-m --model", str, "resnet8, resnet16, conv31, conv63, conv127 or a model"),
    Option("--units", int, "channels of the first layer; 32"),
    Option("--dropout", finite, "share of units dropped in training; 0"),
    Option("--bn", str, "whether to normalise over the batch; on", ON_OFF),
    Option("--method", str, "the objective; GE-binomial", METHODS),
    Option("--slack", finite, "weight of its constraint; below 0: automatic"),
    Option("--autoencoder", finite, "weight of the reconstruction error; 0"),
    Option("--l2", finite, "weight decay; 0"),
    Option("--minibatch-size", int, "regions in a batch; 256"),
    Option("--minibatch-balance", finite, "share of labelled ones in it; 0.0625"),
    Option("--num-epochs", int, "the number in the name of the model; 10"),
    Option("-d --device", first_number, "number of the GPU; below 0: the CPU"),
    Option("--num-workers", int, "threads that compute; below 0: all cores"),
    Option("-j --num-threads", int, "the same, and counts before --num-workers"),
    Option("--save-prefix", str, "the model becomes PREFIX_epoch<N>.sav"),
    Option("-o --output", str, "the file of the training's progress; else stdout"),
    Option("--describe", None, "print the network and end"),
    Option("--learning-rate", finite),
    Option("--epoch-size", int),
    Option("--unit-scaling", int),
    Option("--ngf", int),
    Option("--pooling", str),
    Option("--natural", None),
    Option("--pretrained", None),
    Option("--no-pretrained", None, "there are no weights to begin with here"),
    Option("--test-batch-size", int),
    Option("-s --patch-size", int),
    Option("-p --patch-padding", int),
)
# Errors name the parameter of an estimator.
BY_PARAMETER = {
    "batch_size": "--minibatch-size",
    "dropout": "--dropout",
    "particles_per_micrograph": "--num-particles",
    "positive_share": "--minibatch-balance",
    "prior": "--pi",
    "reconstruction_weight": "--autoencoder",
    "units": "--units",
    "weight_decay": "--l2",
}


def train(argv: Sequence[str]) -> int:
    """Learn to pick from labelled particles, and write the model.

    Parameters
    ----------
    argv : sequence of str
        The arguments.

    Returns
    -------
    int
        The exit status: 0, or 2 for wrong options.

    Raises
    ------
    ValueError
        If the images or the particles cannot be used.
    FileNotFoundError
        If a file is missing.
    """
    options = parse("train", OPTIONS, None, argv)
    fault = find_fault(options)
    if fault:
        say(f"{NAME} train: error: {fault}")
        return 2
    limit_threads(find_threads(options))
    from pusklearn.topaz._training import describe, train_model

    if "describe" in options:
        describe(options)
        return 0
    try:
        train_model(options)
    except ValueError as error:
        raise ValueError(with_names_of_options(str(error))) from error
    return 0


def with_names_of_options(text: str) -> str:
    """Return what an error says, with options in the place of parameters."""
    for parameter, option in BY_PARAMETER.items():
        text = text.replace(f"`{parameter}`", option)
    return text


def find_fault(options: dict[str, Any]) -> str | None:
    """Say what is wrong with the options, None if nothing is."""
    if "describe" in options:
        return None
    for name in ("train_images", "train_targets"):
        if name not in options:
            return f"--{name.replace('_', '-')} is needed."
    if ("test_images" in options) != ("test_targets" in options):
        return "--test-images and --test-targets must be given together."
    if options.get("radius", 0) < 0:
        return f"--radius must be at least 0. Got {options['radius']:g}."
    if options.get("num_epochs", 1) < 1:
        return f"--num-epochs must be at least 1. Got {options['num_epochs']}."
    if options.get("cross_validation_seed", 0) < 0:
        return "--cross-validation-seed must be at least 0."
    n_folds, fold = options.get("k_fold", 0), options.get("fold", 0)
    if n_folds > 1 and not 0 <= fold < n_folds:
        return f"--fold must be at least 0 and below {n_folds}. Got {fold}."
    return None
