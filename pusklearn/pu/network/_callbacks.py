"""The callbacks that come with every training."""

from skorch.callbacks import Callback

from pusklearn.pu._progress_bar import progress_bar
from pusklearn.pu.modules._fading_dropout import FadingDropout


class DropoutFader(Callback):
    """Tell every `FadingDropout` of a network how far the training is.

    Parameters
    ----------
    updates : int
        Number of updates of the whole training.
    """

    def __init__(self, updates: int):
        self.updates = updates

    def on_train_begin(self, net, **kwargs):
        """Start to count, and look for the layers."""
        self.done_ = 0
        self.layers_ = [
            layer for layer in net.module_.modules() if isinstance(layer, FadingDropout)
        ]

    def on_batch_begin(self, net, training=False, **kwargs):
        """Set the dropout of this update."""
        for layer in self.layers_:
            layer.fade(self.done_ / self.updates)
        self.done_ += int(training)

    def on_train_end(self, net, **kwargs):
        """Let go of the layers, which are not to be saved twice."""
        del self.layers_


class TrainingProgress(Callback):
    """Show a bar over the updates, with the time left and the loss of the last epoch.

    Parameters
    ----------
    updates : int
        Number of updates of the whole training.
    """

    def __init__(self, updates: int):
        self.updates = updates

    def on_train_begin(self, net, **kwargs):
        """Open the bar."""
        self.bar_ = progress_bar(
            description="training", unit="update", total=self.updates
        )

    def on_batch_end(self, net, training=False, **kwargs):
        """Move the bar."""
        self.bar_.update(int(training))

    def on_epoch_end(self, net, **kwargs):
        """Show the loss when the bar is drawn again, which is seldom in a file."""
        loss = f"{net.history[-1, 'train_loss']:.4f}"
        self.bar_.set_postfix(loss=loss, refresh=False)

    def on_train_end(self, net, **kwargs):
        """Close the bar."""
        self.close()

    def close(self):
        """Close the bar if it is open, also after an error."""
        if hasattr(self, "bar_"):
            self.bar_.close()
            del self.bar_

    def __getstate__(self):
        # A net may be saved while it is trained, but a bar cannot be.
        return {name: value for name, value in vars(self).items() if name != "bar_"}


class EpochCounter(Callback):
    """Move a bar after every epoch.

    Parameters
    ----------
    bar : tqdm.tqdm
        The bar, which is open.
    """

    def __init__(self, bar):
        self.bar = bar

    def on_epoch_end(self, net, **kwargs):
        """Move the bar."""
        self.bar.update()
