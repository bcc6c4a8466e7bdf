"""What "auto" and None stand for in the settings of a `PUClassifier`."""

from math import sqrt

from sklearn.base import clone

from pusklearn._region_folds import find_particles
from pusklearn._tiled_regions import TiledRegions
from pusklearn.modules import MLP, ConvNet
from pusklearn.modules._architecture import Architecture
from pusklearn.modules._layers import PIXEL_DROPOUT

# The fewer the labels, the sooner a network knows them by heart; with more pixels
# missing it does so later. The study of labels has 10 of them with each left out.
STEPS_OF_PARTICLES = 60
LEAST_PER_ROOT_OF_PARTICLES = 10
MOST_PER_ROOT_OF_PARTICLES = 20
ENOUGH_PARTICLES = 50  # for the usual share of missing pixels
MOST_PIXEL_DROPOUT = 0.5
STEPS_PER_SAMPLE = 0.4
LEAST_STEPS_OF_SAMPLES = 100
MOST_STEPS = 200


def resolve_module(module, sample_shape):
    """Return the specification that "auto" stands for, or the module itself."""
    if not isinstance(module, str):
        return module
    if module != "auto":
        raise ValueError(
            "`module` must be 'auto', a specification such as ConvNet(31), or a "
            f"callable that returns a torch.nn.Module. Got {module!r}."
        )
    if len(sample_shape) == 1:
        return MLP()
    side = min(sample_shape[-2:])
    field = max([31, *(field for field in (63, 127) if field <= side)])
    return ConvNet(field, halve=True)


def resolve_input_dropout(module, X, positives):
    """Return the specification with more dropout, where few particles are labelled."""
    if not has_open_dropout(module) or not isinstance(X, TiledRegions):
        return module
    share = PIXEL_DROPOUT * sqrt(ENOUGH_PARTICLES / count_labels(X, positives))
    share = min(max(PIXEL_DROPOUT, share), MOST_PIXEL_DROPOUT)
    return clone(module).set_params(input_dropout=share)


def has_open_dropout(module):
    """Tell whether a specification leaves it open how many pixels are dropped."""
    return (
        isinstance(module, Architecture)
        and module.receptive_field is not None
        and getattr(module, "input_dropout", None) == "auto"
    )


def resolve_reconstruction_weight(weight, X, positives):
    """Return the weight that "auto" stands for, or the weight itself."""
    return 10 / count_labels(X, positives) if weight == "auto" else weight


def resolve_steps(steps, X, positives):
    """Return the updates of an epoch that None stands for, or their number itself."""
    if steps is not None:
        return steps
    n_labels = count_labels(X, positives)
    if isinstance(X, TiledRegions):
        most = round(MOST_PER_ROOT_OF_PARTICLES * sqrt(n_labels))
        steps = max(least_steps(n_labels), min(STEPS_OF_PARTICLES, most))
    else:
        steps = max(LEAST_STEPS_OF_SAMPLES, round(STEPS_PER_SAMPLE * n_labels))
    return min(steps, MOST_STEPS)


def least_steps(n_particles):
    """Return the fewest updates of an epoch for so many labelled particles."""
    return min(round(LEAST_PER_ROOT_OF_PARTICLES * sqrt(n_particles)), MOST_STEPS)


def count_labels(X, positives):
    """Count what is labelled: regions of one particle are one label."""
    if isinstance(X, TiledRegions):
        return sum(map(len, find_particles(X, positives)))
    return len(positives)
