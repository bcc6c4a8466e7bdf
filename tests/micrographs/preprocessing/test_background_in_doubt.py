import numpy as np
import pytest

from pusklearn import FourierDownsampler, Micrograph, MicrographNormalizer
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.preprocessing._background_in_doubt import (
    warn_if_blank,
    warn_of_doubt,
)
from pusklearn.micrographs.preprocessing._without_outliers import without_outliers


def noise(shape=(120, 150), seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def test_the_warning_names_the_micrograph_and_the_reason():
    for micrograph in (Micrograph(noise(), "a"), Micrograph(noise())):
        name = micrograph.name or r"\(no name\)"
        with pytest.warns(UserWarning, match=f"{name} is in doubt: it is odd. Look"):
            warn_of_doubt(micrograph, "it is odd")


def blank_but_for_one_pixel():
    image = np.ones((120, 150))
    image[60, 70] = 1e6
    return Micrograph(image, "shutter")


@pytest.mark.parametrize(
    "step",
    [
        MicrographNormalizer().fit_transform,
        FourierDownsampler(2).fit_transform,
        lambda micrographs: [without_outliers(m) for m in micrographs],
    ],
)
def test_a_blank_micrograph_with_a_hot_pixel_is_told_by_each_step(step):
    with pytest.warns(UserWarning, match="shutter is in doubt: 100% of its pixels"):
        step([blank_but_for_one_pixel()])


@pytest.mark.parametrize("grey", [0, 0.5, 7])
def test_what_is_under_the_mask_is_not_counted(grey):
    mask = np.zeros((120, 150), bool)
    mask[:, :100] = True
    image = np.where(mask, grey, noise())
    micrograph = Micrograph(image, mask=mask)
    (normal,) = MicrographNormalizer().fit_transform([micrograph])
    MicrographNormalizer(whiten=True).fit_transform([normal])
    FourierDownsampler(2).fit_transform([micrograph, normal])
    image[:, 100:140] = grey
    with pytest.warns(UserWarning, match="80% of its pixels have one grey value"):
        warn_if_blank(Micrograph(image, mask=mask), 0.9)


def test_constant_micrographs_are_told_of_elsewhere():
    warn_if_blank(Micrograph(np.ones((40, 50))), 1.0)
    FourierDownsampler(2).fit_transform([np.ones((40, 50))])


@pytest.mark.parametrize("snr", [0.1, 1.0])
def test_micrographs_bring_no_warning(snr):
    FourierDownsampler(2).fit_transform(make_micrographs(3, snr=snr)[0])
