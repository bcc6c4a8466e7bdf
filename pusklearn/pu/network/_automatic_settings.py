"""What "auto" and None stand for in the settings of a `PUClassifier`."""

from sklearn.base import clone

from pusklearn.pu._samples import MOST_STEPS
from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.modules._conv_net import ConvNet
from pusklearn.pu.modules._mlp import MLP


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


def has_open_dropout(module):
    """Tell whether a specification leaves it open how many pixels are dropped."""
    return (
        isinstance(module, Architecture)
        and module.receptive_field is not None
        and getattr(module, "input_dropout", None) == "auto"
    )


def resolve_input_dropout(module, samples, n_labels):
    """Return the specification with the dropout of pixels that suits the samples."""
    if not has_open_dropout(module):
        return module
    share = samples.default_dropout(n_labels)
    return module if share is None else clone(module).set_params(input_dropout=share)


def resolve_reconstruction_weight(weight, n_labels):
    """Return the weight that "auto" stands for, or the weight itself."""
    return 10 / n_labels if weight == "auto" else weight


def resolve_steps(steps, samples, n_labels):
    """Return the updates of an epoch that None stands for, or their number itself."""
    if steps is not None:
        return steps
    return min(samples.default_steps(n_labels), MOST_STEPS)
