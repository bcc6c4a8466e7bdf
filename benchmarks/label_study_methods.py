"""The methods of the study of labels, and its defaults changed one by one."""

from pages import read_toml
from sklearn.pipeline import make_pipeline
from skorch.callbacks import Callback

from pusklearn import (
    FourierDownsampler,
    ReferencePicker,
    general_picker,
    make_picker,
)

GENERAL = "general picker"
START = "general start"
REFERENCE = "reference images"
DEFAULT = "GE-binomial"
CODED = " + autoencoder"
CRITERIA = (DEFAULT, "PN", "NN-PU", "GE-KL")
# In the order of the page.
COMPARED = [
    *(GENERAL, REFERENCE, *CRITERIA, START),
    *(name + CODED for name in CRITERIA),
]
METHODS = read_toml("label_study_methods.toml")
CHANGES = [name for name in METHODS if name not in COMPARED]


def is_worth_a_run(data, n_labels, method):
    """Tell whether a method says something for such data and so many labels."""
    if n_labels == 0 or method == GENERAL:
        return n_labels == 0 and method == GENERAL
    if n_labels < 10:
        return method in (REFERENCE, DEFAULT, START)
    if method == "no halving":  # it takes eight times as long
        return data.diameter / data.downsample > 31 and n_labels == 100
    few = METHODS[method].get("few_labels_only")
    return method in COMPARED or n_labels < 100 or (n_labels == 100 and not few)


def new_picker(method, data, seed):
    """Return the picker of a method for a `picking_data.DataSet`."""
    if method == GENERAL:
        return general_picker(data.diameter)
    if method == REFERENCE:
        picker = ReferencePicker(data.diameter, random_state=seed)
        return make_pipeline(FourierDownsampler(data.downsample), picker)
    return changed_picker(data, seed, **METHODS[method])


def changed_picker(data, seed, *, count_factor=1, prior=None, initial=None, **changes):
    """Return the default picker with changes, see ``label_study_methods.toml``."""
    start = {"downsample": data.downsample, "initial": None}
    if initial:  # a network that knows the scale of its micrographs
        start = {"downsample": "auto", "initial": initial}
    picker = make_picker(
        data.diameter,
        particles_per_micrograph=count_factor * data.particles_per_micrograph or None,
        prior=prior,
        calibrate=False,  # it leaves the ranks as they are
        random_state=seed,
        **start,
    )
    callbacks = []
    if changes.pop("right_angles_only", False):
        callbacks.append(RightAngles())
    if share := changes.pop("constant_rate", None):
        callbacks.append(ConstantRate(share))
    changes.pop("few_labels_only", None)
    return picker.set_params(score__classifier__callbacks=callbacks or None, **changes)


class RightAngles(Callback):
    """Turn regions by the eight symmetries of a square alone."""

    def on_train_begin(self, net, X=None, **kwargs):
        X.offsets = X.offsets[:, ::2]
        X.n_turns = X.offsets.shape[1]


class ConstantRate(Callback):
    """Keep the learning rate at a share of its greatest value."""

    def __init__(self, share):
        self.share = share

    def on_batch_begin(self, net, **kwargs):
        for group in net.optimizer_.param_groups:
            group["lr"] = self.share * net.lr
