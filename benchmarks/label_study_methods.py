"""The methods of the study of labels, and its defaults changed one by one."""

import tomllib
from pathlib import Path

import torch
from sklearn.pipeline import make_pipeline
from skorch.callbacks import Callback
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
METHODS = [DEFAULT, REFERENCE, *(name for name in CRITERIA if name != DEFAULT)]
METHODS += [*(name + CODED for name in CRITERIA), *CHANGES]


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


def changed_picker(data, seed, *, count_factor=1, prior=None, **steps):
    """Return the default picker with changes, see ``label_study_changes.toml``."""
    picker = make_picker(
        data.diameter,
        downsample=data.downsample,
        particles_per_micrograph=count_factor * data.particles_per_micrograph or None,
        prior=prior,
        random_state=seed,
    )
    steps.pop("few_labels_only", None)
    if while_training := steps.pop("while_training", None):
        name, *arguments = while_training
        callback = CALLBACKS[name](seed, *arguments)
        steps["score__classifier__callbacks"] = [callback]
    return picker.set_params(**steps)


class Change(Callback):
    """What is done while a network trains."""

    def __init__(self, seed, amount=None):
        self.seed = seed
        self.amount = amount

    def on_train_begin(self, net, X=None, **kwargs):
        self.generator_ = torch.Generator().manual_seed(self.seed)


class RightAngles(Change):
    """Turn regions by the eight symmetries of a square alone."""

    def on_train_begin(self, net, X=None, **kwargs):
        X.offsets = X.offsets[:, ::2]
        X.n_turns = X.offsets.shape[1]


class ConstantRate(Change):
    """Keep the learning rate at a share of its greatest value."""

    def on_batch_begin(self, net, **kwargs):
        for group in net.optimizer_.param_groups:
            group["lr"] = self.amount * net.lr


class VaryContrast(Change):
    """Multiply each image by a random number around 1."""

    def on_batch_begin(self, net, batch=None, **kwargs):
        images = batch[0]
        noise = torch.randn(len(images), 1, 1, 1, generator=self.generator_)
        images *= torch.exp(self.amount * noise).to(images.device)


class AddNoise(Change):
    """Add white noise, in units of the standard deviation of the background."""

    def on_batch_begin(self, net, batch=None, **kwargs):
        images = batch[0]
        noise = torch.randn(images.shape, generator=self.generator_)
        images += self.amount * noise.to(images.device)


class AverageWeights(Change):
    """Take the running mean of the weights, which decays by an amount."""

    def on_train_begin(self, net, X=None, **kwargs):
        average = get_ema_multi_avg_fn(self.amount)
        self.average_ = AveragedModel(
            net.module_, multi_avg_fn=average, use_buffers=True
        )

    def on_batch_end(self, net, training=False, **kwargs):
        self.average_.update_parameters(net.module_)

    @torch.no_grad()
    def on_train_end(self, net, **kwargs):
        net.module_.load_state_dict(self.average_.module.state_dict())


CALLBACKS = {change.__name__: change for change in Change.__subclasses__()}
