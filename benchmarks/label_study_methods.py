"""The methods of the study of labels, and its defaults changed one by one."""

import tomllib
from pathlib import Path

import torch
from skorch.callbacks import Callback
from sklearn.pipeline import make_pipeline
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from pusklearn import FourierDownsampler, ReferencePicker, make_picker

REFERENCE = "reference images"
DEFAULT = "GE-binomial"
CODED = " + autoencoder"
CRITERIA = {
    "GE-binomial": "ge-binomial",
    "PN": "pn",
    "NN-PU": "nnpu",
    "GE-KL": "ge-kl",
}
CHANGES = tomllib.loads(
    Path(__file__).with_name("label_study_changes.toml").read_text(encoding="utf-8")
)
# In the order in which they are run: the default and its peer first.
METHODS = [
    *(DEFAULT, REFERENCE),
    *(name for name in CRITERIA if name != DEFAULT),
    *(name + CODED for name in CRITERIA),
    *CHANGES,
]


def is_worth_a_run(data, n_labels, method):
    """Tell whether a method says something for such data and so many labels."""
    if method == "no halving":  # it takes eight times as long
        return data.diameter / data.downsample > 31 and n_labels == 100
    few = CHANGES.get(method, {}).get("few_labels_only")
    return method not in CHANGES or n_labels < 100 or (n_labels == 100 and not few)


def new_picker(method, data, seed):
    """Return the picker of a method for a `picking_data.DataSet`."""
    if method == REFERENCE:
        picker = ReferencePicker(data.diameter, random_state=seed)
        return make_pipeline(FourierDownsampler(data.downsample), picker)
    if method in CHANGES:
        return changed_picker(data, seed, **CHANGES[method])
    settings = {"score__classifier__criterion": CRITERIA[method.removesuffix(CODED)]}
    if method.endswith(CODED):
        settings["score__classifier__reconstruction_weight"] = "auto"
    return changed_picker(data, seed, **settings)


def changed_picker(
    data,
    seed,
    count_factor=1,
    prior=None,
    while_training=None,
    few_labels_only=False,
    **steps,
):
    """Return the default picker with changes, see ``label_study_changes.toml``."""
    picker = make_picker(
        data.diameter,
        downsample=data.downsample,
        particles_per_micrograph=count_factor * data.particles_per_micrograph or None,
        prior=prior,
        random_state=seed,
    )
    if while_training:
        steps["score__classifier__callbacks"] = [WHILE_TRAINING[while_training](seed)]
    return picker.set_params(**steps)


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


class VaryContrast(Callback):
    """Multiply each image by a random number around 1."""

    def __init__(self, seed):
        self.seed = seed

    def on_train_begin(self, net, **kwargs):
        self.generator_ = torch.Generator().manual_seed(self.seed)

    def on_batch_begin(self, net, batch=None, **kwargs):
        images = batch[0]
        noise = torch.randn(len(images), 1, 1, 1, generator=self.generator_)
        images *= torch.exp(0.2 * noise).to(images.device)


class AddNoise(VaryContrast):
    """Add white noise of half the standard deviation of the background."""

    def on_batch_begin(self, net, batch=None, **kwargs):
        images = batch[0]
        noise = torch.randn(images.shape, generator=self.generator_)
        images += 0.5 * noise.to(images.device)


class AverageWeights(Callback):
    """Take the running mean of the weights, over about the last 50 updates."""

    def on_train_begin(self, net, **kwargs):
        average = get_ema_multi_avg_fn(0.98)
        self.average_ = AveragedModel(
            net.module_, multi_avg_fn=average, use_buffers=True
        )

    def on_batch_end(self, net, training=False, **kwargs):
        self.average_.update_parameters(net.module_)

    @torch.no_grad()
    def on_train_end(self, net, **kwargs):
        net.module_.load_state_dict(self.average_.module.state_dict())


# Functions of the seed.
WHILE_TRAINING = {
    "right angles": lambda seed: RightAngles(),
    # The mean of the default schedule is half of its greatest value.
    "half the learning rate": lambda seed: ConstantRate(0.5),
    "all of the learning rate": lambda seed: ConstantRate(1.0),
    "contrast varied": VaryContrast,
    "noise added": AddNoise,
    "averaged weights": lambda seed: AverageWeights(),
}
