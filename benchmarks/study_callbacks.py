"""What the study of labels does while a network trains, to change a default."""

import torch
from skorch.callbacks import Callback
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


class RightAngles(Callback):
    """Turn regions by the eight symmetries of a square alone."""

    def on_train_begin(self, net, X=None, **kwargs):
        X.offsets = X.offsets[:, ::2]
        X.n_turns = X.offsets.shape[1]


class ConstantRate(Callback):
    """Leave the learning rate at the mean of the schedule's."""

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
    """Add white noise, in units of the standard deviation of the background's."""

    def __init__(self, seed, spread=0.5):
        super().__init__(seed, spread)

    def on_batch_begin(self, net, batch=None, **kwargs):
        images = batch[0]
        noise = torch.randn(images.shape, generator=self.generator_)
        images += self.spread * noise.to(images.device)


class AverageWeights(Callback):
    """Take the running mean of the weights, over the last 50 updates or so."""

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
