"""Dropout that follows the training."""

from skorch.callbacks import Callback

from pusklearn.modules._fading_dropout import FadingDropout


class DropoutFader(Callback):
    """Tell every `FadingDropout` of a network how far the training is."""

    def __init__(self, updates):
        self.updates = updates

    def on_train_begin(self, net, **kwargs):
        """Start anew."""
        self.done_ = 0

    def on_batch_begin(self, net, training=False, **kwargs):
        """Set the dropout of this update."""
        for layer in net.module_.modules():
            if isinstance(layer, FadingDropout):
                layer.fade(self.done_ / self.updates)
        self.done_ += int(training)
