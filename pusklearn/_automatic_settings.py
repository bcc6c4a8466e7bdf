"""What "auto" stands for in the settings of a `PUClassifier`."""

from pusklearn._region_folds import find_particles
from pusklearn._tiled_regions import TiledRegions
from pusklearn.modules import MLP, ConvNet


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


def resolve_reconstruction_weight(weight, X, positives):
    """Return the weight that "auto" stands for, or the weight itself."""
    if weight != "auto":
        return weight
    if not isinstance(X, TiledRegions):
        return 10 / len(positives)
    return 10 / sum(map(len, find_particles(X, positives)))
