import pytest
import torch

from pusklearn.modules import ConvNet
from pusklearn.pu.network._decoder import Decoder
from pusklearn.pu.network._network import TrainedNetwork


@pytest.mark.parametrize(("n", "step"), [(2, 1), (127, 1), (128, 2), (256, 4)])
def test_evenly_spaced_samples_of_a_large_batch_are_decoded(n, step):
    samples = torch.randn(n, 1, 31, 31)
    network = ConvNet(units=2).build((31, 31))
    trained = TrainedNetwork(
        network, Decoder(network.width, (1, 31, 31)), in_half=False
    )
    with torch.inference_mode():
        logits, error = trained.eval()(samples)
        expected = trained.decoder(network.features(samples)) - samples
    assert len(logits) == n
    expected = expected.square().sum((1, 2, 3))[::step]
    torch.testing.assert_close(error, expected)
