import numpy as np
import pytest
import torch
from scipy import ndimage

from pusklearn.modules import ConvNet


def test_halved_images_are_smoothed_and_seen_by_the_layers_for_31_pixels():
    wide = ConvNet(63, units=4, halve=True).build((2, 63, 63)).eval()
    narrow = ConvNet(31, units=4).build((2, 31, 31)).eval()
    parameters = zip(narrow.parameters(), wide.parameters(), strict=True)
    for parameter, same in parameters:
        parameter.data = same.data
    images = np.random.default_rng(0).normal(size=(3, 2, 63, 63)).astype(np.float32)
    kernel = np.outer([1, 2, 1], [1, 2, 1])[None, None] / 16
    smooth = ndimage.convolve(images, kernel)[:, :, 1:-1:2, 1:-1:2]
    with torch.inference_mode():
        logits = wide(torch.from_numpy(images))
        expected = narrow(torch.from_numpy(smooth))
    np.testing.assert_allclose(logits, expected, atol=1e-5)


def test_building_the_dense_form_draws_no_random_number():
    before = torch.get_rng_state()
    with torch.device("meta"):
        ConvNet(31, units=2).build((31, 31), step=1)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_flat_sample_is_refused():
    with pytest.raises(ValueError, match=r"ConvNet takes images.*\(8,\)"):
        ConvNet().build((8,))


def test_an_unknown_receptive_field_is_refused():
    with pytest.raises(ValueError, match=r"must be 31, 63 or 127\. Got 32"):
        ConvNet(32).build((32, 32))


@pytest.mark.parametrize("halve", ["no", 1, None])
def test_images_are_halved_or_not(halve):
    with pytest.raises(TypeError, match=r"`halve` must be True or False\. Got "):
        ConvNet(63, halve=halve).build((63, 63))
