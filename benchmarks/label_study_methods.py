"""The methods of the study of labels, and its defaults changed one by one.

A method is a name and what it changes of the default settings; a new line of the page
is a new entry of `CHANGES`.
"""

import torch
from skorch.callbacks import Callback
from sklearn.pipeline import make_pipeline
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from pusklearn import FourierDownsampler, ReferencePicker, make_picker
from pusklearn.criteria import GEBinomial


class RightAngles(Callback):
    """Turn regions by the eight symmetries of a square alone."""

    def on_train_begin(self, net, X=None, **kwargs):
        X.offsets = X.offsets[:, ::2]
        X.n_turns = X.offsets.shape[1]


class ConstantRate(Callback):
    """Keep the learning rate at a share of its greatest value.

    The mean of the default schedule is half of it.
    """

    def __init__(self, share=0.5):
        self.share = share

    def on_batch_begin(self, net, **kwargs):
        for group in net.optimizer_.param_groups:
            group["lr"] = self.share * net.lr


class VaryContrast(Callback):
    """Multiply each image by a random number around 1."""

    def __init__(self, seed, spread=0.2):
        self.seed = seed
        self.spread = spread

    def on_train_begin(self, net, **kwargs):
        self.generator_ = torch.Generator().manual_seed(self.seed)

    def on_batch_begin(self, net, batch=None, **kwargs):
        images = batch[0]
        noise = torch.randn(len(images), 1, 1, 1, generator=self.generator_)
        images *= torch.exp(self.spread * noise).to(images.device)


class AddNoise(VaryContrast):
    """Add white noise, in units of the standard deviation of the background."""

    def __init__(self, seed, spread=0.5):
        super().__init__(seed, spread)

    def on_batch_begin(self, net, batch=None, **kwargs):
        images = batch[0]
        noise = torch.randn(images.shape, generator=self.generator_)
        images += self.spread * noise.to(images.device)


class AverageWeights(Callback):
    """Take the running mean of the weights, over about the last 50 updates."""

    def __init__(self, decay=0.98):
        self.decay = decay

    def on_train_begin(self, net, **kwargs):
        average = get_ema_multi_avg_fn(self.decay)
        self.average_ = AveragedModel(
            net.module_, multi_avg_fn=average, use_buffers=True
        )

    def on_batch_end(self, net, training=False, **kwargs):
        self.average_.update_parameters(net.module_)

    @torch.no_grad()
    def on_train_end(self, net, **kwargs):
        net.module_.load_state_dict(self.average_.module.state_dict())


REFERENCE = "reference images"
DEFAULT = "GE-binomial"
CODED = " + autoencoder"
CRITERIA = {
    "GE-binomial": "ge-binomial",
    "PN": "pn",
    "NN-PU": "nnpu",
    "GE-KL": "ge-kl",
}
WITH_DECODER = {"score__classifier__reconstruction_weight": "auto"}
OBJECTIVES = {
    name: {"score__classifier__criterion": criterion}
    for name, criterion in CRITERIA.items()
}
OBJECTIVES |= {
    name + CODED: settings | WITH_DECODER for name, settings in OBJECTIVES.items()
}
# The training of Bepler et al., of 2,000 updates instead of 50,000.
PAPER_SETTINGS = {
    "normalize__whiten": False,
    "extract__smoothing": 0.0,
    "score__classifier__criterion": GEBinomial(slack=1.0),
    "score__classifier__module__input_dropout": 0.0,
    "score__classifier__lr": 2e-4,
    "callback": lambda seed: ConstantRate(1.0),
    "score__classifier__steps_per_epoch": 200,
}
SHORTER = "320 updates"
LESS_DROPPED = "input dropout 0.2"
LONGER = "1,000 updates"
PAPER = "as in the paper"
ESTIMATED = "prior estimated"
NOT_HALVED = "no halving"
CHANGES = {
    "prior x 2": {"count_factor": 2},
    "prior / 2": {"count_factor": 0.5},
    ESTIMATED: {"count_factor": None, "prior": "estimate"},
    "prior None": {"count_factor": None},
    "slack 1, the paper's": {"score__classifier__criterion": GEBinomial(slack=1.0)},
    "no whitening": {"normalize__whiten": False},
    "no augmentation": {"score__classifier__augment": False},
    "right angles only": {"callback": lambda seed: RightAngles()},
    "no smoothing": {"extract__smoothing": 0.0},
    "no input dropout": {"score__classifier__module__input_dropout": 0.0},
    "constant learning rate": {"callback": lambda seed: ConstantRate()},
    SHORTER: {"score__classifier__steps_per_epoch": 32},
    LESS_DROPPED: {"score__classifier__module__input_dropout": 0.2},
    LONGER: {"score__classifier__steps_per_epoch": 100},
    LONGER + CODED: {"score__classifier__steps_per_epoch": 100} | WITH_DECODER,
    PAPER: PAPER_SETTINGS,
    PAPER + CODED: PAPER_SETTINGS | WITH_DECODER,
    NOT_HALVED: {"score__classifier__module__halve": False},
    "contrast varied": {"callback": VaryContrast},
    "noise added": {"callback": AddNoise},
    "averaged weights": {"callback": lambda seed: AverageWeights()},
    "positives 1/8 of a batch": {"score__classifier__positive_share": 1 / 8},
}
# In the order in which they are run: the default and its peer first.
METHODS = {DEFAULT: OBJECTIVES[DEFAULT], REFERENCE: None} | OBJECTIVES | CHANGES
MOST_CHANGED = 100  # labels from which the defaults are changed


def new_picker(method, data, seed):
    """Return the picker of a method for a `picking_data.DataSet`."""
    if method == REFERENCE:
        picker = ReferencePicker(data.diameter, random_state=seed)
        return make_pipeline(FourierDownsampler(data.downsample), picker)
    return changed_picker(data, seed, **METHODS[method])


def changed_picker(data, seed, *, count_factor=1, prior=None, callback=None, **steps):
    """Return the default picker with changes.

    It is told `count_factor` times the number of particles per micrograph, or none.
    `callback` is a function of the seed that returns what is done while the network
    trains; `steps` are parameters of the steps of the picker.
    """
    count = count_factor and count_factor * data.particles_per_micrograph
    picker = make_picker(
        data.diameter,
        downsample=data.downsample,
        particles_per_micrograph=count,
        prior=prior,
        random_state=seed,
    )
    if callback:
        steps["score__classifier__callbacks"] = [callback(seed)]
    return picker.set_params(**steps)


def is_worth_a_run(data, n_labels, method):
    """Tell whether a method says something for such data and so many labels."""
    if method.startswith((SHORTER, LESS_DROPPED, LONGER, PAPER)):
        # From 100 labels on, these numbers of updates and this input dropout are the
        # default or more; and the paper says that its autoencoder helps if labels are
        # fewest.
        return n_labels < 100
    if method == NOT_HALVED:  # it takes eight times as long
        return data.diameter / data.downsample > 31 and n_labels == MOST_CHANGED
    return method not in CHANGES or n_labels <= MOST_CHANGED
