import numpy as np
from skorch.callbacks import Callback

from pusklearn import PUClassifier
from pusklearn.modules import MLP
from pusklearn.pu.modules._fading_dropout import FadingDropout


class Recorder(Callback):
    """Keep the dropout of every update."""

    def on_train_begin(self, net, **kwargs):
        self.shares_ = []

    def on_batch_end(self, net, **kwargs):
        for layer in net.module_.modules():
            if isinstance(layer, FadingDropout):
                self.shares_.append(layer.current.item())


def test_dropout_falls_to_nearly_nothing_at_the_end():
    X = np.random.default_rng(0).normal(size=(40, 3))
    recorder = Recorder()
    PUClassifier(
        MLP((4,), input_dropout=0.5),
        max_epochs=4,
        steps_per_epoch=5,
        callbacks=[recorder],
        random_state=0,
    ).fit(X, np.arange(40) % 2)
    expected = [0.5] * 17 + [0.375, 0.25, 0.125]
    np.testing.assert_allclose(recorder.shares_, expected, rtol=1e-5)
